"""A purged figure leaves a real CKAN as it leaves the home: rows, metadata, what CKAN tells of the past."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from publisher import cli
from publisher.release.records import records
from publisher.settings import load
from publisher.store import Home, current
from tests.ckan.contract import catalogues
from tests.ckan.test_sync import Both
from tests.faults.forks import purge
from tests.faults.world import PURGED, deployment, packages

pytestmark = pytest.mark.slow
FIGURE = "17.6839822301624"  # of the period that leaves
DATASET = "phl-psa-df-une"


def told(both: Both) -> str:
    """All that anybody can read of the dataset, and what its editors can of its past."""
    seen = both.nobody.action
    return json.dumps(
        [
            seen.package_show(id=DATASET),
            seen.package_search(q=FIGURE),
            seen.datastore_search(resource_id=DATASET, limit=1000),
            both.admin.action.package_activity_list(id=DATASET, limit=100),
        ]
    )


def test_a_purged_figure_leaves_the_catalogue(tmp_path: Path) -> None:
    asked = catalogues.real()
    if isinstance(asked, str):
        pytest.skip(asked)
    both, home = Both(asked), tmp_path / "home"
    deployment(home)
    for package in packages(tmp_path):
        assert cli.main(["publish", str(package), "--home", str(home), "--quiet"]) == 0
    settings = load(home, environ={})
    both.sync(both.admin, records(current(Home(home)), settings))
    try:
        rows = both.nobody.action.datastore_search(resource_id=DATASET, limit=0)["total"]
        assert FIGURE in told(both)
        assert purge({"home": str(home)}) == {"code": 0}
        wanted = records(current(Home(home)), settings)
        assert both.sync(both.admin, wanted)
        assert both.sync(both.admin, wanted) == []
        after = told(both)
        assert FIGURE not in after
        assert f'"TIME_PERIOD": "{PURGED[2]}"' not in after
        assert both.nobody.action.datastore_search(resource_id=DATASET, limit=0)["total"] == rows - 1
    finally:
        both.clear(records(current(Home(home)), settings))
