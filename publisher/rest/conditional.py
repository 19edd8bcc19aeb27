"""Entity tags and conditional requests.

Source: RFC 9110 section 8.8 (ETag, Last-Modified), section 13 (If-None-Match before If-Modified-Since).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

_TAG = re.compile(r'(?:W/)?("[^"]*")')


def digest(*parts: object) -> str:
    """A hash of what an answer depends on, the same in every process: parts are frozen data."""
    return sha256("\0".join(repr(part) for part in parts).encode("utf-8", "backslashreplace")).hexdigest()[
        :32
    ]


def http_date(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC).replace(microsecond=0), usegmt=True)


def has_tag(headers: Mapping[str, str], etag: str) -> bool:
    """Whether If-None-Match names `etag` (weak comparison, as section 13.1.2 asks)."""
    asked = headers.get("if-none-match", "")
    return asked.strip() == "*" or etag in _TAG.findall(asked)


def is_unmodified(headers: Mapping[str, str], instant: datetime) -> bool:
    """Whether If-Modified-Since is not before `instant`; it counts only without If-None-Match."""
    since = headers.get("if-modified-since")
    if since is None or "if-none-match" in headers:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return instant.replace(microsecond=0) <= moment
