"""Records as CKAN shows them: what package_show, organization_show, group_show and resource_show give."""

from __future__ import annotations

from typing import Any

from catalogue.embedded import ACTIVE, DELETED, GROUP, ORGANIZATION, Record, Records
from catalogue.licences import LICENCES
from catalogue.schema import stable_id

SUMMARY = ("id", "name", "title", "description", "image_url", "created", "approval_status", "state")


def dataset(records: Records, record: Record) -> Record:
    """A dataset as package_show gives it."""
    licence = LICENCES.get(record["license_id"] or "")
    owner = records.get(ORGANIZATION, record["owner_org"], (ACTIVE, DELETED)) if record["owner_org"] else None
    groups = (records.get(GROUP, id) for id in record["groups"])
    shown = dict(record)
    shown |= {
        "creator_user_id": None,
        "isopen": bool(licence and licence["is_okd_compliant"]),
        "license_title": licence["title"] if licence else record["license_id"],
        "num_resources": len(record["resources"]),
        "num_tags": len(record["tags"]),
        "tags": [tag(name) for name in record["tags"]],
        "resources": [resource(record, i) for i in range(len(record["resources"]))],
        "organization": owner
        and {key: owner[key] for key in SUMMARY} | {"is_organization": True, "type": "organization"},
        "groups": [
            {
                "id": g["id"],
                "name": g["name"],
                "title": g["title"],
                "display_name": g["title"] or g["name"],
                "description": g["description"],
                "image_display_url": g["image_url"],
            }
            for g in groups
            if g
        ],
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }
    if licence:
        shown["license_url"] = licence["url"]
    return shown


def resource(record: Record, position: int) -> Record:
    own: Record = record["resources"][position]
    return own | {
        "package_id": record["id"],
        "position": position,
        "state": "active",
        "datastore_active": False,
    }


def tag(name: str) -> Record:
    return {
        "id": stable_id("tag", name),
        "name": name,
        "display_name": name,
        "state": "active",
        "vocabulary_id": None,
    }


def group(record: Record, kind: str, package_count: int) -> Record:
    """An organization or group without its datasets."""
    return record | {
        "display_name": record["title"] or record["name"],
        "image_display_url": record["image_url"],
        "is_organization": kind == ORGANIZATION,
        "type": kind,
        "package_count": package_count,
        "num_followers": 0,
        "users": [],
        "tags": [],
        "groups": [],
    }


def search_facets(records: Records, facets: dict[str, dict[str, int]]) -> dict[str, Any]:
    """Facets with the names that people read, as `search_facets` has them."""
    shown = {}
    for field, counts in facets.items():
        kind = {"organization": ORGANIZATION, "groups": GROUP}.get(field)
        items = []
        for value, count in counts.items():
            named = records.get(kind, value) if kind else None
            items.append({"name": value, "display_name": (named and named["title"]) or value, "count": count})
        shown[field] = {"title": field, "items": items}
    return shown
