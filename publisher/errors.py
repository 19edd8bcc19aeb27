"""Every error the project raises, and what each means outside: exit code, HTTP status, SDMX code.

LmisError
├── UserError               the user can mend it: only the message is shown
│   ├── UsageError          wrong command line or setting
│   ├── StructureError      the structures in dsd/ do not hold together
│   ├── PackageError        a data package cannot be published as it is
│   ├── ReleaseError        the release does not fit what is already in the store
│   ├── CatalogueError      a catalogue refused or did not answer
│   ├── Forbidden           the person has no right to do this
│   ├── DiskError           the disk or the system refused: full, read-only, too many open files
│   └── QueryError          a request of the SDMX web service that gets an error message
│       ├── QuerySyntaxError, NotFound, NotAcceptable, TooLarge, UriTooLong,
│       └── QuerySemanticError, NotSupported, TooBusy, TooMany
└── Fault                   ours: reported with its traceback in the log, never to the user
    └── Damaged             a file of the store is not what was written
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and how to mend it."""

    code: str  # stable id, e.g. "unknown-code"; explained in docs/findings.md
    message: str  # thing, place, value, rule
    severity: str = "error"  # or "warning": published all the same, and kept with the release
    file: str | None = None
    row: int | None = None  # line of the file as a person counts: the header is row 1
    column: str | None = None
    value: str | None = None
    allowed: str | None = None
    remedy: str | None = None
    accepted: str | None = None  # the reason for which the provider accepts a warning

    def __str__(self) -> str:
        place = ", ".join(
            f"{name} {value}"
            for name, value in (("", self.file), ("row", self.row), ("column", self.column))
            if value is not None
        ).strip()
        parts = [f"{place}: {self.message}" if place else self.message]
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.accepted:
            parts.append(f"accepted: {self.accepted}")
        elif self.remedy:
            parts.append(self.remedy)
        return "; ".join(parts) + f" [{self.code}]"


class LmisError(Exception):
    """Root of all errors of this project."""


class UserError(LmisError):
    """The user can mend it; `findings` tells everything that is wrong, not only the first."""

    def __init__(self, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class UsageError(UserError):
    pass


class StructureError(UserError):
    pass


class PackageError(UserError):
    pass


class ReleaseError(UserError):
    pass


class CatalogueError(UserError):
    pass


class Forbidden(UserError):
    pass


class QueryError(UserError):
    pass


class QuerySyntaxError(QueryError):
    pass


class NotFound(QueryError):
    pass


class NotAcceptable(QueryError):
    pass


class TooLarge(QueryError):
    pass


class UriTooLong(QueryError):
    pass


class QuerySemanticError(QueryError):
    pass


class NotSupported(QueryError):
    pass


class TooBusy(QueryError):
    pass


class TooMany(QueryError):
    pass


class DiskError(UserError):
    pass


class Fault(LmisError):
    pass


class Damaged(Fault):
    """The message is for who runs the service; `findings` lists the files."""

    def __init__(self, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Outcome:
    """What an error means outside the program."""

    exit_code: int
    http_v2: int
    http_v1: int
    sdmx_code: int  # SDMX guidelines section 7, "Standard error codes"


DAMAGED = (
    "what was asked for is damaged on the disk of the service, and is not shown until it has been repaired; "
    "the rest of the service is not concerned"
)

OUTCOMES: dict[type[LmisError], Outcome] = {
    UsageError: Outcome(2, 400, 400, 140),
    PackageError: Outcome(1, 422, 400, 150),
    StructureError: Outcome(3, 500, 500, 500),
    ReleaseError: Outcome(4, 409, 409, 150),
    CatalogueError: Outcome(5, 503, 503, 503),
    Forbidden: Outcome(6, 403, 403, 110),
    DiskError: Outcome(7, 503, 503, 503),
    Damaged: Outcome(8, 503, 503, 503),
    QuerySyntaxError: Outcome(2, 400, 400, 140),
    NotFound: Outcome(2, 404, 404, 100),
    NotAcceptable: Outcome(2, 406, 406, 140),
    TooLarge: Outcome(2, 413, 413, 130),
    UriTooLong: Outcome(2, 414, 414, 140),
    QuerySemanticError: Outcome(2, 422, 400, 150),
    NotSupported: Outcome(2, 501, 501, 501),
    TooBusy: Outcome(2, 503, 503, 503),
    TooMany: Outcome(2, 429, 429, 503),  # RFC 6585; SDMX has no code of its own
    Fault: Outcome(70, 500, 500, 500),
}


def refused(error: OSError) -> DiskError:
    """What the disk or the system refused, as a person is told it."""
    place = f"{error.filename}: " if error.filename else ""
    return DiskError(
        f"the system refused: {place}{error.strerror or error}; what is public is whole. Mend it (free "
        "space, permissions, limits) and run the same command again"
    )


def outcome(error: BaseException) -> Outcome:
    """The outcome of the nearest class in the table; anything unknown is our fault."""
    for cls in type(error).__mro__:
        if cls in OUTCOMES:
            return OUTCOMES[cls]
    return OUTCOMES[Fault]
