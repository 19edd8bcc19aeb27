"""One contract, two catalogues: what a real CKAN 2.12 answered is on file, and both answer like that.

`LMIS_CKAN_RECORD=1 make contract` writes the file anew from the real one.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from tests.ckan.contract.cases import CASES, SEARCHES, Case
from tests.ckan.contract.catalogues import RECORDED, Asked


def recorded() -> dict[str, Any]:
    """Case by case, one a line."""
    lines = RECORDED.read_text(encoding="utf-8").splitlines() if RECORDED.exists() else []
    return {row["case"]: row["answer"] for row in map(json.loads, lines)}


EXPECTED = recorded()
EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def test_every_case_has_its_own_name_and_is_on_file() -> None:
    assert len({case.name for case in CASES}) == len(CASES) == len(EXPECTED)
    assert len(SEARCHES) >= 200


def test_the_embedded_catalogue(twin: Asked) -> None:
    wrong = {case.name for case in CASES if twin.plain(case, twin.answers[case.name]) != EXPECTED[case.name]}
    assert not wrong


@pytest.mark.slow
@EACH
def test_the_embedded_catalogue_case_by_case(twin: Asked, case: Case) -> None:
    assert twin.plain(case, twin.answers[case.name]) == EXPECTED[case.name]


@pytest.mark.slow
@EACH
def test_a_real_ckan(real: Asked, case: Case) -> None:
    assert real.plain(case, real.answers[case.name]) == EXPECTED[case.name]


@pytest.mark.slow
@pytest.mark.skipif(
    "LMIS_CKAN_RECORD" not in os.environ, reason="LMIS_CKAN_RECORD is not set: nothing is recorded"
)
def test_record(real: Asked) -> None:
    rows = ({"case": case.name, "answer": real.plain(case, real.answers[case.name])} for case in CASES)
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    RECORDED.write_text("\n".join(lines) + "\n", encoding="utf-8")
