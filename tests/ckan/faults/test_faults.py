"""Whatever happens at whatever call, the catalogue says what was published: each record once, and whole.

`make catalogue-faults` runs every fault at every call and prints the table; here is a sample of them. Then
the publisher is killed at each call, and two publish at the same time.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue import ckan
from catalogue.outbox import Outbox
from catalogue.record import Catalogue
from tests.ckan.faults import publishing, runs
from tests.ckan.faults.proxy import FAULTS
from tests.ckan.faults.publishing import Tried, renamed, state

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
SEED = int(os.environ.get("SEED") or random.randrange(10**6))
CALLS = 46  # of a publication from one state to the other


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[runs.Place]:
    with runs.embedded(tmp_path_factory.mktemp("faults")) as place:
        assert place.calls() == CALLS
        yield place


@pytest.fixture(scope="module")
def real() -> Iterator[runs.Place]:
    with runs.real() as place:
        if isinstance(place, str):
            pytest.skip(place)
        yield place


def test_a_sample_of_faults_on_the_embedded_catalogue(place: runs.Place) -> None:
    assert len(FAULTS) >= 17
    print(f"SEED={SEED}")
    rows = runs.table(place, runs.sample(CALLS, SEED, len(FAULTS)))
    assert rows.keys() == set(FAULTS)


def test_a_sample_of_faults_on_a_real_ckan(real: runs.Place, capsys: pytest.CaptureFixture[str]) -> None:
    calls = real.calls()
    rows = runs.table(real, runs.sample(calls, SEED))
    assert sum(row.runs for row in rows.values()) >= 60
    with capsys.disabled():
        print("\n" + runs.told(f"real CKAN, {calls} calls a publication, SEED={SEED}", rows))


@pytest.mark.parametrize("at", range(CALLS))
@pytest.mark.parametrize("when", ["kill_before", "kill_after"])
def test_a_publisher_that_is_killed_goes_on_from_there(
    place: runs.Place, tmp_path: Path, at: int, when: str
) -> None:
    publishing.publish(place.url, place.token, state(1), Tried(), 10.0)
    publishing.purge(place.admin(), state(1))
    box = Outbox(tmp_path / "outbox")
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.ckan.faults.child", place.proxy, "2", str(box.folder)],
        cwd=ROOT,
        env=os.environ | {"LMIS_CKAN_TOKEN": place.token},
    )
    place.world.kill = lambda: os.kill(child.pid, signal.SIGKILL)
    place.world.begin(when, at)
    assert child.wait(60) == -signal.SIGKILL
    place.world.begin("", -1)
    assert [job.vintage for job in box.waiting()] == [2]  # nothing is forgotten
    with ckan.Remote(place.url) as reader:
        publishing.check_between(reader, state(1), state(2))
        publishing.publish(place.url, place.token, state(2), Tried(), 10.0)
        publishing.check(reader, state(2))


def at_once(place: runs.Place, *wanted: Catalogue) -> None:
    problems: list[BaseException] = []

    def one(catalogue: Catalogue) -> None:
        try:
            publishing.publish(place.url, place.token, catalogue, Tried(), 30.0)
        except BaseException as exc:
            problems.append(exc)

    threads = [threading.Thread(target=one, args=(catalogue,)) for catalogue in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems


OFFICES = ("contract-east", "contract-west")  # no other test has these


def forget(place: runs.Place) -> None:
    for office in OFFICES:
        for number in (1, 2):
            for dataset in renamed(state(number), office).datasets:
                runs.without_table(place, dataset.resources[0].id)
                runs.gone(place, "dataset_purge", dataset.name)
        runs.gone(place, "organization_purge", office)
    runs.gone(place, "group_purge", "contract-topic")


@pytest.mark.parametrize("which", ["place", "real"])
def test_two_offices_publish_at_once(request: pytest.FixtureRequest, which: str) -> None:
    """From nothing, so that both make the group that they share; then both change."""
    there: runs.Place = request.getfixturevalue(which)
    runs.clean(there)
    forget(there)
    for number in (1, 2):
        wanted = [renamed(state(number), office) for office in OFFICES]
        at_once(there, *wanted)
        with ckan.Remote(there.url) as reader:
            for catalogue in wanted:
                publishing.check(reader, catalogue)
            assert reader.action.group_list().count("contract-topic") == 1
    forget(there)


@pytest.mark.parametrize("which", ["place", "real"])
def test_the_same_is_published_twice_at_once(request: pytest.FixtureRequest, which: str) -> None:
    there: runs.Place = request.getfixturevalue(which)
    runs.clean(there)
    at_once(there, state(1), state(1))
    with ckan.Remote(there.url) as reader:
        publishing.check(reader, state(1))
    runs.clean(there)
