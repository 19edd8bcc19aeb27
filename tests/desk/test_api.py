"""The offices' API: every role at every route in every state, and a release from upload to the public."""

from __future__ import annotations

import io
import logging
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from publisher.desk import actions, ahead, people
from publisher.desk.api import OPEN, ROUTES, create_app
from publisher.desk.states import STATES
from tests.desk.world import ALI, ANNA, START, World

EXPIRES = (START + timedelta(days=30)).isoformat()


def tokens(world: World) -> dict[str, str]:
    """A token for each role of ALPHA, an approver of BETA's, one that expired, and none."""
    world.desk.folder.mkdir(parents=True, exist_ok=True)
    made = {
        role: people.issue(world.desk.folder, f"{role}-person", "ALPHA", role, EXPIRES)
        for role in people.ROLES
    }
    made["other office"] = people.issue(world.desk.folder, "bea", "BETA", "controller", EXPIRES)
    made["expired"] = people.issue(world.desk.folder, "old", "ALPHA", "controller", START.isoformat())
    return made | {"nobody": "", "guessed": "x" * 43}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def zipped(package: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path in package.iterdir():
            archive.write(path, path.name)
    return made.getvalue()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.desk).test_client()


def in_state(world: World, state: str) -> str:
    """The key of a submission of ALPHA's in `state`."""
    package = world.package("ALPHA", "1", y2024="1")
    if state == "draft":
        return actions.submit(world.desk, ANNA, [world.package("ALPHA", "1", y2024="one")])[0].key
    key = actions.submit(world.desk, ANNA, [package])[0].key
    if state == "withdrawn":
        actions.withdraw(world.desk, ANNA, key, "no")
    if state in ("scheduled", "released", "superseded"):
        actions.schedule(world.desk, ANNA, key, None)
    if state in ("released", "superseded"):
        actions.approve(world.desk, ALI, key)
        ahead.release_due(world.desk)
    if state == "superseded":
        again = actions.submit(world.desk, ANNA, [world.package("ALPHA", "2", y2024="2")])[0].key
        actions.schedule(world.desk, ANNA, again, None)
        actions.approve(world.desk, ALI, again)
        ahead.release_due(world.desk)
    assert world.desk.find(key).state == state
    return key


# right → states in which it does something
USEFUL = {
    "submit": {"draft", "checked", "scheduled"},
    "preview": {"checked", "scheduled"},
    "schedule": {"checked", "scheduled"},
    "approve": {"scheduled"},
    "withdraw": {"draft", "checked", "scheduled", "released"},
}


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_each_role_at_each_route_in_each_state(world: World, client: FlaskClient, state: str) -> None:
    """401 without a good token, 403 without the right, 404 for what is another office's, 4xx out of state."""
    key, held = in_state(world, state), tokens(world)
    order = {"submit": 4, "withdraw": 5, "approve": 3, "schedule": 2}  # what changes the state comes last
    routes = sorted((r for r in ROUTES if "<key>" in r[0]), key=lambda r: order.get(r[2], 0))
    for who, token in held.items():
        if who in people.ROLES:
            continue
        for rule, method, _right, _ in routes:
            answer = client.open(_path(rule, key), method=method, headers=bearer(token), json={})
            expected = 404 if who == "other office" else 401
            assert answer.status_code == expected, (who, method, rule)
    for role, rights in people.ROLES.items():
        for rule, method, right, _ in routes:
            if right in rights and (right in USEFUL):
                continue
            answer = client.open(_path(rule, key), method=method, headers=bearer(held[role]), json={})
            assert answer.status_code == (200 if right in rights else 403), (role, method, rule)
    body = {"reason": "a mistake"}
    for rule, method, right, _ in routes:
        if right not in USEFUL or method == "PUT":
            continue
        now = world.desk.find(key).state
        answer = client.open(_path(rule, key), method=method, headers=bearer(held["controller"]), json=body)
        fits = now in USEFUL[right]
        assert (answer.status_code < 400) is fits or "preview/" in rule, (now, method, rule, answer.text)


def _path(rule: str, key: str) -> str:
    return rule.replace("<key>", key).replace("<path:path>", "en/releases")


def test_nothing_is_open_but_the_health(client: FlaskClient) -> None:
    for rule, method, right, _ in ROUTES:
        path = _path(rule, "x").replace("<id>", "x")
        assert client.open(path, method=method).status_code == (200 if right == OPEN else 401), rule


def test_from_the_upload_to_the_public(
    world: World, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    held = tokens(world)
    submitter, approver = bearer(held["submitter"]), bearer(held["approver"])
    data = zipped(world.package("ALPHA", "1", y2024="1.5"))
    curls = "application/x-www-form-urlencoded"  # what `curl --data-binary` says
    made = client.post("/releases", data=data, headers=submitter, content_type=curls)
    assert (made.status_code, made.json["report"]["valid"]) == (201, True)  # type: ignore[index]
    key = made.json["submission"]["key"]  # type: ignore[index]
    told = client.post(f"/releases/{key}/schedule", json={}, headers=approver)
    assert told.json["waits_for"].endswith("another person than submitter-person")  # type: ignore[index]
    seen = client.get(f"/releases/{key}/preview/en/releases", headers=approver)
    assert b"ALPHA 1" in seen.data
    assert seen.headers["X-Not-Public"]
    content = client.get(f"/releases/{key}/diff", headers=approver).json["content"]  # type: ignore[index]
    client.post(f"/releases/{key}/approve", json={"content": content}, headers=approver)
    assert ahead.release_due(world.desk) == ["alpha-1"]
    shown = client.get(f"/releases/{key}", headers=submitter).json
    assert [one["by"] for one in shown["seen_by"]] == ["approver-person"] * 2  # type: ignore[index]
    everything = caplog.text + world.desk.path.read_text(encoding="utf-8")
    kept = (world.desk.folder / "tokens.json").read_text(encoding="utf-8")
    assert not [token for token in held.values() if token and token in everything + kept]


def test_a_refused_package_gets_its_report(world: World, client: FlaskClient) -> None:
    token = bearer(tokens(world)["submitter"])
    answer = client.post("/releases", data=zipped(world.package("ALPHA", "1", y2024="one")), headers=token)
    assert answer.status_code == 422
    assert "one" in str(answer.json["report"])  # type: ignore[index]
    answer = client.post("/releases", data=b"no package", headers=token)
    assert (answer.status_code, answer.json["submission"]["state"]) == (422, "draft")  # type: ignore[index]


def test_revoked_tokens_are_good_no_more(world: World, client: FlaskClient) -> None:
    token = bearer(tokens(world)["reader"])
    assert client.get("/releases", headers=token).status_code == 200
    assert people.revoke(world.desk.folder, "reader-person") == 1
    assert client.get("/releases", headers=token).status_code == 401
