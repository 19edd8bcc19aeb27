"""The header of a file against the structure: unknown, missing, repeated columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from publisher.package.findings import Findings, nearest, quoted
from publisher.package.plan import Filing, Table
from publisher.package.readers.model import MAX_COLUMNS
from publisher.structures.model import Attribute, Dimension, Measure

# Table Schema v2, fieldsMatch: what the fields of the schema and those of the file must have in common.
MATCHES: dict[str, Callable[[list[str], list[str]], bool]] = {
    "exact": lambda fields, names: fields == names,
    "equal": lambda fields, names: sorted(fields) == sorted(names),
    "subset": lambda fields, names: set(fields) <= set(names),
    "superset": lambda fields, names: set(fields) >= set(names),
    "partial": lambda fields, names: bool(set(fields) & set(names)),
}


def check(
    file: str, names: list[str], table: Table, filing: Filing, findings: Findings, row: int = 1
) -> list[str] | None:
    """The columns that the structure has, in the file's order; None when cells cannot be assigned."""
    if len(names) > MAX_COLUMNS:
        findings.add(
            "too-large", f"the file has {len(names)} columns; at most {MAX_COLUMNS}", file=file, row=row
        )
        return None
    components = filing.definition.components
    repeated = sorted({name for name in names if names.count(name) > 1})
    for name in repeated:
        findings.add(
            "column-duplicate", f"column {quoted(name)} comes twice", file=file, row=row, column=name
        )
    for name in sorted(set(names) - components.keys()):
        findings.add(
            "column-unknown",
            f"column {quoted(name)} is not in {filing.definition.structure.ref.short}",
            file=file,
            row=row,
            column=name,
            allowed=nearest(name, components),
        )
    for name in needed(filing):
        if name not in names and name not in table.fixed:
            findings.add(
                "column-missing", f"column {quoted(name)} is missing", file=file, row=row, column=name
            )
    for name in table.fixed:
        if name in names:
            findings.add(
                "fixed-invalid",
                f"{name} is a column of the file and fixed in the descriptor",
                file=file,
                row=row,
                column=name,
            )
    if table.fields is not None and not MATCHES.get(table.match, MATCHES["exact"])(list(table.fields), names):
        differing = sorted(set(table.fields) ^ set(names))
        note = f"differing: {', '.join(differing)}" if differing else "the order differs"
        findings.add("schema-differs", f"schema.fields is not the header; {note}", file=file, row=row)
    return None if repeated else [name for name in names if name in components]


def needed(filing: Filing) -> Iterator[str]:
    """Components that must be a column, by action: Merge may bring a part, Delete only keys."""
    for resolved in filing.definition.components.values():
        component = resolved.component
        whole = filing.action == "Replace" and (
            isinstance(component, Measure) or (isinstance(component, Attribute) and component.is_mandatory)
        )
        if isinstance(component, Dimension) or whole:
            yield resolved.id
