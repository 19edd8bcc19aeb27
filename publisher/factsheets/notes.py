"""Notes made from attributes: numbered in order of first mention, linked to and from every figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from publisher.factsheets.definition import Definition
from publisher.factsheets.figures import Observation, Series
from publisher.factsheets.words import Foreign, Words
from publisher.structures.definition import Definition as Structure

PLACE = "\0"


@dataclass(frozen=True)
class Note:
    attribute: str  # id
    value: str
    before: str = field(compare=False)  # the attribute's name and what parts it from the text
    text: str = field(compare=False)
    after: str = field(compare=False)
    language: str = field(default="", compare=False)  # set where the text is not in the sheet's language


@dataclass(frozen=True)
class Reference:
    """A mark beside a figure."""

    number: int
    id: str  # of the mark itself, for the way back


@dataclass
class Numbered:
    number: int
    note: Note
    marks: list[str] = field(default_factory=list)


class Notes:
    """The notes of one sheet."""

    def __init__(self, sheet: Definition) -> None:
        self.sheet = sheet
        self._numbered: dict[Note, Numbered] = {}

    def __iter__(self) -> Iterator[Numbered]:
        return iter(self._numbered.values())

    def of(
        self, series: Series, observation: Observation, structure: Structure, words: Words
    ) -> tuple[Note, ...]:
        """The notes that attributes of a figure call for."""
        found = []
        for name in self.sheet.notes:
            values = observation.attributes.get(name) or series.attributes.get(name) or ()
            usual = self.sheet.normal.get(name, ())
            found += [
                _note(name, value, structure, words, self.sheet.text_language)
                for value in values
                if value and value not in usual
            ]
        return tuple(found)

    def refer(self, note: Note) -> Reference:
        """A new mark for `note`; the first one gives it its number."""
        numbered = self._numbered.setdefault(note, Numbered(len(self._numbered) + 1, note))
        mark = f"r{numbered.number}-{len(numbered.marks) + 1}"
        numbered.marks.append(mark)
        return Reference(numbered.number, mark)


def _note(name: str, value: str, structure: Structure, words: Words, written: str) -> Note:
    component = structure.components.get(name)
    title = words.get(f"attribute.{name}", "") or (words.name(component.name) if component else "") or name
    item = component.codes.items.get(value) if component and component.codes else None
    text = words.name(item.name) if item and item.name else _as_written(value, words, written)
    before, _, after = words("note", attribute=title, text=PLACE).partition(PLACE)
    language = text.language if isinstance(text, Foreign) else ""
    return Note(name, value, before, text.removesuffix("."), after, language)


def _as_written(value: str, words: Words, language: str) -> str:
    """A text of an office in its language; years and numbers are of none."""
    has_letters = any(character.isalpha() for character in value)
    return words.foreign(value, language) if has_letters else words.period(value)
