"""Place an imported case where it stands elsewhere: its states, marks, due dates and whatever else opening would begin.

The ledger is left alone: amounts that the steps before have moved elsewhere are not moved again here.
One person's word is not enough for what two have to do, nor for a bed that nobody counts here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from casework.compiled import Compiled
from casework.deciding.admit import filled
from casework.deciding.draft import Draft
from casework.deciding.follow import follow
from casework.deciding.refuse import stop
from casework.model.assignment import Assignment
from casework.model.case import Placed
from casework.model.refusal import Problem
from casework.model.term import Term, term_instants
from casework.text import Text
from casework.titles import roles_text

IMPORT = "import"
"""The permission to place cases, and the kind of cause of every imported one."""
VOUCH = "vouch"
"""The permission to place them where two persons, or amounts of limited accounts, stand behind it."""


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
    _vouched(draft, states, placed)
    # What effects alone may write is not asked for: they would have written it on the way.
    fields = {n: attrs.evolve(f, required=f.required and not f.managed) for n, f in compiled.fields.items()}
    draft.data.update(filled(draft, fields, move.form))
    draft.placed = _resolved(compiled, states, placed, move.now)
    draft.states.update(draft.placed.states)
    draft.marks.update(draft.placed.marks)
    draft.dues.update(draft.placed.dues)
    _count(draft, draft.placed)
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
                if deadline.rule:
                    told = deadline.name in placed.dues and deadline.name not in placed.terms
                    dues.update({deadline.name: placed.dues[deadline.name]} if told else {})
                    continue
                dues[deadline.name] = placed.dues.get(deadline.name) or began + deadline.after
    return attrs.evolve(placed, states=dict(states), marks=marks, dues=dues, opened_at=placed.opened_at or now)


def _count(draft: Draft, placed: Placed) -> None:
    """Begin the terms of the rules that hold in these states; a due date that was told stands as it was told."""
    for name, ruled in draft.compiled.ruled.items():
        state = placed.states[ruled.workflow]
        if state in ruled.deadline.during:
            due = placed.dues.get(name)
            began = placed.marks[f"{ruled.workflow}.{state}"]
            draft.terms[name] = placed.terms.get(name) or Term(started=began, due=due, told=due is not None)


def _problems(compiled: Compiled, states: Mapping[str, str], placed: Placed, now: datetime) -> Iterator[Problem]:
    yield from _states(compiled, placed)
    known = {f"{n}.{state.name}" for n, w in compiled.workflows.items() for state in w.workflow.states}
    yield from _unknown("marks", placed.marks, known, Text("state of the case type", "该案件类型的状态"))
    running = {d.name for n, w in compiled.workflows.items() for d in w.deadlines if states[n] in d.during}
    yield from _unknown(
        "dues", placed.dues, running, Text("deadline that runs in these states", "在此状态下生效的期限")
    )
    yield from _unknown(
        "terms", placed.terms, running & set(compiled.ruled), Text("deadline that a rule sets", "按规则计算的期限")
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
    told |= {f"terms.{name}": max(term_instants(term)) for name, term in placed.terms.items()}
    for name, at in told.items():
        if at is not None and at > now:
            yield Problem(name, later)
    ended = states[compiled.main] in compiled.workflows[compiled.main].finals
    if placed.closed_at is not None and not ended:
        text = Text("the main workflow has not ended, so the case is not closed", "主流程尚未终结，案件未结")
        yield Problem("closed_at", text)
    if placed.closed_at is not None and placed.opened_at is not None and placed.closed_at < placed.opened_at:
        yield Problem("closed_at", Text("lies before it was opened", "早于立案时间"))


def _vouched(draft: Draft, states: Mapping[str, str], placed: Placed) -> None:
    """Stop where the record claims what one person cannot do, and whoever imports it may not vouch for it."""
    access, move = draft.compiled.access, draft.move
    problems = (*_claims(draft.compiled, states, placed, move.form), *_uncounted(draft.compiled, states))
    if not problems or access.may(VOUCH, states, move.roles):
        return
    roles = access.allowed(VOUCH, states)
    who = roles_text(draft.compiled.titles, roles)
    text = Text(
        f"what two persons have to do, or what takes of a limited account, is vouched for by {who.en}",
        f"须由两人办理或占用限额账户的内容，由{who.zh}担保后方可置入",
    )
    raise stop(draft, "not-permitted", text, roles=roles, problems=problems)


def _claims(
    compiled: Compiled, states: Mapping[str, str], placed: Placed, form: Mapping[str, object]
) -> Iterator[Problem]:
    """What of the record four eyes stand before: its states, its acts, the values that effects wrote."""
    if not compiled.acts:
        return
    beyond = Text(
        "only two persons bring a case there; place it before that step, and let two take it here",
        "须由两人先后办理才能到达此状态；请置于该步骤之前，再由两人在此办理",
    )
    two = compiled.beyond_one(form)
    yield from (Problem(f"states.{name}", beyond) for name, state in states.items() if state in two[name])
    act = Text("leave it out; whoever does it here is known here", "请勿填写；由实际办理人在此重新办理")
    yield from (Problem(f"acts.{name}", act) for name in placed.acts)
    value = Text("only two persons write this; leave it out, and let two do it here", "须由两人办理才会写入；请勿填写")
    managed = (name for name in form if name in compiled.fields and name not in compiled.enterable)
    yield from (Problem(f"data.{name}", value) for name in managed if not compiled.alone.holds(name, form[name]))


def _uncounted(compiled: Compiled, states: Mapping[str, str]) -> Iterator[Problem]:
    """The states that stand for amounts of limited accounts, which the ledger here knows nothing of."""
    for name, state in states.items():
        accounts = [compiled.accounts[item] for item in sorted(_standing(compiled, name, state))]
        limited = [compiled.titles.text("account", account.name) for account in accounts if account.limited]
        if limited:
            en = f"it stands for an amount of {', '.join(item.en for item in limited)} that nobody has counted here"
            zh = f"此状态占用{'、'.join(item.zh for item in limited)}，而此处账目未计入"
            yield Problem(
                f"states.{name}", Text(f"{en}; place it before, and take it here", f"{zh}；请置于此前，再在此办理")
            )


def unmoved(compiled: Compiled, states: Mapping[str, str]) -> tuple[str, ...]:
    """The accounts that every way into *states* has moved amounts of that still stand out, in order."""
    names = {account for name, state in states.items() for account in _standing(compiled, name, state)}
    return tuple(sorted(names))


def _standing(compiled: Compiled, workflow: str, state: str) -> frozenset[str]:
    return compiled.standing_out.get(workflow, {}).get(state, frozenset())
