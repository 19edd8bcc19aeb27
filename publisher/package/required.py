"""Rules "this attribute must be given where that component has this code", kept as data.

`reference/required.csv` in a folder of structures: columns structure (its id, or AGENCY:ID(VERSION)),
when_component, when_value, required.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

from publisher.errors import StructureError
from publisher.structures.registry import Registry

FILE = "reference/required.csv"
_COLUMNS = ("structure", "when_component", "when_value", "required")


@dataclass(frozen=True)
class Required:
    structure: str
    when_component: str
    when_value: str
    required: str


def load(registry: Registry) -> tuple[Required, ...]:
    """The rules of all folders of the registry. Raises StructureError when a file has other columns."""
    rules: list[Required] = []
    for folder in registry.folders:
        path = folder / FILE
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise StructureError(f"{path}: the columns must be {', '.join(_COLUMNS)}")
            rules.extend(Required(*(row[name] for name in _COLUMNS)) for row in reader)
    return tuple(rules)
