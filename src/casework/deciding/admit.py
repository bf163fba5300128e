"""Admit a move: may this actor see the case, ask for this trigger in this state, and fill in the form so?"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from casework.compiled import CompiledTransition, CompiledTrigger
from casework.condition.literal import Value
from casework.deciding.draft import Draft
from casework.deciding.help import leading
from casework.deciding.refuse import stop
from casework.errors import InvalidValue
from casework.model.fields import Field
from casework.model.refusal import Problem
from casework.text import Text
from casework.titles import roles_text


def admit(draft: Draft) -> tuple[CompiledTransition, ...]:
    """The transitions that the move may take as far as state, role and form tell."""
    see(draft)
    permitted = _permitted(draft, _here(draft, _trigger(draft)))
    if not draft.move.probing:
        draft.form.update(filled(draft, _common(permitted), draft.move.form))
    return permitted


def settle(draft: Draft, candidates: tuple[CompiledTransition, ...], chosen: CompiledTransition) -> None:
    """Hold the form to that of the transition *chosen* among several, each of which may ask for something else."""
    if len(candidates) == 1 or draft.move.probing:
        return
    given = {name: value for name, value in draft.move.form.items() if value is not None or name in chosen.form}
    accepted = filled(draft, chosen.form, given)
    draft.form.clear()
    draft.form.update(accepted)


def _common(candidates: tuple[CompiledTransition, ...]) -> Mapping[str, Field]:
    """What may be filled in for one of *candidates*; required is only what each of them requires."""
    if len(candidates) == 1:
        return candidates[0].form
    form: dict[str, Field] = {}
    for item in candidates:
        for name, field in item.form.items():
            form[name] = _wider(form.get(name, field), field)
    return {
        name: attrs.evolve(field, required=all(name in item.form and item.form[name].required for item in candidates))
        for name, field in form.items()
    }


def _wider(one: Field, other: Field) -> Field:
    """A field that takes what either takes; the bounds of the chosen one are held to afterwards."""
    return attrs.evolve(
        one,
        minimum=one.minimum if one.minimum == other.minimum else None,
        maximum=one.maximum if one.maximum == other.maximum else None,
        max_length=max(one.max_length, other.max_length),
    )


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
    who = roles_text(draft.compiled.titles, wanted, Text("nobody", "系统"))
    raise stop(draft, "not-permitted", Text(f"this is for {who.en}", f"此项由{who.zh}办理"), roles=wanted)


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
