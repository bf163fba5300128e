"""What is over and what comes: the running deadlines of the open cases that somebody may view."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from casework.condition.tree import Any, Overdue
from casework.desk import reading
from casework.desk.engine import Engine
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


def due_by(
    engine: Engine, transaction: Transaction, actor: Actor, case_type: str, until: datetime, now: datetime
) -> Iterator[Due]:
    """Every deadline that is due by *until*, of the open cases of a type that the actor may view, in no order."""
    compiled = engine.current[case_type]
    names = tuple(item.name for workflow in compiled.workflows.values() for item in workflow.deadlines)
    if not names:
        return
    condition = Any(tuple(Overdue(name) for name in names))
    after, seen = None, 0
    while seen < MOST:
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
        seen, after = seen + len(page.cases), page.after
        if after is None:
            return
