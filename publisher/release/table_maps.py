"""National tables as SDMX: the structure of the office's own table, and the StructureMap from it to ours.

SDMX 3.0 section 2, "Structure Mapping": a StructureMap leads from one data structure to another. The
office's structure has the labels of its table as uncoded dimensions. What SDMX has no place for stays in
the layout and the CSV: weights, rules, missing marks, and values that hold for some figures only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from publisher.errors import StructureError
from publisher.package.harmonise.codemap import CodeMap
from publisher.package.harmonise.layout import NO_ROW, Layout, Rule, Variable
from publisher.structures import model as m
from publisher.structures.definition import Definition
from publisher.structures.urns import Ref

VALUE, STATUS, TIME = "OBS_VALUE", "OBS_STATUS", "TIME_PERIOD"  # cross-domain concepts
CONCEPT = "conceptscheme"
Names = Mapping[str, Mapping[str, str]]


def concepts(provider: str, layouts: Sequence[Layout], names: Names, agency: str) -> m.ConceptScheme:
    """What the labels of the provider's tables are. Raises StructureError for one without names."""
    labels = sorted({name for layout in layouts for name in dimensions(layout)})
    if unnamed := [label for label in labels if label not in names]:
        raise StructureError(
            f"{provider}/maps.toml has no names for {unnamed[0]}; add [variable.{unnamed[0]}]"
        )
    found = {label: m.Concept(label, name=m.Text(names[label])) for label in labels}
    title = {"en": f"Labels of tables of {provider}", "id": f"Label pada tabel {provider}"}
    return m.ConceptScheme(f"CS_{provider}", name=m.Text(title), agency=agency, items=m.Items(found))


def dimensions(layout: Layout) -> tuple[str, ...]:
    """What tells the figures of the table apart: its variables, or the groups of one that code maps name."""
    named = {source for codes in layout.codes for source in codes.sources}
    found: list[str] = []
    for variable in layout.variables:
        found += variable.labels if named & set(variable.labels) else [variable.name]
    return tuple(found)


def structure(layout: Layout, agency: str, definition: Definition) -> m.DataStructure:
    """The office's table as it is when each figure has a row."""
    scheme = layout.name.partition("/")[0]
    text = m.Representation()
    measure = definition.components[VALUE].component
    return m.DataStructure(
        _id("DSD", layout),
        name=m.Text(layout.title),
        agency=agency,
        dimensions=tuple(
            m.Dimension(
                name, concept=Ref(CONCEPT, agency, f"CS_{scheme}", "1.0.0", name), representation=text
            )
            for name in dimensions(layout)
        ),
        measures=(m.Measure(VALUE, concept=measure.concept, representation=text),),
    )


def _id(kind: str, layout: Layout, *more: str) -> str:
    return "_".join([kind, *layout.name.upper().split("/"), *more])


def periods(layout: Layout, definition: Definition) -> Iterator[tuple[m.RepresentationMap, m.ComponentMap]]:
    """How labels become periods, with regular expressions: one for all targets that the same rules give.

    Codes apart from texts: pysdmx 1.21 reads no map that leads to both.
    """
    always = _always(layout)
    groups: dict[tuple[bool, tuple[int, ...]], list[str]] = {}
    for target in dict.fromkeys(name for rule in layout.periods for name in rule.values):
        if target in definition.components and target not in always:
            having = tuple(n for n, rule in enumerate(layout.periods) if target in rule.values)
            is_coded = definition.components[target].codes is not None
            groups.setdefault((is_coded, having), []).append(target)
    for (_, having), targets in groups.items():
        rules = [layout.periods[n] for n in having]
        sources = _sources(layout, rules, targets)
        mappings = [_mapping(layout, rule, sources, targets) for rule in rules]
        if not sources or None in mappings:
            continue
        made = m.RepresentationMap(
            _id("RM", layout, TIME if TIME in targets else targets[-1]),
            name=m.Text(layout.title),
            agency=definition.structure.agency,
            source_codelists=tuple("String" for _ in sources),
            target_codelists=tuple(_represented(definition, target) for target in targets),
            mappings=tuple(mapping for mapping in mappings if mapping is not None),
        )
        yield made, m.ComponentMap(sources, tuple(targets), made.ref)


def _represented(definition: Definition, target: str) -> Ref | str:
    resolved = definition.components[target]
    return resolved.codes.ref if resolved.codes is not None else resolved.representation.text_type


def _parts(template: str) -> list[str]:
    """The names in `{year}-S1`."""
    return template.replace("}", "{").split("{")[1::2]


def _sources(layout: Layout, rules: Iterable[Rule], targets: Sequence[str]) -> tuple[str, ...]:
    """The dimensions of the office's structure that the rules look at."""
    asked = {
        name for rule in rules for name in (*rule.when, *(p for t in targets for p in _parts(rule.values[t])))
    }
    own = dimensions(layout)
    of = {label: v.name for v in layout.variables for label in v.labels if v.name in own}
    return tuple(name for name in own if name in asked | {of[label] for label in asked if label in of})


def _mapping(
    layout: Layout, rule: Rule, sources: Sequence[str], targets: Sequence[str]
) -> m.ValueMapping | None:
    """One rule; None where it takes parts of several labels, which groups of SDMX cannot tell apart."""
    variables = {variable.name: variable for variable in layout.variables}
    asked = {part for target in targets for part in _parts(rule.values[target])}
    values: list[m.MappedValue] = []
    numbers: dict[str, int] = {}
    for name in sources:
        variable = variables.get(name)
        inside = [label for label in (variable.labels if variable else (name,)) if label in asked]
        if inside and numbers:
            return None
        if inside:
            values.append(m.MappedValue(_expression(variable, name, rule), is_regex=True))
            labels = variable.labels if variable else (name,)
            numbers = {label: number for number, label in enumerate(labels, 1)}
        else:
            values.append(_condition(variable, name, rule))
    texts = tuple(_filled(rule.values[target], numbers) for target in targets)
    return m.ValueMapping(tuple(values), texts)


def _expression(variable: Variable | None, name: str, rule: Rule) -> str:
    """The variable's pattern with plain groups; a group of which the rule wants one value has only that."""
    if variable is None or variable.pattern is None:
        return "(.*)"
    text = variable.pattern.pattern
    if not variable.pattern.groupindex:
        return f"({text})"
    for group in variable.pattern.groupindex:
        wanted = rule.when.get(group)
        if wanted:
            start = text.index(f"(?P<{group}>")
            text = f"{text[:start]}({'|'.join(map(re.escape, wanted))}){text[text.index(')', start) + 1 :]}"
    return re.sub(r"\(\?P<\w+>", "(", text)


def _condition(variable: Variable | None, name: str, rule: Rule) -> m.MappedValue:
    wanted = rule.when.get(name)
    if wanted and len(wanted) == 1:
        return m.MappedValue(wanted[0])
    if wanted:
        return m.MappedValue("|".join(map(re.escape, wanted)), is_regex=True)
    is_pattern = variable is not None and variable.pattern is not None
    return m.MappedValue(_expression(variable, name, rule) if is_pattern else ".*", is_regex=True)


def _filled(template: str, numbers: Mapping[str, int]) -> str:
    """`{year}-S1` as `\\1-S1` (SDMX 3.0 section 6, "Regular expressions")."""
    return re.sub(r"\{(\w+)\}", lambda found: f"\\{numbers[found[1]]}", template)


def structure_map(layout: Layout, definition: Definition, provider: str) -> m.StructureMap:
    """From the office's table to one of our structures."""
    agency = definition.structure.agency
    own = set(dimensions(layout))
    mapped = [m.ComponentMap((VALUE,), (VALUE,))]
    mapped += [
        m.ComponentMap(codes.sources, codes.targets, code_map(codes, provider, agency))
        for codes in layout.codes
        if set(codes.sources) <= own and set(codes.targets) <= definition.components.keys()
    ]
    mapped += [component for _, component in periods(layout, definition)]
    given = {target for component in mapped for target in component.target}
    return m.StructureMap(
        _id("SM", layout, definition.structure.id.removeprefix("DSD_")),
        name=m.Text(layout.title),
        agency=agency,
        source_structure=structure(layout, agency, definition).ref,
        target_structure=definition.structure.ref,
        component_maps=tuple(mapped),
        fixed_values=tuple(
            m.FixedValueMap((value,), target=name)
            for name, value in (_always(layout) | dict(layout.fixed)).items()
            if name in definition.components and name not in given | _varying(layout)
        ),
    )


def _always(layout: Layout) -> dict[str, str]:
    """What all periods of the layout have in common."""
    names = {name for rule in layout.periods for name in rule.values}
    found = {name: {rule.values.get(name, "{") for rule in layout.periods} for name in sorted(names)}
    return {name: text for name, (text, *more) in found.items() if not more and "{" not in text}


def _varying(layout: Layout) -> set[str]:
    """Components that are fixed for most figures only."""
    found = {name for rule in layout.sets for name in rule.values}
    return found | ({STATUS} if set(layout.missing.values()) - {NO_ROW} else set())


def code_map(codes: CodeMap, provider: str, agency: str) -> Ref:
    """The RepresentationMap of a CSV."""
    return Ref("representationmap", agency, f"RM_{provider}_{codes.name.upper()}", "1.0.0")
