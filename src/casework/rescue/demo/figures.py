"""Figures and rules to hold the month against: published numbers, and where each deadline comes from."""

from __future__ import annotations

from types import MappingProxyType

import attrs

from casework import CaseType, Choice, Text
from casework.rescue.casetype import rescue
from casework.rescue.data import BRINGERS, SERVICES, WAYS
from casework.rescue.demo.register import OUTCOMES

# Reunited in the first half of 2016, by what led home (Ministry of Civil Affairs).
NATIONAL = MappingProxyType({"interview": 658, "national_site": 456, "dna": 253, "notice": 203})
NATIONAL_TOTAL = 1_570
NATIONAL_SOURCE = Text(
    "Ministry of Civil Affairs, first half of 2016: 1,570 people reunited",
    "民政部2016年上半年：帮助1570人与家人团聚",
)

AUTHORITIES = MappingProxyType(
    {
        "notice": Text("Circular 158 of 2015, part 1 (2)", "民发〔2015〕158号 一（二）"),
        "dna_request": Text("Circular 158 of 2015, part 1 (2)", "民发〔2015〕158号 一（二）"),
        "stay": Text(
            "Implementing rules (Order 24), art. 12; stands still in hospital",
            "实施细则（民政部令第24号）第十二条；住院期间中止",
        ),
        "hospital_visit": Text("the station's own practice: weekly", "本站做法：每周到院，边治疗边查询"),
        "settlement": Text(
            "Circular 158 of 2015; ended: identified, or over, before", "民发〔2015〕158号；三个月内查明或办结即为结束"
        ),
    }
)

# In the order in which a case meets them.
DEADLINES = ("notice", "dna_request", "hospital_visit", "stay", "settlement")


@attrs.frozen
class Names:
    """The titles of everything that a report names, by the name that the definition gives it."""

    triggers: dict[str, Text]
    states: dict[tuple[str, str], Text]
    workflows: dict[str, Text]
    deadlines: dict[str, Text]


def names_of(case_type: CaseType) -> Names:
    """Read the titles off a definition, so that a report and a screen say the same."""
    chain = case_type.chain
    return Names(
        {transition.trigger: transition.title for workflow in chain for transition in workflow.transitions},
        {(workflow.name, state.name): state.title for workflow in chain for state in workflow.states},
        {workflow.name: workflow.title for workflow in chain},
        {deadline.name: deadline.title for workflow in chain for deadline in workflow.deadlines},
    )


def _titles(choices: tuple[Choice, ...]) -> dict[str, Text]:
    return {choice.name: choice.title for choice in choices}


RESCUE = names_of(rescue)
OUTCOME = _titles(OUTCOMES)
WAY = _titles(WAYS)
SERVICE = _titles(SERVICES)
BRINGER = _titles(BRINGERS)
SEX = MappingProxyType({"male": Text("rooms for men", "男性住宿区"), "female": Text("rooms for women", "女性住宿区")})


def percent(part: float, whole: float) -> str:
    """A share as people read it; a dash where there is no whole."""
    return f"{100 * part / whole:.0f}%" if whole else "–"
