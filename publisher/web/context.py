"""What routes need of their application, the public vintage resolved once a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, g

from catalogue import actions
from catalogue.call import Call, Site
from catalogue.embedded import Embedded
from publisher.settings import Settings
from publisher.web.words import Words

if TYPE_CHECKING:
    from publisher.store import Snapshot

T = TypeVar("T")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_BULK = re.compile(r"/files/([0-9]+)/([a-z0-9_-]+)\.csv")
TOKEN_FILE = "catalogue.token.sha256"  # in the home; absent: nobody writes over HTTP


@dataclass(frozen=True)
class Lmis:
    """What routes need: `app.extensions["lmis"]`, or `lmis()` within a request."""

    settings: Settings
    templates: tuple[Path, ...]  # the deployment's own first
    languages: dict[str, Words]
    embedded: Embedded
    site: Site
    _kept: dict[int, dict[tuple[str, ...], Any]] = field(default_factory=dict, repr=False, compare=False)

    def snapshot(self) -> Snapshot:
        """The public vintage, resolved once a request. Raises NotFound while nothing is published."""
        from publisher.store import Home, current
        from publisher.store.vintage import opened

        if "snapshot" not in g:
            home = Home(self.settings.home)
            g.snapshot = opened(home, number) if (number := self.number()) else current(home)
        snapshot: Snapshot = g.snapshot
        return snapshot

    def number(self) -> int:
        """The number of the public vintage, read once a request; 0 before the first."""
        from publisher.store import Home

        if "number" not in g:
            g.number = Home(self.settings.home).number() or 0
        return int(g.number)

    def once(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """What `make` gave for `key` in this vintage, made at the first request that needs it."""
        number = self.number()
        if number not in self._kept:
            self._kept.clear()
        kept = self._kept.setdefault(number, {})
        if key not in kept:
            kept[key] = make()
        found: T = kept[key]
        return found

    def rows(self, resource: Mapping[str, Any]) -> Path | None:
        """The Parquet file with the rows of a resource that a release made: beside the CSV of its address."""
        found = _BULK.fullmatch(str(resource.get("url")).removeprefix(self.settings.base_url))
        if not found:
            return None
        path = self.settings.home / "public" / "pages" / found[1] / "files" / f"{found[2]}.parquet"
        return path if path.is_file() else None

    def ask(self, action: str, **params: Any) -> Any:
        """What the Action API answers to an anonymous reader at this request's vintage."""
        with self.embedded.at(self.number()) as records:
            return actions.ACTIONS[action].run(Call(action, params, records, self.site))

    def members(self, kind: str, **params: Any) -> list[dict[str, Any]]:
        """All organizations or groups: the catalogue lists 25 at once."""
        found: list[dict[str, Any]] = []
        while page := self.ask(f"{kind}_list", all_fields=True, offset=len(found), **params):
            found += page
        return found

    def token(self) -> str:
        """The hash of the token that may write over HTTP; empty: none may."""
        path = self.settings.home / TOKEN_FILE
        return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def lmis() -> Lmis:
    """This request's application."""
    found: Lmis = current_app.extensions["lmis"]
    return found
