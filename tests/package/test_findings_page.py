"""docs/findings.md explains exactly the codes that the check can give, in their order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from publisher.package.codes import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^### `([a-z0-9-]+)`( \(warning\))?\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_every_code_in_order() -> None:
    assert [code for code, _, _ in SECTIONS] == list(RULES)


@pytest.mark.parametrize(("code", "warning", "text"), SECTIONS, ids=[code for code, _, _ in SECTIONS])
def test_a_section(code: str, warning: str, text: str) -> None:
    rule = RULES[code]
    assert text.replace("\n", " ").startswith(f"{rule.title}. ")
    assert bool(warning) == (rule.severity == "warning")
    assert [word for word in ("\n- Example: ", "\n- Remedy: ") if word not in text] == []
