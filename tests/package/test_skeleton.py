"""`lmis new`: the workbook as openpyxl opens it, and the package when it is filled in, unfilled and wrong."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import openpyxl
import pytest

from publisher.cli import main
from publisher.folders import folder
from publisher.package import check
from publisher.package.labels import labelled
from publisher.release.before import public_state
from publisher.release.dry_run import dry_run
from publisher.release.new import new
from publisher.release.publish import publish
from publisher.release.structures import registry
from publisher.settings import load
from publisher.store import Home, current
from publisher.structures.registry import Registry

BPS = folder("demo") / "idn-bps-sakernas"
FIRST = 3  # row of the first figure
Make = Callable[..., Path]


def quiet(message: str) -> None:
    """No progress."""


@pytest.fixture(scope="session")
def bundled() -> Registry:
    return registry(load("no-home", environ={}))


@pytest.fixture
def make(tmp_path: Path, bundled: Registry) -> Make:
    """A new package of IDN_BPS for DF_LF, or as said, in a folder of its own."""

    def run(provider: str = "IDN_BPS", flow: str = "DF_LF", home: Path | None = None, **said: Any) -> Path:
        settings = load(home or tmp_path / "no-home", environ={})
        return new(settings, provider, flow, tmp_path / "package", "2026-S2", structures=bundled, **said)

    return run


def lists(sheet: openpyxl.worksheet.worksheet.Worksheet, book: openpyxl.Workbook) -> dict[str, list[str]]:
    """Column id → the choices of its drop-down list."""
    found = {}
    for validation in sheet.data_validations.dataValidation:
        if validation.type == "list":
            column = sheet.cell(2, next(iter(validation.sqref.ranges)).min_col).value
            name, _, cells = validation.formula1.partition("!")
            found[column] = [row[0].value for row in book[name.lstrip("=")][cells.replace("$", "")]]
    return found


def fill(package: Path, rows: list[dict[str, str]]) -> None:
    """Fills the workbook in as a person does: choices from the lists, numbers as numbers."""
    path = next(package.glob("*.xlsx"))
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    choices = {n: {c.partition(": ")[0]: c for c in cells} for n, cells in lists(sheet, book).items()}
    names = [cell.value for cell in sheet[2]]
    for at, row in enumerate(rows, FIRST):
        for column, name in enumerate(names, 1):
            text = row.get(name, "")
            value = choices.get(name, {}).get(text, text) or None
            sheet.cell(at, column, float(text) if name == "OBS_VALUE" and text else value)
    book.save(path)


def figures(package: Path, file: str = "df-lf.csv") -> list[dict[str, str]]:
    """The rows of a package, with what its descriptor says of all of them."""
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    fixed = next(r["sdmx"]["fixed"] for r in descriptor["resources"] if r["path"] == file)
    with (package / file).open(encoding="utf-8", newline="") as stream:
        return [fixed | row for row in csv.DictReader(stream)]


def test_the_workbook(make: Make) -> None:
    package = make(language="id")
    book = openpyxl.load_workbook(package / "df-lf.xlsx")
    data, notes, codes = book.worksheets
    assert (data.title, notes.title, codes.title) == ("Data", "Catatan", "Codes")
    assert (data.sheet_state, notes.sheet_state, codes.sheet_state) == ("visible", "visible", "hidden")
    assert data.protection.sheet
    assert all(cell.protection.locked for row in data["A1:W2"] for cell in row)
    heads = {cell.value: data.cell(1, cell.column).value for cell in data[2]}
    assert heads["SEX"] == "Jenis kelamin"
    choices = lists(data, book)
    assert choices["SEX"] == ["_T: Total", "F: Perempuan", "M: Laki-laki"]
    assert choices["FREQ"] == ["A: Tahunan", "S: Semesteran"]  # what the agreement lets through
    assert not {"REF_AREA", "SOURCE", "ACTIVITY"} & heads.keys()  # one code only
    told = {row[0]: row[2] for row in notes.iter_rows(min_row=8, values_only=True) if row[0]}
    assert told["SEX"] == "Wajib"
    assert told["OBS_VALUE"] == "Wajib; kosong hanya dengan status yang menyebut sebabnya"
    assert told["STD_ERR"] == "Boleh kosong, tidak pernah diterbitkan"
    assert not [c for sheet in book for row in sheet for c in row if c.data_type == "f"]


def test_the_descriptor(make: Make) -> None:
    resource = json.loads((make() / "datapackage.json").read_text("utf-8"))["resources"][0]
    assert resource["sdmx"]["dataflow"] == "LMIS:DF_LF(1.0.0)"
    assert resource["sdmx"]["action"] == "Merge"
    assert resource["sdmx"]["fixed"]["REF_AREA"] == "IDN"
    assert resource["schema"]["fields"][-1]["name"] == "COMMENT_OBS"


@pytest.mark.slow
def test_filled_in_with_the_offices_figures(
    make: Make, bundled: Registry, demo_home: Path, tmp_path: Path
) -> None:
    """What BPS has published, typed into the workbook, is what is public; and it can be published."""
    package, rows = make(), figures(BPS)
    fill(package, rows[:40])
    report = check(package, bundled)
    assert report.valid, report.findings
    assert report.rows == 40
    assert frictionless.validate(str(package / "datapackage.json")).valid
    (effect,) = dry_run(load(demo_home, environ={}), [package], quiet, bundled).effects
    assert effect.observations == {
        "added": 0, "revised": 0, "only in notes": 0, "withdrawn": 0, "unchanged": len(rows)
    }  # fmt: skip
    home = load(tmp_path / "home", environ={})
    assert publish(home, [package], quiet, with_pages=False, structures=bundled).observations == 40


def test_filled_in(make: Make, bundled: Registry) -> None:
    package = make()
    fill(package, figures(BPS)[:3])
    report = check(package, bundled)
    assert (report.valid, report.rows) == (True, 3)
    assert report.deliveries[0].table["SEX"].to_pylist() == ["_T"] * 3


def test_unfilled(make: Make, bundled: Registry) -> None:
    (finding,) = check(make(), bundled).findings
    assert str(finding) == (
        "df-lf.xlsx, sheet Data: the file has a header and no rows; "
        "add rows or leave the resource out [csv-empty]"
    )


@pytest.mark.parametrize(
    ("column", "value", "codes"),
    [
        ("SEX", "F: Male", "unknown-code"),  # the name of another code: which is meant?
        ("SEX", "X: Female", "unknown-code"),
        ("SEX", "F: Women", ""),  # an older name, or the office's own
        ("SEX", "F", ""),
        ("SEX", "", "dimension-missing"),
        ("FREQ", "M: Monthly", "not-in-agreement period-frequency"),
        ("TIME_PERIOD", "Agustus 2025", "period-form"),
        ("OBS_STATUS", "A: Normal value;A: Normal value", "code-repeated"),
    ],
)
def test_wrong_cells(make: Make, bundled: Registry, column: str, value: str, codes: str) -> None:
    package, rows = make(), figures(BPS)[:1]
    fill(package, [rows[0] | {column: value}])
    findings = check(package, bundled).findings
    errors = [f for f in findings if f.severity == "error"]
    assert [f.code for f in errors] == codes.split()
    assert all(f.row == FIRST for f in errors)
    assert not errors or errors[0].column == column


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "id"])
def test_begun_with_the_last_release(make: Make, demo_home: Path, bundled: Registry, language: str) -> None:
    """Published as it is, it changes nothing: every digit and note survives the workbook."""
    package = make("MYS_DOSM", "DF_UNE", demo_home, language=language)
    assert unchanged(package, demo_home, bundled)
    sheet = openpyxl.load_workbook(package / "df-une.xlsx")["Data"]
    assert not any(cell.protection.locked for cell in sheet[FIRST] if cell.value)
    descriptor = json.loads((package / "datapackage.json").read_text("utf-8"))
    assert descriptor["licenses"][0]["name"] == "other-at"
    assert descriptor["resources"][0]["sdmx"]["action"] == "Replace"
    assert "accepted" not in descriptor["sdmx"]


@pytest.mark.slow
def test_begun_with_an_older_release(make: Make, demo_home: Path, bundled: Registry) -> None:
    package = make("MYS_DOSM", "DF_LF", demo_home, release="mys-dosm-2025-06")
    (effect,) = dry_run(load(demo_home, environ={}), [package], quiet, bundled).effects
    later = current(Home(demo_home)).manifest("mys-dosm-2025-10")["flows"][effect.dataflow]
    was = {"new": "withdrawn", "revised": "revised", "deleted": "added"}  # the way back
    assert {kind: effect.observations[name] for kind, name in was.items()} == {k: later[k] for k in was}
    assert later["revised"] > 30


@pytest.mark.slow
def test_begun_with_any_release(make: Make, demo_home: Path, bundled: Registry, tmp_path: Path) -> None:
    state = public_state(Home(demo_home))
    for (short, provider), _ in current(Home(demo_home)).heads.items():
        flow = short.partition(":")[2].partition("(")[0]
        held = state(provider, bundled.find("dataflow", ids=(flow,))[0].ref)
        if held is None or held.num_rows > 4_000:
            continue
        package = make(provider, flow, demo_home)
        assert unchanged(package, demo_home, bundled), (provider, flow)
        package.rename(tmp_path / f"{provider}-{flow}")


def unchanged(package: Path, home: Path, structures: Registry) -> bool:
    (effect,) = dry_run(load(home, environ={}), [package], quiet, structures).effects
    counts = effect.observations | effect.series
    return effect.rows > 0 and not any(number for name, number in counts.items() if name != "unchanged")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["IDN_BPS", "DF_TVET"], "has no provision agreement for LMIS:DF_TVET(1.0.0); these have: SGP_MOE"),
        (["IDN_BPS", "DF_NIX"], "known: "),
        (["IDN_BPS", "DF_LF", "--language", "xx"], "there are: en, id"),
        (["IDN_BPS", "DF_LF", "--from", "bps-1"], "there is no release 'bps-1' to begin with"),
    ],
    ids=str,
)
def test_wrong_usage(words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", *words[:2], str(tmp_path / "out"), "--home", str(tmp_path), *words[2:]]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_left_alone(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    package = make()
    before = (package / "df-lf.xlsx").read_bytes()
    assert main(["new", "IDN_BPS", "DF_LF", str(package), "--home", str(package.parent / "no-home")]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (package / "df-lf.xlsx").read_bytes() == before


@pytest.mark.parametrize(
    ("code", "name", "cell"),
    [("M", "Male", "M: Male"), ("M", "", "M"), ("M", "M", "M"), ("A", "one; two", "A: one, two")],
)
def test_a_choice(code: str, name: str, cell: str) -> None:
    assert labelled(code, name) == cell
