"""The office of a partner's wards as a case of its own: beds are set up and taken away by firings that are logged."""

from __future__ import annotations

from collections.abc import Iterable

from casework import CaseType, Choice, Field, Given, Post, Role, Set, State, Text, Transition, Workflow
from casework_hospital import accounts
from casework_hospital.fields import NURSE
from casework_hospital.outfit import nurse
from casework_hospital.wards import WARDS, as_wards

MANAGER = "ward_manager"
_MANAGED = dict.fromkeys(("edit", "note", "correct"), MANAGER)


def ward_office(wards: Iterable[str | Choice] = WARDS) -> CaseType:
    """The case type of the office that answers for the beds of *wards*."""
    known = as_wards(wards)
    ward = Field("ward", "choice", required=True, choices=known, title=Text("ward", "病区"))
    count = Field("count", "integer", required=True, minimum=1, maximum=1000, title=Text("beds", "床位数"))
    beds = (ward, count)
    running = Workflow(
        "ward_office",
        initial="running",
        title=Text("ward office", "病区管理"),
        states=(
            State("running", title=Text("running", "运行中"), grants=_MANAGED),
            State("closed", title=Text("closed", "已关闭"), final=True),
        ),
        transitions=(
            Transition(
                "add_beds",
                "running",
                roles=MANAGER,
                form=beds,
                effects=[Set("ward", Given("ward")), Post("ward_stock", "ward_beds", Given("count"))],
                title=Text("set up beds", "启用床位"),
            ),
            Transition(
                "remove_beds",
                "running",
                roles=MANAGER,
                form=beds,
                effects=[Set("ward", Given("ward")), Post("ward_beds", "ward_stock", Given("count"))],
                title=Text("take beds away", "停用床位"),
            ),
            Transition("close", "running", "closed", roles=MANAGER, title=Text("close the office", "关闭")),
        ),
    )
    return CaseType(
        "ward_office",
        title=Text("office of partner wards", "合作医院病区"),
        chain=(running,),
        data=(
            Field("name", required=True, max_length=100, title=Text("name", "名称")),
            Field("ward", "choice", managed=True, choices=known, title=Text("ward last changed", "最近调整的病区")),
        ),
        subjects=(),
        roles=(Role(MANAGER, title=Text("manager of the wards", "病区管理员")), nurse),
        opens=MANAGER,
        grants={"view": (MANAGER, NURSE)},
        accounts=accounts.ALL,
    )


office = ward_office()
