"""Which sheets a run judges: all of them with WHOLE=1, else some by a seed; SEED=… repeats a run."""

from __future__ import annotations

import os
import random
from pathlib import Path

from publisher.factsheets.definition import languages
from publisher.settings import Settings

AREAS = ("BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA", "TLS", "VNM", "ASEAN")
LANGUAGES = languages(Settings(home=Path()))
SEED = os.environ.get("SEED") or str(random.SystemRandom().randrange(10**6))
IS_WHOLE = bool(os.environ.get("WHOLE"))


def areas(tag: str) -> tuple[str, ...]:
    """The areas whose sheets are judged in the language: one by chance, or all."""
    print(f"{SEED=}")
    return AREAS if IS_WHOLE else (random.Random(f"{SEED} {tag}").choice(AREAS),)
