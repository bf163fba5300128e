"""The referral to a partner ward, as a workflow to attach: asked, answered, admitted, visited, discharged.

It owns the bed and the visits and nothing else. That somebody is in hospital at all is the host's to say
(slot ``in_care``): the person is brought there first, then the ward takes them in; the ward discharges
first, then the host does. Neither can contradict the other, for an invariant ties them together.
"""

from __future__ import annotations

from collections.abc import Iterable

from casework import (
    Choice,
    Deadline,
    Given,
    Now,
    Post,
    Run,
    Set,
    Settle,
    Slot,
    State,
    Text,
    Transition,
    Void,
    Workflow,
    days,
    given,
    hours,
    keep,
    slot,
)
from casework_hospital import forms
from casework_hospital.fields import LEFT_BEHIND, NURSE, referral_fields
from casework_hospital.outfit import OUTFIT, STAY, UNANSWERED
from casework_hospital.visits import VISITING
from casework_hospital.wards import WARDS, Wards, as_wards

_WARD = (NURSE,)
_WARD_OR_DESK = (NURSE, "desk")

_VIEW = {"view": _WARD}
_VIEW_AND_NOTE = {"view": _WARD, "note": _WARD}

_RESTING = ("not_requested", "rejected", "withdrawn", "discharged", "ended")

_STATES = (
    State("not_requested", title=Text("no referral", "未转诊"), final=True),
    State("requested", title=Text("requested", "已申请转诊"), grants=_VIEW),
    State("received", title=Text("received by the ward", "病区已收到"), grants=_VIEW_AND_NOTE),
    State("accepted", title=Text("accepted, bed reserved", "已接收并预留床位"), grants=_VIEW_AND_NOTE),
    State("rejected", title=Text("rejected by the ward", "病区已退回"), final=True),
    State("admitted", title=Text("in the ward", "在病区住院"), grants=_VIEW_AND_NOTE),
    State("discharge_planned", title=Text("discharge planned", "拟出院"), grants=_VIEW_AND_NOTE),
    State("discharged", title=Text("discharged from the ward", "已从病区出院"), final=True),
    State("withdrawn", title=Text("withdrawn", "已撤回"), final=True),
    State("ended", title=Text("ended with the case", "随案件结束"), final=True),
)

_NO_BED = Set("bed", None)
_FREE_BED = (Post("ward_taken", "ward_beds"), _NO_BED)
_GIVE_UP_BED = (Void("bed"), _NO_BED)


def _end(source: tuple[str, ...], target: str, effects: tuple[Post | Set | Void, ...], en: str, zh: str) -> Transition:
    return Transition(
        "end",
        source,
        target,
        automatic=True,
        condition=slot("closed"),
        effects=effects,
        title=Text(en, zh),
    )


_ENDING = (
    _end(UNANSWERED, "withdrawn", (), "the case has closed", "结案后撤回转诊"),
    _end(("accepted",), "withdrawn", _GIVE_UP_BED, "the case has closed; the bed is free", "结案后撤回转诊并释放床位"),
    _end(STAY, "ended", _FREE_BED, "the case has closed; the bed is free", "结案后转诊结束并释放床位"),
)


def _request(wards: Wards) -> Transition:
    return Transition(
        "request",
        _RESTING,
        "requested",
        roles="desk",
        form=forms.request_form(wards),
        condition=~slot("closed"),
        effects=[
            *(Set(name, None) for name in LEFT_BEHIND),
            keep("ward", "priority", "diagnosis"),
            Set("requested_at", Now()),
            Run("referral.number"),
        ],
        title=Text("ask a ward for a bed", "向病区申请转诊"),
        because=Text("the case has to be open", "案件须在办理中"),
    )


# Entered by hand, an answer clears them: whether a message that says otherwise is newer, nobody can tell.
_TOLD = (Set("answer_source", Given("told_by")), Set("answer_version", Given("told_version")))

_ANSWERING = (
    Transition(
        "receive",
        "requested",
        "received",
        roles=_WARD,
        form=forms.Told,
        effects=_TOLD,
        title=Text("confirm receipt", "确认收到"),
    ),
    Transition(
        "accept",
        UNANSWERED,
        "accepted",
        roles=_WARD,
        form=forms.Told,
        effects=[Post("ward_beds", "ward_taken", hold="bed"), Set("bed", "reserved"), *_TOLD],
        title=Text("accept and reserve a bed", "接收并预留床位"),
    ),
    Transition(
        "accept",
        "accepted",
        # It stays where it is: that a newer message says the same is kept, so that older ones come too late.
        roles=_WARD,
        form=forms.Told,
        condition=given("told_by").known & given("told_version").known,
        effects=_TOLD,
        title=Text("accepted, a newer message says again", "新消息再次确认接收"),
        because=Text("a bed is kept already", "已预留床位"),
    ),
    Transition(
        "reject",
        UNANSWERED,
        "rejected",
        roles=_WARD,
        form=forms.Reject,
        effects=[keep("rejection", "rejection_note"), *_TOLD],
        title=Text("reject with a reason", "退回并说明原因"),
    ),
    Transition(
        "reject",
        "accepted",
        "rejected",
        roles=_WARD,
        form=forms.Reject,
        effects=[keep("rejection", "rejection_note"), *_TOLD, *_GIVE_UP_BED],
        title=Text("take the acceptance back with a reason", "撤销接收并说明原因"),
    ),
    Transition(
        "withdraw",
        UNANSWERED,
        "withdrawn",
        roles="desk",
        form=forms.Withdraw,
        effects=keep("withdrawn_because"),
        title=Text("withdraw the request", "撤回转诊"),
    ),
    Transition(
        "withdraw",
        "accepted",
        "withdrawn",
        roles="desk",
        form=forms.Withdraw,
        effects=[keep("withdrawn_because"), *_GIVE_UP_BED],
        title=Text("withdraw the request; the bed is free", "撤回转诊并释放床位"),
    ),
)

_PLAN = (keep("planned_for", "needs", "medication"), Run("referral.plan_told"))

_STAYING = (
    Transition(
        "admit",
        "accepted",
        "admitted",
        roles=_WARD_OR_DESK,
        form=forms.Admit,
        condition=slot("in_care"),
        guards="referral.stay_began",
        effects=[Settle("bed"), Set("bed", "occupied"), Run("referral.begin_stay")],
        title=Text("take into the ward", "收入病区"),
        because=Text("the person is brought to hospital first", "须先办理送医住院"),
    ),
    Transition(
        "plan_discharge",
        "admitted",
        "discharge_planned",
        roles=_WARD,
        form=forms.Plan,
        effects=_PLAN,
        title=Text("plan the discharge", "制定出院计划"),
    ),
    Transition(
        "plan_discharge",
        "discharge_planned",
        # It stays where it is, for entering anew would begin the week of visits again.
        roles=_WARD,
        form=forms.Plan,
        effects=_PLAN,
        title=Text("change the plan", "调整出院计划"),
    ),
    Transition(
        "cancel_plan",
        "discharge_planned",
        "admitted",
        roles=_WARD,
        effects=[Set(name, None) for name in ("planned_for", "needs", "medication")],
        title=Text("the person stays after all", "取消出院计划"),
    ),
    Transition(
        "discharge",
        STAY,
        "discharged",
        roles=_WARD,
        form=forms.Discharge,
        guards="referral.stay_ended",
        effects=[keep("certificate", "disposition"), Run("referral.end_stay"), *_FREE_BED],
        title=Text("discharge with a certificate", "出院并开具证明"),
    ),
)

# The ward's answer within a day, a reserved bed used within three: practice of the partners, not law.
_DEADLINES = (
    Deadline("answer", UNANSWERED, hours(24), title=Text("the ward's answer", "病区答复期限")),
    Deadline("reservation", "accepted", days(3), title=Text("a reserved bed is used", "预留床位使用期限")),
    Deadline("visit_soon", STAY, days(5), title=Text("the week's visit is near", "本周探视将到期")),
    Deadline("visit", STAY, days(7), trigger="miss_visit", title=Text("weekly visit in the ward", "每周到病区探视")),
)

_SLOTS = (
    Slot("patient", "subject", title=Text("who is referred", "转诊对象")),
    Slot("desk", "role", title=Text("asks and withdraws", "申请与撤回")),
    Slot("visitor", "role", title=Text("visits in the ward", "到病区探视")),
    Slot("carer", "role", title=Text("reads of health on the host's side", "可阅健康信息的本方人员")),
    Slot("clue", "field", "text", title=Text("takes what the ward hears", "接收病区所获线索的字段")),
    Slot("in_care", title=Text("the host counts the person as in hospital", "本案件为住院状态")),
    Slot("closed", title=Text("the case is over", "案件已结")),
)


def referral_workflow(wards: Iterable[str | Choice] = WARDS) -> Workflow:
    """The referral to one of *wards*; attach it as ``referral`` with every slot bound."""
    known = as_wards(wards)
    return Workflow(
        "referral",
        initial="not_requested",
        title=Text("referral to a ward", "病区转诊"),
        states=_STATES,
        transitions=(*_ENDING, _request(known), *_ANSWERING, *_STAYING, *VISITING),
        deadlines=_DEADLINES,
        fields=referral_fields(known),
        slots=_SLOTS,
        outfit=OUTFIT,
    )


referral = referral_workflow()
