"""Whatever a package holds, the check answers with a report and never with an exception."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.package import check, report
from publisher.structures.registry import Registry

HERE = Path(__file__).parent
TABLE = (HERE / "good" / "every-feature" / "jobs.csv").read_bytes()
DESCRIPTOR = json.loads((HERE / "good" / "plain" / "datapackage.json").read_text(encoding="utf-8"))

pieces = st.sampled_from(
    [b"", b"\n", b"\r", b'"', b",", b";", b"\0", b"\xff", b"\xef\xbb\xbf", b"A", b"1.5", b"2024"]
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "x", "jobs.csv", "Merge", "http://x/", "utf-16"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "path", "csv"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(HERE / "good" / "plain", tmp_path_factory.mktemp("fuzz") / "package"))


def judged(folder: Path, registry: Registry) -> None:
    checked = check(folder, registry)
    assert checked.valid == bool(checked.deliveries)
    for form in report.FORMATS.values():
        assert form([checked])


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(table=st.lists(pieces, max_size=40).map(b"".join), keep=st.booleans(), at=st.integers(0, len(TABLE)))
def test_any_table(folder: Path, registry: Registry, table: bytes, keep: bool, at: int) -> None:
    content = TABLE.replace(b";", b",")
    (folder / "jobs.csv").write_bytes(content[:at] + table + content[at:] if keep else table)
    judged(folder, registry)
    (folder / "jobs.csv").write_bytes((HERE / "good" / "plain" / "jobs.csv").read_bytes())


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the descriptor, and some where nothing stands yet."""
    if isinstance(value, dict):
        more = (
            "dialect",
            "schema",
            "encoding",
            "hash",
            "bytes",
            "scope",
            "fixed",
            "action",
            "profile",
            "data",
            "licenses",
        )
        return [path, *(p for k in (*value, *more) for p in places(value.get(k), (*path, k)))]
    if isinstance(value, list):
        return [path, *(p for n, item in enumerate(value) for p in places(item, (*path, n)))]
    return [path]


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(place=st.sampled_from([p for p in places(DESCRIPTOR) if p]), value=values)
def test_any_descriptor(folder: Path, registry: Registry, place: tuple[Any, ...], value: Any) -> None:
    descriptor = json.loads(json.dumps(DESCRIPTOR))
    inside = descriptor
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    judged(folder, registry)
    (folder / "datapackage.json").write_text(json.dumps(DESCRIPTOR), encoding="utf-8")
