"""Code lists that take over codes of others, with those codes in them.

Source: SDMX 3.0 section 2, "Codelist extension"; SDMXStructureCodelist.xsd CodelistExtensionType.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.errors import Finding
from publisher.structures import model as m
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.registry import Registry


MOST = 50_000  # codes of a list with all that it takes over: two lists can double each other


def resolve(registry: Registry, findings: list[Finding]) -> dict[Ref, m.Maintainable]:
    """The artefacts with every code list complete: inherited codes first, its own replace them."""
    done: dict[Ref, m.Maintainable] = {}
    known: dict[Ref, m.Codelist] = {}

    def complete(codelist: m.Codelist, above: tuple[Ref, ...]) -> m.Codelist:
        if codelist.ref not in known or codelist.ref in above:
            made = joined(codelist, above)
            if codelist.ref in above:
                return made
            known[codelist.ref] = made
        return known[codelist.ref]

    def joined(codelist: m.Codelist, above: tuple[Ref, ...]) -> m.Codelist:
        if not codelist.extensions or codelist.own is not None:
            return codelist
        if codelist.ref in above:
            findings.append(_finding(codelist, "extension-cycle", "extends itself", codelist.ref.short))
            return codelist
        bases = [
            (complete(base, (*above, codelist.ref)), extension)
            for extension in codelist.extensions
            if isinstance(base := _base(registry, extension), m.Codelist)
        ]
        return _with(codelist, bases, findings)

    for ref, artefact in registry.artefacts.items():
        done[ref] = complete(artefact, ()) if isinstance(artefact, m.Codelist) else artefact
    return done


def _with(
    codelist: m.Codelist, bases: list[tuple[m.Codelist, m.CodelistExtension]], findings: list[Finding]
) -> m.Codelist:
    if sum(len(base.items) for base, _ in bases) > MOST:
        text = f"takes over more than {MOST:,} codes"
        findings.append(_finding(codelist, "too-large", text, codelist.ref.short))
        return codelist
    items = m.Items()
    for base, extension in bases:
        items.update(_taken(base, extension))
    items.update(codelist.items)
    return replace(codelist, items=items, own=tuple(codelist.items))


def _base(registry: Registry, extension: m.CodelistExtension) -> m.Maintainable | None:
    found = registry.resolve(extension.codelist) if extension.codelist else None
    return registry.artefacts[found] if found else None


def _taken(base: m.Codelist, extension: m.CodelistExtension) -> m.Items:
    """The codes that an extension takes, with its prefix; a parent that was left out is dropped."""
    ids = [
        code
        for code in base.items
        if (not extension.included or _matches(code, extension.included))
        and not _matches(code, extension.excluded)
    ]
    kept = set(ids)
    items = m.Items()
    for code in ids:
        item = base.items[code]
        parent = extension.prefix + item.parent if item.parent in kept and item.parent else None
        items[extension.prefix + code] = replace(item, id=extension.prefix + code, parent=parent)
    return items


def _matches(code: str, patterns: Iterable[str]) -> bool:
    """`%` stands for any characters (MemberValue)."""
    return any(_is_like(code, pattern.split("%")) for pattern in patterns)


def _is_like(code: str, pieces: list[str]) -> bool:
    """Whether the pieces stand in `code` one after the other, the first and last at its ends.

    >>> _is_like("A01_B", "A%_%".split("%")), _is_like("A01", "A%2".split("%")), _is_like("A", ["A"])
    (True, False, True)
    """
    first, *inner, last = pieces if len(pieces) > 1 else (*pieces, "")
    if len(pieces) == 1:
        return code == first
    if not code.startswith(first) or not code.endswith(last) or len(code) < len(first) + len(last):
        return False
    at, end = len(first), len(code) - len(last)
    for piece in inner:
        found = code.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _finding(artefact: m.Maintainable, code: str, message: str, value: str) -> Finding:
    return Finding(code, f"{artefact.ref} {message}", file=artefact.source, value=value)
