"""Records as CKAN shows them: what package_show, organization_show, group_show and resource_show give."""

from __future__ import annotations

from typing import Any

from catalogue.embedded import ACTIVE, DELETED, GROUP, ORGANIZATION, Record, Records
from catalogue.licences import LICENCES, is_open
from catalogue.schema import stable_id

SUMMARY = ("id", "name", "title", "description", "image_url", "created", "approval_status", "state")


def dataset(records: Records, record: Record) -> Record:
    """A dataset as package_show gives it."""
    licence = LICENCES.get(record["license_id"] or "")
    owner = (
        records.named(ORGANIZATION, record["owner_org"], (ACTIVE, DELETED)) if record["owner_org"] else None
    )
    groups = (records.named(GROUP, id) for id in record["groups"])
    shown = {key: value for key, value in record.items() if key != "vocabularies"}
    tags = [tag(name) for name in record["tags"]]
    tags += [tag(name, id) for id, names in record.get("vocabularies", {}).items() for name in names]
    shown |= {
        "creator_user_id": None,
        "isopen": is_open(record["license_id"]),
        "license_title": licence["title"] if licence else record["license_id"],
        "num_resources": len(record["resources"]),
        "num_tags": len(tags),
        "tags": [one | {"state": "active"} for one in sorted(tags, key=lambda one: str(one["name"]))],
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
    if licence and licence["url"]:
        shown["license_url"] = licence["url"]
    return shown


def resource(record: Record, position: int) -> Record:
    own: Record = record["resources"][position]
    return (
        {"datastore_active": False}
        | own
        | {
            "package_id": record["id"],
            "position": position,
            "state": "active",
        }
    )


def tag(name: str, vocabulary: str | None = None) -> Record:
    """A free tag, or one of the vocabulary of that id."""
    return {
        "id": stable_id("tag", f"{vocabulary}:{name}" if vocabulary else name),
        "name": name,
        "display_name": name,
        "vocabulary_id": vocabulary,
    }


def group(
    record: Record,
    kind: str,
    package_count: int | None,
    *,
    extras: bool = True,
    users: bool = True,
    listed: bool = False,
) -> Record:
    """An organization or group without its datasets; `listed` is the shorter form within a list."""
    shown = record | {
        "display_name": record["title"] or record["name"],
        "image_display_url": record["image_url"],
        "is_organization": kind == ORGANIZATION,
        "type": kind,
        "num_followers": 0,
    }
    if package_count is not None:
        shown["package_count"] = package_count
    if not extras:
        del shown["extras"]
    if not listed:
        shown |= {"groups": []} | ({"users": []} if users else {})
    return shown


def found(records: Records, fields: tuple[str, ...], record: Record) -> Record:
    """The fields of the search index that were asked for, as Solr stores them; extras lose their prefix."""
    owner = (
        records.named(ORGANIZATION, record["owner_org"], (ACTIVE, DELETED)) if record["owner_org"] else None
    )
    extras = {f"extras_{e['key']}": e["value"] for e in record["extras"]}
    groups = [g["name"] for id in record["groups"] if (g := records.named(GROUP, id))]
    stored: Record = {key: record[key] for key in STORED} | extras
    stored |= {
        "organization": owner and owner["name"],
        "groups": groups,
        "tags": record["tags"],
        "dataset_type": record["type"],
        "entity_type": "package",
        "capacity": "private" if record["private"] else "public",
        "metadata_created": f"{record['metadata_created'][:-3]}Z",
        "metadata_modified": f"{record['metadata_modified'][:-3]}Z",
    }
    for key in ("name", "description", "format", "url"):
        stored[f"res_{key}"] = [r[key] for r in record["resources"] if r[key] is not None]
    shown = {key: stored[key] for key in fields if stored.get(key) not in (None, [])}
    return {key.removeprefix("extras_"): value for key, value in shown.items()}


STORED = (
    "id", "name", "title", "notes", "author", "author_email", "maintainer", "maintainer_email", "license_id",
    "url", "version", "state",
)  # fmt: skip


def _display(records: Records, field: str, value: str) -> str:
    if field == "license_id" and value in LICENCES:
        return str(LICENCES[value]["title"])
    kind = {"organization": ORGANIZATION, "groups": GROUP}.get(field)
    named = records.named(kind, value) if kind else None
    return (named and named["title"].strip()) or value


def search_facets(records: Records, facets: dict[str, dict[str, int]]) -> dict[str, Any]:
    """Facets with the names that people read, as `search_facets` has them."""
    shown = {}
    for field, counts in facets.items():
        items = [
            {"name": value, "display_name": _display(records, field, value), "count": count}
            for value, count in counts.items()
        ]
        items.sort(key=lambda item: str(item["display_name"]), reverse=True)
        shown[field] = {"title": field, "items": items}
    return shown
