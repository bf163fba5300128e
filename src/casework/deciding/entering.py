"""What entering a state does to a case; deciding and replaying the log share this one rule."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from casework.compiled import Compiled
from casework.model.term import Term


class Enterable(Protocol):
    """Anything with states, marks, due dates and terms of one case."""

    states: dict[str, str]
    marks: dict[str, datetime]
    dues: dict[str, datetime]
    terms: dict[str, Term]


def entered(compiled: Compiled, case: Enterable, workflow: str, target: str, at: datetime, again: bool) -> None:
    """Put *workflow* into *target*, set its mark, and start, keep or end its deadlines; *again* restarts them."""
    source = case.states[workflow]
    case.states[workflow] = target
    case.marks[f"{workflow}.{target}"] = at
    for deadline in compiled.workflows[workflow].deadlines:
        if target not in deadline.during:
            case.dues.pop(deadline.name, None)
            case.terms.pop(deadline.name, None)
        elif not (again or source not in deadline.during):
            continue
        elif deadline.rule:
            case.dues.pop(deadline.name, None)
            case.terms[deadline.name] = Term(started=at)
        else:
            case.dues[deadline.name] = at + deadline.after
