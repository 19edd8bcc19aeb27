"""DF_HEADLINE is delivered by nobody: it is what `reference/preferred.csv` chooses from the others."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import StructureError
from publisher.folders import folder
from publisher.query.model import DataQuery, Target
from publisher.store import Home, Snapshot, current, select
from publisher.store.views import views
from publisher.structures.model import Annotation, Dataflow
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

HEADLINE = Ref("dataflow", "LMIS", "DF_HEADLINE", "1.0.0")
COLUMNS = {
    "area": "REF_AREA",
    "indicator": "INDICATOR",
    "freq": "FREQ",
    "source": "SOURCE",
    "age": "AGE",
    "coverage": "POP_COVERAGE",
}
ALL = DataQuery(Target("dataflow"))


@pytest.fixture(scope="module")
def snapshot(demo_home: Path) -> Snapshot:
    return current(Home(demo_home))


def rows(snapshot: Snapshot, flow: Ref) -> set[tuple[str, ...]]:
    """Every series of `flow`: its key, then the columns of the table."""
    series = select(snapshot.cube(flow), ALL).series
    names = [d.id for d in snapshot.cube(flow).definition.dimensions]
    return set(zip(*(series.column(name).to_pylist() for name in names), strict=True))


def test_it_has_exactly_what_the_table_chooses(snapshot: Snapshot) -> None:
    names = [d.id for d in snapshot.cube(HEADLINE).definition.dimensions]
    with (folder("dsd") / "reference" / "preferred.csv").open(encoding="utf-8", newline="") as file:
        chosen = {tuple(row[column] for column in COLUMNS) for row in csv.DictReader(file)}
    allowed = snapshot.registry.allowed(HEADLINE)
    expected = set()
    for source in snapshot.views[HEADLINE].sources:
        for key in rows(snapshot, source):
            codes = dict(zip(names, key, strict=True))
            is_allowed = all(codes[name] in values for name, values in allowed.items())
            if is_allowed and tuple(codes[dimension] for dimension in COLUMNS.values()) in chosen:
                expected.add(key)
    assert rows(snapshot, HEADLINE) == expected
    assert len(expected) > 300


def test_one_source_for_each_figure(snapshot: Snapshot) -> None:
    names = [d.id for d in snapshot.cube(HEADLINE).definition.dimensions if d.id != "SOURCE"]
    all_names = [d.id for d in snapshot.cube(HEADLINE).definition.dimensions]
    keys = [
        tuple(c for n, c in zip(all_names, key, strict=True) if n in names)
        for key in rows(snapshot, HEADLINE)
    ]
    assert len(keys) == len(set(keys))


def test_a_lost_cube_is_built_again(snapshot: Snapshot, tmp_path: Path) -> None:
    name = snapshot.record["cubes"][HEADLINE.short]
    again = replace(snapshot, scratch=tmp_path / "tmp").make_cube(HEADLINE, name, tmp_path)
    for file in ("series.arrow", "obs.arrow"):
        assert (again / file).read_bytes() == (snapshot.path("index", name) / file).read_bytes()


@pytest.mark.parametrize("title", ["", "reference/preferred.csv", "?area=REF_AREA"])
def test_a_view_says_its_columns(title: str) -> None:
    registry = Registry.load(folder("dsd"))
    flow = registry.get(HEADLINE)
    assert isinstance(flow, Dataflow)
    broken = replace(flow, annotations=(Annotation(id="VIEW", title=title),))
    artefacts = {a.ref: a for a in registry.all()} | {HEADLINE: broken}
    with pytest.raises(StructureError, match=r"TABLE\.csv\?column=DIMENSION"):
        views(Registry(artefacts, registry.folders))
