"""What the referral brings along to its host: a role, two accounts, worklists, and what must always hold."""

from __future__ import annotations

from casework import Condition, Invariant, Outfit, Role, Text, Worklist, field, overdue, slot, state
from casework_hospital import accounts
from casework_hospital.fields import NURSE

STAY = ("admitted", "discharge_planned")
UNANSWERED = ("requested", "received")
UNDER_WAY = (*UNANSWERED, "accepted", *STAY)

_DESK = ("desk", "carer")
_referral = state("referral")


def _implies(if_: Condition, then: Condition) -> Condition:
    return ~if_ | then


def _bed(kind: str) -> Condition:
    """The bed is known to be of that kind; with no bed that is false, not unknown."""
    return field("bed").known & (field("bed") == kind)


nurse = Role(NURSE, title=Text("nurse of a partner ward", "合作病区护士"))

_INVARIANTS = (
    Invariant(
        "reserved",
        _implies(_referral == "accepted", _bed("reserved")) & _implies(_bed("reserved"), _referral == "accepted"),
        because=Text("a bed is reserved exactly while a referral is accepted", "转诊已接收时必有且仅有一张预留床位"),
    ),
    Invariant(
        "occupied",
        _implies(_referral.in_(*STAY), _bed("occupied")) & _implies(_bed("occupied"), _referral.in_(*STAY)),
        because=Text("a bed is occupied exactly while somebody is in the ward", "在病区住院时必有且仅有一张占用床位"),
    ),
    Invariant(
        "addressed",
        _implies(_referral.in_(*UNDER_WAY), field("ward").known),
        because=Text("a referral under way is addressed to a ward", "办理中的转诊必有对应病区"),
    ),
    Invariant(
        "in_care",
        _implies(_referral.in_(*STAY), slot("in_care")),
        because=Text("who is in a ward counts as in hospital", "在病区住院的，本案件亦须为住院状态"),
    ),
)

_MISSED = field("missed_in_a_row") >= 1

_WORKLISTS = (
    Worklist("to_answer", UNANSWERED, roles=NURSE, title=Text("referrals to answer", "待答复转诊")),
    Worklist(
        "unanswered",
        UNANSWERED,
        condition=overdue("answer"),
        roles=_DESK,
        title=Text("referrals without an answer", "逾期未答复转诊"),
    ),
    Worklist(
        "reserved", "accepted", roles=(NURSE, *_DESK), title=Text("beds reserved, not yet taken", "已预留未入住床位")
    ),
    Worklist(
        "reserved_too_long",
        "accepted",
        condition=overdue("reservation"),
        roles=(NURSE, *_DESK),
        title=Text("beds reserved for more than three days", "预留超过三日的床位"),
    ),
    Worklist("in_wards", STAY, roles=(NURSE, "visitor", *_DESK), title=Text("in the wards", "在病区住院人员")),
    Worklist(
        "visits_due",
        STAY,
        condition=overdue("visit_soon") | _MISSED,
        roles=("visitor", *_DESK),
        title=Text("ward visits due this week", "本周应到病区探视"),
    ),
    Worklist(
        "visits_missed",
        STAY,
        condition=_MISSED,
        roles=("visitor", *_DESK),
        title=Text("not visited for a week or more", "一周以上未探视"),
    ),
    Worklist(
        "discharges_planned",
        "discharge_planned",
        roles=(NURSE, "visitor", *_DESK),
        title=Text("discharges planned", "拟出院人员"),
    ),
)

OUTFIT = Outfit(roles=(nurse,), accounts=accounts.HELD, worklists=_WORKLISTS, invariants=_INVARIANTS)
