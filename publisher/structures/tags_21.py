"""The rows of SDMX-ML 2.1; references name the kind that they point at in `of`.

What 2.1 cannot hold: `formats.structure_gaps`. Source: SDMXStructure*.xsd 2.1.
"""

from __future__ import annotations

from publisher.structures import model as m
from publisher.structures import tags_more as more
from publisher.structures.tags import (
    CATEGORIES,
    IDENTIFIED,
    MAINTAINED,
    NAMED,
    SCHEME,
    Row,
    Rows,
    Version,
    namespaces,
)
from publisher.structures.tags_30 import ATTACHMENTS, CALENDAR, INCLUDE, IS_INCLUDED, MEMBERS_30

MAINTAINED_21: Rows = (*MAINTAINED[:5], Row("isFinal", "", "constant", "true"), *MAINTAINED[5:])
SCHEME_21: Rows = (*MAINTAINED_21, Row("isPartial", "is_partial", "flag", default=False))
ITEM_21: Rows = (*NAMED, Row("str:Parent", "parent", "local ref"))
CONCEPT_21: Rows = (*ITEM_21, Row("str:CoreRepresentation", "representation", "representation"))


def organisation_scheme_21(item: str) -> Rows:
    """SDMXStructureOrganisation.xsd 2.1: the version is 1.0 and the scheme never final."""
    rows = (*ITEM_21, Row("str:Contact", "contacts", "contacts"))
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
_KEY_VALUE = Row("com:KeyValue", "selections", "many", MEMBERS_21, m.MemberSelection, where=("is_key", True))
KEY_SETS_21 = Row(
    "str:DataKeySet", "key_sets", "many",
    (IS_INCLUDED, Row("str:Key", "keys", "many", (_KEY_VALUE,), m.DataKey)), m.DataKeySet,
)  # fmt: skip
METADATA_ATTRIBUTE_21: Rows = more.metadata_attribute(
    (*COMPONENT_21[:-1], Row("str:LocalRepresentation", "representation", "representation", "any type"))
)
STEP_21 = more.process_step(Row("str:TargetStep", "target", "local ref"))
REGION_21: Rows = (
    INCLUDE,
    _KEY_VALUE,
    Row("com:Attribute", "selections", "many", MEMBERS_21, m.MemberSelection, where=("is_key", False)),
)


def structure_set(element: str, form: str, pair: str | None = None) -> tuple[str, str, Rows]:
    """A structure set with one map in it; `read_sets_21` reads them."""
    return "str:StructureSets", "str:StructureSet", (*MAINTAINED_21, Row(element, "", form, pair))


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
        m.OrganisationUnitScheme: ("str:OrganisationSchemes", "str:OrganisationUnitScheme",
            organisation_scheme_21("str:OrganisationUnit")),
        m.Dataflow: ("str:Dataflows", "str:Dataflow",
            (*MAINTAINED_21, Row("str:Structure", "structure", "ref", "datastructure"))),
        m.Metadataflow: ("str:Metadataflows", "str:Metadataflow",
            (*MAINTAINED_21, Row("str:Structure", "structure", "ref", "metadatastructure"))),
        m.CategoryScheme: ("str:CategorySchemes", "str:CategoryScheme",
            (*SCHEME_21, CATEGORIES)),
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
        m.MetadataStructure: ("str:MetadataStructures", "str:MetadataStructure",
            (*MAINTAINED_21, Row("str:MetadataStructureComponents", "attributes", "report",
                                 METADATA_ATTRIBUTE_21, m.MetadataAttribute))),
        m.DataStructure: ("str:DataStructures", "str:DataStructure",
            (*MAINTAINED_21, Row("str:DataStructureComponents", "", "wrap", DATA_STRUCTURE_21))),
        m.OrganisationSchemeMap: structure_set(
            "str:OrganisationSchemeMap", "scheme map", "str:OrganisationMap"),
        m.CategorySchemeMap: structure_set("str:CategorySchemeMap", "scheme map", "str:CategoryMap"),
        m.RepresentationMap: structure_set("str:CodelistMap", "scheme map", "str:CodeMap"),
        m.ConceptSchemeMap: structure_set("str:ConceptSchemeMap", "scheme map", "str:ConceptMap"),
        m.ReportingTaxonomyMap: structure_set(
            "str:ReportingTaxonomyMap", "scheme map", "str:ReportingCategoryMap"),
        m.LocatedStructureMap: structure_set("str:StructureMap", "structure map"),
        m.ReportingTaxonomy: ("str:ReportingTaxonomies", "str:ReportingTaxonomy",
            (*SCHEME_21, more.REPORTING_CATEGORIES)),
        m.Process: ("str:Processes", "str:Process",
            (*MAINTAINED_21, Row("str:ProcessStep", "steps", "many", STEP_21, m.ProcessStep))),
        m.DataConstraint: ("str:Constraints", "str:ContentConstraint",
            (*MAINTAINED_21, Row("type", "role", "attribute", absent="Actual"),
             Row("str:ConstraintAttachment", "attached_to", "attachment", ATTACHMENTS),
             KEY_SETS_21, Row("str:CubeRegion", "regions", "many", REGION_21, m.CubeRegion), CALENDAR)),
        m.ProvisionAgreement: ("str:ProvisionAgreements", "str:ProvisionAgreement",
            (*MAINTAINED_21, Row("str:StructureUsage", "dataflow", "ref", "dataflow", required=True),
             Row("str:DataProvider", "provider", "ref", "dataproviderscheme", required=True))),
        m.CustomTypeScheme: ("str:CustomTypes", "str:CustomTypeScheme", (*SCHEME_21, *more.CUSTOM_TYPES)),
        m.VtlMappingScheme: ("str:VtlMappings", "str:VtlMappingScheme", (*SCHEME_21, *more.VTL_MAPPINGS)),
        m.NamePersonalisationScheme: ("str:NamePersonalisations", "str:NamePersonalisationScheme",
            (*SCHEME_21, *more.PERSONALISATIONS)),
        m.RulesetScheme: ("str:Rulesets", "str:RulesetScheme", (*SCHEME_21, *more.RULESETS)),
        m.TransformationScheme: ("str:Transformations", "str:TransformationScheme",
            (*SCHEME_21, *more.TRANSFORMATIONS)),
        m.UserDefinedOperatorScheme: ("str:UserDefinedOperators", "str:UserDefinedOperatorScheme",
            (*SCHEME_21, *more.OPERATORS)),
    },
    ignored=frozenset({
        "ISOConceptReference", "CodingFormat", "AttachmentGroup", "urn", "uri", "structureURL", "serviceURL",
        "position",
    }),
)  # fmt: skip
