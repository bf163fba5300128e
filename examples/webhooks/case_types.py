"""Two offices with a case type each: one asks for a bed, the other finds one and says so."""

from __future__ import annotations

from casework import CaseType, Field, Given, Held, Send, State, Transition, Workflow, keep

HOUSE = [Field("house", required=True)]


def case_type(name: str, opens: str, data: list[Field], states: list[State], *transitions: Transition) -> CaseType:
    """A case type of one workflow that everybody here may look at."""
    chain = [Workflow(name, initial=states[0].name, states=states, transitions=transitions)]
    return CaseType(name, opens=opens, grants={"view": ("clerk", "warden", "partner")}, data=data, chain=chain)


# Nothing about a person leaves: the partner learns how many beds are asked for, and answers to the message's id.
search = case_type(
    "search",
    "clerk",
    [Field("persons", "integer", required=True), Field("house")],
    [State("looking"), State("asked"), State("placed", final=True)],
    Transition("ask", "looking", "asked", roles="clerk", effects=Send("beds", "north", {"persons": Held("persons")})),
    Transition("place", "asked", "placed", roles="partner", form=HOUSE, effects=keep("house")),
)

request = case_type(
    "request",
    "partner",
    [Field("persons", "integer", required=True), Field("reference", required=True)],
    [State("new"), State("given", final=True)],
    Transition(
        "give",
        "new",
        "given",
        roles="warden",
        form=HOUSE,
        effects=Send("answers", "south", {"house": Given("house"), "reference": Held("reference")}),
    ),
)
