"""A real CKAN harvests the embedded catalogue with ckanext-harvest and ckanext-dcat as they are.

Their own consumers run as in production: one gathers, one fetches and imports. What arrives is compared field
by field with what the twin tells, and every file byte by byte.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from catalogue.record import Catalogue
from tests.ckan import twin
from tests.ckan.contract import catalogues

pytestmark = pytest.mark.slow
OFFICES = ("phl-psa", "sgp-moe", "idn-bps")
OWNER = "contract-harvester"
SOURCES = {"ckan": ("", {"remote_orgs": "create", "remote_groups": "create"}),
           "dcat_rdf": ("/catalog.ttl", {"rdf_format": "text/turtle"})}  # fmt: skip
# What a catalogue notes for itself.
OWN = {
    "created",
    "metadata_modified",
    "metadata_created",
    "creator_user_id",
    "organization",
    "tags",
    "groups",
}


class Harvested:
    def __init__(self, asked: catalogues.Asked, address: str, wanted: Catalogue) -> None:
        self.asked, self.address, self.wanted = asked, address, wanted
        self.sources: list[str] = []
        self.reports: dict[str, Any] = {}

    def act(self, action: str, **params: Any) -> Any:
        url = f"{self.asked.url}/api/3/action/{action}"
        headers = {"Authorization": self.asked.tokens["admin"]}
        answer = self.asked.session.post(url, json=params, headers=headers, timeout=60).json()
        assert answer["success"], answer
        return answer["result"]

    def run(self) -> dict[str, Any]:
        """Both sources to the end; what each job reports."""
        self.act("organization_create", name=OWNER)
        jobs = {}
        for kind, (path, config) in SOURCES.items():
            source = self.act(
                "harvest_source_create",
                name=f"contract-{kind.replace('_', '-')}",
                title=kind,
                url=f"{self.address}{path}",
                source_type=kind,
                owner_org=OWNER,
                frequency="MANUAL",
                config=json.dumps(config),
            )
            self.sources.append(source["id"])
            jobs[kind] = self.act("harvest_job_create", source_id=source["id"], run=True)["id"]
        deadline = time.monotonic() + 200
        while True:
            told = {kind: self.act("harvest_job_show", id=id) for kind, id in jobs.items()}
            # asked any earlier, it queues again what is being fetched, and that is told as aborted
            for source, job in zip(self.sources, told.values(), strict=True):
                if job["status"] != "Finished" and self._is_done(job):
                    self.act("harvest_jobs_run", source_id=source)
            if all(job["status"] == "Finished" for job in told.values()):
                reports = {kind: self.act("harvest_job_report", id=id) for kind, id in jobs.items()}
                return {kind: (told[kind]["stats"], reports[kind]) for kind in jobs}
            assert time.monotonic() < deadline, told
            time.sleep(1)

    def _is_done(self, job: Mapping[str, Any]) -> bool:
        """Whether each dataset has come to its end, though no one has said so of the job."""
        ended = sum(job["stats"].get(end) or 0 for end in ("added", "updated", "not modified", "errored"))
        return bool(job["gather_finished"]) and ended >= len(self.wanted.datasets)

    def clean(self) -> None:
        headers = {"Authorization": self.asked.tokens["admin"]}
        found = self.asked.session.get(
            f"{self.asked.url}/api/3/action/package_search?rows=1000&include_private=true",
            headers=headers,
            timeout=60,
        ).json()["result"]["results"]
        gone = [("harvest_source_clear", id) for id in self.sources]
        gone += [("dataset_purge", id) for id in (*(record["id"] for record in found), *self.sources)]
        gone += [("organization_purge", o.name) for o in self.wanted.organizations]
        gone += [("organization_purge", OWNER), *(("group_purge", g.name) for g in self.wanted.groups)]
        for action, id in gone:
            url = f"{self.asked.url}/api/3/action/{action}"
            self.asked.session.post(url, json={"id": id}, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def harvested(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvested]:
    asked = catalogues.real()
    if isinstance(asked, str):
        pytest.skip(asked)
    folder = tmp_path_factory.mktemp("twin")
    with ExitStack() as stack:
        address, wanted = stack.enter_context(twin.served(demo_home, folder / "home", OFFICES))
        for command in ("gather-consumer", "fetch-consumer"):
            stack.enter_context(consumer(command, folder / command))
        found = Harvested(asked, address, wanted)
        stack.callback(asked.session.close)
        stack.callback(found.clean)
        found.reports = found.run()
        yield found


class consumer:
    """One of ckanext-harvest's own processes."""

    def __init__(self, command: str, log: Path) -> None:
        program = catalogues.STATE.resolve() / "venv/bin/ckan"
        self.log = log.open("wb")
        self.process = subprocess.Popen(
            [program, "-c", catalogues.STATE.resolve() / "ckan.ini", "harvester", command],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> None:
        return None

    def __exit__(self, *problem: object) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


def records(address: str) -> dict[str, dict[str, Any]]:
    found = requests.get(f"{address}/api/3/action/package_search?rows=1000", timeout=60).json()["result"]
    return {record["name"]: record for record in found["results"]}


def told(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without what each catalogue notes for itself; names instead of what stands for them."""
    extras = {e["key"]: e["value"] for e in record["extras"] if not e["key"].startswith("harvest_")}
    plain = {key: value for key, value in record.items() if key not in OWN}
    resources = [{k: v for k, v in r.items() if k not in OWN} for r in record["resources"]]
    named = {key: sorted(item["name"] for item in record[key]) for key in ("tags", "groups")}
    return plain | named | {"extras": extras, "resources": resources,
                            "organization": record["organization"]["name"]}  # fmt: skip


def test_both_harvesters_are_done_without_an_error(harvested: Harvested) -> None:
    for stats, report in harvested.reports.values():
        assert (stats["added"], stats["errored"]) == (len(harvested.wanted.datasets), 0)
        assert report == {"gather_errors": [], "object_errors": {}}


def test_the_ckan_harvester_takes_every_field(harvested: Harvested) -> None:
    source, there = records(harvested.address), records(harvested.asked.url)
    assert len(source) == len(harvested.wanted.datasets)
    for name, record in source.items():
        assert told(there[name]) == told(record)


def test_every_file_arrives_byte_by_byte(harvested: Harvested) -> None:
    there, compared = records(harvested.asked.url), 0
    for dataset in harvested.wanted.datasets:
        for resource in there[dataset.name]["resources"]:
            if resource["hash"]:
                content = requests.get(resource["url"], timeout=60).content
                assert len(content) == resource["size"]
                assert hashlib.sha256(content).hexdigest() == resource["hash"]
                compared += 1
    assert compared == 4 * len(harvested.wanted.datasets)  # CSV, workbook, Parquet, data package


def test_the_rdf_harvester_takes_what_dcat_can_say(harvested: Harvested) -> None:
    source = records(harvested.address)
    there = {}
    for record in records(harvested.asked.url).values():
        extras = {e["key"]: e["value"] for e in record["extras"]}
        if record["organization"]["name"] == OWNER and "identifier" in extras:
            there[extras["identifier"]] = (record, extras)
    assert there.keys() == source.keys()
    for name, (record, extras) in there.items():
        expected = source[name]
        mine = {e["key"]: e["value"] for e in expected["extras"]}
        same = ("title", "notes", "version")
        assert {key: record[key] for key in same} == {key: expected[key] for key in same}
        assert sorted(t["name"] for t in record["tags"]) == sorted(t["name"] for t in expected["tags"])
        assert (extras["temporal_start"], extras["temporal_end"]) == (
            mine["temporal_start"],
            mine["temporal_end"],
        )
        files = {(r["url"], r["hash"], r["size"]) for r in record["resources"] if r["hash"]}
        assert files == {
            (r["url"], r["hash"], r["size"])
            for r in expected["resources"]
            if r["hash"] and "datapackage" not in r
        }
