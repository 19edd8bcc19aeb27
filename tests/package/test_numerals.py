"""Ten thousand numerals as offices write them, judged by Python's Decimal and the declared separators."""

from __future__ import annotations

import os
import random
import time
from decimal import Decimal
from pathlib import Path

import pytest

from publisher.package import Report, check
from publisher.structures.registry import Registry
from tests.package import made

SEED = int(os.environ.get("SEED") or time.time_ns() % 10**6)
EACH = 2_500
FORMS = [(".", ""), (",", "."), (",", " "), (".", ",")]  # decimal sign, sign between thousands
STRANGE = ("+", "-", " ", "\u00a0", "\u2009", "e", "E5", "_", "%", "x", "'", "\u2212", "٣", "３", "๓", "..",
           ",,", "NaN", "INF", "0x1", "½")  # fmt: skip


def meant(text: str, decimal: str, group: str) -> Decimal | None:
    """What `text` says with these signs; None where it says nothing, or says it in another way.

    Thousands are separated everywhere or nowhere; no plus, no exponent, no zeros before the number.
    """
    body = text.removeprefix("-")
    whole, point, part = body.partition(decimal)
    if not body.isascii() or (point and not part.isdecimal()):
        return None
    plain = whole.replace(group, "") if group else whole
    if not plain.isdecimal():
        return None
    number = int(plain)
    grouped = f"{number:,}".replace(",", group) if group else ""
    if whole not in (str(number), grouped):
        return None
    return Decimal(("-" if body != text else "") + plain + ("." + part if point else ""))


def numeral(chance: random.Random, decimal: str, group: str) -> str:
    """Mostly right; else with something put in, taken out, or with the signs of another office."""
    if chance.random() < 0.2:
        decimal, group = chance.choice(FORMS)
    number = chance.randrange(10 ** chance.choice([1, 2, 3, 4, 7, 12]))
    whole = f"{number:,}".replace(",", group) if chance.random() < 0.6 else str(number)
    text = whole + (decimal + str(chance.randrange(10**5)) if chance.random() < 0.6 else "")
    at = chance.randrange(len(text) + 1)
    match chance.randrange(12):
        case 0:
            text = text[:at] + chance.choice([*STRANGE, decimal, group]) + text[at:]
        case 1:
            text = text[:at] + text[at + 1 :]
        case 2:
            text = "0" + text
        case 3 | 4:
            text = "-" + text
    return text or "0"


def checked(numerals: list[str], decimal: str, group: str, folder: Path, registry: Registry) -> Report:
    months = [f"{year}-{month:02d}" for year in range(1000, 1300) for month in range(1, 13)]
    lines = [
        ["M", "AA", "F", "V", month, text, "A", "PS", ""]
        for month, text in zip(months, numerals, strict=False)
    ]
    number = {"type": "number", "decimalChar": decimal} | ({"groupChar": group} if group else {})
    fields = [{"name": n} | (number if n == "OBS_VALUE" else {}) for n in made.NAMES]
    data = made.as_csv([list(made.NAMES), *lines], delimiter=";")
    package = made.package(
        folder / "p", "jobs.csv", data, dialect={"delimiter": ";"}, schema={"fields": fields}
    )
    return check(package, registry, shown=EACH)


@pytest.mark.parametrize(("decimal", "group"), FORMS)
def test_numerals(decimal: str, group: str, tmp_path: Path, registry: Registry) -> None:
    chance = random.Random(f"{SEED}{decimal}{group}")
    numerals = [numeral(chance, decimal, group) for _ in range(EACH)]
    expected = [meant(text, decimal, group) for text in numerals]
    found = checked(numerals, decimal, group, tmp_path, registry).findings
    refused = {f.row: f for f in found}
    assert len(refused) == len(found), SEED  # each is told once
    assert {f.code for f in refused.values()} <= {"number-form"}, SEED
    wrong = {
        row: text
        for row, (text, value) in enumerate(zip(numerals, expected, strict=True), 2)
        if value is None
    }
    assert {row: f.value for row, f in refused.items()} == wrong, SEED
    assert EACH / 20 < len(wrong) < EACH / 2
    right = [(text, value) for text, value in zip(numerals, expected, strict=True) if value is not None]
    (delivery,) = checked([text for text, _ in right], decimal, group, tmp_path, registry).deliveries
    assert [Decimal(text) for text in delivery.table["OBS_VALUE"].to_pylist()] == [v for _, v in right], SEED
