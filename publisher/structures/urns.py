"""Names of artefact types and references to artefacts: SDMX URNs and the REST resource names.

Source: SDMX 3.0 section 2, "SDMX URN"; SDMX REST 2.2.2 doc/structures.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Kind:
    """One type of maintainable artefact."""

    name: str  # REST 2.x resource name
    package: str  # package in the URN
    cls: str  # class in the URN
    item_cls: str | None = None  # class of its items in the URN
    cls_21: str | None = None  # class in SDMX 2.1, where it differs
    name_v1: str | None = None  # REST 1.5 resource name, where it differs

    @property
    def package_21(self) -> str:
        return "mapping" if self.package == "structuremapping" else self.package


KINDS: dict[str, Kind] = {
    k.name: k
    for k in (
        Kind("datastructure", "datastructure", "DataStructure"),
        Kind("metadatastructure", "metadatastructure", "MetadataStructure"),
        Kind("dataflow", "datastructure", "Dataflow"),
        Kind("metadataflow", "metadatastructure", "Metadataflow"),
        Kind("provisionagreement", "registry", "ProvisionAgreement"),
        Kind("metadataprovisionagreement", "registry", "MetadataProvisionAgreement"),
        Kind("process", "process", "Process", "ProcessStep"),
        Kind("categorisation", "categoryscheme", "Categorisation"),
        Kind("dataconstraint", "registry", "DataConstraint", None, "ContentConstraint", "contentconstraint"),
        Kind("metadataconstraint", "registry", "MetadataConstraint"),
        Kind("conceptscheme", "conceptscheme", "ConceptScheme", "Concept"),
        Kind("codelist", "codelist", "Codelist", "Code"),
        Kind("categoryscheme", "categoryscheme", "CategoryScheme", "Category"),
        Kind("hierarchy", "codelist", "Hierarchy", None, "HierarchicalCodelist", "hierarchicalcodelist"),
        Kind("hierarchyassociation", "codelist", "HierarchyAssociation"),
        Kind("agencyscheme", "base", "AgencyScheme", "Agency"),
        Kind("dataproviderscheme", "base", "DataProviderScheme", "DataProvider"),
        Kind("metadataproviderscheme", "base", "MetadataProviderScheme", "MetadataProvider"),
        Kind("dataconsumerscheme", "base", "DataConsumerScheme", "DataConsumer"),
        Kind("organisationunitscheme", "base", "OrganisationUnitScheme", "OrganisationUnit"),
        Kind("reportingtaxonomy", "categoryscheme", "ReportingTaxonomy", "ReportingCategory"),
        Kind("valuelist", "codelist", "ValueList"),
        Kind("structuremap", "structuremapping", "StructureMap", None, "StructureSet", "structureset"),
        Kind("representationmap", "structuremapping", "RepresentationMap", None, "StructureSet"),
        Kind("conceptschememap", "structuremapping", "ConceptSchemeMap", None, "StructureSet"),
        Kind("categoryschememap", "structuremapping", "CategorySchemeMap", None, "StructureSet"),
        Kind("organisationschememap", "structuremapping", "OrganisationSchemeMap", None, "StructureSet"),
        Kind("reportingtaxonomymap", "structuremapping", "ReportingTaxonomyMap", None, "StructureSet"),
        Kind("transformationscheme", "transformation", "TransformationScheme", "Transformation"),
        Kind("rulesetscheme", "transformation", "RulesetScheme", "Ruleset"),
        Kind(
            "userdefinedoperatorscheme", "transformation", "UserDefinedOperatorScheme", "UserDefinedOperator"
        ),
        Kind("customtypescheme", "transformation", "CustomTypeScheme", "CustomType"),
        Kind(
            "namepersonalisationscheme", "transformation", "NamePersonalisationScheme", "NamePersonalisation"
        ),
        Kind("vtlmappingscheme", "transformation", "VtlMappingScheme", "VtlMapping"),
    )
}

# A report is maintained and has an URN, but is no structure: queries for structures do not know it.
METADATASET = Kind("metadataset", "metadatastructure", "MetadataSet")
_BY_CLASS = {k.cls: k for k in (*KINDS.values(), METADATASET)}
_BY_CLASS |= {k.cls_21: k for k in reversed(KINDS.values()) if k.cls_21}  # StructureSet: structuremap
_CLASSES_21 = {"Measure": "PrimaryMeasure"}
_CLASSES_30 = {old: new for new, old in _CLASSES_21.items()}
_BY_ITEM_CLASS = {k.item_cls: k for k in KINDS.values() if k.item_cls}
# Kinds with items of several classes: the class then stands in the reference (`Ref.cls`).
_BY_COMPONENT_CLASS = {
    cls: KINDS[kind]
    for kind, classes in {
        "datastructure": (
            "Dimension", "TimeDimension", "DataAttribute", "Measure", "GroupDimensionDescriptor",
            "DimensionDescriptor", "AttributeDescriptor", "MeasureDescriptor",
        ),
        "hierarchy": ("HierarchicalCode", "Level"),
        "valuelist": ("ValueItem",),
    }.items()
    for cls in classes
}  # fmt: skip


def kind_of(cls: str) -> Kind | None:
    """The kind that a class of artefacts, items or components belongs to; None when it is unknown."""
    return _BY_CLASS.get(cls) or _BY_ITEM_CLASS.get(cls) or _BY_COMPONENT_CLASS.get(cls)


_URN = re.compile(
    r"urn:sdmx:org\.sdmx\.infomodel\.(?P<package>[a-z]+)\.(?P<cls>[A-Za-z]+)="
    r"(?P<agency>[A-Za-z0-9_.\-]+):(?P<id>[A-Za-z0-9_@$\-]+)\((?P<version>[^)]*)\)(?:\.(?P<item>.+))?"
)


@dataclass(frozen=True, order=True)
class Ref:
    """A reference to a maintainable artefact, or to an item in it."""

    kind: str
    agency: str
    id: str
    version: str
    item: str | None = None
    cls: str | None = None  # class of the item, where the kind has items of several classes

    @property
    def urn(self) -> str:
        kind = KINDS.get(self.kind, METADATASET)
        cls = self.cls or (kind.item_cls if self.item else kind.cls) or kind.cls
        tail = f".{self.item}" if self.item else ""
        return (
            f"urn:sdmx:org.sdmx.infomodel.{kind.package}.{cls}={self.agency}:{self.id}({self.version}){tail}"
        )

    @property
    def urn_21(self) -> str:
        """As SDMX 2.1 has it: other names of classes, maps in structure sets, no wildcards in versions.

        >>> Ref("dataconstraint", "LMIS", "CN_LF", "1.0+.0").urn_21
        'urn:sdmx:org.sdmx.infomodel.registry.ContentConstraint=LMIS:CN_LF(1.0.0)'
        """
        kind = KINDS.get(self.kind, METADATASET)
        package, cls = kind.package_21, kind.cls_21 or kind.cls
        if self.item:
            cls = _CLASSES_21.get(self.cls or "", self.cls) or kind.item_cls or cls
        # Hierarchies are parts of a hierarchical code list (of the same id, formats/structure_gaps.py).
        within = f".{self.id}" if self.item and self.kind == "hierarchy" else ""
        tail = f"{within}.{self.item}" if self.item else ""
        version = self.version.replace("+", "")
        return f"urn:sdmx:org.sdmx.infomodel.{package}.{cls}={self.agency}:{self.id}({version}){tail}"

    @property
    def short(self) -> str:
        """`LMIS:DF_LF(1.0.0)`, as SDMX-CSV writes it."""
        return f"{self.agency}:{self.id}({self.version})" + (f".{self.item}" if self.item else "")

    @property
    def parent(self) -> Ref:
        """The maintainable artefact itself."""
        return self if self.item is None and self.cls is None else replace(self, item=None, cls=None)

    def __str__(self) -> str:
        return f"{KINDS.get(self.kind, METADATASET).cls} {self.short}"


def parse(urn: str) -> Ref:
    """The reference that `urn` writes out. Raises ValueError when it is not an SDMX URN.

    >>> parse("urn:sdmx:org.sdmx.infomodel.codelist.Code=LMIS:CL_SEX(1.0.0).F")
    Ref(kind='codelist', agency='LMIS', id='CL_SEX', version='1.0.0', item='F', cls=None)
    """
    match = _URN.fullmatch(urn)
    cls = _CLASSES_30.get(match["cls"], match["cls"]) if match else ""
    kind = kind_of(cls)
    if not match or not kind:
        raise ValueError(f"not an SDMX URN: {urn}")
    component = cls if cls in _BY_COMPONENT_CLASS else None
    return Ref(kind.name, match["agency"], match["id"], match["version"], match["item"], component)
