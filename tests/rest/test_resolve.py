"""Which artefacts and data sets a target names, and how item schemes are cut down."""

from __future__ import annotations

import pytest

from publisher.errors import NotFound
from publisher.query import parse
from publisher.query.model import DataQuery, StructureQuery
from publisher.rest import partial, resolve
from publisher.rest.structure import structures
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

DSD = m.DataStructure("DSD", agency="X")
PROVIDER = Ref("dataproviderscheme", "X", "DATA_PROVIDERS", "1.0", "OFFICE")


def flow(id_: str, version: str) -> m.Dataflow:
    return m.Dataflow(id_, agency="X", version=version, structure=DSD.ref)


FLOWS = [flow("A", "1.0.0"), flow("A", "1.1.0"), flow("A", "2.0.0-draft"), flow("B", "1.0.0")]
AGREEMENTS = [
    m.ProvisionAgreement("PA_A", agency="X", dataflow=FLOWS[1].ref, provider=PROVIDER),
    m.ProvisionAgreement("PA_B", agency="X", dataflow=FLOWS[3].ref, provider=PROVIDER),
]
REGISTRY = Registry({artefact.ref: artefact for artefact in (DSD, *FLOWS, *AGREEMENTS)})

DATASETS = [  # URL, (dataflow with version, by, provider)
    ("v2/data/dataflow/X/A/1.0.0", ["A(1.0.0) as A"]),
    ("v2/data/dataflow/X/A/+", ["A(1.1.0) as A"]),
    ("v2/data/dataflow/X/A/~", ["A(2.0.0-draft) as A"]),
    ("v2/data/dataflow/X/A,NIX/1.0.0", ["A(1.0.0) as A"]),
    ("v2/data/dataflow/X/B,A/1.0.0", ["A(1.0.0) as A", "B(1.0.0) as B"]),
    ("v2/data/dataflow", ["A(1.0.0) as A", "A(1.1.0) as A", "A(2.0.0-draft) as A", "B(1.0.0) as B"]),
    ("v2/data/provisionagreement/X/PA_A,PA_B", ["A(1.1.0) as PA_A by OFFICE", "B(1.0.0) as PA_B by OFFICE"]),
    ("v2/data/*/X/PA_B", ["B(1.0.0) as PA_B by OFFICE"]),
    ("v2/data/*/X/B,PA_B", ["B(1.0.0) as B"]),  # the agreement's data are in the dataflow's
    ("v2/data", ["A(1.0.0) as A", "A(1.1.0) as A", "A(2.0.0-draft) as A", "B(1.0.0) as B"]),
    ("v2/data/datastructure/X/DSD", ["DSD(1.0.0) as DSD"]),  # one data set for all of its dataflows
    ("v2/data/*/X/DSD", ["DSD(1.0.0) as DSD"]),
    ("v2/data/*/X/A,DSD/1.0.0", ["A(1.0.0) as A"]),
    ("v1/data/A", ["A(1.1.0) as A"]),  # REST 1.5 knows no drafts
    ("v1/data/X,A,all", ["A(1.0.0) as A", "A(1.1.0) as A"]),
    ("v1/data/all,all,latest", ["A(1.1.0) as A", "B(1.0.0) as B"]),
    ("v2/data/dataflow/X/NIX", None),
    ("v2/data/dataflow/NIX/A", None),
    ("v2/data/dataflow/X/A/3.0.0", None),
    ("v2/data/datastructure/X/A", None),
    ("v1/data/X,A,2.0.0", None),
]


@pytest.mark.parametrize(("url", "expected"), DATASETS)
def test_datasets(url: str, expected: list[str] | None) -> None:
    api, _, path = url.partition("/")
    query = parse(api, path)
    assert isinstance(query, DataQuery)
    if expected is None:
        with pytest.raises(NotFound, match="there is no"):
            resolve.wanted(REGISTRY, query.target, api)
        return
    found = resolve.wanted(REGISTRY, query.target, api)
    texts = [f"{w.data.id}({w.data.version}) as {w.structure.id}" for w in found]
    by = [f" by {w.provider}" if w.provider else "" for w in found]
    assert [text + office for text, office in zip(texts, by, strict=True)] == expected


STRUCTURES = [
    ("v2/structure/dataflow/X/A", ["A(2.0.0-draft)"]),
    ("v2/structure/dataflow/X/A/*", ["A(1.0.0)", "A(1.1.0)", "A(2.0.0-draft)"]),
    (
        "v2/structure/datastructure/X/DSD?references=dataflow",
        ["DSD(1.0.0)", *(f"{f.id}({f.version})" for f in FLOWS)],
    ),
    ("v1/dataflow/X/A", ["A(1.1.0)"]),
    ("v1/dataflow/all/all/all", ["A(1.0.0)", "A(1.1.0)", "B(1.0.0)"]),
    ("v1/datastructure?references=dataflow", ["DSD(1.0.0)", "A(1.0.0)", "A(1.1.0)", "B(1.0.0)"]),
    ("v1/process", []),
    ("v2/structure/process", []),
]


@pytest.mark.parametrize(("url", "expected"), STRUCTURES)
def test_structures(url: str, expected: list[str]) -> None:
    api, _, rest = url.partition("/")
    path, _, parameters = rest.partition("?")
    query = parse(api, path, parameters)
    assert isinstance(query, StructureQuery)
    assert [f"{a.id}({a.version})" for a in structures(REGISTRY, query).artefacts] == expected


SCHEME = m.CategoryScheme("CS", items=m.Items({id_: m.Category(id_) for id_ in ("A", "A.B", "A.B.C", "D")}))
LIST = m.Codelist("CL", items=m.Items({"T": m.Item("T"), "F": m.Item("F", parent="T"), "X": m.Item("X")}))

ITEMS = [
    (SCHEME, ["A.B"], ["A", "A.B"]),
    (SCHEME, ["A.B.C", "D"], ["A", "A.B", "A.B.C", "D"]),
    (SCHEME, ["NIX"], None),
    (LIST, ["F"], ["F"]),  # a code list is flat to itemID: no parents
    (LIST, ["X", "NIX"], ["X"]),
    (LIST, ["T", "F", "X"], ["T", "F", "X"]),
]


@pytest.mark.parametrize(("scheme", "asked", "expected"), ITEMS)
def test_items(scheme: m.ItemScheme, asked: list[str], expected: list[str] | None) -> None:
    found = partial.items(scheme, asked)
    assert (None if found is None else list(found.items)) == expected
    assert found is None or found.is_partial


def test_used_items_bring_their_parents() -> None:
    (found,) = partial.reduce([LIST], {LIST.ref: {"F"}})
    assert isinstance(found, m.Codelist)
    assert (list(found.items), found.is_partial) == (["T", "F"], True)


def test_extended_code_lists_are_whole_unless_raw() -> None:
    base = Ref("codelist", "X", "BASE", "1.0.0")
    extended = m.Codelist(
        "CL", agency="X", items=LIST.items, extensions=(m.CodelistExtension(base),), own=("X",)
    )
    registry = Registry({extended.ref: extended})
    shown = {}
    for detail in ("full", "raw"):
        query = parse("v2", "structure/codelist/X/CL", f"detail={detail}")
        assert isinstance(query, StructureQuery)
        (found,) = structures(registry, query).artefacts
        assert isinstance(found, m.Codelist)
        shown[detail] = (list(found.items), bool(found.extensions))
    assert shown == {"full": (["T", "F", "X"], False), "raw": (["X"], True)}
