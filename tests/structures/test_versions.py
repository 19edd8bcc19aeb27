"""SDMX REST 2.2.2 doc/querying_versions.md, form by form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.structures import versions

AVAILABLE = (
    "1",
    "2",
    "0.9",
    "1.0",
    "1.2",
    "2.1",
    "0.9.0",
    "1.0.0",
    "1.0.3",
    "1.2.0",
    "1.3.0-draft",
    "2.0.0-rc.1",
)


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("1", ("1",)),
        ("1.0", ("1.0",)),
        ("1.0.0", ("1.0.0",)),
        ("1.3.0-draft", ("1.3.0-draft",)),
        ("9.9.9", ()),
        # latest stable
        ("+", ("1.2.0",)),
        ("+.0.0", ("1.2.0",)),
        ("1.+.0", ("1.2.0",)),
        ("2.+.0", ()),
        ("1.0.+", ("1.0.3",)),
        ("1+.0.0", ("1.2.0",)),
        ("1.0+.1", ("1.2.0",)),
        ("1.0+.4", ("1.2.0",)),
        ("1.0.1+", ("1.0.3",)),
        ("1.0.4+", ()),
        # latest of any kind
        ("~", ("2.1",)),
        ("~.0", ("2.1",)),
        ("~.0.0", ("2.0.0-rc.1",)),
        ("1.~", ("1.2",)),
        ("1.~.0", ("1.3.0-draft",)),
        ("1.0.~", ("1.0.3",)),
        ("1~.2", ("2.1",)),
        ("1~.2.0", ("2.0.0-rc.1",)),
        ("1.1~", ("1.2",)),
        ("1.2~.0", ("1.3.0-draft",)),
        ("1.0.1~", ("1.0.3",)),
        # all
        ("*", None),
        ("*.0", ("0.9", "1.0", "1.2", "2.1")),
        ("*.0.0", ("0.9.0", "1.0.0", "1.0.3", "1.2.0", "1.3.0-draft", "2.0.0-rc.1")),
        ("1.*", ("1.0", "1.2")),
        ("1.*.0", ("1.0.0", "1.0.3", "1.2.0", "1.3.0-draft")),
        ("1.0.*", ("1.0.0", "1.0.3")),
        ("1*.1", ("1.2", "2.1")),
        ("1*.2.0", ("1.2.0", "1.3.0-draft", "2.0.0-rc.1")),
        ("1.1*", ("1.2",)),
        ("1.2*.0", ("1.2.0", "1.3.0-draft")),
        ("1.0.1*", ("1.0.3",)),
    ],
)
def test_select(expression: str, chosen: tuple[str, ...] | None) -> None:
    found = versions.select([expression], AVAILABLE)
    assert set(found) == set(AVAILABLE if chosen is None else chosen)


def test_alternatives_add_up() -> None:
    assert versions.select(["+", "1.0.*"], AVAILABLE) == ("1.0.0", "1.0.3", "1.2.0")


@pytest.mark.parametrize(
    "expression",
    ["", "+.0", "1.+", "1+", "1~", "1*", "*.1", "~.1.0", "1.*.2", "1+.0+.0", "1.2.3.4", "01.0", "1.0.0-",
     "latest", "١.٠", "0+.0.0", "1.0.0-a+", "1+.0", "1.0+", "+.+", "*.*", "1.0.+.0", "1.0.0-01"],
)  # fmt: skip
def test_illegal(expression: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        versions.pattern(expression)


numbers = st.integers(0, 12)
semantic = st.builds(
    lambda x, y, z, extension: f"{x}.{y}.{z}" + (f"-{extension}" if extension else ""),
    numbers, numbers, numbers, st.sampled_from(["", "draft", "rc.1", "rc.2", "rc.10", "2"]),
)  # fmt: skip
legacy = st.builds(lambda x, y: f"{x}.{y}" if y is not None else f"{x}", numbers, st.none() | numbers)


@given(st.lists(semantic | legacy, max_size=8))
def test_laws(available: list[str]) -> None:
    everything = versions.select(["*"], available)
    assert set(everything) == set(available)
    assert versions.select(["~"], available) == everything[-1:]
    stable = [v for v in everything if versions.parse(v).is_stable]
    assert versions.select(["+"], available) == tuple(stable[-1:])
    for version in available:
        assert versions.select([version], available) == (version,)


@pytest.mark.parametrize(
    "ordered", [["1.0.0-2", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.0.1"]]
)
def test_order_is_that_of_semantic_versioning(ordered: list[str]) -> None:
    assert sorted(reversed(ordered), key=versions.order) == ordered
