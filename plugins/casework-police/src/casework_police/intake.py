"""The workflow that opens the station's own case once a hand-over was signed by both sides."""

from __future__ import annotations

from casework import Held, Open, Slot, State, Text, Transition, Workflow, slot

_ALIKE = ("brought_by", "found_at", "found_by", "alias", "sex", "age", "apparent_condition")
# What the officers heard; whether the person can state who they are is for the station to assess.
_HEARD = "can_state_identity"

intake = Workflow(
    "intake",
    initial="waiting",
    title=Text("intake", "接收立案"),
    states=(
        State("waiting", title=Text("no case yet", "待立案")),
        State("opened", title=Text("case opened", "已立案"), final=True),
        State("dropped", title=Text("no case", "未立案"), final=True),
    ),
    transitions=(
        Transition(
            "open_case",
            "waiting",
            "opened",
            automatic=True,
            condition=slot("received"),
            effects=Open("rescue", {"says_who_they_are": Held(_HEARD), **{name: Held(name) for name in _ALIKE}}),
            title=Text("open the rescue case", "救助立案"),
        ),
        Transition(
            "drop",
            "waiting",
            "dropped",
            automatic=True,
            condition=slot("given_up"),
            title=Text("nobody was received", "未接收人员"),
        ),
    ),
    slots=(
        *(Slot(name, "field") for name in (*_ALIKE, _HEARD)),
        Slot("received", title=Text("both sides have signed", "双方已签字")),
        Slot("given_up", title=Text("it ended without a receipt", "未接收即结束")),
    ),
)
