"""Writing data messages, observations per CPU second, beside raw DuckDB COPY, pysdmx and sdmx1.

    python -m benchmarks.write FOLDER [OBSERVATIONS]

Ours and COPY write all observations of a cube, from files to bytes that are counted (COPY: to a file): of
the labour force structure, and of a narrow one of nine columns and a fifth of the observations. The
libraries write 100,000, from what they hold in memory.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from benchmarks.data import NARROW, make, raw_copy, registry
from publisher.formats import DATA, STRUCTURE
from publisher.formats.message import DataMessage, DataSet, Header, StructureMessage
from publisher.query.model import DataQuery, Target
from publisher.store import Cube, select

HEADER = Header("BENCHMARK", datetime(2025, 1, 1, tzinfo=UTC), "LMIS")
FEW = 100_000
STRUCTURES = "application/vnd.sdmx.structure+xml;version=3.0.0"
GENERIC = "application/vnd.sdmx.genericdata+xml;version=2.1"
LEAST = (1.2, 0.8)  # million observations per CPU second, and of COPY's rate
LEAST_GENERIC = (0.9, 0.6)


def message(cube: Cube, limit: int | None = None) -> DataMessage:
    found = select(cube, DataQuery(Target("dataflow"), limit=limit))
    attributes = tuple(a.id for a in cube.definition.attributes)
    return DataMessage(HEADER, (DataSet(cube.definition, found, attributes=attributes),))


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def line(
    name: str, count: int, seconds: float, raw: float | None = None, least: tuple[float, float] | None = None
) -> float:
    rate = count / seconds
    share = f"   {rate / raw:.2f} x COPY" if raw else ""
    if raw and least:
        is_kept = rate / 1e6 >= least[0] and rate / raw >= least[1]
        share += f"   limit {least[0]} million, {least[1]} x: {'kept' if is_kept else 'MISSED'}"
    print(f"{name:<52}{rate / 1e6:>8.3f} million observations per CPU second{share}", flush=True)
    return rate


def ours(place: Path, cube: Cube) -> None:
    """COPY, then every format."""
    columns = list(cube.definition.components)
    print(f"{cube.count:,} observations, {cube.series.num_rows:,} series, {len(columns)} columns")
    with tempfile.TemporaryDirectory() as folder:
        seconds = raw_copy(place / "state.parquet", Path(folder) / "raw.csv", columns)
    raw = line("DuckDB COPY TO csv", cube.count, seconds)
    for name, row in DATA.items():
        seconds = cpu(lambda row=row: sum(map(len, row.write(message(cube)))))  # type: ignore[misc]
        least = LEAST_GENERIC if "generic" in name else LEAST
        line(name.removeprefix("application/vnd.sdmx."), cube.count, seconds, raw, least)


def pysdmx(cube: Cube) -> None:
    from pysdmx.io import read_sdmx, write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.io.pd import PandasDataset

    found = select(cube, DataQuery(Target("dataflow"), limit=FEW))
    batches = pa.Table.from_batches(found.batches())
    series = found.series.drop_columns(["PROVIDER"]).take(batches.column("series"))
    frame = series.to_pandas().astype(str)
    for name in ("TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"):
        frame[name] = batches.column(name).to_pandas().astype(str)
    frame = frame[[name for name in frame.columns if not (frame[name] == "nan").all()]]
    kinds = ("conceptscheme", "codelist", "datastructure")  # pysdmx 1.21 fails on metadata agreements
    needed = tuple(artefact for artefact in registry().all() if artefact.kind in kinds)
    document = b"".join(STRUCTURE[STRUCTURES].write(StructureMessage(HEADER, needed)))
    held = read_sdmx(document.decode(), validate=False)
    (structure,) = (d for d in held.get_data_structure_definitions() if d.id == cube.definition.structure.id)
    dataset = PandasDataset(structure=structure.to_schema(), data=frame)
    for name in ("DATA_SDMX_CSV_2_0_0", "DATA_SDMX_ML_3_0", "DATA_SDMX_ML_2_1_GEN"):
        line(f"pysdmx {name[10:]}", FEW, cpu(lambda name=name: write_sdmx([dataset], Format[name])))  # type: ignore[misc]


def sdmx1(cube: Cube) -> None:
    import sdmx

    document = b"".join(DATA[GENERIC].write(message(cube, FEW)))
    with contextlib.redirect_stdout(io.StringIO()):
        held = sdmx.read_sdmx(io.BytesIO(document))
    flow = cube.definition.dataflow
    agency = sdmx.model.common.Agency(id=flow.agency)
    dataflow = sdmx.model.v21.DataflowDefinition(id=flow.id, maintainer=agency, version=flow.version)
    held.data[0].described_by = dataflow
    line("sdmx1 to_csv", FEW, cpu(lambda: sdmx.to_csv(held.data[0], rtype=str)))
    line("sdmx1 to_xml (2.1)", FEW, cpu(lambda: sdmx.to_xml(held)))


def main() -> None:
    warnings.simplefilter("ignore")  # of the libraries
    place = Path(sys.argv[1])
    cube = make(place, *map(int, sys.argv[2:]))
    ours(place, cube)
    ours(place / "narrow", make(place / "narrow", cube.count // 5, NARROW))
    pysdmx(cube)
    sdmx1(cube)


if __name__ == "__main__":
    main()
