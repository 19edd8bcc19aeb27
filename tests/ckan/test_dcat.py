"""What ckanext-dcat says of a dataset in a real CKAN, beside what the embedded catalogue says of it.

Both graphs, reduced to what both have, are isomorphic; what ckanext-dcat cannot say is the table in
docs/catalogue.md, no line more and no line less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import pytest
from ckanapi.errors import NotFound
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import graph_diff, isomorphic
from rdflib.term import Node

from catalogue import ckan
from catalogue.dcat.vocabulary import ADMS, DCAT, DCTERMS, FOAF, OWL, RDF, SPDX, STAT, XSD
from catalogue.record import Catalogue
from publisher.release.records import records
from publisher.settings import load
from publisher.store import Home, current
from publisher.web.app import create_app
from tests.ckan import twin
from tests.ckan.contract import catalogues

pytestmark = pytest.mark.slow
DOCS = Path(__file__).resolve().parents[2] / "docs" / "catalogue.md"
OFFICES = ("phl-psa", "sgp-moe")
PREFIXES = {"dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "adms": ADMS, "owl": OWL, "stat": STAT}
# class → properties that both say, in the same words
SAME = {
    DCAT.Dataset: (
        RDF.type, DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.issued,
        DCTERMS.accessRights, DCTERMS.spatial, DCTERMS.temporal, DCAT.theme,
        DCAT.keyword, DCAT.version, DCAT.distribution,
    ),
    DCAT.Distribution: (
        RDF.type, DCTERMS.title, DCTERMS.description, DCAT.accessURL, DCAT.byteSize, SPDX.checksum,
    ),
    DCTERMS.PeriodOfTime: (RDF.type, DCAT.startDate, DCAT.endDate),
    SPDX.Checksum: (SPDX.checksumValue,),
}  # fmt: skip


@pytest.fixture(scope="module")
def graphs(demo_home: Path) -> Iterator[list[tuple[Graph, Graph]]]:
    """Of each dataset: the graph of the embedded catalogue, and that of ckanext-dcat."""
    asked = catalogues.real()
    if isinstance(asked, str):
        pytest.skip(asked)
    settings = load(demo_home, environ={})
    wanted = twin.only(records(current(Home(demo_home)), settings), OFFICES)
    client = create_app(settings).test_client()
    with ckan.Remote(asked.url, asked.tokens["admin"]) as admin:
        try:
            ckan.apply(admin, ckan.plan(admin, wanted))
            pages = [f"/dataset/{d.name}.ttl" for d in wanted.datasets]
            yield [
                (
                    Graph().parse(data=client.get(page).text),
                    Graph().parse(data=asked.session.get(asked.url + page, timeout=60).text),
                )
                for page in pages
            ]
        finally:
            clean(admin, wanted)
            asked.session.close()


def clean(admin: ckan.Remote, wanted: Catalogue) -> None:
    gone = [("datastore_delete", {"resource_id": r.id, "force": True})
            for d in wanted.datasets for r in d.resources if r.rows]  # fmt: skip
    gone += [("dataset_purge", {"id": d.name}) for d in wanted.datasets]
    gone += [("organization_purge", {"id": o.name}) for o in wanted.organizations]
    gone += [("group_purge", {"id": g.name}) for g in wanted.groups]
    for action, params in gone:
        with suppress(NotFound):
            admin.call_action(action, params)


def reduced(graph: Graph, without: frozenset[Node] = frozenset()) -> Graph:
    """What `SAME` names, in English; nodes that only belong to another one without a name of their own."""
    found = Graph()
    named: dict[Node, Node] = {}
    for kind, properties in SAME.items():
        for me in set(graph.subjects(RDF.type, kind)) - without:
            for name in properties:
                for value in set(graph.objects(me, name)) - without:
                    if not isinstance(value, Literal) or value.language in (None, "en"):
                        found.add((part(me, named), name, plain(part(value, named))))
    return found


def part(node: Node, named: dict[Node, Node]) -> Node:
    is_part = isinstance(node, URIRef) and re.search(r"/(dataset|resource)/[^#]*#", node)
    return named.setdefault(node, BNode()) if is_part else node


def plain(value: Node) -> Node:
    """Without a language, and addresses in one spelling."""
    if isinstance(value, Literal):
        return Literal(str(value.toPython() if value.datatype == XSD.dateTime else value))
    return URIRef(unquote(value)) if isinstance(value, URIRef) else value


def packages(graph: Graph) -> frozenset[Node]:
    """Distributions with the descriptor of the data package: the embedded catalogue links it otherwise."""
    found = set(graph.subjects(DCTERMS.title, Literal("Data package")))
    return frozenset(found | {check for me in found for check in graph.objects(me, SPDX.checksum)})


def test_both_say_the_same_of_what_both_can_say(graphs: list[tuple[Graph, Graph]]) -> None:
    assert len(graphs) >= 2
    for ours, theirs in graphs:
        one, other = reduced(ours), reduced(theirs, packages(theirs))
        assert len(one) > 40
        if not isomorphic(one, other):
            _, here, there = graph_diff(one, other)
            raise AssertionError(f"here: {here.serialize()}\nthere: {there.serialize()}")


def test_what_ckanext_dcat_cannot_say_is_the_table(graphs: list[tuple[Graph, Graph]]) -> None:
    differs = set()
    for ours, theirs in graphs:
        for kind in (DCAT.Dataset, DCAT.Distribution):
            for me in ours.subjects(RDF.type, kind):
                for name in set(ours.predicates(me)) - set(SAME[kind]):
                    if set(map(kind_of, theirs.objects(me, name))) != set(
                        map(kind_of, ours.objects(me, name))
                    ):
                        differs.add(short(name))
    section = DOCS.read_text(encoding="utf-8").partition("ckanext-dcat cannot say")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+:\w+)`", section)) == differs


def kind_of(value: Node) -> tuple[bool, str]:
    return isinstance(value, Literal), str(value)


def short(name: Node) -> str:
    spaces = {prefix: str(space) for prefix, space in PREFIXES.items()}
    return next(f"{p}:{str(name).removeprefix(s)}" for p, s in spaces.items() if str(name).startswith(s))
