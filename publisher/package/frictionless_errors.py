"""Our findings as Frictionless error types, so that its tools read our reports.

`Report.from_descriptor` refuses error types that no plugin knows.
"""

from __future__ import annotations

from typing import Any

import attrs
from frictionless import Plugin, errors, system

from publisher.errors import Finding
from publisher.package.codes import RULES


@attrs.define(kw_only=True, repr=False)
class FindingError(errors.TableError):
    """A finding: an error of a table, with its place where it has one."""

    type = "finding"
    title = "Finding"
    description = "A finding of the check of a data package"
    template = "{note}"

    row_number: int | None = None
    field_name: str | None = None
    cell: str | None = None
    allowed: str | None = None
    remedy: str | None = None

    metadata_profile_patch = {  # noqa: RUF012 -- frictionless reads it from the class
        "properties": {
            "rowNumber": {"type": "integer"},
            "fieldName": {"type": "string"},
            "cell": {"type": "string"},
            "allowed": {"type": "string"},
            "remedy": {"type": "string"},
        }
    }


TYPES: dict[str, type[FindingError]] = {
    rule.code: type(
        rule.code.title().replace("-", "") + "Error",
        (FindingError,),
        {"type": rule.code, "title": rule.title, "description": f"{rule.title}: {rule.remedy}"},
    )
    for rule in RULES.values()
}


class FindingsPlugin(Plugin):
    """Tells frictionless our error types."""

    def select_error_class(self, type: str | None = None) -> type[FindingError] | None:
        return TYPES.get(type or "")


def register() -> None:
    """Makes frictionless know our types in this process; once is enough, twice does no harm."""
    if "lmis" not in system.plugins:
        system.register("lmis", FindingsPlugin())


def describe(finding: Finding) -> dict[str, Any]:
    """The finding as the descriptor of a Frictionless error."""
    error = TYPES[finding.code](
        note=finding.message,
        row_number=finding.row,
        field_name=finding.column,
        cell=finding.value,
        allowed=finding.allowed,
        remedy=finding.remedy,
    )
    descriptor: dict[str, Any] = error.to_descriptor()
    return descriptor
