"""The columns of a provider's table: what each takes, and what is the same in all rows and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.errors import UsageError
from publisher.package import required
from publisher.package.cells import EXAMPLES, FREQ
from publisher.package.labels import labelled
from publisher.package.words import Words
from publisher.structures.definition import Definition, Resolved
from publisher.structures.model import Attribute, Dimension, Measure, text
from publisher.structures.registry import Registry

VALUE, REQUIRED, CONDITIONAL = "value", "required", "conditional"
OPTIONAL, UNPUBLISHED = "optional", "unpublished"


@dataclass(frozen=True)
class Column:
    """One column: `choices` are cell text by code, none where any value of its type may stand."""

    resolved: Resolved
    title: str
    duty: str
    when: str  # of a conditional one: where it must be filled in
    choices: Mapping[str, str]
    takes: str  # what may stand in it, in words
    description: str

    @property
    def id(self) -> str:
        return self.resolved.id


@dataclass(frozen=True)
class Columns:
    columns: tuple[Column, ...]
    fixed: Mapping[str, str]  # dimension → the one code that the constraints leave
    fixed_labels: tuple[tuple[str, str, str], ...]  # id, title, cell text

    @property
    def ids(self) -> list[str]:
        return [column.id for column in self.columns]


def columns(definition: Definition, registry: Registry, provider: str, words: Words) -> Columns:
    """What `provider` files for a dataflow. Raises UsageError when it may not."""
    flow, structure = definition.dataflow.ref, definition.structure.ref
    agreements = [a for a in registry.agreements(flow) if a.provider]
    mine = [a.ref for a in agreements if a.provider and a.provider.item == provider]
    if not mine:
        others = ", ".join(sorted({str(a.provider.item) for a in agreements if a.provider})) or "nobody"
        raise UsageError(f"{provider!r} has no provision agreement for {flow.short}; these have: {others}")
    limits = (registry.allowed(flow, structure), registry.allowed(*mine))
    choices = {r.id: _choices(r, limits, words) for r in definition.components.values()}
    fixed = {d.id: next(iter(choices[d.id])) for d in definition.dimensions if len(choices[d.id]) == 1}
    conditions = _conditions(definition, registry, fixed, choices)
    frequencies = list(choices.get(FREQ, ()))
    return Columns(
        tuple(
            _column(r, choices[r.id], conditions.get(r.id, {}), frequencies, words)
            for r in definition.components.values()
            if r.id not in fixed
        ),
        fixed,
        tuple(
            (name, text(definition.components[name].name, (words.language,)), choices[name][code])
            for name, code in fixed.items()
        ),
    )


def _choices(
    resolved: Resolved, limits: tuple[Mapping[str, frozenset[str]], ...], words: Words
) -> Mapping[str, str]:
    """Codes in the list's order, without those that no constraint lets through."""
    if resolved.codes is None:
        return {}
    return {
        code: labelled(code, text(item.name, (words.language,)))
        for code, item in resolved.codes.items.items()
        if all(code in limit.get(resolved.id, {code}) for limit in limits)
    }


def _conditions(
    definition: Definition,
    registry: Registry,
    fixed: Mapping[str, str],
    choices: Mapping[str, Mapping[str, str]],
) -> dict[str, dict[str, list[str]]]:
    """Attribute → component → its codes that ask for the attribute, of those that can occur here."""
    found: dict[str, dict[str, list[str]]] = {}
    for rule in required.load(registry):
        if rule.structure in (definition.structure.id, definition.structure.ref.short):
            held = fixed.get(rule.when_component, rule.when_value)
            if held == rule.when_value in choices.get(rule.when_component, {}):
                asking = found.setdefault(rule.required, {})
                asking.setdefault(rule.when_component, []).append(rule.when_value)
    return found


def _column(
    resolved: Resolved,
    choices: Mapping[str, str],
    asking: Mapping[str, list[str]],
    frequencies: list[str],
    words: Words,
) -> Column:
    component, languages = resolved.component, (words.language,)
    mandatory = isinstance(component, Dimension) or (
        isinstance(component, Attribute) and component.is_mandatory
    )
    otherwise = VALUE if isinstance(component, Measure) else OPTIONAL
    duty = REQUIRED if mandatory else CONDITIONAL if asking else otherwise
    return Column(
        resolved,
        text(resolved.name, languages),
        duty if resolved.is_published else UNPUBLISHED,
        "; ".join(f"{name} = {', '.join(codes)}" for name, codes in asking.items()),
        choices,
        _takes(resolved, choices, frequencies, words),
        text(component.description or resolved.concept.description, languages),
    )


def _takes(resolved: Resolved, choices: Mapping[str, str], frequencies: list[str], words: Words) -> str:
    component = resolved.component
    if resolved.codes is not None:
        listed = words("takes.list", count=words.count(len(choices)), list=resolved.codes.ref.short)
        return f"{listed}; {words('takes.several')}" if resolved.is_array else listed
    if isinstance(component, Dimension) and component.is_time:
        examples = [EXAMPLES[code] for code in frequencies if code in EXAMPLES] or list(EXAMPLES.values())
        return words("takes.period", examples=", ".join(examples))
    if resolved.is_numeric:
        return words("takes.number")
    longest = resolved.representation.facets.get("maxLength")
    return words("takes.short", longest=longest) if longest else words("takes.text")
