"""F20: the same request many times at once is one firing; the same id for something else is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from faults.town import CLERK, at_once, founded, guests
from oracle import assert_inv, entries_of, refused
from stores import fresh, quick

from casework import Actor, Case, CaseType, Casework, Desk, Field, Set, State, Transition, Workflow

Verb = Callable[[Desk, Case, str], Case]
VERBS: dict[str, Verb] = {
    "fire": lambda desk, case, key: desk.fire(case.id, "tick", request_id=key),
    "fire what was read": lambda desk, case, key: desk.fire(case, "tick", request_id=key),
    "amend": lambda desk, case, key: desk.amend(case.id, name="Wang", request_id=key),
    "note": lambda desk, case, key: desk.note(case.id, "seen", request_id=key),
    "correct": lambda desk, case, key: desk.correct(case.id, 2, because="a slip", request_id=key),
}
OTHERS: dict[str, Verb] = {
    "another trigger": lambda desk, case, key: desk.fire(case.id, "go", request_id=key),
    "another form": lambda desk, case, key: desk.fire(case.id, "tick", {"more": 1}, request_id=key),
    "another verb": lambda desk, case, key: desk.note(case.id, "tick", request_id=key),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_fifty_identical_requests_are_one_entry_and_one_answer(verb: Verb) -> None:
    app = founded(fresh())
    desk = app.desk(CLERK)
    case = desk.fire(guests(app, 1)[0], "tick")

    answers = at_once([lambda: verb(desk, case, "one")] * 50)

    assert {(case.id, 3, 3)} == {(answer.id, answer.entry, answer.revision) for answer in answers}
    receipts = at_once([lambda: desk.receipt("one")] * 50)
    assert 1 == len(set(receipts)) and receipts[0] is not None and 3 == receipts[0].entry
    assert 3 == len(entries_of(app, case.id))
    assert_inv(app)
    app.dispose()


def test_fifty_identical_openings_open_one_case() -> None:
    app = founded(fresh())
    desk = app.desk(CLERK)

    answers = at_once([lambda: desk.open("guest", name="Li", request_id="one")] * 50)

    assert 1 == len({answer.id for answer in answers})
    assert_inv(app, [answers[0]], all_of_it=True)
    app.dispose()


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_request_id_is_for_one_content(other: Verb) -> None:
    app = founded()
    desk, case = app.desk(CLERK), guests(app, 1)[0]
    desk.fire(case, "tick", request_id="one")

    assert "request-reused" == refused(app, lambda: other(desk, case, "one")).code


@pytest.mark.parametrize("change", [{"name": "Wu"}, {"unit": "other"}], ids=["another name", "another unit"])
def test_a_request_id_opens_one_case(change: dict[str, Any]) -> None:
    app = founded()
    desk = app.desk(Actor("everywhere", roles={"clerk"}))
    told: dict[str, Any] = {"unit": "anlu", "name": "Li"}
    desk.open("guest", request_id="one", **told)

    assert "request-reused" == refused(app, lambda: desk.open("guest", request_id="one", **{**told, **change})).code


def test_request_ids_of_different_people_are_different() -> None:
    app = founded()
    case = guests(app, 1)[0]
    others = Actor("other", roles={"clerk"}, unit="anlu")

    first = app.desk(CLERK).fire(case.id, "tick", request_id="one")
    second = app.desk(others).fire(case.id, "tick", request_id="one")

    assert (2, 3) == (first.entry, second.entry)


def test_a_request_id_opens_a_case_about_one_person() -> None:
    app = founded()
    desk = app.desk(CLERK)
    told: dict[str, Any] = {"name": "Li", "request_id": "one"}
    case = desk.open("guest", subjects={"person": "p1"}, **told)

    assert case.id == desk.open("guest", subjects={"person": "p1"}, **told).id
    assert "request-reused" == refused(app, lambda: desk.open("guest", subjects={"person": "p2"}, **told)).code
    assert "request-reused" == refused(app, lambda: desk.open("guest", **told)).code


LEAVING = CaseType(
    "leaving",
    chain=[
        Workflow(
            "leaving",
            initial="here",
            states=[State("here", grants={"view": "clerk"}), State("away"), State("over", final=True)],
            transitions=[
                Transition("hand_over", "here", "away", roles="clerk", effects=Set("word", "said")),
                Transition("end", "away", "over", roles="chief"),
            ],
        )
    ],
    data=[Field("word")],
    roles=["clerk", "chief", "visitor"],
    opens=("clerk", "visitor"),
    grants={"view": "chief"},
)


def test_a_replay_answers_whoever_may_no_longer_look_with_what_they_did() -> None:
    """The step itself took the view away: done once, answered each time, and nothing shown of what came since."""
    app = Casework(quick(), case_types=[LEAVING])
    app.create_tables()
    desk, chief = app.desk(CLERK), app.desk(Actor("chief", roles={"chief"}))
    case = desk.open("leaving", request_id="open")
    first = desk.fire(case, "hand_over", request_id="one")
    chief.fire(case.id, "end")

    again = desk.fire(case, "hand_over", request_id="one")

    assert (first.id, 2, 2, "away", False) == (again.id, again.entry, again.revision, again.state, again.closed)
    assert ({}, (), {}) == (dict(again.data), again.hidden, dict(again.subjects))
    assert (case.id, 1, "here") == (
        (opened := desk.open("leaving", request_id="open")).id,
        opened.revision,
        opened.state,
    )
    assert "not-found" == refused(app, lambda: desk.get(case)).code
    assert "not-found" == refused(app, lambda: desk.fire(case, "hand_over", request_id="two")).code
    assert "request-reused" == refused(app, lambda: desk.fire(case, "end", request_id="one")).code
    assert 3 == len(entries_of(app, case.id))


def test_whoever_may_open_and_never_look_is_answered_once_more() -> None:
    app = Casework(quick(), case_types=[LEAVING])
    app.create_tables()
    desk = app.desk(Actor("guest", roles={"visitor"}))
    case = desk.open("leaving", request_id="open")

    again = desk.open("leaving", request_id="open")

    assert (case.id, 1, "here", {}) == (again.id, again.entry, again.state, dict(again.data))
