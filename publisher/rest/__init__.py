"""The SDMX web service without HTTP machinery: `answer(snapshot, request) -> Answer`."""

from __future__ import annotations

from publisher.rest.answer import answer
from publisher.rest.kept import Kept
from publisher.rest.refusal import refuse
from publisher.rest.request import Answer, Request
from publisher.rest.service import Service

__all__ = ["Answer", "Kept", "Request", "Service", "answer", "refuse"]
