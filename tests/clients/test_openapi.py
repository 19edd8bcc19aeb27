"""Requests made from the description of REST 2.2.2: no fault, and no status that it does not name.

`SEED=… make schemathesis` repeats a run; EXAMPLES=… makes more of them.
"""

from __future__ import annotations

import os
import random

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings

from tests.clients.official import DOCUMENT, STATUSES

pytestmark = pytest.mark.slow
SEED = int(os.environ.get("SEED") or random.randrange(2**32))
EXAMPLES = int(os.environ.get("EXAMPLES") or 60)
schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module", autouse=True)
def _told() -> None:
    print(f"\nSEED={SEED}")


@schema.parametrize()
@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
def test_no_fault_and_no_other_status(case: schemathesis.Case, base: str) -> None:
    response = case.call(base_url=f"{base}/sdmx/v2")
    assert response.status_code in STATUSES
    assert response.status_code < 500 or response.status_code == 501, response.text[:500]
    if response.content:
        assert response.headers["content-type"][0].startswith("application/vnd.sdmx.")
