"""The table of states: every action in every state, and what no order of actions can bring about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.desk.states import MOVES, NOTHING, STATES, Event, Submission, apply, take
from publisher.errors import ReleaseError

DUE = datetime(2026, 3, 2, 10, tzinfo=UTC)
DETAIL = {
    "provider": "ALPHA", "release": "alpha-1", "dataflows": ["DF"], "content": "c", "vintage": 1,
    "instant": DUE.isoformat(), "reason": "an error", "problem": "in the way",
}  # fmt: skip


def event(action: str, by: str = "anna", at: datetime = DUE, number: int = 1, **detail: object) -> Event:
    return Event(number, at.isoformat(), by, action, "k", DETAIL | detail)


# what may be done in which state; everything else is refused
ALLOWED = """
            -          draft      checked    scheduled  released   superseded withdrawn
submit      draft      draft      draft      draft      no         no         no
pass        no         checked    no         no         no         no         no
see         no         no         checked    scheduled  no         no         no
schedule    no         no         scheduled  scheduled  no         no         no
hold        no         no         no         checked    no         no         no
approve     no         no         no         scheduled  no         no         no
block       no         draft      checked    scheduled  no         no         no
delay       no         no         no         scheduled  no         no         no
release     no         no         no         released   no         no         no
supersede   no         no         no         no         superseded no         no
withdraw    no         withdrawn  withdrawn  withdrawn  no         no         no
retract     no         no         no         no         withdrawn  no         no
"""
HEAD, *TABLE = [line.split() for line in ALLOWED.strip().splitlines()]


def test_the_table_is_whole() -> None:
    assert [row[0] for row in TABLE] == list(MOVES)
    assert ["-", *STATES] == HEAD


@pytest.mark.parametrize("action", [row[0] for row in TABLE])
@pytest.mark.parametrize("state", [NOTHING, *STATES])
def test_each_action_in_each_state(action: str, state: str) -> None:
    after = {row[0]: dict(zip([NOTHING, *STATES], row[1:], strict=True)) for row in TABLE}[action][state]
    before = Submission("k", state, content="c", instant=DUE, submitted_by=("bob",), approved_by=("eve",))
    if after == "no":
        with pytest.raises(ReleaseError, match=action):
            apply(before, event(action))
    else:
        assert apply(before, event(action)).state == after


@pytest.mark.parametrize(
    ("before", "one", "refused"),
    [
        ({}, event("approve"), None),
        ({}, event("approve", by="bob"), "bob submitted it"),
        ({"two_persons": False}, event("approve", by="bob"), None),
        ({}, event("approve", content="other"), "content changed"),
        ({}, event("schedule", instant=""), "when"),
        ({}, event("withdraw", reason=" "), "why"),
        ({}, event("release"), "waits for the approval of another person than bob"),
        ({"approved_by": ("bob",)}, event("release"), "waits"),
        ({"two_persons": False}, event("release"), None),
        ({"approved_by": ("eve",)}, event("release"), None),
        ({"approved_by": ("eve",)}, event("release", at=DUE - timedelta(microseconds=1)), "not due"),
        ({"approved_by": ("eve",), "delayed": DUE + timedelta(1)}, event("release"), "not due"),
    ],
)
def test_what_must_hold(before: dict[str, object], one: Event, refused: str | None) -> None:
    scheduled = Submission("k", "scheduled", content="c", instant=DUE, submitted_by=("bob",))
    changed = Submission(**{**vars(scheduled), **before})
    if refused is None:
        apply(changed, one)
    else:
        with pytest.raises(ReleaseError, match=refused):
            apply(changed, one)


@given(
    st.lists(
        st.builds(
            event,
            st.sampled_from(list(MOVES)),
            by=st.sampled_from(["anna", "bob"]),
            at=st.sampled_from([DUE - timedelta(hours=1), DUE, DUE + timedelta(hours=1)]),
            content=st.sampled_from(["c", "d"]),
        ),
        max_size=30,
    )
)
def test_nothing_comes_out_early_or_by_one_person_alone(events: list[Event]) -> None:
    found: dict[str, Submission] = {}
    for one in events:
        try:
            take(found, one)
        except ReleaseError:
            continue
        now = found["k"]
        if one.action == "release":
            assert set(now.approved_by) - set(now.submitted_by)
            assert one.at >= (now.delayed or DUE).isoformat()
        if one.action in ("submit", "schedule"):
            assert not now.approved_by


def released(key: str, vintage: int, *flows: str, **about: str) -> list[Event]:
    told = {"dataflows": flows, "release": key, "about": about, "vintage": vintage, "two_persons": False}
    actions = ("submit", "pass", "schedule", "release")
    return [Event(vintage * 10, DUE.isoformat(), "anna", a, key, DETAIL | told) for a in actions]


@pytest.mark.parametrize(
    ("events", "states"),
    [
        ([*released("a", 1, "X"), *released("b", 2, "X")], "superseded released"),
        ([*released("b", 2, "X"), *released("a", 1, "X")], "released superseded"),
        ([*released("a", 1, "X", "Y"), *released("b", 2, "X")], "released released"),
        ([*released("a", 1, "X", "Y"), *released("b", 2, "X"), *released("c", 3, "Y")],
         "superseded released released"),
        ([*released("a", 1, "X"), *released("b", 2, "X"), *released("c", 3, "X", withdraws="b")],
         "superseded withdrawn released"),
    ],
)  # fmt: skip
def test_what_a_release_does_to_earlier_ones(events: list[Event], states: str) -> None:
    found: dict[str, Submission] = {}
    for one in events:
        take(found, one)
    assert [submission.state for submission in found.values()] == states.split()
