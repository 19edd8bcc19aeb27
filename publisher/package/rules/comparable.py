"""Comparability: age bands and populations beside the region's, and breaks that no flag tells."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from publisher.package import keys as keys_of
from publisher.package.cells import OBS_STATUS, parts
from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.keys import Keys
from publisher.package.rules import gaps, tables
from publisher.structures.model import Dimension
from publisher.structures.registry import Registry

COMPARABLE = ("structure", "where", "component", "convention", "instead", "reason")
BREAKS = ("structure", "component", "pattern", "reason")
BREAK = "B"  # CL_OBS_STATUS: the series breaks here
Ids = npt.NDArray[np.signedinteger]


@dataclass(frozen=True)
class Convention:
    structure: str
    where: tables.Where
    component: str
    convention: str
    instead: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Version:
    """Where a component says by which edition of a classification or weights a row is made."""

    structure: str
    component: str
    pattern: re.Pattern[str]


def load(registry: Registry) -> tuple[tuple[Convention, ...], tuple[Version, ...]]:
    """The conventions and the components that tell of breaks, in all folders of the registry."""
    conventions = tuple(
        Convention(
            row["structure"],
            tables.where(row["where"]),
            row["component"],
            row["convention"],
            frozenset(row["instead"].split("|")),
            row["reason"],
        )
        for _, row in tables.rows(registry, "comparable.csv", COMPARABLE)
    )
    versions = tuple(
        Version(row["structure"], row["component"], re.compile(row["pattern"]))
        for _, row in tables.rows(registry, "breaks.csv", BREAKS)
    )
    return conventions, versions


def check(
    frame: Frame, keys: Keys, rules: tuple[tuple[Convention, ...], tuple[Version, ...]], findings: Findings
) -> None:
    """One finding for each file and code outside a convention; one for each break without its flag."""
    if frame.filing.action == "Delete":
        return
    conventions, versions = rules
    for one in conventions:
        if tables.is_about(one.structure, frame.definition):
            _convention(frame, one, findings)
    for version in versions:
        if tables.is_about(version.structure, frame.definition) and version.component in frame.coded:
            _breaks(frame, keys, version, findings)


def _convention(frame: Frame, one: Convention, findings: Findings) -> None:
    column = frame.coded.get(one.component)
    if column is None:
        return
    meant = tables.holds(frame, one.where)
    for number, value in enumerate(column.values):
        if value not in one.instead:
            continue
        rows = np.flatnonzero(meant & (column.codes == number))
        files = np.searchsorted(frame.offsets, rows, side="right")
        for first in rows[np.unique(files, return_index=True)[1]].tolist():
            file, line, place = frame.cell(first, one.component)
            note = f"{one.component} is {value}; the region's convention is {one.convention}: {one.reason}"
            findings.add(
                "not-comparable",
                note,
                file=file,
                row=line,
                column=place,
                value=value,
                allowed=one.convention,
            )


def _breaks(frame: Frame, keys: Keys, version: Version, findings: Findings) -> None:
    """Rows at which a series goes on by another edition than before, without the status of a break."""
    time, column = frame.definition.time, frame.coded[version.component]
    if time is None or time.id not in frame.coded or OBS_STATUS not in frame.coded:
        return
    matches = [version.pattern.fullmatch(value) for value in column.values]
    names = sorted({m[1] for m in matches if m})
    if len(names) < 2:
        return
    edition = column.each(np.array([*(names.index(m[1]) if m else -1 for m in matches), -1], np.int32))
    when = frame.coded[time.id].lookup(lambda value: gaps.place(value)[1], -1)
    series = _series(frame, keys, version.component)
    rows = np.flatnonzero((edition >= 0) & (when >= 0))
    starts = rows[_changes(series[rows], when[rows], edition[rows])]
    status = frame.definition.components[OBS_STATUS]
    flagged = [BREAK in parts(status, value) for value in frame.coded[OBS_STATUS].values]
    told = frame.coded[OBS_STATUS].marked(flagged)
    frame.tell(
        findings,
        "break-not-flagged",
        _first(series, when, starts[~told[starts]]),
        version.component,
        "the series goes on with {} from here, and OBS_STATUS does not say that it breaks",
        f"OBS_STATUS {BREAK}",
    )


def _first(series: Ids, when: Ids, rows: Ids) -> Ids:
    """Of the rows of one series and period the first: a break is told once."""
    ordered = rows[np.lexsort((rows, when[rows], series[rows]))]
    pairs = np.stack([series[ordered], when[ordered]])
    new = np.append(True, (pairs[:, 1:] != pairs[:, :-1]).any(axis=0))[: len(ordered)]
    return np.sort(ordered[new])


def _series(frame: Frame, keys: Keys, name: str) -> Ids:
    """A number for each row's series; where `name` is of the key, of the series without it."""
    if not isinstance(frame.definition.components[name].component, Dimension):
        return keys.series
    rest = [frame.coded[d.id] for d in frame.definition.dimensions if d.id != name and d.id in frame.coded]
    return keys_of.combine(rest, frame.rows)


def _changes(series: Ids, when: Ids, edition: Ids) -> Ids:
    """Places at which an edition begins in the period after another's last one in that series."""
    group = np.unique(series.astype(np.int64) * (int(edition.max()) + 1) + edition, return_inverse=True)[1]
    first = np.full(int(group.max()) + 1, np.iinfo(np.int64).max)
    last = np.full(len(first), -1)
    owner, of = np.zeros(len(first), np.int64), group
    np.minimum.at(first, of, when)
    np.maximum.at(last, of, when)
    owner[of] = series
    order = np.lexsort((first, owner))
    replaced = np.zeros(len(first), bool)
    before, after = order[:-1], order[1:]
    replaced[after] = (owner[before] == owner[after]) & (last[before] < first[after])
    return np.flatnonzero(replaced[of] & (when == first[of]))
