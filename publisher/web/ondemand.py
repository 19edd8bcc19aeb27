"""Fact sheets in languages that no release makes ahead: made when somebody asks, the same bytes each time."""

from __future__ import annotations

import zlib
from functools import lru_cache
from threading import Lock

from publisher.errors import StructureError
from publisher.factsheets import locales
from publisher.factsheets.build import Writer, concerns
from publisher.factsheets.definition import languages
from publisher.settings import Settings
from publisher.store import Home
from publisher.store.vintage import opened

_KEPT = 400  # sheets, compressed, some 25 KB each; a vintage of the bundled structures has 156
_lock = Lock()  # one at a time: a sheet takes a third of a second of one core


def known(settings: Settings) -> tuple[str, ...]:
    """The languages that sheets are made in; none where no definition of them is right."""
    try:
        return _languages(settings)
    except StructureError:
        return ()


@lru_cache(maxsize=4)
def _languages(settings: Settings) -> tuple[str, ...]:
    return languages(settings)


@lru_cache(maxsize=4)
def names(settings: Settings) -> dict[str, str]:
    """Language → its name in itself."""
    return {tag: overlay.name or tag for tag, overlay in locales.load(settings).items()}


def make(settings: Settings, number: int, area: str, language: str) -> bytes | None:
    """The sheet as of vintage `number`; None where there is none of the area or language."""
    with _lock:
        purges = opened(Home(settings.home), number).purges  # what was kept before is not good after one
        packed = _made(settings, number, purges, area, language)
    return zlib.decompress(packed) if packed else None


@lru_cache(maxsize=_KEPT)
def _made(settings: Settings, number: int, purges: tuple[str, ...], area: str, language: str) -> bytes | None:
    writer = _writer(settings, number, purges)
    if writer is None or area not in writer.areas or language not in writer.sheet.languages:
        return None
    return zlib.compress(writer.html(area, language).encode("utf-8"))


@lru_cache(maxsize=2)
def _writer(settings: Settings, number: int, purges: tuple[str, ...]) -> Writer | None:
    snapshot = opened(Home(settings.home), number)
    own = settings.home / "public" / "pages" / str(number) / "factsheets"
    return Writer(snapshot, settings, own=own) if concerns(snapshot, settings) else None
