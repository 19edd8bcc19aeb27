"""Another office's deployment: its own structures in SDMX-ML 2.1, nothing of the bundled ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from publisher.cli import main
from publisher.settings import load
from publisher.structures.registry import Registry
from publisher.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "tests" / "specimens" / "deployment"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("nord") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LMIS_BUNDLED_DSD", "no")
        code = main(
            ["publish", str(HERE / "package"), "--dsd", str(HERE / "dsd"), "--home", str(home), "--quiet"]
        )
    assert code == 0
    return home


def test_its_structures_hold_together(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMIS_BUNDLED_DSD", "no")
    assert main(["dsd", "check", "--dsd", str(HERE / "dsd")]) == 0
    assert "0 errors" in capsys.readouterr().out


def test_beside_the_bundled_ones() -> None:
    settings = load(dsd=[HERE / "dsd"], environ={})
    agencies = {flow.agency for flow in Registry.load(*settings.structures()).find("dataflow")}
    assert agencies == {"LMIS", "NORD"}


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("/sdmx/v2/data/dataflow/NORD/CATCH/1.0/*?format=csvdata", "A,N1,2024,12.5,A"),
        ("/sdmx/v1/data/CATCH", 'value="12.5"'),
        ("/sdmx/v2/structure/codelist/NORD/CL_HARBOUR", "North quay"),
        ("/api/3/action/package_show?id=fish-catch", "Catch by harbour"),
        ("/en/", "Board of Fisheries"),
        ("/en/dataset", "Catch by harbour"),
        ("/en/dataset/fish-catch", "South quay"),
        ("/en/factsheets", "<h1"),
        ("/en/releases", "fish-2025"),
    ],
)
def test_it_is_served(home: Path, path: str, holds: str) -> None:
    answer = create_app(load(home, environ={})).test_client().get(path)
    assert answer.status_code == 200, answer.text
    assert holds in answer.text


def codes() -> set[str]:
    """Ids that only the bundled structures know: areas, sources, dataflows, providers."""
    registry = Registry.load(ROOT / "dsd")
    items = {
        item for scheme in registry.all() if scheme.id in ("CL_AREA", "CL_SOURCE") for item in scheme.items
    }  # type: ignore[attr-defined]
    return (
        {i for i in items if len(i) > 2}
        | {flow.id for flow in registry.find("dataflow")}
        | {"LMIS:DF", "ASEAN"}
    )


def test_nothing_of_the_bundled_structures_is_in_python() -> None:
    known = re.compile(rf"\b({'|'.join(map(re.escape, sorted(codes())))})\b")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for top in ("publisher", "catalogue")
        for path in (ROOT / top).rglob("*.py")
        for match in known.finditer(_code(path))
    ]
    assert not found


def _code(path: Path) -> str:
    """The source without docstrings, comments and help texts, where examples may name what they like."""
    text = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line.partition("  #")[0] for line in text.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(line for line in lines if "lmis " not in line and "e.g." not in line)
