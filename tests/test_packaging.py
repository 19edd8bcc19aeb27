"""What setup.cfg says is what is on disk, and the names `publisher` and `catalogue` are ours."""

from __future__ import annotations

import configparser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def declared() -> set[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return set(config["options"]["packages"].split())


def test_every_package_on_disk_is_declared() -> None:
    on_disk = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("publisher", "catalogue")
        for path in (ROOT / top).rglob("__init__.py")
    }
    data = {"publisher.dsd", "publisher.templates", "publisher.demo", "publisher.docs"}
    assert on_disk | data == declared()


@pytest.mark.parametrize("name", ["publisher", "catalogue"])
def test_no_other_distribution_owns_our_names(name: str) -> None:
    owners = set(packages_distributions().get(name, ()))
    assert owners <= {"lmis-publisher"}, (
        f"the import name {name!r} also belongs to {owners - {'lmis-publisher'}}; "
        "uninstall it from this environment"
    )
