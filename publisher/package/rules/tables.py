"""The tables of rules, `rules/<name>.csv` in each folder of structures: a row, a rule."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from publisher.errors import StructureError
from publisher.package.cells import parts
from publisher.package.frame import Frame
from publisher.structures.definition import Definition
from publisher.structures.registry import Registry

Mask = npt.NDArray[np.bool_]
Where = Mapping[str, frozenset[str]]


def rows(registry: Registry, name: str, columns: tuple[str, ...]) -> Iterator[tuple[Path, dict[str, str]]]:
    """Each row with its file. Raises StructureError when a file has other columns."""
    for folder in registry.folders:
        path = folder / "rules" / name
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            if tuple(reader.fieldnames or ()) != columns:
                raise StructureError(f"{path}: the columns must be {', '.join(columns)}")
            yield from ((path, {k: v or "" for k, v in row.items()}) for row in reader)


def where(text: str) -> Where:
    """Conditions on components, all of which must hold.

    >>> sorted(where("FREQ=M|Q UNIT_MEASURE=PS")["FREQ"])
    ['M', 'Q']
    """
    pairs = (item.partition("=") for item in text.split())
    return {name: frozenset(codes.split("|")) for name, _, codes in pairs}


def is_about(structure: str, definition: Definition) -> bool:
    """Whether a rule's structure (its id, or AGENCY:ID(VERSION)) is that of `definition`."""
    return structure in (definition.structure.id, definition.structure.ref.short)


def holds(frame: Frame, conditions: Where) -> Mask:
    """The rows that meet all conditions; a component that the files do not have is met by nothing."""
    mask = np.ones(frame.rows, bool)
    for name, codes in conditions.items():
        column = frame.coded.get(name)
        if column is None:
            return np.zeros(frame.rows, bool)
        resolved = frame.definition.components[name]
        marks = [not codes.isdisjoint(parts(resolved, value)) for value in column.values]
        met = column.marked(marks)
        if column.is_one and not met[0]:
            return np.zeros(frame.rows, bool)
        if not column.is_one:
            mask &= met
    return mask
