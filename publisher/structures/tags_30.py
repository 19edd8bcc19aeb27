"""The rows of SDMX-ML 3.0. Source: SDMXStructure*.xsd 3.0."""

from __future__ import annotations

from types import MappingProxyType

from publisher.structures import model as m
from publisher.structures import tags_more as more
from publisher.structures.tags import (
    ANNOTATIONS,
    CATEGORIES,
    IDENTIFIED,
    ITEM,
    MAINTAINED,
    NAMED,
    SCHEME,
    Row,
    Rows,
    Version,
    namespaces,
    organisation_scheme,
)

CONCEPT_30: Rows = (*ITEM, Row("str:CoreRepresentation", "representation", "representation"))
EXTENSION_30: Rows = (
    Row("prefix", "prefix", "attribute", default=""),
    Row("str:Codelist", "codelist", "ref"),
    Row("str:InclusiveCodeSelection", "", "wrap", (Row("str:MemberValue", "included", "values"),)),
    Row("str:ExclusiveCodeSelection", "", "wrap", (Row("str:MemberValue", "excluded", "values"),)),
)
VALUE_ITEM_30: Rows = NAMED

COMPONENT_30: Rows = (
    *IDENTIFIED,
    Row("str:ConceptIdentity", "concept", "ref"),
    Row("str:LocalRepresentation", "representation", "representation"),
)
ROLES_30 = Row("str:ConceptRole", "roles", "refs")
USAGE_30 = Row("usage", "is_mandatory", "flag", ("mandatory", "optional"))
GROUP_30: Rows = (
    *IDENTIFIED,
    Row("str:GroupDimension", "dimensions", "inner values", "str:DimensionReference"),
)
DATA_STRUCTURE_30: Rows = (
    Row(
        "str:DimensionList", "", "wrap",
        (
            Row("id", "", "constant", "DimensionDescriptor"),
            Row("str:Dimension", "dimensions", "many", (*COMPONENT_30, ROLES_30), m.Dimension,
                where=("is_time", False), numbered=True),
            Row("str:TimeDimension", "dimensions", "many", COMPONENT_30, m.Dimension,
                where=("is_time", True)),
        ),
    ),
    Row("str:Group", "groups", "many", GROUP_30, m.Group),
    Row(
        "str:AttributeList", "", "wrap",
        (
            Row("id", "", "constant", "AttributeDescriptor"),
            Row("str:Attribute", "attributes", "many",
                (*COMPONENT_30, USAGE_30, ROLES_30, Row("str:AttributeRelationship", "", "relationship"),
                 Row("str:MeasureRelationship", "", "wrap", (Row("str:Measure", "measures", "values"),))),
                m.Attribute),
            Row("str:MetadataAttributeUsage", "metadata_usages", "many",
                (ANNOTATIONS, Row("str:MetadataAttributeReference", "metadata_attribute", "value"),
                 Row("str:AttributeRelationship", "", "relationship")),
                m.MetadataAttributeUsage),
        ),
    ),
    Row(
        "str:MeasureList", "", "wrap",
        (
            Row("id", "", "constant", "MeasureDescriptor"),
            Row("str:Measure", "measures", "many", (*COMPONENT_30, USAGE_30, ROLES_30), m.Measure),
        ),
    ),
)  # fmt: skip

VALID: Rows = (Row("validFrom", "valid_from", "attribute"), Row("validTo", "valid_to", "attribute"))
MEMBERS_30: Rows = (
    Row("id", "component", "attribute"),
    Row("include", "is_included", "flag", default=True),
    Row("removePrefix", "remove_prefix", "flag"),
    *VALID,
    Row("str:Value", "", "selected values"),
    Row("str:TimeRange", "", "time range"),
)
INCLUDE = Row("include", "is_included", "flag")  # written always: sdmx1 does not know its default
_KEY_VALUE = Row("str:KeyValue", "selections", "many", MEMBERS_30, m.MemberSelection, where=("is_key", True))
_OTHER = Row("str:Component", "selections", "many", MEMBERS_30, m.MemberSelection, where=("is_key", False))
REGION_30: Rows = (INCLUDE, _KEY_VALUE, _OTHER)
TARGET_REGION: Rows = (INCLUDE, *VALID, _OTHER)
IS_INCLUDED = Row("isIncluded", "is_included", "flag")
KEY_SETS = Row(
    "str:DataKeySet", "key_sets", "many",
    (IS_INCLUDED, Row("str:Key", "keys", "many", (*VALID, _KEY_VALUE, _OTHER), m.DataKey)),
    m.DataKeySet,
)  # fmt: skip
CALENDAR = Row(
    "str:ReleaseCalendar", "calendar", "one",
    (Row("str:Periodicity", "periodicity", "value"), Row("str:Offset", "offset", "value"),
     Row("str:Tolerance", "tolerance", "value")),
    m.ReleaseCalendar,
)  # fmt: skip
ATTACHMENTS = MappingProxyType(
    {
        "dataproviderscheme": "str:DataProvider",
        "datastructure": "str:DataStructure",
        "dataflow": "str:Dataflow",
        "provisionagreement": "str:ProvisionAgreement",
    }
)
METADATA_ATTACHMENTS = MappingProxyType(
    {
        "metadataproviderscheme": "str:MetadataProvider",
        "metadatastructure": "str:MetadataStructure",
        "metadataflow": "str:Metadataflow",
        "metadataprovisionagreement": "str:MetadataProvisionAgreement",
    }
)
ROLE = Row("role", "role", "attribute")
ATTACHMENT = Row("str:ConstraintAttachment", "attached_to", "attachment", ATTACHMENTS)
METADATA_ATTACHMENT = Row("str:ConstraintAttachment", "attached_to", "attachment", METADATA_ATTACHMENTS)
REGIONS = Row("str:CubeRegion", "regions", "many", REGION_30, m.CubeRegion)
TARGET_REGIONS = Row("str:MetadataTargetRegion", "regions", "many", TARGET_REGION, m.CubeRegion)
CONSTRAINT_30: Rows = (*MAINTAINED, ROLE, ATTACHMENT, CALENDAR, KEY_SETS, REGIONS)
METADATA_CONSTRAINT_30: Rows = (*MAINTAINED, ROLE, METADATA_ATTACHMENT, CALENDAR, TARGET_REGIONS)
METADATA_STRUCTURE_30: Rows = (
    *MAINTAINED,
    Row(
        "str:MetadataStructureComponents", "", "wrap",
        (
            Row(
                "str:MetadataAttributeList", "", "wrap",
                (
                    Row("id", "", "constant", "MetadataAttributeDescriptor"),
                    Row("str:MetadataAttribute", "attributes", "many",
                        more.metadata_attribute(COMPONENT_30), m.MetadataAttribute),
                ),
            ),
        ),
    ),
)  # fmt: skip
HIERARCHICAL_CODE_30: Rows = (
    *IDENTIFIED,
    Row("str:Code", "code", "ref"),
    Row("str:HierarchicalCode", "children", "many", lambda: HIERARCHICAL_CODE_30, m.HierarchicalCode),
    Row("str:Level", "level", "value"),
)
HIERARCHY_30: Rows = (
    *MAINTAINED,
    Row("hasFormalLevels", "has_formal_levels", "flag"),
    Row("str:Level", "levels", "chain", NAMED, m.Identifiable),
    Row("str:HierarchicalCode", "codes", "many", HIERARCHICAL_CODE_30, m.HierarchicalCode, required=True),
)
STRUCTURE_MAP_30: Rows = (
    *MAINTAINED,
    Row("str:Source", "source_structure", "ref", required=True),
    Row("str:Target", "target_structure", "ref", required=True),
    Row("str:EpochMap", "epoch_maps", "many", more.EPOCH_MAP, m.EpochMap),
    Row("str:DatePatternMap", "date_maps", "many", more.DATE_PATTERN_MAP, m.DatePatternMap),
    Row("str:FrequencyFormatMapping", "frequency_formats", "many", more.FREQUENCY_FORMAT, m.FrequencyFormat),
    Row(
        "str:ComponentMap", "component_maps", "many",
        (
            ANNOTATIONS,
            Row("str:Source", "source", "values"),
            Row("str:Target", "target", "values"),
            Row("str:RepresentationMap", "representation_map", "ref"),
        ),
        m.ComponentMap,
    ),
    Row(
        "str:FixedValueMap", "fixed_values", "many",
        (
            Row("str:Source", "source", "value"),
            Row("str:Target", "target", "value"),
            Row("str:Value", "values", "values"),
        ),
        m.FixedValueMap,
    ),
)  # fmt: skip
REPRESENTATION_MAP_30: Rows = (
    *MAINTAINED,
    Row("str:SourceCodelist|str:SourceDataType", "source_codelists", "lists", required=True),
    Row("str:TargetCodelist|str:TargetDataType", "target_codelists", "lists", required=True),
    Row("str:RepresentationMapping", "mappings", "many", more.VALUE_MAPPING, m.ValueMapping),
)

ML_30 = Version(
    "3.0",
    "application/vnd.sdmx.structure+xml;version=3.0.0",
    namespaces("v3_0"),
    "urn",
    {
        m.AgencyScheme: ("str:AgencySchemes", "str:AgencyScheme", organisation_scheme("str:Agency")),
        m.Categorisation: ("str:Categorisations", "str:Categorisation",
            (*MAINTAINED, Row("str:Source", "categorised", "ref"), Row("str:Target", "category", "ref"))),
        m.CategorySchemeMap: ("str:CategorySchemeMaps", "str:CategorySchemeMap", more.ITEM_SCHEME_MAP),
        m.CategoryScheme: ("str:CategorySchemes", "str:CategoryScheme", (*SCHEME, CATEGORIES)),
        m.Codelist: ("str:Codelists", "str:Codelist",
            (*SCHEME, Row("str:Code", "items", "items", ITEM, m.Item),
             Row("str:CodelistExtension", "extensions", "many", EXTENSION_30, m.CodelistExtension))),
        m.ConceptSchemeMap: ("str:ConceptSchemeMaps", "str:ConceptSchemeMap", more.ITEM_SCHEME_MAP),
        m.ConceptScheme: ("str:ConceptSchemes", "str:ConceptScheme",
            (*SCHEME, Row("str:Concept", "items", "items", CONCEPT_30, m.Concept))),
        m.CustomTypeScheme: ("str:CustomTypeSchemes", "str:CustomTypeScheme", (*SCHEME, *more.CUSTOM_TYPES)),
        m.DataConstraint: ("str:DataConstraints", "str:DataConstraint", CONSTRAINT_30),
        m.DataConsumerScheme: ("str:DataConsumerSchemes", "str:DataConsumerScheme",
            organisation_scheme("str:DataConsumer")),
        m.Dataflow: ("str:Dataflows", "str:Dataflow",
            (*MAINTAINED, Row("str:Structure", "structure", "ref"))),
        m.DataProviderScheme: ("str:DataProviderSchemes", "str:DataProviderScheme",
            organisation_scheme("str:DataProvider")),
        m.DataStructure: ("str:DataStructures", "str:DataStructure",
            (*MAINTAINED, Row("str:DataStructureComponents", "", "wrap", DATA_STRUCTURE_30),
             Row("str:Metadata", "metadata", "ref"))),
        m.Hierarchy: ("str:Hierarchies", "str:Hierarchy", HIERARCHY_30),
        m.HierarchyAssociation: ("str:HierarchyAssociations", "str:HierarchyAssociation",
            (*MAINTAINED, Row("str:LinkedHierarchy", "hierarchy", "ref", required=True),
             Row("str:LinkedObject", "linked_object", "ref", required=True),
             Row("str:ContextObject", "context", "ref"))),
        m.MetadataConstraint: ("str:MetadataConstraints", "str:MetadataConstraint", METADATA_CONSTRAINT_30),
        m.Metadataflow: ("str:Metadataflows", "str:Metadataflow",
            (*MAINTAINED, Row("str:Structure", "structure", "ref"),
             Row("str:Target", "targets", "values", required=True))),
        m.MetadataProviderScheme: ("str:MetadataProviderSchemes", "str:MetadataProviderScheme",
            organisation_scheme("str:MetadataProvider")),
        m.MetadataProvisionAgreement: ("str:MetadataProvisionAgreements", "str:MetadataProvisionAgreement",
            (*MAINTAINED, Row("str:Metadataflow", "metadataflow", "ref", required=True),
             Row("str:MetadataProvider", "provider", "ref", required=True),
             Row("str:Target", "targets", "values"))),
        m.MetadataStructure: ("str:MetadataStructures", "str:MetadataStructure", METADATA_STRUCTURE_30),
        m.NamePersonalisationScheme: ("str:NamePersonalisationSchemes", "str:NamePersonalisationScheme",
            (*SCHEME, *more.PERSONALISATIONS)),
        m.OrganisationSchemeMap: ("str:OrganisationSchemeMaps", "str:OrganisationSchemeMap",
            more.ITEM_SCHEME_MAP),
        m.OrganisationUnitScheme: ("str:OrganisationUnitSchemes", "str:OrganisationUnitScheme",
            organisation_scheme("str:OrganisationUnit")),
        m.Process: ("str:Processes", "str:Process",
            (*MAINTAINED, Row("str:ProcessStep", "steps", "many", more.STEP_30, m.ProcessStep))),
        m.ProvisionAgreement: ("str:ProvisionAgreements", "str:ProvisionAgreement",
            (*MAINTAINED, Row("str:Dataflow", "dataflow", "ref", required=True),
             Row("str:DataProvider", "provider", "ref", required=True))),
        m.ReportingTaxonomy: ("str:ReportingTaxonomies", "str:ReportingTaxonomy",
            (*SCHEME, more.REPORTING_CATEGORIES)),
        m.ReportingTaxonomyMap: ("str:ReportingTaxonomyMaps", "str:ReportingTaxonomyMap",
            more.ITEM_SCHEME_MAP),
        m.RepresentationMap: ("str:RepresentationMaps", "str:RepresentationMap", REPRESENTATION_MAP_30),
        m.RulesetScheme: ("str:RulesetSchemes", "str:RulesetScheme", (*SCHEME, *more.RULESETS)),
        m.StructureMap: ("str:StructureMaps", "str:StructureMap", STRUCTURE_MAP_30),
        m.TransformationScheme: ("str:TransformationSchemes", "str:TransformationScheme",
            (*SCHEME, *more.TRANSFORMATIONS)),
        m.UserDefinedOperatorScheme: ("str:UserDefinedOperatorSchemes", "str:UserDefinedOperatorScheme",
            (*SCHEME, *more.OPERATORS)),
        m.ValueList: ("str:ValueLists", "str:ValueList",
            (*MAINTAINED, Row("str:ValueItem", "items", "items", VALUE_ITEM_30, m.Item))),
        m.VtlMappingScheme: ("str:VtlMappingSchemes", "str:VtlMappingScheme", (*SCHEME, *more.VTL_MAPPINGS)),
    },
    ignored=frozenset({
        "Link", "ISOConceptReference", "CodingFormat", "urn", "uri", "structureURL", "serviceURL", "position",
    }),
)  # fmt: skip
