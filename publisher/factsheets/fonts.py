"""The fonts of printed sheets: the Noto families, out of packages, so that every machine prints the same.

The system's fonts are never asked: they differ from machine to machine, and so would the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import uharfbuzz

# family → the package that brings it (extra `sheets`), and the file in it
FAMILIES: Mapping[str, tuple[str, str]] = {
    "Noto Sans": ("fontpkg_noto_sans", "NotoSans[[]*.ttf"),
    "Noto Sans Thai": ("justmytype_intl_sea", "NotoSansThai*.ttf"),
    "Noto Sans Khmer": ("justmytype_intl_sea", "NotoSansKhmer*.ttf"),
    "Noto Sans Lao": ("justmytype_intl_sea", "NotoSansLao*.ttf"),
    "Noto Sans Myanmar": ("justmytype_intl_sea", "NotoSansMyanmar*.ttf"),
    "Noto Sans Tamil": ("fontpkg_noto_sans_tamil", "NotoSansTamil*.ttf"),
    "Noto Sans SC": ("justmytype_intl_cjk", "NotoSansSC*.ttf"),
}

# the family that a language is set in, before all others
OF_LANGUAGE = {
    "th": "Noto Sans Thai",
    "km": "Noto Sans Khmer",
    "lo": "Noto Sans Lao",
    "my": "Noto Sans Myanmar",
    "ta": "Noto Sans Tamil",
    "zh": "Noto Sans SC",
}


def of(language: str) -> tuple[str, ...]:
    """All families, in the order that a text of the language asks them."""
    first = OF_LANGUAGE.get(language.partition("-")[0], "Noto Sans")
    return tuple(dict.fromkeys((first, *FAMILIES)))


def missing() -> list[str]:
    """The packages of fonts that are not installed."""
    wanted = dict.fromkeys(module for module, _ in FAMILIES.values())
    return [module for module in wanted if find_spec(module) is None]


@cache
def files() -> dict[str, Path]:
    """Family → its file."""
    return {family: next(_found(module, pattern)) for family, (module, pattern) in FAMILIES.items()}


def _found(module: str, pattern: str) -> Iterator[Path]:
    spec = find_spec(module)
    for place in spec.submodule_search_locations or () if spec else ():
        yield from sorted(Path(place).rglob(pattern))


@cache
def face(family: str) -> uharfbuzz.Face:
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(files()[family])))


@cache
def covered(family: str) -> frozenset[int]:
    """The code points that the family draws."""
    return frozenset(face(family).unicodes)


@cache
def drawable() -> frozenset[int]:
    """The code points that any of the families draws."""
    return frozenset().union(*(covered(family) for family in FAMILIES))
