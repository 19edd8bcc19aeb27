"""URLs of both generations of the SDMX REST API → the same frozen queries.

`parse(api, path, query)` reads one; `model` says what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from publisher.query import v1, v2
from publisher.query.model import Query

GENERATIONS: Mapping[str, Callable[[str, str], Query]] = {"v1": v1.parse, "v2": v2.parse}


def parse(api: str, path: str, query: str = "") -> Query:
    """What a raw path below the base of `api` ("v1", "v2") and a raw query string ask."""
    return GENERATIONS[api](path, query)
