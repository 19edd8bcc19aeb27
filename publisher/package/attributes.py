"""Attributes: there when they must be, and constant in what they describe."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from publisher.package import keys as keys_of
from publisher.package.findings import Findings, quoted
from publisher.package.frame import Column, Frame, Mask, Rows
from publisher.package.keys import Keys, Numbers
from publisher.package.required import Required
from publisher.package.rules import previous
from publisher.structures.model import DATASET, GROUP, OBSERVATION, Attribute


def check(frame: Frame, keys: Keys, required: Iterable[Required], findings: Findings) -> None:
    """Mandatory attributes, the rules of required.csv, and attributes above the observation."""
    if frame.filing.action == "Delete":
        return
    for resolved in frame.definition.attributes:
        attribute = resolved.component
        assert isinstance(attribute, Attribute)
        if resolved.id not in frame.coded and resolved.id not in frame.plain:
            continue
        if attribute.is_mandatory and frame.filing.action == "Replace":
            rows = frame.written(resolved.id, np.flatnonzero(frame.empty(resolved.id)))
            frame.tell(findings, "attribute-missing", rows, resolved.id, f"{resolved.id} is empty")
        if resolved.id in frame.coded and attribute.attachment != OBSERVATION:
            _constant(frame, keys, attribute, findings)
    for rule in required:
        if rule.structure in (frame.definition.structure.id, frame.definition.structure.ref.short):
            _required(frame, rule, findings)


def unsaid(frame: Frame, old: pa.Table | None, findings: Findings) -> None:
    """Mandatory attributes that a Merge would leave empty: neither it nor what is public says them."""
    keys = [d.id for d in (*frame.definition.dimensions, frame.definition.time) if d]
    if frame.filing.action != "Merge" or not frame.coded.keys() >= set(keys):
        return
    for resolved in frame.definition.attributes:
        attribute = resolved.component
        assert isinstance(attribute, Attribute)
        if attribute.is_mandatory:
            present = resolved.id in frame.coded or resolved.id in frame.plain
            empty = frame.empty(resolved.id) if present else np.ones(frame.rows, bool)
            rows = np.flatnonzero(empty & ~_inherited(frame, attribute, ~empty, old))
            note = f"{resolved.id} is empty, and nothing that is public says it"
            frame.tell(findings, "attribute-missing", _once(frame, resolved.id, rows), resolved.id, note)


def _inherited(frame: Frame, attribute: Attribute, said: Mask, old: pa.Table | None) -> Mask:
    """Rows whose series or group has the attribute in another row of the package, or in public."""
    described = _described(frame, attribute)
    time = [frame.definition.time.id] if frame.definition.time else []
    single = attribute.attachment == OBSERVATION or described is None
    of = {d.id for d in frame.definition.dimensions} if described is None or single else described
    names = [d.id for d in frame.definition.dimensions if d.id in of] + (time if single else [])
    if old is None:
        old = pa.table({name: pa.array([], pa.string()) for name in [*names, attribute.id]})
    key, _ = previous.numbered(frame, old, names, np.zeros(frame.rows + old.num_rows, np.int64), 1)
    public = np.zeros(old.num_rows, bool)
    if attribute.id in old.column_names:
        public = ~np.asarray(old[attribute.id].combine_chunks().is_null())
    found: Mask = np.isin(key[: frame.rows], key[np.concatenate([said & (not single), public])])
    return found


def _once(frame: Frame, name: str, rows: Rows) -> Rows:
    """Of the rows of a file that lacks the column only the first: one finding for each file."""
    if name not in frame.absent:
        return rows
    lacking = rows[frame.absent[name][rows]]
    parts = np.searchsorted(frame.offsets, lacking, side="right")
    first = lacking[np.unique(parts, return_index=True)[1]]
    return np.union1d(frame.written(name, rows), first)


def _constant(frame: Frame, keys: Keys, attribute: Attribute, findings: Findings) -> None:
    """An attribute has one value for each combination of the dimensions that it is attached to.

    SDMX 3.0 section 2, "Attribute relationship".
    """
    described = _described(frame, attribute)
    if described is None:
        return
    column = frame.coded[attribute.id]
    if column.is_one:
        return
    dimensions = {d.id for d in frame.definition.dimensions}
    if described == dimensions:
        groups, order = keys.series, keys.order
    else:
        names = [d.id for d in frame.definition.dimensions if d.id in described and d.id in frame.coded]
        groups = keys_of.combine([frame.coded[name] for name in names], frame.rows)
        order = np.argsort(groups, kind="stable")
    ordered, codes = groups[order], column.codes[order]
    changes = (codes[1:] != codes[:-1]) & (ordered[1:] == ordered[:-1])
    if frame.filing.action == "Merge":  # empty cells leave what is there
        changes &= (codes[1:] >= 0) & (codes[:-1] >= 0)
    if not changes.any():
        return
    suspect = np.flatnonzero(np.isin(groups, ordered[1:][changes]))
    rows, usual = _deviating(column, groups, suspect)
    if frame.filing.action == "Merge":
        usual, rows = usual[column.codes[rows] >= 0], rows[column.codes[rows] >= 0]
    _tell(frame, attribute.id, rows, usual, findings)


def _described(frame: Frame, attribute: Attribute) -> set[str] | None:
    """The dimensions that the attribute is attached to; None when time is one: then it varies freely."""
    if attribute.attachment == DATASET:
        return set()
    attached = set(attribute.attached_to)
    if attribute.attachment == GROUP:
        groups = [g.dimensions for g in frame.definition.structure.groups if g.id in attached]
        attached = {name for group in groups for name in group}
    time = frame.definition.time
    return None if time and time.id in attached else attached


def _deviating(column: Column, groups: Numbers, suspect: Rows) -> tuple[Rows, Rows]:
    """Of `suspect` the rows that differ from their group's most frequent value, and that value's code."""
    radix = len(column.values) + 1
    codes = column.codes[suspect].astype(np.int64) + 1
    _, group = np.unique(groups[suspect], return_inverse=True)
    pairs, inverse, counts = np.unique(group * radix + codes, return_inverse=True, return_counts=True)
    # At a tie the first by name, so that the order of rows in the file decides nothing.
    rank = np.argsort(np.argsort(np.array(["", *column.values])))
    best = np.lexsort((rank[pairs % radix], -counts, pairs // radix))
    owners = pairs[best] // radix
    usual = pairs[best[np.append(True, owners[1:] != owners[:-1])]]  # one per group, in group order
    differs = pairs[inverse] != usual[group]
    return suspect[differs], (usual[group[differs]] % radix) - 1


def _tell(frame: Frame, name: str, rows: Rows, usual: Rows, findings: Findings) -> None:
    values = frame.coded[name].values
    room = findings.room("attribute-not-constant")
    for row, code in zip(rows[:room].tolist(), usual[:room].tolist(), strict=True):
        file, line, column = frame.cell(row, name)
        value = frame.value(name, row) or ""
        others = quoted(values[code]) if code >= 0 else "nothing"
        findings.add(
            "attribute-not-constant",
            f"{name} is {quoted(value)} here and {others} in the rest of its series",
            file=file,
            row=line,
            column=column,
            value=value,
        )
    findings.count("attribute-not-constant", len(rows) - room)


def _required(frame: Frame, rule: Required, findings: Findings) -> None:
    column = frame.coded.get(rule.when_component)
    if column is None:
        return
    asking = column.rows([value == rule.when_value for value in column.values])
    present = rule.required in frame.coded or rule.required in frame.plain
    rows = asking[frame.empty(rule.required)[asking]] if present else asking
    note = f"{rule.required} must be given where {rule.when_component} is {rule.when_value}"
    frame.tell(findings, "attribute-required", _once(frame, rule.required, rows), rule.required, note)
