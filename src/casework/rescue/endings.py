"""How a rescue case ends, each ending with its paper; and how an ended one is taken up again."""

from __future__ import annotations

from casework import Given, Held, Open, Set, Text, Transition, field, keep, overdue
from casework.rescue import forms
from casework.rescue.roles import DESK, DIRECTOR
from casework.rescue.states import SIGNATURES, UNTRACED, no, not_in_hospital, nothing_to_report, yes

_HANDED_ON = ("found_at", "found_by", "alias", "sex", "age", "apparent_condition")

HANDING_OVER = (
    Transition(
        "sign_handover",
        ("assessed", "identity_traced"),
        roles=DESK,
        form=forms.Sign,
        # A new signature starts a new hand-over: whoever received the last one has not received this one.
        effects=[keep("handed_over_by"), Set("received_by", None), Set("receiver_is", None)],
        title=Text("sign the hand-over", "移交人签字"),
    ),
    Transition(
        "countersign_handover",
        ("assessed", "identity_traced"),
        roles=(*DESK, "tracer"),
        form=forms.Countersign,
        condition=field("handed_over_by").known,
        four_eyes="sign_handover",
        effects=keep("received_by", "receiver_is"),
        title=Text("record the receiver's signature", "登记接收人签字"),
        because=Text("somebody else records that the person was received", "交接须由另一名工作人员核对登记"),
    ),
    Transition(
        "reunite",
        "identity_traced",
        "reunited",
        roles=DESK,
        condition=yes("fit_to_travel")
        & not_in_hospital
        & field("handed_over_by").known
        & field("received_by").known
        & nothing_to_report,
        title=Text("reunite with family or home", "护送返乡团聚"),
        because=Text(
            "only who is fit to travel goes home, both sides sign, and what is suspected was told to the police",
            "身体状况适宜返乡、交接双方签字、应报案的已报案后方可返乡",
        ),
    ),
    Transition(
        "transfer",
        ("assessed", "identity_traced"),
        "transferred",
        roles=DESK,
        form=forms.Transfer,
        condition=not_in_hospital & field("handed_over_by").known & field("received_by").known,
        effects=[
            keep("to_unit"),
            Open(
                "rescue",
                # What this station found out is hearsay at the next one's door; that one judges for itself.
                {
                    "brought_by": "other_station",
                    "says_who_they_are": Held("can_state_identity"),
                    **{name: Held(name) for name in _HANDED_ON},
                },
                unit=Given("to_unit"),
            ),
        ],
        title=Text("transfer to another station", "转送其他救助站"),
        because=Text("a hand-over is signed by both sides", "转送须由交接双方签字"),
    ),
)

_ADULT_ALONE = no("minor") & no("needs_escort")

LEAVING = (
    Transition(
        "leave",
        phase="living",
        target="left",
        roles=DESK,
        form=forms.Leave,
        condition=_ADULT_ALONE,
        effects=[keep("statement_number"), Set("left_by", "statement")],
        title=Text("leave of their own will", "自愿离站"),
        because=Text(
            "minors and whoever needs an escort are collected or escorted",
            "未成年人和需要护送的人员应由他人接领或护送离站",
        ),
    ),
    Transition(
        "walk_out",
        phase="living",
        target="left",
        roles=DESK,
        form=forms.Closing,
        condition=_ADULT_ALONE,
        effects=[keep("closing_note"), Set("left_by", "walked_out")],
        title=Text("record that they walked out", "登记擅自离站"),
        because=Text(
            "a minor or somebody in need of an escort who is gone is missing, not gone of their own will",
            "未成年人和需要护送的人员擅自离站的，应按失去联系处理并查找",
        ),
    ),
    Transition(
        "lose_contact",
        phase="living",
        target="lost_contact",
        roles=DESK,
        form=forms.LoseContact,
        effects=keep("closing_note", "police_told"),
        title=Text("record that contact is lost", "登记失去联系"),
    ),
    Transition(
        "record_death",
        phase="living",
        target="died",
        roles=(*DESK, "nurse"),
        form=forms.Death,
        effects=keep("died_on", "death_certificate"),
        title=Text("record a death", "登记死亡"),
    ),
)

SETTLING = (
    Transition(
        "request_settlement",
        UNTRACED,
        roles=DESK,
        form=forms.Plan,
        condition=overdue("settlement"),
        effects=[keep("settlement_plan"), Set("settlement_approved", None)],
        title=Text("request settlement", "提出安置申请"),
        because=Text(
            "settlement is for those unidentified for more than three months",
            "滞留超过三个月仍未查明身份的方可申请安置",
        ),
    ),
    Transition(
        "approve_settlement",
        UNTRACED,
        roles=DIRECTOR,
        condition=field("settlement_plan").known,
        four_eyes="request_settlement",
        effects=Set("settlement_approved", True),
        title=Text("approve settlement", "批准安置"),
        because=Text("another person than the one who asked decides", "申请人不得审批本人提出的申请"),
    ),
    Transition(
        "settle",
        UNTRACED,
        "settled",
        roles=DESK,
        form=forms.Settled,
        condition=yes("settlement_approved"),
        four_eyes="approve_settlement",
        effects=keep("settled_at"),
        title=Text("settle", "落户安置"),
        because=Text(
            "what was approved is carried out by another person than the one who approved it",
            "安置须经批准，且不得由审批人本人办理",
        ),
    ),
)

REOPENING = (
    Transition(
        "reopen",
        ("left", "lost_contact", "reunited"),
        "assessed",
        roles=DIRECTOR,
        form=forms.Reason,
        # The papers of the last ending do not serve for the next one.
        effects=[Set(name, None) for name in (*SIGNATURES, "fit_to_travel", "left_by", "statement_number")],
        title=Text("reopen", "重新受理"),
    ),
)
