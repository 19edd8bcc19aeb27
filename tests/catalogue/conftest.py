"""An embedded catalogue with a few records, served by its blueprint."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue import ckan
from catalogue.call import Site
from catalogue.embedded import Embedded

SITE = Site("http://127.0.0.1:8470", "Labour market information")
NOON = datetime(2025, 10, 9, 4, 0, tzinfo=UTC)


@pytest.fixture
def catalogue(tmp_path: Path) -> Embedded:
    return Embedded(tmp_path / "catalogue.sqlite")


@pytest.fixture
def api(catalogue: Embedded) -> ckan.InProcess:
    """The publisher's view of vintage 1, with one organization and one group."""
    api = ckan.embedded(catalogue, 1, SITE, lambda: NOON)
    api.action.organization_create(name="mys-dosm", title="Department of Statistics Malaysia")
    api.action.group_create(name="employment", title="Employment")
    return api
