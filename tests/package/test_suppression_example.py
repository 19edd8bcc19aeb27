"""The example of docs/protection.md: what becomes of each figure; what the rule reads never leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.package import check
from publisher.package.protect import protect, scrubbed
from publisher.structures.registry import Registry

EXAMPLE = Path(__file__).parents[1] / "specimens" / "suppression"
# activity and year → the figure as it leaves, and why
FIGURES = {
    "C 2022": ("120.5", "nothing speaks against it"),
    "C 2023": ("118.25", "its standard error is 30 % of it, which is the limit"),
    "C 2024": (None, "its standard error is more"),
    "D 2022": ("31.5", "three establishments, and the largest has 85 %"),
    "D 2023": (None, "the largest has more"),
    "D 2024": (None, "two establishments"),
    "F 2023": (None, "the office marked it"),
    "F 2024": ("78.5", "nothing speaks against it"),
}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load(EXAMPLE / "dsd")


def test_what_becomes_of_each_figure(registry: Registry) -> None:
    report = check(EXAMPLE / "package", registry)
    assert [str(f) for f in report.findings] == []
    (delivery,) = report.deliveries
    table = protect(delivery, registry.definition(delivery.dataflow)).table.to_pydict()
    keys = [f"{a} {t}" for a, t in zip(table["ACTIVITY"], table["TIME_PERIOD"], strict=True)]
    assert dict(zip(keys, table["OBS_VALUE"], strict=True)) == {k: v for k, (v, _) in FIGURES.items()}
    told = zip(*(table[name] for name in ("OBS_VALUE", "OBS_STATUS", "CONF_STATUS")), strict=True)
    states = {(value is None, status, conf) for value, status, conf in told}
    assert states == {(True, "Q", "C"), (False, "A", "F")}
    assert not {"SAMPLE_SIZE", "STD_ERR", "DOMINANCE"} & table.keys()
    assert scrubbed(report, registry).files == {}
