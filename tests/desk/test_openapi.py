"""The desk's own description: every route is in it, tools take it, and what the desk answers fits it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from publisher.desk import ahead, people
from publisher.desk.api import OPEN, ROUTES, create_app
from publisher.desk.openapi import WORDS, document
from tests.desk.test_api import EXPIRES, bearer, zipped
from tests.desk.world import World

DOCUMENT = document((row[:3] for row in ROUTES), OPEN)


def test_every_route_is_described() -> None:
    assert {(rule, method) for rule, method, _, _ in ROUTES} == set(WORDS)
    operations = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) == len(ROUTES)


@pytest.mark.slow
def test_tools_take_it() -> None:
    import schemathesis

    schemathesis.openapi.from_dict(DOCUMENT).validate()


@pytest.mark.slow
def test_two_people_over_http_and_what_is_answered_fits(tmp_path: Path) -> None:
    """From the upload to the public and a purge, by two tokens; each answer is held against its schema."""
    world = World(tmp_path)
    client = create_app(world.desk).test_client()
    world.desk.folder.mkdir(parents=True)
    issue = people.issue
    siti, budi = (
        bearer(issue(world.desk.folder, n, "ALPHA", "controller", EXPIRES)) for n in ("siti", "budi")
    )

    def call(who: dict[str, str], method: str, rule: str, status: int, key: str = "", **sent: Any) -> Any:
        answer = client.open(rule.replace("{key}", key), method=method, headers=who, **sent)
        assert answer.status_code == status, (rule, answer.text)
        told = DOCUMENT["paths"][rule][method.lower()]["responses"]
        schema = told.get(str(status), told["default"])["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json, {**schema, "components": DOCUMENT["components"]})
        return answer.json

    data = zipped(world.package("ALPHA", "1", y2024="271828.18", y2023="1"))
    made = call(siti, "POST", "/releases", 201, data=data)["submission"]
    key = made["key"]
    call(siti, "POST", "/releases", 422, data=b"no package")
    call(siti, "POST", "/releases/{key}/approve", 409, key, json={})
    assert "siti" in call(siti, "POST", "/releases/{key}/schedule", 200, key, json={})["waits_for"]
    assert "colleague" in call(siti, "POST", "/releases/{key}/approve", 409, key, json={})["error"]
    content = call(budi, "GET", "/releases/{key}/diff", 200, key)["content"]
    assert (
        "content changed"
        in call(budi, "POST", "/releases/{key}/approve", 409, key, json={"content": "x"})["error"]
    )
    call(budi, "POST", "/releases/{key}/approve", 200, key, json={"content": content})
    assert ahead.release_due(world.desk) == ["alpha-1"]
    assert [seen["by"] for seen in call(siti, "GET", "/releases/{key}", 200, key)["seen_by"]] == ["budi"]
    cell = {"dataflow": "DF_JOBS", "cells": "A.AA", "periods": "2024", "reason": "one employer"}
    call(siti, "POST", "/purges", 400, json={"dataflow": "DF_JOBS"})
    purge = call(siti, "POST", "/purges", 201, json=cell)
    assert purge["two_persons"]
    assert call(budi, "GET", "/releases/{key}/diff", 200, purge["key"])["cells"]
    call(siti, "POST", "/releases/{key}/approve", 409, purge["key"], json={})
    call(budi, "POST", "/releases/{key}/approve", 200, purge["key"], json={})
    assert ahead.release_due(world.desk) == [purge["release"]]
    for rule in ("/releases", "/calendar", "/log", "/healthz", "/openapi.json"):
        call(siti, "GET", rule, 200)


@pytest.mark.slow
def test_a_rule_that_is_switched_off_shows(tmp_path: Path) -> None:
    world = World(tmp_path, two_persons=False)
    client = create_app(world.desk).test_client()
    world.desk.folder.mkdir(parents=True)
    siti = bearer(people.issue(world.desk.folder, "siti", "ALPHA", "controller", EXPIRES))
    assert client.get("/healthz").json == {"status": "ok", "late": 0, "two_persons": False}
    data = zipped(world.package("ALPHA", "1", y2024="1"))
    made = client.post("/releases", data=data, headers=siti).json["submission"]  # type: ignore[index]
    assert made["two_persons"] is False
    client.post(f"/releases/{made['key']}/schedule", json={}, headers=siti)
    assert ahead.release_due(world.desk) == ["alpha-1"]
    log = client.get("/log", headers=siti).json
    assert [event["detail"]["two_persons"] for event in log if event["action"] == "submit"] == [False]  # type: ignore[union-attr]
