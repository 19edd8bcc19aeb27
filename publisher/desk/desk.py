"""The desk of one home: its folder, its log, and what a submission brings."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from publisher.desk import log, states
from publisher.desk.states import Submission
from publisher.errors import NotFound, ReleaseError, UsageError
from publisher.package.delivery import Report
from publisher.release import calendar, withdrawal
from publisher.release.progress import Reporter
from publisher.release.publish import accepted, examined
from publisher.release.structures import registry
from publisher.settings import Settings
from publisher.store import Home, Release
from publisher.structures.registry import Registry


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Desk:
    """Where the functions of `actions`, `ahead` and `scheduler` work."""

    settings: Settings
    progress: Reporter = lambda message: None
    now: Callable[[], datetime] = clock
    _read: tuple[tuple[int, int], log.Told] = field(default=((0, 0), log.Told()), repr=False)

    @property
    def home(self) -> Home:
        return Home(self.settings.home)

    @property
    def folder(self) -> Path:
        return self.settings.home / "desk"

    @property
    def staged(self) -> Path:
        return self.folder / "staged"

    @property
    def path(self) -> Path:
        return self.folder / "log.jsonl"

    @cached_property
    def structures(self) -> Registry:
        return registry(self.settings)

    def events(self) -> tuple[states.Event, ...]:
        return self._told().events

    def submissions(self) -> Mapping[str, Submission]:
        """By key, oldest first."""
        return self._told().desk

    def _told(self) -> log.Told:
        if not self.path.exists():
            return log.Told()
        about = self.path.stat()
        seen, (known, told) = (about.st_mtime_ns, about.st_size), self._read
        if known != seen:
            told = log.read(self.path, told)
            self._read = (seen, told)
        return told

    def writing(self) -> AbstractContextManager[log.Log]:
        return log.writing(self.folder, self._read[1])

    def find(self, name: str) -> Submission:
        """The submission with the key, the beginning of a key, or the release id. Raises NotFound."""
        held = list(self.submissions().values())
        for found in (
            [s for s in held if s.key == name],
            [s for s in held if s.release == name],
            [s for s in held if len(name) >= 4 and s.key.startswith(name)],
        ):
            if len(found) > 1:
                found = [s for s in found if s.is_pending] or found[-1:]
            if len(found) == 1:
                return found[0]
            if found:
                raise UsageError(f"{name}: several submissions are meant: {', '.join(s.key for s in found)}")
        raise NotFound(f"there is no submission {name}; `lmis release list` shows all")

    # -- what a submission brings ---------------------------------------------------------------

    def keep(self, key: str, packages: Sequence[Path]) -> str:
        """Copies of `packages` on the desk; the name of their folder."""
        name = secrets.token_hex(8)
        place = self.folder / "packages" / key / name
        place.mkdir(parents=True)
        for number, path in enumerate(packages):
            target = place / f"{number:02d}" / path.name
            target.parent.mkdir()
            if path.is_dir():
                shutil.copytree(path, target, symlinks=True)  # the gate refuses them
            elif path.is_file():
                shutil.copyfile(path, target)
            else:
                raise UsageError(f"{path}: there is no such folder or file")
        return name

    def packages(self, submission: Submission) -> list[Path]:
        """The packages as they were last submitted."""
        event = self.events()[submission.version - 1]
        place = self.folder / "packages" / submission.key / str(event.detail["packages"])
        if not place.is_dir():
            raise ReleaseError(
                "its packages went with a purge, as they may hold what was purged; submit it anew without"
            )
        return sorted(path for number in place.iterdir() if number.is_dir() for path in number.iterdir())

    def reports(self, submission: Submission, base: Home) -> list[Report]:
        return examined(self.settings, base, self.packages(submission), self.structures, self.progress)

    def release(self, submission: Submission, base: Home, instant: datetime) -> Release:
        """What the submission brings on top of `base`. Raises PackageError, ReleaseError."""
        if submission.kind == states.WITHDRAWAL:
            made = withdrawal.release(base, str(submission.about["withdraws"]), instant)
        else:
            made = accepted(self.reports(submission, base), self.structures)
        return replace(made, instant=instant, about=said(submission.about))

    def announce(self) -> tuple[calendar.Entry, ...]:
        """Bring the public calendar to what the log says."""
        told = ((e.at, e.action, e.detail) for e in self.events() if e.action in calendar.ACTIONS)
        found = calendar.entries(told)
        calendar.publish(self.home, found)
        return found


def said(about: Mapping[str, object]) -> dict[str, object]:
    """What the public is told of a correction or a withdrawal."""
    return {name: about[name] for name in ("corrects", "withdraws", "purges", "reason") if about.get(name)}


def refuse_twice(held: Mapping[str, Submission], key: str, release: str) -> None:
    """Raises ReleaseError when another submission is on its way under the same id."""
    for other in held.values():
        if other.is_pending and other.key != key and other.release == release:
            raise ReleaseError(
                f"{release} is on the desk already, as {other.key}; submit to that one, or withdraw it"
            )
