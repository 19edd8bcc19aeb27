"""What a search may mean while it is typed: countries, topics, providers, subjects, and datasets.

Datasets come from the catalogue's index. The others are what its facets and the structures name, in every
language that they have; there are few.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalogue import words
from catalogue.errors import ActionError
from publisher.structures.model import Dataflow, Text
from publisher.web import finding
from publisher.web.context import Lmis
from publisher.web.explore import Address
from publisher.web.finding import Pieces
from publisher.web.names import AREA, SUBJECT, Names, codes

CHOICES, DATASETS = 5, 6
PERIODS = "10"
BEST_FIRST, SHOWN = "score desc, title_string asc", ("name", "title", "extras_title_translated")
FIELDS = {"country": "extras_spatial", "topic": "groups", "provider": "organization"}


@dataclass(frozen=True)
class Suggestion:
    kind: str  # its name in the translations
    pieces: Pieces
    url: str


@dataclass(frozen=True)
class Named:
    """Something with a page of its own."""

    kind: str
    label: str
    found_by: tuple[str, ...]  # its names in each language, blank before each word
    url: str


def find(lmis: Lmis, names: Names, text: str) -> list[Suggestion]:
    """The best few for what was typed so far."""
    asked = finding.typed(text)
    if not asked or len("".join(asked)) < 2:
        return []
    every = lmis.once(("named", names.words.language), lambda: tuple(_named(lmis, names)))
    choices = [each for each in every if any(_has(name, asked) for name in each.found_by)]
    shown = [Suggestion(c.kind, finding.marked(c.label, text, True), c.url) for c in choices[:CHOICES]]
    return shown + _datasets(lmis, names, text)


def _has(name: str, asked: list[str]) -> bool:
    return all((word if finding.is_unspaced(word) else f" {words.fold(word)}") in name for word in asked)


def _datasets(lmis: Lmis, names: Names, text: str) -> list[Suggestion]:
    for query in finding.beginnings(text):
        try:
            found = lmis.ask("package_search", q=query, rows=DATASETS, sort=BEST_FIRST, fl=list(SHOWN))
        except ActionError:
            return []
        if found["results"]:
            return [_dataset(record, names, text) for record in found["results"]]
    return []


def _dataset(record: dict[str, Any], names: Names, text: str) -> Suggestion:
    label = finding.marked(names.record(record, "title", record), text, True)
    return Suggestion("suggest.dataset", label, f"/{names.words.language}/dataset/{record['name']}")


# -- what has a name ----------------------------------------------------------------------------


def _named(lmis: Lmis, names: Names) -> Iterator[Named]:
    """In the order in which they are offered."""
    facets = lmis.ask(
        "package_search", rows=0, **{"facet.field": json.dumps(list(FIELDS.values())), "facet.limit": -1}
    )["search_facets"]
    here = f"/{names.words.language}"
    areas = codes(names.registry, AREA)
    for item in facets[FIELDS["country"]]["items"]:
        texts = areas.get(item["name"], Text())
        yield _of("facet.country", names, texts, item["name"], f"{here}/dataset?country={item['name']}")
    for name, path in (("topic", "group"), ("provider", "organization")):
        for item in facets[FIELDS[name]]["items"]:
            texts = names.item(name, item["name"]) or Text(en=item["display_name"])
            yield _of(f"facet.{name}", names, texts, item["name"], f"{here}/{path}/{item['name']}")
    yield from _subjects(lmis, names)


def _of(kind: str, names: Names, texts: Text, code: str, url: str) -> Named:
    found_by = tuple(" " + " ".join(finding.typed(words.fold(text))) for text in (*texts.values(), code))
    return Named(kind, names.words.name(texts) or code, found_by, url)


def _subjects(lmis: Lmis, names: Names) -> Iterator[Named]:
    """Each subject with data, where it is explored first."""
    snapshot, told = lmis.snapshot(), set[str]()
    for dataflow in names.registry.find("dataflow"):
        if dataflow.ref.short not in snapshot.record["cubes"] or not isinstance(dataflow, Dataflow):
            continue
        cube = snapshot.cube(dataflow.ref)
        resolved = cube.definition.components.get(SUBJECT)
        if not resolved or not resolved.codes:
            continue
        for code in [code for code in cube.values(SUBJECT) if code not in told]:
            told.add(code)
            item = resolved.codes.items.get(code)
            address = Address(dataflow.ref, {f"c[{SUBJECT}]": code, "lastNObservations": PERIODS})
            texts = item.name if item else Text()
            yield _of("suggest.subject", names, texts, code, address.page(names.words.language))
