"""What a version of the structure messages cannot say of what we hold.

The tests hold that every class of artefact a version has no place for is declared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from publisher.formats.gaps import Gap
from publisher.formats.structure_json import ARTEFACTS
from publisher.structures import model as m
from publisher.structures.tags_21 import ML_21
from publisher.structures.tags_30 import ML_30

_21 = "structure: SDMX-ML 2.1"

GAPS: tuple[Gap, ...] = (
    Gap(_21, "HierarchyAssociation is left out", "2.1 has none"),
    Gap(_21, "ValueList is left out; components with one are written as text", "2.1 has code lists only"),
    Gap(
        _21,
        "StructureMap and RepresentationMap are left out",
        "a StructureSet has code list maps and component maps of one to one only",
    ),
    Gap(_21, "a Hierarchy is a HierarchicalCodelist with one hierarchy of its id", "2.1 nests them"),
    Gap(_21, "an attribute takes one value: minOccurs and maxOccurs are left out", "arrays came with 3.0"),
    Gap(_21, "one measure, named OBS_VALUE; its usage is left out", "2.1 has a primary measure"),
    Gap(_21, "MeasureRelationship is left out", "2.1 has one measure"),
    Gap(_21, "isMultiLingual and XHTML of local representations are left out", "only concepts have them"),
    Gap(_21, "a reference to the latest version (1.0+.0) names the lowest it may be", "no wildcards in 2.1"),
    Gap(_21, "AnnotationValue is left out", "came with 3.0"),
    Gap(_21, "code lists are written with the codes of their extensions, as by detail=full", "no extensions"),
    Gap(
        "structure: SDMX-ML 3.0",
        "organisation schemes are written without version; references say 1.0",
        "SDMXStructureOrganisation.xsd prohibits it",
    ),
    Gap(
        "structure: SDMX-JSON 2.0",
        "a ValueList has no link with its URN",
        "the pattern of the schema misspells the class",
    ),
    Gap(
        "structure: SDMX-JSON 2.0",
        "validFrom and validTo without a time zone are written as UTC",
        "RFC 3339 asks for a zone, XML Schema does not",
    ),
    Gap(
        "structure: all",
        "the Link elements, uri and ISOConceptReference of artefacts that were read are not kept",
        "nothing is served or checked by them",
    ),
)

WRITTEN: Mapping[str, frozenset[type[m.Maintainable]]] = MappingProxyType(
    {
        ML_30.media_type: frozenset(ML_30.artefacts),
        ML_21.media_type: frozenset(ML_21.artefacts),
        "application/vnd.sdmx.structure+json;version=2.0.0": frozenset(ARTEFACTS),
    }
)


def left_out(artefacts: Iterable[m.Maintainable], media_type: str) -> tuple[m.Maintainable, ...]:
    """Those of `artefacts` that a message of `media_type` (with version) has no place for."""
    return tuple(artefact for artefact in artefacts if type(artefact) not in WRITTEN[media_type])
