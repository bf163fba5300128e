"""The store room as a case of its own: what comes in and what spoils are firings that are logged."""

from __future__ import annotations

import attrs

from casework import CaseType, Given, Post, Set, State, Text, Transition, Workflow, fact
from casework.outreach import accounts
from casework.outreach.roles import DIRECTOR, OUT_AND_PLANNERS, PLANNERS, STAFF


@attrs.frozen(kw_only=True)
class StoreRoom:
    """What is known of the store room."""

    name: str = fact(en="name", zh="库房名称", max_length=100)
    item: str | None = fact(
        default=None, managed=True, en="goods last moved", zh="最近变动的物资", choices=accounts.ITEMS
    )


@attrs.frozen(kw_only=True)
class Goods:
    """So many pieces of one kind."""

    item: str = fact(en="goods", zh="物资", choices=accounts.ITEMS)
    count: int = fact(en="pieces", zh="件数", minimum=1, maximum=100_000)


_ITEM = Set("item", Given("item"))

store_room = CaseType(
    "store_room",
    title=Text("store room", "物资库房"),
    chain=(
        Workflow(
            "store_room",
            initial="open",
            title=Text("store room", "物资库房"),
            states=(
                State(
                    "open",
                    title=Text("in use", "使用中"),
                    grants={"edit": PLANNERS, "note": PLANNERS, "correct": DIRECTOR, "adopt": DIRECTOR},
                ),
                State("closed", title=Text("closed", "已停用"), final=True),
            ),
            transitions=(
                Transition(
                    "take_in",
                    "open",
                    roles=PLANNERS,
                    form=Goods,
                    effects=[_ITEM, Post("bought", "stock", Given("count"))],
                    title=Text("take goods in", "物资入库"),
                ),
                Transition(
                    "write_off",
                    "open",
                    roles=PLANNERS,
                    form=Goods,
                    effects=[_ITEM, Post("stock", "used_up", Given("count"))],
                    title=Text("write goods off", "物资报损"),
                ),
                Transition("close", "open", "closed", roles=DIRECTOR, title=Text("close", "停用")),
            ),
        ),
    ),
    data=StoreRoom,
    subjects=(),
    roles=STAFF,
    opens=DIRECTOR,
    grants={"view": (*OUT_AND_PLANNERS, "auditor"), "import": DIRECTOR},
    accounts=(accounts.bought, accounts.stock, accounts.used_up),
)
