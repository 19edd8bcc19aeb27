"""Every folder of bad/ gives exactly the findings of its expected.json; good/ gives none."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from publisher.package import check
from publisher.package.codes import RULES
from publisher.structures.registry import Registry

HERE = Path(__file__).parent
BAD = sorted(path.parent for path in (HERE / "bad").glob("*/expected.json"))
GOOD = sorted(path.parent for path in (HERE / "good").glob("*/datapackage.json"))
# Codes that need a file which a checkout cannot hold; test_gate.py makes them.
MADE_ELSEWHERE = {
    "package-missing", "archive-invalid", "archive-nested", "remote-failed", "not-a-regular-file",
    "too-large", "cell-too-long",
    "file-invalid", "sheet-unknown", "message-invalid", "message-differs", "cell-formula", "cell-error",
    "cell-percent", "format-unsupported", "pattern-unsupported", "pattern-differs",
    # test_harmonise.py
    "map-unknown", "map-invalid", "layout-differs", "unmapped-code", "code-ambiguous", "not-additive",
    "total-not-conserved",
    "rules-not-run",
    # test_formats.py
    "merge-attribute",
    # test_rules.py
    "scale-slip", "sign-flip", "revision-large", "outlier", "series-vanished", "not-comparable",
    "break-not-flagged",
    # test_protect.py
    "confidential-merge", "confidential-was-public", "suppression-undone", "suppression-unjudged",
}  # fmt: skip

Line = tuple[str, str | None, int | None, str | None, str | None]


def order(line: Line) -> tuple[str, int, str, str, str]:
    code, file, row, column, value = line
    return file or "", row or 0, column or "", value or "", code


@pytest.mark.parametrize("folder", BAD, ids=lambda folder: folder.name)
def test_bad_package(folder: Path, registry: Registry) -> None:
    report = check(folder, registry)
    found = [(f.code, f.file, f.row, f.column, f.value) for f in report.findings]
    expected: list[Line] = [
        tuple(line[name] for name in ("code", "file", "row", "column", "value"))  # type: ignore[misc]
        for line in json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    ]
    assert sorted(found, key=order) == sorted(expected, key=order)
    assert report.valid == all(RULES[code].severity == "warning" for code, *_ in expected)
    assert bool(report.deliveries) == report.valid
    assert all(finding.remedy for finding in report.findings)


@pytest.mark.parametrize("folder", GOOD, ids=lambda folder: folder.name)
def test_good_package(folder: Path, registry: Registry) -> None:
    report = check(folder, registry)
    assert [str(finding) for finding in report.findings] == []
    assert sum(delivery.table.num_rows for delivery in report.deliveries) == report.rows > 0


def test_every_code_has_a_bad_package() -> None:
    shown = {
        line["code"] for folder in BAD for line in json.loads((folder / "expected.json").read_text("utf-8"))
    }
    assert shown | MADE_ELSEWHERE == set(RULES)


def test_what_a_good_package_delivers(registry: Registry) -> None:
    report = check(HERE / "good" / "every-feature", registry)
    (delivery,) = report.deliveries
    assert (report.provider, report.release, str(report.instant)) == (
        "OFFICE_A",
        "2025-10",
        "2025-10-09 12:00:00+08:00",
    )
    assert (delivery.dataflow.short, delivery.action) == ("TEST:DF_JOBS(1.0.0)", "Replace")
    assert dict(delivery.scope) == {"AREA": ("AA", "CC")}
    assert {field.type for field in delivery.table.schema} <= {
        pa.string(),
        pa.dictionary(pa.int8(), pa.string()),
    }
    columns = delivery.table.to_pydict()
    assert columns["OBS_VALUE"] == ["-10.5", "0.25", None, "7", "7"]
    assert columns["PRICE_BASE"] == ["V"] * 5
    assert columns["COMMENT_OBS"][:3] == ["two\nlines; one cell", None, 'not "asked"']
    assert columns["SAMPLE_SIZE"] == ["120", None, "0", None, None]


def test_several_codes_are_joined(registry: Registry) -> None:
    (delivery,) = check(HERE / "good" / "plain", registry).deliveries
    assert delivery.table["OBS_STATUS"].to_pylist() == ["A", "A", "B\x1fP"]


def test_equal_duplicates_are_merged(registry: Registry) -> None:
    report = check(HERE / "bad" / "duplicate-equal", registry)
    assert (report.rows, report.deliveries[0].table.num_rows) == (3, 2)


MESSAGES = {
    "unknown-code": (
        "jobs.csv, row 3, column SEX: 'f' is not in SEX's list TEST:CL_SEX(1.0.0); allowed: F, M, _T;"
        " use a code of the list [unknown-code]"
    ),
    "not-in-agreement": (
        "jobs.csv, row 3, column AREA: 'BB' is not what the provider may file; allowed: AA, CC;"
        " file only what the provision agreement allows [not-in-agreement]"
    ),
    "duplicate-unequal": (
        "jobs.csv, row 4, column OBS_VALUE: the key of row 3 of jobs.csv, which has OBS_VALUE 1.5;"
        " keep the right one [duplicate-unequal]"
    ),
    "attribute-not-constant": (
        "jobs.csv, row 4, column UNIT_MEASURE: UNIT_MEASURE is 'PT' here and 'PS' in the rest of its series;"
        " give all rows of the series the same value [attribute-not-constant]"
    ),
    "remote-reference": (
        "datapackage.json, column profile: 'https://example.org/profile.json' is not in the package;"
        " put the content into the package; nothing is fetched [remote-reference]"
    ),
}


@pytest.mark.parametrize(("name", "message"), MESSAGES.items(), ids=MESSAGES)
def test_message(name: str, message: str, registry: Registry) -> None:
    assert str(check(HERE / "bad" / name, registry).findings[0]) == message
