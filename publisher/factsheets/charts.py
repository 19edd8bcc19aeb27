"""Charts: a Vega-Lite specification of `templates/charts` filled with data, drawn as SVG.

Nothing but data, fonts and number locale is put into a specification. The SVG is made fit for a page:
no inline style (a strict CSP blocks it), no ids, hidden from assistive technology, which gets the
generated description and the table instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import vl_convert  # type: ignore[import-untyped]

from publisher.errors import StructureError
from publisher.factsheets.drawings import SVG
from publisher.factsheets.words import Words

DATA, ERA = "values", "era"  # of a specification: its data set, and what is added to Gregorian years
FONTS = "the fonts of the sheet"
ARIA = ("aria-roledescription", "aria-hidden", "aria-label")
DROPPED = ("class", "role", "pointer-events", "style", "version", "font-family", *ARIA)
USUAL = {"opacity": "1", "stroke-opacity": "1", "fill-opacity": "1", "text-anchor": "start"}
PLACES = ("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_STYLE = re.compile(r"\s*([a-z-]+)\s*:\s*([^;]+)")


@cache
def specification(path: Path) -> str:
    return path.read_text(encoding="utf-8")


HEAP = 96  # MiB of the engine that draws; without a limit it keeps what it once took
vl_convert.configure(max_v8_heap_size_mb=HEAP)


@cache
def _compiled(path: Path) -> str:
    """The specification as Vega, which is what is drawn, with places for data, fonts and era."""
    spec = json.loads(specification(path))
    spec["datasets"] = {DATA: []}
    spec.setdefault("config", {})["font"] = FONTS
    spec["params"] = [*spec.get("params", ()), {"name": ERA, "value": 0}]
    return json.dumps(vl_convert.vegalite_to_vega(spec))


@cache
def _set_in(path: Path, fonts: str) -> dict[str, Any]:
    compiled: dict[str, Any] = json.loads(_compiled(path).replace(json.dumps(FONTS), json.dumps(fonts)))
    return compiled


def draw(path: Path, rows: Sequence[Mapping[str, Any]], words: Words, fonts: str) -> str:
    """The SVG of the specification at `path` with `rows` as its data set `values`.

    Raises StructureError when the specification cannot be drawn.
    """
    numbers, times = words.charts()
    try:
        compiled = _set_in(path, fonts)
        drawn = compiled | {
            "data": _filled(compiled["data"], DATA, "values", list(rows)),
            "signals": _filled(compiled["signals"], ERA, "value", words.overlay.era),
        }
        svg = vl_convert.vega_to_svg(drawn, format_locale=numbers, time_format_locale=times)
    except ValueError as exc:
        raise StructureError(f"{path}: cannot be drawn: {exc}") from exc
    return clean(svg)


def _filled(parts: list[dict[str, Any]], name: str, place: str, value: Any) -> list[dict[str, Any]]:
    """The parts, with the value in that of the name."""
    return [part | {place: value} if part["name"] == name else part for part in parts]


def picture(svg: str, scale: float = 2) -> bytes:
    """The drawing as PNG, `scale` pixels for each of its units."""
    return bytes(vl_convert.svg_to_png(svg, scale=scale))


def clean(svg: str) -> str:
    """The same picture without what a page does not need, in the fewest bytes that keep it sharp."""
    root = ElementTree.fromstring(svg)
    _prune(root)
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
        _tidy(element)
    root.set("xmlns", SVG)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return ElementTree.tostring(root, encoding="unicode")


def _prune(element: ElementTree.Element) -> None:
    """Drops what draws nothing."""
    for child in list(element):
        _prune(child)
        if _draws_nothing(child):
            element.remove(child)


def _draws_nothing(element: ElementTree.Element) -> bool:
    if element.get("display") == "none" or "0" in (element.get("stroke-width"), element.get("opacity")):
        return True  # labels that would touch others have no opacity
    if _is(element, "path"):
        return not element.get("d") or element.get("class") in ("background", "foreground")
    return (_is(element, "g") and not len(element)) or (_is(element, "text") and not element.text)


def _is(element: ElementTree.Element, tag: str) -> bool:
    return element.tag in (tag, f"{{{SVG}}}{tag}")


def _tidy(element: ElementTree.Element) -> None:
    for name, value in _STYLE.findall(element.get("style") or ""):
        element.attrib.setdefault(name, value.strip())
    for name in DROPPED:
        element.attrib.pop(name, None)
    for name, value in list(element.attrib.items()):
        if USUAL.get(name) == value:
            del element.attrib[name]
        elif name in PLACES:
            element.set(name, _NUMBER.sub(_short, value))
    if element.get("transform") == "translate(0,0)":
        del element.attrib["transform"]


def _short(match: re.Match[str]) -> str:
    """One digit after the point: a tenth of a pixel."""
    return f"{float(match[0]):.1f}".removesuffix(".0")
