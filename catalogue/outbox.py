"""What is still to be told to a catalogue: one small file a job, so that a kill or an outage loses nothing.

A job says only which vintage a catalogue is to be brought to. What that takes is planned when it is tried,
from what is public then; so a job that was half done is simply tried again, and a younger one takes its
place.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

FIRST, MOST = 2.0, 30.0  # seconds between two tries; half a minute keeps a catalogue right within a minute


@dataclass(frozen=True)
class Job:
    vintage: int
    since: float  # seconds since the epoch
    tries: int = 0
    due: float = 0.0
    problem: str = ""  # of the last try

    @property
    def name(self) -> str:
        return f"{self.vintage:06d}.json"


@dataclass(frozen=True)
class Outbox:
    folder: Path
    clock: Callable[[], float] = time.time

    def put(self, vintage: int) -> Job:
        """Keep that the catalogue is to be brought to `vintage`; it is on the disk when this returns."""
        job = Job(vintage, self.clock(), due=self.clock())
        self._write(job)
        return job

    def waiting(self) -> tuple[Job, ...]:
        """All jobs, youngest vintage first. A file that is no job (a disk was full) is passed over."""
        found = []
        for path in sorted(self.folder.glob("*.json"), reverse=True):
            try:
                found.append(Job(**json.loads(path.read_text(encoding="utf-8"))))
            except (ValueError, TypeError, OSError):
                continue
        return tuple(found)

    def done(self, job: Job) -> None:
        """The catalogue is at the job's vintage: it and all older ones are done."""
        for path in self.folder.glob("*.json"):
            if path.name <= job.name:
                path.unlink(missing_ok=True)

    def failed(self, job: Job, problem: str) -> Job:
        """Keep when the job is due again."""
        pause = min(FIRST * 2**job.tries, MOST)
        later = replace(job, tries=job.tries + 1, due=self.clock() + pause, problem=problem[:1000])
        self._write(later)
        return later

    def _write(self, job: Job) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{job.name}.{os.getpid()}.draft"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(job), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.folder / job.name)
