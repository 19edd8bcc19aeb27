"""Every sentence that a check can write has its translation: found in the source, as xgettext finds texts."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.folders import folder
from publisher.package import check, report
from publisher.package.codes import RULES
from publisher.package.sentences import SAYS, Sentences
from publisher.package.words import Words, words
from publisher.structures.registry import Registry

HERE = Path(__file__).parent
ROOM = Path(__file__).parents[2] / "publisher" / "package"
LANGUAGES = [
    p.stem for p in (folder("templates") / "package" / "translations").glob("*.json") if p.stem != "en"
]
# Not of a report on a package: forms of it, errors of structures, and the table of titles and remedies.
OTHERS = re.compile(
    r"(report.*|words|codes|frictionless_errors|skeleton/.*|harmonise/show|rules/written|sentences)\.py"
)
# Parts that are put into a sentence of their own, and texts that are none.
PIECES = {
    "{} is {}": "a name and what it is instead of a file: a sentence for each kind",
    "{} {}": "a name and what its constraint says of it; values of a combination",
    "{} {}: {}": "what a host answers: a sentence for each",
    "{} is not {}": "the type that a text is not of: a sentence for each",
    "{} of {}": "a figure that is withheld elsewhere, in the sentence that names it",
    "{}'s list {}": "where a code is looked for, in the sentence that names it",
    "that of {}, which is withheld": "has the figure and its table in the sentence",
    "the withheld figure can be computed from published ones{} (rule {})": "one with other tables",
    "{} mixes letters of {}": "a sentence with two alphabets",
    "{} cannot be fetched{}": "a sentence with the seconds, one without",
    "{} cannot be fetched{}: {}": "the same",
    "the series goes from {} to {}: {} {} missing, the first {}": "one period, or periods",
    "cell {}{}: no period of the layout has {}": "letter and number of a cell",
    "decimalChar {}": "a property of Table Schema",
    ", groupChar {}": "the same",
    "{}{}{}": "a representation and its facets",
    "true, false": "values of JSON",
    "stored, deflate": "methods of zip",
    "UTF-16 (little-endian)": "names of encodings",
    "UTF-16 (big-endian)": "the same",
    "vtlengine is not installed": "goes into no finding",
}
NOT_TOLD = ("Raises", "define hierarchical ruleset", "PARTITION rule", "@", "field limit", "({}", "no row")
FOR_THE_DEPLOYMENT = (  # of StructureError, which `lmis dsd check` tells
    "not a suppression rule", "the columns must be", "names a partition or script", "; allowed: ",
    "no structure has",
)  # fmt: skip


def texts() -> Iterator[tuple[str, str]]:
    """File and text, with {} for what is filled in, of all strings with words in the room's code."""
    for path in sorted(ROOM.rglob("*.py")):
        name = path.relative_to(ROOM).as_posix()
        if OTHERS.fullmatch(name):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        passed = {id(node.body[0].value) for node in ast.walk(tree)  # docstrings
                  if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
                  and isinstance(node.body[0], ast.Expr)}  # fmt: skip
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                passed |= {id(inner) for inner in ast.walk(node) if inner is not node}
            text = written(node) if id(node) not in passed else ""
            if " " in text.strip() and re.search(r"[a-z]{2}", text) and "\n" not in text:
                yield name, text


def written(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def english(language: str) -> list[str]:
    return [k.removeprefix(SAYS) for k in words(language).strings if k.startswith(SAYS)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_its_translation(language: str) -> None:
    told = "\n".join(english(language))
    missing = [
        f"{file}: {text}"
        for file, text in texts()
        if text.strip(" ;,:") not in told
        and text not in PIECES
        and not text.startswith(NOT_TOLD)
        and not any(part in text for part in FOR_THE_DEPLOYMENT)
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_the_structures_has_its_translation(language: str) -> None:
    told = set(english(language))
    rules = folder("dsd") / "rules"
    for name, column in (("accounting", "message"), ("comparable", "reason")):
        with (rules / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert {row[column].replace("{parts}", "{}") for row in csv.DictReader(file)} <= told


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_loses_what_it_tells(language: str) -> None:
    strings = words(language).strings
    for key in english(language):
        order = re.findall(r"\{(\d*)\}", strings[SAYS + key])
        numbered = [int(place) if place else at for at, place in enumerate(order)]
        assert sorted(numbered) == list(range(key.count("{}"))), key


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_speak_the_language(language: str, registry: Registry) -> None:
    """No form of the report has a sentence in another language."""
    folders = sorted(p.parent for p in (HERE / "bad").glob("*/expected.json"))
    checked, spoken = [check(path, registry) for path in folders], words(language)
    told = [report.FORMATS[form](checked, spoken) for form in ("text", "csv", "html")]
    assert re.findall("⟦.*?⟧", " ".join(told)) == []
    assert [f.message for one in checked for f in one.findings if f.message in told[0]] == []


def test_what_a_language_lacks_is_in_marks(registry: Registry) -> None:
    checked = check(HERE / "bad" / "unknown-code", registry)
    bare = Words("xx", words("id").strings | {k: "" for k in words("id").strings if k.startswith(SAYS)})
    text = report.to_text(checked, bare)
    assert all(f"⟦{finding.message}⟧" in text for finding in checked.findings)


TRANSLATED = [
    ("SEX is empty", "SEX kosong"),
    ("'x is empty' is not in SEX's list CL_SEX", "CL_SEX: 'x is empty'"),
    ("x.xml is not an SDMX-ML data message: it has a DOCTYPE", "x.xml bukan: memuat DOCTYPE"),
    ("x.xml is not an SDMX-ML data message: DOCTYPE", "x.xml bukan: DOCTYPE"),
    ("SEX is empty\nhere", None),
    ("nothing of the kind", None),
]


@pytest.mark.parametrize(("text", "expected"), TRANSLATED)
def test_a_sentence(text: str, expected: str | None) -> None:
    said = Sentences(
        [
            ("{} is empty", "{} kosong"),
            ("{} is not in {}'s list {}", "{2}: {0}"),
            ("{} is not an SDMX-ML data message: {}", "{} bukan: {}"),
            ("it has a DOCTYPE", "memuat DOCTYPE"),
        ]
    )
    assert said(text) == expected


def test_every_code_has_title_and_remedy() -> None:
    for language in LANGUAGES:
        spoken = words(language)
        for rule in RULES.values():
            assert "⟦" not in spoken.title(rule) + spoken.remedy(rule)
