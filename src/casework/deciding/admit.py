"""Admit a move: may this actor see the case, ask for this trigger in this state, and fill in the form so?"""

from __future__ import annotations

from collections.abc import Mapping

from casework.compiled import CompiledTransition, CompiledTrigger
from casework.condition.literal import Value
from casework.deciding.draft import Draft
from casework.deciding.help import leading
from casework.deciding.refuse import stop
from casework.errors import InvalidValue
from casework.model.fields import Field
from casework.model.refusal import Problem
from casework.text import Text


def admit(draft: Draft) -> tuple[CompiledTransition, ...]:
    """The transitions that the move may take as far as state, role and form tell."""
    see(draft)
    trigger = _trigger(draft)
    here = _here(draft, trigger)
    permitted = _permitted(draft, here)
    if not draft.move.probing:
        form = permitted[0].form if len(permitted) == 1 else trigger.form
        draft.form.update(filled(draft, form, draft.move.form))
    return permitted


def see(draft: Draft) -> None:
    """Refuse as not found what the actor may not view; the answer is the same as for a case that is not there."""
    if draft.move.kind == "fire" and not draft.compiled.access.may("view", draft.before.states, draft.move.roles):
        raise stop(draft, "not-found")


def _trigger(draft: Draft) -> CompiledTrigger:
    trigger = draft.compiled.triggers.get(draft.move.trigger)
    if trigger is None:
        known = ", ".join(draft.compiled.triggers)
        raise stop(
            draft,
            "not-found",
            Text(
                f"there is no trigger {draft.move.trigger!r}; this case type has {known}",
                f"没有名为“{draft.move.trigger}”的操作；现有：{known}",
            ),
        )
    return trigger


def _here(draft: Draft, trigger: CompiledTrigger) -> tuple[CompiledTransition, ...]:
    state = draft.states[trigger.workflow]
    here = trigger.by_state.get(state)
    if here:
        return here
    titles = draft.compiled.titles
    now = titles.text("state", f"{trigger.workflow}.{state}")
    where = [titles.text("state", f"{trigger.workflow}.{source}") for source in trigger.by_state]
    what, whole = titles.text("trigger", trigger.name), titles.text("workflow", trigger.workflow)
    raise stop(
        draft,
        "wrong-state",
        Text(
            f"'{what.en}' is for {whole.en} in {' or '.join(state.en for state in where)}; it is in {now.en}",
            f"“{what.zh}”只能在{whole.zh}处于{'或'.join(state.zh for state in where)}时办理，目前为{now.zh}",
        ),
        help=leading(draft, trigger.workflow, trigger.by_state),
    )


def _permitted(draft: Draft, here: tuple[CompiledTransition, ...]) -> tuple[CompiledTransition, ...]:
    if draft.move.kind == "timer":
        return here
    roles = draft.move.roles
    permitted = tuple([item for item in here if not item.roles.isdisjoint(roles)])
    if permitted:
        return permitted
    wanted = tuple(sorted({role for item in here for role in item.roles}))
    who = [draft.compiled.titles.text("role", role) for role in wanted]
    raise stop(
        draft,
        "not-permitted",
        Text(
            f"this is for {' or '.join(role.en for role in who) or 'nobody'}",
            f"此项由{'或'.join(role.zh for role in who) or '系统'}办理",
        ),
        roles=wanted,
    )


def filled(draft: Draft, form: Mapping[str, Field], values: Mapping[str, object]) -> dict[str, Value]:
    """The form in canonical values, every mistake reported at once; None is a field left empty."""
    accepted: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, value in values.items():
        field = form.get(name)
        if field is None:
            problems.append(_unknown_field(name, form))
        elif value is not None:
            try:
                accepted[name] = field.accept(value)
            except InvalidValue as error:
                problems.append(Problem(name, Text(f"{name} {error.problem}", f"{_title(draft, name)}：{error.zh}")))
    for name, field in form.items():
        if field.required and name not in accepted and all(problem.field != name for problem in problems):
            problems.append(Problem(name, Text(f"{name} is needed", f"缺少{_title(draft, name)}")))
    if problems:
        raise stop(draft, "invalid-form", problems=tuple(problems))
    return accepted


def _title(draft: Draft, name: str) -> str:
    return draft.compiled.titles("given", name, "zh")


def _unknown_field(name: str, form: Mapping[str, Field]) -> Problem:
    known = ", ".join(form) or "nothing"
    return Problem(
        name, Text(f"there is no {name!r} to fill in; this takes {known}", f"没有“{name}”一项；可填：{known}")
    )
