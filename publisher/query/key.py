"""Keys: for each dimension in order, the codes asked for.

Source: SDMX REST 2.2.2 doc/data.md `key` (several keys joined by `,`, any value `*`, what is
missing at the end is any); REST 1.5.0 data queries (any value empty, OR `+`, all keys `all`).
"""

from __future__ import annotations

import re

from publisher.errors import TooLarge
from publisher.query.model import ANY, Key
from publisher.query.text import ID, refuse

MAX_KEYS = 1000  # each key is compared with every series
MAX_POSITIONS = 200  # SDMX 3.0 has no limit; no structure known has a quarter of this

_CODE = re.compile(ID)


def parse_v2(text: str) -> tuple[Key, ...]:
    """The keys of REST 2; `((),)` for all.

    >>> parse_v2("M.*.EUR,A.CHF")
    ((('M',), None, ('EUR',)), (('A',), ('CHF',)))
    """
    keys = tuple(dict.fromkeys(text.split(",")))
    if len(keys) > MAX_KEYS:
        raise TooLarge(
            f"key: {len(keys)} keys in one query; allowed: {MAX_KEYS}. Use * or c[DIMENSION]=A,B instead"
        )
    parsed = tuple(_key_v2(key, text) for key in keys)
    return ((),) if () in parsed else parsed


def _key_v2(key: str, whole: str) -> Key:
    if key == ANY:
        return ()
    parts = _positions(key)
    if "" in parts:
        remedy = f"write * for any value: {'.'.join(part or ANY for part in parts)}"
        refuse(
            "key",
            f"position {parts.index('') + 1} of {key!r} is empty",
            whole,
            "a code or * at each dot",
            remedy,
        )
    if "+" in key:
        several = next(n for n, part in enumerate(parts, 1) if "+" in part)
        remedy = "write each key, joined by a comma (A.B.C,A.D.C), or filter by component: c[DIMENSION]=B,D"
        refuse(
            "key",
            f"position {several} of {key!r} has a +, which REST 2 does not use in keys",
            whole,
            None,
            remedy,
        )
    return tuple(None if part == ANY else (_code(part, key),) for part in parts)


def parse_v1(text: str) -> tuple[Key, ...]:
    """The key of REST 1.5; `((),)` for all.

    >>> parse_v1("M..EUR+USD")
    ((('M',), None, ('EUR', 'USD')),)
    """
    if text in ("", "all", "ALL", ANY):
        return ((),)
    if "," in text:
        refuse(
            "key", f"{text!r} has a comma", text, "one key; several codes at a dot joined by +, as in A+M.DE"
        )
    return (tuple(_codes_v1(part, text) for part in _positions(text)),)


def _codes_v1(part: str, key: str) -> tuple[str, ...] | None:
    if part in ("", ANY):  # the star is REST 2's, but pysdmx writes it here too
        return None
    return tuple(_code(code, key) for code in dict.fromkeys(part.split("+")))


def _positions(key: str) -> list[str]:
    parts = key.split(".")
    if len(parts) > MAX_POSITIONS:
        refuse("key", f"it has {len(parts)} positions", None, f"at most {MAX_POSITIONS}")
    return parts


def _code(code: str, key: str) -> str:
    if not _CODE.fullmatch(code):
        what = "a code is empty" if not code else f"{code!r} is no code"
        remedy = "ask for other values by c[DIMENSION]=…"
        refuse("key", f"{what}, in {key!r}", key, "letters, digits, _ @ $ and -", remedy)
    return code
