"""The weekly visit while somebody is in the ward: help and enquiries at the bedside, and what was heard there.

What is heard goes into the host's own field for clues, where whoever traces looks; the condition stays with
those who read of health.
"""

from __future__ import annotations

from casework import ALWAYS, Condition, Given, Run, Set, Text, Transition, given, keep
from casework_hospital import forms
from casework_hospital.fields import NURSE
from casework_hospital.outfit import STAY

_PASS_ON = Set("clue", Given("clue"))


def _visit(state: str, clue: bool) -> Transition:
    """Back into the same state, so that the week begins again. Without a clue the host's field is left alone."""
    heard: Condition = given("clue").known if clue else ALWAYS
    passed_on = (_PASS_ON,) if clue else ()
    return Transition(
        "visit",
        state,
        state,
        roles="visitor",
        form=forms.Visit,
        condition=heard,
        effects=[keep("condition"), Run("referral.count_visit"), *passed_on],
        title=Text("visit in the ward", "到病区探视与查询"),
    )


def _miss(state: str) -> Transition:
    """Fired by the clock alone: the week is over, and the next one begins."""
    return Transition(
        "miss_visit",
        state,
        state,
        effects=Run("referral.count_miss"),
        title=Text("nobody came this week", "本周未到院探视"),
    )


VISITING = (
    *(_visit(state, clue) for state in STAY for clue in (True, False)),
    *(_miss(state) for state in STAY),
    Transition(
        "tell_clue",
        STAY,
        roles=(NURSE, "visitor"),
        form=forms.Clue,
        effects=_PASS_ON,
        title=Text("tell what was heard in the ward", "告知病区所获线索"),
    ),
)
