"""What codes, providers and records are called in one language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
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
        for dataflow in self.registry.find("dataflow"):
            resolved = self.registry.definition(dataflow.ref).components.get(dimension)
            if resolved and resolved.codes and code in resolved.codes.items:
                return self.words.name(resolved.codes.items[code].name) or code
        return code

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
        for scheme in self.registry.find("categoryscheme" if facet == "topic" else "dataproviderscheme"):
            assert isinstance(scheme, ItemScheme)
            for item in scheme.items.values():
                if item.id.lower().replace("_", "-").replace(".", "-") == slug:
                    return item.name
        return Text()

    def dataflow(self, ref: Ref) -> str:
        return self.words.name(self.registry.get(ref).name)

    def record(self, record: Mapping[str, Any], field: str) -> str:
        """`title`, `notes` or `description` of a catalogue record, translated where it has a translation."""
        translated = extras(record).get(f"{field}_translated")
        texts = Text(json.loads(translated)) if translated else Text()
        return self.words.name(texts) or str(record.get(field) or record.get("name") or "")


def extras(record: Mapping[str, Any]) -> dict[str, str]:
    return {item["key"]: item["value"] for item in record.get("extras", ())}


def listed(value: str | None) -> list[Any]:
    """An extra that holds a JSON list."""
    return list(json.loads(value)) if value else []
