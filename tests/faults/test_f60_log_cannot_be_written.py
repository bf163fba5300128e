"""F60: where the log cannot be written nothing happens; there is no firing without its entry."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from faults.town import CLERK, START, founded, guests
from oracle import assert_inv, records
from stores import on_sqlite

from casework import Casework, Desk, FrozenClock, Refused, StoreMismatch, StoreUnavailable
from casework.errors import WrongStatement

RAISE = "CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE({how}, 'the log is closed'); END"
RAISE_ON_POSTGRES = """CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the log is closed'; END $$;
CREATE TRIGGER broken BEFORE INSERT ON {table} EXECUTE FUNCTION closed()"""
ENTRY, MESSAGE, POSTING = "casework_entry", "casework_message", "casework_posting"
GONE = "the log is gone"
BREAK = {
    "the log aborts": (ENTRY, "ABORT"),
    GONE: (ENTRY, ""),
    "the log fails": (ENTRY, "FAIL"),
    "the log rolls back": (ENTRY, "ROLLBACK"),
    "messages fail": (MESSAGE, "ABORT"),
    "postings fail": (POSTING, "ABORT"),
}
OF_SQLITE = {"the log fails", "the log rolls back"}
BREAKS = [
    pytest.param(name, marks=pytest.mark.sqlite("PostgreSQL knows one way to raise") if name in OF_SQLITE else ())
    for name in BREAK
]
CALLS: dict[str, Callable[[Desk, str], object]] = {
    "open": lambda desk, case: desk.open("guest", name="Wu"),
    "fire": lambda desk, case: desk.fire(case, "leave"),
    "fire with a request id": lambda desk, case: desk.fire(case, "leave", request_id="one"),
    "amend": lambda desk, case: desk.amend(case, name="Wu"),
    "note": lambda desk, case: desk.note(case, "seen"),
    "correct": lambda desk, case: desk.correct(case, 2, because="a slip"),
    "together": lambda desk, case: desk.within(lambda inner: [inner.fire(case, "tick"), inner.fire(case, "leave")]),
    "bulk": lambda desk, case: desk.bulk([case], "leave", batch="one"),
}


def spoiling(broken: str) -> tuple[str, str]:
    """What spoils the store in this way, and what mends it."""
    table, how = BREAK[broken]
    if broken == GONE:
        return f"ALTER TABLE {table} RENAME TO away", f"ALTER TABLE away RENAME TO {table}"
    if on_sqlite():
        return RAISE.format(table=table, how=how), "DROP TRIGGER broken"
    return RAISE_ON_POSTGRES.format(table=table), "DROP FUNCTION closed CASCADE"


def change(app: Casework, statement: str) -> None:
    """Change the store behind the app's back, as an operator could."""
    with app._engine.store.engine.begin() as connection:  # the only connection to a store in memory
        connection.exec_driver_sql(statement)


def lodged() -> tuple[Casework, str]:
    app = founded(beds=1, clock=FrozenClock(START))
    case = guests(app, 1)[0]
    return app, app.desk(CLERK).fire(case, "admit").id


@pytest.mark.parametrize("broken", BREAKS[:4])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_call_that_cannot_be_logged_changes_nothing(broken: str, call: Callable[[Desk, str], object]) -> None:
    app, case = lodged()
    desk, (spoil, mend) = app.desk(CLERK), spoiling(broken)
    before = records(app)

    change(app, spoil)
    with pytest.raises((Refused, StoreMismatch, WrongStatement)) as caught:
        call(desk, case)
    change(app, mend)

    if isinstance(caught.value, Refused):
        assert "store-unavailable" == caught.value.refusal.code
    assert before == records(app)
    call(desk, case)
    assert_inv(app)


@pytest.mark.parametrize("broken", BREAKS[4:])
def test_what_belongs_to_a_firing_cannot_be_left_out(broken: str) -> None:
    app, case = lodged()
    before, (spoil, mend) = records(app), spoiling(broken)

    change(app, spoil)
    with pytest.raises((Refused, WrongStatement)):
        app.desk(CLERK).fire(case, "leave")
    change(app, mend)

    assert before == records(app)


def test_a_timer_that_cannot_be_logged_stays() -> None:
    app, case = lodged()
    spoil, mend = spoiling("the log aborts")
    before, later = records(app), START + timedelta(hours=2)

    change(app, spoil)
    with suppress(StoreUnavailable, WrongStatement):
        assert 0 == app.run_due(later).fired
    change(app, mend)

    assert before == records(app)
    assert 1 == app.run_due(later).fired
    assert "gone" == app.desk(CLERK).get(case).state
