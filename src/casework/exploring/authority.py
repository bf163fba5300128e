"""Reachable authority: who can ever bring something about, over all paths, and who may ever see what."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from casework.access import GLASS
from casework.compiled import Compiled
from casework.errors import InvalidValue
from casework.exploring.proof import Answer, Told
from casework.exploring.prove import explored
from casework.exploring.reach import Reached, shortest
from casework.exploring.replay import Walker
from casework.exploring.standpoint import World
from casework.exploring.words import told
from casework.model.fields import FIELD_CLASSES, FieldClass
from casework.model.workflow import PERMISSIONS
from casework.text import Text


@attrs.frozen(kw_only=True)
class Authority:
    """An answer about authority: *holds* or not, in words, and the path that shows it, walked through deciding.

    *answer* is "not proven" where a way was found that deciding did not go with any value that was tried: then it could
    be, and is told as if it were. It is "not proven", too, where nothing was found and not everything was looked at.
    """

    holds: bool
    answer: Answer
    text: Text
    path: tuple[Told, ...] = ()

    def __bool__(self) -> bool:
        return self.holds


def can(compiled: Compiled, *, roles: Iterable[str], reach: str) -> Authority:
    """Whether people who have *roles* and no others can bring a case to *reach*, whoever opened it.

    *reach* is a state, ``workflow.state``, or a state of the main workflow alone. The system does its part. Raises
    InvalidValue for a role or state that the case type does not have.
    """
    held = frozenset(roles)
    workflow, state = _state(compiled, reach)
    _known_roles(compiled, held)
    result = explored(compiled, world=World(roles=held))
    who = [compiled.titles.text("role", role) for role in sorted(held)]
    en, zh = ", ".join(role.en for role in who), "、".join(role.zh for role in who)
    title = compiled.titles.text("state", f"{workflow}.{state}")
    found = _reaching(
        result, workflow, state, Text(f"{en} alone can reach {title.en!r}", f"仅凭{zh}可到达“{title.zh}”")
    )
    if found.holds:
        return found
    return attrs.evolve(found, text=Text(f"{en} alone can never reach {title.en!r}", f"仅凭{zh}永远到不了“{title.zh}”"))


def needs_two_persons(compiled: Compiled, what: str) -> Authority:
    """Whether *what*, a trigger or a state, always takes two persons, whatever roles one person has.

    Raises InvalidValue for what the case type does not have.
    """
    result = explored(compiled, world=World(alone=True))
    if what in compiled.triggers:
        taken = [
            (jump.source, result.found[jump.source] & result.joints.encoded(jump.move.before))
            for out in result.out.values()
            for jump in out
            if jump.label.kind == "fire" and jump.label.name == what and jump.onward(result.found[jump.source])
        ]
        title = compiled.titles.text("trigger", what)
        alone = _found(result, taken, Text(f"one person alone fires {title.en!r}", f"一人即可办理“{title.zh}”"))
    else:
        workflow, state = _state(compiled, what)
        title = compiled.titles.text("state", f"{workflow}.{state}")
        text = Text(f"one person alone reaches {title.en!r}", f"一人即可到达“{title.zh}”")
        alone = _reaching(result, workflow, state, text)
    if alone.holds:
        return attrs.evolve(alone, holds=False)
    text = Text(f"{title.en!r} always takes two persons", f"“{title.zh}”必须由两人办理")
    return Authority(holds=True, answer=alone.answer, text=text)


def may_ever_see(compiled: Compiled, role: str, field_class: FieldClass) -> Authority:
    """Whether somebody with *role* alone may read *field_class* in any state that a case can come to.

    Fields and files count, and what a broken glass shows. Raises InvalidValue for a role or class that does not exist.
    """
    _known_roles(compiled, {role})
    if field_class not in FIELD_CLASSES:
        raise InvalidValue("field_class", f"is one of {', '.join(FIELD_CLASSES)}, not {field_class!r}")
    who, own = compiled.titles.text("role", role), frozenset({role})
    never = Text(f"{who.en} never sees anything of class {field_class}", f"{who.zh}永远看不到“{field_class}”类信息")
    plainly = _read(compiled, field_class, own)
    if not plainly and not _read(compiled, field_class, own | {GLASS}):
        return Authority(holds=False, answer="proven", text=never)
    result = explored(compiled)
    states = [
        (result.alphabet.states_of(configuration), (configuration, cases))
        for configuration, cases in result.found.items()
    ]
    ways = [("view", plainly, Text())]
    if compiled.access.breakable:
        broken = _read(compiled, field_class, own | {GLASS})
        ways.append(("break_glass", broken, Text(" by breaking the glass", "（紧急查阅）")))
    found = Authority(holds=False, answer="proven", text=never)
    for permission, read, how in ways:
        goals = [case for at, case in states if read and compiled.access.may(permission, at, own)]
        text = Text(f"{who.en} sees {read.en}{how.en}", f"{who.zh}能看到{read.zh}{how.zh}")
        found = _found(result, goals, text)
        if found.holds:
            return found
    return attrs.evolve(found, text=never)


def _read(compiled: Compiled, field_class: FieldClass, roles: frozenset[str]) -> Text:
    """What of a class *roles* read where they may view a case: its fields, else files; empty where it is nothing."""
    fields = [name for name, field in compiled.fields.items() if field.field_class == field_class]
    titles = [compiled.titles.text("field", name) for name in sorted(compiled.access.visible(fields, roles))]
    if titles:
        return Text(", ".join(title.en for title in titles), "、".join(title.zh for title in titles))
    if compiled.access.by_which((field_class,), (), roles):
        return Text(f"files of class {field_class}", f"“{field_class}”类附件")
    return Text()


def _reaching(result: Reached, workflow: str, state: str, text: Text) -> Authority:
    bit = result.alphabet.state(workflow, state)
    return _found(result, [(c, cases) for c, cases in result.found.items() if c & bit], text)


def _found(result: Reached, goals: list[tuple[int, int]], text: Text) -> Authority:
    path = shortest(result, goals) if goals else None
    if path is None:
        return Authority(holds=False, answer="proven" if result.complete else "not proven", text=text)
    walked = Walker(result).walk(path)
    steps = told(result.alphabet.compiled, walked.steps)
    return Authority(holds=True, answer="proven" if walked.whole else "not proven", text=text, path=steps)


def _state(compiled: Compiled, name: str) -> tuple[str, str]:
    workflow, _, state = name.rpartition(".")
    workflow = workflow or compiled.main
    if workflow in compiled.workflows and any(s.name == state for s in compiled.workflows[workflow].workflow.states):
        return workflow, state
    known = ", ".join(f"{w}.{s.name}" for w, each in compiled.workflows.items() for s in each.workflow.states)
    raise InvalidValue("reach", f"there is no state or trigger {name!r}; there are {known}")


def _known_roles(compiled: Compiled, roles: Iterable[str]) -> None:
    case_type = compiled.case_type
    known = {role.name for role in case_type.roles}.union(
        case_type.opens,
        *(roles for _, roles in case_type.readers),
        *(field.readers for field in compiled.fields.values()),
        *(compiled.access.grantees(permission) for permission in PERMISSIONS),
        *(step.roles for workflow in case_type.chain for step in workflow.transitions),
    )
    unknown = sorted(set(roles) - known)
    if unknown:
        raise InvalidValue("roles", f"there is no role {unknown[0]!r}; there are {', '.join(sorted(known))}")
