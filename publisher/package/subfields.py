"""Several values in one cell: taken apart, and put together again.

Source: sdmx-csv data_message_field_guide.md, "Multi-valued components": sub-fields are separated by the sign
behind STRUCTURE, and quoted like the fields of a line where that sign is in a value.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

SEPARATOR = ";"  # in packages; an SDMX-CSV file may choose another
_QUOTED_FOR = f'{SEPARATOR}"\r\n'


def split(text: str, separator: str = SEPARATOR) -> list[str]:
    """The values of a cell. What is not quoted as a line of CSV would be is plain text.

    >>> split('"a;b";c'), split('say "x";y')
    (['a;b', 'c'], ['say "x"', 'y'])
    """
    if '"' not in text:
        return text.split(separator)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return text.split(separator)
    return rows[0] if len(rows) == 1 else text.split(separator)


def join(values: Iterable[str]) -> str:
    """A cell that `split` takes apart into `values`."""
    return SEPARATOR.join(
        '"' + value.replace('"', '""') + '"' if any(c in value for c in _QUOTED_FOR) else value
        for value in values
    )
