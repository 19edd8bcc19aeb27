"""What must hold between artefacts, so that every reference leads somewhere and every id is legal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from publisher.errors import Finding
from publisher.structures import model as m

if TYPE_CHECKING:
    from publisher.structures.registry import Loaded


def check(loaded: Loaded) -> Iterator[Finding]:
    """The findings of every rule."""
    for rule in RULES:
        for artefact in loaded.registry.all():
            yield from rule(loaded, artefact)


Rule = Callable[["Loaded", m.Maintainable], Iterator[Finding]]
RULES: tuple[Rule, ...] = ()
