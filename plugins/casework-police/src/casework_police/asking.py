"""The main workflow of a request to the police: prepared, sent, received, answered; or it ends without an answer."""

from __future__ import annotations

from casework import (
    Deadline,
    Field,
    Given,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    days,
    field,
    hours,
    keep,
    overdue,
    state,
)
from casework_police.bases import CONSENTS
from casework_police.fields import reason
from casework_police.request_data import RESULTS
from casework_police.roles import DIRECTOR, SEARCH, STAFF

OFFICER = ("police_officer",)
ENDINGS = ("answered", "refused", "withdrawn", "expired")
closed = state("police_request").in_(*ENDINGS)

_PREPARING = {"edit": STAFF, "note": STAFF, "assign": DIRECTOR, "correct": DIRECTOR, "adopt": DIRECTOR}
# The police see a request from when it is sent.
_SENT = {"view": OFFICER, "note": (*STAFF, *OFFICER), "correct": DIRECTOR, "adopt": DIRECTOR}
_CLOSED = {"note": DIRECTOR, "correct": DIRECTOR}

_NOTHING_PENDING = state("publication").in_("not_needed", "due", "down") & state("sample").in_(
    "not_needed", "to_request", "awaited", "compared", "spoiled"
)
_NOT_YET = Text(
    "a notice that is still up is taken down first, and a sample in somebody's hands is accounted for",
    "公告未撤下、样本未交代清楚的，不得办结",
)

_STATES = (
    State("prepared", title=Text("in preparation", "待发送"), phases="running", grants=_PREPARING),
    State("sent", title=Text("sent", "已发送"), phases=("running", "with_police"), grants=_SENT),
    State(
        "received",
        title=Text("received by the police", "公安机关已接收"),
        phases=("running", "with_police"),
        grants=_SENT,
    ),
    State("answered", title=Text("answered", "已答复"), final=True, grants=_CLOSED),
    State("refused", title=Text("declined", "不予受理"), final=True, grants=_CLOSED),
    State("withdrawn", title=Text("withdrawn", "已撤回"), final=True, grants=_CLOSED),
    State("expired", title=Text("given up without an answer", "逾期未答复"), final=True, grants=_CLOSED),
)

_BASED = ~field("basis").in_(*CONSENTS) | field("consent_paper").known

_SENDING = (
    Transition(
        "send",
        "prepared",
        "sent",
        roles=SEARCH,
        condition=_BASED,
        title=Text("send to the police", "发送公安机关"),
        because=Text("a consent is on paper, and the paper has a number", "以同意为依据的，须填写同意书编号"),
    ),
    Transition(
        "receive",
        "sent",
        "received",
        roles=OFFICER,
        form=[
            Field(
                "police_reference", required=True, title=Text("number with the police", "公安受理编号"), max_length=60
            )
        ],
        effects=keep("police_reference"),
        title=Text("receive the request", "接收协查申请"),
    ),
)

_ANSWERING = (
    Transition(
        "answer",
        "received",
        "answered",
        roles=OFFICER,
        form=[
            Field("answer", required=True, field_class="identity", title=Text("answer", "答复内容")),
            Field("result", "choice", required=True, choices=RESULTS, title=Text("result", "比对结果")),
        ],
        # A DNA request is answered by a comparison, and by nothing else.
        condition=_NOTHING_PENDING & (~(field("kind") == "dna_sample") | (state("sample") == "compared")),
        effects=keep("answer", "result"),
        title=Text("answer", "答复"),
        because=_NOT_YET,
    ),
    Transition(
        "refuse",
        phase="with_police",
        target="refused",
        roles=OFFICER,
        form=reason(),
        condition=_NOTHING_PENDING,
        effects=Set("ended_because", Given("reason")),
        title=Text("decline", "不予受理"),
        because=_NOT_YET,
    ),
)

_GIVING_UP = (
    Transition(
        "withdraw",
        phase="running",
        target="withdrawn",
        roles=STAFF,
        form=reason(),
        condition=_NOTHING_PENDING,
        effects=Set("ended_because", Given("reason")),
        title=Text("withdraw", "撤回"),
        because=_NOT_YET,
    ),
    Transition(
        "expire",
        phase="with_police",
        target="expired",
        roles=SEARCH,
        form=reason(),
        condition=overdue("answer") & _NOTHING_PENDING,
        effects=Set("ended_because", Given("reason")),
        title=Text("give up waiting", "逾期终止"),
        because=Text(
            "only after the agreed time, with no notice up and no sample in anybody's hands",
            "须超过约定期限，且公告已撤下、样本已交代清楚",
        ),
    ),
)

asking = Workflow(
    "police_request",
    initial="prepared",
    title=Text("request to the police", "公安协查申请"),
    states=_STATES,
    transitions=(*_SENDING, *_ANSWERING, *_GIVING_UP),
    # No rule names a period for an answer; station and police agree on one.
    deadlines=(
        Deadline("sending", "prepared", hours(24), title=Text("sent within a day, as agreed", "约定一日内发送")),
        Deadline(
            "answer",
            ("sent", "received"),
            days(30),
            title=Text("answered within thirty days, as agreed", "约定三十日内答复"),
        ),
    ),
)
