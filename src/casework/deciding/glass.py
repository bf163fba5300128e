"""Breaking the glass of a case in an emergency, and reviewing that somebody did."""

from __future__ import annotations

from casework.deciding.draft import Draft
from casework.deciding.editing import permit, text_of
from casework.deciding.refuse import stop
from casework.model.decision import Message
from casework.model.glass import Glass
from casework.text import Text
from casework.titles import roles_text


def break_glass(draft: Draft) -> None:
    """Open the declared classes of this case to one person until the time is up, and tell whoever is to know (F86)."""
    compiled, move, case = draft.compiled, draft.move, draft.before
    rule = compiled.case_type.break_glass
    if rule is None or not compiled.access.may("break_glass", case.states, move.roles):
        _not_for_them(draft)
    assert rule is not None
    if rule.channel not in compiled.channels:
        # Where nobody would be told, nothing is opened.
        raise stop(draft, "part-absent", part=rule.channel)
    draft.note = text_of(draft, "reason", limit=2_000)
    draft.breaks = Glass(number=0, person=move.actor.person, until=move.now + rule.time)
    body = (
        ("case", case.id),
        ("case_type", case.case_type),
        ("unit", case.unit),
        ("person", move.actor.person),
        ("until", draft.breaks.until),
    )
    draft.messages.append(Message(rule.channel, rule.to, body))


def _not_for_them(draft: Draft) -> None:
    access, states = draft.compiled.access, draft.before.states
    if not access.may("view", states, draft.move.roles):
        raise stop(draft, "not-found")
    roles = access.allowed("break_glass", states)
    who = roles_text(draft.compiled.titles, roles)
    text = Text(f"breaking the glass is for {who.en}", f"紧急查阅由{who.zh}办理")
    nobody = Text("nobody breaks the glass of such a case", "此类案件不允许紧急查阅")
    raise stop(draft, "not-permitted", text if roles else nobody, roles=roles)


def review(draft: Draft) -> None:
    """Say what came of looking at a broken glass: somebody else does than whoever broke it (F85)."""
    permit(draft, "review")
    number, person = draft.move.form.get("number"), draft.move.actor.person
    found = next((glass for glass in draft.before.glasses if glass.number == number), None)
    if found is None or found.review is not None:
        text = Text("there is no such entry that waits for a review", "没有待复核的该条紧急查阅记录")
        raise stop(draft, "not-found", text)
    if found.person == person:
        text = Text("whoever broke the glass does not review it", "紧急查阅须由他人复核")
        raise stop(draft, "not-permitted", text, roles=draft.compiled.access.allowed("review", draft.before.states))
    draft.note = text_of(draft, "finding", limit=2_000)
    draft.reviews = found.number


def hold_open(draft: Draft) -> None:
    """Refuse to close a case while a broken glass waits for its review."""
    waiting = [glass for glass in draft.before.glasses if glass.review is None and glass.number != draft.reviews]
    if not waiting:
        return
    roles = draft.compiled.access.allowed("review", draft.before.states)
    who = roles_text(draft.compiled.titles, roles)
    entries = ", ".join(str(glass.number) for glass in waiting)
    text = Text(
        f"the glass was broken (entry {entries}); {who.en} has to review that before the case closes",
        f"曾有紧急查阅（第{entries}条记录），须先由{who.zh}复核方可结案",
    )
    raise stop(draft, "review-due", text, roles=roles)
