"""A request for help: verified, matched in order of priority, given, accepted, paid with hours where there are any.

Priority is a due date. Urgent need is due within a day, a good record within five, everybody else within ten;
the list of requests is read by due date, so that a record brings somebody forward, and nobody can be overtaken
by what was asked more than five days after them. Who has no minutes is paid for from donated ones, and after three
days is helped without any: no minutes never means no help.
"""

from __future__ import annotations

import attrs

from casework import (
    ALWAYS,
    Assign,
    CaseType,
    Choice,
    Condition,
    Deadline,
    Given,
    Held,
    Post,
    Set,
    Settle,
    State,
    Text,
    Transition,
    Void,
    Workflow,
    Worklist,
    balance,
    days,
    elapsed_since,
    fact,
    given,
    keep,
    overdue,
)
from casework.volunteering import accounts, roles
from casework.volunteering.roles import DESK, ERASING, NOTING, STAFF, STATION, VIEWERS
from casework.volunteering.rules import USUAL, Rules

NEEDS = (
    Choice("urgent", Text("urgent: health, safety, or nobody else there", "紧急：涉及健康、安全或无人照料")),
    Choice("ordinary", Text("ordinary", "一般")),
)
PATIENCE = days(3)
"""How long a request that is not urgent waits before it may be matched without minutes."""
REASONS = (
    Choice("urgent", Text("urgent need comes first", "需求紧急")),
    Choice("let_down", Text("a helper fell out, so this comes first again", "志愿者退出后优先重新安排")),
    Choice("record", Text("preferred for the hours served", "根据本人服务记录优先")),
    Choice("order", Text("in order of asking", "按申请先后")),
)
PAYING = (
    Choice("own", Text("own minutes", "本人储蓄时间")),
    Choice("donated", Text("donated minutes", "公益时间池")),
    Choice("free", Text("nothing: urgent, or waited long enough", "无偿：紧急或已等候多日")),
)


@attrs.frozen(kw_only=True)
class HelpRequest:
    """What is asked for, and how it stands."""

    what: str = fact(en="what is asked for", zh="求助内容", field_class="personal", max_length=500)
    minutes: int = fact(en="minutes", zh="时长（分钟）", minimum=1, maximum=1440)
    asker_is: str = fact(en="number of who asks", zh="求助人编号", field_class="personal", max_length=128)
    need: str | None = fact(default=None, managed=True, en="need", zh="紧急程度", choices=NEEDS)
    priority: str | None = fact(default=None, managed=True, en="why in this order", zh="排序依据", choices=REASONS)
    helper_is: str | None = fact(
        default=None, managed=True, en="helper's number", zh="志愿者编号", field_class="personal", max_length=128
    )
    paid_from: str | None = fact(default=None, managed=True, en="paid from", zh="时间来源", choices=PAYING)
    reason: str | None = fact(
        default=None, managed=True, en="reason", zh="原因", field_class="personal", max_length=500
    )


@attrs.frozen(kw_only=True)
class Verify:
    """How urgent it is, as found by asking or by a visit."""

    need: str = fact(en="need", zh="紧急程度", choices=NEEDS)


@attrs.frozen(kw_only=True)
class Match:
    """Who helps."""

    helper_is: str = fact(en="helper's number", zh="志愿者编号", field_class="personal", max_length=128)


@attrs.frozen(kw_only=True)
class Why:
    """Why this is done."""

    reason: str = fact(en="reason", zh="原因", field_class="personal", max_length=500)


_STATES = (
    State("asked", title=Text("asked", "已申请"), phases="before", grants=NOTING),
    State("urgent", title=Text("urgent", "紧急待安排"), phases=("before", "queue"), grants=NOTING),
    State("preferred", title=Text("preferred", "优先待安排"), phases=("before", "queue"), grants=NOTING),
    State("queued", title=Text("in the queue", "待安排"), phases=("before", "queue"), grants=NOTING),
    State("matched", title=Text("matched", "已安排"), phases="matched", grants=NOTING),
    State("under_way", title=Text("being helped", "帮扶中"), phases="matched", grants=NOTING),
    State("reported", title=Text("reported as done", "已完成待确认"), grants=NOTING),
    State("helped", title=Text("helped", "已帮扶"), final=True),
    State("not_helped", title=Text("not helped", "未获帮扶"), final=True),
    State("declined", title=Text("declined", "不予受理"), final=True),
    State("withdrawn", title=Text("withdrawn", "已撤回"), final=True),
)

_VERIFY = Text("verify", "核实")


def _verifying(rules: Rules) -> tuple[Transition, ...]:
    ordinary, good = given("need") == "ordinary", balance("record") >= rules.preferred_from
    ways = (
        ("urgent", given("need") == "urgent", "urgent"),
        ("preferred", ordinary & good, "record"),
        ("queued", ordinary & ~good, "order"),
    )
    return tuple(
        Transition(
            "verify",
            "asked",
            target,
            roles=STATION,
            form=Verify,
            guards="volunteering.own_request",
            condition=condition,
            effects=[*keep("need"), Set("priority", reason), Assign("asker", Held("asker_is"))],
            title=_VERIFY,
        )
        for target, condition, reason in ways
    )


def _matching(
    trigger: str, source: tuple[str, ...], paid: str, account: str | None, title: Text, condition: Condition = ALWAYS
) -> Transition:
    hold = () if account is None else (Post(account, "spent", Held("minutes"), hold="help"),)
    return Transition(
        trigger,
        source,
        "matched",
        roles=STATION,
        form=Match,
        condition=condition,
        because=Text("whoever has waited three days is helped without minutes", "已等候三日的不再以时间为条件"),
        effects=[*hold, Set("paid_from", paid), *keep("helper_is"), Assign("helper", Given("helper_is"))],
        title=title,
    )


_FREE = Text("match, paid with nothing", "安排帮扶（无偿）")
_QUEUE = ("urgent", "preferred", "queued")
_MATCHING = (
    _matching("match", _QUEUE, "own", "time_bank", Text("match, paid with own minutes", "安排帮扶（本人时间）")),
    _matching(
        "match_from_donated",
        _QUEUE,
        "donated",
        "donated",
        Text("match, paid with donated minutes", "安排帮扶（公益时间）"),
    ),
    _matching("match_in_need", ("urgent",), "free", None, _FREE),
    # The floor: whoever has no minutes is helped all the same, after a few days and in the order of the list.
    _matching("match_in_need", ("preferred",), "free", None, _FREE, elapsed_since("preferred") >= PATIENCE),
    _matching("match_in_need", ("queued",), "free", None, _FREE, elapsed_since("queued") >= PATIENCE),
)

_HELPING = (
    Transition("begin", "matched", "under_way", roles=("helper", *DESK), title=Text("begin", "开始帮扶")),
    Transition("report", "under_way", "reported", roles="helper", title=Text("report as done", "报告完成")),
    Transition(
        "accept",
        "reported",
        "helped",
        roles="asker",
        four_eyes="report",
        effects=Settle("help"),
        title=Text("accept", "确认完成"),
        because=Text("who helped does not accept in the name of who was helped", "帮扶人不得代为确认"),
    ),
    Transition(
        "take_as_accepted",
        "reported",
        "helped",
        effects=Settle("help"),
        title=Text("taken as accepted", "逾期视为确认"),
    ),
    Transition(
        "deny",
        "reported",
        "not_helped",
        roles="asker",
        form=Why,
        effects=[Void("help"), *keep("reason")],
        title=Text("say that there was no help", "否认获得帮扶"),
    ),
    Transition(
        "release",
        phase="matched",
        target="urgent",
        roles=("helper", *STATION),
        form=Why,
        effects=[
            Void("help"),
            Set("priority", "let_down"),
            Set("paid_from", None),
            Set("helper_is", None),
            Assign("helper", None),
            *keep("reason"),
        ],
        title=Text("the helper falls out", "志愿者退出"),
    ),
)

_ENDING = (
    Transition(
        "decline",
        "asked",
        "declined",
        roles=STATION,
        form=Why,
        effects=keep("reason"),
        title=Text("decline", "不予受理"),
    ),
    Transition(
        "withdraw",
        phase="before",
        target="withdrawn",
        roles=("asker", *STATION),
        form=Why,
        effects=keep("reason"),
        title=Text("withdraw", "撤回"),
    ),
    Transition(
        "withdraw",
        phase="matched",
        target="withdrawn",
        roles=("asker", *STATION),
        form=Why,
        effects=[Void("help"), *keep("reason")],
        title=Text("withdraw", "撤回"),
    ),
)

_DEADLINES = (
    Deadline("match_urgent", "urgent", days(1), title=Text("urgent need within a day", "紧急需求一日内安排")),
    Deadline("match_preferred", "preferred", days(5), title=Text("preferred within five days", "优先需求五日内安排")),
    Deadline("match_ordinary", "queued", days(10), title=Text("everybody within ten days", "一般需求十日内安排")),
    Deadline("acceptance", "reported", days(7), trigger="take_as_accepted", title=Text("time to accept", "确认期限")),
)

_VIEW = (*VIEWERS, "asker", "helper")


def help_request(rules: Rules = USUAL) -> CaseType:
    """The case type of requests for help in a time bank that is run by *rules*."""
    late = overdue("match_urgent") | overdue("match_preferred") | overdue("match_ordinary")
    return CaseType(
        "help_request",
        title=Text("request for help", "求助"),
        chain=(
            Workflow(
                "help_request",
                initial="asked",
                title=Text("request for help", "求助"),
                states=_STATES,
                transitions=(*_verifying(rules), *_MATCHING, *_HELPING, *_ENDING),
                deadlines=_DEADLINES,
            ),
        ),
        data=HelpRequest,
        subjects=(accounts.VOLUNTEER,),
        roles=(*STAFF, roles.asker, roles.helper),
        opens=DESK,
        grants={"view": _VIEW, **ERASING},
        readers={"personal": ("coordinator", "leader", "asker", "helper")},
        accounts=accounts.bank(rules, whose="asker"),
        worklists=(
            Worklist("to_verify", "asked", roles=STATION, title=Text("to verify", "待核实")),
            Worklist(
                "to_match", _QUEUE, roles=STATION, title=Text("to match, in order of priority", "按优先次序待安排")
            ),
            Worklist("late", _QUEUE, condition=late, roles=STATION, title=Text("waiting too long", "逾期未安排")),
        ),
    )
