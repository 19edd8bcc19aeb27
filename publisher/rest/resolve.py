"""What a target names in the registry: artefacts, and the dataflows whose data are meant.

SDMX REST doc/data.md `context`: data are asked for by dataflow, data structure or provision
agreement, and the answer keeps to that. An artefact that is not there is 404 in both generations;
of several named ones those that are there answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.errors import NotFound
from publisher.query.model import ANY, Target
from publisher.structures import versions
from publisher.structures.model import Dataflow, DataStructure, Maintainable, ProvisionAgreement
from publisher.structures.registry import Registry
from publisher.structures.urns import KINDS, Ref


def artefacts(registry: Registry, kinds: Iterable[str], target: Target, api: str) -> tuple[Maintainable, ...]:
    """The artefacts of any of `kinds` (`*`: all) that `target` names, perhaps none."""
    found = [a for kind in kinds for a in _of_kind(registry, kind, target, api)]
    return tuple(dict.fromkeys(found))


def _of_kind(registry: Registry, kind: str, target: Target, api: str) -> Iterable[Maintainable]:
    """Of one kind. REST 1.5 knows no drafts: they are neither served nor in the way of `latest`."""
    if api == "v2":
        return registry.find(kind, target.agencies, target.ids, target.versions)
    groups: dict[tuple[str, str, str], dict[str, Maintainable]] = {}
    for artefact in registry.find(kind, target.agencies, target.ids):
        if versions.parse(artefact.version).extension is None:
            groups.setdefault((artefact.kind, artefact.agency, artefact.id), {})[artefact.version] = artefact
    return [
        group[version] for group in groups.values() for version in versions.select(target.versions, group)
    ]


def missing(kinds: Sequence[str], target: Target) -> NotFound:
    """The error that says what there is none of."""
    kind = "artefact" if len(kinds) > 1 or kinds[0] == ANY else KINDS[kinds[0]].cls
    name = f"{','.join(target.agencies)}:{','.join(target.ids)}({','.join(target.versions)})"
    return NotFound(f"there is no {kind} {name}")


def is_open(target: Target) -> bool:
    """Whether nothing is named: then finding nothing is no error but an empty answer."""
    return target.agencies == (ANY,) and target.ids == (ANY,)


@dataclass(frozen=True)
class Wanted:
    """One data set of an answer: whose data, by whom, and under which name they are asked for."""

    data: Ref  # a dataflow; or a data structure: all of its dataflows together
    structure: Ref  # dataflow, data structure or provision agreement: the context
    provider: str | None = None  # id; None: all


def wanted(registry: Registry, target: Target, api: str) -> tuple[Wanted, ...]:
    """The data sets that `target` asks for. Raises NotFound when there are none of the name.

    In the context `*` each observation comes once: by dataflow, else by agreement, else by structure.
    """
    every = ("dataflow", "provisionagreement", "datastructure")
    contexts = every if target.context == ANY else (target.context,)
    found: dict[Ref, Wanted] = {}
    for context in contexts:
        for artefact in _of_kind(registry, context, target, api):
            for one in _wanted(registry, artefact):
                if target.context != ANY or not _is_held(registry, one, found.values()):
                    found.setdefault(one.structure, one)
    if not found and not is_open(target):
        raise missing([target.context], target)
    return tuple(found.values())


def _wanted(registry: Registry, artefact: Maintainable) -> Iterable[Wanted]:
    if isinstance(artefact, Dataflow | DataStructure):
        return [Wanted(artefact.ref, artefact.ref)]
    if isinstance(artefact, ProvisionAgreement) and artefact.dataflow and artefact.provider:
        flow = registry.resolve(artefact.dataflow)
        return [Wanted(flow, artefact.ref, artefact.provider.item)] if flow else []
    return []


def _is_held(registry: Registry, one: Wanted, found: Iterable[Wanted]) -> bool:
    """Whether data that `one` asks for are asked for already."""
    held = {other.data for other in found if other.provider is None}
    if one.data.kind == "dataflow":
        return one.data in held
    flows = [flow for flow in registry.find("dataflow") if isinstance(flow, Dataflow) and flow.structure]
    return any(f.structure and f.ref in held and registry.resolve(f.structure) == one.data for f in flows)
