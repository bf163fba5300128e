"""A project: what a community means to do over a longer time, by activities that it opens."""

from __future__ import annotations

import attrs

from casework import CaseType, Choice, Given, Open, State, Text, Transition, Workflow, fact, keep
from casework.volunteering.roles import DESK, NOTING, STAFF, STATION, VIEWERS
from casework.volunteering.task import Why

FIELDS = (
    Choice("culture", Text("culture and education", "文化教育")),
    Choice("environment", Text("environment", "环境保护")),
    Choice("health", Text("medicine and health", "医疗卫生")),
    Choice("care", Text("help for the old and the disabled", "扶老助残")),
    Choice("relief", Text("charity and relief", "慈善救助")),
    Choice("law", Text("law and mediation", "法律维权")),
)


@attrs.frozen(kw_only=True)
class Project:
    """What it is called and what it is for."""

    name: str = fact(en="name", zh="项目名称", max_length=200)
    purpose: str = fact(en="field", zh="服务领域", choices=FIELDS)
    reason: str | None = fact(default=None, managed=True, en="reason", zh="原因", max_length=500)


@attrs.frozen(kw_only=True)
class NewActivity:
    """An activity of the project."""

    name: str = fact(en="name", zh="活动名称", max_length=200)
    place: str = fact(en="place", zh="地点", max_length=200)


project = CaseType(
    "project",
    title=Text("project", "项目"),
    chain=(
        Workflow(
            "project",
            initial="planned",
            title=Text("project", "项目"),
            states=(
                State("planned", title=Text("planned", "筹备中"), phases="living", grants=NOTING),
                State("running", title=Text("running", "实施中"), phases="living", grants=NOTING),
                State("closed", title=Text("closed", "已结束"), final=True),
                State("abandoned", title=Text("abandoned", "已放弃"), final=True),
            ),
            transitions=(
                Transition("start", "planned", "running", roles=STATION, title=Text("start", "启动")),
                Transition(
                    "add_activity",
                    "running",
                    roles=DESK,
                    form=NewActivity,
                    effects=Open("activity", {"name": Given("name"), "place": Given("place")}),
                    title=Text("add an activity", "安排活动"),
                ),
                Transition("close", "running", "closed", roles=STATION, title=Text("close", "结束项目")),
                Transition(
                    "abandon",
                    phase="living",
                    target="abandoned",
                    roles=STATION,
                    form=Why,
                    effects=keep("reason"),
                    title=Text("abandon", "放弃项目"),
                ),
            ),
        ),
    ),
    data=Project,
    subjects=(),
    roles=STAFF,
    opens=STATION,
    grants={"view": VIEWERS, "import": STATION},
)
