"""The police bound to rescue cases: who asks and answers, who goes home, how a hand-over becomes a case."""

from __future__ import annotations

from casework import Attachment, Require, Text, attach, balance, field, hookimpl, state
from casework_police.intake import intake
from casework_police.police import police

__all__ = ["casework_attachments", "casework_requirements"]

ENDINGS = ("reunited", "transferred", "left", "refused", "settled", "died", "lost_contact")

on_rescue = attach(
    police,
    "rescue",
    person="person",
    asker=("caseworker", "owner", "director"),
    # Those who read identities in a rescue case anyway.
    tracer=("tracer", "owner", "director"),
    officer="police_officer",
    identified=state("tracing") == "confirmed",
    over=state("rescue").in_(*ENDINGS),
)

on_handover = attach(
    intake,
    "police_handover",
    brought_by="referred_by",
    found_at="found_at",
    found_by="brought_by",
    alias="alias",
    sex="sex",
    age="age",
    can_state_identity="can_state_identity",
    apparent_condition="apparent_condition",
    received=state("police_handover") == "received",
    given_up=state("police_handover").in_("not_received", "withdrawn"),
)

reunion = Require(
    "rescue.reunite",
    state("police").in_("not_asked", "not_found", "confirmed", "refused", "withdrawn", "closed"),
    because=Text(
        "the police have answered or the request is withdrawn, and no candidate waits to be judged",
        "公安协查须已答复或撤回，且没有待核实的疑似对象",
    ),
)


# Who goes on to another station has to be able to go home from there, and its people do not see what this one began.
# An ending that merely records what has happened, as a death or a departure, is held up by nothing.
_GOING_ON = ("rescue.reunite", "rescue.transfer")
taken_down = tuple(
    Require(
        trigger,
        balance("notices_up") < 1,
        because=Text("no notice about the person is up any more", "须先撤下有关该人员的公告"),
    )
    for trigger in _GOING_ON
)
ended = tuple(
    Require(
        trigger,
        balance("requests_open") < 1,
        because=Text(
            "every request to the police about the person is answered or withdrawn",
            "有关该人员的公安协查申请须全部办结或撤回",
        ),
    )
    for trigger in _GOING_ON
)

# While the police part runs it follows a revocation by itself; in a case that was reopened it has ended.
revocation = Require(
    "rescue.revoke_identity",
    ~(state("police") == "closed") | ~field("police.confirmed_case").known,
    because=Text("the link that the police part left is undone first", "须先撤销公安协查已核实的对应关系"),
)


@hookimpl
def casework_attachments() -> list[Attachment]:
    """The police workflow on rescue cases; intake on hand-overs."""
    return [on_rescue, on_handover]


@hookimpl
def casework_requirements() -> list[Require]:
    """Nobody goes home while the police still search, or a candidate waits, a notice is up or a request open."""
    return [reunion, *taken_down, *ended, revocation]
