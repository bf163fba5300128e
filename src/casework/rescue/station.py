"""The station as a case of its own: its beds are set up and taken away by firings that are logged."""

from __future__ import annotations

import attrs

from casework import CaseType, Given, Post, Set, State, Text, Transition, Workflow, fact
from casework.rescue import accounts, data, forms
from casework.rescue.roles import DIRECTOR, EVERYBODY, ROLES

_EDIT = {"edit": DIRECTOR, "note": DIRECTOR, "correct": DIRECTOR, "adopt": DIRECTOR}


@attrs.frozen(kw_only=True)
class Station:
    """What is known of the house."""

    name: str = fact(en="name", zh="站名", max_length=100)
    address: str | None = fact(default=None, en="address", zh="地址", max_length=200)
    room: str | None = fact(
        default=None, managed=True, en="rooms last changed", zh="最近调整的住宿分区", choices=data.SEXES
    )


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
        Transition("close", "running", "closed", roles=DIRECTOR, title=Text("close the station", "关闭救助站")),
    ),
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
)
