"""Which artefacts reference which, and what the `references` parameter of REST means by it.

Source: SDMX REST 2.2.2 doc/structures.md, parameter `references`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from publisher.structures.urns import KINDS, Ref

Edges = Mapping[Ref, tuple[Ref, ...]]


@dataclass(frozen=True, eq=False)
class Graph:
    children: Edges  # artefact → what it references

    @cached_property
    def parents(self) -> Edges:
        found: dict[Ref, list[Ref]] = {}
        for artefact, targets in self.children.items():
            for target in targets:
                found.setdefault(target, []).append(artefact)
        return {target: tuple(artefacts) for target, artefacts in found.items()}


def _step(edges: Edges, starts: Iterable[Ref]) -> set[Ref]:
    return {target for start in starts for target in edges.get(start, ())}


def _reach(edges: Edges, starts: Iterable[Ref]) -> set[Ref]:
    """Everything that can be reached; every artefact is visited once, so circles end."""
    seen: set[Ref] = set()
    waiting = list(starts)
    while waiting:
        for target in edges.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _parents_and_siblings(graph: Graph, starts: Iterable[Ref]) -> set[Ref]:
    parents = _step(graph.parents, starts)
    return parents | _step(graph.children, parents)


def _all(graph: Graph, starts: Iterable[Ref]) -> set[Ref]:
    starts = list(starts)
    return _parents_and_siblings(graph, starts) | _reach(graph.children, starts)


WANTED: dict[str, Callable[[Graph, Iterable[Ref]], set[Ref]]] = {
    "none": lambda graph, starts: set(),
    "parents": lambda graph, starts: _step(graph.parents, starts),
    "parentsandsiblings": _parents_and_siblings,
    "ancestors": lambda graph, starts: _reach(graph.parents, starts),
    "children": lambda graph, starts: _step(graph.children, starts),
    "descendants": lambda graph, starts: _reach(graph.children, starts),
    "all": _all,
}


def related(graph: Graph, starts: Iterable[Ref], wanted: Iterable[str]) -> set[Ref]:
    """References of the artefacts that `wanted` adds to `starts`; `starts` are left out.

    A kind stands for those of its kind among `all` and `ancestors`: the document only says that
    "a concrete type of resource" may be used. Raises ValueError on an unknown word.
    """
    starts, found = list(starts), set[Ref]()
    for word in wanted:
        if word in WANTED:
            found |= WANTED[word](graph, starts)
        elif word in KINDS:
            near = _all(graph, starts) | _reach(graph.parents, starts)
            found |= {ref for ref in near if ref.kind == word}
        else:
            raise ValueError(f"references={word}; allowed: {', '.join(WANTED)} or a type such as codelist")
    return found - set(starts)
