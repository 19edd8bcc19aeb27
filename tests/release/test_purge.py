"""A purge of a table of an office: what was made of the figure goes with it, in view, sheet and lineage."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from publisher import cli
from publisher.operation.prune import prune
from publisher.operation.verify import verify
from publisher.release.purge import Purge, purge
from publisher.rest import Request, answer
from publisher.settings import Settings, load
from publisher.store import Home, current
from publisher.store.purge import find
from publisher.structures.urns import Ref
from tests.desk.test_purge import places

pytestmark = pytest.mark.slow
TABLE = Path(__file__).parents[1] / "specimens" / "national" / "phl-unemployment-rounds"
FIGURE, PERIOD = "4.049795581801628", "2024-Q2"  # the newest of the table: the headline
KEY = ("Q", "PHL", "UNE_DEAP_RT", PERIOD)
SHEET = Path("factsheets") / "PHL.en.html"


def corrected(folder: Path) -> Path:
    """The next release of the table: another figure of it is revised."""
    shutil.copytree(TABLE, folder)
    path = folder / "unemployment-rate.csv"
    path.write_text(path.read_text("utf-8").replace("4.471", "4.5"), encoding="utf-8", newline="\n")
    about = json.loads((folder / "datapackage.json").read_text("utf-8"))
    about["sdmx"] |= {"release": "2024-05", "releaseDate": "2024-09-06T09:00:00+08:00"}
    (folder / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("purge")
    home = place / "home"
    home.mkdir()
    (home / "settings.toml").write_text('sheet_languages = "en"\n', encoding="utf-8")
    for package in (TABLE, corrected(place / "next")):
        assert cli.main(["publish", str(package), "--home", str(home), "--quiet"]) == 0
    return home


def run(settings: Settings) -> None:
    def chosen(rows: pa.Table, definition: object) -> pa.Table:
        return rows.filter(pc.equal(rows["TIME_PERIOD"], PERIOD))

    flow = Ref("dataflow", "LMIS", "DF_UNE", "1.0.0")
    cells = find(current(Home(settings.home)), "PHL_PSA", flow, chosen)
    assert cells.count == 1
    at = datetime(2024, 10, 1, tzinfo=UTC)
    purge(settings, Purge("phl-psa-purge-1", cells, "a person could be told", at), lambda text: None)


@pytest.mark.parametrize("keep", [2, 1], ids=["every vintage", "pruned"])
def test_what_was_made_of_the_figure_goes_with_it(made: Path, tmp_path: Path, keep: int) -> None:
    home = tmp_path / "home"
    shutil.copytree(made, home, symlinks=True)
    prune(Home(home), keep, None, is_sure=True)
    settings = load(home, environ={})
    sheets = home / "public" / "pages"
    assert {name.split("/")[1] for name in places(home, FIGURE)} >= {"releases", "index", "pages"}
    assert any("lineage" in name for name in places(home, FIGURE))
    shown = [path for path in sheets.rglob(SHEET.name) if PERIOD in path.read_text("utf-8")]
    assert shown, "the sheet had the figure"

    run(settings)

    assert places(home, FIGURE) == []
    assert not [path for path in sheets.rglob(SHEET.name) if PERIOD in path.read_text("utf-8")]
    assert verify(Home(home)).findings == ()
    for flow in ("DF_UNE", "DF_HEADLINE"):
        found = asked(home, f"data/dataflow/LMIS/{flow}/1.0.0/*", "updatedAfter=2024-09-30T00:00:00Z")
        gone = [r for r in found if r["ACTION"] == "D"]
        assert [(r["FREQ"], r["REF_AREA"], r["INDICATOR"], r["TIME_PERIOD"]) for r in gone] == [KEY], flow
        assert not [
            r for r in asked(home, f"data/dataflow/LMIS/{flow}/1.0.0/*") if r["TIME_PERIOD"] == PERIOD
        ]


def asked(home: Path, path: str, query: str = "") -> list[dict[str, str]]:
    found = answer(current(Home(home)), Request("v2", path, f"{query}&format=csvdata&formatVersion=2.0.0"))
    return list(csv.DictReader(io.StringIO(b"".join(found.chunks).decode())))
