"""Three invented offices with a desk: their structures, packages made on the spot, a clock set by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.desk.desk import Desk
from publisher.desk.people import ROLES, Person
from publisher.settings import Settings
from publisher.store import Snapshot, current
from publisher.structures.registry import Registry

DSD = Path(__file__).parent / "dsd"
AREAS = {"ALPHA": "AA", "BETA": "BB", "GAMMA": "CC"}
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
STRUCTURES = Registry.load(DSD)

ANNA, ALI = (Person(name, "ALPHA", ROLES["approver"]) for name in ("anna", "ali"))
BEA, BEN = (Person(name, "BETA", ROLES["approver"]) for name in ("bea", "ben"))
CARA, CID = (Person(name, "GAMMA", ROLES["approver"]) for name in ("cara", "cid"))
TEAM = {"ALPHA": (ANNA, ALI), "BETA": (BEA, BEN), "GAMMA": (CARA, CID)}
CHIEF, DEPUTY = Person("chief"), Person("deputy")
Values = Mapping[str, str]  # period → figure


@dataclass
class World:
    """A home with its desk; `clock` moves only when told."""

    path: Path
    base_url: str = "http://lmis.test"
    two_persons: bool = True
    clock: datetime = START
    made: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self.settings = Settings(
            self.path / "home",
            dsd=(DSD,),
            bundled_dsd=False,
            base_url=self.base_url,
            two_persons=self.two_persons,
        )
        self.desk = self.another_desk()

    def another_desk(self) -> Desk:
        """The desk as another process finds it."""
        desk = Desk(self.settings, now=lambda: self.clock)
        desk.structures = STRUCTURES
        return desk

    def wait(self, **time: float) -> datetime:
        self.clock += timedelta(**time)
        return self.clock

    def package(self, office: str, release: str, flow: str = "DF_JOBS", **values: str) -> Path:
        """A package that replaces everything of an office: `package("ALPHA", "2026-03", y2025="1.5")`."""
        self.made += 1
        place = self.path / "packages" / f"{self.made}"
        return package(place, office, release, {p.removeprefix("y"): v for p, v in values.items()}, flow)

    @property
    def public(self) -> Snapshot:
        return current(self.desk.home)

    def released(self) -> list[str]:
        return list(self.public.record["releases"]) if self.desk.home.number() else []


def package(
    place: Path, office: str, release: str, values: Values, flow: str = "DF_JOBS", area: str = ""
) -> Path:
    """A data package of one table, written below `place`."""
    place.mkdir(parents=True)
    rows = [f"A,{area or AREAS[office]},{period},{value},A" for period, value in values.items()]
    (place / "data.csv").write_text(
        "\n".join(["FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS", *rows, ""]), encoding="utf-8"
    )
    descriptor = {
        "name": f"{office.lower()}-{release}",
        "title": f"{office} {release}",
        "description": "Invented figures of an invented office.",
        "licenses": [{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}],
        "sdmx": {"dataProvider": office, "release": release},
        "resources": [
            {
                "name": "data",
                "path": "data.csv",
                "sdmx": {"dataflow": f"DESK:{flow}(1.0.0)", "action": "Replace"},
            }
        ],
    }
    (place / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return place
