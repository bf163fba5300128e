"""The station as a case of its own: its beds are set up and taken away by firings that are logged."""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import (
    CaseType,
    Deadline,
    Given,
    Now,
    Post,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    fact,
    given,
    hours,
    keep,
    overdue,
)
from casework.rescue import accounts, data, forms
from casework.rescue.roles import DESK, DIRECTOR, EVERYBODY, ROLES

_YES = True
_EDIT = {"edit": DIRECTOR, "note": DIRECTOR, "correct": DIRECTOR, "adopt": DIRECTOR}


@attrs.frozen(kw_only=True)
class Station:
    """What is known of the house."""

    name: str = fact(en="name", zh="站名", max_length=100)
    address: str | None = fact(default=None, en="address", zh="地址", max_length=200)
    room: str | None = fact(
        default=None, managed=True, en="rooms last changed", zh="最近调整的住宿分区", choices=data.SEXES
    )
    counted: int | None = fact(
        default=None, managed=True, en="people counted last night", zh="最近一次查房人数", minimum=0, maximum=1000
    )
    counted_at: datetime | None = fact(default=None, managed=True, en="counted", zh="最近一次查房时间")


_running = Workflow(
    "station",
    initial="running",
    title=Text("station", "救助站运行"),
    states=(
        State("running", title=Text("running", "运行中"), grants=_EDIT),
        State("closed", title=Text("closed", "已关闭"), final=True),
    ),
    transitions=(
        Transition(
            "add_beds",
            "running",
            roles=DIRECTOR,
            form=forms.Beds,
            effects=[Set("room", Given("sex")), Post("bed_stock", "beds", Given("count"))],
            title=Text("set up beds", "启用床位"),
        ),
        Transition(
            "remove_beds",
            "running",
            roles=DIRECTOR,
            form=forms.Beds,
            effects=[Set("room", Given("sex")), Post("beds", "bed_stock", Given("count"))],
            title=Text("take beds away", "停用床位"),
        ),
        Transition(
            "count_night",
            "running",
            # Back into the same state: the day until the next count begins again.
            "running",
            roles=(*DESK, "nurse"),
            form=forms.NightCount,
            condition=(given("sex") == "male") | (given("kept_by_a_woman") == _YES),
            effects=[Set("room", Given("sex")), keep("counted"), Set("counted_at", Now())],
            title=Text("count the night", "夜间查房"),
            because=Text("women are looked after by women", "女性受助人员由女性工作人员管理"),
        ),
        Transition("close", "running", "closed", roles=DIRECTOR, title=Text("close the station", "关闭救助站")),
    ),
    deadlines=(Deadline("night_count", "running", hours(24), title=Text("count every night", "每晚查房")),),
)

station = CaseType(
    "station",
    title=Text("rescue station", "救助站"),
    chain=(_running,),
    data=Station,
    subjects=(),
    roles=ROLES,
    opens=DIRECTOR,
    grants={"view": EVERYBODY, "import": DIRECTOR},
    accounts=accounts.BEDS,
    worklists=(
        Worklist(
            "not_counted",
            "running",
            condition=overdue("night_count"),
            roles=("director", "caseworker", "nurse"),
            title=Text("nobody has counted the night", "未按时查房"),
        ),
    ),
)
