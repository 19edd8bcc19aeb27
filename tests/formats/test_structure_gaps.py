"""Structures written and read are the same but for the declared gaps, each of which is real."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from publisher.formats import STRUCTURE, gaps
from publisher.formats.gaps import STR_JSON_10, STR_JSON_20, STR_JSON_21, STR_ML_21, STR_ML_30, STR_ML_31
from publisher.structures import files
from publisher.structures import model as m
from publisher.structures.urns import Ref
from tests.formats import read_json_10
from tests.formats.test_structure_messages import FOLDERS, NEW_IN_31, message, raw, registry

DSD = Ref("datastructure", "TEST", "DSD", "1.0+.0")
Loss = Callable[[m.Maintainable], Iterable[m.Maintainable]]


def read_ml(document: bytes) -> Sequence[m.Maintainable]:
    found = files.read(document, "x.xml")
    assert found.findings == []
    return found.artefacts


READERS: Mapping[str, Callable[[bytes], Sequence[m.Maintainable]]] = {
    STR_ML_31: read_ml,
    STR_ML_30: read_ml,
    STR_ML_21: read_ml,
    STR_JSON_10: read_json_10.read,
}
# What the specimens have none of.
MORE = (
    *NEW_IN_31,
    m.Dataflow("DF_LATEST", m.Text({"en": "x"}), agency="TEST", structure=DSD),
    m.DataProviderScheme("DATA_PROVIDERS", m.Text({"en": "x"}), agency="MORE", version="2.0"),
    m.ConceptScheme(
        "CS_WHOLE", m.Text({"en": "x"}), agency="TEST",
        items=m.Items({"WHOLE": m.Concept("WHOLE", m.Text({"en": "x"}), representation=m.Representation(
            text_type="Double", facets=m.Text({"decimals": "0"})))}),
    ),
)  # fmt: skip


def written(name: str, artefacts: Iterable[m.Maintainable], folder: str = "everything") -> bytes:
    write = STRUCTURE[f"application/vnd.sdmx.{name}"].write
    return b"".join(write(message(folder, artefacts=tuple(artefacts))))


def held(name: str, folder: str) -> list[m.Maintainable]:
    """Those of a folder, code lists with their extensions to come where a version has those."""
    found = registry(folder).all()
    return [a if name in (STR_ML_21, STR_JSON_10) else raw(a) for a in found]


# -- what each gap takes from an artefact ----------------------------------------------------


def of(*classes: type[Any]) -> Callable[[Callable[..., Any]], Loss]:
    """A loss of artefacts of some classes; the others stay as they are."""

    def made(change: Callable[..., Any]) -> Loss:
        def loss(artefact: m.Maintainable) -> Iterable[m.Maintainable]:
            changed = change(artefact) if isinstance(artefact, classes) else artefact
            return () if changed is None else (changed,)

        return loss

    return made


def left_out(*classes: type[Any]) -> Loss:
    return of(*classes)(lambda artefact: None)


def representations(change: Callable[[m.Representation], m.Representation], concepts: bool = True) -> Loss:
    """A loss of the representations of concepts and components, or of those of components only."""

    def changed(thing: Any) -> Any:
        form = thing.representation
        return thing if form is None else replace(thing, representation=change(form))

    @of(m.ConceptScheme, m.DataStructure)
    def loss(artefact: Any) -> m.Maintainable:
        if isinstance(artefact, m.DataStructure):
            parts = {n: tuple(map(changed, getattr(artefact, n))) for n in ("attributes", "measures")}
            return replace(artefact, **parts)  # type: ignore[arg-type]
        if not concepts:
            return artefact
        return replace(artefact, items=m.Items({id_: changed(c) for id_, c in artefact.items.items()}))

    return loss


def without_facets(*names: str, value: str | None = None) -> Callable[[m.Representation], m.Representation]:
    def change(form: m.Representation) -> m.Representation:
        kept = {n: v for n, v in form.facets.items() if n not in names or (value and v != value)}
        return replace(form, facets=m.Text(kept))

    return change


def is_plain(artefact: Any) -> bool:
    if isinstance(artefact, m.RepresentationMap):
        ends = (artefact.source_codelists, artefact.target_codelists)
        fits = all(len(end) == 1 and isinstance(end[0], Ref) and end[0].kind == "codelist" for end in ends)
    else:
        both = (artefact.source_scheme, artefact.target_scheme)
        fits = all(end.kind != "metadataproviderscheme" for end in both)
    return fits and all(mapping.is_plain for mapping in artefact.mappings)


def one_to_one(artefact: m.StructureMap) -> m.StructureMap | None:
    maps = tuple(
        replace(c, representation_map=None, annotations=())
        for c in artefact.component_maps
        if len(c.source) == len(c.target) == 1
    )
    names = ("id", "agency", "version", "name", "description", "annotations")
    head = {n: getattr(artefact, n) for n in (*names, "source_structure", "target_structure")}
    return m.StructureMap(**head, component_maps=maps) if maps else None


def of_dimensions(artefact: m.DataConstraint) -> m.DataConstraint:
    bare = {"valid_from": None, "valid_to": None, "remove_prefix": None}
    regions = tuple(
        replace(r, selections=tuple(replace(s, **bare) for s in r.selections)) for r in artefact.regions
    )
    keys = [
        replace(k, keys=tuple(m.DataKey(tuple(s for s in key.selections if s.is_key)) for key in k.keys))
        for k in artefact.key_sets
    ]
    return replace(artefact, regions=regions, key_sets=tuple(keys))


def single_keys(artefact: m.DataConstraint) -> m.DataConstraint:
    """The specimens have one such key: of one dimension."""
    sets = []
    for several in artefact.key_sets:
        keys = []
        for key in several.keys:
            first = key.selections[0]
            values = first.values if len(key.selections) == 1 else ()
            keys += [replace(key, selections=(replace(first, values=(v,)),)) for v in values] or [key]
        sets.append(replace(several, keys=tuple(keys)))
    return replace(artefact, key_sets=tuple(sets))


def available(artefact: m.DataConstraint) -> m.DataConstraint:
    """As the reader names what has no name."""
    if artefact.role != "Actual":
        return artefact
    (to,) = artefact.attached_to
    name = m.Text({"en": f"{to.id}: availability"})
    return replace(artefact, id=f"{to.id}_AVAILABILITY", version=to.version, name=name)


def older(artefact: Any) -> m.Maintainable:
    match artefact:
        case m.DataStructure():
            return replace(artefact, is_evolving=False)
        case m.Dataflow():
            return replace(artefact, dimension_constraint=())
    return replace(artefact, series_count=None, obs_count=None)


def zoned(artefact: m.Maintainable) -> m.Maintainable:
    given = artefact.valid_from
    return replace(artefact, valid_from=f"{given}Z") if given and not given.endswith("Z") else artefact


def primary(artefact: m.DataStructure) -> m.DataStructure:
    measures = tuple(replace(measure, is_mandatory=False) for measure in artefact.measures)
    return replace(
        artefact, measures=measures, attributes=tuple(replace(a, measures=()) for a in artefact.attributes)
    )


SCHEMES = (m.AgencyScheme, m.DataProviderScheme, m.DataConsumerScheme, m.MetadataProviderScheme)
VTL = (
    m.TransformationScheme, m.RulesetScheme, m.UserDefinedOperatorScheme, m.CustomTypeScheme,
    m.NamePersonalisationScheme, m.VtlMappingScheme,
)  # fmt: skip
MAPS = (m.RepresentationMap, m.ItemSchemeMap)
LOSSES: Mapping[str, Loss] = {
    "no-hierarchy-association": left_out(m.HierarchyAssociation),
    "no-metadata-agreement": left_out(
        m.MetadataProviderScheme, m.MetadataProvisionAgreement, m.MetadataConstraint
    ),
    "targets": of(m.Metadataflow)(lambda a: replace(a, targets=())),
    "metadata-of-data": of(m.DataStructure)(lambda a: replace(a, metadata=None, metadata_usages=())),
    "keys-of-dimensions": of(m.DataConstraint)(of_dimensions),
    "no-value-list": lambda a: (
        () if isinstance(a, m.ValueList)
        else representations(
            lambda f: replace(f, enumeration=None) if getattr(f.enumeration, "kind", "") == "valuelist" else f
        )(a)
    ),
    "plain-maps": of(*MAPS)(lambda a: a if is_plain(a) else None),
    "maps-of-structures": of(m.StructureMap)(one_to_one),
    "arrays": representations(lambda f: replace(f, min_occurs=1, max_occurs=1)),
    "primary-measure": of(m.DataStructure)(primary),
    "local-representations": representations(without_facets("isMultiLingual"), concepts=False),
    "versions": of(m.Dataflow)(
        lambda a: replace(a, structure=replace(a.structure, version=a.structure.version.replace("+", "")))
    ),
    "annotation-value": lambda a: (
        (replace(a, annotations=tuple(replace(n, value=None) for n in a.annotations)),)
    ),
    "extensions": of(m.Codelist)(lambda a: replace(a, extensions=(), own=None)),
    "no-vtl": left_out(*VTL),
    "exceptions": of(m.DataConstraint)(
        lambda a: a if all(s.is_included for r in a.regions for s in r.selections) else None
    ),
    "facets-of-0": representations(without_facets("decimals", "minLength", "maxLength", value="0")),
    "availability": of(m.DataConstraint)(available),
    "no-calendar": of(m.DataConstraint, m.MetadataConstraint)(lambda a: replace(a, calendar=None)),
    "categorisations": of(m.Categorisation)(lambda a: replace(a, version="1.0")),
    "single-keys": of(m.DataConstraint)(single_keys),
    "new-in-31": of(m.DataStructure, m.Dataflow, m.DataConstraint)(older),
    "organisation-schemes": of(*SCHEMES)(lambda a: replace(a, version="1.0")),
    "zones": of(m.Maintainable)(zoned),
}  # fmt: skip


def expected(name: str, artefacts: Iterable[m.Maintainable], but: str = "") -> dict[Ref, m.Maintainable]:
    found = list(artefacts)
    for gap in gaps.of(name):
        if gap.id in LOSSES and gap.id != but:
            found = [left for artefact in found for left in LOSSES[gap.id](artefact)]
    return {artefact.ref: artefact for artefact in found}


def reread(name: str, artefacts: Iterable[m.Maintainable]) -> dict[Ref, m.Maintainable]:
    return {artefact.ref: artefact for artefact in READERS[name](written(name, artefacts))}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("name", READERS)
def test_written_and_read_is_the_same_but_for_the_gaps(name: str, folder: str) -> None:
    artefacts = held(name, folder)
    assert reread(name, artefacts) == expected(name, artefacts)


MANY = [
    pytest.param(gap, name, id=f"{gap.id}-{name}")
    for gap in gaps.STRUCTURES
    if gap.id in LOSSES
    for name in gap.formats
    if name in READERS
]


@pytest.mark.parametrize(("gap", "name"), MANY)
def test_gap_is_real(gap: gaps.Gap, name: str) -> None:
    """The law holds for all that there is, and not when this gap alone is not counted."""
    artefacts = [*held(name, "everything"), *(a for a in MORE if fits(a, name))]
    assert reread(name, artefacts) == expected(name, artefacts)
    assert reread(name, artefacts) != expected(name, artefacts, but=gap.id)


def fits(artefact: m.Maintainable, name: str) -> bool:
    """2.1 has no structure without dimensions."""
    return artefact.id != "DSD_NEW" or name in (STR_ML_31, STR_ML_30)


# -- gaps that no reader of ours can show -----------------------------------------------------


def data(name: str, artefacts: Iterable[m.Maintainable] = ()) -> dict[str, Any]:
    return json.loads(written(name, artefacts or [*held(name, "everything"), *MORE]))["data"]


def shown_by_availability(name: str) -> None:
    found = [a for a in NEW_IN_31 if a.id.endswith("_AVAILABILITY")]
    (one,) = data(name, found)["availabilityConstraints"]
    assert not {"id", "name", "version", "role"} & set(one)


def shown_by_no_calendar(name: str) -> None:
    assert "releaseCalendar" in json.dumps(data(STR_JSON_20))
    assert "releaseCalendar" not in json.dumps(data(name))


def shown_by_single_keys(name: str) -> None:
    (constraint,) = data(name, [a for a in NEW_IN_31 if a.id == "CN_NEW"])["dataConstraints"]
    assert len(constraint["dataKeySets"][0]["keys"]) == 2


def shown_by_new_in_31(name: str) -> None:
    for word in ("evolvingStructure", "dimensionConstraint", "seriesCount"):
        assert word in json.dumps(data(STR_JSON_21))
        assert word not in json.dumps(data(name))


def shown_by_links_of_value_lists(name: str) -> None:
    assert not any("links" in given for given in data(name)["valueLists"])
    assert all("links" in given for given in data(STR_JSON_21)["valueLists"])


def shown_by_zones(name: str) -> None:
    (given,) = (d for d in data(name)["dataStructures"] if d["id"] == "DSD_LF")
    assert registry("labour").get(urn(given)).valid_from == given["validFrom"].removesuffix("Z")


def urn(given: dict[str, Any]) -> Ref:
    return Ref("datastructure", given["agencyID"], given["id"], given["version"])


def shown_by_hierarchical_code_lists(name: str) -> None:
    found = written(name, [a for a in held(name, "labour") if a.kind == "hierarchy"]).decode()
    assert "ierarchicalCodelist" in found


LINK = b'<com:Link rel="related" url="https://example.org/x"/>'


def shown_by_not_kept(name: str) -> None:
    """What stands there in the file is not in the artefact, so in no format."""
    codelist = m.Codelist("CL_X", m.Text({"en": "x"}), agency="TEST")
    document = written(STR_ML_30, [codelist]).replace(b"<com:Name", LINK + b"<com:Name", 1)
    assert b"example.org" in document
    assert b"example.org" not in written(name, read_ml(document))


PROOFS: Mapping[str, Callable[[str], None]] = {
    proof.__name__.removeprefix("shown_by_").replace("_", "-"): proof
    for proof in (
        shown_by_availability, shown_by_no_calendar, shown_by_single_keys, shown_by_new_in_31,
        shown_by_links_of_value_lists, shown_by_zones, shown_by_hierarchical_code_lists, shown_by_not_kept,
    )
}  # fmt: skip
OTHERS = [
    pytest.param(gap, name, id=f"{gap.id}-{name}")
    for gap in gaps.STRUCTURES
    for name in gap.formats
    if gap.id not in LOSSES or name not in READERS
]


@pytest.mark.parametrize(("gap", "name"), OTHERS)
def test_gap_is_shown(gap: gaps.Gap, name: str) -> None:
    PROOFS[gap.id](name)
