"""What a descriptor asks for, looked up in the structures: which table files which dataflow, and how."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from publisher.structures.definition import Definition
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.package.harmonise import Layout

ACTIONS = ("Merge", "Replace", "Delete")


@dataclass(frozen=True)
class Dialect:
    """How a table is written; the names are those of Table Dialect v2."""

    delimiter: str = ","
    quote: str = '"'
    double_quote: bool = True
    escape: str | None = None
    skip_initial_space: bool = False
    header_rows: tuple[int, ...] = (1,)  # empty: no header; the names are those of schema.fields
    header_join: str = " "
    comment_rows: frozenset[int] = frozenset()
    comment: str | None = None
    sheet: str | int | None = None  # name, or number from 1

    @property
    def is_plain(self) -> bool:
        """True when only delimiter and quotation mark differ from RFC 4180."""
        return bool(self.quote) and self == Dialect(self.delimiter, self.quote)

    def for_csv(self) -> dict[str, Any]:
        """The arguments of Python's `csv.reader`."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote or None,
            "quoting": csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            "doublequote": self.double_quote,
            "escapechar": self.escape,
            "skipinitialspace": self.skip_initial_space,
            "strict": True,
        }


@dataclass(frozen=True)
class NumberForm:
    """How a field writes numbers (Table Schema: decimalChar, groupChar)."""

    decimal: str = "."
    group: str = ""


@dataclass(frozen=True)
class Table:
    """One tabular resource: files of one format and layout."""

    resource: str
    files: tuple[str, ...]
    format: str = "csv"  # a key of readers.READERS
    dialect: Dialect = Dialect()
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ("",)  # spellings of "no value" (Table Schema missingValues)
    fields: tuple[str, ...] | None = None  # names in schema.fields; None: no schema
    match: str = "exact"  # Table Schema fieldsMatch: exact equal subset superset partial
    fixed: Mapping[str, str] = field(default_factory=dict)  # component id → code of every row
    numbers: Mapping[str, NumberForm] = field(default_factory=dict)  # fields that write numbers differently
    dates: Mapping[str, str] = field(default_factory=dict)  # field → year | yearmonth | date, of date cells
    patterns: Mapping[str, str] = field(default_factory=dict)  # field → constraints.pattern
    labelled: bool = False  # cells may show a code with its name, as `M: Male`
    layout: Layout | None = None  # of a national table, which is harmonised
    variables: Mapping[str, str] = field(default_factory=dict)  # what the layout takes from the package


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
