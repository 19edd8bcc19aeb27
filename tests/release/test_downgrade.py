"""Structures that are public stay as they are: other content needs another version."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from publisher.cli import main
from publisher.errors import StructureError
from publisher.folders import folder
from publisher.release.downgrade import refuse
from publisher.structures import model as m
from publisher.structures.registry import Registry

NAMES = {"F": "Female", "M": "Male"}


def codelist(version: str, names: dict[str, str] = NAMES, name: str = "Sex") -> m.Codelist:
    items = m.Items({code: m.Item(code, m.Text({"en": text})) for code, text in names.items()})
    return m.Codelist("CL_SEX", m.Text({"en": name}), agency="TEST", version=version, items=items)


# what is public, what comes → code and the end of what is said; none: it may come
CASES: dict[str, tuple[list[m.Codelist], list[m.Codelist], list[tuple[str, str]]]] = {
    "the same": ([codelist("1.0.0")], [codelist("1.0.0")], []),
    "a code more": (
        [codelist("1.0.0")],
        [codelist("1.0.0", NAMES | {"_T": "Total"})],
        [("structure-changed", "_T added")],
    ),
    "a code less": (
        [codelist("1.0.0")],
        [codelist("1.0.0", {"F": "Female"})],
        [("structure-changed", "M gone")],
    ),
    "a code renamed": (
        [codelist("1.0.0")],
        [codelist("1.0.0", NAMES | {"F": "Women"})],
        [("structure-changed", "F changed")],
    ),
    "the list renamed": (
        [codelist("1.0.0")],
        [codelist("1.0.0", name="Gender")],
        [("structure-changed", "name")],
    ),
    "a draft changed": ([codelist("1.1.0-draft")], [codelist("1.1.0-draft", name="Gender")], []),
    "an older form changed": ([codelist("1.0")], [codelist("1.0", name="Gender")], []),
    "before the first": ([codelist("0.9.0")], [codelist("0.9.0", name="Gender")], []),
    "a draft gone": ([codelist("1.1.0-draft")], [codelist("1.1.0")], []),
    "a new version": ([codelist("1.0.0")], [codelist("1.0.0"), codelist("1.1.0", name="Gender")], []),
    "a new version alone": (
        [codelist("1.0.0")],
        [codelist("1.1.0")],
        [("structure-removed", "is not here any more")],
    ),
    "an older version": (
        [codelist("1.1.0")],
        [codelist("1.1.0"), codelist("1.0.0")],
        [("structure-older", "older than 1.1.0, which is public")],
    ),
    "a repair of an older line": (
        [codelist("1.0.0"), codelist("1.1.0")],
        [codelist("1.0.0"), codelist("1.0.1"), codelist("1.1.0")],
        [],
    ),
    "back to an older version": (
        [codelist("1.1.0")],
        [codelist("1.0.0")],
        [("structure-older", "which is public"), ("structure-removed", "is not here any more")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_may_come(name: str) -> None:
    before, after, told = CASES[name]
    public, coming = (Registry({a.ref: a for a in lists}) for lists in (before, after))
    if not told:
        return refuse(public, coming)
    with pytest.raises(StructureError) as caught:
        refuse(public, coming)
    found = [(f.code, f.message) for f in caught.value.findings]
    assert [code for code, _ in found] == [code for code, _ in told]
    assert all(message.endswith(end) for (_, message), (_, end) in zip(found, told, strict=True))


@pytest.mark.slow
def test_publishing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command, dry or not; the home stays as it was."""
    dsd, home = tmp_path / "dsd", tmp_path / "home"
    shutil.copytree(folder("dsd"), dsd)
    package = folder("demo") / "phl-psa-lfs"
    words = ["publish", str(package), "--home", str(home), "--dsd", str(dsd), "--quiet"]
    assert main(words) == 0
    before = (home / "public" / "current").read_bytes()
    path = next(p for p in (dsd / "lmis" / "codelists").rglob("*.xml") if ">Female<" in p.read_text("utf-8"))
    path.write_text(path.read_text("utf-8").replace(">Female<", ">Women<"), encoding="utf-8")
    later = Path(shutil.copytree(package, tmp_path / "later"))
    described = json.loads((later / "datapackage.json").read_text("utf-8"))
    described["sdmx"] |= {"release": "later", "releaseDate": "2026-01-01T00:00:00Z"}
    (later / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    words[1] = str(later)
    for more in ([], ["--dry-run"]):
        capsys.readouterr()
        assert main([*words, *more]) == 3
        assert "F changed" in (said := capsys.readouterr().err)
        assert "[structure-changed]" in said
        assert (home / "public" / "current").read_bytes() == before
