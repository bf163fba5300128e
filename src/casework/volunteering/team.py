"""A service team: its leader, and so many seats for members."""

from __future__ import annotations

import attrs

from casework import (
    Account,
    Assign,
    CaseType,
    Given,
    Post,
    State,
    Text,
    Transition,
    Workflow,
    balance,
    fact,
    keep,
)
from casework.volunteering.project import FIELDS
from casework.volunteering.roles import NOTING, STAFF, STATION, VIEWERS, captain

free_seats = Account("free_seats", "seat", owner="case", minimum=0, title=Text("free seats", "空余编制"))
members = Account("members", "seat", owner="case", minimum=0, title=Text("members", "队员"))
unused_seats = Account("unused_seats", "seat", owner="case", title=Text("seats not set up", "未设编制"))


@attrs.frozen(kw_only=True)
class Team:
    """What a team is called, what it does, and who leads it."""

    name: str = fact(en="name", zh="队名", max_length=100)
    purpose: str = fact(en="field", zh="服务领域", choices=FIELDS)
    leader_is: str | None = fact(
        default=None, managed=True, en="leader's number", zh="队长编号", field_class="personal", max_length=128
    )


@attrs.frozen(kw_only=True)
class Leader:
    """Who leads."""

    leader_is: str = fact(en="leader's number", zh="队长编号", field_class="personal", max_length=128)


@attrs.frozen(kw_only=True)
class Seats:
    """How many may join."""

    count: int = fact(en="seats", zh="编制", minimum=1, maximum=1000)


@attrs.frozen(kw_only=True)
class Member:
    """Whose seat it is."""

    member: str = fact(en="volunteer's number", zh="志愿者编号", field_class="personal", max_length=128)


_WHO = ("coordinator", "captain")

team = CaseType(
    "team",
    title=Text("service team", "服务队"),
    chain=(
        Workflow(
            "team",
            initial="forming",
            title=Text("service team", "服务队"),
            states=(
                State("forming", title=Text("forming", "组建中"), phases="living", grants=NOTING),
                State("active", title=Text("active", "运行中"), phases="living", grants=NOTING),
                State("dissolved", title=Text("dissolved", "已解散"), final=True),
            ),
            transitions=(
                Transition(
                    "name_leader",
                    phase="living",
                    roles=STATION,
                    form=Leader,
                    effects=[*keep("leader_is"), Assign("captain", Given("leader_is"))],
                    title=Text("name the leader", "任命队长"),
                ),
                Transition(
                    "set_up_seats",
                    phase="living",
                    roles=STATION,
                    form=Seats,
                    effects=Post("unused_seats", "free_seats", Given("count")),
                    title=Text("set up seats", "设置编制"),
                ),
                Transition(
                    "activate",
                    "forming",
                    "active",
                    roles=STATION,
                    condition=(balance("free_seats") >= 1),
                    title=Text("activate", "正式成立"),
                    because=Text("a team has seats", "须先设置编制"),
                ),
                Transition(
                    "admit",
                    "active",
                    roles=_WHO,
                    form=Member,
                    effects=Post("free_seats", "members"),
                    title=Text("admit a member", "接收队员"),
                ),
                Transition(
                    "release",
                    "active",
                    roles=_WHO,
                    form=Member,
                    effects=Post("members", "free_seats"),
                    title=Text("release a member", "队员离队"),
                ),
                Transition(
                    "dissolve",
                    phase="living",
                    target="dissolved",
                    roles=STATION,
                    condition=balance("members") < 1,
                    title=Text("dissolve", "解散"),
                    because=Text("every member is released first", "须先办理全部队员离队"),
                ),
            ),
        ),
    ),
    data=Team,
    subjects=(),
    roles=(*STAFF, captain),
    opens=STATION,
    grants={"view": (*VIEWERS, "captain"), "import": STATION},
    readers={"personal": ("coordinator", "leader", "captain")},
    accounts=(free_seats, members, unused_seats),
)
