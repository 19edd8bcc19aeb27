"""REST 2 (2.2.2): an URL's raw path and query string → what is asked.

Source: SDMX REST 2.2.2 doc/data.md, structures.md, availability.md, schema.md.
Default parts may be left out at the end of a path; `*` stands for them elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from publisher.errors import QuerySemanticError
from publisher.query import key
from publisher.query import parameters as p
from publisher.query.model import (
    ANY,
    AvailabilityQuery,
    DataQuery,
    Key,
    Query,
    SchemaQuery,
    StructureQuery,
    Target,
)
from publisher.query.path import parts_of, target_of
from publisher.query.period import is_later
from publisher.query.text import check_length, gather, names, one_of, refuse, segments
from publisher.query.v2_others import metadata, registration
from publisher.structures.urns import KINDS

DATA_CONTEXTS = ("dataflow", "datastructure", "provisionagreement", ANY)
SCHEMA_CONTEXTS = (
    "datastructure", "metadatastructure", "dataflow", "metadataflow",
    "provisionagreement", "metadataprovisionagreement",
)  # fmt: skip
ARTEFACT_TYPES = (*KINDS, ANY)
WITH_ITEMS = {kind.name for kind in KINDS.values() if kind.item_cls} | {"valuelist", ANY}

DETAILS = (
    "full", "allstubs", "referencestubs", "allcompletestubs",
    "referencecompletestubs", "referencepartial", "raw",
)  # fmt: skip
REFERENCES = ("none", "parents", "parentsandsiblings", "ancestors", "children", "descendants", "all", *KINDS)
AVAILABILITY_REFERENCES = (
    "none", "all", "datastructure", "conceptscheme", "codelist", "valuelist",
    "dataproviderscheme", "dataflow",
)  # fmt: skip

DATA: Mapping[str, p.Reader] = {
    "updatedAfter": p.moment,
    "firstNObservations": p.whole(1),
    "lastNObservations": p.whole(1),
    "dimensionAtObservation": p.component_id,
    "attributes": p.keywords_or_ids("dsd", "msd", "dataset", "series", "obs", "all", "none"),
    "measures": p.keywords_or_ids("all", "none"),
    "includeHistory": p.boolean,
    "offset": p.whole(0),
    "limit": p.whole(1),
    "sort": p.sort,
    "asOf": p.moment,
    "reportingYearStartDay": p.start_day,
}
STRUCTURE: Mapping[str, p.Reader] = {
    "detail": p.choice(*DETAILS),
    "references": p.several(*REFERENCES),
    "asOf": p.moment,
}
AVAILABILITY: Mapping[str, p.Reader] = {
    "updatedAfter": p.moment,
    "asOf": p.moment,  # beyond the standard: what there was when a report was written
    "references": p.several(*AVAILABILITY_REFERENCES),
    "mode": p.choice("exact", "available"),
    "reportingYearStartDay": p.start_day,
}
SCHEMA: Mapping[str, p.Reader] = {
    "dimensionAtObservation": p.component_id,
    "asOf": p.moment,
    "deletion": p.boolean,
}
# Parameters of another resource or generation, and what to write instead.
OF_REST_1 = {
    "startPeriod": "REST 2 writes c[TIME_PERIOD]=ge:2020",
    "endPeriod": "REST 2 writes c[TIME_PERIOD]=le:2020",
    "explicitMeasure": "",
}
OF_DATA = {**OF_REST_1, "detail": "REST 2 writes attributes=… and measures=…"}
ELSEWHERE = dict.fromkeys((*DATA, *STRUCTURE, *AVAILABILITY, *SCHEMA, "c", "updatedBefore"), "")


def parse(path: str, query: str = "") -> Query:
    """What the raw `path` below the API's base and the raw `query` string ask.

    Raises QuerySyntaxError (all that is wrong), UriTooLong, TooLarge, NotSupported, QuerySemanticError.

    >>> parse("data/dataflow/LMIS/DF_LF/1.0.0/M.MYS.*").keys
    ((('M',), ('MYS',), None),)
    """
    check_length(path, query)
    parts = segments(path)
    resource = one_of(parts[0] if parts else "", "resource", RESOURCES)
    return RESOURCES[resource](parts[1:], query)


def _read(
    query: str, known: Mapping[str, p.Reader], elsewhere: Mapping[str, str], filters: bool = False
) -> p.Parameters:
    return p.read(
        query, known, {n: r for n, r in {**ELSEWHERE, **elsewhere}.items() if n not in known}, filters
    )


def _data(parts: list[str], query: str) -> DataQuery:
    named = parts_of(parts, "context", "agencyID", "resourceID", "version", "key")
    target, keys, given = _dataparts_of(named, query, DATA, DATA_CONTEXTS)
    _check_moments(given)
    return DataQuery(
        target,
        keys,
        filters=given.filters,
        first_n=given.get("firstNObservations"),
        last_n=given.get("lastNObservations"),
        updated_after=given.get("updatedAfter"),
        as_of=given.get("asOf"),
        include_history=given.get("includeHistory", False),
        dimension_at_observation=given.get("dimensionAtObservation"),
        attributes=given.get("attributes", ("dsd",)),
        measures=given.get("measures", ("all",)),
        limit=given.get("limit"),
        offset=given.get("offset", 0),
        sort=given.get("sort", ()),
        reporting_year_start_day=given.get("reportingYearStartDay"),
        warnings=given.warnings,
    )


def _dataparts_of(
    named: Mapping[str, str], query: str, known: Mapping[str, p.Reader], contexts: tuple[str, ...]
) -> tuple[Target, tuple[Key, ...], p.Parameters]:
    """Target, keys and parameters of a data or availability query, all their faults told at once."""
    found = gather(
        target=lambda: target_of(named, contexts),
        keys=lambda: key.parse_v2(named.get("key", ANY)),
        given=lambda: _read(query, known, OF_DATA, filters=True),
    )
    return found["target"], found["keys"], found["given"]


def _check_moments(given: p.Parameters) -> None:
    """doc/data.md `asOf`: a client error when `updatedAfter` is more recent."""
    after, as_of = given.get("updatedAfter"), given.get("asOf")
    if after and as_of and is_later(after, as_of):
        raise QuerySemanticError(f"updatedAfter: {after} is later than asOf {as_of}; ask for an earlier one")


def _structure(parts: list[str], query: str) -> StructureQuery:
    named = parts_of(parts, "artefactType", "agencyID", "resourceID", "version", "itemID")
    kind = named.get("artefactType", ANY)
    found = gather(
        kind=lambda: one_of(kind, "artefactType", ARTEFACT_TYPES),
        target=lambda: target_of({**named, "context": ANY}, (ANY,), version="~"),
        items=lambda: _items(kind, named.get("itemID", ANY)),
        given=lambda: _read(query, STRUCTURE, OF_REST_1),
    )
    given = found["given"]
    return StructureQuery(
        (kind,),
        found["target"],
        found["items"],
        detail=given.get("detail", "full"),
        references=given.get("references", ("none",)),
        as_of=given.get("asOf"),
        warnings=given.warnings,
    )


def _items(kind: str, text: str) -> tuple[str, ...]:
    if text != ANY and kind not in WITH_ITEMS:
        refuse("itemID", f"a {kind} has no items", text, "item schemes and value lists")
    if kind == "valuelist":
        return tuple(dict.fromkeys(text.split(",")))
    return names(text, "itemID", "item")


def _availability(parts: list[str], query: str) -> AvailabilityQuery:
    named = parts_of(parts, "context", "agencyID", "resourceID", "version", "key", "componentID")
    if "context" not in named:
        refuse("context", "is missing", None, ", ".join(DATA_CONTEXTS[:-1]))
    found = gather(
        parts=lambda: _dataparts_of(named, query, AVAILABILITY, DATA_CONTEXTS[:-1]),
        components=lambda: names(named.get("componentID", ANY), "componentID", "component"),
    )
    target, keys, given = found["parts"]
    _check_moments(given)
    data = DataQuery(
        target,
        keys,
        filters=given.filters,
        updated_after=given.get("updatedAfter"),
        as_of=given.get("asOf"),
        reporting_year_start_day=given.get("reportingYearStartDay"),
    )
    references, mode = given.get("references", ("none",)), given.get("mode", "exact")
    return AvailabilityQuery(data, found["components"], mode, references, warnings=given.warnings)


def _schema(parts: list[str], query: str) -> SchemaQuery:
    named = parts_of(parts, "context", "agencyID", "resourceID", "version")
    for name in ("context", "agencyID", "resourceID"):
        if name not in named:
            refuse(name, "is missing", "/".join(parts), "{context}/{agencyID}/{resourceID}/{version}")
    found = gather(
        target=lambda: _one(target_of(named, SCHEMA_CONTEXTS, version="~"), named),
        given=lambda: _read(query, SCHEMA, OF_DATA),
    )
    given = found["given"]
    return SchemaQuery(
        found["target"],
        given.get("dimensionAtObservation"),
        given.get("asOf"),
        given.get("deletion", False),
        warnings=given.warnings,
    )


def _one(target: Target, named: Mapping[str, str]) -> Target:
    """doc/schema.md: exactly one artefact, no wildcards."""
    for name, values in (
        ("agencyID", target.agencies),
        ("resourceID", target.ids),
        ("version", target.versions),
    ):
        if len(values) > 1 or ANY in values[0]:
            refuse(name, f"{named[name]!r} names more than one", named[name], "exactly one")
    return target


RESOURCES: Mapping[str, Callable[[list[str], str], Query]] = {
    "data": _data,
    "availability": _availability,
    "structure": _structure,
    "schema": _schema,
    "metadata": metadata,
    "registration": registration,
}
