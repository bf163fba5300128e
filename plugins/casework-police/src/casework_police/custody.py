"""A DNA sample from hand to hand: taken, sealed, offered and received, compared; a broken seal spoils it.

Police are asked for a sample within seven working days of arrival, and take it within a month of being asked,
free of charge (民发〔2015〕158号, part one, paragraph two). Seven plain days stand in for seven working days: they
warn early and never late. Each hop is two acts by two persons: one offers the sample, the other receives it; until
then it stays in the hands of whoever had it, so that somebody answers for it at every moment. In whose hands it is
is nobody's statement: it is the person who took or received it, whomever it was meant for.
"""

from __future__ import annotations

from casework import (
    Choice,
    Deadline,
    Doer,
    Field,
    Given,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    days,
    field,
    given,
    keep,
    state,
)
from casework_police.asking import closed
from casework_police.fields import cleared, reason
from casework_police.request_data import SAMPLES

IN_HANDS = ("taken", "sealed", "offered", "at_laboratory")
_TAKERS = ("police_officer",)
_CARRIERS = ("police_officer", "tracer", "director")
_HANDLERS = (*_CARRIERS, "laboratory")
_LABORATORY = {"view": "laboratory"}
_INTACT, _BROKEN = given("seal_intact").in_(True), given("seal_intact").in_(False)

_DESTINATIONS = (
    Choice("carrier", Text("to be carried on", "中转")),
    Choice("laboratory", Text("laboratory", "检验机构")),
)

_STATES = (
    State("not_needed", title=Text("no sample asked for", "无需采样")),
    State("to_request", title=Text("sampling to be asked for", "待提请采样")),
    State("awaited", title=Text("sampling asked for", "已提请采样")),
    State("taken", title=Text("sample taken", "已采样")),
    State("sealed", title=Text("sample sealed", "样本已封存")),
    State("offered", title=Text("sample being handed over", "样本交接中"), grants=_LABORATORY),
    State("at_laboratory", title=Text("at the laboratory", "样本已送检"), grants=_LABORATORY),
    State("compared", title=Text("compared", "已比对")),
    State("spoiled", title=Text("sample spoiled", "样本作废")),
    State("over", title=Text("over", "已结束"), final=True),
)

_FOLLOWING = (
    Transition(
        "end_sample",
        ("not_needed", "to_request", "awaited", "compared", "spoiled"),
        "over",
        automatic=True,
        condition=closed,
        title=Text("the request has ended", "协查已办结"),
    ),
    Transition(
        "need_sample",
        "not_needed",
        "to_request",
        automatic=True,
        condition=field("kind") == "dna_sample",
        title=Text("a sample is asked for", "需采集样本"),
    ),
    Transition(
        "await_sample",
        "to_request",
        "awaited",
        automatic=True,
        condition=state("police_request").in_("sent", "received"),
        title=Text("the request was sent", "申请已发送"),
    ),
)

_TAKING = (
    Transition(
        "take_sample",
        ("awaited", "spoiled"),
        "taken",
        roles=_TAKERS,
        form=[
            Field("sample", "choice", required=True, choices=SAMPLES, title=Text("sample", "样本类型")),
            Field("taken_at", required=True, title=Text("taken at", "采样地点"), max_length=100),
            Field("taken_by", required=True, title=Text("taken by", "采样人"), max_length=100),
            Field("witness", required=True, title=Text("witness of the sampling", "采样见证人"), max_length=100),
        ],
        condition=state("police_request") == "received",
        effects=[
            keep("sample", "taken_at", "taken_by", "witness"),
            Set("custodian", Doer()),
            cleared("seal_number", "offered_to"),
        ],
        title=Text("take the sample", "采集样本"),
        because=Text("the police sample after they have received the request", "公安机关接收申请后方可采样"),
    ),
    Transition(
        "seal",
        "taken",
        "sealed",
        roles=_TAKERS,
        form=[Field("seal_number", required=True, title=Text("number of the seal", "封签编号"), max_length=60)],
        effects=keep("seal_number"),
        title=Text("seal the sample", "封存样本"),
    ),
)

_RECEIPT = (
    Field("seal_intact", "boolean", required=True, title=Text("the seal is intact", "封签完好")),
    Field("destination", "choice", required=True, choices=_DESTINATIONS, title=Text("received at", "接收去向")),
)


def _receipt(target: str, destination: str) -> Transition:
    return Transition(
        "receive_sample",
        "offered",
        target,
        roles=_HANDLERS,
        form=_RECEIPT,
        condition=_INTACT & (given("destination") == destination),
        four_eyes="offer_sample",
        effects=[Set("custodian", Doer()), cleared("offered_to")],
        title=Text("receive the sample", "接收样本"),
        because=Text("giver and receiver are two persons", "交接双方不得为同一人"),
    )


_HANDING = (
    Transition(
        "offer_sample",
        "sealed",
        "offered",
        roles=_CARRIERS,
        form=[
            Field("offered_to", required=True, title=Text("to be received by", "拟交接收人"), max_length=100),
            Field("seal_intact", "boolean", required=True, title=Text("the seal is intact", "封签完好")),
        ],
        condition=_INTACT,
        effects=keep("offered_to"),
        title=Text("hand the sample over", "移交样本"),
        because=Text("a sample whose seal is broken goes no further", "封签破损的样本不得移交"),
    ),
    Transition(
        "take_back",
        "offered",
        "sealed",
        roles=_CARRIERS,
        form=reason(),
        effects=cleared("offered_to"),
        title=Text("take the sample back", "收回样本"),
    ),
    _receipt("sealed", "carrier"),
    _receipt("at_laboratory", "laboratory"),
    Transition(
        "receive_sample",
        "offered",
        "spoiled",
        roles=_HANDLERS,
        form=_RECEIPT,
        condition=_BROKEN,
        four_eyes="offer_sample",
        effects=cleared("custodian", "offered_to"),
        title=Text("receive the sample", "接收样本"),
        because=Text("giver and receiver are two persons", "交接双方不得为同一人"),
    ),
    Transition(
        "discard_sample",
        ("taken", "sealed", "at_laboratory"),
        "spoiled",
        roles=_HANDLERS,
        form=reason(),
        effects=cleared("custodian"),
        title=Text("declare the sample spoiled", "样本作废"),
    ),
    Transition(
        "compare",
        "at_laboratory",
        "compared",
        roles=(*_TAKERS, "laboratory"),
        form=[Field("report_number", required=True, title=Text("number of the report", "检验报告编号"), max_length=60)],
        effects=[Set("report_number", Given("report_number")), cleared("custodian")],
        title=Text("compare", "比对"),
    ),
)

custody = Workflow(
    "sample",
    initial="not_needed",
    title=Text("DNA sample", "DNA样本"),
    states=_STATES,
    transitions=(*_FOLLOWING, *_TAKING, *_HANDING),
    deadlines=(
        Deadline(
            "dna_request",
            "to_request",
            days(7),
            title=Text("asked for within seven days (2015 no. 158)", "七日内提请采集DNA（民发〔2015〕158号）"),
        ),
        Deadline(
            "dna_sampled",
            "awaited",
            days(30),
            title=Text("sampled within a month (2015 no. 158)", "一个月内完成采样（民发〔2015〕158号）"),
        ),
    ),
)
