"""What waits for a catalogue survives; a release never waits for one."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from catalogue import ckan
from catalogue.outbox import FIRST, MOST, Outbox
from catalogue.record import Catalogue
from publisher.errors import CatalogueError, UsageError
from publisher.release import catalogues
from publisher.settings import Settings, load
from publisher.store.lock import locked
from tests.catalogue.test_sync import WANTED, Slow


def box(folder: Path) -> Outbox:
    return Outbox(folder / "outbox", clock=lambda: 1000.0)


def test_a_job_is_there_for_another_process(tmp_path: Path) -> None:
    box(tmp_path).put(3)
    assert [job.vintage for job in box(tmp_path).waiting()] == [3]


def test_doing_the_youngest_does_the_older_ones(tmp_path: Path) -> None:
    jobs = [box(tmp_path).put(vintage) for vintage in (1, 12, 3)]
    assert [job.vintage for job in box(tmp_path).waiting()] == [12, 3, 1]
    box(tmp_path).done(jobs[2])
    assert [job.vintage for job in box(tmp_path).waiting()] == [12]


def test_each_failure_waits_longer_up_to_half_a_minute(tmp_path: Path) -> None:
    job, pauses = box(tmp_path).put(1), []
    for _ in range(7):
        job = box(tmp_path).failed(job, "down")
        pauses.append(job.due - 1000)
    assert pauses == [min(FIRST * 2**n, MOST) for n in range(7)]
    assert box(tmp_path).waiting() == (job,)


def test_what_is_no_job_is_passed_over(tmp_path: Path) -> None:
    box(tmp_path).put(1)
    (tmp_path / "outbox" / "000009.json").write_text("{", encoding="utf-8")
    assert [job.vintage for job in box(tmp_path).waiting()] == [1]


@pytest.fixture
def nobody_listens(demo_home: Path, tmp_path: Path) -> Settings:
    """The demo, its own outbox, and a CKAN that there is not."""
    (tmp_path / "public").symlink_to(demo_home / "public", target_is_directory=True)
    return replace(load(tmp_path, environ={}), ckan_url="http://127.0.0.1:9", ckan_token="secret-token")


def test_without_a_ckan_a_release_says_so_and_keeps_the_job(
    nobody_listens: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "AT_ONCE", 0.2)
    told = catalogues.announce(nobody_listens, lambda message: None)
    assert "not up to date" in told
    assert "lmis catalogue sync" in told
    assert "secret-token" not in told
    jobs = catalogues.outbox(nobody_listens).waiting()
    assert len(jobs) == 1
    assert "secret-token" not in jobs[0].problem
    monkeypatch.setattr(catalogues, "LATER", 0.2)
    with pytest.raises(CatalogueError, match="not up to date"):
        catalogues.sync(nobody_listens, lambda message: None)


def test_a_release_that_comes_meanwhile_is_brought_as_well(
    api: ckan.InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = [1]

    def records(snapshot: Any, settings: Settings) -> Catalogue:
        titled = replace(WANTED.datasets[0], title=f"Of release {snapshot.number}")
        return replace(WANTED, datasets=(titled,))

    for name, made in {
        "Home": lambda path: SimpleNamespace(number=lambda: public[0]),
        "current": lambda home: SimpleNamespace(number=home.number()),
        "records": records,
        "_remote": lambda settings: nullcontext(
            Slow(api, "package_create", lambda: public.append(public.pop() + 1))
        ),
    }.items():
        monkeypatch.setattr(catalogues, name, made)
    monkeypatch.setattr(ckan, "Remote", lambda address: nullcontext(api))
    settings = replace(load(tmp_path, environ={}), ckan_url="http://127.0.0.1:9")
    told = catalogues.announce(settings, lambda message: None)
    assert "is up to date" in told
    assert api.action.package_show(id=WANTED.datasets[0].name)["title"] == "Of release 2"


def test_one_sync_of_a_home_at_a_time(nobody_listens: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "AT_ONCE", 0.05)
    with locked(catalogues.outbox(nobody_listens).folder / "sync.lock"):
        told = catalogues.announce(nobody_listens, lambda message: None)
    assert "another process of this home is still bringing it there" in told
    assert len(catalogues.outbox(nobody_listens).waiting()) == 1


def test_no_ckan_is_set(demo_home: Path) -> None:
    settings = load(demo_home, environ={})
    assert catalogues.announce(settings, lambda message: None) == ""
    with pytest.raises(UsageError, match="LMIS_CKAN_URL"):
        catalogues.plan(settings)
