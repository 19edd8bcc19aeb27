"""Tables of rules: which source's figure is shown for an area and indicator, and why."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import StructureError

ANY = ("", "*")


@dataclass(frozen=True)
class Rule:
    """One row of the table; a cell that is empty or `*` holds for any code."""

    codes: Mapping[str, str]  # dimension → code, only the cells that say something
    reasons: Mapping[str, str]  # language → why
    deciders: Mapping[str, str]  # language → who decided it

    def holds(self, key: Mapping[str, str]) -> bool:
        """Whether nothing in `key` contradicts the rule."""
        return all(key.get(name, code) == code for name, code in self.codes.items())


def load(folders: Iterable[Path], name: str, columns: Mapping[str, str]) -> tuple[Rule, ...]:
    """The rules of the last of `folders` that has the file `name`; none: no rules.

    `columns` maps the file's columns to dimensions. Raises StructureError when one is lacking.
    """
    paths = [place / name for place in folders if (place / name).is_file()]
    if not paths:
        return ()
    with paths[-1].open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if missing := sorted(columns.keys() - set(reader.fieldnames or ())):
            raise StructureError(f"{paths[-1]}: the columns {', '.join(missing)} are missing")
        return tuple(_rule(row, columns) for row in reader)


def _rule(row: Mapping[str, str], columns: Mapping[str, str]) -> Rule:
    codes = {dimension: row[column].strip() for column, dimension in columns.items()}
    said = {dimension: code for dimension, code in codes.items() if code not in ANY}
    return Rule(said, _languages(row, "reason"), _languages(row, "decided_by"))


def _languages(row: Mapping[str, str], column: str) -> dict[str, str]:
    """`reason` is in English, `reason_id` in Indonesian, and so on for any language."""
    prefix = f"{column}_"
    found = {
        name.removeprefix(prefix): cell for name, cell in row.items() if name.startswith(prefix) and cell
    }
    return {"en": row.get(column, ""), **found}


def find(rules: Iterable[Rule], key: Mapping[str, str]) -> Rule | None:
    """The rule that says most about `key`; None when none holds."""
    holding = [rule for rule in rules if rule.holds(key)]
    return max(holding, key=lambda rule: len(rule.codes.keys() & key.keys()), default=None)
