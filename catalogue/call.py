"""One call of an action: who asks, with what, at which vintage; and the checks that many actions share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalogue.embedded import ACTIVE, DATASET, DELETED, Record, Records
from catalogue.errors import NotAuthorized, NotFound, ValidationError
from catalogue.schema import MISSING, boolean, integer


@dataclass(frozen=True)
class Site:
    """What status_show tells of the catalogue."""

    url: str
    title: str
    description: str = ""
    languages: tuple[str, ...] = ("en",)


def _nothing(resource: Mapping[str, Any]) -> Path | None:
    return None


@dataclass(frozen=True)
class Call:
    action: str
    params: Mapping[str, Any]
    records: Records
    site: Site
    is_publisher: bool = False  # with the publisher's token: a sysadmin in CKAN's words
    published: Callable[[Mapping[str, Any]], Path | None] = _nothing  # a resource's rows as Parquet

    def need(self, key: str = "id") -> str:
        """The parameter `key`. Raises ValidationError when it is missing, as CKAN's `get_or_bust`."""
        value = self.params.get(key)
        if value in (None, ""):
            raise ValidationError({key: [MISSING]})
        return str(value)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.params.get(key)
        return default if value in (None, "") else boolean(value)

    def natural(self, key: str, default: int) -> int:
        """A whole number from 0 on. Raises ValidationError as CKAN's `natural_number_validator`."""
        try:
            value = integer(self.params.get(key))
        except ValueError as exc:
            raise ValidationError({key: [str(exc)]}) from None
        if value is not None and value < 0:
            raise ValidationError({key: ["Must be a natural number"]})
        return default if value is None else value

    def publisher_only(self, what: str = "") -> None:
        """Raises NotAuthorized in CKAN's words; two blanks stand around the name that nobody has."""
        if not self.is_publisher:
            raise NotAuthorized(f"User  not authorized to {what}" if what else "")

    def editable(self, key: str) -> Record:
        """The dataset for somebody who wants to change it."""
        record = self.records.get(DATASET, key, (ACTIVE, "draft", DELETED))
        if record is None:
            raise NotFound
        self.publisher_only(f"edit package {record['id']}")
        return record

    def dataset(self, key: str) -> Record:
        """The dataset's own record, by id or name. Private and deleted ones are the publisher's."""
        record = self.records.get(DATASET, key, (ACTIVE, "draft", DELETED))
        if record is None:
            raise NotFound
        if not self.is_publisher and (record["private"] or record["state"] != ACTIVE):
            raise NotAuthorized(f"User  not authorized to read package {record['id']}")
        return record

    def group(self, kind: str, key: str) -> Record:
        record = self.records.get(kind, key, (ACTIVE, DELETED))
        if record is None:
            raise NotFound
        if not self.is_publisher and record["state"] != ACTIVE:
            raise NotAuthorized(f"User  not authorized to read group {record['id']}")
        return record


@dataclass(frozen=True)
class Action:
    """A row of the table of actions."""

    run: Callable[[Call], Any]
    writes: bool = False
