"""The publisher's process: stages ahead in one thread, releases at the exact instant in the other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from publisher import metrics
from publisher.desk import ahead
from publisher.desk.desk import Desk
from publisher.errors import LmisError
from publisher.release import catalogues
from publisher.store import Home, current

log = logging.getLogger("lmis.publisher")

PAUSE = 0.2  # seconds between two looks
JUMP = 1.0  # seconds of difference between the two clocks that are an alarm
REPEAT = 60.0  # seconds after which an alarm is told again


def steady() -> float:
    """Seconds that no setting of the clock changes, and that go on while the machine sleeps."""
    source = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(source) if source is not None else time.monotonic()


@dataclass
class Clock:
    """The time that has come for sure: by the machine's clock, and by what has passed since the start.

    A clock put forward releases nothing early: what is due waits until its instant has come by both. One put
    back is believed.
    """

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = steady
    _start: float = field(init=False)

    def __post_init__(self) -> None:
        self._start = self.wall() - self.steady()

    @property
    def jump(self) -> float:
        """Seconds by which the machine's clock has been put forward (or back, below 0)."""
        return self.wall() - self.steady() - self._start

    def now(self) -> datetime:
        if 0 < self.jump <= JUMP:  # corrected a little, as network time does
            self._start += self.jump
        return datetime.fromtimestamp(min(self.wall(), self.steady() + self._start), UTC)


@dataclass
class Publisher:
    """The loop. `wait(seconds)` sleeps; `alarm` is told what a person must know."""

    desk: Desk
    clock: Clock = field(default_factory=Clock)
    alarm: Callable[[str], None] = log.error
    wait: Callable[[float], object] = time.sleep
    _told: dict[str, float] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.desk.now = self.clock.now

    def look(self) -> float:
        """Release what is due; seconds until it is worth looking again."""
        try:
            for release in ahead.release_due(self.desk):
                log.info("released %s", release, extra={"about": {"release": release}})
                self._count_release()
                self._tell_catalogue()
        except (LmisError, OSError) as error:  # a lock, a full disk: the next look tries again
            self._tell(f"nothing could be released: {error}")
        self._look_out()
        return self._pause()

    def _pause(self) -> float:
        groups = ahead.groups(self.desk.submissions().values())
        left = [(instant - self.clock.now()).total_seconds() for instant, _ in groups]
        return max(0.0, min([PAUSE, *left]))

    def _look_out(self) -> None:
        late = ahead.late(self.desk)
        for told in late:
            self._tell(f"late: {told}")
        if abs(self.clock.jump) > JUMP:
            self._tell(
                f"the machine's clock jumped by {self.clock.jump:.0f} s; nothing is released before its "
                "instant has come by both clocks. If the new time is right, start the publisher again"
            )
        self._count_look(len(late))

    def _count_look(self, late: int) -> None:
        if metrics.is_on():
            counted = metrics.counted()
            counted.looked.set(self.clock.wall())
            counted.late.set(late)
            counted.jump.set(self.clock.jump)

    def _count_release(self) -> None:
        if metrics.is_on():
            counted = metrics.counted()
            counted.released.inc()
            counted.behind.set(self.clock.wall() - current(self.desk.home).instant.timestamp())

    def _tell(self, text: str) -> None:
        moment = self.clock.steady()
        kind = text.partition(" by ")[0]
        if moment - self._told.get(kind, -REPEAT) >= REPEAT:
            self._told[kind] = moment
            if metrics.is_on():
                metrics.counted().alarms.inc()
            self.alarm(text)

    def _tell_catalogue(self) -> None:
        """A real CKAN is told from the outbox, at its own pace."""
        settings = self.desk.settings
        if settings.ckan_url:
            catalogues.outbox(settings).put(self.desk.home.number() or 0)
            threading.Thread(target=catalogues.watch, args=(settings, log.info), daemon=True).start()

    def run(self, until: Callable[[], bool]) -> None:
        """Stage and release until `until()`."""
        stager = threading.Thread(target=stage_ahead, args=(self.desk, until, self.wait), daemon=True)
        stager.start()
        while not until():
            self.wait(self.look())


def stage_ahead(desk: Desk, until: Callable[[], bool], wait: Callable[[float], object] = time.sleep) -> None:
    """Stage whatever changes, until `until()`."""
    seen: object = None
    own = Desk(desk.settings, desk.progress, desk.now)
    own.structures = desk.structures
    while not until():
        there = (_stamp(own.path), _stamp(Home(own.settings.home).pointer))
        if there != seen:
            try:
                own.announce()
                ahead.arrange(own)
                seen = there
            except (LmisError, OSError) as error:
                log.error("nothing could be staged: %s", error)
                wait(1.0)
        wait(PAUSE)


def _stamp(path: Path) -> object:
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino
