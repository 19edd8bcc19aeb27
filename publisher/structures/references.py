"""What each artefact references, from its fields: the edges of the graph of structures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from publisher.structures.model import Maintainable, Text
from publisher.structures.urns import Ref


def of(artefact: Maintainable) -> tuple[Ref, ...]:
    """Every reference in `artefact` and its parts, items included, each once, in written order."""
    return tuple(dict.fromkeys(ref for ref, _ in located(artefact)))


def located(artefact: object) -> Iterator[tuple[Ref, object]]:
    """References with the part they stand in, for messages that tell the line.

    >>> from publisher.structures.model import Dataflow
    >>> flow = Dataflow("DF", structure=Ref("datastructure", "X", "DSD", "1.0.0"))
    >>> [ref.id for ref, _ in located(flow)]
    ['DSD']
    """
    if is_dataclass(artefact):
        for field in fields(artefact):
            yield from _inside(getattr(artefact, field.name), artefact)


def _inside(value: object, owner: object) -> Iterator[tuple[Ref, object]]:
    if isinstance(value, Ref):
        yield value, owner
    elif isinstance(value, str | Text | None):
        return
    elif isinstance(value, dict):
        for item in value.values():
            yield from located(item)
    elif isinstance(value, tuple):
        for part in value:
            yield from _inside(part, owner)
    elif is_dataclass(value):
        yield from located(value)
