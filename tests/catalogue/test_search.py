"""package_search as a table: the query, and the datasets it finds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from catalogue import ckan
from catalogue.call import Site
from catalogue.embedded import Embedded

SITE = Site("http://127.0.0.1:8470", "Labour market information")
NOON = datetime(2025, 10, 9, 4, 0, tzinfo=UTC)

# name, organization, group, tags, title, notes, frequency, format, release date
DATASETS = (
    ("mys-lf", "mys-dosm", "employment", ("Malaysia",), "Labour force, Malaysia",
     "Participation of women and men", ["M", "Q"], "CSV", "2025-10-09"),
    ("mys-une", "mys-dosm", "unemployment", ("Malaysia", "Lao PDR"), "Unemployment, Malaysia",
     "The unemployed by age", ["M"], "SDMX-ML", "2025-10-09"),
    ("idn-une", "idn-bps", "unemployment", ("Indonesia",), "Unemployment, Indonesia",
     "Sakernas rounds; café [index]", ["S", "A"], "CSV", "2026-05-05"),
    ("idn-earn", "idn-bps", "earnings", ("Indonesia",), "Earnings, Indonesia",
     "Net pay of informal workers", ["S"], "CSV", "2024-01-01"),
)  # fmt: skip


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> ckan.InProcess:
    catalogue = Embedded(tmp_path_factory.mktemp("search") / "catalogue.sqlite")
    api = ckan.embedded(catalogue, 1, SITE, lambda: NOON)
    for name in ("mys-dosm", "idn-bps"):
        api.action.organization_create(name=name, title=name.upper())
    for name in ("employment", "unemployment", "earnings"):
        api.action.group_create(name=name, title=name.capitalize())
    for name, owner, group, tags, title, notes, frequency, format, date in DATASETS:
        api.action.package_create(
            name=name, owner_org=owner, title=title, notes=notes, license_id="CC-BY-4.0",
            groups=[{"name": group}], tags=[{"name": t} for t in tags],
            extras=[{"key": "frequency", "value": json.dumps(frequency)},
                    {"key": "release_date", "value": date}],
            resources=[{"name": f"{name} file", "url": f"http://x/{name}", "format": format}],
        )  # fmt: skip
    api.action.package_create(name="secret", owner_org="mys-dosm", private=True)
    return api


ALL = {"mys-lf", "mys-une", "idn-une", "idn-earn"}


@pytest.mark.parametrize(
    ("q", "fq", "found"),
    [
        ("", "", ALL),
        ("*:*", "", ALL),
        ("*", "", set()),  # a sign, not a word: only `*:*` is everything
        ("unemployment", "", {"mys-une", "idn-une"}),
        ("UNEMPLOYMENT", "", {"mys-une", "idn-une"}),
        ("labours", "", {"mys-lf"}),  # stemmed
        ("indonesia unemployment", "", {"idn-une"}),
        ("cafe", "", {"idn-une"}),  # without the accent
        ('"informal workers"', "", {"idn-earn"}),
        ('"workers informal"', "", set()),
        ("indonesia -earnings", "", {"idn-une"}),
        ("+indonesia net pay informal nowhere", "", {"idn-earn"}),  # one of three to five may be missing
        ("malaysia nowhere", "", set()),  # of two words both are needed
        ("SAKERNAS", "", {"idn-une"}),
        ("title:malaysia", "", {"mys-lf", "mys-une"}),
        ("title:Malaysia AND NOT notes:women", "", {"mys-une"}),
        ("title:mal*", "", {"mys-lf", "mys-une"}),
        ("name:mys-*", "", {"mys-lf", "mys-une"}),
        ("name:*une", "", {"mys-une", "idn-une"}),
        ("name:mys-l?", "", {"mys-lf"}),
        ("name:MYS-LF", "", set()),  # a string field is compared whole and in its case
        ("name:mys-lf OR name:idn-earn", "", {"mys-lf", "idn-earn"}),
        ("name:(mys-lf OR idn-earn)", "", {"mys-lf", "idn-earn"}),
        ("name:mys-lf || name:idn-earn", "", {"mys-lf", "idn-earn"}),
        ("title:indonesia && title:earnings", "", {"idn-earn"}),
        ("title:indonesia title:earnings", "", {"idn-earn"}),  # q.op=AND
        ("!title:indonesia name:*", "", {"mys-lf", "mys-une"}),
        ("", "organization:mys-dosm", {"mys-lf", "mys-une"}),
        ("", "organization:(mys-dosm OR idn-bps)", ALL),
        ("", "-organization:mys-dosm", {"idn-une", "idn-earn"}),
        ("", "+groups:unemployment +organization:idn-bps", {"idn-une"}),
        ("", "groups:unemployment OR groups:earnings", ALL),  # CKAN puts its own clauses into the same query
        ("", "+(groups:unemployment OR groups:earnings)", {"mys-une", "idn-une", "idn-earn"}),
        ("", 'tags:"Lao PDR"', {"mys-une"}),
        ("", "tags:Lao\\ PDR", {"mys-une"}),
        ("", "res_format:CSV", {"mys-lf", "idn-une", "idn-earn"}),
        ("", "res_format:SDMX-ML", {"mys-une"}),
        ("", "res_format:csv", set()),
        ("", "license_id:CC-BY-4.0", ALL),
        ("", "extras_frequency:M", {"mys-lf", "mys-une"}),
        ("", 'extras_frequency:"A"', {"idn-une"}),
        ("", "extras_frequency:*", ALL),
        ("", "extras_nothing:*", set()),
        ("", "metadata_modified:[2025-10-09T04:00:00Z TO *]", ALL),
        ("", "metadata_modified:{2025-10-09T04:00:00.000000Z TO *}", set()),
        ("", "metadata_modified:[* TO 2025-10-09T04:00:00.000Z]", ALL),
        ("", "metadata_modified:[* TO NOW-2YEARS/DAY]", set()),
        ("", "metadata_modified:[2000-01-01T00:00:00Z TO 2030-01-01T00:00:00Z]", ALL),
        ("", "extras_release_date:[2025-01-01 TO 2025-12-31]", {"mys-lf", "mys-une"}),
        ("", "name:[idn-a TO idn-f]", {"idn-earn"}),
        ("", "state:active", ALL),
        ("", "capacity:public", ALL),
        ("", "private:true", set()),
        ("", "dataset_type:dataset", ALL),
        ("unemployment", "organization:mys-dosm", {"mys-une"}),
        ("unemployment^2 title:malaysia^0.5", "", {"mys-une"}),
        ("title:Unemployment~", "", {"mys-une", "idn-une"}),
        ("notes:\\[index\\]", "", {"idn-une"}),
        ("res_name:file", "", ALL),
        ("res_url:http\\:\\/\\/x\\/mys-lf", "", {"mys-lf"}),
        ('title:"x\' OR 1=1 --"', "", set()),
        ("'; DROP TABLE record; --", "", set()),
    ],
)
def test_finds(searched: ckan.InProcess, q: str, fq: str, found: set[str]) -> None:
    result = searched.action.package_search(q=q, fq=fq, rows=100)
    assert {r["name"] for r in result["results"]} == found
    assert result["count"] == len(found)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name asc", ["idn-earn", "idn-une", "mys-lf", "mys-une"]),
        ("name desc", ["mys-une", "mys-lf", "idn-une", "idn-earn"]),
        ("title_string asc", ["idn-earn", "mys-lf", "idn-une", "mys-une"]),
        ("extras_release_date desc, name desc", ["idn-une", "mys-une", "mys-lf", "idn-earn"]),
    ],
)
def test_sorts(searched: ckan.InProcess, sort: str, order: list[str]) -> None:
    assert [r["name"] for r in searched.action.package_search(sort=sort)["results"]] == order


def test_the_title_weighs_more_than_the_text(searched: ckan.InProcess) -> None:
    found = searched.action.package_search(q="unemployment")["results"]
    assert found[0]["name"] in ("mys-une", "idn-une")


@pytest.mark.parametrize(
    ("rows", "start", "names"),
    [
        (2, 0, ["idn-earn", "idn-une"]),
        (2, 2, ["mys-lf", "mys-une"]),
        (2, 4, []),
        (0, 0, []),
        (5000, 3, ["mys-une"]),
    ],
)
def test_pages(searched: ckan.InProcess, rows: int, start: int, names: list[str]) -> None:
    result = searched.action.package_search(rows=rows, start=start, sort="name asc")
    assert [r["name"] for r in result["results"]] == names
    assert result["count"] == 4


@pytest.mark.parametrize(
    ("params", "counts"),
    [
        ({"facet.field": ["organization"]}, {"organization": {"idn-bps": 2, "mys-dosm": 2}}),
        ({"facet.field": '["groups"]'}, {"groups": {"unemployment": 2, "earnings": 1, "employment": 1}}),
        ({"facet.field": ["groups"], "facet.limit": 1}, {"groups": {"unemployment": 2}}),
        ({"facet.field": ["groups"], "facet.mincount": 2}, {"groups": {"unemployment": 2}}),
        ({"facet.field": ["extras_frequency"]}, {"extras_frequency": {"M": 2, "S": 2, "A": 1, "Q": 1}}),
        ({"facet.field": ["tags"], "fq": "name:idn-*"}, {"tags": {"Indonesia": 2}}),
        ({"facet.field": ["tags"], "facet": "false"}, {}),
    ],
)
def test_facets(searched: ckan.InProcess, params: dict[str, Any], counts: Any) -> None:
    assert searched.call_action("package_search", params)["facets"] == counts


def test_facets_have_the_names_people_read(searched: ckan.InProcess) -> None:
    found = searched.call_action("package_search", {"facet.field": ["organization"]})["search_facets"]
    assert found["organization"]["items"][1] == {"name": "idn-bps", "display_name": "IDN-BPS", "count": 2}


@pytest.mark.parametrize("fl", [["id", "name"], "id,name", "id name"])
def test_only_the_fields_asked_for(searched: ckan.InProcess, fl: Any) -> None:
    assert all(set(r) == {"id", "name"} for r in searched.action.package_search(fl=fl)["results"])


def test_private_datasets_are_found_only_by_the_publisher_who_asks(searched: ckan.InProcess) -> None:
    assert searched.action.package_search(q="name:secret")["count"] == 0
    assert searched.action.package_search(q="name:secret", include_private=True)["count"] == 1
