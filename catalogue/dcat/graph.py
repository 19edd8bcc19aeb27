"""A dataset as DCAT-AP 3 with StatDCAT-AP: its graph, with everything that it points to.

Source: DCAT-AP 3.0.0; StatDCAT-AP 3.0.0 draft: dimension, attribute, measure, numSeries, statUnitMeasure,
dataStructureDefinition. Each node that the profiles give a class says so, as their shapes ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from rdflib import Graph, URIRef
from rdflib.term import Node

from catalogue.dcat import citation
from catalogue.dcat.described import Described, Service, Texts, extras, names, texts
from catalogue.dcat.vocabulary import (
    ADMS,
    AUTHORITY,
    DCAT,
    DCTERMS,
    FOAF,
    FREQUENCIES,
    OWL,
    QB,
    RDF,
    RDFS,
    SKOS,
    SPDX,
    STAT,
    VCARD,
    XSD,
    file_type,
    iri,
    language,
    literal,
    media_type,
    typed,
)

# role of a column → property of StatDCAT-AP, class of the Data Cube vocabulary
COMPONENTS = {
    "dimension": (STAT.dimension, QB.DimensionProperty),
    "attribute": (STAT.attribute, QB.AttributeProperty),
    "measure": (STAT.measure, QB.MeasureProperty),
}


def add(graph: Graph, found: Described) -> URIRef:
    """Say everything of a dataset; its IRI."""
    me = URIRef(found.iri)
    graph.add((me, RDF.type, DCAT.Dataset))
    _texts(graph, me, DCTERMS.title, found.title)
    _texts(graph, me, DCTERMS.description, found.description)
    _identity(graph, me, found)
    _people(graph, me, found)
    _coverage(graph, me, found)
    _structure(graph, me, found)
    for resource in found.resources:
        if "datapackage" not in resource:
            graph.add((me, DCAT.distribution, _distribution(graph, found, resource)))
    return me


# -- pieces -------------------------------------------------------------------------------------


def _part(node: URIRef, name: str) -> URIRef:
    """What belongs to a node, under a name that stays: the same record always gives the same bytes."""
    return URIRef(f"{node}#{name}")


def _texts(graph: Graph, node: Node, name: URIRef, told: Texts) -> None:
    for tag, text in told.items():
        graph.add((node, name, literal(text, tag)))


def _say(graph: Graph, node: Node, pairs: Iterable[tuple[URIRef, Node | None]]) -> None:
    for name, value in pairs:
        if value is not None:
            graph.add((node, name, value))


def _is(graph: Graph, node: Node | None, kind: URIRef) -> Node | None:
    """The node itself, said to be of the class."""
    if node is not None:
        graph.add((node, RDF.type, kind))
    return node


def _moment(value: str) -> Node:
    """CKAN's times have no zone and are UTC."""
    has_zone = value.endswith("Z") or "+" in value[10:]
    return typed(value if has_zone else f"{value}Z", XSD.dateTime)


def _identity(graph: Graph, me: URIRef, found: Described) -> None:
    record = found.record
    _say(
        graph,
        me,
        [
            (DCTERMS.identifier, literal(record["name"])),
            (DCTERMS.issued, _moment(found.issued)),
            (DCTERMS.modified, _moment(str(record["metadata_modified"]))),
            (DCTERMS.bibliographicCitation, literal(citation.text(found))),
            (DCAT.version, literal(record["version"]) if record.get("version") else None),
            (OWL.versionInfo, literal(record["version"]) if record.get("version") else None),
            (DCAT.landingPage, _is(graph, iri(found.page), FOAF.Document)),
            (FOAF.page, _is(graph, iri(record.get("url")), FOAF.Document)),
            (DCTERMS.accessRights, _is(graph, AUTHORITY["access-right/PUBLIC"], DCTERMS.RightsStatement)),
        ],
    )
    if found.extras.get("dataflow_urn"):
        other = _part(me, "dataflow")
        _is(graph, other, ADMS.Identifier)
        graph.add((other, SKOS.notation, literal(found.extras["dataflow_urn"])))
        graph.add((me, ADMS.identifier, other))
    for keyword in found.keywords:
        graph.add((me, DCAT.keyword, literal(keyword, "en")))
    for tag in found.title:
        _say(graph, me, [(DCTERMS.language, _is(graph, language(tag), DCTERMS.LinguisticSystem))])


def _people(graph: Graph, me: URIRef, found: Described) -> None:
    record = found.record
    if record.get("organization"):
        graph.add((me, DCTERMS.publisher, agent(graph, found.service, record["organization"]["name"])))
    for group in record["groups"]:
        graph.add((me, DCAT.theme, _theme(graph, found.service, group["name"])))
    contact = _part(me, "contact")
    name = record.get("maintainer") or record.get("author") or record["name"]
    _is(graph, contact, VCARD.Kind)
    graph.add((contact, VCARD.fn, literal(name)))
    address = iri(f"mailto:{record['maintainer_email']}") if record.get("maintainer_email") else None
    page = extras(found.publisher).get("url") if found.publisher else ""
    _say(graph, contact, [(VCARD.hasEmail, address), (VCARD.hasURL, iri(page))])
    graph.add((me, DCAT.contactPoint, contact))
    if told := "; ".join(_source(source) for source in found.items("sources")):
        statement = _part(me, "sources")
        _is(graph, statement, DCTERMS.ProvenanceStatement)
        graph.add((statement, RDFS.label, literal(told, "en")))
        graph.add((me, DCTERMS.provenance, statement))


def _source(source: Mapping[str, Any]) -> str:
    return ", ".join(str(source[key]) for key in ("title", "path") if source.get(key))


def agent(graph: Graph, service: Service, name: str) -> URIRef:
    """An office."""
    node = URIRef(f"{service.base}/organization/{name}")
    if (node, RDF.type, FOAF.Agent) not in graph:
        record = service.member("organization", name)
        _is(graph, node, FOAF.Agent)
        _texts(graph, node, FOAF.name, texts(record, "title") or {"en": name})
        _say(graph, node, [(FOAF.homepage, _is(graph, iri(extras(record).get("url")), FOAF.Document))])
    return node


def _theme(graph: Graph, service: Service, name: str) -> URIRef:
    node = URIRef(f"{service.base}/group/{name}")
    if (node, RDF.type, SKOS.Concept) not in graph:
        _is(graph, node, SKOS.Concept)
        _texts(graph, node, SKOS.prefLabel, texts(service.member("group", name), "title") or {"en": name})
        graph.add((node, SKOS.inScheme, themes(graph, service)))
    return node


def themes(graph: Graph, service: Service) -> URIRef:
    """The scheme of all topics."""
    node = URIRef(f"{service.base}/group")
    _is(graph, node, SKOS.ConceptScheme)
    _texts(graph, node, DCTERMS.title, service.title)
    return node


def _coverage(graph: Graph, me: URIRef, found: Described) -> None:
    start, end = found.extras.get("temporal_start"), found.extras.get("temporal_end")
    if start and end:
        span = _part(me, "period")
        _is(graph, span, DCTERMS.PeriodOfTime)
        graph.add((span, DCAT.startDate, typed(start, XSD.date)))
        graph.add((span, DCAT.endDate, typed(end, XSD.date)))
        graph.add((me, DCTERMS.temporal, span))
    for code in found.items("spatial"):
        graph.add((me, DCTERMS.spatial, _place(graph, found, str(code))))
    codes = found.items("frequency")
    often = next((told for code, told in FREQUENCIES.items() if code in codes), None)
    if often:
        frequency = _is(graph, AUTHORITY[f"frequency/{often[0]}"], DCTERMS.Frequency)
        resolution = typed(often[1], XSD.duration)
        _say(graph, me, [(DCTERMS.accrualPeriodicity, frequency), (DCAT.temporalResolution, resolution)])


def _place(graph: Graph, found: Described, code: str) -> Node:
    """A country by its ISO 3166-1 code, as the authority table has them; any other area by its names."""
    is_country = len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()
    node: Node = AUTHORITY[f"country/{code}"] if is_country else _coded(found, "REF_AREA", code)
    _is(graph, node, DCTERMS.Location)
    _texts(graph, node, SKOS.prefLabel, found.service.code("REF_AREA", code) or {"en": code})
    return node


def _coded(found: Described, concept: str, code: str) -> URIRef:
    """A code by its URN, where the structure has a list of them."""
    lists = (f["sdmx"].get("codelist", "") for f in found.fields if f["name"] == concept)
    codelist = next(lists, "").replace(".Codelist=", ".Code=")
    node = iri(f"{codelist}.{code}")
    return (
        node
        if codelist and node is not None
        else _part(URIRef(found.iri), quote(f"{concept}-{code}", "", errors="replace"))
    )


# -- StatDCAT-AP --------------------------------------------------------------------------------


def _structure(graph: Graph, me: URIRef, found: Described) -> None:
    for field in found.fields:
        sdmx = field.get("sdmx", {})
        node = iri(sdmx.get("urn"))
        if node is not None and sdmx.get("role") in COMPONENTS:
            property, kind = COMPONENTS[sdmx["role"]]
            graph.add((me, property, node))
            _component(graph, node, kind, field, sdmx)
    if found.extras.get("num_series"):
        graph.add((me, STAT.numSeries, typed(found.extras["num_series"], XSD.integer)))
    for code in found.items("unit_measure"):
        graph.add((me, STAT.statUnitMeasure, _unit(graph, found, str(code))))
    structure = iri(found.extras.get("dsd_urn"))
    if structure is not None:
        _is(graph, structure, QB.DataStructureDefinition)
        _is(graph, structure, DCTERMS.Standard)
        graph.add((me, STAT.dataStructureDefinition, structure))
        graph.add((me, DCTERMS.conformsTo, structure))


def _unit(graph: Graph, found: Described, code: str) -> Node:
    node = _coded(found, "UNIT_MEASURE", code)
    _is(graph, node, SKOS.Concept)
    graph.add((node, SKOS.notation, literal(code)))
    _texts(graph, node, SKOS.prefLabel, found.service.code("UNIT_MEASURE", code) or {"en": code})
    return node


def _component(
    graph: Graph, node: Node, kind: URIRef, field: Mapping[str, Any], sdmx: Mapping[str, str]
) -> None:
    _is(graph, node, kind)
    _texts(graph, node, RDFS.label, names(field))
    _say(graph, node, [(QB.concept, iri(sdmx.get("concept"))), (QB.codeList, iri(sdmx.get("codelist")))])


# -- distributions and the service --------------------------------------------------------------


def _distribution(graph: Graph, found: Described, resource: Mapping[str, Any]) -> URIRef:
    me = URIRef(f"{found.iri}/resource/{resource['id']}")
    mimetype = str(resource.get("mimetype") or "")
    _is(graph, me, DCAT.Distribution)
    _say(
        graph,
        me,
        [
            (DCTERMS.title, literal(resource["name"], "en")),
            (DCTERMS.description, literal(resource.get("description") or resource["name"], "en")),
            (DCAT.accessURL, iri(resource["url"])),
            (DCTERMS.format, _is(graph, file_type(mimetype), DCTERMS.MediaTypeOrExtent)),
            (DCAT.mediaType, _is(graph, media_type(mimetype), DCTERMS.MediaType)),
            (DCTERMS.license, _license(graph, found)),
            (DCTERMS.issued, _moment(found.issued)),
        ],
    )
    if resource.get("hash"):
        _bytes(graph, me, resource)
    elif "/sdmx/" in str(resource["url"]):
        graph.add((me, DCAT.accessService, service_of(graph, found)))
    return me


def _bytes(graph: Graph, me: URIRef, resource: Mapping[str, Any]) -> None:
    checksum = _part(me, "checksum")
    _is(graph, checksum, SPDX.Checksum)
    algorithm = _is(graph, SPDX.checksumAlgorithm_sha256, SPDX.ChecksumAlgorithm)
    value = typed(resource["hash"], XSD.hexBinary)
    _say(graph, checksum, [(SPDX.algorithm, algorithm), (SPDX.checksumValue, value)])
    size = typed(resource["size"], XSD.nonNegativeInteger) if resource.get("size") is not None else None
    _say(
        graph,
        me,
        [(SPDX.checksum, checksum), (DCAT.byteSize, size), (DCAT.downloadURL, iri(resource["url"]))],
    )


def _license(graph: Graph, found: Described) -> Node | None:
    node = iri(found.license_url)
    if node is None:
        return None
    _is(graph, node, DCTERMS.LicenseDocument)
    if found.license_text:
        graph.add((node, RDFS.label, literal(found.license_text, "en")))
    return node


def service_of(graph: Graph, found: Described) -> URIRef:
    """The SDMX service, which serves the dataset."""
    node = service(graph, found.service)
    graph.add((node, DCAT.servesDataset, URIRef(found.iri)))
    return node


def service(graph: Graph, around: Service) -> URIRef:
    node = URIRef(f"{around.base}/sdmx/v2")
    standard = URIRef("https://sdmx.org/sdmx-rest")
    _is(graph, node, DCAT.DataService)
    _is(graph, standard, DCTERMS.Standard)
    _say(
        graph,
        node,
        [
            (DCTERMS.title, literal("SDMX REST", "en")),
            (DCTERMS.description, literal("SDMX REST 2.2: data, structures and metadata as queries", "en")),
            (DCAT.endpointURL, node),
            (DCAT.endpointDescription, URIRef(f"{around.base}/openapi.json")),
            (DCTERMS.conformsTo, standard),
        ],
    )
    return node
