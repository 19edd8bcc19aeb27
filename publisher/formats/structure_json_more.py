"""Reference metadata, processes, reporting taxonomies and VTL of SDMX-JSON 2.0 and 2.1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from publisher.formats.structure_json_parts import (
    URN,
    URN_21,
    Json,
    Languages,
    Urn,
    annotated,
    filled,
    identified,
    localised,
    named,
    nested,
    plain,
    refs,
    representation,
    scheme,
)
from publisher.structures import model as m

# -- reference metadata -----------------------------------------------------------------------


def metadata_structure(structure: m.MetadataStructure, languages: Languages) -> Json:
    attributes = [metadata_attribute(attribute, languages) for attribute in structure.attributes]
    listed = {"id": "MetadataAttributeDescriptor", "metadataAttributes": attributes}
    return {"metadataStructureComponents": {"metadataAttributeList": listed} if attributes else None}


def metadata_attribute(given: m.MetadataAttribute, languages: Languages) -> Json:
    local = given.representation
    written: Json = {
        **identified(given, languages),
        "conceptIdentity": given.concept.urn if given.concept else None,
        "localRepresentation": representation(local, occurs=False) if local else None,
        "isPresentational": given.is_presentational or None,
        "metadataAttributes": [metadata_attribute(below, languages) for below in given.attributes],
    }
    return filled(written) | occurs(given)


def occurs(given: m.MetadataAttribute) -> Json:
    written: Json = {} if given.min_occurs == 1 else {"minOccurs": given.min_occurs}
    if given.max_occurs != 1:
        written["maxOccurs"] = "unbounded" if given.max_occurs is None else given.max_occurs
    return written


# -- processes and taxonomies -----------------------------------------------------------------


def process(given: m.Process, languages: Languages) -> Json:
    return {"processSteps": [_step(step, languages, URN, str) for step in given.steps]}


def process_10(given: m.Process, languages: Languages) -> Json:
    """SDMX-JSON 1.0: a transition names its step by URN."""

    def target(step: str) -> str:
        return replace(given.ref, item=step).urn_21

    return {"processSteps": [_step(step, languages, URN_21, target) for step in given.steps]}


def _step(step: m.ProcessStep, languages: Languages, urn: Urn, target: Callable[[str], str]) -> Json:
    computations = [_computation(entry, languages) for entry in step.computation]
    return filled(
        {
            "id": step.id,
            **named(step, languages),
            "inputs": [_artefact(entry, languages, urn) for entry in step.inputs],
            "outputs": [_artefact(entry, languages, urn) for entry in step.outputs],
            "computation": computations[0] if computations else None,
            "transitions": [
                _transition(entry, target(entry.target), languages) for entry in step.transitions
            ],
            "processSteps": [_step(below, languages, urn, target) for below in step.steps],
        }
    )


def _artefact(given: m.ProcessArtefact, languages: Languages, urn: Urn) -> Json:
    written: Json = {"localID": given.local_id, "objectReference": plain(given.object, urn)}
    return filled(written | annotated(given.annotations, languages))


def _computation(given: m.Computation, languages: Languages) -> Json:
    written: Json = {
        "localID": given.local_id,
        "softwarePackage": given.software_package,
        "softwareLanguage": given.software_language,
        "softwareVersion": given.software_version,
        **localised("description", given.description, languages),
    }
    return filled(written | annotated(given.annotations, languages))


def _transition(given: m.Transition, target: str, languages: Languages) -> Json:
    written: Json = {"id": given.id, "localID": given.local_id, "targetStep": target}
    written |= localised("condition", given.condition, languages)
    return filled(written | annotated(given.annotations, languages))


def reporting_taxonomy(urn: Urn) -> Callable[[Any, Languages], Json]:
    about = refs(urn, structuralMetadata="structures", provisioningMetadata="flows")

    def write(given: m.ReportingTaxonomy, languages: Languages) -> Json:
        key = "reportingCategories"
        categories = nested(given, key, languages, lambda item: about(item, languages))
        return {"isPartial": given.is_partial or None, key: categories}

    return write


# -- VTL: key → field of an item --------------------------------------------------------------

Fields = Mapping[str, str]
TRANSFORMATION: Fields = {"expression": "expression", "result": "result", "isPersistent": "is_persistent"}
RULESET: Fields = {"rulesetDefinition": "definition", "rulesetType": "type", "rulesetScope": "scope"}
OPERATOR: Fields = {"operatorDefinition": "definition"}
CUSTOM_TYPE: Fields = {
    "vtlScalarType": "scalar_type",
    "dataType": "data_type",
    "vtlLiteralFormat": "literal_format",
    "outputFormat": "output_format",
    "nullValue": "null_value",
}
PERSONALISATION: Fields = {
    "vtlDefaultName": "default_name",
    "personalisedName": "personalised_name",
    "vtlArtefact": "artefact",
}
_USED: Fields = {
    "vtlMappingScheme": "mapping_scheme",
    "namePersonalisationScheme": "name_scheme",
    "customTypeScheme": "type_scheme",
    "rulesetSchemes": "ruleset_schemes",
    "userDefinedOperatorSchemes": "operator_schemes",
}


def vtl_scheme(key: str, fields: Fields) -> Callable[[Any, Languages], Json]:
    """A scheme of VTL: its items as the array `key`, and the schemes that it uses."""

    def item(entry: m.Item, languages: Languages) -> Json:
        return {"id": entry.id} | named(entry, languages) | refs(**fields)(entry, languages)

    def write(given: m.VtlScheme, languages: Languages) -> Json:
        used = {k: plain(getattr(given, field)) for k, field in _USED.items() if hasattr(given, field)}
        return {"vtlVersion": given.vtl_version} | scheme(key, item)(given, languages) | used

    return write


def vtl_mappings(given: m.VtlMappingScheme, languages: Languages) -> Json:
    items = [_vtl_mapping(item, languages) for item in given.items.values() if isinstance(item, m.VtlMapping)]
    return {"isPartial": given.is_partial or None, "vtlMappings": items}


def _vtl_mapping(given: m.VtlMapping, languages: Languages) -> Json:
    """For every dataflow when it names nothing: an empty object says so."""
    written: Json = {"id": given.id} | named(given, languages) | {"alias": given.alias}
    written |= filled(refs(dataflow="dataflow", codelist="codelist", concept="concept")(given, languages))
    if given.is_generic:
        written["genericDataflow"] = {}
    for key, inner, space in (
        ("toVtlMapping", "toVtlSubSpace", given.to_vtl),
        ("fromVtlMapping", "fromVtlSuperSpace", given.from_vtl),
    ):
        if space is not None:
            part = {"keys": list(space.keys)} if space.keys else None
            written[key] = filled({"method": space.method, inner: part})
    return written
