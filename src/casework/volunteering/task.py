"""A task: so many places, taken by services, and finished when every one of them is.

What became of each volunteer is told by the services; the task keeps no second list of it. Its steps ask the
accounts of its places instead, which the services move: a task is done when nobody is still expected, and
attested when nobody who came is still unsettled.
"""

from __future__ import annotations

import attrs

from casework import (
    CaseType,
    Given,
    Post,
    Run,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    balance,
    fact,
    keep,
)
from casework.volunteering import accounts
from casework.volunteering.roles import DESK, NOTING, STAFF, STATION, VIEWERS
from casework.volunteering.rules import LONGEST


@attrs.frozen(kw_only=True)
class Task:
    """What is to be done, by how many, for how long, and what it asks of them."""

    what: str = fact(en="what is to be done", zh="任务内容", max_length=500)
    planned_minutes: int = fact(en="planned minutes", zh="计划时长（分钟）", minimum=1, maximum=LONGEST)
    risky: bool = fact(en="with risks", zh="存在风险")
    needs_licence: bool = fact(en="asks for a qualification", zh="须具备相应资格")
    team: str | None = fact(default=None, en="team", zh="服务队", max_length=128)
    capacity: int | None = fact(default=None, managed=True, en="places announced", zh="招募名额", minimum=1)
    reason: str | None = fact(default=None, managed=True, en="reason", zh="原因", max_length=500)


@attrs.frozen(kw_only=True)
class Places:
    """How many are asked for."""

    count: int = fact(en="places", zh="名额", minimum=1, maximum=1000)


@attrs.frozen(kw_only=True)
class Why:
    """Why it is not done."""

    reason: str = fact(en="reason", zh="原因", max_length=500)


_STATES = (
    State("drafted", title=Text("drafted", "草拟"), grants=NOTING),
    State("open", title=Text("open for sign-up", "招募中"), phases="recruiting", grants=NOTING),
    State("staffed", title=Text("staffed", "已满员待开展"), phases="recruiting", grants=NOTING),
    State("under_way", title=Text("under way", "进行中"), grants=NOTING),
    State("done", title=Text("done, to be attested", "已完成待认证"), grants=NOTING),
    State("attested", title=Text("attested", "已认证"), grants=NOTING),
    State("credited", title=Text("credited", "已记入"), final=True),
    State("not_credited", title=Text("not credited", "未记入"), final=True),
    State("nobody_came", title=Text("nobody came", "无人到岗"), final=True),
    State("called_off", title=Text("called off", "已取消"), final=True),
    State("cancelled", title=Text("cancelled before it was announced", "未公布即撤销"), final=True),
)

_nobody_expected = (balance("taken") < 1) & (balance("queue") < 1)
# To add places says the terms again, which mends a task whose accounts did not come along when it was taken over.
_ADD = (Post("seats", "places", Given("count")), Run("volunteering.announce_terms"))
_END = Run("volunteering.withdraw_terms")
_TOLD = Text(
    "whoever was placed or waits is checked in, recorded as absent or told first",
    "须先对已录用和候补人员逐一签到、登记未到岗或通知",
)

_RECRUITING = (
    Transition(
        "publish",
        "drafted",
        "open",
        roles=DESK,
        form=Places,
        condition=balance("planned") < 1,
        effects=[*_ADD, Set("capacity", Given("count"))],
        title=Text("open for sign-up", "发布招募"),
        because=Text("a task has a number of its own", "任务编号不得与其他任务相同"),
    ),
    Transition(
        "add_places", phase="recruiting", roles=DESK, form=Places, effects=_ADD, title=Text("add places", "增加名额")
    ),
    Transition(
        "staff",
        "open",
        "staffed",
        roles=DESK,
        condition=balance("taken") >= 1,
        title=Text("close the sign-up", "结束招募"),
        because=Text("at least one has taken a place", "至少录用一人"),
    ),
    Transition("reopen", "staffed", "open", roles=DESK, title=Text("open the sign-up again", "重新招募")),
    Transition(
        "cancel", "drafted", "cancelled", roles=STATION, form=Why, effects=keep("reason"), title=Text("cancel", "撤销")
    ),
    Transition(
        "call_off",
        ("open", "staffed", "under_way"),
        "called_off",
        roles=STATION,
        form=Why,
        condition=_nobody_expected & (balance("came") < 1) & (balance("counted") < 1),
        effects=[_END, *keep("reason")],
        title=Text("call off", "取消任务"),
        because=_TOLD,
    ),
)

_DOING = (
    Transition("begin", "staffed", "under_way", roles=DESK, title=Text("begin", "开始")),
    Transition(
        "finish",
        "under_way",
        "done",
        roles=DESK,
        condition=_nobody_expected & ((balance("came") >= 1) | (balance("counted") >= 1)),
        effects=_END,
        title=Text("finish", "结束"),
        because=_TOLD,
    ),
    Transition(
        "record_nobody",
        "under_way",
        "nobody_came",
        roles=DESK,
        condition=_nobody_expected & (balance("came") < 1) & (balance("counted") < 1),
        effects=_END,
        title=Text("record that nobody came", "登记无人到岗"),
        because=_TOLD,
    ),
    Transition(
        "close_attesting",
        "done",
        "attested",
        roles=DESK,
        condition=balance("came") < 1,
        title=Text("all are attested", "全部认证完毕"),
        because=Text("every service is settled first", "须先结清每一人次"),
    ),
    Transition(
        "conclude",
        "attested",
        "credited",
        roles=STATION,
        condition=balance("counted") >= 1,
        title=Text("conclude", "结案"),
    ),
    Transition(
        "conclude",
        "attested",
        "not_credited",
        roles=STATION,
        condition=balance("counted") < 1,
        title=Text("conclude", "结案"),
    ),
)

task = CaseType(
    "task",
    title=Text("task", "任务"),
    chain=(
        Workflow(
            "task",
            initial="drafted",
            title=Text("task", "任务"),
            states=_STATES,
            transitions=(*_RECRUITING, *_DOING),
        ),
    ),
    data=Task,
    subjects=(accounts.TASK,),
    roles=STAFF,
    opens=DESK,
    grants={"view": VIEWERS},
    readers={"personal": DESK},
    accounts=(*accounts.PLACES, accounts.marks, *accounts.TERMS),
    worklists=(
        Worklist("recruiting", ("open", "staffed"), roles=DESK, title=Text("recruiting", "招募中")),
        Worklist("to_attest", "done", roles=DESK, title=Text("to be attested", "待认证")),
    ),
)
