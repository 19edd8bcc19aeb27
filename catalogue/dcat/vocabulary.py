"""Namespaces, and what the European authority tables call languages, frequencies and formats.

Source: DCAT-AP 3.0.0, StatDCAT-AP 3.0.0 draft (namespace s1n); publications.europa.eu authority tables.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, XSD

__all__ = [
    "ADMS", "AUTHORITY", "DCAT", "DCTERMS", "FOAF", "HYDRA", "OWL", "QB", "RDF", "RDFS", "SKOS", "SPDX",
    "STAT", "VCARD", "XSD", "empty", "iri", "literal", "typed",
]  # fmt: skip

ADMS = Namespace("http://www.w3.org/ns/adms#")
AUTHORITY = Namespace("http://publications.europa.eu/resource/authority/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
QB = Namespace("http://purl.org/linked-data/cube#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
STAT = Namespace("http://data.europa.eu/s1n/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

_PREFIXES = {
    "adms": ADMS, "dcat": DCAT, "dcatap": DCATAP, "dct": DCTERMS, "foaf": FOAF, "hydra": HYDRA, "owl": OWL,
    "qb": QB, "rdfs": RDFS, "skos": SKOS, "spdx": SPDX, "stat": STAT, "vcard": VCARD, "xsd": XSD,
}  # fmt: skip
# CL_FREQ of SDMX → authority table "frequency", and the length of a period; the most frequent first.
FREQUENCIES = {
    "D": ("DAILY", "P1D"), "B": ("DAILY", "P1D"), "W": ("WEEKLY", "P7D"), "M": ("MONTHLY", "P1M"),
    "Q": ("QUARTERLY", "P3M"), "S": ("ANNUAL_2", "P6M"), "H": ("ANNUAL_2", "P6M"), "A": ("ANNUAL", "P1Y"),
}  # fmt: skip
# Part of a media type → authority table "file-type".
FILE_TYPES = {
    "spreadsheetml": "XLSX", "parquet": "PARQUET", "csv": "CSV", "json": "JSON", "xml": "XML", "html": "HTML",
}  # fmt: skip
# ISO 639-1 → authority table "language" (ISO 639-3), for languages in which statistics offices write.
_ISO = """
ar ARA, bg BUL, bn BEN, cs CES, da DAN, de DEU, el ELL, en ENG, es SPA, et EST, fa FAS, fi FIN, fil FIL,
fr FRA, ga GLE, he HEB, hi HIN, hr HRV, hu HUN, hy HYE, id IND, is ISL, it ITA, ja JPN, ka KAT, kk KAZ,
km KHM, ko KOR, lo LAO, lt LIT, lv LAV, mk MKD, mn MON, ms MSA, mt MLT, my MYA, ne NEP, nl NLD, no NOR,
pl POL, pt POR, ro RON, ru RUS, si SIN, sk SLK, sl SLV, sq SQI, sr SRP, sv SWE, sw SWA, ta TAM, tet TET,
th THA, tl TGL, tr TUR, uk UKR, ur URD, uz UZB, vi VIE, zh ZHO
"""
_LANGUAGES = {pair.split()[0]: pair.split()[1] for pair in _ISO.split(",")}
_TAG = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*")
# Characters that XML 1.0 has no place for: RDF/XML could not be read.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def empty() -> Graph:
    """A graph that writes the usual prefixes, and what it was told in the order in which it was told."""
    graph = Graph("SimpleMemory", bind_namespaces="none")
    for prefix, namespace in _PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def iri(address: object) -> URIRef | None:
    """The address as an IRI, what an IRI may not hold escaped; None unless it is one of the web or an URN."""
    text = str(address or "").strip()
    if not text.startswith(("http://", "https://", "urn:", "mailto:")):
        return None
    try:
        urlsplit(text)
    except ValueError:
        return None
    return URIRef(quote(text, safe="!#$%&'()*+,/:;=?@[]~-._", errors="replace"))


def literal(value: object, language: str = "") -> Literal:
    """A text, in a language when its tag is one."""
    plain = _UNWRITABLE.sub(" ", str(value))
    return Literal(plain, lang=language) if _TAG.fullmatch(language) else Literal(plain)


def typed(value: object, kind: URIRef) -> Literal:
    """A literal whose lexical form is kept as it is."""
    return Literal(str(value), datatype=kind, normalize=False)


def language(tag: str) -> URIRef | None:
    found = _LANGUAGES.get(tag.partition("-")[0].lower())
    return AUTHORITY[f"language/{found}"] if found else None


def file_type(mimetype: str) -> URIRef | None:
    return next((AUTHORITY[f"file-type/{t}"] for part, t in FILE_TYPES.items() if part in mimetype), None)


def media_type(mimetype: str) -> URIRef | None:
    """The type as IANA registers it, without parameters."""
    plain = mimetype.partition(";")[0].strip()
    return iri(f"http://www.iana.org/assignments/media-types/{plain}") if "/" in plain else None
