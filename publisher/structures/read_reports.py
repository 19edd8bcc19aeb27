"""How the texts of reports are read: plain, or XHTML as it was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from html import escape
from typing import TYPE_CHECKING, Any

from lxml import etree

from publisher.structures import model as m
from publisher.structures.read_forms import Elements, name
from publisher.structures.tags import Row

if TYPE_CHECKING:
    from publisher.structures.read_ml import Reader

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def reported_text(reader: Reader, row: Row, elements: Elements) -> Mapping[str, Any]:
    return {"text": name(reader, row, elements)}


def structured_text(reader: Reader, row: Row, elements: Elements) -> Mapping[str, Any]:
    """XHTML, as text."""
    texts = {element.get(_LANG, "en"): _inner(element) for element in elements}
    return {"text": m.Text(texts), "is_structured": True}


def _inner(element: etree._Element) -> str:
    text = escape(element.text or "", quote=False)
    for child in element:
        alone = deepcopy(child)
        etree.cleanup_namespaces(alone)  # those of the message are not its own
        text += etree.tostring(alone, encoding="unicode")
    return text


FORMS: dict[str, Callable[[Reader, Row, Elements], Any]] = {
    "reported text": reported_text,
    "structured text": structured_text,
}
