"""F51: infinity, years that are none, 24:00 and leap seconds are refused; a row that holds one harms no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from faults.town import CLERK, START
from oracle import refused, untouched
from outside import outside
from stores import fresh

from casework import (
    CaseType,
    Casework,
    Field,
    FrozenClock,
    InvalidValue,
    State,
    Transition,
    Workflow,
    Worklist,
    field,
    parse_text,
)
from casework.errors import RowDamaged

NONE = (
    "infinity",
    "-infinity",
    "NaN",
    "0000-01-01",
    "10000-01-01",
    "2026-02-30",
    "0000-00-00",
    "2026-01-01T24:00:00Z",
    "2026-06-30T23:59:60Z",
    "0000-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
)
SINCE, BORN = Field("since", "instant"), Field("born", "date")

stay = CaseType(
    "stay",
    chain=[
        Workflow(
            "stay",
            initial="here",
            states=[State("here"), State("gone", final=True)],
            transitions=[Transition("go", "here", "gone", roles="clerk")],
        )
    ],
    data=[SINCE, BORN],
    roles=["clerk"],
    opens="clerk",
    grants={"view": "clerk", "edit": "clerk"},
    worklists=[Worklist("here", "here", roles="clerk")],
)


@pytest.fixture
def url() -> str:
    return fresh()


def opened(url: str) -> Casework:
    app = Casework(url, case_types=[stay], clock=FrozenClock(START))
    app.create_tables()
    return app


@pytest.mark.parametrize("text", NONE)
def test_f51_what_is_typed_in_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_text(SINCE, text)
    if text[-1] != "Z":
        with pytest.raises(InvalidValue):
            parse_text(BORN, text)


def test_f51_text_is_no_time_for_a_form(url: str) -> None:
    app = opened(url)
    desk = app.desk(CLERK)

    for name in ("since", "born"):
        for text in NONE:
            no = refused(app, lambda name=name, text=text: desk.open("stay", **{name: text}))
            assert [name] == [problem.field for problem in no.problems]
    app.dispose()


EDGES: dict[str, tuple[Callable[[], object], bool]] = {
    "the first instant": (lambda: datetime(1, 1, 1, tzinfo=UTC), True),
    "the last instant": (lambda: datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), True),
    "an instant later": (lambda: datetime.max.replace(tzinfo=UTC), False),
}


@pytest.mark.parametrize("edge", EDGES)
def test_f51_both_databases_end_at_the_same_instants(url: str, edge: str) -> None:
    make, taken = EDGES[edge]
    app = opened(url)
    desk = app.desk(CLERK)

    if taken:
        case = desk.open("stay", since=make())
        assert make() == desk.get(case.id).data["since"]
        assert [case.id] == [found.id for found in desk.find("stay", field("since") == make()).cases]
    else:
        assert "invalid-form" == refused(app, lambda: desk.open("stay", since=make())).code
        with pytest.raises(InvalidValue):
            field("since") == make()  # noqa: B015
    app.dispose()


DAMAGE = {
    "an instant beyond all years": ("since", 10**18),
    "a day before all days": ("born", -7_654_321),
    "a day beyond all years": ("born", 4_000_000),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_f51_a_row_that_cannot_be_read_takes_no_list_down(
    url: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    column, value = DAMAGE[damage]
    app = opened(url)
    desk = app.desk(CLERK)
    cases = [desk.open("stay", since=START, born=date(1950, 3, n)).id for n in (1, 2, 3)]
    with outside(url) as there:
        assert 1 == there.do(f"UPDATE case_stay SET {column} = ? WHERE case__id = ?", value, cases[1])

    with caplog.at_level(logging.ERROR, logger="casework.desk"):
        found, waiting = desk.find("stay"), desk.worklist("stay", "here")
    assert {cases[0], cases[2]} == {case.id for case in found.cases} == {case.id for case in waiting.cases}
    assert (1, 1) == (found.damaged, waiting.damaged)
    assert cases[1] in caplog.text
    assert str(value) not in caplog.text
    for call in (desk.get, desk.history, lambda case: desk.fire(case, "go"), lambda case: desk.amend(case, born=None)):
        with untouched(app), pytest.raises(RowDamaged) as told:
            call(cases[1])
        assert (cases[1], column) == (told.value.case_id, told.value.column)
    assert "gone" == desk.fire(cases[0], "go").state
    assert [cases[1]] == [fault.case_id for fault in app.verify().faults]
    app.dispose()
