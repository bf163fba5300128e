"""Place an imported case where it stands elsewhere: its states, marks, due dates and whatever else opening would begin.

The ledger is left alone: amounts that the steps before have moved elsewhere are not moved again here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from casework.compiled import Compiled, CompiledTransition
from casework.deciding.admit import filled
from casework.deciding.draft import Draft
from casework.deciding.follow import follow
from casework.deciding.refuse import stop
from casework.model.assignment import Assignment
from casework.model.case import Placed
from casework.model.command import Post
from casework.model.refusal import Problem
from casework.parts import EffectPart
from casework.text import Text
from casework.titles import roles_text

IMPORT = "import"
"""The permission to place cases, and the kind of cause of every imported one."""


def place(draft: Draft, placed: Placed) -> None:
    """Fill *draft* with a case as *placed* says, then follow automatic steps. Stops with every mistake at once."""
    compiled, move = draft.compiled, draft.move
    initial = {name: workflow.workflow.initial for name, workflow in compiled.workflows.items()}
    states = {**initial, **{name: state for name, state in placed.states.items() if name in initial}}
    if not compiled.access.may(IMPORT, states, move.roles):
        roles = compiled.access.allowed(IMPORT, states)
        who = roles_text(compiled.titles, roles)
        text = Text(f"placing a case in such states is for {who.en}", f"将案件直接置于此状态由{who.zh}办理")
        raise stop(draft, "not-permitted", text, roles=roles)
    problems = tuple(_problems(compiled, states, placed, move.now))
    if problems:
        raise stop(draft, "invalid-form", problems=problems)
    # What effects alone may write is not asked for: they would have written it on the way.
    fields = {n: attrs.evolve(f, required=f.required and not f.managed) for n, f in compiled.fields.items()}
    draft.data.update(filled(draft, fields, move.form))
    draft.placed = _resolved(compiled, states, placed, move.now)
    draft.states.update(draft.placed.states)
    draft.marks.update(draft.placed.marks)
    draft.dues.update(draft.placed.dues)
    draft.acts.update(draft.placed.acts)
    draft.assignments += [Assignment(role, person) for role, person in sorted(placed.roles.items())]
    if draft.before.balances:
        draft.weigh()
    follow(draft)


def _resolved(compiled: Compiled, states: Mapping[str, str], placed: Placed, now: datetime) -> Placed:
    """Where the case stands in full: of what was not said, a state was entered and a deadline began now."""
    marks = {**{f"{name}.{state}": now for name, state in states.items()}, **placed.marks}
    dues = {}
    for name, workflow in compiled.workflows.items():
        for deadline in workflow.deadlines:
            if states[name] in deadline.during:
                began = marks[f"{name}.{states[name]}"]
                dues[deadline.name] = placed.dues.get(deadline.name) or began + deadline.after
    return attrs.evolve(placed, states=dict(states), marks=marks, dues=dues, opened_at=placed.opened_at or now)


def _problems(compiled: Compiled, states: Mapping[str, str], placed: Placed, now: datetime) -> Iterator[Problem]:
    yield from _states(compiled, placed)
    known = {f"{n}.{state.name}" for n, w in compiled.workflows.items() for state in w.workflow.states}
    yield from _unknown("marks", placed.marks, known, Text("state of the case type", "该案件类型的状态"))
    running = {d.name for n, w in compiled.workflows.items() for d in w.deadlines if states[n] in d.during}
    yield from _unknown(
        "dues", placed.dues, running, Text("deadline that runs in these states", "在此状态下生效的期限")
    )
    yield from _unknown("acts", placed.acts, compiled.acts, Text("act that four eyes ask about", "需双人复核的操作"))
    yield from _unknown("roles", placed.roles, compiled.access.local_roles, Text("role of single cases", "案件角色"))
    yield from _times(compiled, states, placed, now)


def _states(compiled: Compiled, placed: Placed) -> Iterator[Problem]:
    yield from _unknown(
        "states", placed.states, compiled.workflows, Text("workflow of the case type", "该案件类型的流程")
    )
    for name, state in placed.states.items():
        if name in compiled.workflows:
            named = [item.name for item in compiled.workflows[name].workflow.states]
            if state not in named:
                told = ", ".join(named)
                yield Problem(
                    f"states.{name}", Text(f"there is no such state; there is {told}", f"没有此状态；现有：{told}")
                )


def _unknown(part: str, given: Mapping[str, object], known: Iterable[str], what: Text) -> Iterator[Problem]:
    names = sorted(known)
    for name in given:
        if name not in names:
            told = ", ".join(names) or "-"
            yield Problem(
                f"{part}.{name}", Text(f"this is no {what.en}; there is {told}", f"不是{what.zh}；现有：{told}")
            )


def _times(compiled: Compiled, states: Mapping[str, str], placed: Placed, now: datetime) -> Iterator[Problem]:
    later = Text("lies in the future", "在未来")
    told = {**{f"marks.{name}": at for name, at in placed.marks.items()}, "opened_at": placed.opened_at}
    told["closed_at"] = placed.closed_at
    for name, at in told.items():
        if at is not None and at > now:
            yield Problem(name, later)
    ended = states[compiled.main] in compiled.workflows[compiled.main].finals
    if placed.closed_at is not None and not ended:
        text = Text("the main workflow has not ended, so the case is not closed", "主流程尚未终结，案件未结")
        yield Problem("closed_at", text)
    if placed.closed_at is not None and placed.opened_at is not None and placed.closed_at < placed.opened_at:
        yield Problem("closed_at", Text("lies before it was opened", "早于立案时间"))


def unmoved(compiled: Compiled, states: Mapping[str, str]) -> tuple[str, ...]:
    """The accounts that every step into one of *states* would have moved amounts of, in order."""
    names: set[str] = set()
    for name, workflow in compiled.workflows.items():
        state = states.get(name)
        ways = [item for item in workflow.transitions if item.target == state and item.sources != (state,)]
        if ways and state != workflow.workflow.initial:
            names |= set.intersection(*(_posted(item) for item in ways))
    return tuple(sorted(names))


def _posted(item: CompiledTransition) -> set[str]:
    found = {end for e in item.effects if isinstance(e, Post) for end in (e.debit, e.credit)}
    return found | {end for e in item.effects if isinstance(e, EffectPart) for end in e.posts}
