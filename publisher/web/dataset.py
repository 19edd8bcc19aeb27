"""What a dataset's page shows beside its catalogue record: preview, history, queries, related sheets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.errors import NotFound
from publisher.package.titles import texts
from publisher.release.naming import dataset_name, slug
from publisher.store.home import Home, read_record, record_path
from publisher.store.vintage import kept
from publisher.structures.model import MetadataSet, Text
from publisher.structures.urns import Ref, parse
from publisher.web import preview, quality, sheets, snippets
from publisher.web.context import Lmis
from publisher.web.names import Names, extras, listed
from publisher.web.preview import Preview
from publisher.web.snippets import Snippet

if TYPE_CHECKING:
    from publisher.store import Snapshot


@dataclass(frozen=True)
class Part:
    """What a release did to one dataset."""

    name: str  # of the dataset
    dataflow: Ref
    observations: int  # afterwards
    new: int
    revised: int
    deleted: int


@dataclass(frozen=True)
class Release:
    id: str
    provider: str  # id
    slug: str  # its name in the catalogue
    instant: str  # ISO 8601
    title: Text
    flows: Mapping[str, Part]  # by `Ref.short`
    about: Mapping[str, Any]  # corrects, withdraws: the release; purges: how many cells; reason
    purged: tuple[str, ...]  # releases that purged something of it since
    before: str  # instant of the vintage before it; "" for the first


@dataclass(frozen=True)
class View:
    preview: Preview | None  # None: this vintage has no data under the record
    history: tuple[Release, ...]
    queries: tuple[Snippet, ...]
    areas: tuple[str, ...]
    sheets: tuple[sheets.Sheet, ...]
    frequencies: tuple[str, ...]
    reports: tuple[MetadataSet, ...]


def build(lmis: Lmis, names: Names, record: Mapping[str, Any]) -> View:
    """The view of one dataset; a record that is not of our making has no preview."""
    found = extras(record)
    spatial = [str(code) for code in listed(found.get("spatial"))]
    key = (found.get("dataflow_urn", ""), found.get("provider", ""))
    return View(
        _preview(lmis, *key, names) if all(key) else None,
        tuple(r for r in every_release(lmis) if r.provider == key[1] and _short(key[0]) in r.flows),
        queries(record),
        tuple(sorted(names.code("REF_AREA", code) for code in spatial)),
        tuple(sheet for sheet in sheets.index(lmis, names) if sheet.area in spatial),
        tuple(names.code("FREQ", str(code)) for code in listed(found.get("frequency"))),
        tuple(quality.on_dataflow(names.registry, [parse(key[0])], [key[1]]) if all(key) else ()),
    )


def _short(urn: str) -> str:
    return parse(urn).short if urn else ""


def _preview(lmis: Lmis, urn: str, provider: str, names: Names) -> Preview | None:
    def make() -> Preview | None:
        try:
            return preview.build(lmis.snapshot().cube(parse(urn)), provider, names.words)
        except NotFound:
            return None

    return lmis.once(("preview", urn, provider, names.words.language), make)


def queries(record: Mapping[str, Any]) -> tuple[Snippet, ...]:
    """The data in the tools that people have, from the addresses in the record."""
    urls = {r["format"]: str(r["url"]) for r in reversed(record["resources"])}
    names = {"csv": "SDMX-CSV", "xml": "SDMX-ML 2.1"}
    return snippets.of({n: urls[format] for n, format in names.items() if format in urls}, record["name"])


def every_release(lmis: Lmis) -> tuple[Release, ...]:
    """All releases up to the public vintage, newest first."""
    return lmis.once(("releases",), lambda: releases(lmis.snapshot()))


def releases(snapshot: Snapshot) -> tuple[Release, ...]:
    """All releases up to this vintage, newest first."""
    made = [_release(snapshot, manifest) for manifest in snapshot.releases]
    return tuple(sorted(made, key=lambda r: (r.instant, r.id), reverse=True))


def _before(snapshot: Snapshot, vintage: int) -> str:
    home = Home(snapshot.folder.parent)
    if vintage - 1 not in kept(home, snapshot.number):  # there was none, or it was pruned
        return ""
    return str(read_record(record_path(home.public, vintage - 1))["instant"])


def _release(snapshot: Snapshot, manifest: Mapping[str, Any]) -> Release:
    titles: dict[str, list[str]] = {}
    for package in manifest["packages"]:
        path = snapshot.path("releases", manifest["id"], "packages", package, "datapackage.json")
        descriptor = json.loads(path.read_text(encoding="utf-8"))
        for tag, title in (texts(descriptor, "title") or {"en": package}).items():
            titles.setdefault(tag, []).append(title)
    return Release(
        manifest["id"],
        manifest["provider"],
        slug(manifest["provider"]),
        manifest["instant"],
        Text({tag: "; ".join(many) for tag, many in titles.items()}),
        {
            short: Part(
                dataset_name(manifest["provider"], parse(flow["dataflow"])),
                parse(flow["dataflow"]),
                flow["observations"],
                flow["new"],
                flow["revised"],
                flow["deleted"],
            )
            for short, flow in sorted(manifest["flows"].items())
        },
        {n: manifest[n] for n in ("corrects", "withdraws", "purges", "reason") if manifest.get(n)},
        tuple(manifest["purged"]),
        _before(snapshot, int(manifest["vintage"])),
    )


def example(lmis: Lmis) -> dict[str, Any]:
    """A real dataset for the addresses in the documentation; none while nothing is published."""
    found = lmis.ask("package_search", rows=1, sort="extras_issued desc, name asc")["results"]
    record = found[0] if found else None
    return {"record": record, "queries": queries(record) if record else ()}
