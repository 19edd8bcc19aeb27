"""Who asks, and what they may do: tokens, whose scope is what the provision agreements of an office allow.

A token is 256 bits, shown once and kept as its hash in `home/desk/tokens.json`. What it covers is read from
the structures when it is used, so an agreement that is narrowed narrows its tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from publisher.errors import Forbidden, UsageError
from publisher.store import Change
from publisher.store.home import write
from publisher.structures.allowed import allowed
from publisher.structures.registry import Registry

SUBMITTER = frozenset({"read", "submit", "preview", "withdraw"})
APPROVER = SUBMITTER | {"schedule", "approve", "announce"}
ROLES: Mapping[str, frozenset[str]] = {
    "reader": frozenset({"read", "preview"}),
    "submitter": SUBMITTER,
    "approver": APPROVER,
    "controller": APPROVER | {"purge", "audit"},
}
EVERYTHING = ROLES["controller"]
ANY = ""  # a provider: all of them


@dataclass(frozen=True)
class Token:
    """What is kept of a token. Empty `dataflows` or `areas`: all that the agreements have."""

    name: str  # of the person who holds it
    provider: str
    role: str
    hash: str
    expires: str  # ISO 8601, UTC
    dataflows: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Somebody whose token was good, or who works on the machine itself."""

    name: str
    provider: str = ANY
    rights: frozenset[str] = EVERYTHING
    dataflows: tuple[str, ...] = field(default=(), repr=False)
    areas: tuple[str, ...] = field(default=(), repr=False)

    def need(self, right: str, provider: str | None = None) -> None:
        """Raises Forbidden unless this person has `right` over what is `provider`'s."""
        if right not in self.rights:
            raise Forbidden(f"{self.name} may not {right}; ask whoever gives out the tokens")
        if provider is not None and self.provider not in (ANY, provider):
            raise Forbidden(f"{self.name} acts for {self.provider}, not for {provider or 'everybody'}")


def covers(person: Person, structures: Registry, changes: Iterable[Change]) -> None:
    """Raises Forbidden when `changes` hold anything outside what the person's agreements allow."""
    if person.provider == ANY:
        return
    for change in changes:
        within = _scope(person, structures, change)
        for component in {*within} & {*change.table.column_names}:
            there = set(pc.unique(change.table.column(component)).to_pylist()) - {None}
            if outside := sorted(there - within[component]):
                raise Forbidden(
                    f"{change.dataflow.id}: {component} {', '.join(outside[:5])} is not within what"
                    f" {person.name} may deliver; allowed: {', '.join(sorted(within[component])[:20])}"
                )


def _scope(person: Person, structures: Registry, change: Change) -> dict[str, frozenset[str]]:
    """Component → codes. Raises Forbidden where there is no agreement, or the token is for others."""
    agreements = [
        a.ref
        for a in structures.agreements(change.dataflow)
        if a.provider and a.provider.item == person.provider
    ]
    if not agreements or (person.dataflows and change.dataflow.id not in person.dataflows):
        raise Forbidden(f"{person.name} may not deliver {change.dataflow.id} for {person.provider}")
    within = {name: frozenset(codes) for name, codes in allowed(structures, agreements).items()}
    if person.areas:
        within["REF_AREA"] = within.get("REF_AREA", frozenset(person.areas)) & frozenset(person.areas)
    return within


# -- tokens -------------------------------------------------------------------------------------


def digest(token: str) -> str:
    """A token is long and random: its hash needs no salt and no slowness."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue(
    folder: Path,
    name: str,
    provider: str,
    role: str,
    expires: str,
    dataflows: Iterable[str] = (),
    areas: Iterable[str] = (),
) -> str:
    """A new token; only its hash is kept. Raises UsageError."""
    if role not in ROLES:
        raise UsageError(f"there is no role {role!r}; roles: {', '.join(ROLES)}")
    if not name.strip():
        raise UsageError("a token belongs to a person: give a name")
    token = secrets.token_urlsafe(32)
    kept = Token(name, provider, role, digest(token), expires, tuple(dataflows), tuple(areas))
    _write(folder, [*tokens(folder), kept])
    return token


def revoke(folder: Path, name: str) -> int:
    """Forget every token of `name`; how many there were."""
    held = tokens(folder)
    left = [token for token in held if token.name != name]
    _write(folder, left)
    return len(held) - len(left)


def tokens(folder: Path) -> list[Token]:
    path = folder / "tokens.json"
    if not path.is_file():
        return []
    told: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [_token(**entry) for entry in told]


def _token(dataflows: Iterable[str], areas: Iterable[str], **told: str) -> Token:
    return Token(**told, dataflows=tuple(dataflows), areas=tuple(areas))


def _write(folder: Path, held: list[Token]) -> None:
    write(folder / "tokens.json", json.dumps([asdict(token) for token in held], ensure_ascii=False, indent=1))
    (folder / "tokens.json").chmod(0o600)


def holder(folder: Path, token: str, now: datetime) -> Person | None:
    """Whose token it is; None when nobody's, or expired. Every kept one is compared, in constant time."""
    sent, found = digest(token), None
    for kept in tokens(folder):
        if hmac.compare_digest(kept.hash, sent):
            found = kept
    if found is None or datetime.fromisoformat(found.expires) <= now:
        return None
    return Person(found.name, found.provider, ROLES[found.role], found.dataflows, found.areas)
