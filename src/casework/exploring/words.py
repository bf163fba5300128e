"""Paths and verdicts in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from casework.compiled import Compiled
from casework.condition.literal import natural
from casework.exploring.proof import Told
from casework.exploring.replay import Step
from casework.text import Text
from casework.titles import Titles, roles_text


def told(compiled: Compiled, steps: tuple[Step, ...]) -> tuple[Told, ...]:
    """Each step in words, with the states that it changed."""
    found, before = [], dict[str, str]()
    for step in steps:
        found.append(Told(step=step, text=_step(compiled, step, before)))
        before = dict(step.states)
    return tuple(found)


def step_text(compiled: Compiled, step: Step) -> Text:
    """A step in words, without the states that it leads to."""
    return _did(compiled.titles, compiled, step)


def _step(compiled: Compiled, step: Step, before: Mapping[str, str]) -> Text:
    titles = compiled.titles
    did = _did(titles, compiled, step)
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


def _did(titles: Titles, compiled: Compiled, step: Step) -> Text:
    who = roles_text(titles, step.roles, Text("the system", "系统"))
    with_ = _values(titles, step)
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


def _values(titles: Titles, step: Step) -> Text:
    shown = {name: value for name, value in step.values.items() if value is not None}
    if not shown:
        return Text()
    kind = "given" if step.kind == "fire" else "field"
    en = ", ".join(f"{titles(kind, name, 'en')} = {_value(value).en}" for name, value in shown.items())
    zh = "、".join(f"{titles(kind, name, 'zh')}＝{_value(value).zh}" for name, value in shown.items())
    return Text(f" with {en}", f"（{zh}）")


def _value(value: object) -> Text:
    if isinstance(value, bool):
        return Text("yes", "是") if value else Text("no", "否")
    return Text(str(natural(value)), str(natural(value)))


def _deadlines(compiled: Compiled) -> tuple[str, ...]:
    return tuple(deadline.name for workflow in compiled.workflows.values() for deadline in workflow.deadlines)


def configuration_text(titles: Titles, states: Mapping[str, str]) -> Text:
    """The states of a case, workflow by workflow."""
    pairs = [(titles.text("workflow", w), titles.text("state", f"{w}.{s}")) for w, s in states.items()]
    return Text(", ".join(f"{w.en}: {s.en}" for w, s in pairs), "，".join(f"{w.zh}：{s.zh}" for w, s in pairs))
