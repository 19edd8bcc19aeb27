"""How a sheet is cited, in the forms that reference managers read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

# What BibTeX reads as commands.
_BIBTEX = str.maketrans(
    {character: "\\" + character for character in "&%$#_{}"} | {"\\": r"\textbackslash{}"}
)


def bibtex(id: str, title: str, publisher: str, instant: datetime, url: str) -> str:
    fields = {
        "title": title.translate(_BIBTEX),
        "author": "{" + publisher.translate(_BIBTEX) + "}",
        "year": f"{instant.year}",
        "url": url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{id},", *lines, "}"])


def csl(id: str, title: str, publisher: str, instant: datetime, url: str, language: str) -> str:
    """CSL-JSON 1.0, an item."""
    item: Mapping[str, object] = {
        "id": id,
        "type": "report",
        "title": title,
        "author": [{"literal": publisher}],
        "issued": {"date-parts": [[instant.year, instant.month, instant.day]]},
        "language": language,
        "URL": url,
    }
    return json.dumps([item], ensure_ascii=False)
