"""Warnings that the office has accepted, each with its reason: `sdmx.accepted` of the descriptor.

    "accepted": [{"code": "accounting", "file": "jobs.csv", "column": "OBS_VALUE", "row": 12, "reason": "…"}]

`code` and `reason` must be said; `file`, `column` and `row` narrow what is accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from publisher.errors import Finding
from publisher.package.codes import RULES
from publisher.package.findings import Findings, nearest, quoted
from publisher.package.gate import DESCRIPTOR

# What only a comparison with what was public finds.
BESIDE = frozenset(
    {"scale-slip", "sign-flip", "revision-large", "outlier", "series-vanished", "confidential-was-public"}
)
_PLACES = ("file", "column", "row")


@dataclass(frozen=True)
class Accepted:
    where: str  # in the descriptor
    code: str
    reason: str
    file: str | None = None
    column: str | None = None
    row: int | None = None

    def covers(self, finding: Finding) -> bool:
        said = ((name, getattr(self, name)) for name in _PLACES)
        return finding.code == self.code and all(
            value is None or getattr(finding, name) == value for name, value in said
        )


def read(delivered: Mapping[str, Any], findings: Findings) -> tuple[Accepted, ...]:
    """What the descriptor accepts; what cannot be understood is a finding."""
    common = delivered.get("sdmx")
    listed = common.get("accepted", []) if isinstance(common, dict) else []
    if not isinstance(listed, list):
        _bad("sdmx.accepted", str(listed), "a list of objects with code and reason", findings)
        return ()
    found = [_one(f"sdmx.accepted[{number}]", item, findings) for number, item in enumerate(listed)]
    return tuple(one for one in found if one)


def _one(where: str, item: Any, findings: Findings) -> Accepted | None:
    kinds = {"code": str, "reason": str, "file": str, "column": str, "row": int}
    shaped = isinstance(item, dict) and all(
        name in kinds and isinstance(value, kinds[name]) for name, value in item.items()
    )
    if not shaped or not str(item.get("reason", "")).strip() or "code" not in item:
        _bad(where, str(item), "an object with code and reason, and maybe file, column, row", findings)
        return None
    warnings = [code for code, rule in RULES.items() if rule.severity == "warning"]
    if item["code"] not in warnings:
        _bad(f"{where}.code", item["code"], "only warnings: " + nearest(item["code"], warnings), findings)
        return None
    return Accepted(where, **item)


def _bad(where: str, value: str, allowed: str, findings: Findings) -> None:
    note = f"{quoted(value)} cannot be used"
    findings.add("sdmx-invalid", note, file=DESCRIPTOR, column=where, value=value, allowed=allowed)


def apply(accepted: tuple[Accepted, ...], findings: Findings, beside: bool = False) -> Counter[str]:
    """Puts the reasons to the findings that they cover; gives how many of each code are accepted.

    Of a code with more findings than are kept, those that were only counted are accepted when all that
    were kept are. `beside`: whether the package was compared with what was public.
    """
    used: set[str] = set()
    kept = []
    for finding in findings.kept:
        one = next((a for a in accepted if a.covers(finding)), None)
        kept.append(replace(finding, accepted=one.reason) if one else finding)
        used |= {a.where for a in accepted if a.covers(finding)}
    findings.kept[:] = kept
    for one in accepted:
        asked = beside or one.code not in BESIDE
        if one.where not in used and asked and not findings.fatal:  # else rows may not have been read
            _unused(one, findings)
    return _counted(findings)


def _unused(one: Accepted, findings: Findings) -> None:
    note = f"{one.where} accepts a {quoted(one.code)} that is not there any more"
    findings.add("accepted-not-found", note, file=DESCRIPTOR, column=one.where, value=one.code)


def _counted(findings: Findings) -> Counter[str]:
    counts: Counter[str] = Counter()
    for code, number in findings.counts.items():
        own = [f for f in findings.kept if f.code == code]
        taken = sum(f.accepted is not None for f in own)
        if taken:
            counts[code] = number if taken == len(own) else taken
    return counts
