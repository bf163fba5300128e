"""The search for who somebody is, beside care: quick check, notice, DNA, candidate, confirmed."""

from __future__ import annotations

from casework import Condition, Deadline, Held, Now, Set, State, Text, Transition, Workflow, days, field, keep
from casework.rescue import forms
from casework.rescue.roles import DIRECTOR, SEARCH, SEARCH_AND_DESK
from casework.rescue.states import SIGNATURES, closed, living, yes

# Both sides sign for one person: with another name, or none any more, it is nobody's hand-over.
_UNSIGNED = tuple(Set(name, None) for name in SIGNATURES)

_SEARCHING = ("unidentified", "quick_check", "notice_published", "dna_requested", "dna_sampled")

_STATES = (
    State("unidentified", title=Text("unidentified", "身份不明"), phases="open"),
    State("quick_check", title=Text("quick check", "初步核查"), phases="open"),
    State("notice_published", title=Text("tracing notice published", "已发布寻亲公告"), phases="open"),
    State("dna_requested", title=Text("DNA sampling requested", "已提请采集DNA"), phases="open"),
    State("dna_sampled", title=Text("DNA sampled, comparison under way", "已采集DNA，比对中"), phases="open"),
    State("candidate", title=Text("candidate to confirm", "疑似身份待确认"), phases="open"),
    State("confirmed", title=Text("identity confirmed", "身份已确认"), final=True),
    State("not_needed", title=Text("tracing not needed", "无需寻亲"), final=True),
    State("stopped", title=Text("tracing stopped", "寻亲已停止"), final=True),
)

_ENDING = (
    Transition(
        "stop_tracing",
        phase="open",
        target="stopped",
        automatic=True,
        condition=closed,
        title=Text("the case has closed", "结案后停止寻亲"),
    ),
)

_CHECKING = (
    Transition(
        "quick_check",
        "unidentified",
        "quick_check",
        roles=SEARCH_AND_DESK,
        title=Text("check belongings, registers and faces", "开展初步核查"),
    ),
    Transition(
        "verify_identity",
        ("unidentified", "quick_check"),
        "confirmed",
        roles=SEARCH_AND_DESK,
        form=forms.Identity,
        condition=yes("can_state_identity"),
        effects=[keep("name", "home"), Set("identified_by", "stated"), *_UNSIGNED],
        title=Text("verify the identity stated", "核实本人陈述身份"),
        because=Text("the person can state who they are", "适用于能够说明身份的人员"),
    ),
    Transition(
        "waive_tracing",
        ("unidentified", "quick_check"),
        "not_needed",
        roles=SEARCH_AND_DESK,
        condition=yes("can_state_identity"),
        title=Text("tracing is not needed", "认定无需寻亲"),
        because=Text("whoever cannot state who they are is traced", "不能说明身份的人员应当开展寻亲"),
    ),
    Transition(
        "record_clue",
        phase="open",
        roles=SEARCH_AND_DESK,
        form=forms.Clue,
        effects=keep("clue"),
        title=Text("record a clue", "登记寻亲线索"),
    ),
)

_PUBLISHING = (
    Transition(
        "publish_notice",
        ("unidentified", "quick_check"),
        "notice_published",
        roles=SEARCH,
        form=forms.Notice,
        effects=[keep("notice_channel"), Set("notice_published_at", Now())],
        title=Text("publish a tracing notice", "发布寻亲公告"),
    ),
    Transition(
        "request_dna",
        ("quick_check", "notice_published"),
        "dna_requested",
        roles=SEARCH,
        form=forms.Dna,
        effects=[keep("dna_reference"), Set("dna_requested_at", Now())],
        title=Text("ask the police for DNA sampling", "提请公安机关采集DNA"),
    ),
    Transition(
        "record_dna_sample",
        "dna_requested",
        "dna_sampled",
        roles=SEARCH,
        form=forms.Sample,
        effects=[keep("dna_sample"), Set("dna_sampled_at", Now())],
        title=Text("record that the police took the sample", "登记公安机关已采集DNA"),
    ),
    Transition(
        "ask_for_comparison",
        "dna_sampled",
        # Back into the same state: the time until somebody asks again begins anew.
        "dna_sampled",
        roles=SEARCH,
        title=Text("ask how the comparison stands", "询问DNA比对进展"),
    ),
)


def _rejection(target: str, condition: Condition) -> Transition:
    """Back to where the search stood before the candidate turned up."""
    return Transition(
        "reject_candidate",
        "candidate",
        target,
        roles=(*SEARCH, "director"),
        form=forms.Reason,
        condition=condition,
        effects=[Set("candidate_name", None), Set("identified_by", None)],
        title=Text("reject the candidate", "排除疑似身份"),
    )


_JUDGING = (
    Transition(
        "propose_candidate",
        _SEARCHING,
        "candidate",
        roles=SEARCH_AND_DESK,
        form=forms.Candidate,
        effects=keep("candidate_name", "identified_by"),
        title=Text("propose who it may be", "提出疑似身份"),
    ),
    Transition(
        "confirm_candidate",
        "candidate",
        "confirmed",
        roles=(*SEARCH, "director"),
        form=forms.ConfirmCandidate,
        condition=field("candidate_name").known,
        four_eyes="propose_candidate",
        effects=[Set("name", Held("candidate_name")), keep("home"), *_UNSIGNED],
        title=Text("confirm the identity", "确认身份"),
        because=Text("somebody else than who proposed the candidate confirms it", "须由提出人以外的工作人员复核确认"),
    ),
    _rejection("dna_sampled", field("dna_sampled_at").known),
    _rejection("dna_requested", ~field("dna_sampled_at").known & field("dna_requested_at").known),
    _rejection("notice_published", ~field("dna_requested_at").known & field("notice_published_at").known),
    _rejection("unidentified", ~field("dna_requested_at").known & ~field("notice_published_at").known),
)

_RESUMING = (
    Transition(
        "revoke_identity",
        "confirmed",
        "unidentified",
        roles=DIRECTOR,
        form=forms.Reason,
        condition=living,
        effects=[Set(name, None) for name in ("name", "home", "candidate_name", "identified_by", *SIGNATURES)],
        title=Text("revoke a wrong identity", "撤销错误的身份认定"),
        because=Text("the case has to be reopened first", "须先重新受理"),
    ),
    Transition(
        "resume_tracing",
        ("stopped", "not_needed"),
        "unidentified",
        roles=SEARCH_AND_DESK,
        condition=living,
        title=Text("take up tracing again", "恢复寻亲"),
        because=Text("the case has to be reopened first", "须先重新受理"),
    ),
)

_DEADLINES = (
    Deadline(
        "notice",
        ("unidentified", "quick_check"),
        rule="rescue.notice",
        title=Text("tracing notice within 24 hours", "二十四小时内发布寻亲公告"),
    ),
    Deadline(
        "dna_request",
        ("unidentified", "quick_check", "notice_published"),
        rule="rescue.dna_request",
        title=Text("DNA request within seven working days", "七个工作日内提请采集DNA"),
    ),
    Deadline(
        "dna_sample",
        "dna_requested",
        rule="rescue.dna_sampled",
        title=Text("DNA sampled within a month", "一个月内采集DNA"),
    ),
    Deadline(
        "stranded",
        (*_SEARCHING, "candidate"),
        rule="rescue.stranded",
        title=Text("unidentified for ten days: stranded", "滞留满十日"),
    ),
    # The station's own practice: whoever was told of a name does not wait for weeks to hear whether it is theirs.
    Deadline("judging", "candidate", days(3), title=Text("judge the candidate in three days", "三日内核实疑似身份")),
    Deadline("comparison", "dna_sampled", days(30), title=Text("ask how DNA compares", "每月询问DNA比对进展")),
)

tracing = Workflow(
    "tracing",
    initial="unidentified",
    title=Text("tracing", "身份查询"),
    states=_STATES,
    transitions=(*_ENDING, *_CHECKING, *_PUBLISHING, *_JUDGING, *_RESUMING),
    deadlines=_DEADLINES,
)
