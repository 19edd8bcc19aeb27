"""A month of three offices, and what the public saw at each instant: `make month`.

Embargoes of three offices at once, one instant shared by two, a date that moves, a correction, a withdrawal,
a refused package, an approval that comes late, a crash at the very moment of a release. The program is the
real one, with its own publisher; only the clock is moved by hand.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from publisher.desk import actions
from publisher.desk.log import verify
from publisher.desk.scheduler import Clock, Publisher
from publisher.web import fresh
from tests.desk import probes
from tests.desk.conftest import web
from tests.desk.world import ALI, ANNA, BEA, BEN, TEAM, World

DATA = "/sdmx/v2/data/dataflow/DESK/{flow}/1.0.0/*?format=csvdata"


class Crash(BaseException):
    """The machine loses its power."""


@dataclass
class Month:
    world: World
    machine: float = 0.0  # seconds since it was switched on
    seen: str = ""
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()
        fresh.now = lambda: self.world.clock  # type: ignore[assignment]

    def start(self) -> None:
        """Switch the publisher on; it finds what is on the disk."""
        clock = Clock(lambda: self.world.clock.timestamp(), lambda: self.machine)
        self.publisher = Publisher(self.world.another_desk(), clock, self.told.append)

    def until(self, text: str) -> None:
        """Let time pass; the publisher looks whenever something is due."""
        end = datetime.fromisoformat(f"2026-03-{text}:00+00:00")
        while self.world.clock < end:
            try:
                self.publisher.look()
            except Crash:
                self.say(f"{self.world.clock:%d %b %H:%M:%S}  power   fails; it is back after 90 s")
                self.pass_(timedelta(seconds=90))
                self.start()
                continue
            self.show()
            due = [s.due for s in self.world.desk.submissions().values() if s.is_ready and s.due]
            step = min([end, *(d for d in due if d > self.world.clock)]) - self.world.clock
            self.pass_(step)
        self.publisher.look()
        self.show()

    def pass_(self, time: timedelta) -> None:
        self.world.clock += time
        self.machine += time.total_seconds()

    # -- what is told ---------------------------------------------------------------------------

    def say(self, text: str) -> None:
        print(text, flush=True)

    def desk(self, text: str) -> None:
        self.say(f"{self.world.clock:%d %b %H:%M:%S}  desk    {text}")

    def show(self) -> None:
        """What the public sees, where it sees anything new."""
        lines = list(public(self.world))
        text = "\n".join(lines)
        if text != self.seen:
            self.seen = text
            self.say(f"{self.world.clock:%d %b %H:%M:%S}  PUBLIC  {lines[0]}")
            for line in lines[1:]:
                self.say(f"                         {line}")
        for alarm in self.told:
            self.say(f"{self.world.clock:%d %b %H:%M:%S}  alarm   {alarm}")
        self.told.clear()

    # -- what offices do ------------------------------------------------------------------------

    def submit(self, office: str, release: str, flow: str = "DF_JOBS", **values: str) -> str:
        package = self.world.package(office, release, flow, **values)
        made, _ = actions.submit(self.world.desk, TEAM[office][0], [package])
        self.desk(f"{TEAM[office][0].name} submits {office} {release}: {made.state}")
        return made.key

    def schedule(self, office: str, key: str, at: str) -> None:
        when = datetime.fromisoformat(f"2026-03-{at}:00+00:00")
        actions.schedule(self.world.desk, TEAM[office][0], key, when)
        self.desk(f"{TEAM[office][0].name} schedules it for {when:%d %b %H:%M} UTC")

    def approve(self, office: str, key: str) -> None:
        made = actions.approve(self.world.desk, TEAM[office][1], key)
        self.desk(f"{TEAM[office][1].name} approves {made.release}")


def public(world: World) -> Iterable[str]:
    """The newest vintage, the figures, what is announced: as the web answers them."""
    app = web(world)
    if not world.desk.home.number():
        yield "nothing"
        return
    news = probes.ask(app, "/feed.json").body.decode()
    feed = json.loads(news)["items"]
    newest = feed[0]["_sdmx"]
    about = "".join(
        f", {n} {newest[n]}: {newest['reason']}" for n in ("corrects", "withdraws") if n in newest
    )
    yield f"vintage {world.public.number}, {len(feed)} releases, the newest {newest['release']}{about}"
    for flow in ("DF_JOBS", "DF_PAY"):
        rows = csv.DictReader(io.StringIO(probes.ask(app, DATA.format(flow=flow)).body.decode()))
        found = [f"{r['REF_AREA']} {r['TIME_PERIOD']} {r['OBS_VALUE']}" for r in rows]
        if found:
            yield f"{flow}: {', '.join(found)}"
    ics = probes.ask(app, "/calendar.ics").body.decode().replace("\\", "")
    events = [
        dict(p.split(":", 1) for p in e.splitlines() if ":" in p) for e in ics.split("BEGIN:VEVENT")[1:]
    ]
    ahead = [
        f"{e['SUMMARY']} {e['DTSTART']}" for e in events if e["DTSTART"] > f"{world.clock:%Y%m%dT%H%M%SZ}"
    ]
    if ahead:
        yield f"announced: {'; '.join(ahead)}"


def play(month: Month) -> None:
    """The month."""
    desk = month.world.desk
    month.until("02T08:00")
    announced = {
        "provider": "ALPHA",
        "title": {"en": "Jobs, March"},
        "instant": "2026-03-10T11:00",
        "zone": "Asia/Jakarta",
    }
    entry = actions.announce(desk, ANNA, announced)
    month.desk("anna announces it for 10 Mar 11:00 in Jakarta")
    jobs = month.submit("ALPHA", "2026-03", y2024="41.0", y2025="42.5")
    month.schedule("ALPHA", jobs, "10T04:00")
    month.approve("ALPHA", jobs)
    other = month.submit("BETA", "2026-03", y2024="7.1", y2025="7.3")
    month.schedule("BETA", other, "10T04:00")
    month.approve("BETA", other)
    month.until("06T09:00")
    actions.move(desk, ALI, entry.id, "2026-03-11T11:00", "", "a storm closed the office")
    month.desk("ali moves it by a day: a storm closed the office; it has to be approved again")
    month.approve("ALPHA", jobs)
    pay = month.submit("ALPHA", "2026-pay", "DF_PAY", y2025="1200")
    month.schedule("ALPHA", pay, "11T04:00")
    month.approve("ALPHA", pay)
    month.submit("GAMMA", "2026-03", y2025="many")
    month.until("12T08:00")
    third = month.submit("GAMMA", "2026-03", y2025="3.3")
    month.schedule("GAMMA", third, "16T06:00")
    month.until("16T06:01")
    month.approve("GAMMA", third)
    month.until("20T07:00")
    package = month.world.package("ALPHA", "2026-03a", y2024="41.0", y2025="42.8")
    made, _ = actions.submit(desk, ANNA, [package], corrects="alpha-2026-03", reason="a province was missing")
    month.desk("anna submits a correction of alpha-2026-03: a province was missing")
    actions.schedule(desk, ANNA, made.key, None)
    month.approve("ALPHA", made.key)
    month.until("24T05:00")
    last = month.submit("BETA", "2026-04", y2024="7.1", y2025="73")
    month.schedule("BETA", last, "25T04:00")
    month.approve("BETA", last)
    with crashing_once():
        month.until("25T06:00")
    made = actions.withdraw(desk, BEA, "beta-2026-04", "a decimal point was lost")
    month.desk("bea withdraws beta-2026-04: a decimal point was lost")
    actions.approve(desk, BEN, made.key)
    month.desk("ben approves the withdrawal")
    month.until("31T23:00")


def crashing_once() -> patch:  # type: ignore[valid-type]
    """The power fails after everything was moved into place, before the pointer moves."""
    from publisher.store import Home

    real: Callable[[Home, int], None] = Home.point
    left = [True]

    def point(home: Home, number: int) -> None:
        if left and "staged" not in str(home.path):
            left.clear()
            raise Crash
        real(home, number)

    return patch.object(Home, "point", point)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        month = Month(World(Path(name), clock=datetime(2026, 3, 1, 8, tzinfo=UTC)))
        play(month)
        problems = verify(month.world.desk.path)
        events = month.world.desk.events()
        print(f"\n{len(events)} events in the log, {len(problems)} problems")
        assert not problems


if __name__ == "__main__":
    main()
