"""A patrol: proposed or planned, out, back, reported. It ends when everybody is home and the kit is accounted for."""

from __future__ import annotations

from casework import (
    Assign,
    CaseType,
    Deadline,
    Doer,
    Given,
    Invariant,
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
    field,
    hours,
    keep,
    overdue,
    state,
)
from casework.outreach import accounts, patrol_data, roles
from casework.outreach.answers import no
from casework.outreach.roles import DIRECTOR, NOTING, OUT_AND_PLANNERS, PLANNERS

_EDITED = {**NOTING, "edit": PLANNERS}

_STATES = (
    State("proposed", title=Text("proposed, to be confirmed", "待确认"), phases="ahead", grants=_EDITED),
    State("planned", title=Text("planned", "已计划"), phases=("ahead", "packing"), grants=_EDITED),
    State("out", title=Text("out", "巡查中"), phases="packing", grants=NOTING),
    State("back", title=Text("back", "已返回"), phases="packing", grants=NOTING),
    State("reported", title=Text("reported", "已归档"), final=True),
    State("dismissed", title=Text("proposal dismissed", "未采纳"), final=True),
    State("called_off", title=Text("called off", "已取消"), final=True),
)

_ITEM = Set("item", Given("item"))
_EMPTY = balance("carried") < 1
_NOBODY = balance("crew") < 1
_SAFE = (balance("adults") >= 2) & (balance("leads") >= 1) & (no("hazards") | (balance("lay") < 1))

_SAFETY = Text(
    "at least two grown-ups are checked in, one of whom can lead; no volunteer goes where the way is dangerous",
    "至少两名成年人已签到，其中一名可以带队；途经危险区域的，志愿者不得随行",
)
_ACCOUNTED = Text(
    "everybody is checked out, and what was carried is handed out, brought back or written off",
    "全体人员须已签退，随队物资须已发放、退库或报损",
)

_PLANNING = (
    Transition("confirm", "proposed", "planned", roles=PLANNERS, title=Text("confirm", "确认")),
    Transition(
        "dismiss",
        "proposed",
        "dismissed",
        roles=PLANNERS,
        form=patrol_data.Why,
        effects=keep("reason"),
        title=Text("dismiss the proposal", "不予采纳"),
    ),
    Transition(
        "call_off",
        "planned",
        "called_off",
        roles=PLANNERS,
        form=patrol_data.Why,
        condition=_EMPTY & _NOBODY,
        effects=keep("reason"),
        title=Text("call off", "取消巡查"),
        because=_ACCOUNTED,
    ),
)

_GOODS = (
    Transition(
        "pack",
        phase="packing",
        roles=OUT_AND_PLANNERS,
        form=patrol_data.Goods,
        effects=[_ITEM, Post("stock", "kit", Given("count")), Post("not_carried", "carried", Given("count"))],
        title=Text("pack", "领取物资"),
    ),
    Transition(
        "unpack",
        phase="packing",
        roles=OUT_AND_PLANNERS,
        form=patrol_data.Goods,
        effects=[_ITEM, Post("kit", "stock", Given("count")), Post("carried", "not_carried", Given("count"))],
        title=Text("bring back to the store room", "物资退库"),
    ),
    Transition(
        "write_off",
        "back",
        roles=PLANNERS,
        form=patrol_data.Lost,
        effects=[
            _ITEM,
            *keep("reason"),
            Post("kit", "used_up", Given("count")),
            Post("carried", "not_carried", Given("count")),
        ],
        title=Text("write off what was lost", "物资报损"),
    ),
)

_GOING = (
    Transition(
        "set_out",
        "planned",
        "out",
        roles=roles.OUT,
        condition=_SAFE,
        effects=[
            Assign("leader"),
            Set("led_by", Doer()),
            Set("set_out_at", Now()),
            Post("indoors", "outside"),
        ],
        title=Text("set out", "出发"),
        because=_SAFETY,
    ),
    Transition(
        "come_back",
        "out",
        "back",
        roles=(*OUT_AND_PLANNERS, "leader"),
        effects=[Set("back_at", Now()), Post("outside", "indoors")],
        title=Text("come back", "返回"),
    ),
    Transition(
        "report",
        "back",
        "reported",
        roles=(*roles.OUT, "leader", "director"),
        form=patrol_data.Report,
        condition=_EMPTY & _NOBODY,
        effects=keep("report"),
        title=Text("report", "提交巡查报告"),
        because=_ACCOUNTED,
    ),
)

_CLOCKS = (
    Deadline("confirming", "proposed", hours(2), title=Text("two hours to confirm", "两小时内确认")),
    Deadline("begin", "planned", days(14), title=Text("planned two weeks ago", "计划后两周未出发")),
    Deadline("return", "out", hours(12), title=Text("out for twelve hours", "外出满十二小时")),
    Deadline("reporting", "back", hours(24), title=Text("a day to report", "返回后一日内报告")),
)

_WORKLISTS = (
    Worklist("to_confirm", "proposed", roles=PLANNERS, title=Text("proposals to confirm", "待确认的巡查建议")),
    Worklist(
        "left_unconfirmed",
        "proposed",
        condition=overdue("confirming"),
        roles=PLANNERS,
        title=Text("proposals nobody has looked at", "逾时未确认的巡查建议"),
    ),
    Worklist("to_go", "planned", roles=OUT_AND_PLANNERS, title=Text("planned", "待出发")),
    Worklist(
        "never_went",
        "planned",
        condition=overdue("begin"),
        roles=PLANNERS,
        title=Text("planned and never gone", "计划后未出发"),
    ),
    Worklist("outside", "out", roles=OUT_AND_PLANNERS, title=Text("out now", "正在巡查")),
    Worklist(
        "not_back",
        "out",
        condition=overdue("return"),
        roles=PLANNERS,
        title=Text("not back: call them", "逾时未返回，请立即联系"),
    ),
    Worklist("to_report", "back", roles=OUT_AND_PLANNERS, title=Text("to be reported", "待提交报告")),
    Worklist(
        "reports_late",
        "back",
        condition=overdue("reporting"),
        roles=PLANNERS,
        title=Text("reports that are late", "逾期未报告"),
    ),
)

_GONE = state("patrol").in_("out", "back", "reported")

patrol = CaseType(
    "patrol",
    title=Text("patrol", "街面巡查"),
    chain=(
        Workflow(
            "patrol",
            initial="proposed",
            title=Text("patrol", "街面巡查"),
            states=_STATES,
            transitions=(*_PLANNING, *_GOODS, *_GOING),
            deadlines=_CLOCKS,
        ),
    ),
    data=patrol_data.Patrol,
    subjects=(accounts.PATROL,),
    roles=(*roles.STAFF, roles.alert_desk, roles.leader),
    opens=(*PLANNERS, "alert_desk"),
    grants={"view": (*roles.VIEWERS, "leader"), "import": DIRECTOR, **roles.ERASING},
    readers={"personal": (*OUT_AND_PLANNERS, "leader", "auditor")},
    # A patrol is no person: what it tells of its people is erased with it.
    retention=Retention(shared="first"),
    worklists=_WORKLISTS,
    accounts=(*accounts.GOODS, accounts.used_up, *accounts.CREW),
    invariants=(
        Invariant(
            "somebody_led",
            ~_GONE | field("led_by").known,
            because=Text("a patrol that went out had a leader", "已出发的巡查必有带队人"),
        ),
    ),
)
