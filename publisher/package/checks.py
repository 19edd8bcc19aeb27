"""The whole check: gate, descriptor, tables, rules; everything found, and what may be published."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from publisher.package import accepted, cells, descriptor, filing, gate, rows, tables
from publisher.package.delivery import Delivery, Report
from publisher.package.descriptor import Descriptor
from publisher.package.findings import SHOWN, Findings
from publisher.package.frame import Frame
from publisher.package.gate import Owned
from publisher.package.harmonise import Harmonised, Office
from publisher.package.plan import Filing, Plan, Table
from publisher.package.rows import Checked
from publisher.package.rules.previous import Previous
from publisher.structures.registry import Registry

Progress = Callable[[str], None]
UPLOAD = "upload"  # what a package without a name is called that came as a stream
_JOINED = "\x1f"  # between several values of one attribute, in a delivery


def check(
    path: str | Path | IO[bytes],
    registry: Registry,
    *,
    progress: Progress | None = None,
    shown: int = SHOWN,
    hosts: Sequence[str] = (),
    previous: Previous | None = None,
    beside: Sequence[Report] = (),
) -> Report:
    """The report on the data package at `path`: a folder, its datapackage.json, .zip, .tar.gz, or an upload.

    Never raises for what a package may hold: everything is in `Report.findings` (at most `shown` of a
    code; `Report.counts` has all). `progress` is told each file before it is read. Nothing
    is fetched but from `hosts`. `previous` gives what the provider has made public of a dataflow;
    `beside` are the reports on other packages of the same release.
    """
    started = time.perf_counter()
    findings = Findings(shown)
    place = Path(path) if isinstance(path, (str, Path)) else path
    name = place.name if isinstance(place, Path) else UPLOAD
    with gate.enter(place, findings, hosts) as owned:
        read = descriptor.load(owned, findings) if owned else None
        plan = filing.plan(read.complete, registry, findings) if read else None
        office = Office(plan, findings)
        frames = _frames(owned, read, plan, office, progress, findings) if owned and read and plan else []
    done = rows.check(frames, plan, registry, findings, previous, beside)
    taken = (
        accepted.apply(accepted.read(read.delivered, findings), findings, previous is not None)
        if read
        else {}
    )
    deliveries = () if findings.fatal else tuple(map(_delivery, frames, done))
    delivered = read.delivered if read else {}
    return Report(
        package=str(delivered.get("name") or name),
        path=str(place) if isinstance(place, Path) else name,
        findings=findings.sorted(),
        rows=sum(frame.rows for frame in frames),
        seconds=time.perf_counter() - started,
        descriptor=delivered,
        provider=plan.provider if plan else "",
        release=plan.release if plan else "",
        instant=plan.instant if plan else None,
        files=dict(sorted(owned.sha256.items())) if owned else {},
        deliveries=deliveries,
        counts=dict(findings.counts),
        accepted=dict(taken),
        excerpts=_excerpts(frames, findings) | office.excerpts(),
    )


def together(
    paths: Sequence[str | Path], registry: Registry, *, progress: Progress | None = None, **options: Any
) -> list[Report]:
    """The reports on the packages of one release: each is checked beside those before it."""
    reports: list[Report] = []
    for path in paths:
        reports.append(check(path, registry, progress=progress, beside=tuple(reports), **options))
    return reports


def _frames(
    owned: Owned, read: Descriptor, plan: Plan, office: Office, progress: Progress | None, findings: Findings
) -> list[Frame]:
    """The rows of each filing; a filing none of whose files can be read has none."""
    resources = {resource["name"]: resource for resource in read.complete["resources"]}
    frames = []
    for one in plan.filings:
        parts: list[tables.Part | Harmonised] = []
        for table, file in [(its, file) for its in one.tables for file in its.files]:
            if progress:
                progress(file)
            take = partial(descriptor.take_file, owned, resources[table.resource], file, findings)
            if table.layout:
                part: tables.Part | Harmonised | None = office.part(file, take, table, one)
            else:
                part = _part(file, take(), table, one, findings)
            if part is not None:
                parts.append(part)
        if parts:
            frames.append(Frame(one, parts))
    return frames


def _part(file: str, data: bytes | None, table: Table, one: Filing, findings: Findings) -> tables.Part | None:
    return tables.read(file, data, table, one, findings) if data is not None else None


def _delivery(frame: Frame, done: Checked) -> Delivery:
    zeros = pa.array(np.zeros(frame.rows, np.int8))
    columns = {name: _text(frame, name, zeros) for name in frame.definition.components if _has(frame, name)}
    table = pa.table(columns)
    withheld = pa.array(done.withheld)
    if len(done.dropped):
        keep = np.ones(frame.rows, bool)
        keep[done.dropped] = False
        table, withheld = table.filter(pa.array(keep)), withheld.filter(pa.array(keep))
    one: Filing = frame.filing
    own = [part.lineage for part in frame.parts if isinstance(part, Harmonised)]
    lineage = pa.concat_tables(own, promote_options="default") if own else None
    return Delivery(
        one.dataflow, one.action, one.scope, table, withheld if done.withheld.any() else None, lineage
    )


def _has(frame: Frame, name: str) -> bool:
    return name in frame.coded or name in frame.plain


def _text(frame: Frame, name: str, zeros: pa.Int8Array) -> pa.Array:
    """The column as text, each distinct text once; several codes of one cell joined by U+001F."""
    if name in frame.plain:
        return frame.plain[name]
    column, resolved = frame.coded[name], frame.definition.components[name]
    texts = [_JOINED.join(cells.parts(resolved, value)) for value in column.values]
    mask = column.codes < 0
    one = column.is_one and texts
    indices = zeros if one else pa.array(column.codes, mask=mask if mask.any() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))


def _excerpts(frames: list[Frame], findings: Findings) -> dict[tuple[str, int], dict[str, str]]:
    """The rows that findings speak of and their neighbours, in the file's own columns."""
    wanted = {(finding.file, finding.row) for finding in findings.kept if finding.row}
    rows = {}
    for frame in frames:
        for number, part in enumerate(frame.parts):
            if isinstance(part, Harmonised):
                continue
            found = part.rows_at([row for file, row in wanted if file == part.file and row])
            near = {row + step for row in found if row is not None for step in (-1, 0, 1)}
            own = sorted(row for row in near if 0 <= row < part.rows)
            cells = [
                frame.texts(name, int(frame.offsets[number]) + np.array(own, int)) for name in part.columns
            ]
            for row, texts in zip(own, zip(*cells, strict=True), strict=True):
                rows[part.file, part.line(row)] = dict(zip(part.columns, texts, strict=True))
    return rows
