"""Structures that are public stay as they are: what comes with a release is held against them.

SDMX 3.0 section 2, "Versioning": an artefact with a version `x.y.z` is stable, and another content has
another version. Drafts (`1.1.0-draft`), `0.y.z` and older forms (`1.0`) may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from publisher.errors import Finding, StructureError
from publisher.structures import model as m
from publisher.structures import versions
from publisher.structures.registry import Registry
from publisher.structures.versions import Version

SHOWN = 5  # items of a scheme that are named


def refuse(before: Registry, after: Registry) -> None:
    """Raise StructureError with all that is stable in `before` and changed, gone or behind in `after`."""
    findings = sorted(_findings(before, after), key=lambda finding: (finding.message, finding.code))
    if findings:
        raise StructureError(
            f"refused, nothing was published: {len(findings)} artefacts are not as they are public", findings
        )


def _findings(before: Registry, after: Registry) -> Iterator[Finding]:
    old, new = ({artefact.ref: artefact for artefact in one.all()} for one in (before, after))
    public: dict[tuple[str, str, str], list[Version]] = {}
    for ref, artefact in old.items():
        version = versions.parse(ref.version)
        if not version.is_stable:
            continue
        public.setdefault((ref.kind, ref.agency, ref.id), []).append(version)
        if ref not in new:
            yield _told("structure-removed", artefact, "is public and is not here any more", "put it back")
        elif new[ref] != artefact:
            note = f"is public with another content: {'; '.join(_differences(artefact, new[ref]))}"
            yield _told("structure-changed", new[ref], note, "give what has changed a new version")
    for ref in new.keys() - old.keys():
        version, known = versions.parse(ref.version), public.get((ref.kind, ref.agency, ref.id), [])
        line = [one for one in known if one.parts[:2] == version.parts[:2]] or known
        if line and version.is_stable and version.order < max(one.order for one in line):
            newest = _text(max(line, key=lambda one: one.order))
            note = f"is new and older than {newest}, which is public"
            yield _told("structure-older", new[ref], note, f"give it a version after {newest}")


def _told(code: str, artefact: m.Maintainable, note: str, remedy: str) -> Finding:
    message = f"{artefact.kind} {artefact.ref.short} {note}"
    return Finding(code, message, file=artefact.source, value=artefact.ref.version, remedy=remedy)


def _text(version: Version) -> str:
    return ".".join(map(str, version.parts))


def _differences(old: m.Maintainable, new: m.Maintainable) -> list[str]:
    """The parts that differ, as the information model names them; of schemes the items."""
    found = []
    for part in fields(old):
        one, other = getattr(old, part.name), getattr(new, part.name)
        if not part.compare or one == other:
            continue
        found.append(_items(one, other) if part.name == "items" else part.name.replace("_", " "))
    return found


def _items(old: Mapping[str, m.Item], new: Mapping[str, m.Item]) -> str:
    kinds = {
        "added": [name for name in new if name not in old],
        "gone": [name for name in old if name not in new],
        "changed": [name for name in old if name in new and old[name] != new[name]],
    }
    told = [f"{_listed(names)} {kind}" for kind, names in kinds.items() if names]
    return ", ".join(told) or "the order of its items"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
