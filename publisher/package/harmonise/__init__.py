"""A national table as the office publishes it → our codes, by a layout and code maps: docs/maps.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from publisher.package import header
from publisher.package.findings import Findings, nearest, quoted
from publisher.package.harmonise import grid, layout
from publisher.package.harmonise.codemap import MapError
from publisher.package.harmonise.layout import Layout
from publisher.package.harmonise.part import Harmonised
from publisher.package.plan import Filing, Plan, Table

__all__ = ["Harmonised", "Layout", "Office", "find"]


def find(name: str, roots: Sequence[Path], place: dict[str, Any], findings: Findings) -> Layout | None:
    """The layout `PROVIDER/table` of the folders of structures, or None with a finding at `place`."""
    known = dict(layout.folders(roots))
    if name not in known:
        note = f"there is no map {quoted(name)}"
        findings.add("map-unknown", note, value=name, allowed=nearest(name, known), **place)
        return None
    try:
        return layout.load(name, known[name])
    except MapError as exc:
        findings.add("map-invalid", str(exc), value=name, **place)
        return None


class Office:
    """The national tables of a package: each is read once, for all its dataflows."""

    def __init__(self, plan: Plan | None, findings: Findings) -> None:
        self._filings = plan.filings if plan else ()
        self._findings = findings
        self._made: dict[str, dict[str, Harmonised]] = {}
        self._grids: list[grid.Grid] = []

    def part(
        self, file: str, take: Callable[[], bytes | None], table: Table, filing: Filing
    ) -> Harmonised | None:
        """The rows that `file` has for the dataflow of `filing`; None, perhaps with findings, when none."""
        if file not in self._made:
            data = take()
            self._made[file] = {} if data is None else self._harmonise(file, data, table)
        made = self._made[file].get(filing.dataflow.short)
        if made is not None:
            self._complete(made, table, filing)
        return made

    def _harmonise(self, file: str, data: bytes, table: Table) -> dict[str, Harmonised]:
        assert table.layout is not None
        here = [f for f in self._filings if table.resource in {its.resource for its in f.tables}]
        definitions = [filing.definition for filing in here]
        read = grid.read(file, data, table, table.layout, self._findings)
        if read is None:
            return {}
        self._grids.append(read)
        from publisher.package.harmonise.rows import harmonise  # brings pandas

        return harmonise(read, table, table.layout, definitions, self._findings)

    def _complete(self, made: Harmonised, table: Table, filing: Filing) -> None:
        assert table.layout is not None
        for name in header.needed(filing):
            if name not in made.columns and name not in table.fixed:
                note = f"map {table.layout.name} gives no {name}"
                self._findings.add("column-missing", note, file=made.file, value=name)

    def excerpts(self) -> dict[tuple[str, int], dict[str, str]]:
        """The rows that findings speak of and their neighbours, by the letters of their columns."""
        said = {(finding.file, finding.row) for finding in self._findings.kept if finding.row}
        wanted = {(file, row + step) for file, row in said if row for step in (-1, 0, 1)}
        return {
            (one.place, row): {grid.letters_of(n): str(text) for n, text in enumerate(one.texts[row - 1])}
            for one in self._grids
            for file, row in wanted
            if file == one.place and 0 < row <= len(one.texts)
        }
