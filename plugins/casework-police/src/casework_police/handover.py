"""The case type of a referral in: police or city management hand somebody over, and the station signs for it.

Officers on duty tell people of the station, and escort whoever cannot get there alone (article 5 of decree
no. 381 of the State Council); the form is annex 1 of 民发〔2015〕158号.
"""

from __future__ import annotations

import attrs

from casework import (
    Assign,
    CaseType,
    Condition,
    Deadline,
    Given,
    Invariant,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    actor,
    fact,
    field,
    given,
    hours,
    keep,
    overdue,
    state,
)
from casework_police.fields import cleared, reason
from casework_police.handover_data import Handover
from casework_police.roles import BRINGING, CITY, DIRECTOR, OFFICER, OPENER, SIGNATORY, STAFF, STAFF_ROLES

_STATION = ("caseworker", "director")
_READING = (*BRINGING, *STAFF)
_NO_GOODS, _YES = False, True
# A hand-over has one hand on each side. Who filled in or signed, ever, stays on the side of those who bring; a form
# that was signed is signed again by the same person, and another one fills in a form of their own.
_WRITING = ("opener", "signatory")
_RECEIVING = ~actor.has_role("opener") & ~actor.has_role("signatory")
_YET_SIGNED = field("signed_before").known
_GOODS_LISTED = (field("dangerous_goods") == _NO_GOODS) | field("dangerous_list").known


@attrs.frozen(kw_only=True)
class Signature:
    """The signature of whoever hands the person over."""

    signed_by: str = fact(en="signed by", zh="移交人签字", field_class="personal", max_length=60)


@attrs.frozen(kw_only=True)
class Receipt:
    """The signature of whoever receives the person, with what was checked."""

    countersigned_by: str = fact(en="countersigned by", zh="接收人签字", field_class="personal", max_length=60)
    belongings_agree: bool = fact(en="the belongings agree with the list", zh="随身物品与清单一致")
    goods_kept_by: str | None = fact(
        default=None, en="dangerous goods kept by", zh="危险物品处置", field_class="personal", max_length=100
    )


_STATES = (
    # Nobody is ever found in it: it is left at once, and leaving it says who filled the form in.
    State("begun", title=Text("begun", "新建")),
    State(
        "drafted",
        title=Text("being filled in", "填写中"),
        grants={"view": BRINGING, "edit": _WRITING, "note": _READING, "adopt": DIRECTOR},
    ),
    State(
        "signed",
        title=Text("signed, to be received", "已签字，待接收"),
        grants={"view": BRINGING, "note": _READING, "correct": DIRECTOR, "adopt": DIRECTOR},
    ),
    State("received", title=Text("received", "已接收"), final=True, grants={"note": DIRECTOR}),
    State("not_received", title=Text("not received", "未接收"), final=True, grants={"note": DIRECTOR}),
    State("withdrawn", title=Text("withdrawn", "已撤回"), final=True),
)


def _sign(condition: Condition, *first: Assign | Set) -> Transition:
    return Transition(
        "sign",
        "drafted",
        "signed",
        roles=BRINGING,
        form=Signature,
        condition=_GOODS_LISTED & condition,
        effects=[keep("signed_by"), *first],
        title=Text("sign the hand-over", "移交人签字"),
        because=Text(
            "dangerous goods are listed, and a form that was signed before is signed again by the same person",
            "携带危险物品的须列明清单；撤回签字后须由原签字人重新签字",
        ),
    )


_TRANSITIONS = (
    Transition(
        "begin",
        "begun",
        "drafted",
        automatic=True,
        effects=Assign("opener"),
        title=Text("somebody fills the form in", "登记填表人"),
    ),
    _sign(~_YET_SIGNED, Assign("signatory"), Set("signed_before", True)),
    _sign(_YET_SIGNED & actor.has_role("signatory")),
    Transition(
        "take_back",
        "signed",
        "drafted",
        roles=BRINGING,
        form=reason(),
        # What is filled in anew is signed anew.
        effects=cleared("signed_by"),
        title=Text("take the signature back", "撤回签字"),
    ),
    Transition(
        "countersign",
        "signed",
        "received",
        roles=_STATION,
        form=Receipt,
        condition=(given("belongings_agree") == _YES)
        & ((field("dangerous_goods") == _NO_GOODS) | given("goods_kept_by").known)
        & _RECEIVING,
        four_eyes="sign",
        effects=keep("countersigned_by", "goods_kept_by"),
        title=Text("receive the person and countersign", "接收并签字"),
        because=Text(
            "the belongings agree, dangerous goods stay outside, and who filled in or signed the form does not receive",
            "随身物品须核对一致，危险物品不得带入，填表人和移交签字人不得办理接收",
        ),
    ),
    Transition(
        "decline",
        "signed",
        "not_received",
        roles=_STATION,
        form=reason(),
        condition=_RECEIVING,
        four_eyes="sign",
        effects=Set("not_received_because", Given("reason")),
        title=Text("decline to receive", "不予接收"),
        because=Text("somebody else than who filled in or signed declines", "须由填表人和移交签字人以外的人员决定"),
    ),
    Transition(
        "withdraw",
        ("drafted", "signed"),
        "withdrawn",
        roles=BRINGING,
        form=reason(),
        effects=cleared("signed_by"),
        title=Text("withdraw the hand-over", "撤回移交"),
    ),
)

_MAIN = state("police_handover")

police_handover = CaseType(
    "police_handover",
    title=Text("hand-over to the station", "护送交接"),
    chain=(
        Workflow(
            "police_handover",
            initial="begun",
            title=Text("hand-over", "护送交接"),
            states=_STATES,
            transitions=_TRANSITIONS,
            # No rule names a period: a person who was brought waits in the hall, not in a list.
            deadlines=(
                Deadline("receipt", "signed", hours(1), title=Text("received within an hour", "一小时内办理接收")),
                Deadline("signature", "drafted", hours(12), title=Text("signed within the shift", "当班内签字")),
            ),
        ),
    ),
    data=Handover,
    roles=(*STAFF_ROLES, OFFICER, CITY, OPENER, SIGNATORY),
    opens=BRINGING,
    # Who brought the person sees the form until the station has signed it; their own copy is on paper.
    grants={"view": (*STAFF, "auditor"), "import": DIRECTOR, "audit": "auditor"},
    readers={
        "personal": _READING,
        "identity": _READING,
        "whereabouts": _READING,
        "health": (*BRINGING, "caseworker", "director"),
    },
    worklists=(
        Worklist("arrivals", "signed", roles=_STATION, title=Text("brought, to be received", "待接收的护送人员")),
        Worklist(
            "arrivals_late",
            "signed",
            condition=overdue("receipt"),
            roles=_STATION,
            title=Text("brought an hour ago, not yet received", "逾一小时未接收的护送人员"),
        ),
        Worklist(
            "handovers_unsigned",
            "drafted",
            condition=overdue("signature"),
            roles=(*BRINGING, *_STATION),
            title=Text("forms that nobody signed", "逾期未签字的交接表"),
        ),
        Worklist("handovers_to_sign", "drafted", roles=BRINGING, title=Text("to sign", "待签字的交接表")),
    ),
    invariants=(
        Invariant(
            "received_is_signed_twice",
            ~(_MAIN == "received") | (field("signed_by").known & field("countersigned_by").known),
            because=Text("nobody is handed over on one signature", "交接须双方签字"),
        ),
    ),
)
