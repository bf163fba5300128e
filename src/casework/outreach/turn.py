"""One person's turn on one patrol: on the roster, out, home. Their hours are what lies between in and out.

What keeps people safe is counted here: who is checked in is counted on the accounts of the patrol, which asks them
before it sets out, and nobody leaves fewer than two grown-ups and a leader behind in the street.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from casework import (
    NEVER,
    Assign,
    CaseType,
    Choice,
    Condition,
    Deadline,
    Held,
    Now,
    Post,
    Retention,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    balance,
    days,
    fact,
    field,
    hours,
    overdue,
)
from casework.outreach import accounts, roles
from casework.outreach.answers import no, yes
from casework.outreach.roles import DIRECTOR, NOTING, OUT, OUT_AND_PLANNERS, PLANNERS

DUTIES = (
    Choice("leader", Text("can lead", "可带队")),
    Choice("worker", Text("outreach worker", "街面救助人员")),
    Choice("medic", Text("medic", "医护人员")),
    Choice("driver", Text("driver", "驾驶员")),
    Choice("volunteer", Text("volunteer", "志愿者")),
)


@attrs.frozen(kw_only=True)
class Turn:
    """Who goes along, as what, and when they were there."""

    login: str = fact(en="number of the person", zh="人员编号", field_class="personal", max_length=128)
    patrol_id: str | None = fact(default=None, en="patrol", zh="巡查编号", max_length=64)
    duty: str = fact(en="duty", zh="岗位", choices=DUTIES)
    minor: bool = fact(en="under 18", zh="未满十八周岁")
    route: str = fact(en="route", zh="巡查线路", max_length=200)
    starts_at: datetime = fact(en="begins", zh="计划出发时间")
    ends_at: datetime = fact(en="ends", zh="计划结束时间")
    came_at: datetime | None = fact(default=None, managed=True, en="checked in", zh="签到时间")
    left_at: datetime | None = fact(default=None, managed=True, en="checked out", zh="签退时间")


_VOLUNTEER = field("duty") == "volunteer"
_TWO_STAY = balance("adults") >= 3
# What each counts as, and when they may leave early: nobody under age goes home alone at night.
_KINDS: tuple[tuple[Condition, tuple[str, ...], Condition], ...] = (
    (no("minor") & (field("duty") == "leader"), ("crew", "adults", "leads"), _TWO_STAY & (balance("leads") >= 2)),
    (no("minor") & field("duty").in_("worker", "medic", "driver"), ("crew", "adults"), _TWO_STAY),
    (no("minor") & _VOLUNTEER, ("crew", "adults", "lay"), _TWO_STAY),
    (yes("minor") & _VOLUNTEER, ("crew", "lay"), NEVER),
)

_IN = Text(
    "whoever is under age comes along as a volunteer, and nobody is on two patrols at once",
    "未成年人只能以志愿者身份参加，同一时间只能参加一次巡查",
)
_LEFT_BEHIND = Text(
    "while the patrol is out, whoever goes leaves two grown-ups and somebody who can lead; the under-aged stay with it",
    "巡查期间提前离队的，在队成年人不得少于两名，且须有人带队；未成年人随队返回",
)


def _check_ins() -> Iterator[Transition]:
    for who, counted, _ in _KINDS:
        yield Transition(
            "check_in",
            "rostered",
            "present",
            roles=OUT_AND_PLANNERS,
            condition=who & (balance("on_patrol") < 1),
            effects=[*(Post("at_home", name) for name in (*counted, "on_patrol")), Set("came_at", Now())],
            title=Text("check in", "签到"),
            because=_IN,
        )


def _check_outs() -> Iterator[Transition]:
    for who, counted, early in _KINDS:
        yield Transition(
            "check_out",
            "present",
            "home",
            roles=(*OUT_AND_PLANNERS, "oneself"),
            condition=who & ((balance("outside") < 1) | early),
            effects=[*(Post(name, "at_home") for name in (*counted, "on_patrol")), Set("left_at", Now())],
            title=Text("check out", "签退"),
            because=_LEFT_BEHIND,
        )


def _ending(trigger: str, target: str, who: tuple[str, ...], en: str, zh: str) -> Transition:
    return Transition(trigger, "rostered", target, roles=who, title=Text(en, zh))


turn = CaseType(
    "patrol_turn",
    title=Text("turn on a patrol", "巡查排班"),
    chain=(
        Workflow(
            "patrol_turn",
            initial="rostered",
            title=Text("turn on a patrol", "巡查排班"),
            states=(
                State("rostered", title=Text("on the roster", "已排班"), grants=NOTING),
                State("present", title=Text("on the patrol", "在队"), grants=NOTING),
                State("home", title=Text("home", "已签退"), final=True, grants={"note": PLANNERS}),
                State("withdrawn", title=Text("withdrawn", "已退出"), final=True),
                State("absent", title=Text("did not come", "未到岗"), final=True),
            ),
            transitions=(
                Transition(
                    "tell",
                    "rostered",
                    roles=PLANNERS,
                    effects=Assign("oneself", Held("login")),
                    title=Text("tell the person", "通知本人"),
                ),
                *_check_ins(),
                *_check_outs(),
                _ending("withdraw", "withdrawn", (*PLANNERS, "oneself"), "withdraw", "退出排班"),
                _ending("record_absence", "absent", OUT_AND_PLANNERS, "record that nobody came", "登记未到岗"),
            ),
            deadlines=(
                Deadline("coming", "rostered", days(14), title=Text("never checked in", "排班后两周未签到")),
                Deadline("home", "present", hours(12), title=Text("out for twelve hours", "在队满十二小时")),
            ),
        ),
    ),
    data=Turn,
    subjects=(accounts.MEMBER, accounts.PATROL),
    roles=(*roles.STAFF, roles.oneself),
    opens=OUT_AND_PLANNERS,
    grants={"view": (*OUT_AND_PLANNERS, "auditor", "oneself"), "import": DIRECTOR, **roles.ERASING},
    readers={"personal": (*OUT, *PLANNERS, "oneself")},
    retention=Retention(shared="first"),
    accounts=(*accounts.CREW, accounts.on_patrol),
    worklists=(
        Worklist("coming", "rostered", roles=OUT_AND_PLANNERS, title=Text("on the roster", "已排班")),
        Worklist(
            "never_came",
            "rostered",
            condition=overdue("coming"),
            roles=PLANNERS,
            title=Text("never checked in", "未签到未登记"),
        ),
        Worklist("out", "present", roles=OUT_AND_PLANNERS, title=Text("on a patrol now", "在队人员")),
        Worklist(
            "not_home",
            "present",
            condition=overdue("home"),
            roles=PLANNERS,
            title=Text("not checked out: call them", "逾时未签退，请立即联系"),
        ),
    ),
)
