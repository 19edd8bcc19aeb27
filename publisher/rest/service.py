"""What answers depend on beside query and vintage: how this service calls itself and where it lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo


@dataclass(frozen=True)
class Service:
    sender: str = "LMIS"  # Header/Sender
    base_url: str = ""  # as the public sees it, no slash at the end; stands before links to ourselves
    zone: tzinfo = UTC  # of moments without an offset: SDMX REST doc/data.md, "local time of the web service"
    is_strict: bool = False  # unknown parameters are errors, not warnings
