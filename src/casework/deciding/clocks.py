"""What the clocks will ask for: timers to arm and to drop, from what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from casework.compiled import Compiled
from casework.deciding.draft import Draft
from casework.deciding.follow import ready
from casework.model.term import Term

Due = tuple[tuple[str, datetime], ...]

PENDING = "?"
"""The name of a timer that looks for a calendar begins so; the name of the deadline follows."""


LOOK = timedelta(days=7)
"""How often it is looked for a calendar while the due date lies ahead whatever it says."""


class Timed(Protocol):
    """Anything with what the timers of one case depend on."""

    @property
    def states(self) -> Mapping[str, str]: ...
    @property
    def marks(self) -> Mapping[str, datetime]: ...
    @property
    def dues(self) -> Mapping[str, datetime]: ...
    @property
    def terms(self) -> Mapping[str, Term]: ...


def clocks(draft: Draft) -> tuple[Due, tuple[str, ...]]:
    """The timers that this firing arms, and those that it drops."""
    same = draft.dues == draft.before.dues and (not draft.compiled.ruled or draft.terms == draft.before.terms)
    if not draft.compiled.wakes and same and draft.move.kind != "correct":
        return (), ()
    before = timers(draft.compiled, draft.before)
    after = timers(draft.compiled, draft)
    now, again = draft.move.now, _again(draft)
    arm = tuple(
        (name, due)
        for name, due in after.items()
        if (before.get(name) != due and (due > now or name in draft.dues or name.startswith(PENDING)))
        or (due <= now and name in again)
    )
    return arm, tuple(name for name in before if name not in after)


def _again(draft: Draft) -> frozenset[str]:
    """The timers to run out once more: a correction looks at nothing, but leaves what time has long since allowed."""
    if draft.move.kind != "correct" or ready(draft) is None:
        return frozenset()
    deadlines = [item for workflow in draft.compiled.workflows.values() for item in workflow.deadlines]
    silent = {deadline.name for deadline in deadlines if deadline.trigger is None}
    return frozenset(silent | {wake.name for wake in draft.compiled.wakes})


def timers(compiled: Compiled, case: Timed) -> dict[str, datetime]:
    """Every timer of a case as it stands.

    Its running deadlines; when automatic steps look at the time again; when it is looked whether a calendar that a due
    date needs is published.
    """
    found = dict(case.dues)
    for wake in compiled.wakes:
        if case.states.get(wake.workflow) in wake.sources and wake.mark in case.marks:
            found[wake.name] = case.marks[wake.mark] + wake.after
    for name, term in case.terms.items() if compiled.ruled else ():
        if term.earliest is not None:
            since = term.pauses[-1][1] if term.pauses else None
            found[f"{PENDING}{name}"] = min(term.earliest, (since or term.started) + LOOK)
    return found
