"""The rows of SDMX-ML 2.1; references name the kind that they point at in `of`.

What 2.1 cannot hold: `formats.structure_gaps`. Source: SDMXStructure*.xsd 2.1.
"""

from __future__ import annotations

from publisher.structures import model as m
from publisher.structures.tags import IDENTIFIED, MAINTAINED, NAMED, SCHEME, Row, Rows, Version, namespaces
from publisher.structures.tags_30 import ATTACHMENTS, MEMBERS_30, REGION_30

MAINTAINED_21: Rows = (*MAINTAINED[:5], Row("isFinal", "", "constant", "true"), *MAINTAINED[5:])
SCHEME_21: Rows = (*MAINTAINED_21, Row("isPartial", "is_partial", "flag", default=False))
ITEM_21: Rows = (*NAMED, Row("str:Parent", "parent", "local ref"))
CONCEPT_21: Rows = (*ITEM_21, Row("str:CoreRepresentation", "representation", "representation"))


def organisation_scheme_21(item: str) -> Rows:
    """SDMXStructureOrganisation.xsd 2.1: the version is 1.0 and the scheme never final."""
    rows = (*NAMED, Row("str:Contact", "contacts", "contacts"))
    return (*MAINTAINED, SCHEME[-1], Row(item, "items", "items", rows, m.Organisation))


COMPONENT_21: Rows = (
    *IDENTIFIED,
    Row("str:ConceptIdentity", "concept", "ref", "conceptscheme"),
    Row("str:LocalRepresentation", "representation", "representation"),
)
ROLES_21 = Row("str:ConceptRole", "roles", "refs", "conceptscheme")
DATA_STRUCTURE_21: Rows = (
    Row(
        "str:DimensionList", "", "wrap",
        (
            Row("id", "", "constant", "DimensionDescriptor"),
            Row("str:Dimension", "dimensions", "many", (*COMPONENT_21, ROLES_21), m.Dimension,
                where=("is_time", False), numbered=True),
            Row("str:TimeDimension", "dimensions", "many", COMPONENT_21, m.Dimension,
                where=("is_time", True)),
        ),
    ),
    Row("str:Group", "groups", "many",
        (*IDENTIFIED, Row("str:GroupDimension", "dimensions", "inner local refs", "str:DimensionReference")),
        m.Group),
    Row(
        "str:AttributeList", "", "wrap",
        (
            Row("id", "", "constant", "AttributeDescriptor"),
            Row("str:Attribute", "attributes", "many",
                (*COMPONENT_21, Row("assignmentStatus", "is_mandatory", "flag", ("Mandatory", "Conditional")),
                 ROLES_21, Row("str:AttributeRelationship", "", "relationship")),
                m.Attribute),
        ),
    ),
    Row(
        "str:MeasureList", "", "wrap",
        (
            Row("id", "", "constant", "MeasureDescriptor"),
            Row("str:PrimaryMeasure", "measures", "primary measure",
                (Row("id", "", "constant", "OBS_VALUE"), *COMPONENT_21[1:]), m.Measure),
        ),
    ),
)  # fmt: skip
MEMBERS_21: Rows = (
    *MEMBERS_30[:2],
    Row("com:Value", "", "selected values"),
    Row("com:TimeRange", "", "time range"),
)
REGION_21: Rows = (
    REGION_30[0],
    Row("com:KeyValue", "selections", "many", MEMBERS_21, m.MemberSelection, where=("is_key", True)),
    Row("com:Attribute", "selections", "many", MEMBERS_21, m.MemberSelection, where=("is_key", False)),
)

ML_21 = Version(
    "2.1",
    "application/vnd.sdmx.structure+xml;version=2.1",
    namespaces("v2_1"),
    "ref",
    {
        m.AgencyScheme: ("str:OrganisationSchemes", "str:AgencyScheme", organisation_scheme_21("str:Agency")),
        m.DataConsumerScheme: ("str:OrganisationSchemes", "str:DataConsumerScheme",
            organisation_scheme_21("str:DataConsumer")),
        m.DataProviderScheme: ("str:OrganisationSchemes", "str:DataProviderScheme",
            organisation_scheme_21("str:DataProvider")),
        m.Dataflow: ("str:Dataflows", "str:Dataflow",
            (*MAINTAINED_21, Row("str:Structure", "structure", "ref", "datastructure"))),
        m.CategoryScheme: ("str:CategorySchemes", "str:CategoryScheme",
            (*SCHEME_21, Row("str:Category", "items", "categories"))),
        m.Categorisation: ("str:Categorisations", "str:Categorisation",
            (*MAINTAINED_21, Row("str:Source", "categorised", "ref"),
             Row("str:Target", "category", "ref", "categoryscheme"))),
        m.Codelist: ("str:Codelists", "str:Codelist",
            (*SCHEME_21, Row("str:Code", "items", "items", ITEM_21, m.Item))),
        m.Hierarchy: ("str:HierarchicalCodelists", "str:HierarchicalCodelist",
            (*MAINTAINED_21, Row("str:IncludedCodelist", "", "included code lists"),
             Row("str:Hierarchy", "", "hierarchy"))),
        m.ConceptScheme: ("str:Concepts", "str:ConceptScheme",
            (*SCHEME_21, Row("str:Concept", "items", "items", CONCEPT_21, m.Concept))),
        m.DataStructure: ("str:DataStructures", "str:DataStructure",
            (*MAINTAINED_21, Row("str:DataStructureComponents", "", "wrap", DATA_STRUCTURE_21))),
        m.DataConstraint: ("str:Constraints", "str:ContentConstraint",
            (*MAINTAINED_21, Row("type", "role", "attribute", absent="Actual"),
             Row("str:ConstraintAttachment", "attached_to", "attachment", ATTACHMENTS),
             Row("str:CubeRegion", "regions", "many", REGION_21, m.CubeRegion))),
        m.ProvisionAgreement: ("str:ProvisionAgreements", "str:ProvisionAgreement",
            (*MAINTAINED_21, Row("str:StructureUsage", "dataflow", "ref", "dataflow", required=True),
             Row("str:DataProvider", "provider", "ref", "dataproviderscheme", required=True))),
    },
    ignored=frozenset({
        "ISOConceptReference", "CodingFormat", "AttachmentGroup", "urn", "uri", "structureURL", "serviceURL",
        "position",
    }),
)  # fmt: skip
