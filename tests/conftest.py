"""What all tests share: the home that `lmis demo --no-serve` makes, made once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis

from publisher.release.demo import build
from publisher.settings import load

hypothesis.register_profile(
    "lmis", deadline=None
)  # timings are no tests: another process may have the machine
hypothesis.load_profile("lmis")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's home, without being written to by any test; the workers of one run share it."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-home"
    done, building = home.with_suffix(".done"), home.with_suffix(".building")
    try:
        building.mkdir()
    except FileExistsError:  # another worker is at it
        deadline = time.monotonic() + 300
        while not done.exists():
            assert time.monotonic() < deadline, "the worker that builds the demo did not finish"
            time.sleep(0.2)
        return home
    build(load(home, environ={}, sheet_languages="en,id"), lambda message: None)
    done.touch()
    return home


@pytest.hookimpl(trylast=True)  # after the slow tests are left out, or the first may be one of them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One test that needs the demo's home first, the others last: no worker waits while another builds it."""
    needing = [item for item in items if "demo_home" in getattr(item, "fixturenames", ())]
    others = [item for item in items if item not in set(needing)]
    items[:] = [*needing[:1], *others, *needing[1:]]
