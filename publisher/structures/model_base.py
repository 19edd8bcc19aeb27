"""What all SDMX artefacts are made of: names, annotations, items, representations, components.

Source: SDMX 3.0 section 2 (information model), "SDMX Base Package". `model` has them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Component(Identifiable):
    concept: Ref | None = None
    representation: Representation | None = None  # None: the concept's own
    roles: tuple[Ref, ...] = ()  # concepts that tell what the component is for


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
