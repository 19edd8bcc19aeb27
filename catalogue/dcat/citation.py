"""How a dataset is cited, as DataCite recommends it, and its DataCite record.

Source: DataCite Metadata Schema 4.6, "Recommended citation": Creator (PublicationYear). Title. Version.
Publisher. ResourceTypeGeneral. Identifier.
"""

from __future__ import annotations

from typing import Any

from catalogue.dcat.described import Described, texts


def text(found: Described, language: str = "en") -> str:
    """One line for a list of references.

    The office is creator and publisher, so it stands once at the front and the catalogue is the publisher.
    """
    title = found.title.get(language) or next(iter(found.title.values()))
    parts = (
        f"{_office(found, language)} ({found.issued[:4]})",
        title,
        f"Version {found.record['version']}" if found.record.get("version") else "",
        found.service.title.get(language) or next(iter(found.service.title.values()), ""),
        "Dataset",
        found.iri,
    )
    return ". ".join(part for part in parts if part)


def _office(found: Described, language: str) -> str:
    told = texts(found.publisher, "title") if found.publisher else {}
    return told.get(language) or next(iter(told.values()), "") or str(found.record.get("author") or "")


def datacite(found: Described) -> dict[str, Any]:
    """The attributes of a DataCite record in its JSON."""
    return {
        "identifiers": [{"identifier": found.iri, "identifierType": "URL"}],
        "creators": [{"name": _office(found, "en"), "nameType": "Organizational"}],
        "titles": [{"title": title, "lang": tag} for tag, title in found.title.items()],
        "publisher": {"name": next(iter(found.service.title.values()), "")},
        "publicationYear": int(found.issued[:4]),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Statistical dataset"},
        "subjects": [{"subject": keyword} for keyword in found.keywords],
        "dates": [{"date": found.issued, "dateType": "Issued"}, *_span(found)],
        "language": "en",
        "version": str(found.record.get("version") or ""),
        "rightsList": [{"rights": found.license_text, "rightsUri": found.license_url}],
        "descriptions": [
            {"description": told, "descriptionType": "Abstract", "lang": tag}
            for tag, told in found.description.items()
        ],
        "sizes": [f"{file['size']} bytes" for file in found.files],
        "formats": [file["mimetype"] for file in found.files],
        "geoLocations": [{"geoLocationPlace": place} for place in places(found)],
        "url": found.iri,
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }


def _span(found: Described) -> list[dict[str, str]]:
    start, end = found.extras.get("temporal_start"), found.extras.get("temporal_end")
    return [{"date": f"{start}/{end}", "dateType": "Coverage"}] if start and end else []


def places(found: Described) -> list[str]:
    """The areas' English names."""
    told = {code: found.service.code("REF_AREA", code) for code in found.items("spatial")}
    return [names.get("en") or next(iter(names.values()), code) for code, names in told.items()]
