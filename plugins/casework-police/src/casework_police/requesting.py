"""Asking the police: the request, their answer, and the end of it with the case."""

from __future__ import annotations

from casework import Field, Given, Open, Set, Text, Transition, keep, slot
from casework_police.bases import SHARING, WITHOUT_PAPER, consented_on_paper, sharing
from casework_police.evidence import EVIDENCE, LINK
from casework_police.fields import cleared, reason
from casework_police.kinds import KIND
from casework_police.roles import ASKING

_ASKERS = ("asker", "tracer")
_UNCONFIRMED = (
    "not_asked",
    "requested",
    "acknowledged",
    "searching",
    "candidate",
    "suggested",
    "to_confirm",
    "outdated",
    "not_found",
    "refused",
    "withdrawn",
)
_RUNNING = (*_UNCONFIRMED, "confirmed")
UNLINKED = cleared(*LINK, *EVIDENCE, "stood", "confirmed_case")

ENDING = (
    Transition(
        "end",
        _UNCONFIRMED,
        "closed",
        automatic=True,
        condition=slot("over"),
        # A candidate whom nobody confirmed is none; the log keeps that there was one.
        effects=UNLINKED,
        title=Text("the case is over", "案件办结"),
    ),
    Transition(
        "end_confirmed",
        "confirmed",
        "closed",
        automatic=True,
        condition=slot("over") & slot("identified"),
        title=Text("the case is over", "案件办结"),
    ),
)

REQUESTING = (
    Transition(
        "request",
        ("not_asked", "not_found", "refused", "withdrawn", "closed"),
        "requested",
        roles=_ASKERS,
        form=sharing(ASKING),
        condition=~slot("over") & consented_on_paper,
        effects=[keep(*SHARING), cleared("police_reference", "declined_because"), UNLINKED],
        title=Text("ask the police", "提请公安协查"),
        because=WITHOUT_PAPER,
    ),
    Transition(
        "acknowledge",
        "requested",
        "acknowledged",
        roles="officer",
        form=[
            Field(
                "police_reference", required=True, title=Text("number with the police", "公安受理编号"), max_length=60
            )
        ],
        effects=keep("police_reference"),
        title=Text("take the request on", "受理协查"),
    ),
    Transition("search", "acknowledged", "searching", roles="officer", title=Text("begin to search", "开展查找")),
    Transition(
        "refuse",
        phase="asked",
        target="refused",
        roles="officer",
        form=reason(ASKING),
        effects=[Set("declined_because", Given("reason"))],
        title=Text("decline the request", "不予受理"),
    ),
    Transition(
        "find_nobody",
        ("acknowledged", "searching"),
        "not_found",
        roles="officer",
        form=reason(ASKING),
        title=Text("answer that nobody was found", "答复查无结果"),
    ),
    Transition(
        "withdraw",
        phase="asked",
        target="withdrawn",
        roles=_ASKERS,
        form=reason(ASKING),
        title=Text("withdraw the request", "撤回协查"),
    ),
    Transition(
        "prepare_request",
        _RUNNING,
        roles=_ASKERS,
        form=[KIND, *sharing(ASKING)],
        condition=consented_on_paper,
        effects=Open(
            "police_request",
            {name: Given(name) for name in ("kind", *SHARING)},
            subjects={"person": "person"},
        ),
        title=Text("prepare an enquiry, a notice or a DNA request", "办理身份核查、公告或DNA采集申请"),
        because=WITHOUT_PAPER,
    ),
)
