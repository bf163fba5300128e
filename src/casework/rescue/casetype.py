"""The rescue case type: its chain, what each desk has before it, and what must always hold."""

from __future__ import annotations

from casework import CaseType, Condition, Invariant, Retention, Text, Worklist, days, field, optional, overdue, state
from casework.rescue import accounts
from casework.rescue.care import care
from casework.rescue.data import Rescue
from casework.rescue.main import main
from casework.rescue.roles import DIRECTOR, EVERYWHERE, READERS, ROLES
from casework.rescue.rules import RULES
from casework.rescue.states import LIVING, closed, in_hospital, not_in_hospital, traced, yes
from casework.rescue.tracing import tracing

_DESK = ("caseworker", "director")

KEPT = Retention(after=days(3652))
"""Ten years, which is the house's own: no rule that was read names a term, and article 19 of the law on personal
information asks for the shortest that serves. A station whose archive says otherwise puts its own here."""


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
    Worklist(
        "assessments_overdue",
        "found",
        condition=overdue("assessment"),
        roles=_DESK,
        title=Text("not assessed for a day", "逾一日未甄别"),
    ),
    Worklist(
        "high_risk",
        LIVING,
        condition=field("risk") == "high",
        roles=(*_DESK, "nurse"),
        title=Text("high risk: look first", "高风险，优先处理"),
    ),
    Worklist(
        "to_report",
        LIVING,
        condition=yes("to_report"),
        roles=(*_DESK, "tracer"),
        title=Text("to be reported to the police", "应向公安机关报案"),
    ),
    Worklist(
        "returns_overdue",
        "identity_traced",
        condition=overdue("bring_home"),
        roles=_DESK,
        title=Text("identified for a week, and not home yet", "查明身份逾一周未返乡"),
    ),
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
        "checks_overdue",
        "awaiting",
        workflow="care",
        condition=overdue("arrival_check"),
        roles=("nurse", "caseworker"),
        title=Text("nobody has looked at them yet", "逾时未做入站检查"),
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

_UNIDENTIFIED = ("unidentified", "quick_check", "notice_published", "dna_requested", "dna_sampled", "candidate")
_DNA_LATE = Text("DNA request overdue", "提请采集DNA逾期")


def _late(name: str, where: str | tuple[str, ...], clock: str, title: Text) -> Worklist:
    return Worklist(
        name, where, workflow="tracing", condition=overdue(clock), roles=("tracer", "director"), title=title
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
    _late("dna_overdue", ("unidentified", "quick_check", "notice_published"), "dna_request", _DNA_LATE),
    _late("samples_overdue", "dna_requested", "dna_sample", Text("DNA not sampled in a month", "逾期未采集DNA")),
    _late("comparisons_due", "dna_sampled", "comparison", Text("ask how DNA compares", "应询问DNA比对进展")),
    _late("candidates_overdue", "candidate", "judging", Text("candidates that wait too long", "疑似身份逾期未核实")),
    _late("stranded", _UNIDENTIFIED, "stranded", Text("unidentified for more than ten days", "滞留逾十日人员")),
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
        retention=KEPT,
        roles=ROLES,
        opens=("caseworker", "director", "nurse"),
        grants=EVERYWHERE,
        readers=READERS,
        worklists=(*_DESK_LISTS, *_CARE_LISTS, *_TRACING_LISTS),
        accounts=(*accounts.BEDS, *accounts.SERVICES),
        invariants=_INVARIANTS,
    )
)
