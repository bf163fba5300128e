"""Signing up for a task, and moving up from its waiting list: what takes more than one case to do.

A service is about two subjects, the volunteer and the task, and the accounts of both are reached through them.
What the task asks and what the volunteer has is not copied: a service reads it from those accounts when somebody is
placed (see `marking`), so it does not matter who signed them up, or what they said.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework import Case, Condition, Desk, InvalidValue, Refused, field, state
from casework.volunteering.accounts import TASK, VOLUNTEER


def sign_up(desk: Desk, task: Case, file: Case, /, *, request_id: str | None = None) -> Case:
    """Open the service of the volunteer whose *file* it is in *task*; it is not placed yet.

    Raises InvalidValue for somebody who is not registered or has signed up already, and for a task that does not
    recruit; Refused as ``open`` does.
    """
    if file.case_type != "volunteer" or file.state != "registered":
        raise InvalidValue("file", "takes the file of a registered volunteer", "须为已注册志愿者的档案")
    if task.case_type != "task" or task.state not in ("open", "staffed"):
        raise InvalidValue("task", "takes a task that recruits", "须为招募中的任务")
    volunteer, number = file.subjects[VOLUNTEER], task.subjects[TASK]
    again = request_id is not None and desk.receipt(request_id) is not None
    if not again and desk.find("service", _standing(volunteer, number), open_only=True, limit=1).cases:
        raise InvalidValue("file", "takes somebody who has not signed up for the task yet", "该志愿者已报名此任务")
    return desk.open(
        "service",
        request_id=request_id,
        unit=task.unit,
        subjects={VOLUNTEER: volunteer, TASK: number},
        volunteer=volunteer,
        task=number,
        what=task.data["what"],
    )


def _standing(volunteer: str, task: str) -> Condition:
    """The services of the volunteer in the task that are not over yet."""
    before = state("service").in_("signed_up", "waiting", "placed", "confirmed", "present")
    return (field("task") == task) & (field("volunteer") == volunteer) & before


def waiting_for(desk: Desk, task: Case, /) -> Iterator[Case]:
    """Who waits for a place in *task*, first come first."""
    after = None
    while True:
        page = desk.worklist("service", "waiting", after=after, limit=200)
        yield from (case for case in page.cases if case.data["task"] == task.subjects[TASK])
        if not page.more:
            return
        after = page.after


def fill_places(desk: Desk, task: Case, /) -> tuple[Case, ...]:
    """Give the free places of *task* to those who wait, first come first; who was placed.

    Two desks that do so at once place nobody twice: whom the other one has placed is passed over.
    """
    placed = []
    for case in tuple(waiting_for(desk, task)):
        try:
            placed.append(desk.fire(case, "move_up"))
        except Refused as no:
            # Whose insurance has run out meanwhile is passed over too; they keep their ticket.
            if no.refusal.code not in ("stale", "wrong-state", "unmet"):
                break
    return tuple(placed)
