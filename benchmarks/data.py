"""Ten million observations of the labour force structure, the same on every machine.

    python -m benchmarks.data FOLDER [OBSERVATIONS]

121 thousand series: annual (25 periods), quarterly (100) and monthly (200), as offices have them.
Values are random walks with one decimal; one in ten is provisional, one in a hundred has a note
with the characters that formats must escape.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from publisher.folders import folder
from publisher.store.cube import Cube, open_cube
from publisher.store.index import build
from publisher.structures.definition import Definition
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

FLOW = Ref("dataflow", "LMIS", "DF_LF", "1.0.0")
NARROW = (
    "FREQ", "REF_AREA", "INDICATOR", "SEX", "AGE", "EDUCATION_LEV", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS",
)  # fmt: skip
COUNTS = {"A": 25, "Q": 100, "M": 200}
SHARES = {"A": 0.5, "Q": 0.3, "M": 0.2}
PERIODS = {
    "A": [str(year) for year in range(2000, 2025)],
    "Q": [f"{year}-Q{q}" for year in range(2000, 2025) for q in range(1, 5)],
    "M": [f"{2008 + n // 12}-{n % 12 + 1:02d}" for n in range(200)],
}
NOTE = 'Estimate, revised: "A & B" < 1%'


def registry() -> Registry:
    return Registry.load(folder("dsd"))


def make(place: Path, observations: int = 10_000_000, only: Collection[str] = ()) -> Cube:
    """The cube in `place`, built when it is not there yet; the state is in `place/state.parquet`.

    `only`: with these components of the structure and no others.
    """
    structure = registry().definition(FLOW)
    if only:
        components = {name: c for name, c in structure.components.items() if name in only}
        structure = replace(structure, components=components)
    if not (place / "cube").is_dir():
        place.mkdir(parents=True, exist_ok=True)
        _state(structure, place / "state.parquet", observations)
        build(place / "cube", structure, {"WB": place / "state.parquet"}, place / "tmp")
    return open_cube(place / "cube", structure)


def _state(structure: Definition, path: Path, observations: int) -> None:
    rng = np.random.default_rng(20250101)
    mean = sum(COUNTS[f] * SHARES[f] for f in COUNTS)
    keys, freqs = _keys(structure, rng, int(observations / mean))
    counts = np.array([COUNTS[f] for f in freqs])
    schema = pa.schema([(name, pa.dictionary(pa.int32(), pa.string())) for name in structure.components])
    schema = schema.set(schema.get_field_index("OBS_VALUE"), pa.field("OBS_VALUE", pa.string()))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for low in range(0, len(freqs), 20_000):
            part = slice(low, low + 20_000)
            writer.write_table(_rows(structure, rng, keys[part], freqs[part], counts[part], schema))


def _keys(structure: Definition, rng: np.random.Generator, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct keys as codes of the lists, sorted, and their frequencies."""
    lists = [list(d.codes.items) if d.codes else ["_T"] for d in structure.dimensions]
    draws = np.column_stack([rng.integers(0, len(codes), int(wanted * 1.2)) for codes in lists])
    freqs = rng.choice(list(COUNTS), len(draws), p=list(SHARES.values()))
    place = {f: lists[0].index(f) for f in COUNTS}
    draws[:, 0] = [place[f] for f in freqs]
    draws, first = np.unique(draws, axis=0, return_index=True)
    kept = np.sort(rng.permutation(len(draws))[:wanted])
    return draws[kept], freqs[first][kept]


def _rows(
    structure: Definition,
    rng: np.random.Generator,
    keys: np.ndarray,
    freqs: np.ndarray,
    counts: np.ndarray,
    schema: pa.Schema,
) -> pa.Table:
    total = int(counts.sum())
    series = np.repeat(np.arange(len(keys)), counts)
    columns = {}
    for place, dimension in enumerate(structure.dimensions):
        codes = list(dimension.codes.items) if dimension.codes else ["_T"]
        columns[dimension.id] = _coded(keys[series, place], codes)
    every = [period for f in COUNTS for period in PERIODS[f]]
    offset = {f: every.index(PERIODS[f][0]) for f in COUNTS}
    within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    columns["TIME_PERIOD"] = _coded(np.array([offset[f] for f in freqs])[series] + within, every)
    steps = rng.normal(0, 1, total)
    steps[np.cumsum(counts)[:-1]] -= np.add.reduceat(steps, np.cumsum(counts) - counts)[:-1]
    values = pa.array(np.round(1000 + np.cumsum(steps), 1)).cast(pa.string())
    columns["OBS_VALUE"] = values
    columns["OBS_STATUS"] = _coded((rng.random(total) < 0.1).astype(int), ["A", "P"])
    notes = np.where(rng.random(total) < 0.01, 0, -1)
    columns["COMMENT_OBS"] = _coded(notes, [NOTE])
    columns["UNIT_MEASURE"] = _coded(np.zeros(total, int), ["PS"])
    columns["UNIT_MULT"] = _coded(np.zeros(total, int), ["3"])
    columns["SOURCE_TYPE"] = _coded(np.zeros(total, int), ["NS"])
    columns["DECIMALS"] = _coded(np.zeros(total, int), ["1"])
    for name in schema.names:
        columns.setdefault(name, pa.nulls(total, schema.field(name).type))
    return pa.table({name: columns[name] for name in schema.names}, schema=schema)


def _coded(codes: np.ndarray, values: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=codes < 0), pa.array(values))


def raw_copy(state: Path, out: Path, columns: list[str]) -> float:
    """CPU seconds of DuckDB's own COPY of the same rows from Parquet to CSV, on one thread."""
    names = ", ".join(f'"{name}"' for name in columns)
    con = duckdb.connect(config={"threads": 1})
    con.execute("SET enable_progress_bar = false")
    start = time.process_time()
    con.execute(f"COPY (SELECT {names} FROM read_parquet('{state}')) TO '{out}' (FORMAT csv)")
    return time.process_time() - start


if __name__ == "__main__":
    begun = time.perf_counter()
    cube = make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    print(
        f"{cube.count:,} observations, {cube.series.num_rows:,} series in {time.perf_counter() - begun:.0f} s"
    )
