"""`references=all` on 10,000 artefacts that refer to each other in a ring: each once, in bounded time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.rest import Request, answer
from publisher.store import Snapshot
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

pytestmark = pytest.mark.slow
COUNT = 10_000
SECONDS = 5.0


def ref(number: int) -> Ref:
    return Ref("codelist", "LMIS", f"CL_{number % COUNT}", "1.0.0")


def code_list(number: int) -> m.Codelist:
    """It extends the next one, and the one opposite."""
    others = tuple(m.CodelistExtension(ref(number + step)) for step in (1, COUNT // 2))
    return m.Codelist(
        f"CL_{number}", m.Text({"en": "Ring"}), agency="LMIS", version="1.0.0", extensions=others, own=()
    )


@pytest.fixture(scope="module")
def ring() -> Snapshot:
    instant = datetime(2025, 1, 1, tzinfo=UTC).isoformat()
    made = Snapshot({"number": 1, "instant": instant, "heads": {}, "releases": []}, (Path(),), Path())
    vars(made)["registry"] = Registry({ref(n): code_list(n) for n in range(COUNT)})
    return made


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("structure/codelist/LMIS/CL_0", "references=all"),
        ("structure/codelist", "references=all"),
        ("structure/codelist/LMIS/CL_0", "references=descendants"),
        ("structure/codelist/LMIS/CL_0", "references=ancestors"),
    ],
)
def test_ring(ring: Snapshot, path: str, query: str) -> None:
    started = time.process_time()
    found = answer(ring, Request("v2", path, f"{query}&detail=allstubs&format=structure"))
    body = b"".join(found.chunks)
    assert found.status == 200, body[:500]
    assert body.count(b"<str:Codelist ") == COUNT
    assert time.process_time() - started < SECONDS
