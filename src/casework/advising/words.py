"""Steps and things that are lacking, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.compiled import Compiled
from casework.exploring.words import values_text
from casework.text import Text
from casework.titles import roles_text


def moment_text(at: datetime) -> str:
    """An instant as sentences say it."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def fire_text(
    compiled: Compiled,
    trigger: str,
    who: Text,
    values: Mapping[str, object],
    others_than: tuple[str, ...],
) -> Text:
    """Somebody fires a trigger, with the values that lead on."""
    titles = compiled.titles
    title, said = titles.text("trigger", trigger), Text()
    if values:
        given = values_text(compiled, "given", values)
        said = Text(f" with {given.en}", f"（{given.zh}）")
    others = [titles.text("trigger", act) for act in others_than]
    en = f" (another person than who did: {', '.join(act.en for act in others)})" if others else ""
    zh = f"（不得是办理“{'、'.join(act.zh for act in others)}”的人）" if others else ""
    return Text(
        f"{who.en} can '{trigger}' ({title.en}){said.en}{en}", f"{who.zh}可以“{title.zh}”（{trigger}）{said.zh}{zh}"
    )


def amend_text(compiled: Compiled, field: str, who: Text, told: Mapping[str, object]) -> Text:
    """Somebody fills in a field, or clears it; where *told* does not hold it, it is not said what it becomes."""
    title = compiled.titles.text("field", field)
    if field not in told:
        return Text(f"{who.en} can amend {title.en}", f"{who.zh}可以更改{title.zh}")
    if told[field] is None:
        return Text(f"{who.en} can clear {title.en}", f"{who.zh}可以清空{title.zh}")
    said = values_text(compiled, "field", told)
    return Text(f"{who.en} can fill in {said.en}", f"{who.zh}可以填写{said.zh}")


def wait_text(compiled: Compiled, name: str, at: datetime) -> Text:
    """Time passes until a deadline has run out, or for as long as a condition asks since a state was entered."""
    deadlines = {deadline.name for workflow in compiled.workflows.values() for deadline in workflow.deadlines}
    when, kind = moment_text(at), "deadline" if name in deadlines else "mark"
    title = compiled.titles.text(kind, name)
    en = f"the deadline {title.en!r}" if kind == "deadline" else f"the time since {title.en}"
    zh = f"期限“{title.zh}”" if kind == "deadline" else f"自{title.zh}起的时间"
    return Text(f"wait until {when} ({en})", f"等到{when}（{zh}）")


def who_text(compiled: Compiled, roles: tuple[str, ...], together: tuple[str, ...]) -> Text:
    """Whoever has one of *roles*, or all of *together*."""
    if roles or not together:
        return roles_text(compiled.titles, roles)
    both = [compiled.titles.text("role", role) for role in together]
    return Text(f"whoever is {' and '.join(role.en for role in both)}", f"兼任{'和'.join(role.zh for role in both)}者")
