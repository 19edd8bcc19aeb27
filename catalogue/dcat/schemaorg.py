"""A dataset as schema.org/Dataset, which search engines read, and as Croissant, which data tools load.

Source: schema.org 29, Google's "Dataset structured data"; MLCommons Croissant 1.0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalogue.dcat import citation
from catalogue.dcat.described import Described, names, texts

CROISSANT = "http://mlcommons.org/croissant/1.0"
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
} | {
    name: f"cr:{name}"
    for name in (
        "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet",
        "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
        "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField",
        "transform",
    )
}  # fmt: skip
_LONGEST, _SHORTEST = 5000, 50  # characters of a description: Google's guideline


def dataset(found: Described, language: str = "en") -> dict[str, Any]:
    """The JSON-LD of a dataset's page in one language."""
    return {"@context": "https://schema.org/", **_described(found, language)} | {
        "distribution": [_download(r) for r in found.resources if "datapackage" not in r]
    }


def _described(found: Described, language: str) -> dict[str, Any]:
    start, end = found.extras.get("temporal_start"), found.extras.get("temporal_end")
    made = {
        "@type": "Dataset",
        "@id": found.iri,
        "name": found.title.get(language) or next(iter(found.title.values())),
        "description": _long_enough(found, language),
        "url": found.iri,
        "identifier": found.extras.get("dataflow_urn") or found.iri,
        "version": str(found.record.get("version") or ""),
        "license": found.license_url or found.license_text,
        "isAccessibleForFree": True,
        "keywords": found.keywords,
        "creator": _office(found, language),
        "publisher": _office(found, language),
        "datePublished": found.issued,
        "dateModified": str(found.record["metadata_modified"]),
        "temporalCoverage": f"{start}/{end}" if start and end else "",
        "spatialCoverage": [{"@type": "Place", "name": place} for place in citation.places(found)],
        "variableMeasured": [_variable(found, field, language) for field in _of(found, "measure")],
        "measurementTechnique": "; ".join(str(s.get("title", "")) for s in found.items("sources")),
        "creditText": citation.text(found, language),
        "inLanguage": list(found.title),
        "includedInDataCatalog": {"@type": "DataCatalog", "url": found.service.base},
    }
    return {key: value for key, value in made.items() if value not in ("", [])}


def _long_enough(found: Described, language: str) -> str:
    told = found.description.get(language) or next(iter(found.description.values()))
    longer = told if len(told) >= _SHORTEST else f"{told} {citation.text(found, language)}"
    return longer[:_LONGEST]


def _office(found: Described, language: str) -> dict[str, Any]:
    told = texts(found.publisher, "title")
    name = told.get(language) or next(iter(told.values()), "") or str(found.record.get("author") or "")
    urls = [e["value"] for e in found.publisher.get("extras", ()) if e["key"] == "url"]
    return {"@type": "Organization", "name": name} | ({"url": urls[0]} if urls else {})


def _of(found: Described, role: str) -> list[Mapping[str, Any]]:
    return [field for field in found.fields if field.get("sdmx", {}).get("role") == role]


def _variable(found: Described, field: Mapping[str, Any], language: str) -> dict[str, Any]:
    told = names(field)
    units = [found.service.code("UNIT_MEASURE", code) for code in found.items("unit_measure")]
    return {
        "@type": "PropertyValue",
        "name": told.get(language) or told["en"],
        "unitText": ", ".join(u.get(language) or next(iter(u.values()), "") for u in units),
    }


def _download(resource: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "@type": "DataDownload",
        "@id": f"#{resource['id']}",
        "name": resource["name"],
        "description": resource.get("description"),
        "contentUrl": resource["url"],
        "encodingFormat": resource.get("mimetype") or resource.get("format"),
        "contentSize": f"{resource['size']} B" if resource.get("size") else None,
        "sha256": resource.get("hash"),
    }
    return {key: value for key, value in made.items() if value}


# -- Croissant ----------------------------------------------------------------------------------


def croissant(found: Described) -> dict[str, Any]:
    """The dataset with its files, and its Parquet file's columns as fields of one record set."""
    columns = next((f for f in found.files if str(f.get("mimetype", "")).endswith("parquet")), None)
    described = _described(found, "en")
    made: dict[str, Any] = {
        "@context": _CONTEXT,
        **{key: value for key, value in described.items() if key not in _NOT_IN_CROISSANT},
        "@type": "sc:Dataset",
        "conformsTo": CROISSANT,
        "citeAs": citation.text(found),
        "version": ".".join(
            str(int(part)) for part in found.issued[:10].split("-")
        ),  # semantic, as asked for
        "distribution": [_file(file) for file in found.files],
    }
    if columns and found.fields:
        made["recordSet"] = [_records(found, columns)]
    return made


_NOT_IN_CROISSANT = ("@type", "creditText", "variableMeasured", "spatialCoverage", "measurementTechnique")


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    is_parquet = str(file.get("mimetype", "")).endswith("parquet")
    return {
        "@type": "cr:FileObject",
        "@id": file["id"],
        "name": str(file["url"]).rpartition("/")[2],
        "description": file.get("description") or "",
        "contentUrl": file["url"],
        "encodingFormat": "application/x-parquet" if is_parquet else file["mimetype"],
        "contentSize": f"{file['size']} B",
        "sha256": file["hash"],
    }


def _records(found: Described, file: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "observations",
        "name": "observations",
        "description": "One row an observation; codes as in the structure.",
        "field": [_column(field, file) for field in found.fields],
    }


def _column(field: Mapping[str, Any], file: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"observations/{field['name']}",
        "name": field["name"],
        "description": names(field)["en"],
        "dataType": "sc:Float" if field["type"] == "number" else "sc:Text",
        "source": {"fileObject": {"@id": file["id"]}, "extract": {"column": field["name"]}},
    }


def as_script(made: Mapping[str, Any]) -> str:
    """JSON that may stand within a `script` element whatever the texts are: no `<`, `>` or `&` in it."""
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
