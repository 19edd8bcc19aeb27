"""Reference metadata: the structure of reports, who reports on what, and the reports themselves.

Source: SDMX 3.0 section 2, "Metadata Structure Definition and Metadata Set".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from publisher.structures.model_base import NO_TEXT, Annotation, Component, ItemScheme, Maintainable, Text
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class MetadataProviderScheme(ItemScheme):
    kind = "metadataproviderscheme"


@dataclass(frozen=True)
class MetadataAttribute(Component):
    min_occurs: int = 1
    max_occurs: int | None = 1  # None: unbounded
    is_presentational: bool = False  # a heading that groups others and has no value
    attributes: tuple[MetadataAttribute, ...] = ()


@dataclass(frozen=True)
class MetadataStructure(Maintainable):
    kind = "metadatastructure"
    attributes: tuple[MetadataAttribute, ...] = ()


def paths(attributes: tuple[MetadataAttribute, ...], above: str = "") -> Iterator[str]:
    """The ids of metadata attributes as a message writes them: with those above, joined by points."""
    for attribute in attributes:
        yield above + attribute.id
        yield from paths(attribute.attributes, f"{above}{attribute.id}.")


@dataclass(frozen=True)
class Metadataflow(Maintainable):
    kind = "metadataflow"
    structure: Ref | None = None
    targets: tuple[str, ...] = ()  # URNs, parts of them `*`: what may be reported on


@dataclass(frozen=True)
class MetadataProvisionAgreement(Maintainable):
    kind = "metadataprovisionagreement"
    metadataflow: Ref | None = None
    provider: Ref | None = None  # item of a metadataproviderscheme
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportedAttribute:
    """One answer of a report: a value, or texts (XHTML when structured), and those below it."""

    id: str
    value: str | None = None
    text: Text = NO_TEXT
    is_structured: bool = False
    attributes: tuple[ReportedAttribute, ...] = ()
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class MetadataSet(Maintainable):
    """A report; its agency is the metadata provider."""

    kind = "metadataset"
    metadataflow: Ref | None = None
    agreement: Ref | None = None  # metadataprovisionagreement, instead of the flow
    targets: tuple[str, ...] = ()
    attributes: tuple[ReportedAttribute, ...] = ()
    action: str | None = None
    reporting_begin: str | None = None
    reporting_end: str | None = None
    publication_year: str | None = None
    publication_period: str | None = None
