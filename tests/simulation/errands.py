"""What the simulation plays with: the errand that uses everything that definitions can say, and who does what."""

from __future__ import annotations

from property.test_case_machine import PEOPLE as STAFF
from property.test_case_machine import errand, part

from casework import Actor

CLERK = STAFF[0]
SEER = Actor("seer", roles={"clerk", "chief"}, unit="anlu")
PARTNER = Actor("partner", roles={"clerk"}, unit="anlu")
PEOPLE = (*STAFF, *STAFF[:2], SEER, SEER, SEER)
KINDS = ("errand", "errand", "part")
FORMS = {
    "fund": [{"amount": 1}, {"amount": 3}, {"amount": 9}],
    "promise": [{"amount": 1}, {"amount": 2}],
    "describe": [{"remark": "x"}, {}],
}
TRIGGERS = (
    "fund",
    "describe",
    "promise",
    "break_off",
    "keep_it",
    "delegate",
    "give_up",
    "reopen",
    "ask",
    "finish",
    "no",
)

__all__ = ["CLERK", "FORMS", "KINDS", "PARTNER", "PEOPLE", "SEER", "TRIGGERS", "errand", "part"]
