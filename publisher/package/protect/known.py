"""What a reader knows beside the package: the provider's other tables, and what was public before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.delivery import Report
from publisher.package.frame import Frame
from publisher.package.plan import Filing, Table
from publisher.package.rules import figures
from publisher.package.rules.previous import Previous, Public
from publisher.package.tables import Part, is_plain
from publisher.structures.definition import Definition
from publisher.structures.registry import Registry

Mask = npt.NDArray[np.bool_]
_BETWEEN = "\x1f"  # in no code


class Known(Frame):
    """Rows that are not in the package, as the rules take them."""

    def __init__(self, definition: Definition, table: pa.Table, name: str, withheld: Mask) -> None:
        numbers = np.arange(table.num_rows, dtype=np.int64)
        columns = {
            component: _column(table[component], is_plain(resolved))
            for component, resolved in definition.components.items()
            if component in table.column_names
        }
        part = Part(name, Table("", ()), columns, table.num_rows, numbers)
        super().__init__(Filing(definition, "Replace", {}, (), {}, {}), [part])
        self.withheld = withheld

    def named(self, row: int) -> str:
        """Key, period and table of a row."""
        names = [d.id for d in self.definition.dimensions]
        names += [self.definition.time.id] if self.definition.time else []
        return f"{'.'.join(self.value(name, row) or '' for name in names)} of {self.parts[0].file}"


def _column(column: pa.ChunkedArray, plain: bool) -> pa.Array:
    texts = pc.cast(column, pa.string()).combine_chunks()
    return texts if plain else texts.dictionary_encode()


@dataclass(frozen=True)
class Source:
    """A table of one dataflow that a reader has, or will have."""

    name: str
    definition: Definition
    table: pa.Table
    withheld: pa.Array
    is_public: bool = False

    def told(self, measure: str) -> pa.Table:
        """Key and figure of each row that has one."""
        texts = pc.cast(self.table[measure], pa.string()).combine_chunks()
        numbers = pa.array(figures.numbers(texts), from_pandas=True)
        table = pa.table({"key": keys_in(self.table, self.definition), "figure": numbers.cast(pa.string())})
        return table.filter(pc.is_valid(table["figure"]))

    def holds(self, component: str, code: str) -> bool:
        """Whether any row has `code` in `component`."""
        if component not in self.table.column_names:
            return False
        distinct = pc.unique(pc.cast(self.table[component], pa.string()))
        return bool(pc.any(pc.match_substring(distinct, code)).as_py())

    @property
    def is_whole(self) -> bool:
        return {*names_of_key(self.definition)} <= set(self.table.column_names)


def sources(
    definitions: Sequence[Definition],
    provider: str,
    registry: Registry,
    previous: Previous | None,
    reports: Sequence[Report],
) -> list[Source]:
    """What stands in other packages, then what is public now, of dataflows that have the same structure."""
    return [
        source
        for definition in _alike(definitions, registry)
        for source in _of(definition, provider, previous, reports)
        if source.is_whole
    ]


def _of(
    definition: Definition, provider: str, previous: Previous | None, reports: Sequence[Report]
) -> Iterator[Source]:
    flow = definition.dataflow.ref
    for report in reports:
        for delivery in report.deliveries:
            if delivery.dataflow == flow and delivery.action != "Delete":
                mask = delivery.withheld if delivery.withheld is not None else _none(delivery.table)
                yield Source(f"{flow.short} in package {report.package}", definition, delivery.table, mask)
    if previous is not None and (now := previous(provider, flow)) is not None:
        yield Source(f"what is public of {flow.short}", definition, now, _none(now), True)


def gone(
    definitions: Sequence[Definition], provider: str, registry: Registry, previous: Previous | None
) -> list[Source]:
    """What earlier releases told of the same dataflows, and the present state does not."""
    if not isinstance(previous, Public):
        return []
    found = []
    for definition in _alike(definitions, registry):
        flow = definition.dataflow.ref
        if (table := previous.gone(provider, flow)) is not None:
            found.append(Source(f"earlier releases of {flow.short}", definition, table, _none(table), True))
    return [source for source in found if source.is_whole]


def _alike(definitions: Sequence[Definition], registry: Registry) -> Iterator[Definition]:
    """All dataflows that have a structure of `definitions`: only they can stand in one equation."""
    structures = {definition.structure.ref for definition in definitions}
    for flow in registry.find("dataflow"):
        definition = registry.definition(flow.ref)
        if definition.structure.ref in structures:
            yield definition


def _none(table: pa.Table) -> pa.Array:
    return pa.array(np.zeros(table.num_rows, bool))


def frames(of: Sequence[Source], own: Sequence[Frame]) -> list[Known]:
    """Each source without the keys that the package, or a source before it, has."""
    seen: dict[str, list[pa.Array]] = {}
    for frame in own:
        if frame.filing.action != "Delete":  # what is deleted was public, and stays known
            seen.setdefault(frame.filing.dataflow.short, []).append(keys_of(frame))
    found = []
    for source in of:
        before = seen.setdefault(source.definition.dataflow.ref.short, [])
        keys = keys_in(source.table, source.definition)
        new = pc.invert(pc.is_in(keys, pa.chunked_array(before, pa.string()))) if before else _all(keys)
        new = pc.and_(new, _first(keys))
        before.append(keys.filter(new))
        if pc.any(new).as_py():
            mask = np.asarray(source.withheld.filter(new).to_numpy(zero_copy_only=False), bool)
            found.append(Known(source.definition, source.table.filter(new), source.name, mask))
    return found


def _all(keys: pa.Array) -> pa.Array:
    return pa.array(np.ones(len(keys), bool))


def _first(keys: pa.Array) -> pa.Array:
    """The first row of each key."""
    mask = np.zeros(len(keys), bool)
    mask[np.unique(keys.dictionary_encode().indices.to_numpy(), return_index=True)[1]] = True
    return pa.array(mask)


def names_of_key(definition: Definition) -> list[str]:
    return [*(d.id for d in definition.dimensions), *([definition.time.id] if definition.time else [])]


def keys_in(table: pa.Table, definition: Definition) -> pa.Array:
    """Key and period of each row as one text."""
    columns = [pc.fill_null(pc.cast(table[name], pa.string()), "") for name in names_of_key(definition)]
    joined = pc.binary_join_element_wise(*columns, _BETWEEN)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def keys_of(frame: Frame) -> pa.Array:
    """The same of the rows of a frame."""
    columns = {}
    for name in names_of_key(frame.definition):
        column = frame.coded.get(name)
        texts = pa.array([*column.values, ""] if column else [""], pa.string())
        codes = column.codes if column else np.zeros(frame.rows, np.int32)
        columns[name] = texts.take(pa.array(np.where(codes < 0, len(texts) - 1, codes)))
    return keys_in(pa.table(columns), frame.definition)
