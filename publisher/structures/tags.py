"""Which element or attribute of SDMX-ML each field of an artefact is written in, version by version.

`read_ml` reads with these tables and `formats.structure_ml` writes with them, so that what is read is
what is written. Rows stand in the order of the XSD. A later version adds its rows here and nothing
elsewhere. Source: SDMX-ML 3.0 and 2.1 schemas (SDMXStructure*.xsd).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from publisher.structures import model as m


@dataclass(frozen=True)
class Row:
    """One field: `name` is the element (`prefix:Local`, alternatives with `|`) or attribute.

    Forms; the tables `read_ml.FORMS` and `structure_ml.FORMS` hold how each is read and written:
      attribute, flag         attribute: text, or boolean with the texts `of`; left out when `default`
      constant                attribute that always says `of`
      name                    `Name`-like elements, one a language
      value, values           text of an element, of several
      inner values            text of the element `of` inside each of several
      ref, refs               reference to an artefact or item
      attachment              references, the element named by their kind in `of`
      many, items, chain      nested elements with the rows `of`; chain: each inside the one before
      wrap                    the rows `of`, for the same object, inside one more element
      and those with a single use, as their functions say.
    `where`: only objects with this field's value are written here, and it is set in what is read.
    """

    name: str
    field: str  # "": the form gives several fields
    form: str
    of: Any = None
    cls: type | None = None
    default: Any = None
    where: tuple[str, Any] | None = None
    required: bool = False  # the XSD asks for it in a stub too
    absent: Any = None  # value of a field whose attribute is not there, where the XSD says so

    @property
    def rows(self) -> Rows:
        """The rows of nested elements; `of` is a function where they nest in themselves."""
        rows: Rows = self.of() if callable(self.of) else self.of
        return rows


Rows = tuple[Row, ...]
ATTRIBUTES = frozenset({"attribute", "flag", "constant"})  # the forms that are attributes, not elements


@dataclass(frozen=True, eq=False)
class Version:
    """SDMX-ML of one version: its namespaces, and the container, element and rows of each artefact."""

    name: str
    media_type: str
    namespaces: Mapping[str, str]
    references: str  # "urn" | "ref": how an artefact is pointed at
    artefacts: Mapping[type[m.Maintainable], tuple[str, str, Rows]]  # in the order of the XSD
    ignored: frozenset[str] = frozenset()  # elements and attributes that may be lost

    def clark(self, name: str) -> str:
        """`com:Name` as lxml names it."""
        prefix, _, local = name.partition(":")
        return f"{{{self.namespaces[prefix]}}}{local}"


def _namespaces(version: str) -> Mapping[str, str]:
    root = f"http://www.sdmx.org/resources/sdmxml/schemas/{version}/"
    return MappingProxyType({"mes": f"{root}message", "str": f"{root}structure", "com": f"{root}common"})


ANNOTATIONS = Row("com:Annotations", "annotations", "annotations")
IDENTIFIED: Rows = (Row("id", "id", "attribute"), ANNOTATIONS)
NAMED: Rows = (
    *IDENTIFIED,
    Row("com:Name", "name", "name"),
    Row("com:Description", "description", "name"),
)
MAINTAINED: Rows = (
    Row("id", "id", "attribute"),
    Row("agencyID", "agency", "attribute"),
    Row("version", "version", "attribute"),
    Row("validFrom", "valid_from", "attribute"),
    Row("validTo", "valid_to", "attribute"),
    Row("isExternalReference", "is_external", "flag", default=False),
    *NAMED[1:],
)
# SDMXStructureOrganisation.xsd 3.0: organisation schemes have no version; their URN says 1.0.
UNVERSIONED: Rows = tuple(row for row in MAINTAINED if row.name != "version")
SCHEME: Rows = (*MAINTAINED, Row("isPartial", "is_partial", "flag", default=False))
ORGANISATIONS: Rows = (*UNVERSIONED, Row("isPartial", "is_partial", "flag", default=False))

PARENT = Row("str:Parent", "parent", "value")
ITEM: Rows = (*NAMED, PARENT)
ORGANISATION: Rows = (*NAMED, PARENT, Row("str:Contact", "contacts", "contacts"))


def organisation_scheme(item: str) -> Rows:
    return (*ORGANISATIONS, Row(item, "items", "items", ORGANISATION, m.Organisation))


# -- 3.0 --------------------------------------------------------------------------------------

CONCEPT_30: Rows = (*ITEM, Row("str:CoreRepresentation", "representation", "representation"))
EXTENSION_30: Rows = (
    Row("prefix", "prefix", "attribute", default=""),
    Row("str:Codelist", "codelist", "ref"),
    Row("str:InclusiveCodeSelection", "", "wrap", (Row("str:MemberValue", "included", "values"),)),
    Row("str:ExclusiveCodeSelection", "", "wrap", (Row("str:MemberValue", "excluded", "values"),)),
)
VALUE_ITEM_30: Rows = NAMED
CATEGORY: Rows = NAMED

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
                where=("is_time", False)),
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
    _namespaces("v3_0"),
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


# -- 2.1 --------------------------------------------------------------------------------------
# References name the kind that they point at in `of`. What 2.1 cannot hold: formats.structure_gaps.

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
                where=("is_time", False)),
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
    _namespaces("v2_1"),
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

VERSIONS: Mapping[str, Version] = MappingProxyType({version.name: version for version in (ML_30, ML_21)})
