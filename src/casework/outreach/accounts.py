"""The accounts of outreach: what lies in the store room and in the kit of a patrol, and who is out with it.

A piece goes ``bought → stock → kit → received`` or comes back; ``used_up`` is what was lost or spoilt. Pieces of every
kind are counted once more together (``carried``), so that a patrol knows by one number whether its kit is empty.
The accounts of a patrol belong to it as a subject, which its contacts and turns share: they take from the same kit.
"""

from __future__ import annotations

from casework import Account, Choice, Text

PATROL, PERSON, MEMBER = "patrol", "person", "member"

ITEMS = (
    Choice("food", Text("food", "食品")),
    Choice("water", Text("drinking water", "饮用水")),
    Choice("medicine", Text("medicine", "药品")),
    Choice("clothing", Text("clothing", "衣物")),
    Choice("blanket", Text("blankets", "棉被毛毯")),
    Choice("leaflet", Text("leaflets", "救助宣传单")),
    Choice("guide", Text("rescue guides", "救助指南")),
)

bought = Account("bought", "piece", by="item", title=Text("bought or given to us", "购入与捐入"))
stock = Account("stock", "piece", by="item", minimum=0, title=Text("in the store room", "库存"))
kit = Account("kit", "piece", owner=PATROL, by="item", minimum=0, title=Text("in the kit", "随队物资"))
received = Account("received", "piece", owner="case", by="item", title=Text("handed out", "已发放"))
used_up = Account("used_up", "piece", by="item", title=Text("lost or spoilt", "损耗"))

not_carried = Account("not_carried", "carried piece", owner="tenant", title=Text("not carried", "未随队物资"))
carried = Account("carried", "carried piece", owner=PATROL, minimum=0, title=Text("carried by the patrol", "随队件数"))

at_home = Account("at_home", "person on duty", owner="tenant", title=Text("not on duty", "未在岗"))


def _crew(name: str, title: Text) -> Account:
    return Account(name, "person on duty", owner=PATROL, minimum=0, title=title)


crew = _crew("crew", Text("checked in", "已签到人数"))
adults = _crew("adults", Text("grown-ups checked in", "已签到成年人"))
leads = _crew("leads", Text("who can lead, checked in", "已签到带队人"))
lay = _crew("lay", Text("volunteers checked in", "已签到志愿者"))
indoors = Account("indoors", "patrol", owner="tenant", title=Text("not out", "未外出"))
outside = Account("outside", "patrol", owner=PATROL, minimum=0, maximum=1, title=Text("is out", "在外巡查"))
on_patrol = Account(
    "on_patrol", "person on duty", owner=MEMBER, minimum=0, maximum=1, title=Text("is on a patrol", "正在巡查")
)

GOODS = (stock, kit, not_carried, carried)
CREW = (at_home, crew, adults, leads, lay, indoors, outside)
