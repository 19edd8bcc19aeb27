"""Purged cells: found in every release, taken out of its files, and barred from coming back unasked.

A cell is an observation of one provider, named by dimensions and period. What a purge leaves is its keys, in
`releases/<purge>/purged/`: replicas are told by them what to delete. The figure is nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.errors import Finding, ReleaseError
from publisher.store import index, views
from publisher.store.change import Change, Release
from publisher.store.cube import Cube, open_cube
from publisher.store.engine import key
from publisher.store.freeze import DELETE, _file, file_name
from publisher.store.home import write_json
from publisher.store.revisions import DELETED, NEW, OLD, REVISED
from publisher.store.vintage import Snapshot, parts, registry_in
from publisher.store.whole import definition_of, flows
from publisher.structures.definition import Definition
from publisher.structures.urns import Ref

KEYS = "keys.parquet"
LIST = "cells.json"  # all of them, also of dataflows that are no more
HELD = ("state", "changes", "lineage")  # files of a release that hold cells, in a manifest's words
MOST = 10_000  # cells in one purge; what is larger is a withdrawal
_BETWEEN = "\x1f"
Choose = Callable[[pa.Table, Definition], pa.Table]


@dataclass(frozen=True)
class Cells:
    """Observations of one provider."""

    provider: str
    keys: Mapping[str, pa.Table]  # dataflow (`Ref.short`) → dimensions and time

    @property
    def count(self) -> int:
        return sum(table.num_rows for table in self.keys.values())

    @property
    def plain(self) -> dict[str, Any]:
        """For JSON; `of` reads it."""
        return {"provider": self.provider, "keys": {s: table.to_pydict() for s, table in self.keys.items()}}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Cells:
        return cls(told["provider"], {short: pa.table(keys) for short, keys in told["keys"].items()})

    def mask(self, short: str, table: pa.Table) -> pa.ChunkedArray:
        """Per row of `table`, whether it is about one of the cells."""
        keys = self.keys[short]
        return pc.is_in(joined(table, keys.column_names), joined(keys, keys.column_names).combine_chunks())


def joined(table: pa.Table, names: Iterable[str]) -> pa.ChunkedArray:
    """The key of each row as one text."""
    return pc.binary_join_element_wise(*(table.column(name).cast(pa.string()) for name in names), _BETWEEN)


def files(snapshot: Snapshot, manifest: Mapping[str, Any], short: str) -> Iterator[tuple[str, Path]]:
    """The files of a release that hold observations of a dataflow, as far as they were not pruned."""
    flow = manifest["flows"][short]
    for kind in HELD:
        if kind in flow and (path := snapshot.path("releases", manifest["id"]) / flow[kind]["file"]).exists():
            yield kind, path


def find(snapshot: Snapshot, provider: str, dataflow: Ref, choose: Choose) -> Cells:
    """What `choose` finds of the dataflow, in any version, in everything that the provider ever released."""
    found: dict[str, list[pa.Table]] = {}
    for manifest in (m for m in snapshot.releases if m["provider"] == provider):
        for short in manifest["flows"]:
            if parts(short)[:2] != (dataflow.agency, dataflow.id):
                continue
            definition = _definition(snapshot, manifest, short)
            names = [component.id for component in key(definition)]
            for _, path in files(snapshot, manifest, short):
                table = pq.read_table(path, columns=names)
                texts = pa.table({name: table.column(name).cast(pa.string()) for name in names})
                found.setdefault(short, []).append(choose(texts, definition))
    return Cells(
        provider, {short: keys for short, some in found.items() if (keys := _distinct(some)).num_rows}
    )


def _distinct(tables: list[pa.Table]) -> pa.Table:
    table = pa.concat_tables(tables)
    found = table.group_by(table.column_names).aggregate([])
    return found.sort_by([(name, "ascending") for name in table.column_names])


def figures(snapshot: Snapshot, cells: Cells) -> frozenset[str]:
    """Every figure that the cells ever had: what must not be quoted anywhere."""
    found: set[str] = set()
    for manifest in (m for m in snapshot.releases if m["provider"] == cells.provider):
        for short in manifest["flows"].keys() & cells.keys.keys():
            measures = [m.id for m in _definition(snapshot, manifest, short).measures]
            names = {*measures, *(OLD + name for name in measures), "text"}  # the last as the office had it
            for _, path in files(snapshot, manifest, short):
                table = pq.read_table(path)
                table = table.filter(cells.mask(short, table))
                for name in names & {*table.column_names}:
                    found |= {str(value) for value in pc.unique(table.column(name)).to_pylist()}
    return frozenset(found - {"None", ""})


# -- taking them out ----------------------------------------------------------------------------


def cut(
    snapshot: Snapshot,
    manifest: Mapping[str, Any],
    cells: Cells,
    quoted: frozenset[str],
    made: Path,
    purge: str,
) -> bool:
    """Write into `made` what of a release changes without the cells: their files, the manifest, descriptors.

    False, and nothing is written, where it never held any.
    """
    flows = {short: dict(entry) for short, entry in manifest["flows"].items()}
    held = [
        short
        for short in flows
        if short in cells.keys and _cut(snapshot, manifest, short, cells, made, flows[short])
    ]
    if not held:
        return False
    folder = snapshot.path("releases", manifest["id"])
    for package in manifest["packages"]:
        name = f"packages/{package}/datapackage.json"
        told = json.loads((folder / name).read_text(encoding="utf-8"))
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        write_json(made / name, _described(told, quoted))
    warnings = [w for w in manifest["warnings"] if not quotes(json.dumps(w), quoted)]
    purged = [*manifest["purged"], purge]
    # hashes of what was delivered would let somebody try figures until one fits
    about = {"flows": flows, "warnings": warnings, "files": {}, "content": "", "purged": purged}
    write_json(made / "manifest.json", {**manifest, **about})
    return True


def _cut(
    snapshot: Snapshot,
    manifest: Mapping[str, Any],
    short: str,
    cells: Cells,
    made: Path,
    entry: dict[str, Any],
) -> bool:
    is_held = False
    for kind, path in files(snapshot, manifest, short):
        table = pq.read_table(path)
        is_purged = cells.mask(short, table)
        if not pc.any(is_purged).as_py():
            continue
        is_held = True
        name = entry[kind]["file"]
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        left = table.filter(pc.invert(is_purged))
        pq.write_table(left, made / name, compression="zstd")
        entry[kind] = _file(made, name)
        entry |= _counts(kind, left, _definition(snapshot, manifest, short))
    return is_held


def _definition(snapshot: Snapshot, manifest: Mapping[str, Any], short: str) -> Definition:
    """As the structures were at the release."""
    registry = registry_in(snapshot.path("structures", manifest["structures"]))
    return registry.definition(Ref("dataflow", *parts(short)))


def _counts(kind: str, table: pa.Table, definition: Definition) -> dict[str, int]:
    if kind == "state":
        names = [d.id for d in definition.dimensions]
        series = table.select(names).group_by(names).aggregate([])
        return {"observations": table.num_rows, "series": series.num_rows}
    if kind == "changes":
        kinds = table.column("change").cast(pa.string())
        return {each: int(pc.sum(pc.equal(kinds, each)).as_py() or 0) for each in (NEW, REVISED, DELETED)}
    return {}


def _described(told: Any, quoted: frozenset[str]) -> Any:
    """A descriptor without hashes and sizes of the delivered files, and without texts that quote a figure."""
    if isinstance(told, dict):
        kept = {name: value for name, value in told.items() if name not in ("hash", "bytes", "stats")}
        return {name: _described(value, quoted) for name, value in kept.items()}
    if isinstance(told, list):
        return [_described(value, quoted) for value in told]
    return "(purged)" if isinstance(told, str) and quotes(told, quoted) else told


def quotes(text: str, quoted: Iterable[str]) -> bool:
    """Whether a text has one of the figures in it, as a number of its own."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    return any(re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d|\.\d)", plain) for figure in quoted)


# -- what is left: the keys ---------------------------------------------------------------------


def leave(folder: Path, snapshot: Snapshot, cells: Cells, scratch: Path) -> list[str]:
    """Write the keys of the cells below `folder`, a cube without figures for each dataflow and each view that
    has them; the dataflows (short) that were written."""
    written = []
    write_json(folder / LIST, cells.plain)
    for short, keys in cells.keys.items():
        if short not in snapshot.record["heads"]:
            continue
        flow = Ref("dataflow", *parts(short))
        place = folder / file_name(flow)
        place.mkdir(parents=True, exist_ok=True)
        pq.write_table(keys, place / KEYS, compression="zstd")
        definition = snapshot.registry.definition(flow)
        index.build(place, definition, {cells.provider: place / KEYS}, scratch)
        written.append(short)
    for view in snapshot.views.values():
        sources = [folder / file_name(s) / KEYS for s in view.sources if s.short in written]
        if sources:
            states = views.states(view, snapshot.registry, {cells.provider: sources}, scratch)
            definition = snapshot.registry.definition(view.dataflow.ref)
            index.build(folder / file_name(view.dataflow.ref), definition, states, scratch)
            written.append(view.dataflow.ref.short)
    return written


def purged(snapshot: Snapshot, structure: Ref, after: int) -> Iterator[Cube]:
    """Cubes of the keys that were purged from `structure` in vintages later than `after`."""
    known = snapshot.record.get("purges", ())
    if not any(after < one["vintage"] for one in known):
        return
    wanted = {structure} if structure.kind == "dataflow" else {*flows(snapshot, structure)}
    for one in (one for one in known if after < one["vintage"] <= snapshot.number):
        for flow in sorted(f for f in wanted if f.short in one["flows"]):
            folder = snapshot.path("releases", one["release"]) / "purged" / file_name(flow)
            yield open_cube(folder, definition_of(snapshot.registry, structure))


def refuse(snapshot: Snapshot, release: Release) -> None:
    """Raise ReleaseError where `release` brings a purged cell back that is not public again already.

    Only a release that corrects the purge may: it says why, and a second person approves it.
    """
    corrected = release.about.get("corrects")
    findings = [
        finding
        for one in snapshot.record.get("purges", ())
        if one["provider"] == release.provider and one["release"] != corrected
        for change in release.changes
        if change.action != DELETE and change.dataflow.short in one["flows"]
        for finding in _returning(snapshot, one["release"], change, release.provider)
    ]
    if findings:
        raise ReleaseError(f"{release.id} brings back what was purged: {findings[0]}", findings)


def _returning(snapshot: Snapshot, purge: str, change: Change, provider: str) -> Iterator[Finding]:
    keys = pq.read_table(snapshot.path("releases", purge) / "purged" / file_name(change.dataflow) / KEYS)
    names = keys.column_names
    barred = joined(keys, names)
    if state := snapshot.states(change.dataflow).get(provider):
        public = joined(pq.read_table(state, columns=names), names).combine_chunks()
        barred = barred.filter(pc.invert(pc.is_in(barred, public)))
    delivered = joined(change.table, names).combine_chunks()
    for found in barred.filter(pc.is_in(barred, delivered)).slice(0, 20).to_pylist():
        yield Finding(
            "purged-cell",
            f"{change.dataflow.id} {found.replace(_BETWEEN, '.')} was purged by {purge}",
            remedy=f"leave it out; a right figure comes by `lmis release correct {purge} PACKAGE`",
        )
