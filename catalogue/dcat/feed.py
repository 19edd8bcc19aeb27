"""The catalogue as a graph, page by page, and graphs as bytes.

Source: DCAT-AP 3.0.0 (Catalogue, CatalogueRecord); Hydra Core for pages, as ckanext-dcat reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from rdflib import Graph, URIRef

from catalogue.dcat import graph as datasets
from catalogue.dcat.described import Described, Service
from catalogue.dcat.vocabulary import (
    DCAT,
    DCTERMS,
    FOAF,
    HYDRA,
    RDF,
    XSD,
    empty,
    language,
    literal,
    typed,
)

PAGE = 50
# ending of an address → what rdflib calls it, media type
FORMATS = {
    "ttl": ("turtle", "text/turtle"),
    "jsonld": ("json-ld", "application/ld+json"),
    "rdf": ("xml", "application/rdf+xml"),
    "xml": ("xml", "application/rdf+xml"),
}
PROFILE = URIRef("http://data.europa.eu/r5r/")


def dataset(record: Any, service: Service) -> Graph:
    """One dataset and what it points to."""
    made = empty()
    datasets.add(made, Described(record, service))
    return made


def catalogue(records: Iterable[Any], service: Service, modified: str) -> Graph:
    """The catalogue with these of its datasets."""
    made = empty()
    me = URIRef(f"{service.base}/")
    made.add((me, RDF.type, DCAT.Catalog))
    for tag, text in service.title.items():
        made.add((me, DCTERMS.title, literal(text, tag)))
    for tag, text in service.description.items():
        made.add((me, DCTERMS.description, literal(text, tag)))
    made.add((me, FOAF.homepage, me))
    made.add((me, RDF.type, FOAF.Document))
    made.add((me, DCTERMS.modified, typed(modified, XSD.dateTime)))
    made.add((me, DCTERMS.publisher, _operator(made, service)))
    made.add((me, DCAT.themeTaxonomy, datasets.themes(made, service)))
    made.add((me, DCAT.service, datasets.service(made, service)))
    for tag in service.languages:
        if (node := language(tag)) is not None:
            made.add((node, RDF.type, DCTERMS.LinguisticSystem))
            made.add((me, DCTERMS.language, node))
    for record in records:
        found = Described(record, service)
        made.add((me, DCAT.dataset, datasets.add(made, found)))
        made.add((me, DCAT.record, _record(made, found)))
    return made


def _operator(made: Graph, service: Service) -> URIRef:
    """Who runs the catalogue: its title is all that is known of them."""
    node = URIRef(f"{service.base}/#operator")
    made.add((node, RDF.type, FOAF.Agent))
    for tag, text in service.title.items():
        made.add((node, FOAF.name, literal(text, tag)))
    return node


def _record(made: Graph, found: Described) -> URIRef:
    node = URIRef(f"{found.iri}.ttl")
    made.add((PROFILE, RDF.type, DCTERMS.Standard))
    made.add((node, RDF.type, DCAT.CatalogRecord))
    made.add((node, FOAF.primaryTopic, URIRef(found.iri)))
    made.add((node, DCTERMS.conformsTo, PROFILE))
    made.add((node, DCTERMS.modified, typed(f"{found.record['metadata_modified']}Z", XSD.dateTime)))
    return node


def paged(made: Graph, address: str, total: int, page: int) -> Graph:
    """The same with where the other pages are, `page` from 1; `address` is the feed's without its query."""
    last = max(1, -(-total // PAGE))
    node = URIRef(f"{address}?page={page}")
    made.add((node, RDF.type, HYDRA.PagedCollection))
    made.add((node, HYDRA.totalItems, typed(total, XSD.integer)))
    made.add((node, HYDRA.itemsPerPage, typed(PAGE, XSD.integer)))
    # Hydra's older names, as ckanext-dcat writes and reads them.
    for name, number in (("first", 1), ("previous", page - 1), ("next", page + 1), ("last", last)):
        if 1 <= number <= last:
            made.add((node, HYDRA[f"{name}Page"], literal(f"{address}?page={number}")))
    return made


def written(made: Graph, ending: str) -> bytes:
    """The graph in one of FORMATS; the same graph always gives the same bytes."""
    content = made.serialize(format=FORMATS[ending][0], encoding="utf-8")
    if ending != "jsonld":
        return content
    nodes = sorted(json.loads(content), key=itemgetter("@id"))  # rdflib has them in the order of hashes
    return json.dumps(nodes, ensure_ascii=False, indent=2).encode()
