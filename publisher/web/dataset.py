"""What a dataset's page shows beside its catalogue record: preview, history, queries, related sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.errors import NotFound
from publisher.structures.urns import parse
from publisher.web import preview, sheets
from publisher.web.context import Lmis
from publisher.web.names import Names, extras, listed
from publisher.web.preview import Preview

if TYPE_CHECKING:
    from publisher.store import Snapshot


@dataclass(frozen=True)
class Query:
    """One way of asking for the data, ready to be copied."""

    id: str  # names its heading: query.<id>
    code: str


@dataclass(frozen=True)
class View:
    preview: Preview | None  # None: this vintage has no data under the record
    history: tuple[Mapping[str, Any], ...]
    queries: tuple[Query, ...]
    areas: tuple[str, ...]
    sheets: tuple[sheets.Sheet, ...]
    frequencies: tuple[str, ...]


def build(lmis: Lmis, names: Names, record: Mapping[str, Any]) -> View:
    """The view of one dataset; a record that is not of our making has no preview."""
    found = extras(record)
    snapshot = lmis.snapshot()
    spatial = [str(code) for code in listed(found.get("spatial"))]
    key = (found.get("dataflow_urn", ""), found.get("provider", ""))
    return View(
        _preview(snapshot, *key, names) if all(key) else None,
        tuple(r for r in releases(snapshot) if key[1] == r["provider"] and _short(key[0]) in r["dataflows"]),
        queries(record["resources"]),
        tuple(sorted(names.code("REF_AREA", code) for code in spatial)),
        tuple(sheet for sheet in sheets.index(lmis, names) if sheet.area in spatial),
        tuple(names.code("FREQ", str(code)) for code in listed(found.get("frequency"))),
    )


def _short(urn: str) -> str:
    return parse(urn).short if urn else ""


def _preview(snapshot: Snapshot, urn: str, provider: str, names: Names) -> Preview | None:
    try:
        return preview.build(snapshot.cube(parse(urn)), provider, names.words)
    except NotFound:
        return None


def queries(resources: list[Mapping[str, Any]]) -> tuple[Query, ...]:
    """The same data by curl, Python and R, from the addresses in the record."""
    by_format = {r["format"]: r["url"] for r in reversed(resources)}
    found = []
    if url := by_format.get("SDMX-CSV"):
        plain = url.partition("?")[0]
        accept = "Accept: application/vnd.sdmx.data+csv; version=2.0.0"
        found.append(Query("curl", f"curl --compressed -H '{accept}' \\\n  '{plain}'"))
        found.append(Query("pandas", f'import pandas as pd\n\ndata = pd.read_csv("{url}", dtype={{"OBS_VALUE": str}})'))
    if url := by_format.get("SDMX-ML 2.1"):
        found.append(Query("python", f'import sdmx\n\nmessage = sdmx.read_url("{url}")\ndata = sdmx.to_pandas(message)'))
        found.append(Query("r", f'library(rsdmx)\n\ndata <- as.data.frame(readSDMX("{url}"))'))
    return tuple(found)


def releases(snapshot: Snapshot) -> tuple[Mapping[str, Any], ...]:
    """All releases up to this vintage, newest first."""
    return tuple(sorted(map(_release, snapshot.releases), key=lambda r: (r["instant"], r["id"]), reverse=True))


def _release(manifest: Any) -> Mapping[str, Any]:
    return manifest


def example(lmis: Lmis) -> dict[str, Any]:
    """A real dataset for the addresses in the documentation; none while nothing is published."""
    found = lmis.ask("package_search", rows=1, sort="extras_release_date desc, name asc")["results"]
    record = found[0] if found else None
    return {"record": record, "queries": queries(record["resources"]) if record else ()}
