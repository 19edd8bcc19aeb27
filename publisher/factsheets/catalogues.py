"""The gettext catalogues of the sheets: `translations/en.json` holds the English, `<language>.po` the others.

An entry's context is the string's name. An entry that is marked fuzzy ("needs work" in Poedit) was not yet
checked by a reader of the language: it is shown, and the sheet says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from publisher.errors import Finding, StructureError
from publisher.factsheets.definition import folders
from publisher.settings import Settings

ENGLISH = "en"
FOLDER = "factsheets/translations"
RULE = "rule"  # context of the reasons in tables of rules; their name is `reason.` and the English text


@dataclass(frozen=True)
class Catalogue:
    strings: dict[str, str]
    unreviewed: frozenset[str] = frozenset()


def load(settings: Settings, language: str) -> Catalogue:
    """The strings of `language`. Raises StructureError with all that lack, or are of an older English."""
    english = _english(settings)
    if language == ENGLISH:
        return Catalogue(english)
    strings: dict[str, str] = {}
    unreviewed: set[str] = set()
    for place in reversed(folders(settings)):
        path = place / FOLDER / f"{language}.po"
        if path.is_file():
            for name, text, is_fuzzy in _entries(path, english):
                strings[name] = text
                (unreviewed.add if is_fuzzy else unreviewed.discard)(name)
    if missing := sorted(english.keys() - strings.keys()):
        file = f"{FOLDER}/{language}.po"
        raise StructureError(
            f"{file}: {len(missing)} strings are missing, or translate an older English text",
            [Finding("string-missing", f"{name} ({english[name]})", file=file) for name in missing],
        )
    return Catalogue(strings, frozenset(unreviewed))


def _english(settings: Settings) -> dict[str, str]:
    """Of every template folder, the deployment's own over the bundled."""
    merged: dict[str, str] = {}
    for place in reversed(folders(settings)):
        path = place / FOLDER / f"{ENGLISH}.json"
        if path.is_file():
            merged |= json.loads(path.read_text(encoding="utf-8"))
    return merged


def _entries(path: Path, english: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Name, text and whether it is unreviewed, of each entry that translates the English of today."""
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except PoFileError as exc:
        raise StructureError(f"{path}: {exc}") from exc
    found = []
    for message in catalogue:
        name, text = message.context or "", message.string
        if not name or not isinstance(text, str) or not text:
            continue
        if name == RULE:
            found.append((f"reason.{message.id}", text, message.fuzzy))
        elif english.get(name) == message.id:
            found.append((name, text, message.fuzzy))
    return found
