"""A small home: two releases of one office, one of another, with hostile texts in the second's package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue import ckan
from catalogue.call import Site
from catalogue.embedded import Embedded
from publisher.folders import folder
from publisher.release.records import records
from publisher.settings import Settings
from publisher.store import Change, Home, Release, current, stage
from publisher.store.seal import seal
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref
from publisher.web.app import create_app

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
FLOW = Ref("dataflow", "LMIS", "DF_UNE", "1.0.0")


def rows(area: str, source: str, values: Mapping[str, str | None]) -> pa.Table:
    """An annual unemployment rate with the decimals as given."""
    definition = Registry.load(folder("dsd") / "lmis").definition(FLOW)
    fixed = {d.id: "_T" for d in definition.dimensions}
    fixed |= {"FREQ": "A", "REF_AREA": area, "INDICATOR": "UNE_DEAP_RT", "AGE": "Y_GE15"}
    fixed |= {"SEASONAL_ADJUST": "N", "SOURCE": source}
    columns = {name: [value] * len(values) for name, value in fixed.items()}
    columns |= {"TIME_PERIOD": list(values), "OBS_VALUE": list(values.values())}  # type: ignore[dict-item]
    columns |= {
        "OBS_STATUS": ["A" if value else "O" for value in values.values()],
        "UNIT_MEASURE": ["PT"] * len(values),
        "UNIT_MULT": ["0"] * len(values),
    }
    return pa.table(columns)


LICENCE = {"name": "CC-BY-4.0", "title": "CC BY", "path": "https://creativecommons.org/licenses/by/4.0/"}


def descriptor(name: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "description": f"About {title}",
        "licenses": [
            {"name": "CC-BY-4.0", "title": "CC BY", "path": "https://creativecommons.org/licenses/by/4.0/"}
        ],
        "sources": [{"title": "The survey", "path": "https://example.org/survey"}],
        "resources": [{"name": "r", "sdmx": {"dataflow": FLOW.short}}],
    } | more


HOSTILE = descriptor(
    "w",
    EVIL,
    licenses=[{"name": "other", "title": EVIL, "path": "javascript:alert(3)"}],
    sources=[{"title": EVIL, "path": "javascript:alert(4)"}],
    keywords=[EVIL],
    homepage="javascript:1",
)
OCTOBER = {"2022": "3.80", "2023": "1234.50", "2024": None}
RELEASES = (
    ("mys-dosm-1", "MYS_DOSM", "2024-06-01", ("MYS", "MYS_LFS", {"2022": "3.80", "2023": "3.4"}),
     descriptor("m", "June")),
    ("mys-dosm-2", "MYS_DOSM", "2024-10-01", ("MYS", "MYS_LFS", OCTOBER),
     descriptor("m", "October", i18n={"id": {"title": "Oktober"}})),
    ("wb-1", "WB", "2025-01-02", ("IDN", "WDI_ILO_MOD", {"2023": "3.308"}), HOSTILE),
)  # fmt: skip


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a home that is built once."""
    settings = Settings(home=tmp_path_factory.mktemp("web"), base_url="http://lmis.test")
    registry = Registry.load(*settings.structures())
    for id, provider, date, (area, source, values), package in RELEASES:
        change = Change(FLOW, "Replace", {}, rows(area, source, values))
        instant = datetime.fromisoformat(f"{date}T04:00:00").replace(tzinfo=UTC)
        release = Release(id, provider, instant, (change,), {package["name"]: package})
        with stage(Home(settings.home)) as staged:
            staged.freeze(release, registry, settings.structures())
            staged.release()
    _pages(settings.home / "public" / "pages" / "3")
    snapshot = current(Home(settings.home))
    embedded = Embedded(settings.home / "public" / "catalogue.sqlite")
    api = ckan.embedded(embedded, snapshot.number, Site(settings.base_url, ""), lambda: snapshot.instant)
    ckan.apply(api, ckan.plan(api, records(snapshot, settings)))
    return settings


def _pages(folder: Path) -> None:
    (folder / "factsheets").mkdir(parents=True)
    (folder / "files").mkdir()
    for name in ("MYS.en", "IDN.en", "IDN.id"):
        html = "<!doctype html><html lang=en><title>x</title><style>p{color:red}</style><h1>Sheet</h1>"
        (folder / "factsheets" / f"{name}.html").write_text(html, encoding="utf-8")
    (folder / "files" / "mys-dosm-df-une.csv").write_text("A,B\n1,2\n", encoding="utf-8")
    (folder / "secret.txt").write_text("no", encoding="utf-8")
    seal(folder)


class Buffered(FlaskClient):
    """Reads each answer to its end, so that no file stays open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, **{"buffered": True, **kwargs})


@pytest.fixture(scope="session")
def make() -> Callable[[Settings], Flask]:
    """Makes the application of other settings."""

    def make(settings: Settings) -> Flask:
        app = create_app(settings)
        app.test_client_class = Buffered
        return app

    return make


@pytest.fixture(scope="session")
def app(settings: Settings, make: Callable[[Settings], Flask]) -> Flask:
    return make(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
