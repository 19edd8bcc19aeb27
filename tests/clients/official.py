"""What the official OpenAPI document of SDMX REST says of paths, parameters and statuses, as data.

Source: sdmx-rest api/sdmx-rest.yaml, told anew here (it states no licence), with its slips left out:
  - patterns such as `^\\*|[A-Z]+$` end before they mean to: here they are anchored;
  - `If-Modified-Since` is said to be a date-time; HTTP (RFC 9110 section 5.6.7) has a form of its own;
  - the paths of registration name `registrationID` and `providerID`, their parameters `resourceID`;
  - `references` has `structureset` and `namealiasscheme`, which SDMX 3.0 has no more.
"""

# ruff: noqa: E501, SIM905 — lists of names read best as lines of words

from __future__ import annotations

from typing import Any

ID, NCNAME = r"[A-Za-z\d_@$-]+", r"[A-Za-z][A-Za-z\d_-]*"
AGENCY = rf"{NCNAME}(\.{NCNAME})*"
VERSION = r"(\+|~|\*|(0|[1-9]\d?)(\.(0|[1-9]\d?)){0,2}|[1-9]\d?\.\d\+\.\d|[1-9]\d?\.\d~)"
STATUSES = (200, 204, 304, 400, 401, 403, 404, 406, 413, 414, 422, 500, 501, 503)
CONTEXTS = ("datastructure", "dataflow", "provisionagreement")
SCHEMES = (
    "conceptscheme codelist categoryscheme agencyscheme dataproviderscheme dataconsumerscheme organisationunitscheme"
    " transformationscheme rulesetscheme userdefinedoperatorscheme customtypescheme namepersonalisationscheme"
    " vtlmappingscheme valuelist *"
).split()
TYPES = (
    "datastructure metadatastructure dataflow metadataflow provisionagreement process categorisation dataconstraint"
    " metadataconstraint hierarchy hierarchyassociation structuremap representationmap conceptschememap"
    " categoryschememap organisationschememap reportingtaxonomymap metadataproviderscheme reportingtaxonomy"
    " metadataprovisionagreement"
).split()
REFERENCES = (
    "none parents parentsandsiblings ancestors children descendants all codelist dataflow process".split()
)
DETAILS = "full allstubs referencestubs allcompletestubs referencecompletestubs referencepartial raw".split()
ENCODINGS = "br compress deflate exi gzip identity pack200-gzip zstd".split()


def text(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$"}


def several(pattern: str) -> dict[str, Any]:
    return {"type": "array", "items": text(rf"(\*|{pattern})"), "minItems": 1, "maxItems": 3}


def one_of(names: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


WHOLE = {"type": "integer", "minimum": 1}
MOMENT = {"type": "string", "format": "date-time"}
FLAG = {"type": "boolean"}
PATH: dict[str, dict[str, Any]] = {
    "context": one_of((*CONTEXTS, "*")),
    "schemaContext": one_of((*CONTEXTS, "metadatastructure", "metadataflow", "metadataprovisionagreement")),
    "agencyID": several(AGENCY),
    "resourceID": several(ID),
    "version": several(VERSION),
    "oneAgency": text(AGENCY),
    "oneResource": text(ID),
    "oneVersion": text(VERSION),
    "key": several(rf"({ID}|\*)(\.({ID}|\*)){{0,14}}"),
    "componentID": several(NCNAME),
    "type": one_of((*TYPES, *SCHEMES)),
    "scheme": one_of(SCHEMES),
    "itemID": several(rf"{ID}(\.{ID})?"),
    "providerID": several(AGENCY),
}
HEADERS = {"Accept-Encoding": one_of(ENCODINGS), "Accept-Language": text(r"[a-z]{2}(-[A-Z]{2})?")}
DATA = {
    "c": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 2},
    "updatedAfter": MOMENT,
    "firstNObservations": WHOLE,
    "lastNObservations": WHOLE,
    "dimensionAtObservation": text(NCNAME),
    "attributes": several(NCNAME),
    "measures": several(NCNAME),
    "includeHistory": FLAG,
    "offset": {"type": "integer", "minimum": 0},
    "limit": WHOLE,
    "sort": text(rf"({NCNAME}|\*)(:(asc|desc))?(\+{NCNAME})?"),
}
STRUCTURE = {"references": several("(" + "|".join(REFERENCES) + ")"), "detail": one_of(DETAILS)}
METADATA = {"detail": one_of(("allstubs", "full"))}
REGISTRATION = {"updatedBefore": MOMENT, "updatedAfter": MOMENT}
AVAILABILITY = {
    "c": DATA["c"],
    "mode": one_of(("exact", "available")),
    "references": several(
        "(none|all|datastructure|conceptscheme|codelist|dataproviderscheme|dataflow|valuelist)"
    ),
    "updatedAfter": MOMENT,
}
NAMED = "{agencyID}/{resourceID}/{version}"
PATHS: dict[str, dict[str, dict[str, Any]]] = {
    f"/data/{{context}}/{NAMED}/{{key}}": DATA,
    f"/availability/{{context}}/{NAMED}/{{key}}/{{componentID}}": AVAILABILITY,
    "/schema/{schemaContext}/{oneAgency}/{oneResource}/{oneVersion}": {
        "dimensionAtObservation": text(NCNAME),
        "deletion": FLAG,
    },
    f"/structure/{{type}}/{NAMED}": STRUCTURE,
    f"/structure/{{scheme}}/{NAMED}/{{itemID}}": STRUCTURE,
    f"/metadata/structure/{{type}}/{NAMED}": METADATA,
    f"/metadata/metadataflow/{NAMED}/{{providerID}}": METADATA,
    "/metadata/metadataset/{providerID}/{resourceID}/{version}": METADATA,
    "/registration/id/{oneResource}": {},
    "/registration/provider/{agencyID}/{providerID}": REGISTRATION,
    f"/registration/{{context}}/{NAMED}": REGISTRATION,
}


def _parameter(place: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    found = {"in": place, "name": name, "required": place == "path", "schema": schema}
    if place == "query":
        found |= (
            {"style": "deepObject", "explode": True} if name == "c" else {"style": "form", "explode": False}
        )
    return found


def _operation(path: str, query: dict[str, dict[str, Any]]) -> dict[str, Any]:
    parameters = [_parameter("path", name, PATH[name]) for name in PATH if f"{{{name}}}" in path]
    parameters += [_parameter("query", *item) for item in query.items()]
    parameters += [_parameter("header", *item) for item in HEADERS.items()]
    return {
        "parameters": parameters,
        "responses": {str(code): {"description": str(code)} for code in STATUSES},
    }


DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "SDMX REST", "version": "2.2.2"},
    "paths": {path: {"get": _operation(path, query)} for path, query in PATHS.items()},
}
