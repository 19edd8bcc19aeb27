"""How long and how often a catalogue is asked: waiting, trying again, and what a refusal tells people."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanapi.errors import NotAuthorized, NotFound

from catalogue.errors import SyncError
from catalogue.remote import UNCLEAR, Api, Busy


@dataclass
class Patience:
    """How often and how long something without a clear answer is tried. Several threads may share one."""

    tries: int = 4
    first: float = 1.0  # seconds; then twice as long each time
    most: float = 30.0
    total: float = 600.0  # seconds for everything that is done with this patience
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    spread: Callable[[], float] = field(default=lambda: random.uniform(0.5, 1.0))
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def attempts(self) -> Iterator[int]:
        for attempt in range(self.tries):
            if attempt:
                self._pause(min(self.first * 2 ** (attempt - 1), self.most) * self.spread())
            if attempt and self.clock() - self.started > self.total:
                return
            yield attempt

    def heed(self, problem: Exception) -> None:
        """Wait as long as a server asked for, within reason."""
        if isinstance(problem, Busy):
            self._pause(min(problem.seconds, self.most))

    def _pause(self, seconds: float) -> None:
        left = self.total - (self.clock() - self.started)
        self.wait(max(0.0, min(seconds, left)))


def asked(api: Api, action: str, params: Mapping[str, Any], patience: Patience) -> Any:
    """A reading call, tried again when there is no clear answer. Raises NotFound or SyncError."""
    problem: Exception | None = None
    for _ in patience.attempts():
        try:
            return api.call_action(action, params)
        except NotFound:
            raise
        except NotAuthorized as exc:
            raise SyncError(f"{action} {params.get('id', '')}: the catalogue does not allow it") from exc
        except UNCLEAR as exc:
            problem = exc
            patience.heed(exc)
    raise SyncError(f"{action}: {no_answer(problem, patience)}") from problem


def no_answer(problem: Exception | None, patience: Patience) -> str:
    return f"no clear answer in {patience.tries} tries: {str(problem)[:300]}"


def told(error: Any) -> str:
    """A refusal in words for people."""
    if isinstance(error, NotAuthorized):
        return "the catalogue does not allow it to this token"
    if isinstance(error, NotFound):
        return f"the catalogue does not find it: {error}"
    found = {key: value for key, value in error.error_dict.items() if key != "__type"}
    return "the catalogue refused it: " + "; ".join(f"{key}: {value}" for key, value in found.items())
