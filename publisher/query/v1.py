"""REST 1.5: an URL's raw path and query string → what is asked, in the words of REST 2.

Source: SDMX REST 1.5.0 structural metadata, data, schema and availability queries. Several values
are joined by `+`; `all` and `latest` are keywords.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from publisher.query import filter as component_filter
from publisher.query import key, v2
from publisher.query import parameters as p
from publisher.query.model import (
    ANY,
    AvailabilityQuery,
    DataQuery,
    MetadataQuery,
    Query,
    SchemaQuery,
    StructureQuery,
    Target,
)
from publisher.query.provider import providers
from publisher.query.text import check_length, gather, names, one_of, refuse, segments
from publisher.query.version import versions_v1
from publisher.structures.urns import KINDS

ORGANISATION_SCHEMES = ("agencyscheme", "dataproviderscheme", "dataconsumerscheme", "organisationunitscheme")
NOT_IN_21 = {
    "valuelist", "hierarchyassociation", "structuremap", "representationmap", "conceptschememap",
    "categoryschememap", "organisationschememap", "reportingtaxonomymap", "vtlmappingscheme",
    "metadataproviderscheme", "metadataprovisionagreement", "metadataconstraint",
}  # fmt: skip
# Resource → kinds of artefacts in REST 2 words; kinds that SDMX 2.1 does not have are absent.
TYPES: Mapping[str, tuple[str, ...]] = {
    **{kind.name_v1 or kind.name: (kind.name,) for kind in KINDS.values() if kind.name not in NOT_IN_21},
    "organisationscheme": ORGANISATION_SCHEMES,
    "structureset": ("structuremap",),
    "actualconstraint": ("dataconstraint",),
    "allowedconstraint": ("dataconstraint",),
    "attachmentconstraint": ("metadataconstraint",),  # there is none: answers "none found"
    "namealiasscheme": ("namepersonalisationscheme",),
    "structure": (ANY,),
}
ROLES = {"actualconstraint": "Actual", "allowedconstraint": "Allowed"}
WITH_ITEMS = {name for name, kinds in TYPES.items() if set(kinds) <= v2.WITH_ITEMS} | {"hierarchicalcodelist"}
SCHEMA_CONTEXTS = ("datastructure", "metadatastructure", "dataflow", "metadataflow", "provisionagreement")

# detail → attributes, measures
DETAILS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "full": (("dsd",), ("all",)),
    "dataonly": (("none",), ("all",)),
    "serieskeysonly": (("none",), ("none",)),
    "nodata": (("dataset", "series"), ("none",)),
}
STRUCTURE_DETAILS = tuple(detail for detail in v2.DETAILS if detail != "raw")
REFERENCES = ("none", "parents", "parentsandsiblings", "children", "descendants", "all", *TYPES)
AVAILABILITY_REFERENCES = tuple(r for r in v2.AVAILABILITY_REFERENCES if r != "valuelist")

DATA: Mapping[str, p.Reader] = {
    "startPeriod": p.time_period,
    "endPeriod": p.time_period,
    "updatedAfter": p.moment,
    "firstNObservations": p.whole(1),
    "lastNObservations": p.whole(1),
    "dimensionAtObservation": p.component_id,
    "detail": p.choice(*DETAILS),
    "includeHistory": p.boolean,
}
STRUCTURE: Mapping[str, p.Reader] = {
    "detail": p.choice(*STRUCTURE_DETAILS),
    "references": p.choice(*REFERENCES),
}
AVAILABILITY: Mapping[str, p.Reader] = {
    "startPeriod": p.time_period,
    "endPeriod": p.time_period,
    "updatedAfter": p.moment,
    "references": p.choice(*AVAILABILITY_REFERENCES),
    "mode": p.choice("exact", "available"),
}
SCHEMA: Mapping[str, p.Reader] = {"dimensionAtObservation": p.component_id, "explicitMeasure": p.boolean}
ELSEWHERE = {
    **dict.fromkeys((*DATA, *STRUCTURE, *AVAILABILITY, *SCHEMA, *v2.DATA), ""),
    "attributes": "REST 1.5 writes detail=dataonly or detail=full",
    "measures": "REST 1.5 writes detail=serieskeysonly or detail=nodata",
    "c": "REST 1.5 writes the key in the path, startPeriod and endPeriod",
}


def parse(path: str, query: str = "") -> Query:
    """What the raw `path` below the API's base and the raw `query` string ask.

    Raises QuerySyntaxError (all that is wrong), UriTooLong, TooLarge.

    >>> parse("data/LMIS,DF_LF,1.0/M.MYS+IDN.").keys
    ((('M',), ('MYS', 'IDN'), None),)
    """
    check_length(path, query)
    parts = segments(path)
    resource = one_of(parts[0] if parts else "", "resource", (*RESOURCES, *TYPES))
    if resource in TYPES:
        return _structure(resource, parts[1:], query)
    return RESOURCES[resource](parts[1:], query)


def _parts(parts: list[str], *names_: str) -> dict[str, str]:
    if len(parts) > len(names_):
        form = "/".join(f"{{{name}}}" for name in names_)
        refuse("path", f"it has {len(parts)} parts after the resource", "/".join(parts), form)
    return {name: part for name, part in zip(names_, parts, strict=False) if part}


def _read(query: str, known: Mapping[str, p.Reader]) -> p.Parameters:
    return p.read(query, known, {name: remedy for name, remedy in ELSEWHERE.items() if name not in known})


def _names(text: str, place: str, form: str) -> tuple[str, ...]:
    return names(text, place, form, separator="+", wildcard="all")


def _flow(text: str) -> Target:
    """flowRef: `ID`, `AGENCY,ID` or `AGENCY,ID,VERSION`."""
    parts = text.split(",")
    if len(parts) > 3:
        refuse("flowRef", f"it has {len(parts)} parts", text, "ID, AGENCY,ID or AGENCY,ID,VERSION")
    agency, id_, version = {1: ("all", *parts, "latest"), 2: (*parts, "latest"), 3: tuple(parts)}[len(parts)]
    if "+" in agency + id_ + version:
        refuse("flowRef", f"{text!r} names several", text, "one dataflow")
    return Target(
        "dataflow",
        _names("all" if agency == "ALL" else agency, "flowRef", "agency"),
        _names("all" if id_ == "ALL" else id_, "flowRef", "id"),
        versions_v1(version, "flowRef"),
    )


def _data_query(
    named: Mapping[str, str], query: str, known: Mapping[str, p.Reader]
) -> tuple[DataQuery, p.Parameters]:
    """The data query of a data or availability query, all its faults told at once."""
    if "flowRef" not in named:
        # curl, browsers and most libraries take `F/..` for a way upwards and send nothing of it
        remedy = "if the key was `..`, your client removed it with the dataflow: write all instead"
        refuse("flowRef", "is missing", None, "ID, AGENCY,ID or AGENCY,ID,VERSION", remedy)
    found = gather(
        target=lambda: _flow(named["flowRef"]),
        keys=lambda: key.parse_v1(named.get("key", "all")),
        providers=lambda: providers(named.get("providerRef", "all")),
        given=lambda: _read(query, known),
    )
    given: p.Parameters = found["given"]
    attributes, measures = DETAILS[given.get("detail", "full")]
    data = DataQuery(
        found["target"],
        found["keys"],
        filters=component_filter.time_range(given.get("startPeriod"), given.get("endPeriod")),
        providers=found["providers"],
        first_n=given.get("firstNObservations"),
        last_n=given.get("lastNObservations"),
        updated_after=given.get("updatedAfter"),
        include_history=given.get("includeHistory", False),
        dimension_at_observation=given.get("dimensionAtObservation"),
        attributes=attributes,
        measures=measures,
        api="v1",
        warnings=given.warnings,
    )
    return data, given


def _data(parts: list[str], query: str) -> DataQuery:
    return _data_query(_parts(parts, "flowRef", "key", "providerRef"), query, DATA)[0]


def _availability(parts: list[str], query: str) -> AvailabilityQuery:
    named = _parts(parts, "flowRef", "key", "providerRef", "componentId")
    found = gather(
        both=lambda: _data_query(named, query, AVAILABILITY),
        components=lambda: _names(named.get("componentId", "all"), "componentId", "component"),
    )
    data, given = found["both"]
    mode, references = given.get("mode", "exact"), (given.get("references", "none"),)
    return AvailabilityQuery(data, found["components"], mode, references, api="v1", warnings=given.warnings)


def _structure(resource: str, parts: list[str], query: str) -> StructureQuery:
    named = _parts(parts, "agencyID", "resourceID", "version", "itemID")
    found = gather(
        agencies=lambda: _names(named.get("agencyID", "all"), "agencyID", "agency"),
        ids=lambda: _names(named.get("resourceID", "all"), "resourceID", "id"),
        versions=lambda: versions_v1(named.get("version", "latest")),
        items=lambda: _items(resource, named.get("itemID", "all")),
        given=lambda: _read(query, STRUCTURE),
    )
    given: p.Parameters = found["given"]
    references = given.get("references", "none")
    return StructureQuery(
        TYPES[resource],
        Target(ANY, found["agencies"], found["ids"], found["versions"]),
        found["items"],
        detail=given.get("detail", "full"),
        references=tuple(ref if ref != ANY else "all" for ref in TYPES.get(references, (references,))),
        role=ROLES.get(resource),
        api="v1",
        warnings=given.warnings,
    )


def _items(resource: str, text: str) -> tuple[str, ...]:
    if text != "all" and resource not in WITH_ITEMS:
        refuse("itemID", f"a {resource} has no items", text, "item schemes only")
    return _names(text, "itemID", "item")


def _schema(parts: list[str], query: str) -> SchemaQuery:
    named = _parts(parts, "context", "agencyID", "resourceID", "version")
    for name in ("context", "agencyID", "resourceID"):
        if name not in named:
            refuse(name, "is missing", "/".join(parts), "{context}/{agencyID}/{resourceID}/{version}")
    version = named.get("version", "latest")
    found = gather(
        context=lambda: one_of(named["context"], "context", SCHEMA_CONTEXTS),
        agencies=lambda: _single(named["agencyID"], "agencyID", "agency"),
        ids=lambda: _single(named["resourceID"], "resourceID", "id"),
        versions=lambda: versions_v1(version),
        one=lambda: _single(version.replace(".", "-"), "version", "id"),
        given=lambda: _read(query, SCHEMA),
    )
    target = Target(named["context"], found["agencies"], found["ids"], found["versions"])
    given: p.Parameters = found["given"]
    return SchemaQuery(target, given.get("dimensionAtObservation"), api="v1", warnings=given.warnings)


def _single(text: str, place: str, form: str) -> tuple[str, ...]:
    """Exactly one name: schema queries allow no wildcard."""
    if text == "all" or "+" in text:
        refuse(place, f"{text!r} names more than one", text, "exactly one")
    return _names(text, place, form)


def _metadata(parts: list[str], query: str) -> MetadataQuery:
    """The parameters are those of data queries (REST 1.5.0, "Data and metadata queries")."""
    data, given = _data_query(_parts(parts, "flowRef", "key", "providerRef"), query, DATA)
    target = replace(data.target, context="metadataflow")
    return MetadataQuery("metadataflow", target, data.providers, data.keys, api="v1", warnings=given.warnings)


RESOURCES: Mapping[str, Callable[[list[str], str], Query]] = {
    "data": _data,
    "availableconstraint": _availability,
    "schema": _schema,
    "metadata": _metadata,
}
