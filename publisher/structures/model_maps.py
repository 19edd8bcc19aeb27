"""Maps between structures, representations and item schemes.

Source: SDMX 3.0 section 2, "Structure Mapping". A map of SDMX 2.1 is part of a structure set there.
"""

from __future__ import annotations

from dataclasses import dataclass

from publisher.structures.model_base import Annotation, Maintainable
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class ComponentMap:
    source: tuple[str, ...]
    target: tuple[str, ...]
    representation_map: Ref | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class FixedValueMap:
    """A component of the target, or of the source, that always has these values."""

    values: tuple[str, ...] = ()
    target: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class DateMap:
    """How text of the source becomes a period: `mapped` are pairs of source and target components."""

    mapped: tuple[tuple[str, str], ...] = ()
    id: str | None = None
    annotations: tuple[Annotation, ...] = ()
    frequency_dimension: str | None = None  # it tells the frequency; or `target_frequency` does
    mapped_frequencies: tuple[str, ...] = ()
    target_frequency: str | None = None
    resolve_period: str | None = None


@dataclass(frozen=True)
class EpochMap(DateMap):
    base_period: str = ""
    epoch_period: str = ""


@dataclass(frozen=True)
class DatePatternMap(DateMap):
    source_pattern: str = ""
    locale: str = ""


@dataclass(frozen=True)
class FrequencyFormat:
    frequency: str
    pattern: str
    id: str | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class StructureMap(Maintainable):
    kind = "structuremap"
    source_structure: Ref | None = None
    target_structure: Ref | None = None
    epoch_maps: tuple[EpochMap, ...] = ()
    date_maps: tuple[DatePatternMap, ...] = ()
    frequency_formats: tuple[FrequencyFormat, ...] = ()
    component_maps: tuple[ComponentMap, ...] = ()
    fixed_values: tuple[FixedValueMap, ...] = ()


@dataclass(frozen=True)
class LocatedStructureMap(StructureMap):
    """A structure map as SDMX 2.1 writes it: with the components of both structures and their classes."""

    source_components: tuple[Ref, ...] = ()
    target_components: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class MappedValue:
    value: str
    is_regex: bool | None = None
    start: int | None = None  # characters of the value that is mapped, where not all
    end: int | None = None


@dataclass(frozen=True)
class ValueMapping:
    """Values of the source that become those of the target; the first that matches is taken."""

    source: tuple[MappedValue, ...] = ()
    target: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    annotations: tuple[Annotation, ...] = ()

    @property
    def is_plain(self) -> bool:
        """One value for one value, always."""
        is_one = len(self.source) == len(self.target) == 1
        return is_one and self.source == (MappedValue(self.source[0].value),) and not self.valid_from


@dataclass(frozen=True)
class RepresentationMap(Maintainable):
    kind = "representationmap"
    source_codelists: tuple[Ref | str, ...] = ()  # a codelist, or a data type's name
    target_codelists: tuple[Ref | str, ...] = ()
    mappings: tuple[ValueMapping, ...] = ()


@dataclass(frozen=True)
class ItemSchemeMap(Maintainable):
    """Items of one scheme that stand for those of another; each mapping has one value a side."""

    source_scheme: Ref | None = None
    target_scheme: Ref | None = None
    mappings: tuple[ValueMapping, ...] = ()


@dataclass(frozen=True)
class ConceptSchemeMap(ItemSchemeMap):
    kind = "conceptschememap"


@dataclass(frozen=True)
class CategorySchemeMap(ItemSchemeMap):
    kind = "categoryschememap"


@dataclass(frozen=True)
class OrganisationSchemeMap(ItemSchemeMap):
    kind = "organisationschememap"


@dataclass(frozen=True)
class ReportingTaxonomyMap(ItemSchemeMap):
    kind = "reportingtaxonomymap"
