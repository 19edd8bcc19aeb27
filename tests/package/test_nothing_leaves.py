"""A package that withholds, published: no byte that the public can get holds what it withholds."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import sqlite3
import struct
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from publisher.package import check
from publisher.release.before import public_state
from publisher.release.publish import publish
from publisher.release.structures import registry
from publisher.settings import Settings, load
from publisher.store import Home
from publisher.web.app import create_app

# What must never leave, by what it is; no text of the program or of the structures holds such digits.
CANARIES = {
    "confidential, primary": "71717.17",
    "confidential, secondary": "61616.16",
    "suppressed by the sample": "51515.15",
    "suppressed by the error": "41414.14",
    "a bound of a withheld figure": "31313.13",
    "a note of a withheld figure": "canary 21212",
    "a sample": "9191919",
    "a standard error": "818.18181",
    "a standard error, withheld": "29292.92",
}
TELLING = "81818.18"  # a figure of the same package that is published
SUPPRESSION = """
[[rule]]
kind = "minimum"
component = "SAMPLE_SIZE"
limit = 30

[[rule]]
kind = "cv"
component = "STD_ERR"
limit = 0.3
"""
FIXED = {
    "FREQ": "M", "REF_AREA": "MYS", "INDICATOR": "EMP_TEMP_NB", "SEX": "_T", "AGE": "Y15T64",
    "SOURCE": "MYS_LFS", "OBS_STATUS": "A", "UNIT_MEASURE": "PS", "UNIT_MULT": "3", "SOURCE_TYPE": "NS",
    "CONF_STATUS": "F", "EDUCATION_LEV": "_T", "ACTIVITY": "_T", "OCCUPATION": "_T",
    "STATUS_IN_EMPLOYMENT": "_T", "DURATION": "_T", "URBANISATION": "_T", "POP_COVERAGE": "_T",
    "SEASONAL_ADJUST": "N",
}  # fmt: skip
ROWS: list[dict[str, str]] = [
    {"TIME_PERIOD": "2024-01", "OBS_VALUE": "71717.17", "CONF_STATUS": "A", "UPPER_BOUND": "31313.13",
     "COMMENT_OBS": "canary 21212"},
    {"TIME_PERIOD": "2024-02", "OBS_VALUE": "61616.16", "CONF_STATUS": "D"},
    {"TIME_PERIOD": "2024-03", "OBS_VALUE": "51515.15", "SAMPLE_SIZE": "12"},
    {"TIME_PERIOD": "2024-04", "OBS_VALUE": "41414.14", "SAMPLE_SIZE": "4000", "STD_ERR": "29292.92"},
    {"TIME_PERIOD": "2024-05", "OBS_VALUE": TELLING, "SAMPLE_SIZE": "9191919", "STD_ERR": "818.18181"},
]  # fmt: skip
FIRST: list[dict[str, str]] = [{"TIME_PERIOD": "2023-12", "OBS_VALUE": "10000.5"}]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a release before, and the one that withholds."""
    place = tmp_path_factory.mktemp("withheld")
    rules = place / "dsd" / "rules" / "suppression"
    rules.mkdir(parents=True)
    (rules / "MYS_DOSM.toml").write_text(SUPPRESSION, encoding="utf-8")
    settings = load(place / "home", environ={}, dsd=[place / "dsd"], base_url=HERE)
    told: list[str] = []
    for name, rows in (("2024-01", FIRST), ("2024-06", ROWS)):
        publish(settings, [package(place / name, name, rows)], told.append)
    return settings


HERE = "http://lmis.test"


def package(place: Path, release: str, rows: list[dict[str, str]]) -> Path:
    place.mkdir()
    names = list(dict.fromkeys(name for row in (FIXED, *rows) for name in row))
    with (place / "employed.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(FIXED | row for row in rows)
    resource = {
        "name": "employed",
        "path": "employed.csv",
        "sdmx": {"dataflow": "LMIS:DF_EMP(1.0.0)", "action": "Replace"},
    }
    about = {"dataProvider": "MYS_DOSM", "release": release, "releaseDate": f"{release}-28T12:00:00+08:00"}
    descriptor = {"name": "withheld", "title": "Employed persons", "resources": [resource], "sdmx": about}
    (place / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def digests(settings: Settings) -> list[str]:
    """Of the files as delivered: by one, a guess at the only figure unknown could be confirmed."""
    delivered = settings.home.parent / "2024-06"
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in delivered.iterdir()]


def held(content: bytes) -> set[str]:
    """The canaries in `content`, as text or as a binary number."""
    found = set()
    for kind, text in CANARIES.items():
        forms = [text.encode(), text.encode("utf-16-le")]
        if re.fullmatch(r"[0-9.]+", text):
            number = float(text)
            forms += [struct.pack("<d", number), repr(number).encode(), struct.pack("<d", number * 1000)]
        if any(form in content for form in forms):
            found.add(f"{kind}: {text}")
    return found


def opened(name: str, content: bytes) -> Iterator[bytes]:
    """`content` and all that is packed in it."""
    yield content
    if content[:4] == b"PAR1":
        yield repr(pq.read_table(pa.BufferReader(content)).to_pylist()).encode()
    elif content[:6] == b"ARROW1":
        yield repr(pa.ipc.open_file(content).read_all().to_pylist()).encode()
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from opened(member, archive.read(member))
    elif content[:2] == b"\x1f\x8b":
        yield from opened(name, gzip.decompress(content))


def test_the_search_finds_a_canary_in_every_form(tmp_path: Path) -> None:
    """A search that finds nothing anywhere would prove nothing."""
    text = next(iter(CANARIES.values()))
    pq.write_table(pa.table({"v": [text]}), tmp_path / "a.parquet", compression="zstd")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.parquet", (tmp_path / "a.parquet").read_bytes())
    with (
        pa.OSFile(str(tmp_path / "a.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, pa.schema([("v", "f8")])) as file,
    ):
        file.write_table(pa.table({"v": [float(text)]}))
    contents = [
        (tmp_path / "a.parquet").read_bytes(), (tmp_path / "a.arrow").read_bytes(), packed.getvalue(),
        gzip.compress(text.encode()), text.encode(), struct.pack("<d", float(text)),
    ]  # fmt: skip
    assert [any(held(part) for part in opened("x", content)) for content in contents] == [True] * 6


def files(settings: Settings) -> dict[str, bytes]:
    return {
        path.relative_to(settings.home).as_posix(): path.read_bytes()
        for path in sorted(settings.home.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_no_file_of_the_home_holds_it(settings: Settings, digests: list[str]) -> None:
    found = files(settings)
    kinds = {name.rpartition(".")[2] for name in found}
    assert {"parquet", "arrow", "json", "sqlite", "csv", "html"} <= kinds
    assert any(TELLING.encode() in part for name, content in found.items() for part in opened(name, content))
    assert {name: told for name, content in found.items() if (told := all_held(name, content))} == {}
    public = b"".join(found.values())
    assert [digest for digest in digests if digest.encode() in public] == []
    assert [name for name in found if "suppression" in name] == []


def all_held(name: str, content: bytes) -> set[str]:
    return set().union(*(held(part) for part in opened(name, content)))


@pytest.mark.slow
def test_no_table_of_the_catalogue_holds_it(settings: Settings) -> None:
    with sqlite3.connect(settings.home / "public" / "catalogue.sqlite") as con:
        assert held("\n".join(con.iterdump()).encode()) == set()
    con.close()


DATA = [
    "application/vnd.sdmx.data+json;version=2.0.0", "application/vnd.sdmx.data+json;version=1.0.0",
    "application/vnd.sdmx.data+csv;version=2.0.0", "application/vnd.sdmx.data+csv;version=1.0.0",
    "application/vnd.sdmx.data+xml;version=3.0.0", "application/vnd.sdmx.genericdata+xml;version=2.1",
    "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
]  # fmt: skip
FLOW = "v2/data/dataflow/LMIS/DF_EMP/1.0.0/*"
QUERIES = [
    FLOW, f"{FLOW}?includeHistory=true", f"{FLOW}?updatedAfter=2020-01-01T00:00:00Z",
    f"{FLOW}?asOf=2024-06-29T00:00:00Z", f"{FLOW}?c[OBS_VALUE]=gt:30000", f"{FLOW}?sort=OBS_VALUE:desc",
    "v1/data/DF_EMP/all", "v1/data/DF_EMP/all?includeHistory=true",
]  # fmt: skip
OTHER = [
    "/sdmx/v2/availability/dataflow/LMIS/DF_EMP/1.0.0/*", "/sdmx/v1/availableconstraint/DF_EMP/all",
    "/sdmx/v2/metadata/metadataset/*/*/*", "/sdmx/v2/structure/*/*/*/*", "/sdmx/v2/registration/provider/*/*",
    "/api/3/action/package_search?rows=100", "/api/3/action/current_package_list_with_resources",
    "/feed.atom", "/feed.json",
]  # fmt: skip


@pytest.mark.slow
def test_no_answer_to_a_query_holds_it(client: FlaskClient) -> None:
    told = {}
    for query in QUERIES:
        for accept in DATA:
            reply = client.get(f"/sdmx/{query}", headers={"accept": accept})
            assert reply.status_code in (200, 404, 406), (query, accept, reply.data[:500])
            if found := all_held(query, reply.data):
                told[query, accept] = found
        assert reply.status_code in (200, 404), query  # the last format tells all
    assert told == {}


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    with create_app(settings).test_client() as client:
        yield client


@pytest.mark.slow
def test_no_page_and_no_download_holds_it(client: FlaskClient) -> None:
    """Every page that a reader can come to from the front page, and all that they link to."""
    seen = dict(crawl(client, ["/", *OTHER]))
    kinds = {re.sub(r"^/(en/|id/)?([a-z0-9]*).*", r"\2", path) for path in seen}
    assert {"dataset", "explore", "releases", "files", "factsheets", "sdmx", "api"} <= kinds
    assert sum(TELLING.encode() in content for content in seen.values()) > 1
    assert {path: told for path, content in seen.items() if (told := all_held(path, content))} == {}


@pytest.mark.slow
def test_what_was_public_long_ago_is_found(settings: Settings, tmp_path: Path) -> None:
    """The first release told the figure; the second took the observation away; a third withholds it."""
    third = [
        {"TIME_PERIOD": "2023-12", "OBS_VALUE": "10000.5", "CONF_STATUS": "A"},
        {"TIME_PERIOD": "2024-05"},
    ]
    place = package(tmp_path / "2024-07", "2024-07", third)
    report = check(place, registry(settings), previous=public_state(Home(settings.home)))
    assert [(f.row, f.column) for f in report.findings if f.code == "confidential-was-public"] == [
        (2, "OBS_VALUE")
    ]


def crawl(client: FlaskClient, start: Iterable[str], most: int = 400) -> Iterator[tuple[str, bytes]]:
    waiting, seen = list(start), set(start)
    for _ in range(most):
        if not waiting:
            return
        path = waiting.pop(0)
        reply = client.get(path, follow_redirects=True, buffered=True)
        yield path, reply.data
        if reply.mimetype == "text/html":
            for link in re.findall(r'(?:href|src|action)="([^"#]+)', reply.text):
                whole = urljoin(HERE, urljoin(path, link.replace("&amp;", "&"))).removeprefix(HERE)
                if whole.startswith("/") and whole not in seen:
                    seen.add(whole)
                    waiting.append(whole)
            waiting.sort(key=lambda path: "?" in path)  # choices of the explorer come last: there is no end
