"""F21: who acts on an old picture is refused, whatever the verb, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from faults.town import CLERK, founded, guests
from oracle import assert_inv, refused

from casework import Case, Desk

VERBS: dict[str, Callable[[Desk, Case], object]] = {
    "fire": lambda desk, case: desk.fire(case, "tick"),
    "fire with a request id": lambda desk, case: desk.fire(case, "tick", request_id="one"),
    "amend": lambda desk, case: desk.amend(case, name="Wang"),
    "note": lambda desk, case: desk.note(case, "seen"),
    "correct": lambda desk, case: desk.correct(case, 2, because="a slip"),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_stale_case_is_refused(verb: Callable[[Desk, Case], object]) -> None:
    app = founded()
    desk, case = app.desk(CLERK), guests(app, 1)[0]
    desk.fire(case.id, "tick")

    no = refused(app, lambda: verb(desk, case))

    assert ("stale", case.id, 2) == (no.code, no.case_id, no.revision)
    assert no.code == getattr(desk.why_not(case, "tick", {}), "code", "")
    assert_inv(app)


@pytest.mark.parametrize("verb", [*VERBS.values()][:4], ids=[*VERBS][:4])
def test_the_same_on_a_fresh_case_is_accepted(verb: Callable[[Desk, Case], object]) -> None:
    app = founded()
    desk, case = app.desk(CLERK), guests(app, 1)[0]
    desk.fire(case.id, "tick")

    verb(desk, desk.get(case))

    assert 3 == desk.get(case.id).revision
    assert_inv(app)
