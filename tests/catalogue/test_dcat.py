"""What harvesters read: valid by the profiles' shapes, the same in each form, safe whatever the texts are.

The shapes are made from `profile.csv`, written from DCAT-AP 3.0.0 and the StatDCAT-AP 3.0.0 draft; for what a
statistical dataset of ours must have, the minimum is one where the draft leaves it open.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SH, XSD
from rdflib.term import BNode, Node

from catalogue.dcat import citation, feed, schemaorg
from catalogue.dcat.described import Described, Service
from catalogue.dcat.vocabulary import DCAT, DCTERMS, SPDX, STAT, empty
from publisher.settings import load
from publisher.web.app import create_app
from publisher.web.harvest import service as service_of

PROFILE = list(csv.DictReader(Path(__file__).with_name("profile.csv").read_text("utf-8").splitlines()))
# rdflib's own reader of JSON-LD uses a class that rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
ROOT = Path(__file__).resolve().parents[2]
NAMES = dict(empty().namespaces())
# A row's value → what SHACL says of it.
KINDS = {"Literal": (SH.nodeKind, SH.Literal), "IRI": (SH.nodeKind, SH.IRI)}
TEMPORAL = (XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth)


def named(name: str) -> URIRef:
    prefix, _, rest = name.partition(":")
    return URIRef(NAMES[prefix] + rest)


def shapes() -> Graph:
    made = Graph()
    for row in PROFILE:
        shape, rule = BNode(), BNode()
        made.add((shape, RDF.type, SH.NodeShape))
        made.add((shape, SH.targetClass, named(row["class"])))
        made.add((shape, SH.property, rule))
        made.add((rule, SH.path, named(row["property"])))
        for bound, name in (("min", SH.minCount), ("max", SH.maxCount)):
            if row[bound]:
                made.add((rule, name, Literal(int(row[bound]))))
        for name, value in says(made, row["value"]):
            made.add((rule, name, value))
    return made


def says(made: Graph, value: str) -> list[tuple[URIRef, Node]]:
    if value in KINDS:
        return [KINDS[value]]
    if value == "Temporal":
        choices = []
        for kind in TEMPORAL:
            choices.append(BNode())
            made.add((choices[-1], SH.datatype, kind))
        head = BNode()
        Collection(made, head, choices)
        return [(SH["or"], head)]
    return [(SH.datatype if value.startswith("xsd:") else SH["class"], named(value))]


def findings(graph: Graph) -> list[str]:
    copied = Graph()  # pyshacl needs rdflib's own store
    copied += graph
    _, _, text = pyshacl.validate(copied, shacl_graph=shapes())
    return [line for line in str(text).splitlines() if "Message:" in line]


@pytest.fixture(scope="module")
def client(demo_home: Path) -> FlaskClient:
    return create_app(load(demo_home, environ={})).test_client()


def read(client: FlaskClient, path: str, format: str) -> Graph:
    response = client.get(path)
    assert response.status_code == 200
    return Graph().parse(data=response.data, format=format)


@pytest.fixture(scope="module")
def whole(client: FlaskClient) -> Graph:
    return read(client, "/catalog.ttl", "turtle")


def test_a_dataset_follows_the_profiles(client: FlaskClient) -> None:
    assert findings(read(client, "/dataset/idn-bps-df-une.ttl", "turtle")) == []


@pytest.mark.slow
def test_the_whole_catalogue_follows_the_profiles(whole: Graph) -> None:
    assert len(list(whole.subjects(RDF.type, DCAT.Dataset))) >= 29
    assert findings(whole) == []


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in PROFILE if row["min"]], ids=lambda r: r["property"])
def test_the_shapes_miss_nothing_that_must_be_there(client: FlaskClient, row: dict[str, str]) -> None:
    made = feed.catalogue([RECORD], AROUND, "2025-10-09T04:00:00Z")
    subject = next(iter(made.subjects(RDF.type, named(row["class"]))))
    assert (subject, named(row["property"]), None) in made
    made.remove((subject, named(row["property"]), None))
    assert findings(made)


def test_all_forms_say_the_same(client: FlaskClient) -> None:
    forms = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "xml": "xml"}
    first, *others = (read(client, f"/dataset/phl-psa-df-une.{e}", f) for e, f in forms.items())
    assert all(isomorphic(first, other) for other in others)


_WRITE = """
import hashlib
from catalogue.dcat import feed
from tests.catalogue.test_dcat import AROUND, RECORD
for ending in feed.FORMATS:
    made = feed.catalogue([RECORD, {**RECORD, "name": "other"}], AROUND, "2025-10-09T04:00:00Z")
    print(ending, hashlib.sha256(feed.written(made, ending)).hexdigest())
"""


@pytest.mark.slow
def test_every_process_writes_the_same_bytes() -> None:
    """Python orders sets of texts anew in each process, unless told by which seed."""
    written = {
        subprocess.run(
            [sys.executable, "-c", _WRITE], env=os.environ | {"PYTHONHASHSEED": seed}, cwd=ROOT,
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(written) == 1
    assert len(written.pop().splitlines()) == len(feed.FORMATS)


def test_a_dataset_says_what_it_holds(client: FlaskClient) -> None:
    graph = read(client, "/dataset/phl-psa-df-une.ttl", "turtle")
    me = URIRef("http://127.0.0.1:8470/dataset/phl-psa-df-une")
    dimensions = {str(d).rpartition(".")[2] for d in graph.objects(me, STAT.dimension)}
    assert {"FREQ", "REF_AREA", "TIME_PERIOD"} <= dimensions
    assert int(str(graph.value(me, STAT.numSeries))) > 0
    assert "PHL" in str(graph.value(me, DCTERMS.spatial))
    hashes = {str(h) for h in graph.objects(None, SPDX.checksumValue)}
    record = client.get("/api/3/action/package_show?id=phl-psa-df-une").get_json()["result"]
    assert hashes == {r["hash"] for r in record["resources"] if r["hash"] and "datapackage" not in r}
    services = set(graph.objects(None, DCAT.accessService))
    assert services == {URIRef("http://127.0.0.1:8470/sdmx/v2")}


@pytest.mark.slow
def test_pages_of_the_catalogue_lead_from_one_to_the_next(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 13)
    monkeypatch.setattr("publisher.web.harvest.KEPT", 0)
    found: set[Node] = set()
    address, visited = "/catalog.ttl", 0
    while address:
        graph = read(client, address, "turtle")
        found |= set(graph.subjects(RDF.type, DCAT.Dataset))
        following = next(graph.objects(None, URIRef(NAMES["hydra"] + "nextPage")), "")
        address, visited = str(following).removeprefix("http://127.0.0.1:8470"), visited + 1
    count = client.get("/api/3/action/package_search?rows=0").get_json()["result"]["count"]
    assert (len(found), visited) == (count, 3)


@pytest.mark.parametrize(
    ("accept", "place"),
    [
        ("text/turtle", "{}.ttl"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.1", "{}.rdf"),
        ("application/ld+json", "{}.jsonld"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "page"),
        ("*/*", "page"),
        ("", "page"),
        ("image/png", "page"),
    ],
)
@pytest.mark.parametrize("path", ["/dataset/wb-df-une", "/catalog"])
def test_programs_get_what_they_accept(client: FlaskClient, path: str, accept: str, place: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code in (302, 303)
    if "{}" in place:
        assert response.headers["Location"] == place.format(path)
    else:
        assert response.headers["Location"].endswith(("/dataset", path))
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/dataset/nope.ttl", 404),
        ("/catalog.ttl?page=0", 400),
        ("/catalog.ttl?page=x", 400),
        ("/catalog.ttl?page=999999999999999999", 400),
        ("/catalog.ttl?page=4", 404),
        ("/sitemap-0.xml", 404),
        ("/sitemap-9.xml", 404),
        ("/releases/nope/x/datapackage.json", 404),
        ("/releases/wb-2026-04/nope/datapackage.json", 404),
    ],
)
def test_what_there_is_not(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_what_the_record_says_of_its_package_is_what_is_served(client: FlaskClient) -> None:
    record = client.get("/api/3/action/package_show?id=wb-df-une").get_json()["result"]
    package = next(r for r in record["resources"] if "datapackage" in r)
    content = client.get(package["url"].removeprefix("http://127.0.0.1:8470"))
    assert content.get_json() == package["datapackage"]
    assert len(content.data) == package["size"]


def test_search_engines_find_every_page(client: FlaskClient) -> None:
    robots = client.get("/robots.txt").text
    assert "Sitemap: http://127.0.0.1:8470/sitemap.xml" in robots
    first = client.get("/id/explore/DF_UNE").headers["Location"]
    assert {f"Allow: {first}", "Disallow: /*?"} <= set(robots.splitlines())
    assert "http://127.0.0.1:8470/sitemap-1.xml" in client.get("/sitemap.xml").text
    names = client.get("/api/3/action/package_list").get_json()["result"]
    text = client.get("/sitemap-1.xml").text
    assert all(f"<loc>http://127.0.0.1:8470/id/dataset/{name}</loc>" in text for name in names)


def test_the_page_has_its_data_in_it(client: FlaskClient) -> None:
    page = client.get("/id/dataset/idn-bps-df-une")
    block = page.text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    made = json.loads(block)
    assert made["@type"] == "Dataset"
    assert made["name"].startswith("Pengangguran")
    assert {d["encodingFormat"] for d in made["distribution"]} >= {"text/csv"}
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert made["creditText"] in page.text.replace("&#39;", "'")


# -- texts that mean harm -----------------------------------------------------------------------

EVIL = '</script><script>alert(1)</script> "quoted" \\ \x00\x0b\ud800 <>{}|^`\n"""'
AROUND = Service(
    "http://127.0.0.1:8470",
    {"en": "Catalogue"},
    {"en": "A catalogue"},
    ("en",),
    lambda kind, name: {"name": name, "title": name.title(), "extras": []},
    lambda concept, code: {"en": code.title()},
)
FIELD = {"name": "FREQ", "type": "string", "title": "Frequency"}
URN = "urn:sdmx:org.sdmx.infomodel.datastructure"
RECORD: dict[str, Any] = {
    "name": "one",
    "title": "One",
    "notes": "Notes",
    "version": "1",
    "author": "Office",
    "maintainer": "",
    "maintainer_email": "",
    "url": "",
    "metadata_created": "2025-10-09T04:00:00.000000",
    "metadata_modified": "2025-10-09T04:00:00.000000",
    "organization": {"name": "office", "title": "Office"},
    "groups": [{"name": "topic"}],
    "tags": [{"display_name": "tag"}],
    "extras": [
        {"key": "dsd_urn", "value": f"{URN}.DataStructure=A:B(1.0)"},
        {"key": "dataflow_urn", "value": f"{URN}.Dataflow=A:F(1.0)"},
        {"key": "num_series", "value": "3"},
        {"key": "unit_measure", "value": '["PS"]'},
        {"key": "license_url", "value": "https://example.org/licence"},
    ],
    "resources": [
        {
            "id": "r1",
            "name": "CSV",
            "url": "http://127.0.0.1:8470/files/1/one.csv",
            "format": "CSV",
            "mimetype": "text/csv",
            "size": 3,
            "hash": "ab" * 32,
            "description": "",
            "schema": {
                "fields": [
                    FIELD | {"sdmx": {"role": "dimension", "urn": f"{URN}.Dimension=A:B(1.0).FREQ"}},
                    FIELD | {"sdmx": {"role": "measure", "urn": f"{URN}.Measure=A:B(1.0).OBS_VALUE"}},
                ]
            },
        },
        {"id": "r2", "name": "Live", "url": "http://127.0.0.1:8470/sdmx/v2/data", "mimetype": ""},
    ],
}


def evil(value: Any) -> Any:
    """The record with every text of an outsider's made hostile; what our own code writes stays."""
    kept = ("id", "metadata_created", "metadata_modified", "role", "hash", "num_series", "key")
    if isinstance(value, dict):
        if value.get("key") in ("dsd_urn", "num_series", "unit_measure"):
            return value
        return {k: v if k in kept else evil(v) for k, v in value.items()}
    if isinstance(value, list):
        return [evil(item) for item in value]
    return value + EVIL if isinstance(value, str) else value


@pytest.mark.parametrize("ending", feed.FORMATS)
def test_hostile_texts_stay_texts(ending: str) -> None:
    record = evil(RECORD) | {"name": "one", "organization": {"name": "office"}, "groups": []}
    record["extras"] = [*record["extras"], {"key": "title_translated", "value": json.dumps({EVIL: EVIL})}]
    made = feed.catalogue([record], AROUND, datetime(2025, 10, 9, tzinfo=UTC).isoformat())
    back = Graph().parse(data=feed.written(made, ending), format=feed.FORMATS[ending][0])
    assert len(back) == len(made)
    assert {str(o) for o in back.objects(None, DCAT.accessURL)} == {
        str(o) for o in made.objects(None, DCAT.accessURL)
    }


def test_hostile_texts_do_not_leave_their_script() -> None:
    found = Described(evil(RECORD) | {"name": "one"}, AROUND)
    text = schemaorg.as_script(schemaorg.dataset(found))
    assert not set("<>&") & set(text)
    assert EVIL in json.loads(text)["name"]
    json.dumps(schemaorg.croissant(found))
    json.dumps(citation.datacite(found))


def test_a_citation_reads_as_datacite_recommends() -> None:
    told = citation.text(Described(RECORD, AROUND))
    assert told == ("Office (2025). One. Version 1. Catalogue. Dataset. http://127.0.0.1:8470/dataset/one")


def test_the_service_tells_names_in_each_language(demo_home: Path) -> None:
    app = create_app(load(demo_home, environ={}))
    with app.test_request_context("/"):
        around = service_of(app.extensions["lmis"])
        assert around.code("REF_AREA", "IDN")["en"] == "Indonesia"
        assert set(around.languages) == {"en", "id"}
