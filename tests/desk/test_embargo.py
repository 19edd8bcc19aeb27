"""Until the instant nothing that the public can ask tells anything of what is not public."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, Response, request

from publisher.desk import actions, units
from publisher.release import calendar, catalogues
from publisher.store import current
from publisher.web import fresh
from publisher.web.app import create_app
from publisher.web.context import Lmis
from tests.desk import probes
from tests.desk.conftest import begun, twin, web
from tests.desk.world import ALI, ANNA, CARA, CID, START, World


def test_every_route_has_a_probe(tmp_path: Path) -> None:
    routes = {rule.endpoint for rule in create_app(World(tmp_path).settings).url_map.iter_rules()}
    missing = routes - probes.PROBES.keys()
    assert not missing, f"tests/desk/probes.py has no address for {missing}: what could it tell early?"


def secret(world: World) -> None:
    """What only one of two worlds has: a checked draft, a release for tomorrow, one never approved."""
    desk = world.desk
    for person, office, release, instant in (
        (ANNA, "ALPHA", "secret", START + timedelta(days=1)),
        (CARA, "GAMMA", "1", START + timedelta(hours=5)),
        (CARA, "GAMMA", "secret", None),
    ):
        values = {"y2024": "99999.5", "y2025": "88888.5"}
        made, _ = actions.submit(desk, person, [world.package(office, release, **values)])
        if instant:
            actions.schedule(desk, person, made.key, instant)
            actions.approve(desk, ALI if person is ANNA else CID, made.key)
    actions.difference(desk, ALI, "alpha-secret")


def differences(one: Flask, other: Flask) -> Iterator[str]:
    """Where two webs do not answer the same, to the byte."""
    for method in ("GET", "HEAD"):
        for path in probes.ALL:
            ours, theirs = (probes.ask(app, path, method) for app in (one, other))
            if ours != theirs:
                yield f"{method} {path}"


@pytest.fixture(scope="module")
def hidden(beginning: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that begins as the others do, and has secrets."""
    world = twin(beginning, tmp_path_factory.mktemp("hidden"))
    secret(world)
    return world.settings.home


@pytest.fixture
def worlds(beginning: Path, hidden: Path, tmp_path: Path, frozen: list[World]) -> tuple[World, World]:
    """Two that begin alike; the second has secrets."""
    plain, with_secrets = twin(beginning, tmp_path / "a"), twin(hidden, tmp_path / "b")
    frozen.append(plain)
    return plain, with_secrets


@pytest.mark.slow
def test_two_worlds_that_differ_in_secrets_look_the_same(worlds: tuple[World, World]) -> None:
    one, other = worlds
    assert list(differences(web(one), web(other))) == []
    assert probes.on_disk(one.settings.home) == probes.on_disk(other.settings.home)


@pytest.mark.slow
def test_the_web_opens_nothing_of_the_desk(worlds: tuple[World, World]) -> None:
    _, world = worlds
    app = web(world)
    opened: list[str] = []
    listening = [True]

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if listening[0] and event in ("open", "os.listdir", "os.scandir"):
            opened.append(str(arguments[0]))

    sys.addaudithook(hear)  # for the rest of the process
    for path in probes.ALL:
        probes.ask(app, path)
    listening[0] = False
    assert any(str(world.settings.home / "public") in path for path in opened)
    assert not [path for path in opened if str(world.settings.home / "desk") in path]


# An answer that may be kept for ever says in its address of which vintage or content it is.
FOR_EVER = re.compile(r"/files/\d+/|/static/[^/]+/")


@pytest.mark.slow
@pytest.mark.parametrize(
    "left", [timedelta(hours=1), timedelta(seconds=7), timedelta(milliseconds=300), timedelta(0)]
)
def test_nothing_is_kept_past_the_next_announced_release(
    beginning: Path, tmp_path: Path, frozen: list[World], left: timedelta
) -> None:
    world = twin(beginning, tmp_path)
    world.clock = datetime(2026, 3, 4, 10, tzinfo=UTC) - left
    frozen.append(world)
    app = web(world)
    kept = {}
    for path in probes.ALL:
        told = probes.ask(app, path)
        control = dict(told.headers).get("Cache-Control", "")
        seconds = re.search(r"max-age=(\d+)", control)
        if "immutable" in control:
            is_right = told.status.startswith("200") and bool(FOR_EVER.match(path))
        elif seconds:
            is_right = int(seconds[1]) <= left.total_seconds()
        else:
            is_right = "no-store" in control or "no-cache" in control
        if not is_right:
            kept[path] = f"{told.status}: {control or 'nothing is said'}"
    assert kept == {}


# -- planted leaks ------------------------------------------------------------------------------

Plant = Callable[[World, pytest.MonkeyPatch], Callable[[Flask], None] | None]


def held(world: World) -> list[str]:
    """What a program that leaks would have at hand."""
    return [s.release for s in world.desk.submissions().values() if s.is_pending]


def answering(endpoint: str, change: Callable[[Response, list[str]], None]) -> Plant:
    """A route that changes its answer by what is pending."""

    def plant(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Flask], None]:
        def leak(response: Response) -> Response:
            pending = held(world)
            asked = "sdmx" if request.path.startswith("/sdmx") else request.endpoint
            if asked == endpoint and pending:
                change(response, pending)
            return response

        return lambda app: app.after_request(leak) and None

    return plant


def header(name: str) -> Callable[[Response, list[str]], None]:
    def change(response: Response, pending: list[str]) -> None:
        response.headers[name] = f'"{len(pending)}"'

    return change


def body(response: Response, pending: list[str]) -> None:
    response.set_data(response.get_data() + str(len(pending)).encode())


def status(response: Response, pending: list[str]) -> None:
    if response.status_code == 404:
        response.status_code = 403


def staged_in_public(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for unit in units.units(world.desk.staged):
        (world.settings.home / "public" / unit.folder.name).symlink_to(unit.folder)


def unannounced_instants(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that are kept no longer than to any release, announced or not."""

    def coming(lmis: Lmis) -> tuple[calendar.Entry, ...]:
        soon = (world.clock + timedelta(seconds=10)).isoformat()
        return tuple(calendar.Entry(k, "", {}, soon, "UTC") for k in held_in(lmis))

    monkeypatch.setattr(fresh, "coming", coming)


def held_in(lmis: Lmis) -> list[str]:
    path = lmis.settings.home / "desk" / "log.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if json.loads(line)["action"] == "approve"][2:]


def staged_units(lmis: Lmis) -> list[units.Unit]:
    return units.units(lmis.settings.home / "desk" / "staged")


def newest_staged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The staged vintage is served as if it were public."""
    real = Lmis.snapshot

    def snapshot(self: Lmis) -> object:
        found = staged_units(self)
        return current(found[0].home) if found else real(self)

    monkeypatch.setattr(Lmis, "snapshot", snapshot)


def records_too_early(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The public catalogue is written when a release is staged, at a number that is public."""
    for unit in units.units(world.desk.staged):
        public = world.settings.home / "public" / units.CATALOGUE
        public.write_bytes((unit.home.public / units.CATALOGUE).read_bytes())
    monkeypatch.setattr(Lmis, "number", lambda self: 9)


def files_too_early(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for unit in units.units(world.desk.staged):
        for pages in (unit.home.public / "pages").iterdir():
            target = world.settings.home / "public" / "pages" / pages.name
            if not target.exists():
                target.symlink_to(pages)
    monkeypatch.setattr(Lmis, "number", lambda self: 9)


def in_the_calendar(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scheduled means announced."""
    found = [
        calendar.Entry(s.key, s.provider, {"en": s.release}, s.due.isoformat(), "UTC")
        for s in world.desk.submissions().values()
        if s.due and s.is_pending
    ]
    calendar.publish(world.desk.home, [*calendar.public(world.desk.home), *found])


def told_to_a_catalogue(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    if held(world):
        catalogues.outbox(world.settings).put(2)


LEAKS: dict[str, Plant] = {
    **{f"{endpoint} body": answering(endpoint, body) for endpoint in (
        "sdmx", "pages.home", "pages.releases", "pages.dataset_list", "feeds.json", "calendar.ics",
        "actions.act", "harvest.feed_of", "harvest.sitemap", "health.healthz",
    )},
    **{f"{endpoint} {name}": answering(endpoint, header(name)) for endpoint, name in (
        ("sdmx", "ETag"), ("sdmx", "Last-Modified"), ("pages.home", "Cache-Control"), ("feeds.atom", "ETag"),
        ("pages.docs", "Vary"), ("files.vintage_file", "Content-Disposition"), ("pages.dataset", "X-Cache"),
    )},
    **{f"{endpoint} status": answering(endpoint, status) for endpoint in (
        "sdmx", "pages.release", "files.vintage_file", "actions.act",
    )},
    "names on disk": staged_in_public,
    "unannounced instants": unannounced_instants,
    "the staged vintage": newest_staged,
    "the catalogue": records_too_early,
    "the files": files_too_early,
    "the calendar": in_the_calendar,
    "the outbox": told_to_a_catalogue,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("leak", list(LEAKS))
def test_planted_leaks_are_found(
    worlds: tuple[World, World], leak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    apps = []
    for world in worlds:
        late = LEAKS[leak](world, monkeypatch)
        app = create_app(world.settings)
        if late:
            late(app)
        apps.append(app)
    on_disk = [probes.on_disk(world.settings.home) for world in worlds]
    assert on_disk[0] != on_disk[1] or next(differences(*apps), None)


# -- another user -------------------------------------------------------------------------------


@contextmanager
def readable_by_all() -> Iterator[Path]:
    """A folder that other users can reach; pytest's own cannot."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "setuid") or os.getuid() != 0, reason="only root can become another user")
def test_the_web_as_another_user(frozen: list[World]) -> None:
    """It answers everything from what it may read, and can read nothing of the desk."""
    with readable_by_all() as place:
        world = begun(place)
        secret(world)
        frozen.append(world)
        app = web(world)
        before = [probes.ask(app, path) for path in probes.ALL]  # also loads what only root may read
        code = _as_nobody(lambda: _look(world, app, before))
    assert code == 0


def _look(world: World, app: Flask, before: list[probes.Seen]) -> None:
    desk = world.settings.home / "desk"
    for path in (desk, desk / "log.jsonl", desk / "staged"):
        with pytest.raises(PermissionError):
            list(path.iterdir()) if path.suffix == "" else path.read_bytes()
    app.extensions.pop("lmis.sdmx", None)  # nothing kept: it is read again
    fresh_app = web(world)
    for path, seen in zip(probes.ALL, before, strict=True):
        assert probes.ask(fresh_app, path) == seen, path


def _as_nobody(act: Callable[[], None]) -> int:
    """The exit code of a process of another user that does `act`."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            act()
            code = 0
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
