"""What an SDMX message says about itself, against what the descriptor says: structure and action."""

from __future__ import annotations

import re
from collections.abc import Sequence

from publisher.package.findings import Findings, quoted
from publisher.package.plan import Filing

# SDMX-CSV 1-letter actions and SDMX-ML words → actions of a package; Information says nothing of it.
ACTIONS = {
    "A": "Merge", "M": "Merge", "R": "Replace", "D": "Delete", "Append": "Merge", "Merge": "Merge",
    "Replace": "Replace", "Delete": "Delete", "I": None, "Information": None,
}  # fmt: skip
_SHORT = re.compile(r"(?:urn:sdmx:[\w.]+=)?([^:()]+):([^:()]+)\(([^()]*)\)")


def action_fault(value: str, filing: Filing) -> str | None:
    """What is allowed instead of the action `value`; None when it agrees.

    In SDMX-ML 2.1 and SDMX-CSV 1.0 `Append` adds and updates, which is Merge since 3.0.
    """
    if value not in ACTIONS:
        return ", ".join(ACTIONS)
    said = ACTIONS[value]
    return filing.action if said is not None and said != filing.action else None


def structure_fault(value: str, filing: Filing) -> str | None:
    """The same for the structure: the dataflow, or its data structure; versions too when written."""
    match = _SHORT.fullmatch(value)
    refs = (filing.definition.dataflow.ref, filing.definition.structure.ref)
    if match:
        for ref in refs:
            if (match[1], match[2]) == (ref.agency, ref.id) and match[3] in ("", *_written(ref.version)):
                return None
    return " or ".join(ref.short for ref in refs)


def _written(version: str) -> tuple[str, str]:
    """A version as it is, and as SDMX 2.1 knew it: with two numbers."""
    return version, version.removesuffix(".0") if version.count(".") == 2 else version


def tell(allowed: str, value: str, column: str, file: str, rows: Sequence[int], findings: Findings) -> None:
    """A finding for each of `rows`."""
    room = findings.room("message-differs")
    for row in rows[:room]:
        findings.add(
            "message-differs",
            f"{quoted(value)} is not what the descriptor says",
            file=file,
            row=row,
            column=column,
            value=value,
            allowed=allowed,
        )
    findings.count("message-differs", len(rows) - room)
