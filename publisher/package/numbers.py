"""Numbers as a field declares to write them (Table Schema: decimalChar, groupChar) → plain numbers."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.findings import Findings, quoted
from publisher.package.lines import Positions
from publisher.package.plan import NumberForm, Table

_WHOLE = "(?:0|[1-9][0-9]*)"  # no zeros before it: what has some is left as the office wrote it, and refused
_PLAIN = rf"\A-?{_WHOLE}(?:\.[0-9]+)?\z"


def normalise(
    columns: dict[str, pa.Array], rows: Positions, file: str, table: Table, findings: Findings
) -> None:
    """Rewrites the columns of `table.numbers`. A number in another form stays as it is, with a finding.

    What is no number in any form is left to the check of the column's type.
    """
    for name, form in table.numbers.items():
        if name not in columns:
            continue
        given = columns[name]
        texts = given.dictionary if pa.types.is_dictionary(given.type) else given
        right, plain = rewritten(texts, form)
        wrong = pc.and_(pc.invert(right), pc.match_substring_regex(texts, _PLAIN)).fill_null(False)
        columns[name] = plain
        if pa.types.is_dictionary(given.type):
            columns[name] = pc.take(plain, given.indices).dictionary_encode()
            wrong = pc.take(wrong, given.indices).fill_null(False)
        _tell(name, form, np.flatnonzero(wrong), given, rows, file, findings)


def rewritten(texts: pa.StringArray, form: NumberForm) -> tuple[pa.BooleanArray, pa.StringArray]:
    """Which of `texts` follow `form`, and all of them with those rewritten.

    >>> [r.to_pylist() for r in rewritten(pa.array(["1.234,5", "1234,5", "12.34"]), NumberForm(",", "."))]
    [[True, True, False], ['1234.5', '1234.5', '12.34']]
    """
    point, group = re.escape(form.decimal), re.escape(form.group)
    whole = f"(?:{_WHOLE}|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+)" if group else _WHOLE
    right = pc.match_substring_regex(texts, rf"\A-?{whole}(?:{point}[0-9]+)?\z")
    plain = pc.replace_substring(texts, form.group, "") if group else texts
    plain = pc.replace_substring(plain, form.decimal, ".")
    return right, pc.if_else(right, plain, texts)


def _tell(
    name: str,
    form: NumberForm,
    wrong: Positions,
    given: pa.Array,
    rows: Positions,
    file: str,
    findings: Findings,
) -> None:
    room = findings.room("number-form")
    declared = f"decimalChar {quoted(form.decimal)}" + (
        f", groupChar {quoted(form.group)}" if form.group else ""
    )
    for row in wrong[:room].tolist():
        value = given[row].as_py()
        findings.add(
            "number-form",
            f"{quoted(value)} is not a number as the field writes it",
            file=file,
            row=int(rows[row]),
            column=name,
            value=value,
            allowed=declared,
            remedy="write it as the schema says, or mend decimalChar and groupChar of the field",
        )
    findings.count("number-form", len(wrong) - room)
