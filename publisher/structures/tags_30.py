"""The rows of SDMX-ML 3.0. Source: SDMXStructure*.xsd 3.0."""

from __future__ import annotations

from types import MappingProxyType

from publisher.structures import model as m
from publisher.structures.tags import (
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

MEMBERS_30: Rows = (
    Row("id", "component", "attribute"),
    Row("include", "is_included", "flag", default=True),
    Row("str:Value", "", "selected values"),
    Row("str:TimeRange", "", "time range"),
)
REGION_30: Rows = (
    Row("include", "is_included", "flag"),  # written always: sdmx1 does not know its default
    Row("str:KeyValue", "selections", "many", MEMBERS_30, m.MemberSelection, where=("is_key", True)),
    Row("str:Component", "selections", "many", MEMBERS_30, m.MemberSelection, where=("is_key", False)),
)
ATTACHMENTS = MappingProxyType(
    {
        "dataproviderscheme": "str:DataProvider",
        "datastructure": "str:DataStructure",
        "dataflow": "str:Dataflow",
        "provisionagreement": "str:ProvisionAgreement",
    }
)
CONSTRAINT_30: Rows = (
    *MAINTAINED,
    Row("role", "role", "attribute"),
    Row("str:ConstraintAttachment", "attached_to", "attachment", ATTACHMENTS),
    Row("str:CubeRegion", "regions", "many", REGION_30, m.CubeRegion),
)
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
    Row(
        "str:ComponentMap", "component_maps", "many",
        (
            Row("str:Source", "source", "values"),
            Row("str:Target", "target", "values"),
            Row("str:RepresentationMap", "representation_map", "ref"),
        ),
        m.ComponentMap,
    ),
    Row("str:FixedValueMap", "fixed_values", "pairs"),
)  # fmt: skip
REPRESENTATION_MAP_30: Rows = (
    *MAINTAINED,
    Row("str:SourceCodelist|str:SourceDataType", "source_codelists", "lists", required=True),
    Row("str:TargetCodelist|str:TargetDataType", "target_codelists", "lists", required=True),
    Row("str:RepresentationMapping", "mappings", "mappings"),
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
        m.CategoryScheme: ("str:CategorySchemes", "str:CategoryScheme",
            (*SCHEME, Row("str:Category", "items", "categories"))),
        m.Codelist: ("str:Codelists", "str:Codelist",
            (*SCHEME, Row("str:Code", "items", "items", ITEM, m.Item),
             Row("str:CodelistExtension", "extensions", "many", EXTENSION_30, m.CodelistExtension))),
        m.ConceptScheme: ("str:ConceptSchemes", "str:ConceptScheme",
            (*SCHEME, Row("str:Concept", "items", "items", CONCEPT_30, m.Concept))),
        m.DataConstraint: ("str:DataConstraints", "str:DataConstraint", CONSTRAINT_30),
        m.DataConsumerScheme: ("str:DataConsumerSchemes", "str:DataConsumerScheme",
            organisation_scheme("str:DataConsumer")),
        m.Dataflow: ("str:Dataflows", "str:Dataflow",
            (*MAINTAINED, Row("str:Structure", "structure", "ref"))),
        m.DataProviderScheme: ("str:DataProviderSchemes", "str:DataProviderScheme",
            organisation_scheme("str:DataProvider")),
        m.DataStructure: ("str:DataStructures", "str:DataStructure",
            (*MAINTAINED, Row("str:DataStructureComponents", "", "wrap", DATA_STRUCTURE_30))),
        m.Hierarchy: ("str:Hierarchies", "str:Hierarchy", HIERARCHY_30),
        m.HierarchyAssociation: ("str:HierarchyAssociations", "str:HierarchyAssociation",
            (*MAINTAINED, Row("str:LinkedHierarchy", "hierarchy", "ref", required=True),
             Row("str:LinkedObject", "linked_object", "ref", required=True),
             Row("str:ContextObject", "context", "ref"))),
        m.ProvisionAgreement: ("str:ProvisionAgreements", "str:ProvisionAgreement",
            (*MAINTAINED, Row("str:Dataflow", "dataflow", "ref", required=True),
             Row("str:DataProvider", "provider", "ref", required=True))),
        m.RepresentationMap: ("str:RepresentationMaps", "str:RepresentationMap", REPRESENTATION_MAP_30),
        m.StructureMap: ("str:StructureMaps", "str:StructureMap", STRUCTURE_MAP_30),
        m.ValueList: ("str:ValueLists", "str:ValueList",
            (*MAINTAINED, Row("str:ValueItem", "items", "items", VALUE_ITEM_30, m.Item))),
    },
    ignored=frozenset({
        "Link", "ISOConceptReference", "CodingFormat", "urn", "uri", "structureURL", "serviceURL", "position",
    }),
)  # fmt: skip
