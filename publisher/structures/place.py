"""Where in the files an artefact's part was written: findings with their file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.errors import Finding
from publisher.structures import model as m

if TYPE_CHECKING:
    from publisher.structures.registry import Loaded


@dataclass(frozen=True)
class Place:
    loaded: Loaded
    artefact: m.Maintainable

    def finding(self, code: str, message: str, part: object = None, **more: Any) -> Finding:
        """A finding at the line of `part`, or else of the artefact."""
        row = self.loaded.line(self.artefact, part)
        return Finding(code, message, file=self.artefact.source, row=row, **more)


def some(values: Iterable[str], most: int = 12) -> str:
    """The first few of `values` in one line.

    >>> some("abc", most=2)
    'a, b, … (3)'
    """
    listed = list(values)
    return ", ".join(listed[:most]) + (f", … ({len(listed)})" if len(listed) > most else "")
