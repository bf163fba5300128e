"""Reachable authority: who can ever bring something about, over all paths, and who may ever see what."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from casework.access import GLASS
from casework.compiled import Compiled
from casework.errors import InvalidValue
from casework.exploring.holding import as_whom, taken_on
from casework.exploring.offer import World
from casework.exploring.proof import Answer, Told
from casework.exploring.prove import explored
from casework.exploring.reach import Reached, shortest
from casework.exploring.replay import Walker
from casework.exploring.words import told
from casework.model.fields import FIELD_CLASSES, FieldClass
from casework.model.workflow import PERMISSIONS
from casework.text import Text


@attrs.frozen(kw_only=True)
class Authority:
    """An answer about authority: *holds* or not, in words, and the path that shows it, walked through deciding.

    *answer* is "not proven" where a way was found that deciding did not go with any value that was tried, or on which a
    local role has to be taken on: then it could be, and is told as if it were. It is "not proven", too, where nothing
    was found and not everything was looked at.
    """

    holds: bool
    answer: Answer
    text: Text
    path: tuple[Told, ...] = ()

    def __bool__(self) -> bool:
        return self.holds


def can(compiled: Compiled, *, roles: Iterable[str], reach: str) -> Authority:
    """Whether people who have *roles* and no others can bring a case to *reach*, whoever opened it.

    *reach* is a state, ``workflow.state``, or a state of the main workflow alone. The system does its part, and local
    roles count that these people can take on. Raises InvalidValue for a role or state that the case type does not have.
    """
    told = frozenset(roles)
    workflow, state = _state(compiled, reach)
    _known_roles(compiled, told)
    more = taken_on(compiled, told)
    result = explored(compiled, world=World(roles=told | more))
    who = [compiled.titles.text("role", role) for role in sorted(told)]
    en, zh = ", ".join(role.en for role in who), "、".join(role.zh for role in who)
    title = compiled.titles.text("state", f"{workflow}.{state}")
    found = _reaching(
        result, workflow, state, Text(f"{en} alone can reach {title.en!r}", f"仅凭{zh}可到达“{title.zh}”")
    )
    if found.holds:
        asked = [
            step.step.roles for step in found.path if step.step.kind == "fire" and told.isdisjoint(step.step.roles)
        ]
        return _having(compiled, found, more.intersection(role for roles in asked for role in roles))
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
    ways = _ways_to_see(compiled, own)
    never = Text(f"{who.en} never sees anything of class {field_class}", f"{who.zh}永远看不到“{field_class}”类信息")
    found = Authority(holds=False, answer="proven", text=never)
    if not any(_read(compiled, field_class, roles) for _, roles, _ in ways):
        return found
    result = explored(compiled)
    for permission, roles, how in ways:
        read = _read(compiled, field_class, roles)
        text = Text(f"{who.en} sees {read.en}{how.en}", f"{who.zh}能看到{read.zh}{how.zh}")
        found = _found(result, _where(result, permission, roles) if read else [], text)
        if found.holds:
            return _having(compiled, found, roles - own - {GLASS})
    return attrs.evolve(found, text=never)


def _ways_to_see(compiled: Compiled, own: frozenset[str]) -> list[tuple[str, frozenset[str], Text]]:
    """The permission by which somebody sees a case, the roles by which they read then, and how; the plainest first."""
    held = [own, own | taken_on(compiled, own)]
    ways = [("view", roles, Text()) for roles in held]
    if compiled.access.breakable:
        ways += [("break_glass", roles | {GLASS}, Text(" by breaking the glass", "（紧急查阅）")) for roles in held]
    return ways


def _where(result: Reached, permission: str, roles: frozenset[str]) -> list[tuple[int, int]]:
    """The configurations in which *roles* have a permission."""
    access, states_of = result.alphabet.compiled.access, result.alphabet.states_of
    return [(c, cases) for c, cases in result.found.items() if access.may(permission, states_of(c), roles - {GLASS})]


def _having(compiled: Compiled, found: Authority, taken: frozenset[str]) -> Authority:
    """*found* where it needs local roles that were *taken* on; whether they could be at that time was not walked."""
    if not taken:
        return found
    how = as_whom(compiled, taken)
    return attrs.evolve(found, answer="not proven", text=Text(found.text.en + how.en, found.text.zh + how.zh))


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
