"""The rescue case type: its chain, what each desk has before it, and what must always hold."""

from __future__ import annotations

from casework import CaseType, Condition, Invariant, Text, Worklist, field, optional, overdue, state
from casework.rescue import accounts
from casework.rescue.care import care
from casework.rescue.data import Rescue
from casework.rescue.main import main
from casework.rescue.roles import DIRECTOR, EVERYWHERE, READERS, ROLES
from casework.rescue.rules import RULES
from casework.rescue.states import closed, in_hospital, not_in_hospital, traced
from casework.rescue.tracing import tracing

_DESK = ("caseworker", "director")


def _implies(if_: Condition, then: Condition) -> Condition:
    return ~if_ | then


_INVARIANTS = (
    Invariant(
        "in_hospital",
        _implies(state("rescue") == "hospitalized", in_hospital),
        because=Text("only who is admitted counts as in hospital", "主流程为住院救治时，照料流程必为住院治疗"),
    ),
    Invariant(
        "not_in_hospital",
        _implies(state("rescue") == "assessed", not_in_hospital),
        because=Text("who is admitted does not count as merely assessed", "已甄别状态下不应仍在住院"),
    ),
    Invariant(
        "traced",
        _implies(state("rescue").in_("identity_traced", "reunited"), traced),
        because=Text("nobody goes home under an unconfirmed identity", "身份未确认的，不得视为已查明或已团聚"),
    ),
    Invariant(
        "unidentified_settled",
        _implies(state("rescue") == "settled", ~traced),
        because=Text("whoever is identified goes home instead", "身份已确认的应返乡，不作安置"),
    ),
    Invariant(
        "sheltered_has_room",
        _implies(state("care") == "sheltered", field("room").known),
        because=Text("rooms are by sex, so a lodged person has a room", "按性别分区住宿，在站住宿必有分区"),
    ),
    Invariant(
        "closed_is_over",
        _implies(closed, (state("care") == "gone") & state("tracing").in_("confirmed", "not_needed", "stopped")),
        because=Text("a closed case holds no bed and searches no more", "结案后不再占用床位、不再寻亲"),
    ),
)

_DESK_LISTS = (
    Worklist("to_assess", "found", roles=_DESK, title=Text("to assess", "待甄别")),
    Worklist("to_lodge", ("checked", "discharged"), workflow="care", roles=_DESK, title=Text("to lodge", "待安置住宿")),
    Worklist(
        "beds_tonight",
        "sheltered",
        workflow="care",
        roles=(*_DESK, "nurse"),
        title=Text("beds tonight", "今晚在站住宿"),
    ),
    Worklist("to_hand_over", "identity_traced", roles=_DESK, title=Text("to bring home", "待护送返乡")),
    Worklist(
        "overdue_stays",
        ("awaiting", "checked", "sheltered", "discharged"),
        workflow="care",
        condition=overdue("stay") & ~field("extension_reason").known,
        roles=_DESK,
        title=Text("in the station for more than ten days", "在站超过十日"),
    ),
    Worklist(
        "settlements_due",
        ("assessed", "hospitalized"),
        condition=overdue("settlement") & ~field("settlement_plan").known,
        roles=_DESK,
        title=Text("settlement to be requested", "应提出安置申请"),
    ),
    Worklist(
        "settlements_to_approve",
        ("assessed", "hospitalized"),
        condition=field("settlement_plan").known & ~field("settlement_approved").known,
        roles=DIRECTOR,
        title=Text("settlement to be approved", "待审批安置申请"),
    ),
)

_CARE_LISTS = (
    Worklist(
        "awaiting_check",
        "awaiting",
        workflow="care",
        roles=("nurse", "caseworker"),
        title=Text("awaiting the arrival check", "待入站检查"),
    ),
    Worklist(
        "in_hospital", "admitted", workflow="care", roles=(*_DESK, "nurse"), title=Text("in hospital", "在院人员")
    ),
    Worklist(
        "visits_due",
        "admitted",
        workflow="care",
        # Who lies in a ward that the plugin for referrals looks after is on the list that it brings along.
        condition=overdue("hospital_visit")
        & optional("referral", ~state("referral").in_("admitted", "discharge_planned")),
        roles=(*_DESK, "tracer"),
        title=Text("hospital visits due", "应到院探视"),
    ),
)

_TRACING_LISTS = (
    Worklist(
        "notices_due",
        ("unidentified", "quick_check"),
        workflow="tracing",
        roles="tracer",
        title=Text("notices to publish", "待发布寻亲公告"),
    ),
    Worklist(
        "notices_overdue",
        ("unidentified", "quick_check"),
        workflow="tracing",
        condition=overdue("notice"),
        roles=("tracer", "director"),
        title=Text("notices overdue", "寻亲公告逾期"),
    ),
    Worklist(
        "dna_due",
        ("quick_check", "notice_published"),
        workflow="tracing",
        roles="tracer",
        title=Text("DNA sampling to request", "待提请采集DNA"),
    ),
    Worklist(
        "candidates",
        "candidate",
        workflow="tracing",
        roles=("tracer", "director"),
        title=Text("candidates to confirm", "疑似身份待确认"),
    ),
)

rescue = RULES.applied_to(
    CaseType(
        "rescue",
        title=Text("rescue case", "救助案件"),
        chain=(main, care, tracing),
        data=Rescue,
        subjects="person",
        roles=ROLES,
        opens=("caseworker", "director", "nurse"),
        grants=EVERYWHERE,
        readers=READERS,
        worklists=(*_DESK_LISTS, *_CARE_LISTS, *_TRACING_LISTS),
        accounts=(*accounts.BEDS, *accounts.SERVICES),
        invariants=_INVARIANTS,
    )
)
