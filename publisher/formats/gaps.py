"""What a format cannot say of what we hold: declared here, tested, and shown in the documentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gap:
    format: str
    what: str
    why: str


GAPS: tuple[Gap, ...] = (
    Gap(
        "data: SDMX-ML 2.1, SDMX-CSV 1.0",
        "of several values of an attribute (OBS_STATUS) only the first, most severe, is written",
        "attributes have one value before SDMX 3.0",
    ),
    Gap(
        "data: SDMX-ML 2.1 and 3.0",
        "a data set attribute is written only where all series of the answer agree on it",
        "the providers of one dataflow may differ; ask by provision agreement to get each one's",
    ),
    Gap(
        "data: SDMX-ML 2.1 generic",
        "one measure: of several only OBS_VALUE is written",
        "GenericData has one ObsValue",
    ),
    Gap(
        "data: SDMX-ML, SDMX-CSV, SDMX-JSON before 3.1",
        "the action Merge is written Append",
        "Merge came with SDMX 3.1",
    ),
    Gap(
        "data: SDMX-CSV",
        "always comma and decimal point, whatever the language",
        "a file that changes its separators with the reader cannot be piped or cached",
    ),
)
