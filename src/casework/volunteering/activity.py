"""An activity of a project: announced with its content and risks, held, recorded within ten working days."""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import (
    CaseType,
    Deadline,
    Given,
    Open,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    fact,
    keep,
    overdue,
)
from casework.volunteering.roles import DESK, NOTING, STAFF, STATION, VIEWERS
from casework.volunteering.rulebook import RULES
from casework.volunteering.rules import LONGEST
from casework.volunteering.task import Why


@attrs.frozen(kw_only=True)
class Activity:
    """What is held when and where; what those who come are told beforehand; and how it went."""

    name: str = fact(en="name", zh="活动名称", max_length=200)
    place: str | None = fact(default=None, en="place", zh="地点", max_length=200)
    content: str | None = fact(default=None, managed=True, en="content", zh="活动内容", max_length=1000)
    risks: str | None = fact(default=None, managed=True, en="risks", zh="可能发生的风险", max_length=1000)
    starts_at: datetime | None = fact(default=None, managed=True, en="begins", zh="开始时间")
    people_served: int | None = fact(default=None, managed=True, en="people served", zh="服务人次", minimum=0)
    result: str | None = fact(default=None, managed=True, en="result", zh="开展情况", max_length=1000)
    reason: str | None = fact(default=None, managed=True, en="reason", zh="原因", max_length=500)


@attrs.frozen(kw_only=True)
class Announce:
    """True, accurate and whole: what is done, when, and what may happen."""

    content: str = fact(en="content", zh="活动内容", max_length=1000)
    risks: str = fact(en="risks", zh="可能发生的风险", max_length=1000)
    starts_at: datetime = fact(en="begins", zh="开始时间")


@attrs.frozen(kw_only=True)
class NewTask:
    """A task of the activity."""

    what: str = fact(en="what is to be done", zh="任务内容", max_length=500)
    planned_minutes: int = fact(en="planned minutes", zh="计划时长（分钟）", minimum=1, maximum=LONGEST)
    risky: bool = fact(en="with risks", zh="存在风险")
    needs_licence: bool = fact(en="asks for a qualification", zh="须具备相应资格")
    team: str = fact(en="team", zh="服务队", max_length=128)


@attrs.frozen(kw_only=True)
class Held:
    """How it went."""

    people_served: int = fact(en="people served", zh="服务人次", minimum=0)
    result: str = fact(en="result", zh="开展情况", max_length=1000)


_STATES = (
    State("planned", title=Text("planned", "筹备中"), phases="before", grants=NOTING),
    State("recruiting", title=Text("announced", "已公布招募"), phases="before", grants=NOTING),
    State("held", title=Text("held, to be recorded", "已开展待记录"), grants=NOTING),
    State("recorded", title=Text("recorded", "已记录"), grants=NOTING),
    State("closed", title=Text("closed", "已结束"), final=True),
    State("called_off", title=Text("called off", "已取消"), final=True),
)

_TRANSITIONS = (
    Transition(
        "announce",
        "planned",
        "recruiting",
        roles=DESK,
        form=Announce,
        effects=keep("content", "risks", "starts_at"),
        title=Text("announce with content and risks", "公布内容与风险"),
        because=Text("Regulation 685, art. 12", "国务院令第685号第十二条"),
    ),
    Transition(
        "add_task",
        phase="before",
        roles=DESK,
        form=NewTask,
        effects=Open(
            "task", {name: Given(name) for name in ("what", "planned_minutes", "risky", "needs_licence", "team")}
        ),
        title=Text("add a task", "分派任务"),
    ),
    Transition("hold", "recruiting", "held", roles=DESK, title=Text("record that it was held", "登记已开展")),
    Transition(
        "record",
        "held",
        "recorded",
        roles=DESK,
        form=Held,
        effects=keep("people_served", "result"),
        title=Text("record how it went", "记录开展情况"),
    ),
    Transition("close", "recorded", "closed", roles=STATION, title=Text("close", "结束活动")),
    Transition(
        "call_off",
        phase="before",
        target="called_off",
        roles=STATION,
        form=Why,
        effects=keep("reason"),
        title=Text("call off", "取消活动"),
    ),
)

activity = RULES.applied_to(
    CaseType(
        "activity",
        title=Text("activity", "活动"),
        chain=(
            Workflow(
                "activity",
                initial="planned",
                title=Text("activity", "活动"),
                states=_STATES,
                transitions=_TRANSITIONS,
                deadlines=(
                    # Ten working days are fourteen days or more: this warns early and never late.
                    Deadline(
                        "recording",
                        "held",
                        rule="vol.record_deadline",
                        title=Text("recorded within ten working days", "十个工作日内记录"),
                    ),
                ),
            ),
        ),
        data=Activity,
        subjects=(),
        roles=STAFF,
        opens=DESK,
        grants={"view": VIEWERS},
        worklists=(
            Worklist("to_record", "held", roles=DESK, title=Text("to be recorded", "待记录")),
            Worklist(
                "recorded_late",
                "held",
                condition=overdue("recording"),
                roles=DESK,
                title=Text("not recorded in time", "逾期未记录"),
            ),
        ),
    )
)
