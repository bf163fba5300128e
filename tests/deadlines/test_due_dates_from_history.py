"""Whatever a case goes through: every due date it ever had comes out of its log again, to the microsecond."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from deadlines.lodging import CLERK, HEAD, START, house
from hypothesis import given
from hypothesis import strategies as st

from casework import Case, Casework, FrozenClock, Refused
from casework.deadlines.deriving import derivation

DOINGS = st.sampled_from(
    ("go_out", "come_in", "look", "guest", "no guest", "extend", "undo", "overstay", "leave", "ring")
)
LIVES = st.lists(st.tuples(st.integers(0, 5 * 24 * 60), DOINGS), max_size=14)


def do(app: Casework, case: Case, what: str) -> Case:
    """One thing that happens to the case; what is refused changes nothing."""
    desk = app.desk(HEAD)
    try:
        match what:
            case "guest" | "no guest":
                return desk.amend(case, guest=what == "guest")
            case "extend":
                return app.deadlines(HEAD).extend(case, "stay", by=2, because="no train", authority="the bureau")
            case "undo":
                return desk.correct(case, desk.history(case.id)[-1].number, because="a mistake")
            case "ring":
                app.run_due()
                return desk.get(case.id)
        return desk.fire(case, what)
    except Refused:
        return desk.get(case.id)


@given(LIVES)
def test_every_due_date_comes_out_of_the_log_again(life: list[tuple[int, str]]) -> None:
    clock = FrozenClock(START)
    app = house(clock)
    case = app.desk(CLERK).open("lodging")
    seen: dict[int, dict[str, datetime]] = {case.revision: dict(case.dues)}
    for minutes, what in life:
        clock.advance(timedelta(minutes=minutes))
        case = do(app, case, what)
        seen[case.revision] = dict(case.dues)

    told = {number: _from_the_log(app, case.id, number) for number in seen}
    app_faults = app.verify().faults
    app.dispose()

    assert seen == {number: dues for number, (dues, _) in told.items()}
    assert all(holds for _, derived in told.values() for holds in derived)
    assert () == app_faults


def _from_the_log(app: Casework, case_id: str, number: int) -> tuple[dict[str, Any], list[bool]]:
    """The due dates after an entry, from the log alone; and whether each comes out the same when derived again."""
    engine = app._engine
    with app.reading() as transaction:
        compiled = engine.current["lodging"]
        then = engine.history(transaction, compiled, "main", case_id, number)
        return dict(then.dues), [derivation(compiled, then, name).holds for name in then.terms]
