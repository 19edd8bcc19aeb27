"""One mutant: made, checked, and whether its finding stands at its place."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from publisher.errors import Finding
from publisher.package import Report, check
from publisher.package.readers.model import file_of
from publisher.structures.registry import Registry
from tests.package.mutants import forms, kinds, slices
from tests.package.mutants.sheet import Draft, Planted

_CHOICES = {
    kinds.ANY: sorted(forms.FORMS),
    kinds.TEXT: sorted(forms.CSV),
    kinds.PLAIN: ["CSV"],
}
PLAIN_SHARE = 0.5  # of the mutants that may have any form, those that are plain CSV


@dataclass(frozen=True)
class Verdict:
    found: bool
    placed: bool
    story: str  # what was planted and what was told, when they differ


class Judge:
    """Checks drafts in a folder of its own; keeps slices at hand."""

    def __init__(self, registry: Registry, folder: Path, rng: Random) -> None:
        self.registry, self.folder, self.rng = registry, folder, rng
        self.pools: dict[str, Iterator[slices.Slice]] = {
            kinds.SERIES: self._usable(slices.of_series(registry, rng)),
            kinds.EQUATIONS: self._usable(slices.of_equations(registry, rng)),
        }

    def report(self, draft: Draft) -> Report:
        previous = draft.previous
        before = (lambda provider, flow: previous) if previous is not None else None
        if draft.pack:
            return check(io.BytesIO(draft.pack(draft.files())), self.registry, previous=before)
        draft.into(self.folder)
        return check(self.folder, self.registry, previous=before)

    def _usable(self, made: Iterator[slices.Slice]) -> Iterator[slices.Slice]:
        """Slices of sixty at a time, each several times; what the office published keeps its warnings."""
        while True:
            kept = [next(made) for _ in range(60)]
            for one in kept:
                report = self.report(one.copy())
                if not report.valid:
                    raise AssertionError(f"{one.name}: {report.findings[0]}")
                one.draft.usual = frozenset(report.counts)
            for _ in range(20):
                yield from self.rng.sample(kept, len(kept))

    def mutant(self, kind: kinds.Kind) -> Verdict:
        """A mutant of `kind`, in the first slice that has a place for it."""
        for _ in range(400):
            one = next(self.pools[kind.slices])
            if kind.code in one.draft.usual:
                continue
            draft = one.copy()
            planted = kind.plant(draft, self.rng)
            if planted is not None:
                form = self._form(kind, draft)
                return self._judged(kind, f"{one.name}, {form}", draft, planted)
        raise AssertionError(f"no slice has a place for: {kind.name}")

    def _form(self, kind: kinds.Kind, draft: Draft) -> str:
        plain = len(draft.sheets) > 1 or self.rng.random() < PLAIN_SHARE
        name = "CSV" if plain else self.rng.choice(_CHOICES[kind.forms])
        if name != "CSV":
            forms.FORMS[name](draft.sheet)
        return name

    def _judged(self, kind: kinds.Kind, name: str, draft: Draft, planted: Planted) -> Verdict:
        report = self.report(draft)
        told = [finding for finding in report.findings if finding.code == kind.code]
        wanted = place(draft, planted)
        placed = any(_place(finding) == wanted for finding in told)
        shown = [_place(finding) for finding in told] or dict(report.counts)
        story = "" if placed else f"{kind.name} ({name}): {wanted} planted, {kind.code} {shown} told"
        return Verdict(bool(told), placed, story)


def place(draft: Draft, planted: Planted) -> tuple[str, int | None, str | None]:
    """File, row and column that the finding must name."""
    sheet = draft.sheets[planted.sheet]
    file = sheet.file if planted.file is None else planted.file
    row = planted.line if planted.row is None else planted.row + sheet.first
    if planted.row is not None and sheet.first == 4 and planted.row == 0:
        row = 4
    return file, row, planted.column


def _place(finding: Finding) -> tuple[str, int | None, str | None]:
    return file_of(finding.file or ""), finding.row, finding.column
