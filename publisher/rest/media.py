"""Media types and the weighted lists of the Accept headers.

Source: RFC 9110 section 12.4.2 (quality values), 12.5 (Accept, Accept-Encoding, Accept-Language).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z\-]+"
_RANGE = re.compile(rf"({_TOKEN})/({_TOKEN})")
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
MAX_RANGES = 100  # a header asks for no more than so many: each is held against each format


@dataclass(frozen=True)
class MediaRange:
    """`application/vnd.sdmx.data+csv;version=2.0.0;labels=both;q=0.5`, or with `*`."""

    type: str  # lower case, without parameters
    parameters: Mapping[str, str] = field(default_factory=dict)  # names in lower case, without q
    quality: float = 1.0

    @property
    def version(self) -> str | None:
        return self.parameters.get("version")


def weighted(header: str) -> list[tuple[str, Mapping[str, str], float]]:
    """The members of a weighted list: text, parameters, quality; those with a bad quality are left out.

    >>> weighted("gzip;q=0.5, br")
    [('gzip', {}, 0.5), ('br', {}, 1.0)]
    """
    found: list[tuple[str, Mapping[str, str], float]] = []
    for member in header.split(",")[:MAX_RANGES]:
        text, *rest = (part.strip() for part in member.split(";"))
        pairs = (part.partition("=") for part in rest if part)
        parameters = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
        quality = parameters.pop("q", "1")
        if text and _QUALITY.fullmatch(quality):
            found.append((text, parameters, float(quality)))
    return found


def ranges(accept: str) -> list[MediaRange]:
    """The media ranges of an Accept header, in order; what is no media range is left out."""
    return [
        MediaRange(text.lower(), parameters, quality)
        for text, parameters, quality in weighted(accept)
        if _RANGE.fullmatch(text)
    ]
