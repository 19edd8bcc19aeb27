"""A dataset's record, read once for all descriptions: texts by language, lists, its files and queries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Texts = Mapping[str, str]  # language tag → text


@dataclass(frozen=True)
class Service:
    """The catalogue around the records."""

    base: str  # its address; no slash at the end
    title: Texts
    description: Texts
    languages: tuple[str, ...]
    member: Callable[[str, str], Mapping[str, Any]]  # organization or group, name → its record
    code: Callable[[str, str], Texts]  # SDMX concept, code → its names


@dataclass(frozen=True)
class Described:
    record: Mapping[str, Any]
    service: Service

    @property
    def iri(self) -> str:
        return f"{self.service.base}/dataset/{self.record['name']}"

    @property
    def page(self) -> str:
        """What people see of it."""
        return f"{self.service.base}/{self.service.languages[0]}/dataset/{self.record['name']}"

    @cached_property
    def extras(self) -> Mapping[str, str]:
        return extras(self.record)

    @cached_property
    def title(self) -> Texts:
        return texts(self.record, "title")

    @cached_property
    def notes(self) -> Texts:
        return texts(self.record, "notes")

    @property
    def description(self) -> Texts:
        """The notes; the title where there are none, as every profile wants a description."""
        return self.notes or self.title

    def items(self, name: str) -> list[Any]:
        """An extra that holds a JSON list."""
        return listed(self.extras.get(name))

    @cached_property
    def publisher(self) -> Mapping[str, Any]:
        owner = self.record.get("organization") or {}
        return self.service.member("organization", owner["name"]) if owner.get("name") else {}

    @cached_property
    def resources(self) -> list[Mapping[str, Any]]:
        return list(self.record["resources"])

    @property
    def files(self) -> list[Mapping[str, Any]]:
        """The resources whose bytes are known by size and hash, without the delivered package."""
        return [r for r in self.resources if r.get("hash") and "datapackage" not in r]

    @cached_property
    def fields(self) -> list[Mapping[str, Any]]:
        """The columns of the observations, each with what it is in SDMX."""
        schemas = (r.get("schema") for r in self.resources)
        return next((list(s["fields"]) for s in schemas if isinstance(s, Mapping) and s.get("fields")), [])

    @property
    def license_url(self) -> str:
        return self.extras.get("license_url") or str(self.record.get("license_url") or "")

    @property
    def license_text(self) -> str:
        return self.extras.get("license_text") or str(self.record.get("license_title") or "")

    @property
    def issued(self) -> str:
        return self.extras.get("issued") or str(self.record["metadata_created"])

    @property
    def keywords(self) -> list[str]:
        return [str(tag["display_name"]) for tag in self.record["tags"]]


def extras(record: Mapping[str, Any]) -> dict[str, str]:
    return {str(item["key"]): str(item["value"]) for item in record.get("extras") or ()}


def listed(value: str | None) -> list[Any]:
    try:
        found = json.loads(value) if value else []
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def texts(record: Mapping[str, Any], field: str) -> Texts:
    """`title` or `notes` in each language, English first; the plain field is English."""
    try:
        found = json.loads(extras(record).get(f"{field}_translated") or "{}")
    except ValueError:
        found = {}
    plain = record.get(field) or ""
    return ({"en": str(plain)} if plain else {}) | {tag: str(v) for tag, v in found.items() if v}


def names(field: Mapping[str, Any]) -> Texts:
    """A column's title in each language."""
    others = {tag: words.get("title", "") for tag, words in (field.get("i18n") or {}).items()}
    found = {"en": field.get("title") or field["name"], **others}
    return {tag: str(text) for tag, text in found.items() if text}
