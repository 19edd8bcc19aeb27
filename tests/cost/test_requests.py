"""Requests made to be dear: answered, or refused with the limit's own error, in bounded time and memory."""

# ruff: noqa: E501 — one request, one line

from __future__ import annotations

import resource
import time

import pytest

from publisher.rest import Request, answer
from publisher.store import Snapshot

pytestmark = pytest.mark.slow
SECONDS = 2.0
FLOW = "data/dataflow/LMIS/DF_LF/1.0.0"
CODES = [f"C{n}" for n in range(500)]
MANY = ",".join("application/xml;q=0.5" for _ in range(10_000))
DIMENSIONS = [
    "INDICATOR",
    "SEX",
    "AGE",
    "EDUCATION_LEV",
    "ACTIVITY",
    "OCCUPATION",
    "DURATION",
    "URBANISATION",
    "POP_COVERAGE",
    "SOURCE",
]

# what is asked: generation, path, query, headers → status
REQUESTS: dict[str, tuple[str, str, str, dict[str, str], int]] = {
    "key of 1 MB": ("v2", f"{FLOW}/{'M.' * 500_000}M", "", {}, 414),
    "key of 1 MB, 1.5": ("v1", f"data/DF_LF/{'A+' * 500_000}A", "", {}, 414),
    "500 codes in each of 13 dimensions": ("v1", "data/DF_LF/" + ".".join(["+".join(CODES)] * 14), "", {}, 414),
    "500 codes in one filter": ("v2", FLOW, f"c[SEX]={','.join(CODES)}", {}, 204),
    "60 codes in each of 10 filters": (
        "v2", FLOW, "&".join(f"c[{name}]={','.join(CODES[:60])}" for name in DIMENSIONS), {}, 204,
    ),
    "1,001 keys": ("v2", f"{FLOW}/{','.join(f'A.{n}' for n in range(1001))}", "", {}, 413),
    "201 positions": ("v2", f"{FLOW}/{'.'.join('*' * 201)}", "", {}, 400),
    "10,000 items in Accept": ("v2", FLOW, "limit=1", {"accept": MANY}, 200),
    "10,000 languages": ("v2", FLOW, "limit=1", {"accept-language": ",".join(["xx;q=0.1"] * 10_000)}, 200),
    "10,000 encodings": ("v2", FLOW, "limit=1", {"accept-encoding": ",".join(["x"] * 10_000)}, 200),
    "10,000 tags": ("v2", FLOW, "limit=1", {"if-none-match": ",".join(['"x"'] * 10_000)}, 200),
    "q that is no number": ("v2", FLOW, "limit=1", {"accept": "application/xml;q=NaN, */*;q=0.1"}, 200),
    "header of quotes": ("v2", FLOW, "limit=1", {"if-none-match": 'W/"' * 30_000}, 200),
    "date that is none": ("v2", FLOW, "limit=1", {"if-modified-since": "9" * 30_000}, 200),
    "type of commas and semicolons": ("v2", FLOW, "limit=1", {"accept": ";," * 30_000}, 200),
    "limit of 4,000 digits": ("v2", FLOW, f"limit={'9' * 4000}", {}, 400),
    "large limit": ("v2", FLOW, "limit=999999999&lastNObservations=999999999", {}, 200),
    "large offset": ("v2", FLOW, "offset=999999999", {}, 204),
    "huge limit": ("v2", FLOW, f"limit={2**63}", {}, 400),
    "huge offset": ("v2", FLOW, f"offset={2**70}", {}, 400),
    "huge lastNObservations": ("v2", FLOW, f"lastNObservations={2**70}", {}, 400),
    "3,000 parameters": ("v2", FLOW, "&".join(f"x{n}" for n in range(2000)), {}, 414),
    "3,000 path parts": ("v2", "/".join("x" * 3000), "", {}, 400),
    "everything with references": ("v2", "structure/*", "references=all", {}, 200),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_request(snapshot: Snapshot, name: str) -> None:
    api, path, query, headers, status = REQUESTS[name]
    answer(snapshot, Request("v2", FLOW, "limit=1"))  # the cube is open
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = answer(snapshot, Request(api, path, query, headers))
    size = sum(map(len, found.chunks))
    spent = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert found.status == status, (spent, size)
    assert spent < SECONDS
    assert grown < 256, f"{grown} MiB"


def test_time_grows_with_the_key_not_with_its_product(snapshot: Snapshot) -> None:
    """Twice the codes in each of the dimensions take no more than a few times as long."""

    def seconds(codes: int) -> float:
        query = "&".join(f"c[{name}]={','.join(CODES[:codes])}" for name in DIMENSIONS)
        started = time.process_time()
        for _ in range(5):
            sum(map(len, answer(snapshot, Request("v2", FLOW, query)).chunks))
        return time.process_time() - started

    seconds(10)
    assert seconds(80) < 10 * seconds(40) + 0.05
