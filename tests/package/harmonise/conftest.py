"""The bundled structures, and the check of a table that is made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis.vendor.pretty import RepresentationPrinter

from publisher.folders import folder
from publisher.package import Report, check
from publisher.structures.registry import Registry
from tests.package.harmonise.office import LAYOUT, Rows, with_maps, write

Checked = Callable[..., Report]


class Printable(Registry):
    """A registry that a failing property can print."""

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        printer.text("registry")


@pytest.fixture(scope="session")
def bundled() -> Registry:
    found = Registry.load(folder("dsd"))
    return Printable(found.artefacts, found.folders)


@pytest.fixture
def checked(tmp_path: Path, bundled: Registry) -> Checked:
    """Checks a table: its rows, a layout and code maps by name."""

    def run(rows: Rows, layout: str = LAYOUT, **more: object) -> Report:
        package = write(tmp_path, rows, layout, **more)  # type: ignore[arg-type]
        return check(package, with_maps(bundled, tmp_path))

    return run
