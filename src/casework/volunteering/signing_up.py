"""Signing up for a task, and moving up from its waiting list: what takes more than one case to do.

A service is about two subjects, the volunteer and the task, and the accounts of both are reached through them.
What the task asks and what the volunteer has is copied when they sign up, for a condition reads one case.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework import Case, Desk, InvalidValue, Refused
from casework.volunteering.accounts import TASK, VOLUNTEER


def sign_up(desk: Desk, task: Case, file: Case, /, *, request_id: str | None = None) -> Case:
    """Open the service of the volunteer whose *file* it is in *task*; it is not placed yet.

    Raises InvalidValue for somebody who is not registered or a task that does not recruit, and Refused as
    ``open`` does.
    """
    if file.case_type != "volunteer" or file.state != "registered":
        raise InvalidValue("file", "takes the file of a registered volunteer", "须为已注册志愿者的档案")
    if task.case_type != "task" or task.state not in ("open", "staffed"):
        raise InvalidValue("task", "takes a task that recruits", "须为招募中的任务")
    return desk.open(
        "service",
        request_id=request_id,
        unit=task.unit,
        subjects={VOLUNTEER: file.subjects[VOLUNTEER], TASK: task.subjects[TASK]},
        volunteer=file.data["login"],
        task=task.id,
        **{name: task.data[name] for name in ("what", "planned_minutes", "risky", "needs_licence")},
        insured=file.states["insurance"] == "valid",
        qualified=file.states["qualification"] == "valid",
    )


def waiting_for(desk: Desk, task: Case, /) -> Iterator[Case]:
    """Who waits for a place in *task*, first come first."""
    after = None
    while True:
        page = desk.worklist("service", "waiting", after=after, limit=200)
        yield from (case for case in page.cases if case.data["task"] == task.id)
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
            if no.refusal.code not in ("stale", "wrong-state"):
                break
    return tuple(placed)
