"""What the clocks will ask for: timers to arm and to drop, from what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.compiled import Compiled
from casework.deciding.draft import Draft
from casework.deciding.follow import ready

Due = tuple[tuple[str, datetime], ...]


def clocks(draft: Draft) -> tuple[Due, tuple[str, ...]]:
    """The timers that this firing arms, and those that it drops."""
    if not draft.compiled.wakes and draft.dues == draft.before.dues and draft.move.kind != "correct":
        return (), ()
    before = timers(draft.compiled, draft.before.states, draft.before.marks, draft.before.dues)
    after = timers(draft.compiled, draft.states, draft.marks, draft.dues)
    now, again = draft.move.now, _again(draft)
    arm = tuple(
        (name, due)
        for name, due in after.items()
        if (before.get(name) != due and (due > now or name in draft.dues)) or (due <= now and name in again)
    )
    return arm, tuple(name for name in before if name not in after)


def _again(draft: Draft) -> frozenset[str]:
    """The timers to run out once more: a correction looks at nothing, but leaves what time has long since allowed."""
    if draft.move.kind != "correct" or ready(draft) is None:
        return frozenset()
    deadlines = [item for workflow in draft.compiled.workflows.values() for item in workflow.deadlines]
    silent = {deadline.name for deadline in deadlines if deadline.trigger is None}
    return frozenset(silent | {wake.name for wake in draft.compiled.wakes})


def timers(
    compiled: Compiled, states: Mapping[str, str], marks: Mapping[str, datetime], dues: Mapping[str, datetime]
) -> dict[str, datetime]:
    """Every timer of a case as it stands: its running deadlines, and when automatic steps look at the time again."""
    found = dict(dues)
    for wake in compiled.wakes:
        if states.get(wake.workflow) in wake.sources and wake.mark in marks:
            found[wake.name] = marks[wake.mark] + wake.after
    return found
