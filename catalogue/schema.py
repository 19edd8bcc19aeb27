"""What a dataset, resource, organization or group may hold: CKAN 2.12's rules, all findings at once.

Each function takes what a client sent and gives the record to keep, or raises ValidationError with the
fields and messages that CKAN gives. Source: CKAN 2.12 `ckan/logic/schema.py` and `validators.py`, and a
running 2.12.0: unknown keys of a dataset are dropped, unknown keys of a resource are kept.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from catalogue.errors import DataError, ValidationError

Record = dict[str, Any]
Check = Callable[[Any], Any]  # the value to keep; raises ValueError with CKAN's message

NAMESPACE = uuid.UUID("5e1f3f66-5b3c-5b57-9c39-0d6a5f0d7c11")  # of ids that follow from a kind and a name
MISSING = "Missing value"
_NAME = re.compile(r"[a-z0-9_\-]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TAG = re.compile(r"[\w \-.]*")


def stable_id(kind: str, name: str) -> str:
    """The id a record gets when the client chose none: the same for the same kind and name."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}:{name}"))


# -- one value ----------------------------------------------------------------------------------


def text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)


def name(sent: Any) -> str:
    value = text(sent)
    if value in ("new", "edit", "search"):
        raise ValueError("That name cannot be used")
    if len(value) < 2:
        raise ValueError(
            "Must be at least 2 characters long", f'Name "{value}" length is less than minimum 2'
        )
    if len(value) > 100:
        raise ValueError(
            "Name must be a maximum of 100 characters long", f'Name "{value}" length is more than maximum 100'
        )
    if not _NAME.fullmatch(value):
        raise ValueError("Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_")
    return value


def integer(value: Any) -> int | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, float) and not value.is_integer():
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise ValueError("Invalid integer") from None


def boolean(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in ("true", "yes", "t", "y", "1"))


def email(value: Any) -> str:
    if text(value) and not _EMAIL.fullmatch(text(value)):
        raise ValueError(f"Email {value} is not a valid format")
    return text(value)


def tag(value: str) -> str:
    if len(value) < 2:
        raise ValueError(f'Tag "{value}" length is less than minimum 2')
    if len(value) > 100:
        raise ValueError(f'Tag "{value}" length is more than maximum 100')
    if not _TAG.fullmatch(value):
        raise ValueError(
            f'Tag "{value}" can only contain alphanumeric characters, spaces (" "), hyphens ("-"),'
            ' underscores ("_") or dots (".")'
        )
    return value


def identifier(value: Any) -> str:
    """An id that a client chose: CKAN takes UUIDs, and reads them as Python does."""
    try:
        uuid.UUID(value, version=4)
    except (ValueError, AttributeError, TypeError):
        raise ValueError("Invalid id provided") from None
    return str(value)


def wrong_id(value: Any) -> Record:
    """What is wrong with the id that a client chose for a dataset, an organization or a group."""
    try:
        identifier(value)
    except ValueError as exc:
        return {"id": [str(exc)]}
    return {}


_FORMATS = {
    name.lower(): name
    for name in (
        "CSV", "TSV", "JSON", "XML", "HTML", "PDF", "ZIP", "XLS", "XLSX", "ODS", "TXT", "DOC", "DOCX", "RDF",
        "JPEG", "PNG", "SVG", "GeoJSON", "KML", "RSS", "Atom Feed", "SQL", "SPARQL", "WMS", "TAR", "7Z", "GZ",
    )
}  # fmt: skip


def format_name(value: Any) -> str:
    """`csv` becomes `CSV`; what CKAN does not know stays as it is (`SDMX-ML`, `.csv`)."""
    plain = text(value).strip()
    return _FORMATS.get(plain.lower(), plain)


# -- objects ------------------------------------------------------------------------------------

_DATASET: dict[str, tuple[Check, Any]] = {  # field → its check, and its value when absent
    "title": (text, None),
    "author": (text, None),
    "author_email": (email, None),
    "maintainer": (text, None),
    "maintainer_email": (email, None),
    "license_id": (text, None),
    "notes": (text, None),
    "url": (text, None),
    "version": (text, None),
    "type": (text, "dataset"),
    "private": (boolean, False),
}
_RESOURCE: dict[str, tuple[Check, Any]] = {
    "cache_last_updated": (text, None),
    "cache_url": (text, None),
    "description": (text, None),
    "format": (format_name, ""),
    "hash": (text, ""),
    "last_modified": (text, None),
    "mimetype": (text, None),
    "mimetype_inner": (text, None),
    "name": (text, None),
    "resource_type": (text, None),
    "size": (integer, None),
    "url": (text, ""),
    "url_type": (text, None),
}
_GROUP: dict[str, tuple[Check, Any]] = {
    "title": (text, ""),
    "description": (text, ""),
    "image_url": (text, ""),
    "approval_status": (text, "approved"),
}
RESOURCE_KEPT = tuple(_RESOURCE)
RESOURCE_MADE = ("created", "metadata_modified", "package_id", "position", "state")
_SCHEMA_NAMES = {*_DATASET, "id", "name", "owner_org", "resources", "tags", "groups", "extras", "state"}


def _fields(sent: Mapping[str, Any], schema: Mapping[str, tuple[Check, Any]], errors: Record) -> Record:
    record: Record = {}
    for key, (check, absent) in schema.items():
        try:
            record[key] = absent if sent.get(key) is None else check(sent[key])
        except ValueError as exc:
            errors.setdefault(key, []).append(str(exc))
    return record


def _named(sent: Mapping[str, Any], errors: Record) -> str:
    if sent.get("name") in (None, ""):
        errors["name"] = [MISSING]
        return ""
    try:
        return name(sent["name"])
    except ValueError as exc:
        errors["name"] = list(exc.args)
        return ""


def objects(sent: Mapping[str, Any], key: str) -> list[Record]:
    """The list of objects under `key`. Raises DataError for anything else, as CKAN does."""
    value = sent.get(key) or []
    if not isinstance(value, list):
        raise DataError(_misplaced(key, value), dict(sent) | {"type": "dataset"})
    if not all(isinstance(item, dict) for item in value):
        raise DataError(_misplaced(key, value), dict(sent) | {"type": "dataset"})
    return [item for item in value if item]


def _misplaced(key: str, value: Any) -> str:
    return f"Only lists of dicts can be placed against subschema ('{key}',), not {type(value)}"


def _extras(sent: Mapping[str, Any], reserved: set[str], errors: Record) -> list[Record]:
    found: dict[str, Any] = {}
    wrong: list[Record] = []
    for item in objects(sent, "extras"):
        key = text(item.get("key"))
        wrong.append({name: [MISSING] for name in ("key", "value") if item.get(name) in (None, "")})
        if key in reserved:
            wrong[-1] = {"key": ["There is a schema field with the same name"]}
        elif key in found:
            errors["extras_validation"] = [f'Duplicate key "{key}"']
        if not item.get("deleted"):
            found[key] = item.get("value")
    if any(wrong):
        errors["extras"] = wrong
    return [{"key": key, "value": found[key]} for key in sorted(found)]


def _tags(sent: Mapping[str, Any], errors: Record) -> list[str]:
    """The names of free tags; those of vocabularies stay as the client named them."""
    listed = [{"name": t} for t in text(sent.get("tag_string")).split(",") if t] or objects(sent, "tags")
    kept: set[str] = set()
    wrong: list[str] = []
    for item in (item for item in listed if not item.get("vocabulary_id")):
        try:
            kept.add(tag(text(item.get("name")).strip()))
        except ValueError as exc:
            wrong.append(str(exc))
    if wrong:
        errors["tags"] = wrong
    return sorted(kept)


def resource(sent: Mapping[str, Any], errors: Record) -> Record:
    """A resource with every key that the client added beside CKAN's own."""
    record = _fields(sent, _RESOURCE, errors)
    if sent.get("upload"):
        errors["upload"] = ["This catalogue keeps no files: give the url of the file instead"]
    record |= {
        key: value
        for key, value in sent.items()
        if key not in record and key not in RESOURCE_MADE and key not in ("id", "upload", "clear_upload")
    }
    if not record.get("datastore_active", True):
        del record["datastore_active"]  # as it is shown when nothing is said
    try:
        record["id"] = identifier(sent["id"]) if sent.get("id") else str(uuid.uuid4())
    except ValueError as exc:
        errors["id"] = [str(exc)]
    return record


def _resources(sent: Mapping[str, Any], errors: Record) -> list[Record]:
    found = [{} for _ in objects(sent, "resources")]  # type: list[Record]
    records = [resource(item, found[i]) for i, item in enumerate(objects(sent, "resources"))]
    seen: set[str] = set()
    for record, wrong in zip(records, found, strict=True):
        if record.get("id") in seen:
            wrong["id"] = [f'Resource id "{record["id"]}" already exists.']
        seen.add(record.get("id", ""))
    if any(found):
        errors["resources"] = found
    return records


def dataset(sent: Mapping[str, Any], errors: Record | None = None) -> Record:
    """A dataset's own record: tags as names; `groups` and `owner_org` still as the client named them."""
    errors = {} if errors is None else errors
    record = _fields(sent, _DATASET, errors) | {"name": _named(sent, errors)}
    record["title"] = record.get("title") or record["name"]
    record["type"] = record.get("type") or "dataset"
    record["extras"] = _extras(sent, _SCHEMA_NAMES, errors)
    record["tags"] = _tags(sent, errors)
    record["resources"] = _resources(sent, errors)
    record["state"] = sent.get("state") if sent.get("state") in ("draft", "deleted") else "active"
    if errors:
        raise ValidationError(errors)
    return record


def group(sent: Mapping[str, Any], errors: Record | None = None) -> Record:
    """An organization's or group's own record."""
    errors = {} if errors is None else errors
    record = _fields(sent, _GROUP, errors) | {"name": _named(sent, errors)}
    last = {item.get("key"): item for item in objects(sent, "extras")}  # of two the later one counts
    once = {**sent, "extras": list(last.values())}
    record["extras"] = _extras(once, {*_GROUP, "id", "name", "users", "state"}, errors)
    record["title"] = record.get("title") or ""
    record["state"] = "deleted" if sent.get("state") == "deleted" else "active"
    if errors:
        raise ValidationError(errors)
    return record
