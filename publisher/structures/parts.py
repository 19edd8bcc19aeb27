"""The parts of an artefact: what a reference may name, and what has an id and a name of its own."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.structures import model as m


def items_of(artefact: m.Maintainable) -> tuple[str, ...]:
    """Ids of everything in an artefact that a reference may name."""
    match artefact:
        case m.ItemScheme():
            return tuple(artefact.items)
        case m.DataStructure():
            parts = (*artefact.dimensions, *artefact.measures, *artefact.attributes, *artefact.groups)
            lists = ("DimensionDescriptor", "AttributeDescriptor", "MeasureDescriptor")
            return (*(part.id for part in parts), *lists)
        case m.MetadataStructure():
            return tuple(m.paths(artefact.attributes))
        case m.Process():
            return tuple(_step_paths(artefact.steps, ""))
        case m.Hierarchy():
            return (*_paths(artefact.codes, ""), *(level.id for level in artefact.levels))
    return ()


def _paths(codes: tuple[m.HierarchicalCode, ...], above: str) -> Iterator[str]:
    for code in codes:
        yield above + code.id
        yield from _paths(code.children, f"{above}{code.id}.")


def _step_paths(steps: tuple[m.ProcessStep, ...], above: str) -> Iterator[str]:
    for step in steps:
        yield above + step.id
        yield from _step_paths(step.steps, f"{above}{step.id}.")


def parts_of(artefact: m.Maintainable) -> tuple[m.Identifiable, ...]:
    match artefact:
        case m.ValueList():  # SDMXStructureCodelist.xsd: values have any id
            return ()
        case m.Codelist():  # codes that it takes over are checked where they are written
            return tuple(artefact.raw.items.values())
        case m.ItemScheme():
            return tuple(artefact.items.values())
        case m.DataStructure():
            return (*artefact.dimensions, *artefact.measures, *artefact.attributes, *artefact.groups)
        case m.MetadataStructure():
            return artefact.attributes
    return ()
