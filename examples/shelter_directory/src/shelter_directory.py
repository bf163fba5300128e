"""A directory of shelters, and places asked for in them: a plugin of casework in one module."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import click

import casework as cw
from casework.cli.commands import Column, Session, command, group

KEEPER = cw.Role("keeper", title=cw.Text("keeper of the directory", "名录管理员"))


@attrs.frozen(kw_only=True)
class Shelter:
    """What the directory says of a house."""

    name: str = cw.fact(en="name", zh="名称", max_length=100)
    address: str = cw.fact(en="address", zh="地址", max_length=200)
    takes: str = cw.fact(en="takes", zh="接收对象", choices=["anyone", "women", "men", "families"])
    phone: str | None = cw.fact(default=None, en="phone", zh="电话", field_class="personal", max_length=30)


@cw.guard("shelters.reachable", reads="phone")
def reachable(view: cw.View) -> bool:
    """somebody answers there: a phone number has at least seven digits"""
    return sum(letter.isdigit() for letter in str(view.data.get("phone", ""))) >= 7


house = cw.Workflow(
    "shelter",
    initial="proposed",
    states=[
        cw.State("proposed", title=cw.Text("proposed", "待核实"), grants={"edit": "keeper"}),
        cw.State("listed", title=cw.Text("listed", "已列入名录")),
        cw.State("gone", title=cw.Text("no longer there", "已停办"), final=True),
    ],
    transitions=[
        cw.Transition(
            "publish",
            "proposed",
            "listed",
            roles="keeper",
            guards="shelters.reachable",
            title=cw.Text("put on the list", "列入名录"),
        ),
        # Back into the same state: half a year until somebody has to look again.
        cw.Transition("confirm", "listed", "listed", roles="keeper", title=cw.Text("still there", "核实仍开办")),
        cw.Transition(
            "strike", ("proposed", "listed"), "gone", roles="keeper", title=cw.Text("strike off the list", "移出名录")
        ),
    ],
    deadlines=[cw.Deadline("look_again", "listed", cw.days(180), title=cw.Text("look again", "定期复核"))],
)

shelter = cw.CaseType(
    "shelter",
    title=cw.Text("shelter", "庇护场所"),
    data=Shelter,
    subjects=(),
    roles=[KEEPER],
    opens="keeper",
    grants={"view": "keeper"},
    readers={"personal": "keeper"},
    chain=[house],
    worklists=[cw.Worklist("to_look_at", "listed", condition=cw.overdue("look_again"), roles="keeper")],
)

placement = cw.Workflow(
    "placement",
    initial="none",
    title=cw.Text("place in a shelter", "庇护场所安置"),
    states=[
        cw.State("none", title=cw.Text("not asked for", "未申请")),
        cw.State("asked", title=cw.Text("asked for", "已申请"), grants={"view": "keeper"}),
        cw.State("agreed", title=cw.Text("agreed", "已同意")),
        cw.State("over", title=cw.Text("over", "已结束"), final=True),
    ],
    transitions=[
        cw.Transition(
            "end",
            ("none", "asked", "agreed"),
            "over",
            automatic=True,
            condition=cw.slot("closed"),
            title=cw.Text("the case has closed", "结案后结束"),
        ),
        cw.Transition(
            "ask",
            "none",
            "asked",
            roles="desk",
            form=[cw.Field("shelter", required=True), cw.Field("needs", field_class="health")],
            effects=cw.keep("shelter", "needs"),
            title=cw.Text("ask for a place", "申请床位"),
        ),
        cw.Transition("agree", "asked", "agreed", roles="keeper", title=cw.Text("agree", "同意接收")),
        cw.Transition(
            "decline",
            "asked",
            "none",
            roles="keeper",
            effects=[cw.Set("shelter", None), cw.Set("needs", None)],
            title=cw.Text("decline", "不予接收"),
        ),
    ],
    fields=[
        cw.Field("shelter", managed=True, field_class="whereabouts", readers=("keeper", "desk")),
        cw.Field("needs", managed=True, field_class="health", readers="keeper"),
    ],
    slots=[cw.Slot("person", "subject"), cw.Slot("desk", "role"), cw.Slot("closed")],
    outfit=cw.Outfit(roles=[KEEPER], worklists=[cw.Worklist("to_answer", "asked", roles="keeper")]),
)


@command("list", "Show the shelters of the directory.", "列出名录中的庇护场所。")
@click.pass_obj
def listing(session: Session) -> None:
    """Whoever may view them sees them."""
    found = session.desk.find("shelter", cw.state("shelter") == "listed")
    names = [session.screen.told("name", "名称"), session.screen.told("address", "地址")]
    session.screen.table([Column(name) for name in names], [(c.data["name"], c.data["address"]) for c in found.cases])


@cw.hookimpl
def casework_case_types() -> Sequence[cw.CaseType]:
    """The directory itself."""
    return [shelter]


@cw.hookimpl
def casework_parts() -> Sequence[cw.Part]:
    """What its documents name."""
    return [reachable]


@cw.hookimpl
def casework_commands(cli: click.Group) -> None:
    """``casework shelters list``."""
    cli.add_command(group("shelters", "The directory of shelters.", "庇护场所名录。", [listing]))
