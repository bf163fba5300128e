"""Marks on accounts: what a volunteer's file and a task say of themselves, where every service reads it.

A condition reads one case, and balances. So a file marks its volunteer as registered, insured or qualified, and a
task says what it asks and how long it is, each on accounts of its own; nobody who signs up is asked for either.
"""

from __future__ import annotations

from collections.abc import Iterable

from casework import EffectPart, Part, Post, Set, View, effect
from casework.volunteering import accounts

MARKS = accounts.marks.name
PLANS, PLANNED = accounts.plans.name, accounts.planned.name
_ASKED = {"risky": accounts.open_to_uninsured.name, "needs_licence": accounts.open_to_unqualified.name}


def _moved(view: View, account: str, wanted: int, source: str = MARKS) -> tuple[Post, ...]:
    """What brings the account to hold as much as is *wanted*, whatever it holds."""
    change = wanted - view.balances[account]
    if change > 0:
        return (Post(source, account, change),)
    return (Post(account, source, -change),) if change else ()


def _setting(name: str, account: str, wanted: int) -> EffectPart:
    @effect(name, posts=(MARKS, account))
    def run(view: View) -> Iterable[Post]:
        return _moved(view, account, wanted)

    return run


@effect(
    "volunteering.announce_terms", reads=("planned_minutes", *_ASKED), posts=(MARKS, *_ASKED.values(), PLANS, PLANNED)
)
def announce_terms(view: View) -> Iterable[Post]:
    """Say what the task asks and how long it is; what is not known to be harmless counts as a risk."""
    minutes = view.data.get("planned_minutes")
    yield from _moved(view, PLANNED, minutes if isinstance(minutes, int) else 0, PLANS)
    for field, account in _ASKED.items():
        yield from _moved(view, account, int(view.data.get(field) is False))


@effect("volunteering.withdraw_terms", posts=(PLANS, PLANNED))
def withdraw_terms(view: View) -> Iterable[Post]:
    """The task is over: nobody is placed in it any more."""
    return _moved(view, PLANNED, 0, PLANS)


# It posts nothing, and names the account to see what is left in it.
@effect("volunteering.take_terms", writes=("planned_minutes",), posts=(PLANNED,))
def take_terms(view: View) -> Iterable[Set]:
    """Keep the length that the task announced, which bounds what can be credited."""
    return (Set("planned_minutes", view.balances[PLANNED]),)


MARKING_PARTS: tuple[Part, ...] = (
    announce_terms,
    withdraw_terms,
    take_terms,
    *(
        _setting(f"volunteering.{verb}_{account}", account, wanted)
        for account in ("registered", "insured", "qualified")
        for verb, wanted in (("mark", 1), ("unmark", 0))
    ),
)
