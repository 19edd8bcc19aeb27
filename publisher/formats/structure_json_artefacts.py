"""What an artefact has besides names and identification, in SDMX-JSON 2.0 and 2.1.

Source: sdmx-json-structure-schema.json 2.0.0 and 2.1.0. 2.1 adds evolving structures and the
AvailabilityConstraint, and takes roles and release calendars from constraints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from publisher.formats import structure_json_constraints as constraints
from publisher.formats import structure_json_maps as maps
from publisher.formats import structure_json_more as more
from publisher.formats.structure_json_parts import (
    URN,
    Json,
    Languages,
    components,
    contact,
    filled,
    hierarchical_code,
    levels,
    named,
    nested,
    refs,
    representation,
    scheme,
    urn_of,
)
from publisher.structures import model as m

Write = Callable[[Any, Languages], Json]


def item(given: m.Item, languages: Languages) -> Json:
    return {"id": given.id} | named(given, languages) | {"parent": given.parent}


def _concept(concept: m.Concept, languages: Languages) -> Json:
    core = concept.representation
    return item(concept, languages) | {"coreRepresentation": core and representation(core)}


def organisation(given: m.Organisation, languages: Languages) -> Json:
    contacts = [contact(entry) for entry in given.contacts]
    return item(given, languages) | {"contacts": contacts}


def _codelist(codelist: m.Codelist, languages: Languages) -> Json:
    written = scheme("codes", item)(codelist, languages)
    if not codelist.is_complete:
        written["codelistExtensions"] = [_extension(extension) for extension in codelist.extensions]
    return written


def _extension(extension: m.CodelistExtension) -> Json:
    return filled(
        {
            "codelist": urn_of(extension.codelist),
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


def category_scheme(given: m.CategoryScheme, languages: Languages) -> Json:
    return {
        "isPartial": given.is_partial or None,
        "categories": nested(given, "categories", languages, lambda item: {}),
    }


def data_structure(structure: m.DataStructure, languages: Languages) -> Json:
    return {
        "dataStructureComponents": components(structure, languages),
        "metadata": urn_of(structure.metadata),
    }


def data_structure_21(structure: m.DataStructure, languages: Languages) -> Json:
    return {"evolvingStructure": structure.is_evolving or None} | data_structure(structure, languages)


def dataflow_21(flow: m.Dataflow, languages: Languages) -> Json:
    return {
        "structure": urn_of(flow.structure),
        "dimensionConstraint": list(flow.dimension_constraint),
    }


def _hierarchy(hierarchy: m.Hierarchy, languages: Languages) -> Json:
    return {
        "hasFormalLevels": hierarchy.has_formal_levels,
        "level": levels(hierarchy.levels, languages),
        "hierarchicalCodes": [hierarchical_code(code, languages) for code in hierarchy.codes],
    }


# Class → its array in `data`, and what it has besides names and identification.
ARTEFACTS_20: Mapping[type[m.Maintainable], tuple[str, Write]] = {
    m.DataStructure: ("dataStructures", data_structure),
    m.MetadataStructure: ("metadataStructures", more.metadata_structure),
    m.CategoryScheme: ("categorySchemes", category_scheme),
    m.ConceptScheme: ("conceptSchemes", scheme("concepts", _concept)),
    m.Codelist: ("codelists", _codelist),
    m.ValueList: ("valueLists", _value_list),
    m.Hierarchy: ("hierarchies", _hierarchy),
    m.HierarchyAssociation: (
        "hierarchyAssociations",
        refs(linkedHierarchy="hierarchy", linkedObject="linked_object", contextObject="context"),
    ),
    m.AgencyScheme: ("agencySchemes", scheme("agencies", organisation)),
    m.DataProviderScheme: ("dataProviderSchemes", scheme("dataProviders", organisation)),
    m.DataConsumerScheme: ("dataConsumerSchemes", scheme("dataConsumers", organisation)),
    m.MetadataProviderScheme: ("metadataProviderSchemes", scheme("metadataProviders", organisation)),
    m.OrganisationUnitScheme: ("organisationUnitSchemes", scheme("organisationUnits", organisation)),
    m.Dataflow: ("dataflows", refs(structure="structure")),
    m.Metadataflow: ("metadataflows", refs(structure="structure", targets="targets")),
    m.ReportingTaxonomy: ("reportingTaxonomies", more.reporting_taxonomy(URN)),
    m.ProvisionAgreement: ("provisionAgreements", refs(dataflow="dataflow", dataProvider="provider")),
    m.MetadataProvisionAgreement: (
        "metadataProvisionAgreements",
        refs(metadataflow="metadataflow", metadataProvider="provider", targets="targets"),
    ),
    m.StructureMap: ("structureMaps", maps.structure_map),
    m.RepresentationMap: ("representationMaps", maps.representation_map),
    m.ConceptSchemeMap: ("conceptSchemeMaps", maps.item_scheme_map),
    m.CategorySchemeMap: ("categorySchemeMaps", maps.item_scheme_map),
    m.OrganisationSchemeMap: ("organisationSchemeMaps", maps.item_scheme_map),
    m.ReportingTaxonomyMap: ("reportingTaxonomyMaps", maps.item_scheme_map),
    m.Process: ("processes", more.process),
    m.Categorisation: ("categorisations", refs(source="categorised", target="category")),
    m.DataConstraint: ("dataConstraints", constraints.data_constraint_20),
    m.MetadataConstraint: ("metadataConstraints", constraints.metadata_constraint_20),
    m.CustomTypeScheme: ("customTypeSchemes", more.vtl_scheme("customTypes", more.CUSTOM_TYPE)),
    m.VtlMappingScheme: ("vtlMappingSchemes", more.vtl_mappings),
    m.NamePersonalisationScheme: (
        "namePersonalisationSchemes",
        more.vtl_scheme("namePersonalisations", more.PERSONALISATION),
    ),
    m.RulesetScheme: ("rulesetSchemes", more.vtl_scheme("rulesets", more.RULESET)),
    m.TransformationScheme: (
        "transformationSchemes",
        more.vtl_scheme("transformations", more.TRANSFORMATION),
    ),
    m.UserDefinedOperatorScheme: (
        "userDefinedOperatorSchemes",
        more.vtl_scheme("userDefinedOperators", more.OPERATOR),
    ),
}
ARTEFACTS_21: Mapping[type[m.Maintainable], tuple[str, Write]] = {
    **ARTEFACTS_20,
    m.DataStructure: ("dataStructures", data_structure_21),
    m.Dataflow: ("dataflows", dataflow_21),
    m.DataConstraint: ("dataConstraints", constraints.data_constraint_21),
    m.AvailabilityConstraint: ("availabilityConstraints", constraints.availability),
    m.MetadataConstraint: ("metadataConstraints", constraints.metadata_constraint_21),
}
