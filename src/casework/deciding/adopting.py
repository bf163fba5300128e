"""Adopt a case into another manifest of its case type, where that is safe for this very case as it stands.

A state, a field, an account is the same where it has the same name, unless a migration has translated it before.
What does not fit is refused as a whole, and each reason says what would be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from casework.compiled import Compiled
from casework.condition.literal import Value
from casework.deciding.clocks import Due, timers
from casework.deciding.decide import finished, void_acts
from casework.deciding.draft import Draft, Stop
from casework.deciding.follow import follow
from casework.deciding.refuse import stop
from casework.deciding.retaining import kept
from casework.deciding.translating import Translation, untranslated
from casework.errors import InvalidValue
from casework.model.case import Move, Snapshot
from casework.model.command import Settle, Void
from casework.model.course import Course, since, under_new_names
from casework.model.decision import Adopts, Decision, Mapped, Step
from casework.model.outfit import Account
from casework.model.posting import Hold
from casework.model.refusal import Problem, Refusal
from casework.model.term import Term
from casework.model.workflow import Deadline
from casework.parts import EffectPart
from casework.text import Text
from casework.titles import roles_text

ADOPT = "adopt"
"""The permission; a migration asks for the same."""


@attrs.frozen(kw_only=True, eq=False)
class Adoption:
    """What adopting needs besides the case: the manifest it leaves, and what of it is written down elsewhere.

    *moved* is what the case's postings add up to by account key, *roles* the holders of its local roles,
    *readable* are the fields that whoever adopts may read, *rung* the deadlines that have fired already.
    """

    left: Compiled
    course: Course
    holds: tuple[Hold, ...]
    moved: Mapping[str, int]
    roles: Mapping[str, str]
    readable: frozenset[str]
    rung: frozenset[str] = frozenset()


@attrs.frozen(kw_only=True, eq=False)
class Migrating:
    """The translation of a case by a migration, and what the log is to name that by."""

    translation: Translation
    name: str
    digest: str


def decide_adoption(
    compiled: Compiled, snapshot: Snapshot, move: Move, adoption: Adoption, migrating: Migrating | None = None
) -> Decision | Refusal:
    """What moving the case of *snapshot* into the manifest *compiled* writes, or why it cannot be moved.

    *snapshot* has the marks of every state, for the manifest may ask for others than the one that is left; with
    *migrating* it is the translated one.
    """
    draft = Draft(compiled, snapshot, move)
    translation = untranslated(snapshot) if migrating is None else migrating.translation
    try:
        _permit(draft)
        problems = (*translation.problems, *misfits(compiled, translation, adoption))
        if problems:
            raise stop(draft, "not-adoptable", problems=tuple(dict.fromkeys(problems)))
        adopts = _carried(draft, adoption, translation, migrating)
        if snapshot.balances:
            draft.weigh()
        follow(draft)
        void_acts(draft)
        decision = finished(draft)
    except Stop as no:
        return no.refusal
    decision.adopts = adopts
    decision.changed = {name: draft.data.get(name) for name in translation.values} | decision.changed
    arm, disarm = _clocks(draft, adoption.left, translation.original, adopts)
    later, never = kept(compiled, snapshot.closed_at, decision.closed_at)
    decision.arm, decision.disarm = (*arm, *later), (*disarm, *never)
    return decision


def _permit(draft: Draft) -> None:
    """The manifest to be adopted says who may, for the one that is left may be older than the permission."""
    access, states = draft.compiled.access, draft.before.states
    if not access.may(ADOPT, states, draft.move.roles):
        roles = access.allowed(ADOPT, states)
        who = roles_text(draft.compiled.titles, roles)
        text = Text(f"in this state adopting is for {who.en}", f"当前状态下采纳新定义由{who.zh}办理")
        if not roles:
            text = Text("in this state nobody may adopt", "当前状态下任何人都不能采纳新定义")
        raise stop(draft, "not-permitted", text, roles=roles)
    if draft.before.closed_at is not None:
        text = Text(
            "the case is closed; it stays under the definition that it ended under", "案件已结，沿用其结案时的定义"
        )
        raise stop(draft, "wrong-state", text)


def misfits(compiled: Compiled, translation: Translation, adoption: Adoption) -> Iterator[Problem]:
    """Everything that the manifest *compiled* has no place for, or another place than the case stands in."""
    yield from _chain(compiled, translation, adoption)
    yield from _subjects(compiled, translation.snapshot)
    yield from _data(compiled, translation, adoption)
    yield from _roles(compiled, adoption.roles)
    yield from _amounts(compiled, adoption)


def _chain(compiled: Compiled, translation: Translation, adoption: Adoption) -> Iterator[Problem]:
    left = adoption.left
    if compiled.main != left.main:
        en = f"the main workflow was {left.main!r} and is now {compiled.main!r}; it has to stay the same"
        yield Problem(f"states.{left.main}", Text(en, f"主流程由“{left.main}”变为“{compiled.main}”，须保持不变"))
    for workflow, state in translation.snapshot.states.items():
        before, now = left.workflows[workflow], compiled.workflows.get(workflow)
        if workflow in translation.undecided:
            continue
        if now is None:
            if workflow not in translation.ended and state not in (before.workflow.initial, *before.finals):
                yield _unended(left, workflow, state)
        elif all(state != item.name for item in now.workflow.states):
            yield _stateless(left, compiled, workflow, state)
        elif workflow in translation.chosen and (workflow != compiled.main or state not in now.finals):
            continue
        elif (state in before.finals) != (state in now.finals):
            en = f"{state!r} ends {workflow!r} in one definition and not in the other; leave it first"
            zh = f"“{state}”在一个定义中终结“{workflow}”，在另一个中不终结；请先离开该状态"
            yield Problem(f"states.{workflow}", Text(en, zh))


def _unended(left: Compiled, workflow: str, state: str) -> Problem:
    whole, here = left.titles.text("workflow", workflow), left.titles.text("state", f"{workflow}.{state}")
    en = f"{whole.en} is no longer part of the definition and stands in {here.en}; end it first"
    return Problem(f"states.{workflow}", Text(en, f"新定义中没有{whole.zh}，而它处于{here.zh}；请先使其终结"))


def _stateless(left: Compiled, compiled: Compiled, workflow: str, state: str) -> Problem:
    here = left.titles.text("state", f"{workflow}.{state}")
    known = ", ".join(item.name for item in compiled.workflows[workflow].workflow.states)
    en = f"{here.en} ({state}) is no longer a state of {workflow!r}; bring it to one that is: {known}"
    return Problem(f"states.{workflow}", Text(en, f"“{workflow}”不再有状态{here.zh}（{state}）；请先转到：{known}"))


def _subjects(compiled: Compiled, snapshot: Snapshot) -> Iterator[Problem]:
    for name in sorted(snapshot.subjects.keys() ^ set(compiled.subjects)):
        there = name in snapshot.subjects
        en = f"the case is {'' if there else 'not '}about a {name}, the definition is {'not ' if there else ''}so"
        zh = f"当事人“{name}”在{'案件' if there else '新定义'}中有，在{'新定义' if there else '案件'}中没有"
        yield Problem(f"subjects.{name}", Text(f"{en}; both have to name the same", f"{zh}；两者须一致"))


def _data(compiled: Compiled, translation: Translation, adoption: Adoption) -> Iterator[Problem]:
    for name, value in translation.snapshot.data.items():
        origin = translation.origin(name)
        problem = None if origin is None else _unfit(compiled, adoption, name, origin, value)
        if problem is not None:
            title = adoption.left.titles.text("field", origin or name)
            yield Problem(f"data.{origin}", Text(f"{title.en}: {problem.en}", f"{title.zh}：{problem.zh}"))


def _unfit(compiled: Compiled, adoption: Adoption, name: str, origin: str, value: Value) -> Text | None:
    """Why the present field does not hold what the case knows; of what one may not read, no bounds are told."""
    before, field = adoption.left.fields[origin], compiled.fields.get(name)
    if field is None:
        return Text("it is known and no longer a field; make it unknown first", "已填写，但新定义中无此项；请先清除")
    if field.field_class != before.field_class:
        # What was open stands in the clear in the log for ever, and what was closed was told in confidence.
        classes = f"{before.field_class} → {field.field_class}"
        en = f"it is known and its class changed ({classes}); give the changed field a new name"
        return Text(en, f"已填写，但其类别已变（{classes}）；请为变更后的字段另起名称")
    wider = wider_readers(compiled, adoption.left, name, origin)
    if wider:
        # Only who reads less may change under a value: it was told to those who read it then.
        who = roles_text(compiled.titles, wider)
        en = f"it is known and {who.en} would read it as well; give what they may read a new name"
        return Text(en, f"已填写，而新定义下{who.zh}也可读取；请为其可读的内容另起名称")
    try:
        field.accept(value)
    except InvalidValue as error:
        if origin not in adoption.readable:
            return Text("what it holds no longer fits; amend it first", "所填内容不再符合要求；请先修改")
        return Text(f"{error.problem}; amend it first", f"{error.zh}；请先修改")
    return None


def wider_readers(compiled: Compiled, left: Compiled, name: str, origin: str) -> tuple[str, ...]:
    """The roles that read the field *name*, once *origin*, and did not; one of single cases that became general too."""
    before, now = left.access.readers(origin), compiled.access.readers(name)
    return () if before is None or now is None else tuple(sorted(role for role, _ in now - before))


def _roles(compiled: Compiled, held: Mapping[str, str]) -> Iterator[Problem]:
    for role in sorted(held.keys() - compiled.access.local_roles):
        en = f"somebody has the role {role!r} on the case, which is no longer one of single cases; take it away first"
        yield Problem(
            f"roles.{role}", Text(en, f"案件角色“{role}”已有人承担，但新定义中它不再是案件角色；请先取消指派")
        )


def _amounts(compiled: Compiled, adoption: Adoption) -> Iterator[Problem]:
    for hold in adoption.holds:
        if not _endable(compiled, hold):
            en = (
                f"{hold.amount} {hold.commodity} are reserved as {hold.name!r}, which nothing settles or voids any more"
            )
            zh = f"以“{hold.name}”预留的{hold.amount} {hold.commodity}在新定义中无法结清或撤销"
            yield Problem(f"holds.{hold.name}", Text(f"{en}; end it first", f"{zh}；请先了结"))
    held = {end.partition("|")[0] for hold in adoption.holds for end in (hold.debit, hold.credit)}
    held |= {key.partition("|")[0] for key, amount in adoption.moved.items() if amount}
    for name in sorted(held):
        before, now = adoption.left.accounts.get(name), compiled.accounts.get(name)
        if before is not None and (now is None or _terms(now) != _terms(before)):
            en = f"the case has moved amounts of the account {name!r}, which is gone or belongs to somebody else now"
            zh = f"本案在账户“{name}”上已有往来，而新定义中该账户已取消或归属不同"
            yield Problem(f"accounts.{name}", Text(f"{en}; give them back first", f"{zh}；请先归还"))


def _endable(compiled: Compiled, hold: Hold) -> bool:
    """Whether some transition ends what was reserved under that name; a part that posts may do it too."""
    effects = [
        effect for workflow in compiled.workflows.values() for item in workflow.transitions for effect in item.effects
    ]
    return any(
        (isinstance(effect, Settle | Void) and effect.hold == hold.name)
        or (isinstance(effect, EffectPart) and bool(effect.posts))
        for effect in effects
    )


def _terms(account: Account) -> tuple[object, ...]:
    return account.owner, account.commodity, account.by


def _carried(draft: Draft, adoption: Adoption, translation: Translation, migrating: Migrating | None) -> Adopts:
    """Bring the draft under its manifest: what is gone is dropped, what is new begins."""
    compiled, before = draft.compiled, draft.before
    gone = tuple(name for name in before.states if name not in compiled.workflows)
    draft.states = {name: state for name, state in before.states.items() if name not in gone}
    draft.marks = {mark: at for mark, at in before.marks.items() if mark.partition(".")[0] not in gone}
    draft.dues, draft.acts = _dues(draft, adoption, translation), _acts(draft, adoption, translation)
    adopts = Adopts(
        left=adoption.left.manifest.hash,
        manifest=compiled.manifest.hash,
        gone=gone,
        dues=dict(draft.dues),
        acts=dict(draft.acts),
        mapped=None if migrating is None else _mapped(draft, adoption, migrating),
    )
    for name, workflow in compiled.workflows.items():
        if name not in before.states:
            target = translation.begins.get(name, workflow.workflow.initial)
            draft.states[name] = ""
            draft.enter(name, target, again=True)
            draft.steps.append(Step(name, draft.move.kind, "", target))
    return adopts


def _mapped(draft: Draft, adoption: Adoption, migrating: Migrating) -> Mapped:
    translation = migrating.translation
    return Mapped(
        name=migrating.name,
        digest=migrating.digest,
        states=translation.states,
        marks=dict(draft.marks),
        fields=translation.fields,
        became=translation.became,
        rung=tuple(sorted(_rung(draft, adoption, translation))),
    )


def _rung(draft: Draft, adoption: Adoption, translation: Translation) -> Iterator[str]:
    """Deadlines that have run out under an older name, and fire nothing else now: they do not ring twice."""
    old, new = _deadlines(adoption.left), _deadlines(draft.compiled)
    for name, due in draft.dues.items():
        item = translation.clocks.get(name)
        if item is not None and item.source in adoption.rung and item.source != name:
            same = old[item.source].trigger == new[name].trigger
            if same and due == draft.before.dues.get(item.source) and due <= draft.move.now:
                yield name


def _dues(draft: Draft, adoption: Adoption, translation: Translation) -> dict[str, datetime]:
    """A deadline of the same name and duration runs on as it did; any other runs from when its states were entered.

    Where a migration says so it runs on, or starts anew, whatever it is called.
    """
    before, known = draft.before, _deadlines(adoption.left)
    dues: dict[str, datetime] = {}
    draft.terms = {}
    for name, workflow in draft.compiled.workflows.items():
        for deadline in workflow.deadlines:
            if before.states.get(name) in deadline.during:
                if deadline.rule:
                    term = draft.terms[deadline.name] = _term(deadline, draft, adoption, translation)
                    dues.update({} if term.due is None else {deadline.name: term.due})
                    continue
                due = _kept_due(deadline, draft, known, translation)
                if due is None:
                    due = _since(deadline, name, draft, adoption, translation) + deadline.after
                dues[deadline.name] = due
    return dues


def _since(deadline: Deadline, name: str, draft: Draft, adoption: Adoption, translation: Translation) -> datetime:
    """Since when the workflow of that *name* is in the states of a deadline."""
    course = under_new_names(adoption.course.entered.get(name, ()), translation.states.get(name, {}))
    return since(course, deadline.during) or draft.move.now


def _term(deadline: Deadline, draft: Draft, adoption: Adoption, translation: Translation) -> Term:
    """The term of a deadline that a rule sets: begun, paused and extended as it was, to be counted by the rule anew."""
    name = draft.compiled.ruled[deadline.name].workflow
    item, before = translation.clocks.get(deadline.name), draft.before
    if item is not None and item.clock == "restart":
        return Term(started=draft.move.now)
    kept = before.terms.get(deadline.name if item is None else item.source or "")
    if kept is None or (item is None and deadline.name in translation.moved_clocks):
        return Term(started=_since(deadline, name, draft, adoption, translation))
    return kept if kept.told else attrs.evolve(kept, rule="", due=None, earliest=None, days=())


def _kept_due(
    deadline: Deadline, draft: Draft, known: Mapping[str, Deadline], translation: Translation
) -> datetime | None:
    """When a deadline is due that does not count from its states; None where it does."""
    item, dues = translation.clocks.get(deadline.name), draft.before.dues
    if item is not None:
        return draft.move.now + deadline.after if item.clock == "restart" else dues.get(item.source or "")
    same = known.get(deadline.name)
    if same is None or same.after != deadline.after or deadline.name in translation.moved_clocks:
        return None
    return dues.get(deadline.name)


def _acts(draft: Draft, adoption: Adoption, translation: Translation) -> dict[str, str]:
    """Who did what four eyes ask about; of triggers that were not asked about before, the log knows."""
    compiled, before = draft.compiled, draft.before
    acts = {name: person for name, person in before.acts.items() if name in compiled.acts}
    covering = {act: {field for field, covered in compiled.covers.items() if act in covered} for act in compiled.acts}
    for name in compiled.acts - adoption.left.acts:
        done = adoption.course.done.get(name)
        changed = () if done is None else {translation.fields.get(field, field) for field in done.changed}
        if done is not None and covering[name].isdisjoint(changed):
            acts[name] = done.person
    return acts


def _deadlines(compiled: Compiled) -> dict[str, Deadline]:
    return {item.name: item for workflow in compiled.workflows.values() for item in workflow.deadlines}


def _clocks(draft: Draft, left: Compiled, was: Snapshot, adopts: Adopts) -> tuple[Due, tuple[str, ...]]:
    """The timers to arm and to drop: those of the manifest that is left against those of the one that is adopted."""
    before, after = timers(left, was), timers(draft.compiled, draft)
    old, new = _deadlines(left), _deadlines(draft.compiled)
    other = {name for name in old.keys() & new.keys() if old[name].trigger != new[name].trigger}
    changed = {name for name, due in after.items() if before.get(name) != due or name in other}
    rung = () if adopts.mapped is None else adopts.mapped.rung
    due_now = changed.difference(rung)
    arm = tuple((n, due) for n, due in after.items() if n in due_now and (due > draft.move.now or n in draft.dues))
    armed = {name for name, _ in arm}
    return arm, tuple(name for name in before if name not in armed and (name not in after or name in changed))
