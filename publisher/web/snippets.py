"""The same data in the tools that people have: lines to be copied, each with the address of a query in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# What the addresses ask for: versions that the tools read.
CSV = {"format": "csvdata", "formatVersion": "2.0.0"}
XML = {"format": "structurespecificdata", "formatVersion": "2.1"}


@dataclass(frozen=True)
class Snippet:
    id: str  # names its heading: query.<id>
    code: str


# id of the heading → the format whose address it takes, the text. Results: `data` in Python and R, a file
# beside the rows for DuckDB, a table in Excel.
WAYS: Mapping[str, tuple[str, str]] = {
    "excel": ("csv", """\
let
    Answer = Web.Contents("{url}"),
    Table = Csv.Document(Answer, [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),
    Headed = Table.PromoteHeaders(Table, [PromoteAllScalars = true]),
    Typed = Table.TransformColumnTypes(Headed, {{{{"{measure}", type number}}}}, "en-US")
in
    Typed"""),
    "pandas": ("csv", 'import pandas as pd\n\nurl = "{url}"\ndata = pd.read_csv(url)'),
    "python": ("xml", 'import sdmx\n\nurl = "{url}"\ndata = sdmx.to_pandas(sdmx.read_url(url))'),
    "r": ("xml", 'library(rsdmx)\n\nurl <- "{url}"\ndata <- as.data.frame(readSDMX(url))'),
    "curl": ("csv", "curl --compressed '{url}'"),
    "duckdb": ("csv", """\
curl --compressed --output {name}.csv '{url}'
duckdb -csv -c "FROM read_csv('{name}.csv', types = {{'TIME_PERIOD': 'VARCHAR'}})\""""),
}  # fmt: skip


def of(urls: Mapping[str, str], name: str, measure: str = "OBS_VALUE") -> tuple[Snippet, ...]:
    """All ways for which there is an address, by format: `csv`, `xml`."""
    return tuple(
        Snippet(id, text.format(url=_encoded(urls[format]), name=name, measure=measure))
        for id, (format, text) in WAYS.items()
        if format in urls
    )


def _encoded(url: str) -> str:
    """Without the brackets that curl would take for a list of addresses."""
    return url.replace("[", "%5B").replace("]", "%5D")
