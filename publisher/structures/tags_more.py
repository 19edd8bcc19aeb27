"""The rows of processes, taxonomies, maps of item schemes, VTL and reference metadata.

VTL is written alike in 2.1 and 3.x, but for what stands around it. Source: SDMXStructureProcess.xsd,
SDMXStructureReportingTaxonomy.xsd, SDMXStructureStructureMappings.xsd, SDMXStructureTransformation.xsd,
SDMXStructureMetadataStructure.xsd.
"""

from __future__ import annotations

from publisher.structures import model as m
from publisher.structures.tags import ANNOTATIONS, IDENTIFIED, MAINTAINED, NAMED, Row, Rows

# -- processes and taxonomies -----------------------------------------------------------------

ARTEFACT: Rows = (
    Row("localID", "local_id", "attribute"),
    ANNOTATIONS,
    Row("str:ObjectReference", "object", "ref"),
)
COMPUTATION: Rows = (
    Row("localID", "local_id", "attribute"),
    Row("softwarePackage", "software_package", "attribute"),
    Row("softwareLanguage", "software_language", "attribute"),
    Row("softwareVersion", "software_version", "attribute"),
    ANNOTATIONS,
    Row("com:Description", "description", "name"),
)


def process_step(target: Row) -> Rows:
    """The rows of a step; `target` is how a transition names its step."""
    transition: Rows = (
        *IDENTIFIED,
        Row("localID", "local_id", "attribute"),
        target,
        Row("str:Condition", "condition", "name"),
    )
    rows: Rows = (
        *NAMED,
        Row("str:Input", "inputs", "many", ARTEFACT, m.ProcessArtefact),
        Row("str:Output", "outputs", "many", ARTEFACT, m.ProcessArtefact),
        Row("str:Computation", "computation", "many", COMPUTATION, m.Computation),
        Row("str:Transition", "transitions", "many", transition, m.Transition),
        Row("str:ProcessStep", "steps", "many", lambda: rows, m.ProcessStep),
    )
    return rows


STEP_30 = process_step(Row("str:TargetStep", "target", "value"))
REPORTING_CATEGORY: Rows = (
    *NAMED,
    Row("str:StructuralMetadata", "structures", "refs", "datastructure"),
    Row("str:ProvisioningMetadata", "flows", "refs", "dataflow"),
)
REPORTING_CATEGORIES = Row(
    "str:ReportingCategory", "items", "categories", REPORTING_CATEGORY, m.ReportingCategory
)

# -- maps -------------------------------------------------------------------------------------

MAPPED_VALUE: Rows = (
    Row("isRegEx", "is_regex", "flag"),
    Row("startIndex", "start", "number"),
    Row("endIndex", "end", "number"),
    Row("", "value", "text"),
)
VALUE_MAPPING: Rows = (
    Row("validFrom", "valid_from", "attribute"),
    Row("validTo", "valid_to", "attribute"),
    ANNOTATIONS,
    Row("str:SourceValue", "source", "many", MAPPED_VALUE, m.MappedValue),
    Row("str:TargetValue", "target", "values"),
)
ITEM_SCHEME_MAP: Rows = (
    *MAINTAINED,
    Row("str:Source", "source_scheme", "ref", required=True),
    Row("str:Target", "target_scheme", "ref", required=True),
    Row("str:ItemMap", "mappings", "many", VALUE_MAPPING, m.ValueMapping),
)
DATE_MAP: Rows = (
    *IDENTIFIED,
    Row("resolvePeriod", "resolve_period", "attribute"),
    Row("str:Source|str:Target", "mapped", "couples"),
    Row("str:FrequencyDimension", "frequency_dimension", "value"),
    Row("str:MappedFrequencies", "mapped_frequencies", "values"),
    Row("str:TargetFrequencyID", "target_frequency", "value"),
)
EPOCH_MAP: Rows = (
    *DATE_MAP,
    Row("basePeriod", "base_period", "attribute"),
    Row("epochPeriod", "epoch_period", "attribute"),
)
DATE_PATTERN_MAP: Rows = (
    *DATE_MAP,
    Row("sourcePattern", "source_pattern", "attribute"),
    Row("locale", "locale", "attribute"),
)
FREQUENCY_FORMAT: Rows = (
    *IDENTIFIED,
    Row("str:FrequencyId", "frequency", "value"),
    Row("str:DatePattern", "pattern", "value"),
)

# -- VTL --------------------------------------------------------------------------------------

VTL_VERSION = Row("vtlVersion", "vtl_version", "attribute")
_MAPPING_SCHEME = Row("str:VtlMappingScheme", "mapping_scheme", "ref", "vtlmappingscheme")
_RULESET_SCHEMES = Row("str:RulesetScheme", "ruleset_schemes", "refs", "rulesetscheme")
TRANSFORMATION: Rows = (
    *NAMED,
    Row("isPersistent", "is_persistent", "flag"),
    Row("str:Expression", "expression", "value"),
    Row("str:Result", "result", "value"),
)
TRANSFORMATIONS: Rows = (
    VTL_VERSION,
    Row("str:Transformation", "items", "items", TRANSFORMATION, m.Transformation),
    _MAPPING_SCHEME,
    Row("str:NamePersonalisationScheme", "name_scheme", "ref", "namepersonalisationscheme"),
    Row("str:CustomTypeScheme", "type_scheme", "ref", "customtypescheme"),
    _RULESET_SCHEMES,
    Row("str:UserDefinedOperatorScheme", "operator_schemes", "refs", "userdefinedoperatorscheme"),
)
RULESET: Rows = (
    *NAMED,
    Row("rulesetType", "type", "attribute"),
    Row("rulesetScope", "scope", "attribute"),
    Row("str:RulesetDefinition", "definition", "value"),
)
RULESETS: Rows = (VTL_VERSION, Row("str:Ruleset", "items", "items", RULESET, m.Ruleset), _MAPPING_SCHEME)
OPERATOR: Rows = (*NAMED, Row("str:OperatorDefinition", "definition", "value"))
OPERATORS: Rows = (
    VTL_VERSION,
    Row("str:UserDefinedOperator", "items", "items", OPERATOR, m.UserDefinedOperator),
    _MAPPING_SCHEME,
    _RULESET_SCHEMES,
)
CUSTOM_TYPE: Rows = (
    *NAMED,
    Row("str:VtlScalarType", "scalar_type", "value"),
    Row("str:DataType", "data_type", "value"),
    Row("str:VtlLiteralFormat", "literal_format", "value"),
    Row("str:OutputFormat", "output_format", "value"),
    Row("str:NullValue", "null_value", "value"),
)
CUSTOM_TYPES: Rows = (VTL_VERSION, Row("str:CustomType", "items", "items", CUSTOM_TYPE, m.CustomType))
PERSONALISATION: Rows = (
    *NAMED,
    Row("vtlArtefact", "artefact", "attribute"),
    Row("str:VtlDefaultName", "default_name", "value"),
    Row("str:PersonalisedName", "personalised_name", "value"),
)
PERSONALISATIONS: Rows = (
    VTL_VERSION,
    Row("str:NamePersonalisation", "items", "items", PERSONALISATION, m.NamePersonalisation),
)


def _space(element: str) -> Rows:
    keys = Row("str:Key", "keys", "values")
    return (Row("method", "method", "attribute"), Row(element, "", "wrap", (keys,)))


VTL_MAPPING: Rows = (
    *NAMED,
    Row("alias", "alias", "attribute"),
    Row("str:Dataflow", "dataflow", "ref", "dataflow"),
    Row("str:GenericDataflow", "", "generic dataflow"),
    Row("str:ToVtlMapping", "to_vtl", "one", _space("str:ToVtlSubSpace"), m.VtlSpace),
    Row("str:FromVtlMapping", "from_vtl", "one", _space("str:FromVtlSuperSpace"), m.VtlSpace),
    Row("str:Codelist", "codelist", "ref", "codelist"),
    Row("str:Concept", "concept", "ref", "conceptscheme"),
)
VTL_MAPPINGS: Rows = (Row("str:VtlMapping", "items", "items", VTL_MAPPING, m.VtlMapping),)

# -- reference metadata -----------------------------------------------------------------------


def metadata_attribute(component: Rows) -> Rows:
    """The rows of a metadata attribute, from those of a component."""
    rows: Rows = (
        *component,
        Row("minOccurs", "min_occurs", "number", default=1),
        Row("maxOccurs", "max_occurs", "occurrence", default=1),
        Row("isPresentational", "is_presentational", "flag", default=False),
        Row("str:MetadataAttribute", "attributes", "many", lambda: rows, m.MetadataAttribute),
    )
    return rows
