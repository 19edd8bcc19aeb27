"""A drawing taken apart for print: the picture without its words, and the words with their places.

Typesetters draw the `<text>` of SVG letter by letter, which is wrong in most scripts of the region; they
shape text of their own. So the words are set by the typesetter, over the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
_MOVES = re.compile(r"(translate|rotate)\(([^)]*)\)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_TEXT = f"{{{SVG}}}text"


def apart(svg: str) -> tuple[str, float, float, list[dict[str, Any]]]:
    """Picture, width, height, and labels: the baseline's place, `angle` in degrees, the text and its look."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, _NUMBER.findall(root.get("viewBox") or "0 0 0 0"))
    labels = list(_labels(root, 0.0, 0.0))
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="unicode"), width, height, labels


def _labels(element: ElementTree.Element, x: float, y: float) -> Iterator[dict[str, Any]]:
    """Takes the words out of the element."""
    for child in list(element):
        right, down, angle = _moved(child.get("transform") or "")
        if child.tag == _TEXT:
            yield _label(child, x + right, y + down, angle)
            element.remove(child)
        else:
            yield from _labels(child, x + right, y + down)


def _moved(transform: str) -> tuple[float, float, float]:
    right = down = angle = 0.0
    for kind, numbers in _MOVES.findall(transform):
        first, *rest = map(float, _NUMBER.findall(numbers))
        if kind == "translate":
            right, down = right + first, down + (rest[0] if rest else 0.0)
        else:
            angle += first
    return right, down, angle


def _label(text: ElementTree.Element, x: float, y: float, angle: float) -> dict[str, Any]:
    return {
        "x": round(x, 2),
        "y": round(y, 2),
        "angle": angle,
        "size": float((text.get("font-size") or "12").removesuffix("px")),
        "bold": text.get("font-weight") == "bold",
        "fill": text.get("fill") or "#000000",
        "anchor": {"middle": "center", "end": "right"}.get(text.get("text-anchor") or "", "left"),
        "text": "".join(text.itertext()),
    }
