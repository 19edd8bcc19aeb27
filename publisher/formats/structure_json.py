"""Structure and error messages of SDMX-JSON 2.0, an artefact a chunk.

Source: SDMX-JSON 2.0.0 structure message schema (sdmx-json-structure-schema.json). Arrays there have
at least one entry: what is empty is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from publisher.formats.message import ErrorMessage, Header, StructureMessage
from publisher.formats.structure_json_parts import (
    Json,
    Languages,
    components,
    contact,
    filled,
    hierarchical_code,
    levels,
    named,
    region,
    representation,
)
from publisher.formats.xmltext import moment
from publisher.structures import model as m
from publisher.structures.urns import Ref

_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/"
    "sdmx-json-structure-schema.json"
)


def write_20(message: StructureMessage) -> Iterator[bytes | memoryview]:
    """Chunks of an SDMX-JSON 2.0 structure message."""
    yield f'{{"meta":{_dump(_meta(message.header, message.languages))},"data":{{'.encode()
    separator = ""
    for cls, (key, _) in ARTEFACTS.items():
        written = [a for a in message.artefacts if type(a) is cls]
        if written:
            yield f'{separator}"{key}":['.encode()
            separator = ","
            for number, artefact in enumerate(written):
                yield ((b"," if number else b"") + _dump(_artefact(artefact, message)).encode())
            yield b"]"
    yield b"}}"


def error_20(message: ErrorMessage) -> Iterator[bytes | memoryview]:
    """An SDMX-JSON 2.0 message with nothing but its errors."""
    errors = [{"code": message.code, "title": text} for text in message.texts]
    meta = _meta(message.header, message.header.languages)
    yield _dump({"meta": meta, "errors": errors or [{"code": message.code}]}).encode()


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _meta(header: Header, languages: Languages) -> Json:
    return {
        "schema": _SCHEMA,
        "id": header.id,
        "test": header.test,
        "prepared": moment(header.prepared),
        "contentLanguages": [tag.lower() for tag in languages or header.languages],  # the schema's pattern
        "sender": {"id": header.sender},
    }


def _artefact(artefact: m.Maintainable, message: StructureMessage) -> Json:
    is_stub = artefact.ref in message.stubs
    if is_stub:
        artefact = replace(artefact, is_external=True)
        if not message.complete_stubs:
            artefact = replace(artefact, description=m.NO_TEXT, annotations=())
    written = _maintained(artefact, message.languages)
    if not is_stub:
        written |= filled(ARTEFACTS[type(artefact)][1](artefact, message.languages))
    return written


def _maintained(artefact: m.Maintainable, languages: Languages) -> Json:
    head: Json = {"id": artefact.id, "agencyID": artefact.agency, "version": artefact.version}
    if artefact.is_external:
        head["isExternalReference"] = True
    for key, instant in (("validFrom", artefact.valid_from), ("validTo", artefact.valid_to)):
        if instant:
            head[key] = _zoned(instant)
    if not isinstance(artefact, m.ValueList):  # the schema's pattern of URNs misspells ValueList
        head["links"] = [{"rel": "self", "urn": artefact.ref.urn}]
    return head | named(artefact, languages)


def _zoned(instant: str) -> str:
    """RFC 3339 wants a zone; XML Schema does not. Without one it is UTC."""
    has_zone = instant.endswith("Z") or "+" in instant[10:] or "-" in instant[10:]
    return instant if has_zone else f"{instant}Z"


def _urn(ref: Ref | None) -> str | None:
    return ref.urn if ref else None


def _scheme(key: str, item: Callable[[Any, Languages], Json]) -> Callable[[Any, Languages], Json]:
    def write(scheme: m.ItemScheme, languages: Languages) -> Json:
        items = [filled(item(entry, languages)) for entry in scheme.items.values()]
        return {"isPartial": scheme.is_partial or None, key: items}

    return write


def _item(item: m.Item, languages: Languages) -> Json:
    return {"id": item.id} | named(item, languages) | {"parent": item.parent}


def _concept(concept: m.Concept, languages: Languages) -> Json:
    core = concept.representation
    return _item(concept, languages) | {"coreRepresentation": core and representation(core)}


def _organisation(organisation: m.Organisation, languages: Languages) -> Json:
    contacts = [contact(entry) for entry in organisation.contacts]
    return _item(organisation, languages) | {"contacts": contacts}


def _codelist(codelist: m.Codelist, languages: Languages) -> Json:
    written = _scheme("codes", _item)(codelist, languages)
    if not codelist.is_complete:
        written["codelistExtensions"] = [_extension(extension) for extension in codelist.extensions]
    return written


def _extension(extension: m.CodelistExtension) -> Json:
    return filled(
        {
            "codelist": _urn(extension.codelist),
            "prefix": extension.prefix,
            "inclusiveCodeSelection": _selection(extension.included),
            "exclusiveCodeSelection": _selection(extension.excluded),
        }
    )


def _selection(values: tuple[str, ...]) -> Json:
    exact, wild = [v for v in values if "%" not in v], [v for v in values if "%" in v]
    return filled({"memberValues": exact, "wildcardedMemberValues": wild})


def _value_list(values: m.ValueList, languages: Languages) -> Json:
    return {"valueItems": [{"id": i.id} | named(i, languages) for i in values.items.values()]}


def _category_scheme(scheme: m.CategoryScheme, languages: Languages) -> Json:
    def below(parent: str | None) -> list[Json]:
        return [
            filled(
                {"id": item.id.rpartition(".")[2]} | named(item, languages) | {"categories": below(item.id)}
            )
            for item in scheme.items.values()
            if item.parent == parent
        ]

    return {"isPartial": scheme.is_partial or None, "categories": below(None)}


def _data_structure(structure: m.DataStructure, languages: Languages) -> Json:
    return {"dataStructureComponents": components(structure, languages)}


def _hierarchy(hierarchy: m.Hierarchy, languages: Languages) -> Json:
    return {
        "hasFormalLevels": hierarchy.has_formal_levels,
        "level": levels(hierarchy.levels, languages),
        "hierarchicalCodes": [hierarchical_code(code, languages) for code in hierarchy.codes],
    }


_ATTACHED = {
    "datastructure": "dataStructures",
    "dataflow": "dataflows",
    "provisionagreement": "provisionAgreements",
}


def _data_constraint(constraint: m.DataConstraint, languages: Languages) -> Json:
    attached: Json = {}
    for ref in constraint.attached_to:
        if ref.kind == "dataproviderscheme":
            attached["dataProvider"] = ref.urn
        elif ref.kind in _ATTACHED:
            attached.setdefault(_ATTACHED[ref.kind], []).append(ref.urn)
    return {
        "role": constraint.role,
        "constraintAttachment": attached,
        "cubeRegions": [region(entry) for entry in constraint.regions],
    }


def _structure_map(structure_map: m.StructureMap, languages: Languages) -> Json:
    maps = [
        filled(
            {
                "source": list(entry.source),
                "target": list(entry.target),
                "representationMap": _urn(entry.representation_map),
            }
        )
        for entry in structure_map.component_maps
    ]
    return {
        "source": _urn(structure_map.source_structure),
        "target": _urn(structure_map.target_structure),
        "componentMaps": maps,
        "fixedValueMaps": [{"target": t, "values": [value]} for t, value in structure_map.fixed_values],
    }


def _representation_map(maps: m.RepresentationMap, languages: Languages) -> Json:
    def side(entries: tuple[Ref | str, ...]) -> list[Json]:
        return [{"codelist": e.urn} if isinstance(e, Ref) else {"dataType": e} for e in entries]

    mappings = [
        filled({"sourceValues": [{"value": value} for value in sources], "targetValues": list(targets)})
        for sources, targets in maps.mappings
    ]
    return {
        "source": side(maps.source_codelists),
        "target": side(maps.target_codelists),
        "representationMappings": mappings,
    }


def _refs(**fields: str) -> Callable[[Any, Languages], Json]:
    """An artefact of references only: key → field."""
    return lambda artefact, languages: {k: _urn(getattr(artefact, field)) for k, field in fields.items()}


# Class → its array in `data`, and what it has besides names and identification.
ARTEFACTS: Mapping[type[m.Maintainable], tuple[str, Callable[[Any, Languages], Json]]] = {
    m.DataStructure: ("dataStructures", _data_structure),
    m.CategoryScheme: ("categorySchemes", _category_scheme),
    m.ConceptScheme: ("conceptSchemes", _scheme("concepts", _concept)),
    m.Codelist: ("codelists", _codelist),
    m.ValueList: ("valueLists", _value_list),
    m.Hierarchy: ("hierarchies", _hierarchy),
    m.HierarchyAssociation: (
        "hierarchyAssociations",
        _refs(linkedHierarchy="hierarchy", linkedObject="linked_object", contextObject="context"),
    ),
    m.AgencyScheme: ("agencySchemes", _scheme("agencies", _organisation)),
    m.DataProviderScheme: ("dataProviderSchemes", _scheme("dataProviders", _organisation)),
    m.DataConsumerScheme: ("dataConsumerSchemes", _scheme("dataConsumers", _organisation)),
    m.Dataflow: ("dataflows", _refs(structure="structure")),
    m.ProvisionAgreement: ("provisionAgreements", _refs(dataflow="dataflow", dataProvider="provider")),
    m.StructureMap: ("structureMaps", _structure_map),
    m.RepresentationMap: ("representationMaps", _representation_map),
    m.Categorisation: ("categorisations", _refs(source="categorised", target="category")),
    m.DataConstraint: ("dataConstraints", _data_constraint),
}
