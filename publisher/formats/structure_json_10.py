"""What an artefact has besides names and identification in SDMX-JSON 1.0, which is SDMX 2.1.

Source: sdmx-json-structure-schema.json 1.0. References are URNs in the words of 2.1, those within an
artefact too. What it has no place for: `structure_gaps`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from publisher.formats import structure_json_artefacts as artefacts
from publisher.formats import structure_json_constraints as constraints
from publisher.formats import structure_json_more as more
from publisher.formats.structure_forms import NOT_SIMPLE
from publisher.formats.structure_forms_21 import ends
from publisher.formats.structure_json_parts import (
    URN_21,
    Json,
    Languages,
    annotated,
    filled,
    identified,
    levels,
    named,
    number,
    plain,
    refs,
    scheme,
)
from publisher.structures import model as m
from publisher.structures.urns import Ref

Write = Callable[[Any, Languages], Json]

# -- item schemes -----------------------------------------------------------------------------


def _with_parents(key: str, item: Callable[[Any, Languages], Json]) -> Write:
    """A scheme whose items name their parent by URN."""

    def write(given: m.ItemScheme, languages: Languages) -> Json:
        def written(entry: m.Item) -> Json:
            parent = replace(given.ref, item=entry.parent).urn_21 if entry.parent else None
            return filled(item(entry, languages) | {"parent": parent})

        items = [written(entry) for entry in given.items.values()]
        return {"isPartial": given.is_partial or None, key: items}

    return write


def _concept(given: m.Concept, languages: Languages) -> Json:
    core = given.representation
    return artefacts.item(given, languages) | {"coreRepresentation": core and _representation(core)}


# -- data structures --------------------------------------------------------------------------

_AT_LEAST_ONE = ("decimals", "minLength", "maxLength")  # 1.0: none of them is 0
_TIME = {"textFormat": {"textType": "ObservationalTimePeriod"}}


def _representation(given: m.Representation, is_simple: bool = False) -> Json:
    """`is_simple`: of a component, where 2.1 knows neither XHTML nor several languages."""
    facets = {
        n: number(n, text) for n, text in given.facets.items() if not (n in _AT_LEAST_ONE and text == "0")
    }
    type_ = given.text_type
    if type_ == "GeospatialInformation" or (is_simple and type_ in NOT_SIMPLE):
        type_ = "String"
    if is_simple:
        facets.pop("isMultiLingual", None)
    form = {"textType": type_} | facets
    if given.enumeration and given.enumeration.kind == "codelist":
        has_form = facets or type_ != "String"
        return {"enumeration": given.enumeration.urn_21} | ({"enumerationFormat": form} if has_form else {})
    return {"textFormat": form}


def _component(given: m.Component, languages: Languages) -> Json:
    local = given.representation
    return filled(
        {
            **identified(given, languages),
            "conceptIdentity": given.concept.urn_21 if given.concept else None,
            "conceptRoles": [role.urn_21 for role in given.roles],
            "localRepresentation": _representation(local, is_simple=True) if local else None,
        }
    )


def _data_structure(given: m.DataStructure, languages: Languages) -> Json:
    dimensions = [
        _component(d, languages) | {"position": place, "type": "Dimension"}
        for place, d in enumerate(given.key_dimensions)
    ]
    attributes = [_attribute(attribute, languages) for attribute in given.attributes]
    listed = filled({"dimensions": dimensions, "timeDimensions": list(_time(given, languages))})
    written = {
        "dimensionList": {"id": "DimensionDescriptor", **listed},
        "groups": [identified(g, languages) | {"groupDimensions": list(g.dimensions)} for g in given.groups],
        "attributeList": {"id": "AttributeDescriptor", "attributes": attributes} if attributes else None,
        "measureList": {"id": "MeasureDescriptor", "primaryMeasure": _primary(given, languages)},
    }
    return {"dataStructureComponents": filled(written)}


def _time(given: m.DataStructure, languages: Languages) -> Iterator[Json]:
    """TimeDimensionType: its representation is required."""
    if time := given.time_dimension:
        yield {"localRepresentation": _TIME} | _component(time, languages) | {"type": "TimeDimension"}


def _primary(given: m.DataStructure, languages: Languages) -> Json:
    """PrimaryMeasureType: one, always OBS_VALUE."""
    chosen = sorted(given.measures, key=lambda measure: measure.id != "OBS_VALUE")[0]
    return _component(chosen, languages) | {"id": "OBS_VALUE"}


def _attribute(given: m.Attribute, languages: Languages) -> Json:
    status = "Mandatory" if given.is_mandatory else "Conditional"
    relationship = _relationship(given.attachment, given.attached_to)
    return _component(given, languages) | {"assignmentStatus": status, "attributeRelationship": relationship}


def _relationship(attachment: str, attached_to: tuple[str, ...]) -> Json:
    match attachment:
        case m.GROUP:
            return {"group": attached_to[0]}
        case m.DIMENSIONS:
            return {"dimensions": list(attached_to)}
        case m.OBSERVATION:
            return {"primaryMeasure": "OBS_VALUE"}
    return {"none": {}}


# -- metadata structures ----------------------------------------------------------------------

_TARGET: Json = {
    "id": "TARGET",
    "identifiableObjectTargets": [
        {
            "id": "OBJECT",
            "objectType": "Any",
            "localRepresentation": {"textFormat": {"textType": "IdentifiableReference"}},
        }
    ],
}


def _metadata_structure(given: m.MetadataStructure, languages: Languages) -> Json:
    """One report, which may be on any object, as in SDMX-ML 2.1."""
    attributes = [_metadata_attribute(attribute, languages) for attribute in given.attributes]
    target = replace(given.ref, item="TARGET", cls="MetadataTarget").urn_21
    report = {"id": "REPORT", "metadataAttributes": attributes, "metadataTargets": [target]}
    written = {"metadataTargets": [_TARGET], "reportStructures": [report]}
    return {"metadataStructureComponents": written if attributes else None}


def _metadata_attribute(given: m.MetadataAttribute, languages: Languages) -> Json:
    local = given.representation
    written: Json = {
        **identified(given, languages),
        "conceptIdentity": given.concept.urn_21 if given.concept else None,
        "localRepresentation": _representation(local) if local else None,
        "isPresentational": given.is_presentational or None,
        "metadataAttributes": [_metadata_attribute(below, languages) for below in given.attributes],
    }
    return filled(written) | more.occurs(given)


# -- hierarchies ------------------------------------------------------------------------------


def _hierarchy(given: m.Hierarchy, languages: Languages) -> Json:
    """The only one of a hierarchical code list of its id; codes are named by URN, not by alias."""
    written: Json = {
        "id": given.id,
        **named(replace(given, annotations=()), languages),
        "leveled": given.has_formal_levels,
        "hierarchicalCodes": [_hierarchical_code(given.ref, code, languages) for code in given.codes],
        "level": levels(given.levels, languages),
    }
    return {"hierarchies": [filled(written)]}


def _hierarchical_code(within: Ref, given: m.HierarchicalCode, languages: Languages) -> Json:
    level = replace(within, item=given.level, cls="Level").urn_21 if given.level else None
    return filled(
        {
            **identified(given, languages),
            "code": given.code.urn_21 if given.code else None,
            "hierarchicalCodes": [_hierarchical_code(within, below, languages) for below in given.children],
            "level": level,
        }
    )


# -- maps, each in a structure set of its id --------------------------------------------------


def _scheme_map(key: str, pairs: str) -> Write:
    def write(given: m.ItemSchemeMap | m.RepresentationMap, languages: Languages) -> Json:
        source, target = ends(given)
        mapped = [
            annotated(entry.annotations, languages)
            | {
                "source": replace(source, item=entry.source[0].value).urn_21,
                "target": replace(target, item=entry.target[0]).urn_21,
            }
            for entry in given.mappings
        ]
        return {key: [_map(given, source, target, languages) | {pairs: mapped}]}

    return write


def _structure_map(given: m.LocatedStructureMap, languages: Languages) -> Json:
    sources = {ref.item: ref.urn_21 for ref in given.source_components}
    targets = {ref.item: ref.urn_21 for ref in given.target_components}
    mapped = [{"source": sources[e.source[0]], "target": targets[e.target[0]]} for e in given.component_maps]
    head = _map(given, given.source_structure, given.target_structure, languages)
    return {"structureMaps": [head | {"componentMaps": mapped}]}


def _map(given: m.Maintainable, source: Ref | None, target: Ref | None, languages: Languages) -> Json:
    names = named(replace(given, annotations=()), languages)
    return {"id": given.id, **names, "source": plain(source, URN_21), "target": plain(target, URN_21)}


# -- constraints ------------------------------------------------------------------------------


def _constraint(given: m.DataConstraint, languages: Languages) -> Json:
    return {
        "type": given.role,
        "constraintAttachment": constraints.attachment(given.attached_to, URN_21),
        "dataKeySets": [_key_set(keys) for keys in given.key_sets],
        "cubeRegions": [_region(region) for region in given.regions],
        "releaseCalendar": constraints.calendar(given.calendar),
    }


def _key_set(given: m.DataKeySet) -> Json:
    keys = [
        {"keyValues": [{"id": s.component, "value": s.values[0]} for s in key.selections if s.is_key]}
        for key in given.keys
    ]
    return {"isIncluded": given.is_included, "keys": keys}


def _region(given: m.CubeRegion) -> Json:
    keys = [_selection(s) for s in given.selections if s.is_key]
    others = [_selection(s) for s in given.selections if not s.is_key]
    return filled({"isIncluded": given.is_included, "keyValues": keys, "attributes": others})


def _selection(given: m.MemberSelection) -> Json:
    written = {"id": given.component, "values": list(given.values), "cascadeValues": list(given.cascading)}
    return filled(written | {"timeRange": constraints.time_range(given)})


# Class → its array in `data`, and what it has besides names and identification.
ARTEFACTS_10: Mapping[type[m.Maintainable], tuple[str, Write]] = {
    m.DataStructure: ("dataStructures", _data_structure),
    m.MetadataStructure: ("metadataStructures", _metadata_structure),
    m.CategoryScheme: ("categorySchemes", artefacts.category_scheme),
    m.ConceptScheme: ("conceptSchemes", _with_parents("concepts", _concept)),
    m.Codelist: ("codelists", scheme("codes", artefacts.item)),
    m.Hierarchy: ("hierarchicalCodelists", _hierarchy),
    m.AgencyScheme: ("agencySchemes", scheme("agencies", artefacts.organisation)),
    m.DataProviderScheme: ("dataProviderSchemes", scheme("dataProviders", artefacts.organisation)),
    m.DataConsumerScheme: ("dataConsumerSchemes", scheme("dataConsumers", artefacts.organisation)),
    m.OrganisationUnitScheme: (
        "organisationUnitSchemes",
        _with_parents("organisationUnits", artefacts.organisation),
    ),
    m.Dataflow: ("dataflows", refs(URN_21, structure="structure")),
    m.Metadataflow: ("metadataflows", refs(URN_21, structure="structure")),
    m.ReportingTaxonomy: ("reportingTaxonomies", more.reporting_taxonomy(URN_21)),
    m.ProvisionAgreement: (
        "provisionAgreements",
        refs(URN_21, structureUsage="dataflow", dataProvider="provider"),
    ),
    m.OrganisationSchemeMap: ("structureSets", _scheme_map("organisationSchemeMaps", "organisationMaps")),
    m.CategorySchemeMap: ("structureSets", _scheme_map("categorySchemeMaps", "categoryMaps")),
    m.RepresentationMap: ("structureSets", _scheme_map("codelistMaps", "codeMaps")),
    m.ConceptSchemeMap: ("structureSets", _scheme_map("conceptSchemeMaps", "conceptMaps")),
    m.ReportingTaxonomyMap: (
        "structureSets",
        _scheme_map("reportingTaxonomyMaps", "reportingCategoryMaps"),
    ),
    m.LocatedStructureMap: ("structureSets", _structure_map),
    m.Process: ("processes", more.process_10),
    m.Categorisation: ("categorisations", refs(URN_21, source="categorised", target="category")),
    m.DataConstraint: ("contentConstraints", _constraint),
}
