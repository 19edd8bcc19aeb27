"""Processes, and taxonomies of what is reported in a publication.

Source: SDMX 3.0 section 2, "Process and Transitions", "Reporting Taxonomy".
"""

from __future__ import annotations

from dataclasses import dataclass

from publisher.structures.model_base import (
    NO_TEXT,
    Annotation,
    Identifiable,
    Item,
    ItemScheme,
    Maintainable,
    Text,
)
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class ProcessArtefact:
    """What a step takes or makes."""

    object: Ref | None = None
    local_id: str | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class Computation:
    description: Text = NO_TEXT
    local_id: str | None = None
    software_package: str | None = None
    software_language: str | None = None
    software_version: str | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class Transition:
    """The step that follows when the condition holds."""

    target: str = ""  # ids of steps from the top, joined by points
    condition: Text = NO_TEXT
    id: str | None = None
    local_id: str | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class ProcessStep(Identifiable):
    inputs: tuple[ProcessArtefact, ...] = ()
    outputs: tuple[ProcessArtefact, ...] = ()
    computation: tuple[Computation, ...] = ()  # one at most
    transitions: tuple[Transition, ...] = ()
    steps: tuple[ProcessStep, ...] = ()


@dataclass(frozen=True)
class Process(Maintainable):
    kind = "process"
    steps: tuple[ProcessStep, ...] = ()


@dataclass(frozen=True)
class ReportingCategory(Item):
    """Its id is the whole path, as an URN writes it."""

    structures: tuple[Ref, ...] = ()
    flows: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class ReportingTaxonomy(ItemScheme):
    kind = "reportingtaxonomy"
