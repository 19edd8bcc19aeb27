"""The SDMX artefacts as frozen data, in every language they were written in.

Source: SDMX 3.0 section 2 (information model). Names follow it; REST names of types are in `urns`.
Version 2.1 artefacts are read into the same classes. Everything here is immutable and hashable by
identity of content (`Ref`), so that a registry can be shared between threads and workers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from publisher.structures.urns import Ref


class Text(dict[str, str]):
    """Language tag (BCP 47) → text; treat as immutable, so that artefacts can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


NO_TEXT = Text()


class Items(dict[str, "Item"]):
    """Id → item, in their written order; treat as immutable, so that schemes can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))


NO_ITEMS = Items()


@dataclass(frozen=True)
class Annotation:
    id: str | None = None
    type: str | None = None
    title: str | None = None
    url: str | None = None
    text: Text = NO_TEXT
    value: str | None = None  # 3.0: not for people


@dataclass(frozen=True)
class Identifiable:
    """Anything with an id; names and descriptions keep all their languages."""

    id: str
    name: Text = NO_TEXT
    description: Text = NO_TEXT
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class Maintainable(Identifiable):
    kind: ClassVar[str]
    agency: str = ""
    version: str = "1.0.0"
    valid_from: str | None = None
    valid_to: str | None = None
    is_external: bool = False
    source: str | None = field(default=None, compare=False)  # file, relative to its dsd folder; for messages

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.agency, self.id, self.version)


# -- item schemes -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Representation:
    """What values a component takes: a list of codes or a type with facets; and how many."""

    enumeration: Ref | None = None  # codelist or valuelist
    text_type: str = "String"  # SDMX DataType, when not enumerated
    facets: Text = NO_TEXT  # minLength, maxLength, pattern, decimals, minValue, …
    min_occurs: int = 1
    max_occurs: int | None = 1  # None: unbounded


@dataclass(frozen=True)
class Item(Identifiable):
    parent: str | None = None  # id of the parent item in the same scheme (codes, concepts, units)


@dataclass(frozen=True)
class Concept(Item):
    representation: Representation | None = None


@dataclass(frozen=True)
class Category(Item):
    """Its id is the whole path, `LABOUR.WAGES`, as an URN writes it."""


@dataclass(frozen=True)
class Organisation(Item):
    """Agency, data provider or consumer."""

    # keys: id, name, department, role (each `name@id` in another language than English),
    # telephone, fax, uri, email; several of one are separated by line ends
    contacts: tuple[Text, ...] = ()


@dataclass(frozen=True)
class ItemScheme(Maintainable):
    items: Mapping[str, Item] = NO_ITEMS  # in their written order
    is_partial: bool = False


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
class Component(Identifiable):
    concept: Ref | None = None
    representation: Representation | None = None  # None: the concept's own
    roles: tuple[Ref, ...] = ()  # concepts that tell what the component is for


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
class Group(Identifiable):
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataStructure(Maintainable):
    kind = "datastructure"
    dimensions: tuple[Dimension, ...] = ()  # in key order; the time dimension, if any, is last
    measures: tuple[Measure, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    groups: tuple[Group, ...] = ()

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


@dataclass(frozen=True)
class ProvisionAgreement(Maintainable):
    kind = "provisionagreement"
    dataflow: Ref | None = None
    provider: Ref | None = None  # item of a dataproviderscheme


# -- constraints ------------------------------------------------------------------------------


@dataclass(frozen=True)
class MemberSelection:
    """Values of one component, or a time range `start`/`end`."""

    component: str
    values: tuple[str, ...] = ()
    is_included: bool = True
    start: str | None = None
    end: str | None = None
    start_included: bool = True
    end_included: bool = True
    cascading: tuple[str, ...] = ()  # of `values`, those that stand for their descendants too
    is_key: bool = True  # a dimension (KeyValue); False: an attribute or measure (Component)


@dataclass(frozen=True)
class CubeRegion:
    selections: tuple[MemberSelection, ...] = ()
    is_included: bool = True


@dataclass(frozen=True)
class DataConstraint(Maintainable):
    """What a dataflow, structure or agreement may hold (Allowed) or holds (Actual)."""

    kind = "dataconstraint"
    role: str = "Allowed"
    attached_to: tuple[Ref, ...] = ()
    regions: tuple[CubeRegion, ...] = ()
    series_count: int | None = None
    obs_count: int | None = None


# -- maps -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComponentMap:
    source: tuple[str, ...]
    target: tuple[str, ...]
    representation_map: Ref | None = None


@dataclass(frozen=True)
class StructureMap(Maintainable):
    kind = "structuremap"
    source_structure: Ref | None = None
    target_structure: Ref | None = None
    component_maps: tuple[ComponentMap, ...] = ()
    fixed_values: tuple[tuple[str, str], ...] = ()  # target component, value


@dataclass(frozen=True)
class RepresentationMap(Maintainable):
    kind = "representationmap"
    source_codelists: tuple[Ref | str, ...] = ()  # a codelist, or a data type's name
    target_codelists: tuple[Ref | str, ...] = ()
    mappings: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


CLASSES: dict[str, type[Maintainable]] = {
    cls.kind: cls
    for cls in (
        AgencyScheme, CategoryScheme, Categorisation, Codelist, ConceptScheme, DataConstraint,
        DataConsumerScheme, DataProviderScheme, DataStructure, Dataflow, Hierarchy,
        HierarchyAssociation, ProvisionAgreement, RepresentationMap, StructureMap, ValueList,
    )
}  # fmt: skip


def text(value: Text, languages: tuple[str, ...] = ("en",)) -> str:
    """The first of `languages` that `value` has, else English, else any; "" when empty.

    Lookup as RFC 4647: `id-ID` falls back to `id`.
    """
    for language in (*languages, "en"):
        tag = language
        while tag:
            if tag in value:
                return value[tag]
            tag = tag.rpartition("-")[0]
    return next(iter(value.values()), "")
