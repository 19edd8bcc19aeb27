"""Changes that change nothing: another order, another spelling, another form, part of the series."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.package.mutants import forms, kinds
from tests.package.mutants.judge import Judge
from tests.package.mutants.sheet import STATUS, VALUE, Draft

Change = Callable[[Draft, Random], None]


def shuffled(draft: Draft, rng: Random) -> None:
    rng.shuffle(draft.sheet.rows)


def columns_in_another_order(draft: Draft, rng: Random) -> None:
    sheet = draft.sheet
    order = rng.sample(range(len(sheet.header)), len(sheet.header))
    sheet.header = [sheet.header[n] for n in order]
    sheet.rows = [[row[n] for n in order] for row in sheet.rows]


def fixed_as_columns(draft: Draft, rng: Random) -> None:
    """What the descriptor fixes is written in every row."""
    sheet = draft.sheet
    for name, code in list(sheet.fixed.items()):
        if rng.random() < 0.6:
            sheet.add(name, code)
            sheet.resource["sdmx"]["fixed"] = {k: v for k, v in sheet.fixed.items() if k != name}


def some_series(draft: Draft, rng: Random) -> None:
    series = draft.sheet.by_series()
    kept = sorted(row for rows in rng.sample(series, rng.randint(1, len(series))) for row in rows)
    draft.sheet.rows = [draft.sheet.rows[row] for row in kept]


def in_two_files(draft: Draft, rng: Random) -> None:
    """Every row in one of two files of the dataflow."""
    if len(draft.sheet.rows) < 2:
        return
    other = draft.copy_of_sheet()
    other.resource |= {"name": "more", "path": "zz-more.csv"}
    cut = rng.randrange(1, len(draft.sheet.rows))
    draft.sheet.rows, other.rows = draft.sheet.rows[:cut], other.rows[cut:]
    draft.sheets.append(other)


def missing_with_its_status(draft: Draft, rng: Random) -> None:
    sheet = draft.sheet
    # not where a series breaks: the flag of the break would be gone
    whole = [n for n in range(len(sheet.rows)) if "B" not in sheet.get(n, STATUS)]
    if not whole:
        return
    row = rng.choice(whole)
    sheet.put(row, VALUE, "")
    sheet.put(row, STATUS, rng.choice("LMO"))


def marked_missing(draft: Draft, rng: Random) -> None:
    """One mark for what is missing, declared."""
    missing_with_its_status(draft, rng)
    sheet, mark = draft.sheet, rng.choice(("-", "..", "n.a.", "x"))
    for row in range(len(sheet.rows)):
        if not sheet.get(row, VALUE):
            sheet.put(row, VALUE, mark)
    fields = [{"name": name, "type": "any"} for name in sheet.header]
    sheet.resource["schema"] = {"fields": fields, "fieldsMatch": "equal", "missingValues": ["", mark]}


def decimal_comma(draft: Draft, rng: Random) -> None:
    """Numbers with the comma that the schema declares."""
    sheet = draft.sheet
    fields = [{"name": name, "type": "any"} for name in sheet.header]
    fields[sheet.at(VALUE)] = {"name": VALUE, "type": "number", "decimalChar": ",", "groupChar": "."}
    sheet.resource["schema"] = {"fields": fields, "fieldsMatch": "equal"}
    for row in range(len(sheet.rows)):
        sheet.put(row, VALUE, sheet.get(row, VALUE).replace(".", ","))


def with_a_note(draft: Draft, rng: Random) -> None:
    """A text of the region, with every sign that a format must escape."""
    texts = ("อัตราการว่างงาน", "ອັດຕາ", "អត្រា", "အလုပ်", "Tỷ lệ", 'He said "no"; a, b', "a & b < c", "it's")
    draft.sheet.add("COMMENT_OBS", rng.choice(texts))


def as_before(draft: Draft, rng: Random) -> None:
    """The same figures as in the last release."""
    draft.previous = draft.sheet.public()


CHANGES: dict[str, Change] = {
    "rows in another order": shuffled,
    "columns in another order": columns_in_another_order,
    "fixed values as columns": fixed_as_columns,
    "some of the series": some_series,
    "the same as before": as_before,
    "texts in many scripts": with_a_note,
    "two files": in_two_files,
    "a missing value with its status": missing_with_its_status,
    "one mark for what is missing": marked_missing,
    "a declared decimal comma": decimal_comma,
}
_ONLY_CSV = {"two files", "one mark for what is missing", "a declared decimal comma"}
_SCHEMAS = {"one mark for what is missing", "a declared decimal comma"}  # one of them


def variant(judge: Judge) -> str:
    """A draft with some changes, in some form; what it is told that the slice was not, or nothing."""
    rng = judge.rng
    one = next(judge.pools[kinds.SERIES if rng.random() < 0.95 else kinds.EQUATIONS])
    draft = one.copy()
    whole = len(draft.sheets) == 1
    names = rng.sample(sorted(CHANGES), rng.randint(1, 3)) if whole else []
    if set(names) >= _SCHEMAS:
        names.remove(rng.choice(sorted(_SCHEMAS)))
    for name in sorted(names, key=list(CHANGES).index):
        CHANGES[name](draft, rng)
    form = "CSV"
    if whole and len(draft.sheets) == 1 and not _ONLY_CSV & set(names):
        form = rng.choice(sorted(forms.FORMS))
        forms.FORMS[form](draft.sheet)
    report = judge.report(draft)
    more = set(report.counts) - one.draft.usual
    if not more:
        return ""
    told = [str(finding) for finding in report.findings if finding.code in more]
    return f"{one.name}, {form}, {', '.join(names)}: {told[0]}"
