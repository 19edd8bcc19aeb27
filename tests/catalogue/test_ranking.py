"""The order of what is found: SQLite's own BM25 over the public datasets, whatever else is in the file."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalogue import ckan, embedded, ranking
from catalogue.columns import columns
from catalogue.conditions import Conditions
from catalogue.embedded import Embedded, Records
from catalogue.lucene import dismax, parse
from tests.catalogue.conftest import SITE

NOON = datetime(2025, 10, 9, 4, 0, tzinfo=UTC)
WORDS = (
    "labour", "labours", "force", "youth", "Unemployment", "unemployed", "2025", "wage-earners", "µg",
    "λόγος", "café", "ว่างงาน", "การว่างงาน", "a_b", "DF_UNE",
)  # fmt: skip
# As people type them, or programs write them; and the same in FTS5's language.
QUERIES = (
    ("labour", '"labour"'),
    ("LABOURS", '"labour"'),
    ("youth labour", '"youth" AND "labour"'),
    ("wage-earners", '"wage" OR "earner"'),
    ('"labour force"', '"labour forc"'),
    ('"force labour youth"', '"forc labour youth"'),
    ("youth -labour", '"youth" NOT "labour"'),
    ("µg", '"µg"'),
    ("μg", '"μg"'),
    ("λόγος", '"λόγος"'),
    ("cafe", '"cafe"'),
    ("ว่างงาน", '"ว่างงาน"'),
    ("DF_UNE", '"df" OR "une"'),
    ("text:lab*", '"lab" *'),
    ("text:a_*", '"a" *'),
    ("text:df_u*", '"df u" *'),
    ("text:wage-earners", '"wage" AND "earner"'),
    ("text:labour OR text:youth", '"labour" OR "youth"'),
    ('text:"labour force" OR text:2025', '"labour forc" OR "2025"'),
    ("text:(youth OR 2025)", '"youth" OR "2025"'),
    ("+text:labour text:nowhere", '"labour" AND "nowhere"'),
)


def write(catalogue: Embedded, vintage: int, seed: int, names: range, **more: Any) -> None:
    """Datasets of a few words each, which come again and again."""
    rnd = random.Random(seed)
    api = ckan.embedded(catalogue, vintage, SITE, lambda: NOON)
    for n in names:
        action = "package_update" if f"n{n}" in api.action.package_list() else "package_create"
        own = rnd.sample(WORDS, 5)
        title, notes = (" ".join(rnd.choices(own, k=rnd.randrange(most))) for most in (6, 250))
        tags = [{"name": word} for word in own if word in ("labour", "youth")]
        record = {"name": f"n{n}", "owner_org": "mys-dosm", "title": title, "notes": notes, "tags": tags}
        api.call_action(action, record | more)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    made = Embedded(tmp_path_factory.mktemp("ranking") / "catalogue.sqlite")
    ckan.embedded(made, 1, SITE, lambda: NOON).action.organization_create(name="mys-dosm")
    write(made, 1, 1, range(10))
    return made


def ours(records: Records, query: str) -> dict[int, float]:
    """The score of each public dataset that is found."""
    there = columns(records)
    conditions = Conditions(records, there)
    found = conditions.holds(parse(query) if ":" in query else dismax(query))
    seen = there.seen(everything=False)
    scores = ranking.scores(records, there, conditions.scored, seen)
    return {int(there.docs[place]): float(scores[place]) for place in np.flatnonzero(found & seen)}


def theirs(records: Records, match: str) -> dict[int, float]:
    """FTS5's, of a table with nothing but the public datasets."""
    docs = columns(records).docs[columns(records).seen(everything=False)].tolist()
    with closing(sqlite3.connect(":memory:")) as alone:
        alone.executescript(embedded._SCHEMA)
        for doc in docs:
            row = records.connection.execute(
                "SELECT rowid, * FROM document WHERE rowid = ?", (doc,)
            ).fetchone()
            alone.execute(
                "INSERT INTO document (rowid, name, title, tags, groups, text, joined)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # fmt: skip
        weights = ", ".join(map(str, ranking.WEIGHTS.values()))
        rows = alone.execute(
            f"SELECT rowid, -bm25(document, {weights}) FROM document WHERE document MATCH ?", (match,)
        )
        return dict(rows.fetchall())


@pytest.mark.parametrize(("query", "match"), QUERIES)
def test_scores_are_those_of_sqlite(catalogue: Embedded, query: str, match: str) -> None:
    with catalogue.at(1) as records:
        assert ours(records, query) == pytest.approx(theirs(records, match), rel=1e-6)


def test_what_is_not_public_has_no_part_in_them(catalogue: Embedded, tmp_path: Path) -> None:
    with catalogue.at(1) as records:
        before = {query: ours(records, query) for query, _ in QUERIES}
    copied = Embedded(tmp_path / "catalogue.sqlite")
    catalogue.copy(copied.path)
    write(copied, 1, 2, range(10, 16), private=True)
    write(copied, 2, 3, range(6))  # what will be public next
    with copied.at(1) as records:
        assert {query: ours(records, query) for query, _ in QUERIES} == before
    with copied.at(2) as records:
        assert {query: ours(records, query) for query, _ in QUERIES} != before
        for query, match in QUERIES:
            assert ours(records, query) == pytest.approx(theirs(records, match), rel=1e-6)


def test_arrays_at_hand_are_of_what_was_committed(catalogue: Embedded, tmp_path: Path) -> None:
    copied = Embedded(tmp_path / "catalogue.sqlite")
    catalogue.copy(copied.path)
    for seed in range(4, 6):
        with copied.at(1) as records:
            assert ours(records, "labour") == ours(records, "labour")
        write(copied, 1, seed, range(2))
        with copied.at(1) as records:
            assert ours(records, "labour") == pytest.approx(theirs(records, '"labour"'), rel=1e-6)


PATTERNS = ("*our*", "l*r", "?outh", "*งาน", "*.*", "zz*z", "*a*o*", "**", "?")


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("name", ["text", "title"])
def test_patterns_find_what_sqlite_finds(catalogue: Embedded, name: str, pattern: str) -> None:
    found = "SELECT doc FROM document_term WHERE term GLOB ?"
    if name == "title":
        found = (
            f"SELECT rowid / {embedded.WORDS_OF_ONE} FROM words WHERE field = 'title'"
            " AND rowid IN (SELECT doc FROM words_term WHERE term GLOB ?)"
        )
    with catalogue.at(1) as records:
        theirs = {doc for (doc,) in records.connection.execute(found, (pattern,))}
        ours = Conditions(records, columns(records)).holds(parse(f"{name}:{pattern}"))
        assert set(columns(records).docs[ours].tolist()) == theirs
