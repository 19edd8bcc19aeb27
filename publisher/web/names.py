"""What codes, providers and records are called in one language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from publisher.structures.model import ItemScheme, Text
from publisher.structures.urns import Ref
from publisher.web.words import Words

if TYPE_CHECKING:
    from publisher.structures.registry import Registry

# SDMX content-oriented guidelines, cross-domain concepts: the ids under which all structures have these.
AREA, FREQUENCY, SUBJECT = "REF_AREA", "FREQ", "INDICATOR"
SOURCE = "SOURCE"  # whose figure it is, as ILOSTAT's structures call it


@dataclass(frozen=True)
class Names:
    words: Words
    registry: Registry

    def code(self, dimension: str, code: str) -> str:
        """The name of a code of the dimension in whichever structure has it; the code itself otherwise."""
        return self.words.name(codes(self.registry, dimension).get(code, Text())) or code

    def facet(self, name: str, value: str, display: str) -> str:
        """A facet's value as people read it."""
        if name == "country":
            return self.code(AREA, value)
        if name == "frequency":
            return self.code(FREQUENCY, value)
        if name in ("format", "period"):
            return display
        return self.words.name(self.item(name, value)) or display

    def item(self, facet: str, slug: str) -> Text:
        """The names of a topic or provider in every language; none where the structures have no such."""
        return _items(self.registry, "categoryscheme" if facet == "topic" else "dataproviderscheme").get(
            slug, Text()
        )

    def dataflow(self, ref: Ref) -> str:
        return self.words.name(self.registry.get(ref).name)

    def record(self, record: Mapping[str, Any], field: str, more: Mapping[str, str] | None = None) -> str:
        """`title`, `notes` or `description` of a catalogue record, translated where it has a translation.

        `more`: its extras, where they are known already.
        """
        translated = (extras(record) if more is None else more).get(f"{field}_translated")
        texts = Text(json.loads(translated)) if translated else Text()
        return self.words.name(texts) or str(record.get(field) or record.get("name") or "")


@lru_cache(maxsize=16)
def codes(registry: Registry, dimension: str) -> Mapping[str, Text]:
    """Code → names, of every structure that has the dimension; the first structure's win."""
    found: dict[str, Text] = {}
    for dataflow in registry.find("dataflow"):
        resolved = registry.definition(dataflow.ref).components.get(dimension)
        if resolved and resolved.codes:
            found = {code: item.name for code, item in resolved.codes.items.items()} | found
    return found


@lru_cache(maxsize=4)
def _items(registry: Registry, kind: str) -> Mapping[str, Text]:
    """The names of all items of the schemes of a kind, by their name in addresses; the first scheme's win."""
    found: dict[str, Text] = {}
    for scheme in registry.find(kind):
        assert isinstance(scheme, ItemScheme)
        for item in scheme.items.values():
            found.setdefault(item.id.lower().replace("_", "-").replace(".", "-"), item.name)
    return found


def extras(record: Mapping[str, Any]) -> dict[str, str]:
    return {item["key"]: item["value"] for item in record.get("extras", ())}


def listed(value: str | None) -> list[Any]:
    """An extra that holds a JSON list."""
    return list(json.loads(value)) if value else []
