"""Errors in one cell: codes, periods, numbers, statuses, texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from random import Random

from publisher.package.rules import ranges
from publisher.structures import model as m
from publisher.structures import periods
from tests.package.mutants.sheet import STATUS, TIME, VALUE, Draft, Plant, Planted, Sheet

Columns = Callable[[Sheet], Iterable[str]]
Change = Callable[
    [Sheet, int, str, Random], "str | None"
]  # the wrong text; None: none can be made of this one
TRIES = 30


def cell(columns: Columns, change: Change, tells: str | None = None) -> Plant:
    """A cell at random of some columns, written wrongly; `tells`: the column that the finding names."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        names = sorted(set(columns(sheet)) & set(sheet.header))
        for _ in range(TRIES if names else 0):
            row, name = rng.randrange(len(sheet.rows)), rng.choice(names)
            text = change(sheet, row, name, rng)
            if text is not None and text != sheet.get(row, name):
                sheet.put(row, name, text)
                return Planted(row, tells or name)
        return None

    return plant


# -- columns --------------------------------------------------------------------------------------


def coded(sheet: Sheet) -> Iterable[str]:
    return (n for n in sheet.header if sheet.component(n).codes is not None)


def dimensions(sheet: Sheet) -> Iterable[str]:
    return sheet.dimensions


def several(sheet: Sheet) -> Iterable[str]:
    """Columns whose cells may hold several codes."""
    return (n for n in coded(sheet) if sheet.component(n).is_array)


def mandatory(sheet: Sheet) -> Iterable[str]:
    return (
        n
        for n in sheet.header
        if isinstance(c := sheet.component(n).component, m.Attribute) and c.is_mandatory
    )


def only(*names: str) -> Columns:
    return lambda sheet: names


# -- codes ----------------------------------------------------------------------------------------


def _outside(sheet: Sheet, name: str, text: str) -> str | None:
    codes = sheet.component(name).codes
    parts = text.split(";") if sheet.component(name).is_array else [text]
    return None if codes is None or not text or all(part in codes.items for part in parts) else text


def unknown(change: Callable[[str, Random], str]) -> Change:
    """A code changed so that the list does not have it."""

    def made(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
        text = sheet.get(row, name)
        return _outside(sheet, name, change(text, rng)) if text else None

    return made


_ALIKE = str.maketrans("AEOPCTHKMXBaeopcx", "АЕОРСТНКМХВаеорсх")  # Latin → Cyrillic
_FULL = {n: n + 0xFEE0 for n in range(0x21, 0x7F)}


def made_up(text: str, rng: Random) -> str:
    return "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", k=rng.randint(1, 9)))


def misspelt(text: str, rng: Random) -> str:
    at = rng.randrange(len(text))
    return rng.choice((text[:at] + text[at + 1 :], text[:at] + text[at] * 2 + text[at + 1 :], text[::-1]))


def invisible(text: str, rng: Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice("\u200b\u200d\u2060\ufeff\u00ad\u00a0") + text[at:]


SPELT: dict[str, Callable[[str, Random], str]] = {
    "made up": made_up,
    "misspelt": misspelt,
    "of the other case": lambda text, rng: text.swapcase(),
    "with a space after": lambda text, rng: text + " ",
    "with a space before": lambda text, rng: " " + text,
    "with an invisible character": invisible,
    "with a letter that only looks so": lambda text, rng: text.translate(_ALIKE),
    "in full width": lambda text, rng: text.translate(_FULL),
    "as a formula": lambda text, rng: rng.choice("=+-@") + text,
}


def label(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    """The name of a code, in some language."""
    codes = sheet.component(name).codes
    names = codes.items[sheet.get(row, name).split(";")[0]].name if codes and sheet.get(row, name) else {}
    return _outside(sheet, name, rng.choice(sorted(names.values()))) if names else None


def of_another_list(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    other = rng.choice([n for n in coded(sheet) if n != name])
    codes = sheet.component(other).codes
    return _outside(sheet, name, rng.choice(list(codes.items))) if codes else None


def and_an_unknown_one(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    return _outside(sheet, name, f"{sheet.get(row, name)};{made_up('', rng)}")


def twice(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    text = sheet.get(row, name)
    return f"{text};{text.split(';')[0]}" if text else None


def outside(limit: int) -> Change:
    """A code of the list that the constraint of the dataflow (0) or agreement (1) does not let through."""

    def made(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
        allowed, codes = sheet.limits[limit].get(name), sheet.component(name).codes
        left = [code for code in codes.items if code not in allowed] if codes and allowed is not None else []
        return rng.choice(left) if left else None

    return made


# -- periods --------------------------------------------------------------------------------------

PERIODS: dict[str, Callable[[str], str]] = {
    "with a slash": lambda year: f"{year}/01",
    "month first": lambda year: f"01-{year}",
    "month without zero": lambda year: f"{year}-1",
    "month 13": lambda year: f"{year}-13",
    "month 0": lambda year: f"{year}-00",
    "letter and month without hyphen": lambda year: f"{year}M01",
    "without hyphen": lambda year: f"{year}01",
    "quarter 5": lambda year: f"{year}-Q5",
    "quarter first": lambda year: f"Q1 {year}",
    "half 3": lambda year: f"{year}-S3",
    "week 54": lambda year: f"{year}-W54",
    "30 February": lambda year: f"{year}-02-30",
    "day first": lambda year: f"31-01-{year}",
    "month as a word": lambda year: f"Jan-{year[2:]}",
    "two digits": lambda year: year[2:],
    "with a decimal": lambda year: f"{year}.0",
    "with a space": lambda year: f"{year} ",
    "with a remark": lambda year: f"{year}*",
    "two years": lambda year: f"{year}-{year}",
    "financial year": lambda year: f"{year}/{year[2:]}",
    "in Thai digits": lambda year: "".join(chr(0xE50 + int(digit)) for digit in year),
}


def badly_written(sheet: Sheet, row: int, name: str, rng: Random) -> str:
    return PERIODS[rng.choice(sorted(PERIODS))](sheet.get(row, name)[:4])


def of_another_frequency(sheet: Sheet, row: int, name: str, rng: Random) -> str:
    year, now = sheet.get(row, name)[:4], periods.frequency_of(sheet.get(row, name))
    forms = {"A": year, "S": f"{year}-S2", "Q": f"{year}-Q3", "M": f"{year}-07", "D": f"{year}-07-31"}
    return rng.choice([text for form, text in forms.items() if form != now])


def other_freq(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    form = periods.frequency_of(sheet.get(row, TIME))
    left = [code for code in "ASQM" if code != form]
    return rng.choice(left) if form else None


def years_ahead(years: int) -> Change:
    """A later year, of a row that is no forecast."""

    def made(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
        text = sheet.get(row, name)
        return None if "F" in sheet.get(row, STATUS) else f"{int(text[:4]) + years}{text[4:]}"

    return made


# -- numbers --------------------------------------------------------------------------------------

NUMBERS: dict[str, Callable[[str], str]] = {
    "with a decimal comma": lambda text: f"{text.partition('.')[0]},5",
    "with a thousands comma": lambda text: "1,234.5",
    "with thousands points": lambda text: "1.234.567",
    "with a thousands space": lambda text: "1 234",
    "with a no-break space": lambda text: "1\u00a0234",
    "with an apostrophe": lambda text: "1'234",
    "with an underscore": lambda text: "1_000",
    "with a plus": lambda text: f"+{text}",
    "with a minus sign of typographers": lambda text: f"\u2212{text}",
    "with an en dash": lambda text: f"\u2013{text}",
    "with leading zeros": lambda text: f"00{text}",
    "without a digit before the point": lambda text: ".5",
    "without a digit after the point": lambda text: "5.",
    "in brackets": lambda text: f"({text})",
    "with a per cent sign": lambda text: f"{text}%",
    "with a footnote": lambda text: f"{text}*",
    "with a currency": lambda text: f"RM{text}",
    "with a space after": lambda text: f"{text} ",
    "in full width": lambda text: text.translate(_FULL),
    "in Thai digits": lambda text: "".join(chr(0xE50 + int(c)) if c.isdigit() else c for c in text),
    "in Burmese digits": lambda text: "".join(chr(0x1040 + int(c)) if c.isdigit() else c for c in text),
    "as hexadecimal": lambda text: "0x10",
    "as infinity": lambda text: "INF",
    "as a fraction": lambda text: "\u00bd",
    "as a range": lambda text: "1-2",
    "as a word": lambda text: "ten",
    "of 41 digits": lambda text: "1" * 41,
    "as a formula": lambda text: f"={text}+1",
    "as a date": lambda text: "5-Jan",
}
MARKS = ("-", "--", "..", "...", ":", "x", "X", "n.a.", "N/A", "NA", "#N/A", "null", "NULL", "nan", "*", "\u2013", "\u2026")  # fmt: skip


def number(spelling: str) -> Change:
    return lambda sheet, row, name, rng: (
        NUMBERS[spelling](sheet.get(row, name)) if sheet.get(row, name) else None
    )


def mark(sheet: Sheet, row: int, name: str, rng: Random) -> str:
    return rng.choice(MARKS)


def two_marks(draft: Draft, rng: Random) -> Planted | None:
    """Three missing values, each with its status, two with one declared mark and one with another."""
    sheet = draft.sheet
    if len(sheet.rows) < 4 or not all(sheet.get(n, VALUE) for n in range(len(sheet.rows))):
        return None
    usual, other = rng.sample(("-", "..", "n.a.", "x", ""), 2)
    row, *others = rng.sample(range(len(sheet.rows)), 3)
    for n in (row, *others):
        sheet.put(n, STATUS, rng.choice("LMO"))
        sheet.put(n, VALUE, other if n == row else usual)
    fields = [{"name": name, "type": "any"} for name in sheet.header]
    sheet.resource["schema"] = {"fields": fields, "missingValues": sorted({"", usual, other})}
    return Planted(row, VALUE)


def more_decimals(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    declared, text = sheet.get(row, "DECIMALS"), sheet.get(row, name)
    if not declared.isdigit() or not text:
        return None
    whole = text.partition(".")[0]
    return f"{whole}.{''.join(rng.choices('0123456789', k=int(declared) + rng.randint(1, 9)))}"


def out_of_range(limits: tuple[ranges.Range, ...]) -> Change:
    """A value just beyond, or far beyond, what `rules/ranges.csv` says of its row."""

    def made(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
        for one in limits:
            own = one.structure == sheet.definition.structure.id
            if (
                own
                and _holds(sheet, row, one.where)
                and not (one.excepted and _holds(sheet, row, one.excepted))
            ):
                below = f"-{rng.choice(('0.1', '1', '2500'))}"
                above = str(Decimal(str(one.high)) + rng.choice((1, 37, 900))) if one.high < 1e9 else below
                return rng.choice((below, above))
        return None

    return made


def _holds(sheet: Sheet, row: int, where: ranges.tables.Where) -> bool:
    return all(sheet.get(row, name) in codes for name, codes in where.items())


def emptied(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    return "" if sheet.get(row, name) else None


MISSING = "HLMOQ"


def no_value(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    return "" if sheet.get(row, name) and not set(sheet.get(row, STATUS).split(";")) & set(MISSING) else None


def says_missing(sheet: Sheet, row: int, name: str, rng: Random) -> str | None:
    codes = sheet.component(name).codes
    return rng.choice([c for c in MISSING if codes and c in codes.items]) if sheet.get(row, VALUE) else None


# -- texts ----------------------------------------------------------------------------------------

TEXTS: dict[str, str] = {
    "too long": "x" * 36,
    "turning the reading direction": "age\u202e51",
    "isolated": "\u2066hidden\u2069",
    "with a control character": "two\x0bparts",
    "with U+FFFE": "odd\ufffe",
}


def text(kind: str) -> Plant:
    """A free text that the component does not take, in a column that may be new."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        name = "TIME_DETAIL" if kind == "too long" else rng.choice(["TIME_DETAIL", "COMMENT_OBS"])
        if name not in sheet.header:
            sheet.add(name, "")
        row = rng.randrange(len(sheet.rows))
        sheet.put(row, name, TEXTS[kind])
        return Planted(row, name)

    return plant


def number_attribute(name: str, *wrong: str) -> Plant:
    """A number beside the value that is none, or none that can be."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        if name not in draft.sheet.definition.components:
            return None
        row = rng.randrange(len(draft.sheet.rows))
        draft.sheet.add(name, ["" if n != row else rng.choice(wrong) for n in range(len(draft.sheet.rows))])
        return Planted(row, name)

    return plant
