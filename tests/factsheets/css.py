"""Elements by a CSS selector, as far as these tests need: lxml's own needs one more package."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_PART = re.compile(
    r"(?P<tag>^[a-z0-9]+)|#(?P<id>[\w-]+)|\.(?P<cls>[\w-]+)|\[(?P<attr>[^\]=]+)(?:='?(?P<value>[^\]']*)'?)?\]"
)


def css(node: HtmlElement, selector: str) -> list[HtmlElement]:
    """Descendants of `node` that match: tag, #id, .class, [attribute=value], descent, child, commas."""
    steps = " | ".join(_path(one.strip()) for one in selector.split(","))
    return list(node.xpath(steps))


def _path(selector: str) -> str:
    path = "."
    for word in selector.replace(">", " > ").split():
        if word == ">":
            path += "/"
            continue
        path += ("" if path.endswith("/") and not path.endswith("//") else "//") + _step(word)
    return path.replace("///", "/")


def _step(word: str) -> str:
    tag, tests = "*", ""
    for match in _PART.finditer(word):
        if match["tag"]:
            tag = match["tag"]
        elif match["id"]:
            tests += f"[@id='{match['id']}']"
        elif match["cls"]:
            tests += f"[contains(concat(' ', normalize-space(@class), ' '), ' {match['cls']} ')]"
        else:
            tests += f"[@{match['attr']}='{match['value']}']" if match["value"] else f"[@{match['attr']}]"
    name = f"*[name()='{tag}']" if tag != "*" else "*"  # also in SVG's namespace
    return name + tests
