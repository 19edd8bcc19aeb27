"""A sheet's page as plain data for the typesetter: blocks with runs of text in them.

The page is ours, so its elements and classes are known. Texts stay texts: nothing that an office wrote is
ever read as a command.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import urljoin

import lxml.html
from lxml.html import HtmlElement

from publisher.factsheets import drawings, fonts
from publisher.factsheets.drawings import SVG

Node = dict[str, Any]
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
INLINE = frozenset({"a", "b", "br", "code", "data", "i", "small", "span", "sup"})
# Not printed: the way around the site, what only a screen opens, and what stands in the tables anyway.
DROPPED = (
    "//head | //nav | //a[contains(@class, 'skip') or @class='pdf'] | //pre"
    " | //p[@class='taken'] | //p[@class='more'] | //span[@class='ways']"
    " | //div[@class='data']/details | //section[@aria-labelledby='cite']/details"
)
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_SPACE = re.compile(r"[^\S\u00a0\u202f]+")  # what joins its neighbours is kept: the thousands of a figure
# A word that would run over the edge; scripts without blanks between words have others' rules.
LONGEST, _BREAK = 40, "\N{ZERO WIDTH SPACE}"
_LONG = re.compile(rf"[^\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uffff]{{{LONGEST + 20},}}")
# a sign that the fonts have; what PDF has no place for
SIGNS = str.maketrans({"▸": "▶", "\ufeff": None})


def read(html: str) -> Node:
    """The page: its language, title, date, address and blocks."""
    pictures = _SVG.findall(html)  # XML, which a reader of HTML would not keep as it is
    numbers = count()
    text = _SVG.sub(lambda _: f"<svg>{next(numbers)}</svg>", html)
    page = lxml.html.document_fromstring(text.encode("utf-8"), parser=_parser())
    latest = next(iter(page.xpath("//link[@rel='canonical']/@href")), "")
    title = plain(str(page.findtext(".//title")))
    issued = next(iter(page.xpath("//meta[@name='dcterms.issued']/@content")))
    for element in page.xpath(DROPPED):
        element.drop_tree()
    language = page.get("lang") or "en"
    targets = frozenset(map(str, page.xpath("//li/@id")))
    reader = _Reader(str(latest), pictures, targets)
    address = next(iter(page.xpath("//p[@class='citation']/a/@href")), latest)
    return {
        "language": language,
        "title": title,
        "issued": str(issued),
        "address": str(address),
        "blocks": list(reader.blocks(page.body)),
    }


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)


def plain(text: str) -> str:
    """The text as it can be printed: a letter that no font has is replaced, and seen to be."""
    spaced = _SPACE.sub(" ", text.translate(SIGNS))
    printed = spaced.translate(LETTERS)
    return _LONG.sub(lambda found: _BREAK.join(re.findall(f".{{1,{LONGEST}}}", found[0])), printed)


class _Letters(dict[int, str]):
    """Code point → what is printed for it."""

    def __missing__(self, point: int) -> str:
        kind = unicodedata.category(chr(point))
        if point in fonts.drawable() and kind != "Co":
            self[point] = chr(point)
        else:
            self[point] = "" if kind in ("Cc", "Cf", "Mn") else REPLACEMENT
        return self[point]


LETTERS = _Letters()


class _Reader:
    def __init__(self, base: str, pictures: list[str], targets: frozenset[str]) -> None:
        self.base, self.pictures, self.targets = base, pictures, targets

    def blocks(self, element: HtmlElement) -> Iterator[Node]:
        """What stands in the element: blocks, and text between them as paragraphs."""
        waiting: list[Any] = [element.text or ""]
        for child in element:
            if _is_inline(child):
                waiting.append(self.inline(child))
            else:
                yield from _paragraph(waiting)
                waiting = []
                yield from self.block(child)
            waiting.append(child.tail or "")
        yield from _paragraph(waiting)

    def block(self, element: HtmlElement) -> Iterator[Node]:
        classes = (element.get("class") or "").split()
        match element.tag:
            case "h1" | "h2" | "h3":
                yield {"n": "heading", "level": int(element.tag[1]), "c": self.words(element)}
            case "p" | "summary" | "caption":
                kind = [*classes, *([] if element.tag == "p" else [element.tag])]
                yield {"n": "p", "k": kind, "c": self.words(element)}
            case "ul" | "ol":
                yield {"n": "list", "numbered": element.tag == "ol", "items": [*map(self.item, element)]}
            case "table":
                yield self.table(element, classes)
            case "dl":
                yield {"n": "facts", "items": [*self.facts(element)]}
            case "svg":
                yield from ()
            case "div" if "chart" in classes:
                yield self.chart(element)
            case _:
                yield from self.group(element, classes)

    def group(self, element: HtmlElement, classes: list[str]) -> Iterator[Node]:
        """Blocks that are set together: cards, panels, columns; those of others stand for themselves."""
        inside = list(self.blocks(element))
        kind = next((k for k in ("cards", "card", "panels", "wide", "panel", "columns") if k in classes), "")
        if not kind and element.getparent().get("class") == "columns":
            kind = "column"
        if kind:
            yield {"n": kind, "c": inside}
        else:
            yield from inside

    def item(self, element: HtmlElement) -> Node:
        return {"id": element.get("id") or "", "c": list(self.blocks(element))}

    def facts(self, element: HtmlElement) -> Iterator[list[Any]]:
        for name, told in zip(element.iter("dt"), element.iter("dd"), strict=True):
            yield [self.words(name), list(self.blocks(told))]

    def table(self, element: HtmlElement, classes: list[str]) -> Node:
        caption = next(iter(element.xpath("./caption")), None)
        head, body = element.xpath("./thead/tr"), element.xpath("./tbody/tr")
        return {
            "n": "table",
            "k": classes,
            "caption": [] if caption is None or caption.get("class") == "hidden" else self.words(caption),
            "head": [self.cell(cell) for row in head for cell in row],
            "rows": [{"k": (r.get("class") or "").split(), "c": [*map(self.cell, r)]} for r in body],
        }

    def cell(self, element: HtmlElement) -> Node:
        return {
            "head": element.tag == "th",
            "k": (element.get("class") or "").split(),
            "span": int(element.get("colspan") or 1),
            "c": self.words(element),
        }

    def chart(self, element: HtmlElement) -> Node:
        svg, width, height, labels = drawings.apart(self.pictures[int(element.find(".//svg").text)])
        for label in labels:
            label["text"] = plain(label["text"])
        return {
            "n": "chart",
            "svg": svg,
            "width": width,
            "height": height,
            "labels": labels,
            "alt": plain(element.get("aria-label") or ""),
        }

    def words(self, element: HtmlElement) -> list[Any]:
        """Runs of text, without blanks at the ends."""
        parts: list[Any] = [element.text or ""]
        for child in element:
            parts += [self.inline(child), child.tail or ""]
        return _tidied(parts)

    def inline(self, element: HtmlElement) -> Node:
        """A run that is more than text."""
        tag, href = element.tag, element.get("href") or ""
        if tag == "svg":
            return {"n": "spark", "svg": _spark(self.pictures[int(element.text)])}
        node: Node = {"n": tag, "k": (element.get("class") or "").split(), "c": self._loose(element)}
        if href.startswith("#"):
            node |= {"n": "mark", "to": href[1:]} if href[1:] in self.targets else {"n": "span"}
        elif tag == "a":
            node["to"] = urljoin(self.base, href)
        if language := element.get("lang"):
            node["lang"] = language
        return node

    def _loose(self, element: HtmlElement) -> list[Any]:
        parts: list[Any] = [element.text or ""]
        for child in element:
            parts += [self.inline(child), child.tail or ""]
        return [plain(part) if isinstance(part, str) else part for part in parts if part != ""]


def _spark(svg: str) -> str:
    """The small line with the look that a page's stylesheet gives it."""
    return svg.replace("<path", '<path fill="none" stroke="#0b4a6f" stroke-width="1.5"').replace(
        "<svg", f'<svg xmlns="{SVG}"', 1
    )


def _is_inline(element: HtmlElement) -> bool:
    return element.tag in INLINE


def _paragraph(parts: list[Any]) -> Iterator[Node]:
    if tidied := _tidied(parts):
        yield {"n": "p", "k": [], "c": tidied}


def _tidied(parts: list[Any]) -> list[Any]:
    made = [plain(part) if isinstance(part, str) else part for part in parts]
    made = [part for part in made if part != ""]
    while made and isinstance(made[0], str) and not made[0].lstrip(" "):
        made.pop(0)
    while made and isinstance(made[-1], str) and not made[-1].rstrip(" "):
        made.pop()
    if made and isinstance(made[0], str):
        made[0] = made[0].lstrip(" ")
    if made and isinstance(made[-1], str):
        made[-1] = made[-1].rstrip(" ")
    return made
