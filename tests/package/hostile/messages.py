"""SDMX-CSV and SDMX-ML data: XML traps, messages of another kind, for another dataflow or action."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pysdmx.io.format import Format

from tests.package import made
from tests.package.hostile.case import LINES, Case
from tests.package.hostile.workbooks import ANYWHERE, ENTITIES, OUTSIDE, after_declaration, sub


def ml(change: Callable[[bytes], bytes], format_: Format = Format.DATA_SDMX_ML_3_0) -> Callable[[Path], Path]:
    return lambda folder: made.package(folder / "p", "jobs.xml", change(made.as_sdmx(format_)))


def text(data: bytes, file: str = "jobs.xml", **resource: str) -> Callable[[Path], Path]:
    return lambda folder: made.package(folder / "p", file, data, **resource)


def csv(change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    return lambda folder: made.package(
        folder / "p", "jobs.csv", change(made.as_sdmx(Format.DATA_SDMX_CSV_2_0_0)), format="sdmx-csv"
    )


def _deep(data: bytes) -> bytes:
    return sub(b"<Obs ", b"<x>" * 100_000 + b"<Obs ")(data) if b"<Obs " in data else data + b"<x>" * 10


ROOT = b'<m:%s xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"/>'
INVALID = "message-invalid"
CASES = [
    *(
        Case(f"{format_.name[10:]}: {name}", INVALID, ml(after_declaration(dtd), format_))
        for format_ in (Format.DATA_SDMX_ML_2_1_GEN, Format.DATA_SDMX_ML_2_1_STR, Format.DATA_SDMX_ML_3_0)
        for name, dtd in (("entities", ENTITIES), ("file from outside", OUTSIDE), ("DTD from outside", ANYWHERE))
    ),
    Case("SDMX-ML: deep", INVALID, ml(_deep)),
    Case("SDMX-ML: cut off", INVALID, ml(lambda data: data[:-40])),
    Case("SDMX-ML: attribute twice", INVALID, ml(sub(b' SEX="F"', b' SEX="F" SEX="M"'))),
    Case("SDMX-ML: three hundred attributes", INVALID,
         ml(sub(b' SEX="F"', b' SEX="F"' + b"".join(b' a%d="1"' % n for n in range(300))))),
    Case("SDMX-ML: attribute unknown", "column-unknown", ml(sub(b' SEX="F"', b' SEX="F" X="1"'))),
    Case("SDMX-ML: code unknown", "unknown-code", ml(sub(b' SEX="F"', b' SEX="X"'))),
    Case("SDMX-ML: for another dataflow", "message-differs", ml(lambda data: data.replace(b"DF_JOBS", b"DF_PAY"))),
    Case("SDMX-ML: to delete", "message-differs", ml(lambda data: data.replace(b'"Information"', b'"Delete"'))),
    Case("SDMX-ML: action unknown", "message-differs", ml(lambda data: data.replace(b'"Information"', b'"Drop"'))),
    Case("SDMX-ML: not well-formed bytes", INVALID, ml(sub(b' SEX="F"', b' SEX="\xff"'))),
    Case("SDMX-ML: character reference to NUL", INVALID, ml(sub(b' SEX="F"', b' SEX="&#0;"'))),
    Case("SDMX-ML: undeclared entity", INVALID, ml(sub(b' SEX="F"', b' SEX="&x;"'))),
    Case("SDMX-ML: UTF-7", INVALID, text(b'<?xml version="1.0" encoding="utf-7"?>' + ROOT % b"GenericData")),
    Case("SDMX-ML: unknown encoding", INVALID, text(b'<?xml version="1.0" encoding="x"?>' + ROOT % b"GenericData")),
    Case("SDMX-ML: structures", INVALID, text(ROOT % b"Structure")),
    Case("SDMX-ML: an error", INVALID, text(ROOT % b"Error")),
    Case("SDMX-ML: no observations", "csv-empty", text(ROOT % b"GenericData")),
    Case("SDMX-ML: empty", INVALID, text(b"")),
    Case("SDMX-ML: HTML", INVALID, text(b"<!DOCTYPE html><html><body>Not found</body></html>")),
    Case("SDMX-ML: SVG", INVALID, text(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')),
    Case("SDMX-ML: JSON", INVALID, text(b'{"data": {}}')),
    Case("SDMX-ML: include", INVALID,
         text(b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>')),
    Case("SDMX-ML: style sheet", INVALID, text(b'<?xml-stylesheet href="http://127.0.0.1:1/"?><a/>')),
    Case("SDMX-CSV: a plain table", INVALID, text(made.as_csv(LINES), "jobs.csv", format="sdmx-csv")),
    Case("SDMX-CSV: for another dataflow", "message-differs", csv(lambda d: d.replace(b"DF_JOBS", b"DF_PAY"))),
    Case("SDMX-CSV: one row to delete", "message-differs", csv(lambda d: d[::-1].replace(b",I,", b",D,", 1)[::-1])),
    Case("SDMX-CSV: column unknown", "column-unknown", csv(sub(b"SEX", b"GENDER"))),
]  # fmt: skip
