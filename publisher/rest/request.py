"""A request and its answer without HTTP machinery: what a route hands over and gets back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    api: str  # "v1" | "v2"
    path: str  # below the API's base, raw (percent-encoded), e.g. "data/dataflow/LMIS/DF_LF/1.0.0/*"
    query: str = ""  # raw query string: `+` must not have become a space
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    method: str = "GET"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    chunks: Iterable[bytes]  # the first is already drawn: the status will not change
    error: Exception | None = None  # what is refused, for callers in the same process
