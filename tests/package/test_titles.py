"""Titles in several languages: each form that a descriptor may have them in, and what is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from publisher.package import check
from publisher.package.titles import plain, texts
from publisher.structures.registry import Registry

HERE = Path(__file__).parent
ONE: dict[str, Any] = {"title": "Labour force"}
BOTH = {"en": "Labour force", "id": "Angkatan kerja"}


@pytest.mark.parametrize(
    ("descriptor", "expected", "shown"),
    [
        ({}, {}, None),
        (ONE, {"en": "Labour force"}, "Labour force"),
        ({"title": BOTH}, BOTH, "Labour force"),
        ({"title": {"": "Labour force", "id": "Angkatan kerja"}}, BOTH, "Labour force"),
        ({**ONE, "i18n": {"id": {"title": "Angkatan kerja"}}}, BOTH, "Labour force"),
        ({"languages": ["id", "en"], "title": BOTH}, BOTH, "Angkatan kerja"),
        ({"languages": ["id"], "title": "Angkatan kerja"}, {"id": "Angkatan kerja"}, "Angkatan kerja"),
        ({"languages": ["id", "en"], "title": {"": "Angkatan kerja", "en": "Labour force"}}, BOTH,
         "Angkatan kerja"),
        ({"languages": ["th"], "title": {"id": "Angkatan kerja"}}, {"id": "Angkatan kerja"},
         "Angkatan kerja"),
    ],
)  # fmt: skip
def test_forms(descriptor: dict[str, Any], expected: dict[str, str], shown: str | None) -> None:
    assert dict(texts(descriptor, "title")) == expected
    assert plain(descriptor).get("title") == shown


def changed(out: Path, resource: dict[str, Any], **package: Any) -> Path:
    shutil.copytree(HERE / "good" / "plain", out)
    path = out / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8")) | package
    descriptor["resources"][0] |= resource
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    return out


def test_a_package_in_two_languages(registry: Registry, tmp_path: Path) -> None:
    """It is valid, and its descriptor stays as it was delivered."""
    package = changed(
        tmp_path / "p", {"title": BOTH}, languages=["id", "en"], title=BOTH, description={"": "Uraian"}
    )
    report = check(package, registry)
    assert report.valid, report.findings
    assert report.descriptor["title"] == BOTH


@pytest.mark.parametrize(
    ("resource", "package", "column"),
    [
        ({}, {"title": {"en": 5}}, "title"),
        ({}, {"description": {"en": ["x"]}}, "description"),
        ({"title": {"en": None}}, {}, "resources[0].title"),
        ({}, {"languages": "id"}, "languages"),
        ({}, {"languages": [1]}, "languages"),
        ({}, {"i18n": ["id"]}, "i18n"),
        ({}, {"i18n": {"id": "Judul"}}, "i18n"),
        ({}, {"i18n": {"id": {"title": 1}}}, "i18n.id"),
    ],
)
def test_what_is_none(
    resource: dict[str, Any], package: dict[str, Any], column: str, registry: Registry, tmp_path: Path
) -> None:
    (finding,) = check(changed(tmp_path / "p", resource, **package), registry).findings
    assert (finding.code, finding.column) == ("descriptor-invalid", column)
