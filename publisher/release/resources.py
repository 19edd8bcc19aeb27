"""A dataset's resources: files, live SDMX queries, structure, reports, fact sheet and data package."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq

from catalogue.record import Resource, Rows
from publisher.errors import NotFound
from publisher.release.source import Source
from publisher.structures.definition import Resolved
from publisher.structures.model import Attribute, Dimension, Measure, text

NAMESPACE = uuid.UUID("3b0c9a52-3b0e-5f0b-9d6e-7a1c5e6b2f10")  # of resource ids; never changes
METADATA_JSON = "application/vnd.sdmx.metadata+json;version=2.1.0"
AREA = "REF_AREA"  # SDMX cross-domain concepts
# suffix of the file → format, media type, what is in it
FILES = {
    "csv": ("CSV", "text/csv", "All observations in one file, codes and labels"),
    "xlsx": (
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "All observations as a workbook, codes and labels",
    ),
    "parquet": ("Parquet", "application/vnd.apache.parquet", "All observations in columns, codes"),
}


def of(source: Source) -> tuple[Resource, ...]:
    """All resources, in the order in which a catalogue shows them."""
    made = (
        *_files(source),
        *_queries(source),
        *_reports(source),
        *_sheets(source),
        *_package(source),
    )
    address = f"{source.settings.base_url}/dataset/{source.name}/resource"  # its name in DCAT
    return tuple(replace(r, extra={**r.extra, "uri": f"{address}/{r.id}"}) for r in made)


def _id(source: Source, kind: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{source.name} {kind}"))


# -- files --------------------------------------------------------------------------------------


def _files(source: Source) -> Iterable[Resource]:
    """Each file at its oldest address with this content: new data, new address."""
    for suffix, (format, mimetype, what) in FILES.items():
        name = f"{source.name}.{suffix}"
        vintage = file_vintage(source, name)
        if vintage is None:
            continue
        path = source.snapshot.path("pages", str(vintage), "files", name)
        size, digest = _measured(path)
        url = f"{source.settings.base_url}/files/{vintage}/{name}"
        extra = {"schema": schema(source)} if suffix == "csv" else {}
        rows = _rows(source, path.with_suffix(".parquet")) if suffix == "csv" else None
        yield Resource(_id(source, format), format, url, format, what, mimetype, size, digest, extra, rows)


def _rows(source: Source, path: Path) -> Rows | None:
    """The rows of the CSV with codes alone, as the Parquet file beside it has them."""
    if not path.is_file():
        return None
    count = pq.read_metadata(path).num_rows
    return Rows(count, _measured(path)[1], partial(_read, path), source.settings.table_rows)


def _read(path: Path, first: int, count: int) -> list[dict[str, Any]]:
    """So many rows from the one of that number on; of the file only the parts that hold them are read."""
    with pq.ParquetFile(path) as file:
        found, before = [], 0
        for part in range(file.num_row_groups):
            size = file.metadata.row_group(part).num_rows
            if before < first + count and first < before + size:
                start = max(first - before, 0)
                found.append(file.read_row_group(part).slice(start, first + count - before - start))
            before += size
    return [row for table in found for row in table.to_pylist()]


def file_vintage(source: Source, name: str) -> int | None:
    """The first vintage since the release that has the file."""
    for vintage in range(int(source.manifest["vintage"]), source.snapshot.number + 1):
        try:
            source.snapshot.path("pages", str(vintage), "files", name)
        except NotFound:
            continue
        return vintage
    return None


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


# -- the table's schema -------------------------------------------------------------------------


def schema(source: Source) -> dict[str, Any]:
    """The columns of the observations as a Frictionless table schema, each with what it is in SDMX."""
    definition = source.definition
    fields = [_field(source, component) for component in source.published]
    key = [d.id for d in (*definition.dimensions, *((definition.time,) if definition.time else ()))]
    return {"fields": fields, "primaryKey": key}


def _field(source: Source, component: Resolved) -> dict[str, Any]:
    names = dict(sorted(component.name.items()))
    found: dict[str, Any] = {
        "name": component.id,
        "type": "number" if component.is_numeric and isinstance(component.component, Measure) else "string",
        "title": text(component.name) or component.id,
        "sdmx": {key: value for key, value in _sdmx(source, component).items() if value},
    }
    others = {tag: {"title": name} for tag, name in names.items() if tag != "en"}
    return found | ({"i18n": others} if others else {})


def _sdmx(source: Source, component: Resolved) -> dict[str, str]:
    """SDMX 3.0 section 2, "SDMX URN": a component's name ends in its id, after the structure's."""
    part = component.component
    role, cls = "dimension", "TimeDimension" if isinstance(part, Dimension) and part.is_time else "Dimension"
    if isinstance(part, Measure):
        role, cls = "measure", "Measure"
    elif isinstance(part, Attribute):
        role, cls = "attribute", "DataAttribute"
    structure = source.definition.structure.ref.urn.replace(".DataStructure=", f".{cls}=")
    return {
        "role": role,
        "urn": f"{structure}.{component.id}",
        "concept": part.concept.urn if part.concept else "",
        "codelist": component.codes.ref.urn if component.codes else "",
    }


# -- live queries -------------------------------------------------------------------------------


def _queries(source: Source) -> Iterable[Resource]:
    ref, base = source.ref, source.settings.base_url
    path = f"{ref.agency}/{ref.id}/{ref.version}"
    data = f"{base}/sdmx/v2/data/dataflow/{path}/*"
    if source.agreement:
        agreement = source.agreement.ref
        data = (
            f"{base}/sdmx/v2/data/provisionagreement/{agreement.agency}/{agreement.id}/{agreement.version}/*"
        )
    older = f"{base}/sdmx/v1/data/{path.replace('/', ',')}/all/{source.provider}"
    structure = (
        f"{base}/sdmx/v2/structure/dataflow/{path}?references=all&format=structure&formatVersion=3.0.0"
    )
    for kind, label, url, mimetype in (
        ("SDMX-CSV", "SDMX-CSV 2.0", f"{data}?format=csvdata&formatVersion=2.0.0",
         "application/vnd.sdmx.data+csv;version=2.0.0"),
        ("SDMX-JSON", "SDMX-JSON 2.0", f"{data}?format=jsondata&formatVersion=2.0.0",
         "application/vnd.sdmx.data+json;version=2.0.0"),
        ("SDMX-ML 3.0", "SDMX-ML 3.0", f"{data}?format=structurespecificdata&formatVersion=3.0.0",
         "application/vnd.sdmx.data+xml;version=3.0.0"),
        ("SDMX-ML 2.1", "SDMX-ML 2.1", f"{older}?format=structurespecificdata",
         "application/vnd.sdmx.structurespecificdata+xml;version=2.1"),
        ("SDMX-ML", "Structure", structure, "application/vnd.sdmx.structure+xml;version=3.0.0"),
    ):  # fmt: skip
        what = "data structure with code lists" if kind == "SDMX-ML" else "current data, live query"
        yield Resource(_id(source, kind), label, url, kind, f"{label}: {what}", mimetype)


# -- what goes with the data --------------------------------------------------------------------


def _reports(source: Source) -> Iterable[Resource]:
    """Reference metadata; the newest version of each report."""
    registry = source.snapshot.registry
    newest = {(r.agency, r.id): r for r in registry.reports_of(source.ref, source.provider)}
    for (agency, id), report in sorted(newest.items()):
        path = f"sdmx/v2/metadata/metadataset/{agency}/{id}/{report.version}"
        path += f"?format={quote(METADATA_JSON, safe='/;=')}"
        yield Resource(
            _id(source, f"report {agency} {id}"),
            text(report.name) or id,
            f"{source.settings.base_url}/{path}",
            "SDMX metadata",
            "Quality report: reference metadata",
            METADATA_JSON,
        )


def _sheets(source: Source) -> Iterable[Resource]:
    """The fact sheet of the area, for a dataset of one area; its address stays."""
    areas = source.coverage.codes.get(AREA, ())
    if len(areas) != 1:
        return
    try:
        folder = source.snapshot.path("pages", str(source.snapshot.number), "factsheets")
    except NotFound:
        return
    if any(folder.glob(f"{areas[0]}.*.html")):
        url = f"{source.settings.base_url}/factsheets/{areas[0]}"
        what = f"Fact sheet: {source.label(AREA, areas[0])}"
        yield Resource(_id(source, "HTML"), "Fact sheet", url, "HTML", what, "text/html")


def _package(source: Source) -> Iterable[Resource]:
    """The data package that was delivered: its whole descriptor goes with the record, so that nothing of it
    is lost on the way through a catalogue."""
    if not source.package:
        return
    content = as_file(source.descriptor)
    yield Resource(
        _id(source, "Data package"),
        "Data package",
        f"{source.settings.base_url}/releases/{source.release}/{source.package}/datapackage.json",
        "Data Package",
        "What the office delivered: descriptor of the data package",
        "application/json",
        len(content),
        hashlib.sha256(content).hexdigest(),
        {"datapackage": dict(source.descriptor)},
    )


def as_file(descriptor: Mapping[str, Any]) -> bytes:
    """The descriptor as it is served, and as its size and hash in the record are of."""
    return json.dumps(descriptor, ensure_ascii=False, sort_keys=True, indent=1).encode()
