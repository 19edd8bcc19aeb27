"""The SDMX artefacts as frozen data, in every language they were written in.

Source: SDMX 3.0 section 2 (information model). Names follow it; REST names of types are in `urns`.
Version 2.1 artefacts are read into the same classes. Everything here is immutable and hashable by
identity of content (`Ref`), so that a registry can be shared between threads and workers.
"""

# ruff: noqa: F403, F405  (one name for the whole model: `model`)

from __future__ import annotations

from dataclasses import dataclass, replace

from publisher.structures.model_base import *
from publisher.structures.model_constraints import *
from publisher.structures.model_maps import *
from publisher.structures.model_metadata import *
from publisher.structures.model_process import *
from publisher.structures.model_vtl import *
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class CodelistExtension:
    """Codes taken over from another list: all, or those selected (`%` is the wildcard)."""

    codelist: Ref | None = None
    prefix: str = ""
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codelist(ItemScheme):
    """Its items are its own codes and, after `Registry.load`, those of its extensions too."""

    kind = "codelist"
    extensions: tuple[CodelistExtension, ...] = ()
    own: tuple[str, ...] | None = None  # ids of its own codes, once those of extensions are added

    @property
    def raw(self) -> Codelist:
        """As it was written: its own codes and its extensions (REST `detail=raw`)."""
        if self.own is None:
            return self
        own = {id_: self.items[id_] for id_ in self.own if id_ in self.items}
        return replace(self, items=Items(own), own=None)

    @property
    def is_complete(self) -> bool:
        """True when codes of its extensions are among its items: then the extensions are not written."""
        return self.own is not None and any(id_ not in self.own for id_ in self.items)


@dataclass(frozen=True)
class ValueList(ItemScheme):
    kind = "valuelist"


@dataclass(frozen=True)
class ConceptScheme(ItemScheme):
    kind = "conceptscheme"


@dataclass(frozen=True)
class CategoryScheme(ItemScheme):
    kind = "categoryscheme"


@dataclass(frozen=True)
class AgencyScheme(ItemScheme):
    kind = "agencyscheme"


@dataclass(frozen=True)
class DataProviderScheme(ItemScheme):
    kind = "dataproviderscheme"


@dataclass(frozen=True)
class DataConsumerScheme(ItemScheme):
    kind = "dataconsumerscheme"


@dataclass(frozen=True)
class OrganisationUnitScheme(ItemScheme):
    kind = "organisationunitscheme"


@dataclass(frozen=True)
class Categorisation(Maintainable):
    kind = "categorisation"
    categorised: Ref | None = None
    category: Ref | None = None


# -- hierarchies ------------------------------------------------------------------------------


@dataclass(frozen=True)
class HierarchicalCode(Identifiable):
    code: Ref | None = None
    children: tuple[HierarchicalCode, ...] = ()
    level: str | None = None


@dataclass(frozen=True)
class Hierarchy(Maintainable):
    kind = "hierarchy"
    codes: tuple[HierarchicalCode, ...] = ()
    has_formal_levels: bool = False
    levels: tuple[Identifiable, ...] = ()  # outermost first


@dataclass(frozen=True)
class HierarchyAssociation(Maintainable):
    kind = "hierarchyassociation"
    hierarchy: Ref | None = None
    linked_object: Ref | None = None  # the codelist, or the component
    context: Ref | None = None  # the dataflow or structure in which it holds


# -- data structures --------------------------------------------------------------------------


@dataclass(frozen=True)
class Dimension(Component):
    is_time: bool = False


@dataclass(frozen=True)
class Measure(Component):
    is_mandatory: bool = False


OBSERVATION, DATASET, GROUP, DIMENSIONS = "observation", "dataflow", "group", "dimensions"


@dataclass(frozen=True)
class Attribute(Component):
    is_mandatory: bool = False
    attachment: str = OBSERVATION  # one of the four above (3.0 AttributeRelationship)
    attached_to: tuple[str, ...] = ()  # dimension ids, or the group's id
    measures: tuple[str, ...] = ()  # 3.0 MeasureRelationship; empty: all


@dataclass(frozen=True)
class MetadataAttributeUsage:
    """A metadata attribute that data of the structure may carry, and where."""

    metadata_attribute: str
    attachment: str = OBSERVATION
    attached_to: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class Group(Identifiable):
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataStructure(Maintainable):
    kind = "datastructure"
    dimensions: tuple[Dimension, ...] = ()  # in key order; the time dimension, if any, is last
    measures: tuple[Measure, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    groups: tuple[Group, ...] = ()
    metadata: Ref | None = None  # the metadata structure whose attributes data may carry
    metadata_usages: tuple[MetadataAttributeUsage, ...] = ()
    is_evolving: bool = False  # 3.1: minor versions may add dimensions

    @property
    def key_dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions of a series key: all but time."""
        return tuple(d for d in self.dimensions if not d.is_time)

    @property
    def time_dimension(self) -> Dimension | None:
        return next((d for d in self.dimensions if d.is_time), None)


@dataclass(frozen=True)
class Dataflow(Maintainable):
    kind = "dataflow"
    structure: Ref | None = None
    dimension_constraint: tuple[str, ...] = ()  # 3.1: those of an evolving structure that it uses


@dataclass(frozen=True)
class ProvisionAgreement(Maintainable):
    kind = "provisionagreement"
    dataflow: Ref | None = None
    provider: Ref | None = None  # item of a dataproviderscheme


CLASSES: dict[str, type[Maintainable]] = {
    cls.kind: cls
    for cls in (
        AgencyScheme, CategoryScheme, CategorySchemeMap, Categorisation, Codelist, ConceptScheme,
        ConceptSchemeMap, CustomTypeScheme, DataConstraint, DataConsumerScheme, DataProviderScheme,
        DataStructure, Dataflow, Hierarchy, HierarchyAssociation, MetadataConstraint, MetadataProviderScheme,
        MetadataProvisionAgreement, MetadataStructure, Metadataflow, NamePersonalisationScheme,
        OrganisationSchemeMap, OrganisationUnitScheme, Process, ProvisionAgreement, ReportingTaxonomy,
        ReportingTaxonomyMap, RepresentationMap, RulesetScheme, StructureMap, TransformationScheme,
        UserDefinedOperatorScheme, ValueList, VtlMappingScheme,
    )
}  # fmt: skip
