"""The rows of SDMX-ML 3.1: those of 3.0 but for constraints, categorisations and evolving structures.

Source: SDMXStructure*.xsd 3.1. What exists of data is an AvailabilityConstraint, which is not maintained.
"""

from __future__ import annotations

from dataclasses import replace

from publisher.structures import model as m
from publisher.structures.tags import ANNOTATIONS, MAINTAINED, UNVERSIONED, Row, Rows, namespaces
from publisher.structures.tags_30 import (
    ATTACHMENT,
    KEY_SETS,
    METADATA_ATTACHMENT,
    ML_30,
    REGIONS,
    TARGET_REGIONS,
)

AVAILABILITY: Rows = (
    Row("seriesCount", "series_count", "number"),
    Row("obsCount", "obs_count", "number"),
    ANNOTATIONS,
    ATTACHMENT,
    REGIONS,
)
_DIMENSIONS: Rows = (Row("str:Dimension", "dimension_constraint", "values"),)
_30 = ML_30.artefacts


def _rows(cls: type[m.Maintainable], *more: Row) -> tuple[str, str, Rows]:
    container, element, rows = _30[cls]
    return container, element, (*rows, *more)


_CHANGED: dict[type[m.Maintainable], tuple[str, str, Rows]] = {
    m.AvailabilityConstraint: ("str:AvailabilityConstraints", "str:AvailabilityConstraint", AVAILABILITY),
    m.Categorisation: (*_30[m.Categorisation][:2], (*UNVERSIONED, *_30[m.Categorisation][2][-2:])),
    m.DataConstraint: (*_30[m.DataConstraint][:2], (*MAINTAINED, ATTACHMENT, KEY_SETS, REGIONS)),
    m.Dataflow: _rows(m.Dataflow, Row("str:DimensionConstraint", "", "wrap", _DIMENSIONS)),
    m.DataStructure: _rows(m.DataStructure, Row("evolvingStructure", "is_evolving", "flag", default=False)),
    m.MetadataConstraint: (
        *_30[m.MetadataConstraint][:2],
        (*MAINTAINED, METADATA_ATTACHMENT, TARGET_REGIONS),
    ),
}
_ORDER = [m.AgencyScheme, m.AvailabilityConstraint, *list(_30)[1:]]

ML_31 = replace(
    ML_30,
    name="3.1",
    media_type="application/vnd.sdmx.structure+xml;version=3.1.0",
    namespaces=namespaces("v3_1"),
    artefacts={cls: _CHANGED.get(cls) or _30[cls] for cls in _ORDER},
    ignored=ML_30.ignored | {"isPartialLanguage"},
)
