"""What a descriptor asks for, looked up in the structures: which table files which dataflow, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from publisher.structures.definition import Definition
from publisher.structures.urns import Ref

ACTIONS = ("Merge", "Replace", "Delete")


@dataclass(frozen=True)
class Table:
    """One tabular resource: CSV files of one layout."""

    resource: str
    files: tuple[str, ...]
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ("",)  # spellings of "no value" (Table Schema missingValues)
    fields: tuple[str, ...] | None = None  # names in schema.fields; None: no schema
    match: str = "exact"  # Table Schema fieldsMatch: exact equal subset superset partial
    fixed: Mapping[str, str] = field(default_factory=dict)  # component id → code of every row


@dataclass(frozen=True)
class Filing:
    """All that a package files for one dataflow."""

    definition: Definition
    action: str
    scope: Mapping[str, tuple[str, ...]]
    tables: tuple[Table, ...]
    in_dataflow: Mapping[str, frozenset[str]]  # component id → codes by the dataflow's constraint
    in_agreement: Mapping[str, frozenset[str]]  # the same by the provision agreement's

    @property
    def dataflow(self) -> Ref:
        return self.definition.dataflow.ref


@dataclass(frozen=True)
class Plan:
    provider: str
    release: str
    instant: datetime | None
    filings: tuple[Filing, ...]
