"""The contact bound to rescue cases: whoever is brought in becomes a case of the station, about the same person.

It knows rescue cases by their name and their fields alone. Without it a contact still ends as "brought to a station",
and says to which; there is then no case here to go on with.
"""

from __future__ import annotations

from casework import Attachment, Held, Open, Slot, State, Text, Transition, Workflow, attach, hookimpl, slot, state

__all__ = ["casework_attachments", "intake", "on_contact"]

_ALIKE = ("found_at", "found_by", "alias", "sex", "age", "apparent_condition", "says_who_they_are")

intake = Workflow(
    "intake",
    initial="waiting",
    title=Text("intake", "接收立案"),
    states=(
        State("waiting", title=Text("no rescue case yet", "待立案")),
        State("opened", title=Text("rescue case opened", "已立救助案"), final=True),
        State("dropped", title=Text("no rescue case", "未立案"), final=True),
    ),
    transitions=(
        Transition(
            "open_case",
            "waiting",
            "opened",
            automatic=True,
            condition=slot("brought_in"),
            effects=Open("rescue", {"brought_by": "street_patrol", **{name: Held(name) for name in _ALIKE}}),
            title=Text("open the rescue case", "救助立案"),
        ),
        Transition(
            "drop",
            "waiting",
            "dropped",
            automatic=True,
            condition=slot("ended"),
            title=Text("it ended without a rescue case", "未护送入站即结束"),
        ),
    ),
    slots=(
        *(Slot(name, "field") for name in _ALIKE),
        Slot("brought_in", title=Text("brought to the station", "已护送入站")),
        Slot("ended", title=Text("it ended otherwise", "以其他方式结束")),
    ),
)

on_contact = attach(
    intake,
    "contact",
    **{name: name for name in _ALIKE},
    brought_in=state("contact") == "brought_in",
    ended=state("contact").in_("helped", "left_to_hospital", "met_again", "not_found_again", "died"),
)


@hookimpl
def casework_attachments() -> list[Attachment]:
    """Whoever is brought in becomes a rescue case."""
    return [on_contact]
