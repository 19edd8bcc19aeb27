"""What a writer is given: an SDMX message as frozen data, its observations as Arrow.

Nothing here knows where observations are kept: the store's selections fit `Observations`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import pyarrow as pa

from publisher.structures.definition import Definition
from publisher.structures.model import Maintainable, MetadataSet
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref


class Observations(Protocol):
    """Selected observations, grouped by series in store order (dimension order, then time).

    `series`: one row a series. A column per key dimension (dictionary<int32, string>, never null)
    and per attribute attached above the observation (dictionary<int32, string>, null: absent).
    `batches()`: record batches in order (of those `columns` only and `series`, where given), columns
      `series`       int32, row number in `series` (never decreasing)
      `TIME_PERIOD`  (the time dimension's id) dictionary<int32, string>; absent without time
      each measure   string, the decimal exactly as released; null: no value
      each observation attribute   dictionary<int32, string>; null: absent
    Several values of one attribute are joined by U+001F, most severe first.
    """

    @property
    def series(self) -> pa.Table: ...

    def batches(self, columns: Collection[str] | None = None) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True)
class DataSet:
    definition: Definition
    observations: Observations
    action: str = "Replace"  # Merge | Replace | Delete (3.1); writers map to older names
    structure: Ref | None = None  # what structureRef names; None: the dataflow
    attributes: tuple[str, ...] = ()  # ids to write, in structure order
    measures: tuple[str, ...] = ("OBS_VALUE",)
    with_observations: bool = True  # False: series only
    dimension_at_observation: str = "TIME_PERIOD"  # or AllDimensions, or a dimension's id
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True)
class Header:
    id: str  # hash of query and vintage, an NCName: starts with a letter
    prepared: datetime  # the release instant, aware
    sender: str
    languages: tuple[str, ...] = ("en",)
    test: bool = False


@dataclass(frozen=True)
class DataMessage:
    header: Header
    datasets: tuple[DataSet, ...]
    options: dict[str, str] = field(default_factory=dict)  # labels, timeFormat, keys
    warnings: tuple[str, ...] = ()  # what was passed over in the query: footer messages


@dataclass(frozen=True)
class StructureMessage:
    header: Header
    artefacts: tuple[Maintainable, ...]
    stubs: frozenset[Ref] = frozenset()  # written without their content
    complete_stubs: bool = False
    languages: tuple[str, ...] | None = None  # None: every language
    warnings: tuple[str, ...] = ()  # as of DataMessage


@dataclass(frozen=True)
class Registration:
    """That data for a provision agreement are there, and where (SDMX 3.0 section 5, Registration)."""

    id: str
    agreement: Ref
    updated: datetime  # when the release was made public, aware
    url: str  # a REST query that answers with the data
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True)
class RegistrationMessage:
    """The answer to a query for registrations: QueryRegistrationResponse of RegistryInterface."""

    header: Header
    registrations: tuple[Registration, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class SchemaRequest:
    """What a schema of data messages is made for; the structure it names is that of the data sets."""

    definition: Definition
    structure: Ref | None = None  # as of DataSet
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)  # component → values; absent: every
    dimension_at_observation: str = "TIME_PERIOD"  # as of DataSet
    deletion: bool = False  # for messages that delete: any key may be partial, values say nothing


@dataclass(frozen=True)
class MetadataMessage:
    """Reports; the registry tells the structures that they follow, and names."""

    header: Header
    reports: tuple[MetadataSet, ...]
    registry: Registry
    stubs: bool = False  # written without their answers (detail=allstubs)
    languages: tuple[str, ...] | None = None  # None: every language
    options: dict[str, str] = field(default_factory=dict)  # labels, of SDMX-CSV
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ErrorMessage:
    header: Header
    code: int
    texts: tuple[str, ...]
