"""``NAME=VALUE`` on the command line, parsed by what the field is declared to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from casework import CaseType, Field, InvalidValue, Language, Refusal, Text, parse_text
from casework.cli.usage import Usage
from casework.model.refusal import Problem

_SHAPES: dict[str, Text] = {
    "text": Text("text", "文字"),
    "integer": Text("whole number", "整数"),
    "decimal": Text("number", "小数"),
    "float": Text("number", "数字"),
    "boolean": Text("yes|no", "是|否"),
    "date": Text("YYYY-MM-DD", "年-月-日"),
    "instant": Text("YYYY-MM-DDTHH:MM+08:00", "年-月-日T时:分+08:00"),
}


def pairs(words: Iterable[str]) -> dict[str, str]:
    """``NAME=VALUE`` words by name; a wrong call where one is not of that form, or names a field twice."""
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise Usage(f"{word!r} is not NAME=VALUE", f"“{word}”不是“名称=值”的形式")
        if name in found:
            raise Usage(f"{name} is given twice", f"{name} 给了两次")
        found[name] = value
    return found


def filled(
    fields: Mapping[str, Field], told: Mapping[str, str], *, whole: bool = True
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Values for a form, and everything wrong with them. ``NAME=`` leaves a field empty.

    What is missing from a *whole* form is told only beside what is wrong; the engine tells it otherwise.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, text in told.items():
        field = fields.get(name)
        if field is None:
            problems.append(_unknown(name, fields))
            continue
        try:
            values[name] = parse_text(field, text) if text else None
        except InvalidValue as error:
            problems.append(_wrong(field, text, error))
    if problems and whole:
        problems += [_missing(field) for name, field in fields.items() if field.required and not told.get(name)]
    return values, tuple(problems)


def refusal(problems: Sequence[Problem], trigger: str = "", case_id: str = "") -> Refusal:
    """The same refusal as the engine's, for values that never reach it."""
    return Refusal("invalid-form", trigger=trigger, case_id=case_id, problems=tuple(problems))


def shape(field: Field, language: Language) -> str:
    """What may be written into a field: ``yes|no``, ``male|female``, ``whole number 0–130``."""
    if field.type == "choice":
        # A Chinese title needs no quotes in a shell, and is taken as well as the name.
        return "|".join(choice.title.zh or choice.name if language == "zh" else choice.name for choice in field.choices)
    least, most = field.minimum, field.maximum
    bounds = f" {'' if least is None else least}–{'' if most is None else most}"
    return _SHAPES[field.type].in_(language) + (bounds if least is not None or most is not None else "")


def form_of(case_type: CaseType, trigger: str) -> dict[str, Field] | None:
    """The fields that a trigger asks for, of all its transitions; None where there is no such trigger."""
    found = [
        item
        for workflow in case_type.chain
        for item in workflow.transitions
        if item.trigger == trigger and not item.automatic
    ]
    return {field.name: field for item in found for field in item.form} if found else None


def data_of(case_type: CaseType) -> dict[str, Field]:
    """The fields that a case is opened with: all but those that effects alone may write."""
    fields = [*case_type.data, *(field for workflow in case_type.chain for field in workflow.fields)]
    return {field.name: field for field in fields if not field.managed}


def _unknown(name: str, fields: Mapping[str, Field]) -> Problem:
    known = ", ".join(fields) or "nothing"
    return Problem(
        name, Text(f"there is no {name!r} to fill in; this takes {known}", f"没有“{name}”一项；可填：{known}")
    )


def _missing(field: Field) -> Problem:
    return Problem(field.name, Text(f"{field.name} is needed", f"缺少{field.title.in_('zh') or field.name}"))


def _wrong(field: Field, text: str, error: InvalidValue) -> Problem:
    said = text if len(text) <= 40 else f"{text[:40]}…"
    title = field.title.in_("zh") or field.name
    chinese = f"{title}（{field.name}）：“{said}”无法接受，请填：{shape(field, 'zh')}"
    return Problem(field.name, Text(f"{field.name} {error.problem}", chinese))
