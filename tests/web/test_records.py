"""The records of a vintage: what the catalogue is told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from publisher.release.naming import dataset_name, slug
from publisher.release.records import records
from publisher.settings import Settings
from publisher.store import Home, current
from publisher.structures.urns import Ref


@pytest.mark.parametrize(
    ("id", "name"), [("MYS_DOSM", "mys-dosm"), ("WB", "wb"), ("A.B@C$", "a-b-c-"), ("DF_UNE", "df-une")]
)
def test_names_follow_from_ids(id: str, name: str) -> None:
    assert slug(id) == name
    assert dataset_name("MYS_DOSM", Ref("dataflow", "LMIS", "DF_UNE", "1.0.0")) == "mys-dosm-df-une"


def test_a_vintage_is_told(settings: Settings) -> None:
    made = records(current(Home(settings.home)), settings)
    assert [o.name for o in made.organizations] == ["mys-dosm", "wb"]
    assert [g.name for g in made.groups] == ["unemployment"]
    first = made.datasets[0]
    assert (first.name, first.owner_org, first.groups) == ("mys-dosm-df-une", "mys-dosm", ("unemployment",))
    assert first.title == "Unemployment, Department of Statistics Malaysia"
    assert (first.version, first.license_id) == ("mys-dosm-2", "CC-BY-4.0")
    wanted = {
        "lmis": "http://lmis.test",
        "num_series": "1",
        "num_observations": "3",
        "temporal_start": "2022-01-01",
        "temporal_end": "2024-12-31",
        "frequency": '["A"]',
        "spatial": '["MYS"]',
        "dataflow": "LMIS:DF_UNE(1.0.0)",
        "issued": "2024-10-01T04:00:00Z",
    }
    assert {key: first.extras[key] for key in wanted} == wanted
    assert json.loads(first.extras["title_translated"])["id"].startswith("Pengangguran")
    assert "Malaysia" in first.tags


def test_resources_are_the_same_over_releases_but_for_the_file(settings: Settings) -> None:
    snapshot = current(Home(settings.home))
    resources = records(snapshot, settings).datasets[0].resources
    assert [r.format for r in resources] == [
        "CSV", "SDMX-CSV", "SDMX-JSON", "SDMX-ML 3.0", "SDMX-ML 2.1", "SDMX-ML", "SDMX metadata", "HTML",
        "Data Package",
    ]  # fmt: skip
    assert resources[0].url == "http://lmis.test/files/3/mys-dosm-df-une.csv"
    assert (resources[0].size, len(resources[0].hash)) == (8, 64)
    elsewhere = records(snapshot, replace(settings, base_url="https://other")).datasets[0].resources
    assert [r.id for r in elsewhere] == [r.id for r in resources]
    assert all(r.url.startswith("https://other/") for r in elsewhere)


def test_a_name_in_every_language_of_the_page_prints_numbers_its_way() -> None:
    from publisher.folders import folder
    from publisher.web.words import languages

    words = languages((folder("templates"),))
    assert words["id"].value("1234567.10") == "1.234.567,10"
    assert words["en"].value("-0.30") == "\N{MINUS SIGN}0.30"
    assert words["en"].value("1E+2") == "100"
    assert words["en"].value("NaN") == "NaN"
    assert words["en"].size(1_400_000) == "1.4 MB"
