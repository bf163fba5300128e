"""Paths and verdicts in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from casework.compiled import Compiled
from casework.condition.literal import natural
from casework.exploring.proof import Told
from casework.exploring.replay import Step
from casework.text import Text
from casework.titles import Titles, roles_text

SYSTEM = Text("the system", "系统")


def told(compiled: Compiled, steps: tuple[Step, ...]) -> tuple[Told, ...]:
    """Each step in words, with the states that it changed."""
    found, before = [], dict[str, str]()
    for step in steps:
        found.append(Told(step=step, text=_step(compiled, step, before)))
        before = dict(step.states)
    return tuple(found)


def step_text(compiled: Compiled, step: Step) -> Text:
    """A step in words for whoever has one of its roles, without the states that it leads to."""
    return _did(compiled, step, roles_text(compiled.titles, step.roles, SYSTEM))


def _step(compiled: Compiled, step: Step, before: Mapping[str, str]) -> Text:
    titles = compiled.titles
    did = _did(compiled, step, _person(titles, step.roles))
    if step.refused:
        return Text(f"{did.en} is refused", f"{did.zh}被拒绝")
    moved = [
        titles.text("state", f"{workflow}.{state}")
        for workflow, state in step.states.items()
        if before.get(workflow) != state
    ]
    if not moved:
        return did
    return Text(f"{did.en} [{', '.join(s.en for s in moved)}]", f"{did.zh}【{'、'.join(s.zh for s in moved)}】")


def _person(titles: Titles, roles: tuple[str, ...]) -> Text:
    """One person, by all *roles* that were needed together."""
    who = [titles.text("role", role) for role in roles]
    return Text(" and ".join(role.en for role in who), "兼".join(role.zh for role in who)) if who else SYSTEM


def _did(compiled: Compiled, step: Step, who: Text) -> Text:
    titles = compiled.titles
    with_ = _values(compiled, step)
    match step.kind:
        case "open":
            return Text(f"{who.en} opens a case{with_.en}", f"{who.zh}立案{with_.zh}")
        case "fire":
            title = titles.text("trigger", step.name)
            return Text(f"{who.en} fires {title.en!r}{with_.en}", f"{who.zh}办理“{title.zh}”{with_.zh}")
        case "amend":
            return Text(f"somebody amends{with_.en}", f"有人更改{with_.zh}")
        case "wait":
            kind = "deadline" if any(step.name == name for name in _deadlines(compiled)) else "mark"
            title = titles.text(kind, step.name)
            return Text(f"time passes ({title.en})", f"时间经过（{title.zh}）")
        case "timer":
            title = titles.text("deadline", step.name)
            return Text(f"the deadline {title.en!r} runs out", f"期限“{title.zh}”届满")
    return Text("automatic steps are looked at again", "重新检查自动步骤")


def _values(compiled: Compiled, step: Step) -> Text:
    shown = {name: value for name, value in step.values.items() if value is not None}
    if not shown:
        return Text()
    said = values_text(compiled, "given" if step.kind == "fire" else "field", shown)
    return Text(f" with {said.en}", f"（{said.zh}）")


def values_text(compiled: Compiled, kind: Literal["given", "field"], values: Mapping[str, object]) -> Text:
    """What is filled in, each with its title: in a form (*given*) or in the case (*field*)."""
    shown, titles = {name: _value(compiled, kind, name, value) for name, value in values.items()}, compiled.titles
    en = ", ".join(f"{titles(kind, name, 'en')} = {value.en}" for name, value in shown.items())
    zh = "、".join(f"{titles(kind, name, 'zh')}＝{value.zh}" for name, value in shown.items())
    return Text(en, zh)


def _value(compiled: Compiled, kind: str, name: str, value: object) -> Text:
    """A value as people read it: yes or no, a choice by its title, all else as it is written."""
    if isinstance(value, bool):
        return Text("yes", "是") if value else Text("no", "否")
    forms = [item.form for each in compiled.workflows.values() for item in each.transitions if kind == "given"]
    known = [compiled.fields, *forms]
    if any(value == choice.name for fields in known if name in fields for choice in fields[name].choices):
        return compiled.titles.text("choice", f"{name}.{value}")
    return Text(str(natural(value)), str(natural(value)))


def _deadlines(compiled: Compiled) -> tuple[str, ...]:
    return tuple(deadline.name for workflow in compiled.workflows.values() for deadline in workflow.deadlines)


def configuration_text(titles: Titles, states: Mapping[str, str]) -> Text:
    """The states of a case, workflow by workflow."""
    pairs = [(titles.text("workflow", w), titles.text("state", f"{w}.{s}")) for w, s in states.items()]
    return Text(", ".join(f"{w.en}: {s.en}" for w, s in pairs), "，".join(f"{w.zh}：{s.zh}" for w, s in pairs))
