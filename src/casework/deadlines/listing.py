"""What is over and what comes: the running deadlines of the open cases that somebody may view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import attrs

from casework.condition.tree import Any, Overdue
from casework.deciding.clocks import PENDING
from casework.desk import firing, reading
from casework.desk.engine import Engine
from casework.desk.viewing import seen
from casework.errors import Refused
from casework.model.actor import Actor
from casework.model.case import Case
from casework.storage.sql.transaction import Transaction
from casework.text import Text

PAGE = 200
MOST = 10_000
"""Cases looked at for one list; whoever has more open and due asks for one case type, or for a shorter time."""


@attrs.frozen(kw_only=True)
class Due:
    """A deadline of an open case, with its due date; *over* says whether it has run out."""

    case: Case
    deadline: str
    title: Text
    due: datetime
    over: bool


@attrs.frozen(kw_only=True)
class Unknown:
    """A deadline of an open case whose due date nobody can know yet; it is not before *earliest*."""

    case: Case
    deadline: str
    title: Text
    earliest: datetime


def unknown(engine: Engine, transaction: Transaction, actor: Actor, case_types: Sequence[str]) -> Iterator[Unknown]:
    """The deadlines that wait for a calendar, of the cases that the actor may view, in order of the cases."""
    for case_id, timer in engine.store.timers.named(transaction, actor.tenant, PENDING, MOST):
        try:
            loaded = firing.load(engine, transaction, actor, case_id)
        except Refused:
            continue
        name, case = timer.removeprefix(PENDING), loaded.snapshot
        earliest = case.terms[name].earliest if name in case.terms else None
        if earliest is not None and case.case_type in case_types:
            yield Unknown(
                case=seen(transaction.shown, loaded.compiled, case, loaded.roles),
                deadline=name,
                title=loaded.compiled.titles.text("deadline", name),
                earliest=earliest,
            )


def due_by(
    engine: Engine, transaction: Transaction, actor: Actor, case_type: str, until: datetime, now: datetime
) -> Iterator[Due]:
    """Every deadline that is due by *until*, of the open cases of a type that the actor may view, in no order."""
    compiled = engine.current[case_type]
    names = tuple(item.name for workflow in compiled.workflows.values() for item in workflow.deadlines)
    if not names:
        return
    condition = Any(tuple(Overdue(name) for name in names))
    after, looked = None, 0
    while looked < MOST:
        page = reading.find(
            engine,
            transaction,
            actor,
            case_type,
            condition,
            open_only=True,
            mine=False,
            after=after,
            limit=PAGE,
            at=until,
        )
        for case in page.cases:
            for name, due in case.dues.items():
                if due <= until:
                    title = compiled.titles.text("deadline", name)
                    yield Due(case=case, deadline=name, title=title, due=due, over=due <= now)
        looked, after = looked + len(page.cases), page.after
        if after is None:
            return
