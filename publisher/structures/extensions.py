"""Code lists that take over codes of others, with those codes in them.

Source: SDMX 3.0 section 2, "Codelist extension"; SDMXStructureCodelist.xsd CodelistExtensionType.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.errors import Finding
from publisher.structures import model as m
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.registry import Registry


def resolve(registry: Registry, findings: list[Finding]) -> dict[Ref, m.Maintainable]:
    """The artefacts with every code list complete: inherited codes first, its own replace them."""
    done: dict[Ref, m.Maintainable] = {}

    def complete(codelist: m.Codelist, above: tuple[Ref, ...]) -> m.Codelist:
        if not codelist.extensions or codelist.own is not None:
            return codelist
        if codelist.ref in above:
            findings.append(_finding(codelist, "extension-cycle", "extends itself", codelist.ref.short))
            return codelist
        items = m.Items()
        for extension in codelist.extensions:
            base = _base(registry, extension)
            if isinstance(base, m.Codelist):
                items.update(_taken(complete(base, (*above, codelist.ref)), extension))
        items.update(codelist.items)
        return replace(codelist, items=items, own=tuple(codelist.items))

    for ref, artefact in registry.artefacts.items():
        done[ref] = complete(artefact, ()) if isinstance(artefact, m.Codelist) else artefact
    return done


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
    return any(re.fullmatch(".*".join(map(re.escape, p.split("%"))), code) for p in patterns)


def _finding(artefact: m.Maintainable, code: str, message: str, value: str) -> Finding:
    return Finding(code, f"{artefact.ref} {message}", file=artefact.source, value=value)
