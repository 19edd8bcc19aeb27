"""Text in XML documents of data: escaping per distinct piece, headers of messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.message import Header

WARNING = 200  # the code of a message that goes with an answer: the HTTP status
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def escaped(texts: pa.Array) -> pa.Array:
    """Fit for attribute values and for content; line ends survive a parser's normalisation."""
    if not pc.any(pc.match_substring_regex(texts, '[&<>"\t\n\r]')).as_py():
        return texts
    for character, entity in _SPECIAL.items():
        texts = pc.replace_substring(texts, character, entity)
    return texts


def attributes(pairs: Iterable[tuple[str, str | None]]) -> str:
    """` a="1" b="2"`, without those that are None."""
    return "".join(f' {name}="{escape(value)}"' for name, value in pairs if value is not None)


def moment(instant: datetime) -> str:
    """xs:dateTime in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def header(message: Header, structures: str) -> str:
    """`mes:Header` with the given `mes:Structure` elements."""
    return (
        f"<mes:Header><mes:ID>{escape(message.id)}</mes:ID><mes:Test>{str(message.test).lower()}</mes:Test>"
        f"<mes:Prepared>{moment(message.prepared)}</mes:Prepared>"
        f'<mes:Sender id="{escape(message.sender)}"/>'
        f"{structures}</mes:Header>"
    )


def footer(warnings: Iterable[str], schemas: str) -> str:
    """`Footer`: what was passed over in the query. `schemas`: the common beginning of the namespaces."""
    found = "".join(
        f'<foo:Message code="{WARNING}" severity="Warning">'
        f'<com:Text xml:lang="en">{escape(warning)}</com:Text>'
        "</foo:Message>"
        for warning in warnings
    )
    return f'<foo:Footer xmlns:foo="{schemas}/message/footer">{found}</foo:Footer>' if found else ""
