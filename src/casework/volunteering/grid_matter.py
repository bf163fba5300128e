"""A matter of the grid: looked after where it comes up, and passed upward when it cannot be solved there.

Corridor, estate and community are units whose names grow longer downward: ``changhe/estate-2/corridor-5``.
Passing upward ends the matter here and opens it in the unit above, with what was missing; so each unit has its
own log and its own clock, and how much is solved at which level is counted by closing states.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from casework import (
    Assign,
    CaseType,
    Choice,
    Deadline,
    Open,
    Part,
    Run,
    Set,
    State,
    Text,
    Transition,
    View,
    Workflow,
    Worklist,
    days,
    effect,
    fact,
    field,
    guard,
    keep,
    overdue,
)
from casework.volunteering import roles
from casework.volunteering.roles import STATION

LEVELS = (
    Choice("corridor", Text("corridor", "楼道")),
    Choice("estate", Text("estate", "小区")),
    Choice("community", Text("community", "社区")),
)
CATEGORIES = (
    Choice("environment", Text("environment", "环境卫生")),
    Choice("safety", Text("safety", "安全隐患")),
    Choice("neighbours", Text("quarrel of neighbours", "邻里纠纷")),
    Choice("repair", Text("repair", "设施维修")),
    Choice("care", Text("somebody needs care", "特殊人群关爱")),
)
MISSING = (
    Choice("money", Text("money", "经费")),
    Choice("authority", Text("authority", "职权")),
    Choice("skill", Text("skill", "专业能力")),
    Choice("hands", Text("hands", "人手")),
    Choice("agreement", Text("agreement of those concerned", "当事人未达成一致")),
    Choice("time", Text("time: the clock ran out", "时限届满")),
)
_ABOVE = {"corridor": "estate", "estate": "community"}
_HANDED_ON = ("what", "category", "level")


@attrs.frozen(kw_only=True)
class Matter:
    """What is the matter, where it is being looked after, and what was missing below."""

    what: str = fact(en="what is the matter", zh="事项内容", field_class="personal", max_length=500)
    category: str = fact(en="kind", zh="事项类别", choices=CATEGORIES)
    level: str = fact(en="level", zh="办理层级", choices=LEVELS)
    missing_below: str | None = fact(default=None, en="what was missing below", zh="下级所缺", choices=MISSING)
    missing: str | None = fact(default=None, managed=True, en="what is missing here", zh="本级所缺", choices=MISSING)
    solution: str | None = fact(
        default=None, managed=True, en="how it was solved", zh="办理结果", field_class="personal", max_length=500
    )


@attrs.frozen(kw_only=True)
class Missing:
    """What this unit would have needed."""

    missing: str = fact(en="what is missing here", zh="本级所缺", choices=MISSING)


@attrs.frozen(kw_only=True)
class Solution:
    """How it was solved."""

    solution: str = fact(en="how it was solved", zh="办理结果", field_class="personal", max_length=500)


@guard("volunteering.has_unit_above", zh="本单位须有上级单位")
def has_unit_above(view: View) -> bool:
    """there is a unit above this one"""
    return "/" in view.unit


@effect("volunteering.pass_upward", reads=(*_HANDED_ON, "missing"), opens=("grid_matter",))
def pass_upward(view: View) -> Iterable[Open]:
    """The same matter in the unit above."""
    held = view.data
    values = {
        "what": held["what"],
        "category": held["category"],
        "level": _ABOVE[str(held["level"])],
        "missing_below": held.get("missing", "time"),
    }
    return (Open("grid_matter", values, unit=view.unit.rpartition("/")[0]),)


GRID_PARTS: tuple[Part, ...] = (has_unit_above, pass_upward)

_DESK = ("grid_worker", "coordinator")
_OPEN = {"note": _DESK, "correct": STATION, "adopt": STATION}
_BELOW = field("level").in_("corridor", "estate")

_STATES = (
    State("reported", title=Text("reported", "已上报"), phases="open", grants=_OPEN),
    State("handling", title=Text("being looked after", "办理中"), phases=("open", "at_work"), grants=_OPEN),
    State("late", title=Text("late", "逾期办理中"), phases=("open", "at_work"), grants=_OPEN),
    State("solved", title=Text("solved", "已办结"), final=True),
    State("passed_up", title=Text("passed upward", "已上报上级"), final=True),
    State("out_of_community", title=Text("left the community", "已转社区外"), final=True),
    State("groundless", title=Text("groundless", "不属实"), final=True),
)

_TRANSITIONS = (
    Transition(
        "take_up",
        "reported",
        "handling",
        roles=_DESK,
        effects=Assign("owner"),
        title=Text("take up", "受理"),
    ),
    Transition(
        "solve",
        phase="at_work",
        target="solved",
        roles=(*_DESK, "owner"),
        form=Solution,
        effects=keep("solution"),
        title=Text("solve", "办结"),
    ),
    Transition(
        "pass_up",
        phase="open",
        target="passed_up",
        roles=(*_DESK, "owner"),
        form=Missing,
        condition=_BELOW,
        guards="volunteering.has_unit_above",
        effects=[*keep("missing"), Run("volunteering.pass_upward")],
        title=Text("pass upward", "上报上级"),
        because=Text("above the community there is no unit of the grid", "社区以上不属本网格"),
    ),
    Transition(
        "run_late",
        phase="open",
        target="passed_up",
        condition=_BELOW,
        guards="volunteering.has_unit_above",
        effects=[Set("missing", "time"), Run("volunteering.pass_upward")],
        title=Text("the clock ran out: passed upward", "逾期自动上报"),
    ),
    Transition(
        "run_late",
        phase="open",
        target="late",
        condition=~_BELOW,
        title=Text("the clock ran out", "办理逾期"),
    ),
    Transition(
        "refer_out",
        phase="open",
        target="out_of_community",
        roles=STATION,
        form=Missing,
        condition=~_BELOW,
        effects=keep("missing"),
        title=Text("refer to the town", "转报镇街"),
        because=Text("only what the community cannot solve leaves it", "社区不能解决的方可转出"),
    ),
    Transition(
        "dismiss", phase="open", target="groundless", roles=_DESK, title=Text("dismiss as groundless", "认定不属实")
    ),
)

grid_matter = CaseType(
    "grid_matter",
    title=Text("matter of the grid", "网格事项"),
    chain=(
        Workflow(
            "grid_matter",
            initial="reported",
            title=Text("matter of the grid", "网格事项"),
            states=_STATES,
            transitions=_TRANSITIONS,
            deadlines=(
                Deadline(
                    "solving",
                    ("reported", "handling"),
                    days(5),
                    trigger="run_late",
                    title=Text("five days at each level", "每级办理期限五日"),
                ),
            ),
        ),
    ),
    data=Matter,
    subjects=(),
    roles=(roles.grid_worker, roles.coordinator, roles.auditor, roles.owner),
    opens=_DESK,
    grants={"view": (*_DESK, "auditor", "owner"), "audit": "auditor"},
    readers={"personal": (*_DESK, "owner")},
    worklists=(
        Worklist("to_take_up", "reported", roles=_DESK, title=Text("to take up", "待受理")),
        Worklist("at_work", ("handling", "late"), roles=_DESK, title=Text("being looked after", "办理中")),
        Worklist("late", ("handling", "late"), condition=overdue("solving"), roles=_DESK, title=Text("late", "逾期")),
    ),
)
