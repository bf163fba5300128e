"""What besides firing may change a case: amending fields, notes, local roles, undoing a wrong step."""

from __future__ import annotations

from casework.condition.literal import checked
from casework.deciding.admit import filled
from casework.deciding.draft import Draft
from casework.deciding.effects import move_amount
from casework.deciding.refuse import stop
from casework.errors import InvalidValue
from casework.model.assignment import Assignment
from casework.model.decision import Step
from casework.model.posting import Posting
from casework.model.refusal import HIDDEN_TEXT, Problem
from casework.text import Text
from casework.titles import roles_text


def permit(draft: Draft, permission: str) -> None:
    """Refuse whoever may not view the case, then whoever has not the permission in its present state."""
    access, move, states = draft.compiled.access, draft.move, draft.before.states
    if not access.may("view", states, move.roles):
        raise stop(draft, "not-found")
    if not access.may(permission, states, move.roles):
        roles = access.allowed(permission, states)
        who = roles_text(draft.compiled.titles, roles)
        text = Text(f"in this state this is for {who.en}", f"当前状态下此项由{who.zh}办理")
        if not roles:
            text = Text("in this state nobody may do this", "当前状态下任何人都不能办理此项")
        raise stop(draft, "not-permitted", text, roles=roles)


def amend(draft: Draft) -> None:
    """Give fields new values; a field that the actor may not read may not be written blindly either."""
    permit(draft, "edit")
    compiled, move = draft.compiled, draft.move
    hidden = [
        name for name in move.form if name in compiled.fields and not compiled.access.reads_name(name, move.roles)
    ]
    if hidden:
        raise stop(draft, "not-permitted", problems=tuple(Problem(name, HIDDEN_TEXT) for name in hidden))
    optional = {name: field for name, field in compiled.enterable.items() if name in move.form}
    cleared = [name for name, value in move.form.items() if value is None and name in optional]
    required = [name for name in cleared if optional[name].required]
    if required:
        raise stop(
            draft,
            "invalid-form",
            problems=tuple(Problem(n, Text(f"{n} may not become unknown", f"{n}不能为空")) for n in required),
        )
    fields = {n: f for n, f in compiled.enterable.items() if n in move.form or not f.required}
    draft.data.update(filled(draft, fields, move.form))
    for name in cleared:
        draft.data.pop(name, None)
    if draft.before.balances:
        draft.weigh()


def note(draft: Draft) -> None:
    """Write a remark into the log."""
    permit(draft, "note")
    draft.note = text_of(draft, "text", limit=2_000)


def assign(draft: Draft) -> None:
    """Give a local role to a person, or take it from everybody; a claim is for oneself and for a free role."""
    claiming = draft.move.trigger == "claim"
    permit(draft, "edit" if claiming else "assign")
    role, holder = text_of(draft, "role"), draft.move.holder
    if role not in draft.compiled.access.local_roles:
        known = ", ".join(sorted(draft.compiled.access.local_roles)) or "none"
        text = Text(f"{role!r} is not a local role; there is {known}", f"“{role}”不是案件角色；现有：{known}")
        raise stop(draft, "invalid-form", problems=(Problem("role", text),))
    if claiming and holder not in (None, draft.move.actor.person):
        raise stop(draft, "not-permitted", Text(f"{holder} has taken this case already", f"该案件已由{holder}承办"))
    person = draft.move.actor.person if claiming else draft.move.form.get("person")
    if person is not None:
        draft.form["person"] = str(person)
        person = text_of(draft, "person") if not claiming else str(person)
    draft.assignments.append(Assignment(role, None if person is None else str(person)))


def text_of(draft: Draft, name: str, limit: int = 128) -> str:
    """A text of the form that has to be there; refused where it is none, or too long."""
    value = draft.move.form.get(name)
    try:
        text = checked(value, name)
        if not isinstance(text, str) or not text.strip() or len(text) > limit:
            raise InvalidValue(name, f"takes a text of 1 to {limit} characters", f"须填写1至{limit}个字符")
    except InvalidValue as error:
        problem = Problem(name, Text(str(error), f"{name}：{error.zh}"))
        raise stop(draft, "invalid-form", problems=(problem,)) from None
    return text


def correct(draft: Draft) -> None:
    """Undo one entry by a compensating one: everything is as it was before, and the log keeps both."""
    permit(draft, "correct")
    draft.note = text_of(draft, "because", limit=2_000)
    undo = draft.move.undo
    assert undo is not None, "the desk reads what a correction takes back"
    target, draft.corrects = undo.before, undo.entry
    for workflow, state in target.states.items():
        if draft.states[workflow] != state:
            draft.steps.append(Step(workflow, "correct", draft.states[workflow], state, False))
    for name in ("states", "data", "marks", "dues", "terms", "acts"):
        kept: dict[str, object] = getattr(draft, name)
        kept.clear()
        kept.update(getattr(target, name))
    draft.assignments += undo.assignments
    for posting in reversed(undo.postings):
        _reverse(draft, posting)


def _reverse(draft: Draft, posting: Posting) -> None:
    """Post the other way round; what has been used up since cannot be given back."""
    draft.postings.append(Posting(posting.credit, posting.debit, posting.commodity, posting.amount))
    for key, change in ((posting.credit, -posting.amount), (posting.debit, posting.amount)):
        account = draft.compiled.accounts.get(key.partition("|")[0])
        if account is not None:
            move_amount(draft, account, key, change)
