"""JSON as a package may have it: one meaning, no repeated property, not deep, not large."""

from __future__ import annotations

import json
from typing import Any

from publisher.package.findings import Findings, quoted

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 32


def read(data: bytes, file: str, findings: Findings) -> dict[str, Any] | None:
    """The object written in `data`, or None with findings."""
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in items]
        repeated.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(items)

    try:
        if len(data) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES >> 20} MiB")
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=pairs, parse_constant=_refuse)
        _check(value)
    except UnicodeDecodeError as exc:
        findings.add("json-invalid", f"{file} is not UTF-8 at byte {exc.start}", file=file)
    except json.JSONDecodeError as exc:
        findings.add(
            "json-invalid", f"{file} is not JSON: {exc.msg}, column {exc.colno}", file=file, row=exc.lineno
        )
    except (ValueError, RecursionError) as exc:
        reason = "it is nested too deep" if isinstance(exc, RecursionError) else str(exc)
        findings.add("json-invalid", f"{file} cannot be read: {reason}", file=file)
    else:
        for name in repeated:
            findings.add(
                "json-duplicate-key", f"property {quoted(name)} is written twice", file=file, value=name
            )
        return value if not repeated else None
    return None


def _check(value: Any) -> None:
    """Raises ValueError for what may be JSON and is nothing that a package may have."""
    if not isinstance(value, dict):
        raise ValueError("it is not an object {…}")
    if _depth(value) > MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {MAX_DEPTH}")
    if not _is_text(value):
        raise ValueError("it has half of a surrogate pair, which is no character")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _depth(value: Any) -> int:
    """How deep lists and objects are nested, without recursion."""
    level, deep = [value], 0
    while level:
        deep += 1
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]
    return deep


def _is_text(value: Any) -> bool:
    """Whether every text can be written: JSON's escapes can name halves of characters (RFC 8259, 8.2)."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
