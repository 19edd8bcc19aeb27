"""What is written in any format and read again is the same but for declared gaps, each of them real."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.errors import NotAcceptable
from publisher.formats import DATA, gaps
from publisher.formats.message import DataMessage, DataSet, Header
from publisher.structures.model import DATASET, Attribute
from publisher.structures.urns import Ref
from tests.formats import held, read
from tests.formats.test_data import READERS
from tests.formats.wide import rows, wide
from tests.store.example import Row

PAGE = Path(__file__).parents[2] / "docs" / "gaps.md"
HEADER = Header("ID1", datetime(2025, 1, 1, 4, tzinfo=UTC), "LMIS")
DIMENSIONS = ("TIME_PERIOD", "AllDimensions", "SEX", "FREQ")
ALL = [gap for several in gaps.GAPS.values() for gap in several]
REF = re.compile(r"(?P<agency>\w+):(?P<id>\w+)\((?P<version>.+)\)")


def name_of(short: str) -> str:
    return f"application/vnd.sdmx.{short}"


# -- what a message says, and what each gap takes from it -------------------------------------


def said(message: DataMessage) -> list[read.Found]:
    """Each observation with all that is said of it, the obvious way."""
    return [found for dataset in message.datasets for found in _said(dataset)]


def _said(dataset: DataSet) -> Iterable[read.Found]:
    assert isinstance(dataset.observations, held.Held)
    ref = dataset.structure or dataset.definition.dataflow.ref
    about = {"ACTION": dataset.action, "STRUCTURE": f"{ref.kind} {ref.short}"}
    about |= {"VALID_FROM": dataset.valid_from or "", "VALID_TO": dataset.valid_to or ""}
    for row in dataset.observations.rows:
        missing = {"OBS_VALUE": "NaN", "SHARE": "NaN", "REMARK": "#N/A"} if dataset.measures else {}
        kept = {n: v for n, v in row.items() if n in KEY or n in (*dataset.measures, *dataset.attributes)}
        whole = {**about, **missing, **{n: v for n, v in kept.items() if v is not None}}
        yield {name: value for name, value in whole.items() if value}


KEY = ("FREQ", "REF_AREA", "SEX", "TIME_PERIOD")
Loss = Callable[[list[read.Found]], list[read.Found]]


def of_each(change: Callable[[read.Found], read.Found]) -> Loss:
    return lambda found: [change(row) for row in found]


def first_values(row: read.Found) -> read.Found:
    return {name: value.partition(read.SEVERAL)[0] for name, value in row.items()}


def attributes_of_the_data_set(found: list[read.Found]) -> list[read.Found]:
    """Observations of one data set here: those of equal `ABOUT`."""
    names = [
        a.id for a in wide().attributes
        if isinstance(a.component, Attribute) and a.component.attachment == DATASET
    ]  # fmt: skip
    kept = []
    for row in found:
        same = [other for other in found if all(row.get(n) == other.get(n) for n in read.ABOUT)]
        differing = {n for n in names if len({other.get(n) for other in same}) > 1}
        kept.append({n: v for n, v in row.items() if n not in differing})
    return kept


def without(*names: str) -> Loss:
    return of_each(lambda row: {n: v for n, v in row.items() if n not in names})


def appended(row: read.Found) -> read.Found:
    return row | ({"ACTION": "Append"} if row.get("ACTION") == "Merge" else {})


def by_dataflow(row: read.Found) -> read.Found:
    return row | {"STRUCTURE": f"dataflow {wide().dataflow.ref.short}"}


def number(row: read.Found) -> read.Found:
    return row | {n: _number(row[n]) for n in ("OBS_VALUE", "SHARE") if n in row}


def _number(text: str) -> str:
    value = Decimal(text.replace("INF", "Infinity"))
    is_written = re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", text)
    return text if is_written or not value.is_finite() else format(value, "f")


def valued(row: read.Found) -> read.Found:
    return {"OBS_VALUE": "NaN"} | row


# Gap → what it takes. That no loss is applied in vain, `test_gap_is_real` holds.
LOSSES: Mapping[str, Loss] = {
    "one-value": of_each(first_values),
    "attributes-of-the-data-set": attributes_of_the_data_set,
    "one-measure": without("SHARE", "REMARK"),
    "merge": of_each(appended),
    "no-action": without("ACTION"),
    "no-structure": of_each(by_dataflow),
    "null-values": of_each(valued),
    "numbers": of_each(number),
}


def expected(message: DataMessage, name: str, but: str = "") -> list[read.Found]:
    found = said(message)
    for gap in gaps.of(name):
        if gap.id in LOSSES and gap.id != but:
            found = LOSSES[gap.id](found)
    return in_order(found)


def in_order(found: list[read.Found]) -> list[read.Found]:
    return sorted(found, key=lambda row: sorted(row.items()))


def written(name: str, message: DataMessage) -> bytes:
    return b"".join(DATA[name].write(message))


def reread(name: str, message: DataMessage) -> list[read.Found]:
    return in_order(READERS[name](written(name, message)))


# -- the law ----------------------------------------------------------------------------------


def dataset(found: list[Row], at: str, action: str = "Replace", **about: Any) -> DataSet:
    """As the service makes them: what is deleted is told by its keys."""
    definition = wide()
    told = {"measures": (), "attributes": ()} if action == "Delete" else {"measures": tuple(MEASURES)}
    return held.dataset(definition, found, at, action=action, **told, **about)


MEASURES = ("OBS_VALUE", "SHARE", "REMARK")


Case = tuple[str, dict[str, Any], list[tuple[str, list[Row]]]]


@st.composite
def cases(draw: Any, name: str) -> Case:
    """Dimension at the observation, what holds of all data sets, and for each its action and its rows."""
    at = draw(st.sampled_from(DIMENSIONS[:1] if DATA[name].only_time else DIMENSIONS))
    actions = ["Merge", "Replace", *(["Delete"] if "no-action" not in {g.id for g in gaps.of(name)} else [])]
    about = {
        "structure": draw(st.sampled_from([None, wide().structure.ref, AGREEMENT])),
        "valid_from": draw(st.sampled_from([None, "2025-01-01T00:00:00Z"])),
    }
    chosen = draw(st.lists(st.sampled_from(actions), min_size=1, max_size=2, unique=True))
    return at, about, [(action, draw(rows())) for action in chosen]


def message(case: Case) -> DataMessage:
    at, about, datasets = case
    return DataMessage(HEADER, tuple(dataset(found, at, action, **about) for action, found in datasets))


AGREEMENT = Ref("provisionagreement", "LMIS", "PA_EX", "1.0.0")


@pytest.mark.parametrize("examples", [3, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", READERS)
def test_written_and_read_is_the_same_but_for_the_gaps(name: str, examples: int) -> None:
    @given(cases(name))
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def law(case: Case) -> None:
        assert reread(name, message(case)) == expected(message(case), name)

    law()


# -- each gap is real -------------------------------------------------------------------------

FIRST: Row = {
    "FREQ": "A", "REF_AREA": "MYS", "SEX": "_T", "TIME_PERIOD": "2020", "OBS_VALUE": "+1", "SHARE": "2",
    "REMARK": "low", "OBS_STATUS": "B\x1fP", "LICENSE": "CC0-1.0", "MANUAL": "<p>a</p>",
}  # fmt: skip
SECOND: Row = FIRST | {"REF_AREA": "IDN", "OBS_VALUE": None, "LICENSE": "CC-BY-4.0"}
KEYS_ONLY = ("null-values",)  # real where values were not asked for


def example(name: str, id_: str) -> DataMessage:
    about = {"structure": wide().structure.ref}
    found = dataset([FIRST, SECOND], "TIME_PERIOD", "Merge", **about)
    return DataMessage(HEADER, (replace(found, measures=()) if id_ in KEYS_ONLY else found,))


def real(ids: Iterable[str]) -> list[Any]:
    return [
        pytest.param(gap, name_of(short), id=f"{gap.id}-{short}")
        for gap in gaps.DATA if gap.id in ids
        for short in gap.formats
    ]  # fmt: skip


@pytest.mark.parametrize(("gap", "name"), real(LOSSES))
def test_gap_is_real(gap: gaps.Gap, name: str) -> None:
    """The law holds for the example, and not when this gap alone is not counted."""
    message = example(name, gap.id)
    assert reread(name, message) == expected(message, name)
    assert reread(name, message) != expected(message, name, but=gap.id)


def refused(name: str, message: DataMessage, word: str) -> None:
    with pytest.raises(NotAcceptable, match=word):
        written(name, message)


def shown_by_one_structure(name: str) -> None:
    one, other = (dataset([FIRST], "TIME_PERIOD", structure=ref) for ref in (None, AGREEMENT))
    refused(name, DataMessage(HEADER, (one, other)), "one structure")


def shown_by_time_only(name: str) -> None:
    assert DATA[name].only_time


def shown_by_no_action(name: str) -> None:
    refused(name, DataMessage(HEADER, (dataset([FIRST], "TIME_PERIOD", "Delete"),)), "deleted")


def shown_by_no_header(name: str) -> None:
    plain = example(name, "")
    told = replace(plain, header=replace(HEADER, id="OTHER", sender="X"), warnings=("strange=1",))
    assert written(name, plain) == written(name, told)


def in_languages(name: str, *languages: str, labels: str = "both") -> bytes:
    message = example(name, "")
    return written(
        name, replace(message, header=replace(HEADER, languages=languages), options={"labels": labels})
    )


def shown_by_separators(name: str) -> None:
    assert in_languages(name, "de", labels="id") == in_languages(name, "en", labels="id")


def shown_by_labels_in_one_language(name: str) -> None:
    assert in_languages(name, "*") == in_languages(name, "en") != in_languages(name, "id")


def shown_by_no_names(name: str) -> None:
    assert b"Malaysia" not in in_languages(name, "en")


def shown_by_one_text(name: str) -> None:
    """XHTML is text like any other."""
    document = written(name, example(name, ""))
    assert b"<p>a</p>" in document or b"&lt;p&gt;a&lt;/p&gt;" in document


PROOFS: Mapping[str, Callable[[str], None]] = {
    name.removeprefix("shown_by_").replace("_", "-"): proof
    for name, proof in globals().copy().items() if name.startswith("shown_by_")
}  # fmt: skip


@pytest.mark.parametrize(("gap", "name"), real(PROOFS))
def test_gap_is_shown(gap: gaps.Gap, name: str) -> None:
    PROOFS[gap.id](name)


def test_every_gap_of_data_is_proved() -> None:
    assert {gap.id for gap in gaps.DATA} == LOSSES.keys() | PROOFS.keys()
    assert {name_of(short) for gap in gaps.DATA for short in gap.formats} <= DATA.keys()


# -- where people read of them ----------------------------------------------------------------


def page() -> str:
    """docs/gaps.md; `python -m tests.formats.test_gaps` writes it."""
    text = HEAD
    for kind, several in gaps.GAPS.items():
        text += f"\n## {kind.capitalize()}\n\n| format | what it cannot say | why |\n|---|---|---|\n"
        text += "".join(f"| {gap.titles} | {gap.what} | {gap.why} |\n" for gap in several)
    return text


HEAD = """# What a format cannot say

The same query means the same in every format. Where a format has no place for something, it is told here and
nowhere else. The table is `publisher/formats/gaps.py`; `tests/formats` holds that what is written in a format
and read again is the same but for these lines. The page `/docs/gaps` shows them too. Ask for another format
where a line matters to you: SDMX-JSON 2.1 and SDMX-ML 3.1 say the most.
"""


def test_the_page_tells_them() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.formats.test_gaps"


def test_ids_are_unique() -> None:
    assert len({gap.id for gap in ALL}) == len(ALL)


if __name__ == "__main__":
    sys.exit(PAGE.write_text(page(), encoding="utf-8") and None)
