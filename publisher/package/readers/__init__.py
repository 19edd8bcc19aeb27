"""One reader per format of a table; each opens bytes that are in memory, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from publisher.package.findings import Findings
from publisher.package.plan import Filing, Table
from publisher.package.readers import delimited, parquet, sdmx_csv, sdmx_ml, xlsx
from publisher.package.readers.model import Opened

Reader = Callable[[str, bytes, Table, Filing, Findings], Opened | None]

READERS: dict[str, Reader] = {
    "csv": delimited.read,
    "xlsx": xlsx.read,
    "parquet": parquet.read,
    "sdmx-csv": sdmx_csv.read,
    "sdmx-ml": sdmx_ml.read,
}
