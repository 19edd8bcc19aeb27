"""The bundled packages pass the check against the bundled structures, and only as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from publisher.folders import folder
from publisher.package import check
from publisher.structures.registry import Registry

PACKAGES = sorted(path.parent for path in folder("demo").glob("*/datapackage.json"))


@pytest.fixture(scope="module")
def bundled() -> Registry:
    return Registry.load(folder("dsd"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_bundled_package(package: Path, bundled: Registry) -> None:
    report = check(package, bundled)
    assert [str(finding) for finding in report.findings if not finding.accepted] == []
    assert report.deliveries


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_changed_figure_is_found(package: Path, bundled: Registry, tmp_path: Path) -> None:
    """The descriptors state the hash of every table."""
    changed = Path(shutil.copytree(package, tmp_path / "package"))
    table = min(changed.glob("*.csv"), key=lambda path: path.stat().st_size)
    table.write_bytes(table.read_bytes() + b"\n")
    assert {f.code for f in check(changed, bundled).findings if f.severity == "error"} == {
        "hash-mismatch",
        "bytes-mismatch",
    }
