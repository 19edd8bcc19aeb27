"""The path of REST 2: parts by name, and the artefacts that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publisher.query.model import ANY, Target
from publisher.query.text import gather, names, one_of, refuse
from publisher.query.version import versions


def parts_of(parts: list[str], *names_: str) -> dict[str, str]:
    """The parts by name. Raises QuerySyntaxError for too many, or an empty one between others."""
    form = "/".join(f"{{{name}}}" for name in names_)
    if len(parts) > len(names_):
        refuse("path", f"it has {len(parts)} parts after the resource", "/".join(parts), form)
    for name, part in zip(names_, parts, strict=False):
        if not part:
            refuse(name, "is empty", "/".join(parts), form, "write * for any")
    return dict(zip(names_, parts, strict=False))


def target_of(named: Mapping[str, str], contexts: Sequence[str], version: str = ANY) -> Target:
    """The artefacts that a path names, all its faults told at once."""
    found = gather(
        context=lambda: one_of(named.get("context", ANY), "context", contexts),
        agencies=lambda: names(named.get("agencyID", ANY), "agencyID", "agency"),
        ids=lambda: names(named.get("resourceID", ANY), "resourceID", "id"),
        versions=lambda: versions(named.get("version", version)),
    )
    return Target(**found)
