"""Which artefacts a version of the structure messages has a place for; `gaps` tells it to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from publisher.formats.structure_generations import in_generation
from publisher.formats.structure_json_10 import ARTEFACTS_10
from publisher.formats.structure_json_artefacts import ARTEFACTS_20, ARTEFACTS_21
from publisher.structures import model as m
from publisher.structures.tags_21 import ML_21
from publisher.structures.tags_30 import ML_30
from publisher.structures.tags_31 import ML_31

WRITTEN: Mapping[str, frozenset[type[m.Maintainable]]] = MappingProxyType(
    {
        ML_31.media_type: frozenset(ML_31.artefacts),
        ML_30.media_type: frozenset(ML_30.artefacts),
        ML_21.media_type: frozenset(ML_21.artefacts),
        "application/vnd.sdmx.structure+json;version=2.1.0": frozenset(ARTEFACTS_21),
        "application/vnd.sdmx.structure+json;version=2.0.0": frozenset(ARTEFACTS_20),
        "application/vnd.sdmx.structure+json;version=1.0.0": frozenset(ARTEFACTS_10),
    }
)


def left_out(artefacts: Iterable[m.Maintainable], media_type: str) -> tuple[m.Maintainable, ...]:
    """Those of `artefacts` that a message of `media_type` (with version) has no place for."""
    artefacts = tuple(artefacts)
    version = media_type.partition("version=")[2]
    if "+xml" in media_type:
        version = version.removesuffix(".0") if version.count(".") == 2 else version
    kept = in_generation((a for a in artefacts), version)
    written = {artefact.ref for artefact in kept if type(artefact) in WRITTEN[media_type]}
    return tuple(artefact for artefact in artefacts if artefact.ref not in written)
