"""Titles and descriptions in several languages, in each form that a descriptor may have them.

    "languages": ["id", "en"], "title": {"": "Angkatan kerja", "en": "Labour force"}
    "title": "Labour force", "i18n": {"id": {"title": "Angkatan kerja"}}

Source: Data Package recipe "Language Support": an object by language, `""` being the first of `languages`
(English where there are none). Data Package itself knows a text only, so frictionless is shown that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publisher.structures.model import Text
from publisher.structures.model import text as in_one

_NAMES = ("title", "description")


def texts(descriptor: Mapping[str, Any], name: str) -> Text:
    """`title` or `description` by language, the default language first.

    >>> dict(texts({"languages": ["id", "en"], "title": {"": "Judul", "en": "Title"}}, "title"))
    {'id': 'Judul', 'en': 'Title'}
    """
    default, value = _default(descriptor), descriptor.get(name)
    found = value if isinstance(value, Mapping) else {default: value or ""}
    found = {tag or default: text for tag, text in found.items()}
    for tag, words in (descriptor.get("i18n") or {}).items():
        found |= {tag: words[name]} if words.get(name) else {}
    ordered = sorted(found, key=lambda tag: tag != default)
    return Text({tag: found[tag] for tag in ordered if found[tag]})


def _default(descriptor: Mapping[str, Any]) -> str:
    languages = descriptor.get("languages")
    return str(languages[0]) if isinstance(languages, list) and languages else "en"


def plain(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """The descriptor, of a package or a resource, with one text for each that is in several languages."""
    several = [name for name in _NAMES if isinstance(descriptor.get(name), Mapping)]
    own = {name: in_one(texts(descriptor, name), (_default(descriptor),)) for name in several}
    return {**descriptor, **own}


def faults(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Where a package or its resources have something else than texts by language: place and value."""
    if not _is_list(raw.get("languages", [])):
        yield "languages", raw["languages"]
    for where, one in (("", raw), *((f"resources[{n}].", r) for n, r in enumerate(raw["resources"]))):
        for name in _NAMES:
            value = one.get(name)
            if isinstance(value, Mapping) and not _is_words(value):
                yield f"{where}{name}", value
    words = raw.get("i18n", {})
    if not isinstance(words, Mapping) or not all(isinstance(its, Mapping) for its in words.values()):
        yield "i18n", words
    elif bad := [f"i18n.{tag}" for tag, its in words.items() if not _is_words(_named(its))]:
        yield bad[0], words


def _named(words: Mapping[str, Any]) -> dict[str, Any]:
    return {name: words[name] for name in _NAMES if name in words}


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_words(value: Mapping[str, Any]) -> bool:
    return all(isinstance(text, str) for text in value.values())
