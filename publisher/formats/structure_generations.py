"""Artefacts as each generation of SDMX has them, where it is not only a matter of how they are written.

What exists of data is a DataConstraint with the role Actual up to 3.0, an AvailabilityConstraint in 3.1.
A data key has one value for a dimension up to 3.0, one or more in 3.1. Maps of 2.1 map one value to one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from itertools import product

from publisher.structures import model as m
from publisher.structures.urns import Ref

NEW = ("3.1", "2.1.0")  # SDMX-ML and SDMX-JSON of the generation of SDMX 3.1
OLD = ("2.1", "1.0.0")  # of SDMX 2.1


def in_generation(artefacts: Iterable[m.Maintainable], version: str) -> Iterator[m.Maintainable]:
    """The artefacts for a message of `version` of SDMX-ML or (three parts) SDMX-JSON."""
    artefacts = tuple(artefacts)
    known = {artefact.ref: artefact for artefact in artefacts} if version in OLD else {}
    for artefact in artefacts:
        match artefact:
            case m.DataConstraint() if version == "1.0.0" and _is_exception(artefact):
                continue
            case m.DataConstraint():
                yield from _constraint(artefact, version)
            case m.StructureMap() if version in OLD:
                yield from _located(artefact, known)
            case m.RepresentationMap() | m.ItemSchemeMap() if version in OLD and not _is_plain(artefact):
                continue
            case _:
                yield artefact


# -- constraints ------------------------------------------------------------------------------


def _is_exception(constraint: m.DataConstraint) -> bool:
    """Whether it names values that a component may not have; SDMX-JSON 1.0 has regions for that only."""
    return not all(s.is_included for region in constraint.regions for s in region.selections)


def _constraint(constraint: m.DataConstraint, version: str) -> Iterator[m.DataConstraint]:
    if version not in NEW:
        keys = tuple(_single(keys) for keys in constraint.key_sets)
        yield replace(constraint, key_sets=keys) if keys else constraint
    elif constraint.role != "Actual":
        yield constraint
    else:
        yield from _availability(constraint)


def _availability(constraint: m.DataConstraint) -> Iterator[m.AvailabilityConstraint]:
    """One for each artefact that it is attached to, with one region."""
    given = {f.name: getattr(constraint, f.name) for f in fields(constraint)}
    for ref in constraint.attached_to:
        if ref.kind in ("datastructure", "dataflow", "provisionagreement"):
            changed = {"attached_to": (ref,), "regions": constraint.regions[:1] or (m.CubeRegion(),)}
            yield m.AvailabilityConstraint(**(given | changed))


def _single(key_set: m.DataKeySet) -> m.DataKeySet:
    """Keys with one value for each dimension."""
    return replace(key_set, keys=tuple(key for several in key_set.keys for key in _keys(several)))


def _keys(key: m.DataKey) -> Iterator[m.DataKey]:
    choices = [
        [replace(selection, values=(value,)) for value in selection.values]
        if selection.is_key and len(selection.values) > 1
        else [selection]
        for selection in key.selections
    ]
    return (replace(key, selections=chosen) for chosen in product(*choices))


# -- maps, in the generation of SDMX 2.1 ------------------------------------------------------


def _is_plain(given: m.RepresentationMap | m.ItemSchemeMap) -> bool:
    """From one code list, or scheme, to another, value for value."""
    ends: tuple[Ref | str | None, ...]
    if isinstance(given, m.RepresentationMap):
        ends = (*given.source_codelists, *given.target_codelists)
        is_fit = all(isinstance(end, Ref) and end.kind == "codelist" for end in ends)
    else:
        ends = (given.source_scheme, given.target_scheme)
        is_fit = all(isinstance(end, Ref) and end.kind != "metadataproviderscheme" for end in ends)
    return is_fit and len(ends) == 2 and bool(given.mappings) and all(v.is_plain for v in given.mappings)


def _located(given: m.StructureMap, known: Mapping[Ref, m.Maintainable]) -> Iterator[m.LocatedStructureMap]:
    """With the maps of one component to one, where the structures in the message tell their lists."""
    source, target = (_components(ref, known) for ref in (given.source_structure, given.target_structure))
    maps = tuple(
        replace(entry, representation_map=None, annotations=())
        for entry in given.component_maps
        if len(entry.source) == len(entry.target) == 1
        and {entry.source[0]} <= source.keys()
        and {entry.target[0]} <= target.keys()
    )
    if maps:
        head = {f.name: getattr(given, f.name) for f in fields(given)} | {"component_maps": maps}
        both = {"source_components": tuple(source.values()), "target_components": tuple(target.values())}
        yield m.LocatedStructureMap(**(head | both))


def _components(ref: Ref | None, known: Mapping[Ref, m.Maintainable]) -> dict[str, Ref]:
    """Those that 2.1 knows of the structure that `ref` leads to, by id; none when it is not there."""
    artefact = known.get(ref) if ref else None
    if isinstance(artefact, m.Dataflow):
        return _components(artefact.structure, known)
    if not isinstance(artefact, m.DataStructure):
        return {}
    classes = {d.id: "TimeDimension" if d.is_time else "Dimension" for d in artefact.dimensions}
    classes |= {attribute.id: "DataAttribute" for attribute in artefact.attributes}
    classes |= {measure.id: "Measure" for measure in artefact.measures if measure.id == "OBS_VALUE"}
    return {id_: replace(artefact.ref, item=id_, cls=cls) for id_, cls in classes.items()}
