"""Every line of the checklist has a test, and every test that it names is there."""

from __future__ import annotations

import ast

import pytest

from tests.conformance.checklist import GENERATIONS, ROOT, lines, named


@pytest.mark.parametrize("line", [line for _, line in lines()], ids=lambda line: line["what"][:50])
def test_line_has_a_proof_or_a_reason(line: dict[str, list[str]]) -> None:
    without = [api for api in GENERATIONS if not line.get(api)]
    assert len(without) < len(GENERATIONS)
    assert not without or line["not"]


def test_named_tests_exist() -> None:
    known = set()
    for path in {test.partition("::")[0] for test in named()}:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        known |= {f"{path}::{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert named() <= known
