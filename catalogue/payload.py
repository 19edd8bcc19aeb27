"""Records as CKAN is told them, and in which fields a record that is there differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.record import Dataset, Group, Organization, Resource

# -- what shall be, as CKAN is told -------------------------------------------------------------


def _extras(extras: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": extras[key]} for key in sorted(extras)]


def group_payload(record: Organization | Group) -> dict[str, Any]:
    return {
        "name": record.name,
        "title": record.title,
        "description": record.description,
        "extras": _extras(record.extras),
    }


def resource_payload(record: Resource) -> dict[str, Any]:
    return dict(record.extra) | {
        "id": record.id,
        "name": record.name,
        "url": record.url,
        "format": record.format,
        "description": record.description,
        "mimetype": record.mimetype,
        "size": record.size,
        "hash": record.hash,
        "datastore_active": record.rows is not None and record.rows.is_wanted,
    }


TYPES = {"number": "numeric", "integer": "int4", "boolean": "bool"}  # Frictionless → PostgreSQL


def datastore_fields(schema: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The fields of a datastore's table, and its key, from a Frictionless table schema. `label` and `notes`
    are what CKAN's own pages show of a field; what it is in SDMX goes with it."""
    fields = [
        {"id": field["name"], "type": TYPES.get(field["type"], "text"), "info": _info(field)}
        for field in schema["fields"]
    ]
    return fields, list(schema.get("primaryKey", ()))


def _info(field: Mapping[str, Any]) -> dict[str, Any]:
    sdmx = field.get("sdmx", {})
    notes = [sdmx.get("role", "").capitalize(), sdmx.get("codelist") and f"codes of {sdmx['codelist']}"]
    told = {"label": field.get("title", ""), "notes": ", ".join(note for note in notes if note)}
    return {key: value for key, value in told.items() if value} | {
        key: field[key] for key in ("sdmx", "i18n") if field.get(key)
    }


def _tags(record: Dataset, vocabularies: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Free tags; with the ids of vocabularies those of each, which are then no free ones."""
    if vocabularies is None:
        return [{"name": name} for name in sorted(record.tags)]
    named = {(n, vocabularies[v]) for v, names in record.vocabularies.items() for n in names}
    free = set(record.tags) - {name for name, _ in named}
    return [{"name": name} for name in sorted(free)] + [
        {"name": name, "vocabulary_id": id} for name, id in sorted(named)
    ]


def dataset_payload(record: Dataset, vocabularies: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "name": record.name,
        "title": record.title,
        "notes": record.notes,
        "owner_org": record.owner_org,
        "private": False,
        "groups": [{"name": name} for name in sorted(record.groups)],
        "tags": _tags(record, vocabularies),
        "license_id": record.license_id,
        "url": record.url,
        "version": record.version,
        "author": record.author,
        "maintainer": record.maintainer,
        "maintainer_email": record.maintainer_email,
        "extras": _extras(record.extras),
        "resources": [resource_payload(r) for r in record.resources],
    }


# -- what is, in the same words -----------------------------------------------------------------


def differences(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields in which a record that is there differs from the one that shall be."""
    return tuple(key for key, value in wanted.items() if not _same(key, value, there))


def _same(key: str, value: Any, there: Mapping[str, Any]) -> bool:
    found = there.get(key)
    if key == "extras":
        return pairs(value) == pairs(found or [])
    if key == "tags":
        return sorted(map(_tag, value)) == sorted(map(_tag, found or []))
    if key == "groups":
        return sorted(item["name"] for item in value) == sorted(item["name"] for item in found or [])
    if key == "datastore_active":
        return bool(found) == bool(value)
    if key == "owner_org":
        return value in (found, (there.get("organization") or {}).get("name"))
    if key == "resources":
        return len(value) == len(found or []) and not any(
            differences(wanted, is_there) for wanted, is_there in zip(value, found or [], strict=True)
        )
    return bool(value == found) or (value in (None, "") and found in (None, ""))


def _tag(tag: Mapping[str, Any]) -> tuple[str, str]:
    return tag["name"], tag.get("vocabulary_id") or ""


def pairs(extras: Any) -> dict[str, Any]:
    return {item["key"]: item["value"] for item in extras}
