"""From data package to catalogue and back nothing is lost; the files of a dataset say the same numbers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.csv
import pyarrow.parquet
import pytest
from frictionless import Package
from hypothesis import HealthCheck, given, settings, strategies

from catalogue import ckan
from catalogue.call import Call, Site
from catalogue.embedded import Embedded
from catalogue.reading import READING
from catalogue.record import Catalogue, Dataset, Resource
from publisher.folders import folder
from publisher.release.records import records
from publisher.release.resources import as_file
from publisher.settings import load
from publisher.store import Home, current

ID = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def shown(demo_home: Path) -> list[dict[str, Any]]:
    """What the embedded catalogue tells anybody of the demo."""
    vintage = current(Home(demo_home)).number
    with Embedded(demo_home / "public" / "catalogue.sqlite").at(vintage) as there:
        call = Call("package_search", {"rows": 1000}, there, Site("http://127.0.0.1", ""))
        found: list[dict[str, Any]] = READING["package_search"].run(call)["results"]
        return found


def resource(record: dict[str, Any], format: str) -> dict[str, Any]:
    return next(r for r in record["resources"] if r["format"] == format)


def test_each_demo_package_comes_back_as_it_was(shown: list[dict[str, Any]]) -> None:
    back = {}
    for record in shown:
        kept = resource(record, "Data Package")
        back[kept["datapackage"]["name"]] = kept["datapackage"]
        content = as_file(kept["datapackage"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (kept["size"], kept["hash"])
    delivered = [json.loads(p.read_text("utf-8")) for p in folder("demo").glob("*/datapackage.json")]
    newest = {package["name"]: package for package in delivered if package["name"] in back}
    assert back == newest
    assert len(back) >= 7


def test_what_a_catalogue_has_fields_for_is_in_them(shown: list[dict[str, Any]]) -> None:
    for record in shown:
        package = resource(record, "Data Package")["datapackage"]
        extras = {item["key"]: item["value"] for item in record["extras"]}
        licence = package["licenses"][0]
        assert record["license_id"] == licence["name"]
        assert (extras["license_text"], extras["license_url"]) == (licence["title"], licence["path"])
        assert json.loads(extras["sources"]) == package["sources"]
        assert record["url"] == package.get("homepage", "")
        assert package["description"] in record["notes"]
        translated = json.loads(extras.get("notes_translated", "{}"))
        for tag, words in package.get("i18n", {}).items():
            assert words.get("description", "") in translated.get(tag, "")


def test_the_tables_schema_is_one(shown: list[dict[str, Any]]) -> None:
    for record in shown:
        schema = resource(record, "CSV")["schema"]
        Package.from_descriptor(
            {"name": "x", "resources": [{"name": "x", "path": "x.csv", "schema": schema}]}
        )  # raises where it is none
        roles = {field["name"]: field["sdmx"]["role"] for field in schema["fields"]}
        assert [name for name, role in roles.items() if role == "dimension"] == schema["primaryKey"]
        assert "measure" in roles.values()


TEXT = strategies.text(strategies.characters(exclude_categories=["Cs"]), max_size=8)
VALUE = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | TEXT
    | strategies.floats(allow_nan=False, allow_infinity=False),
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.slow
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(descriptor=strategies.dictionaries(TEXT, VALUE, max_size=4), notes=TEXT, tongues=VALUE)
def test_whatever_a_descriptor_holds_comes_back(
    api: ckan.InProcess, descriptor: dict[str, Any], notes: str, tongues: Any
) -> None:
    """Also when it takes the place of another one; and nothing is left to be written then."""
    kept = Resource(ID, "Data package", "http://x/1", "Data Package", extra={"datapackage": descriptor})
    extras = {"lmis": "http://x", "title_translated": json.dumps(tongues, ensure_ascii=False)}
    wanted = Catalogue((), (), (Dataset("ab", "A", notes, "mys-dosm", extras=extras, resources=(kept,)),))
    ckan.apply(api, ckan.plan(api, wanted))
    assert not ckan.plan(api, wanted).changes
    shown = api.action.package_show(id="ab")
    assert shown["resources"][0]["datapackage"] == descriptor
    assert json.loads(next(e["value"] for e in shown["extras"] if e["key"] != "lmis")) == tongues


@pytest.mark.parametrize("name", ["idn-bps-df-une", "phl-psa-df-une", "sgp-moe-df-tvet"])
def test_csv_workbook_and_parquet_say_the_same(demo_home: Path, name: str) -> None:
    files = demo_home / "public" / "pages" / str(current(Home(demo_home)).number) / "files"
    csv = pyarrow.csv.read_csv(files / f"{name}.csv")
    columns = {_id(head): csv.column(head).to_pylist() for head in csv.column_names}
    parquet = pyarrow.parquet.read_table(files / f"{name}.parquet")
    heads, *rows = openpyxl.load_workbook(files / f"{name}.xlsx").active.iter_rows(values_only=True)
    assert parquet.column("OBS_VALUE").to_pylist() == columns["OBS_VALUE"]
    assert [_id(str(head)) for head in heads] == [
        id for id in parquet.column_names if parquet.column(id).null_count < csv.num_rows
    ]
    for i, id in enumerate(_id(str(head)) for head in heads):
        expected = [None if cell in (None, "") else cell for cell in columns[id]]
        if id != "OBS_VALUE":
            # SDMX-CSV 2.0 has quotation marks within a cell of several values; a workbook needs none.
            expected = [None if cell is None else str(cell).replace('"', "") for cell in expected]
        assert [row[i] for row in rows] == expected, id


def _id(head: str) -> str:
    return head.partition(":")[0].partition("[")[0]


@pytest.mark.slow
def test_resource_ids_stay_and_are_nobody_elses(demo_home: Path) -> None:
    made = records(current(Home(demo_home)), load(demo_home, environ={}))
    ids = [r.id for d in made.datasets for r in d.resources]
    assert len(ids) == len(set(ids))
    assert not ckan.plan(_as_anybody(demo_home), made, loads_tables=False).changes


def _as_anybody(home: Path) -> ckan.InProcess:
    number = current(Home(home)).number
    return ckan.embedded(Embedded(home / "public" / "catalogue.sqlite"), number, Site("http://x", ""))
