"""A release makes only the sheets anew in which it changes something; what was public comes out as it was."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.errors import UsageError
from publisher.factsheets import charts, editions
from publisher.factsheets.build import Made, Writer, build
from publisher.operation.prune import prune
from publisher.release.sheets import Wanted, rebuild
from publisher.settings import Settings
from publisher.store import Change, Home, Release
from publisher.store.vintage import opened
from publisher.structures.registry import Registry
from publisher.web.app import create_app
from tests.factsheets.conftest import ODD, flow, publish, table, unemployment

pytestmark = pytest.mark.slow
TAGS = ["en", "my", "th"]


def release(id: str, provider: str, month: int, rows: list[dict[str, str]]) -> Release:
    change = Change(flow("LMIS:DF_UNE(1.0.0)"), "Merge", {}, table(rows, {}))
    return Release(id, provider, datetime(2026, month, 2, 3, 4, 5, tzinfo=UTC), (change,))


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Settings:
    """A home with two vintages, the sheets of each where a release puts them; the second is of Indonesia."""
    home = tmp_path_factory.mktemp("twice")
    settings = Settings(home=home, base_url="https://lmis.example.org")
    indonesia = unemployment("2022", "5.9", REF_AREA="IDN", SOURCE="IDN_SAKERNAS")
    folders = [home / "public/pages" / number / "factsheets" for number in ("1", "2")]
    for earlier, place, each in (
        (None, folders[0], release("wb-1", "WB", 1, ODD)),
        (folders[0], folders[1], release("bps-1", "IDN_BPS", 2, [indonesia])),
    ):
        snapshot = publish(home, registry, each)
        build(snapshot, place, settings, languages=TAGS, made=Made(earlier))
    return settings


def place(settings: Settings, vintage: int) -> Path:
    return settings.home / "public/pages" / str(vintage) / "factsheets"


def test_only_what_changed_is_new(twice: Settings) -> None:
    first, second = (
        {path.name: path.read_bytes() for path in place(twice, number).glob("*.html")} for number in (1, 2)
    )
    assert first.keys() == second.keys()
    assert {name for name in first if first[name] != second[name]} == {f"IDN.{tag}.html" for tag in TAGS}
    told = editions.read(place(twice, 2), "THA"), editions.read(place(twice, 2), "IDN")
    assert [edition and edition.vintage for edition in told] == [1, 2]


@pytest.mark.parametrize("area", ["IDN", "THA"])
def test_an_unchanged_sheet_is_not_written_again(twice: Settings, tmp_path: Path, area: str) -> None:
    said: list[str] = []
    snapshot = opened(Home(twice.home), 2)
    build(snapshot, tmp_path, twice, [area], ["en"], progress=said.append, made=Made(place(twice, 1)))
    assert said == (["fact sheet IDN (en)"] if area == "IDN" else [])
    assert (tmp_path / f"{area}.en.html").read_bytes() == (place(twice, 2) / f"{area}.en.html").read_bytes()


def test_charts_that_show_the_same_are_taken_from_the_page_before(
    twice: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = charts.draw
    monkeypatch.setattr(charts, "draw", lambda path, *given: drawn.append(path.stem) or draw(path, *given))
    snapshot, counts = opened(Home(twice.home), 2), []
    for earlier in (None, place(twice, 1), place(twice, 2)):
        page = Writer(snapshot, twice).html("IDN", "en", earlier=_page(earlier))
        counts.append(len(drawn))
        drawn.clear()
        assert page == Writer(snapshot, twice).html("IDN", "en")
        drawn.clear()
    assert counts[0] > counts[1] >= counts[2] == 0


def _page(folder: Path | None) -> str:
    return (folder / "IDN.en.html").read_text(encoding="utf-8") if folder else ""


def test_a_file_that_is_not_as_it_was_is_made_again(twice: Settings, tmp_path: Path) -> None:
    wanted = Wanted(tmp_path, ("THA",), ("en",))
    (path,) = rebuild(twice, wanted, lambda message: None)
    right = path.read_bytes()
    path.write_bytes(right.replace(b"Thailand", b"Siam"))
    rebuild(twice, wanted, lambda message: None)
    assert path.read_bytes() == right


@pytest.mark.parametrize("vintage", [1, 2])
def test_a_past_vintage_gives_the_bytes_of_then(twice: Settings, tmp_path: Path, vintage: int) -> None:
    wanted = Wanted(tmp_path, ("IDN", "THA"), ("en", "th"), number=vintage)
    for path in rebuild(twice, wanted, lambda message: None):
        assert path.read_bytes() == (place(twice, vintage) / path.name).read_bytes(), path.name


def test_a_language_made_on_demand_is_as_if_made_then(twice: Settings, tmp_path: Path) -> None:
    """The second vintage's sheet of Thailand is still the first edition, in languages that nobody made."""
    pages = [
        Writer(opened(Home(twice.home), number), twice, own=place(twice, number)).html("THA", "vi")
        for number in (1, 2)
    ]
    assert pages[0] == pages[1]
    assert "/files/1/factsheets/THA.vi.html" in pages[1]


@pytest.mark.parametrize("what", ["text", "figure of a chart", "address", "template"])
def test_what_makes_a_sheet_new(twice: Settings, tmp_path: Path, registry: Registry, what: str) -> None:
    """Whatever a reader would see changes the hash of its content."""
    settings = twice
    rows = [dict(row) for row in ODD]
    if what == "text":
        rows[2]["COMMENT_OBS"] = "another"
    elif what == "figure of a chart":
        rows[0]["OBS_VALUE"] = "1.11"
    elif what == "address":
        settings = Settings(home=twice.home, base_url="https://other.example.org")
    else:
        own = tmp_path / "templates" / "factsheets"
        own.mkdir(parents=True)
        (own / "note.txt").write_text("another template")
        settings = Settings(home=twice.home, base_url=twice.base_url, templates=(own.parent,))
    snapshot = publish(tmp_path / "home", registry, release("wb-1", "WB", 1, rows))
    before = editions.read(place(twice, 1), "THA")
    assert before is not None
    same = Writer(snapshot, settings).content("THA") == before.content
    assert not same


def test_the_same_content_has_the_same_hash(twice: Settings, tmp_path: Path, registry: Registry) -> None:
    snapshot = publish(tmp_path / "home", registry, release("wb-1", "WB", 1, ODD))
    before = editions.read(place(twice, 1), "THA")
    assert before is not None
    assert Writer(snapshot, twice).content("THA") == before.content


def test_there_is_no_such_vintage(twice: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no vintage 3; those kept are 1 to 2"):
        rebuild(twice, Wanted(tmp_path, number=3), lambda message: None)


def test_a_sheet_outlives_its_vintage(twice: Settings, tmp_path: Path) -> None:
    """Its address leads to where it still stands; that of one that was made anew is gone."""
    shutil.copytree(twice.home, tmp_path / "home")
    home = Home(tmp_path / "home")
    assert prune(home, 1, None, is_sure=True).first == 2
    client = create_app(replace(twice, home=tmp_path / "home")).test_client()
    for suffix in ("html", "pdf"):
        answer = client.get(f"/files/1/factsheets/THA.en.{suffix}")
        assert answer.status_code == 302
        assert answer.location == f"/files/2/factsheets/THA.en.{suffix}"
        assert client.get(f"/files/1/factsheets/IDN.en.{suffix}").status_code == 410
