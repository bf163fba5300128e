"""F87, F88: no answer, count or name tells of what somebody may not see, whoever shares a connection with them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest
from access.ward import CHIEF, CLERK, MOVER, NURSE, VALUES, code, made, ward
from stores import fresh

from casework import Actor, Casework, Desk, Invariant, Refused, StoreOptions, field
from casework.model.refusal import HIDDEN_TEXT, Refusal

CALLS: dict[str, Callable[[Desk, str], object]] = {
    "get": lambda desk, case: desk.get(case),
    "history": lambda desk, case: desk.history(case),
    "fire": lambda desk, case: desk.fire(case, "move"),
    "fire what is not": lambda desk, case: desk.fire(case, "nonsense"),
    "why_not": lambda desk, case: desk.why_not(case, "move"),
    "what_if": lambda desk, case: desk.what_if(case, "move"),
    "what_helps": lambda desk, case: desk.what_helps(case, "move"),
    "available": lambda desk, case: desk.available(case),
    "amend": lambda desk, case: desk.amend(case, bed="4"),
    "note": lambda desk, case: desk.note(case, "x"),
    "assign": lambda desk, case: desk.assign(case, "owner", "li"),
    "claim": lambda desk, case: desk.claim(case),
    "correct": lambda desk, case: desk.correct(case, 2, because="x"),
    "adopt": lambda desk, case: desk.adopt(case),
    "export": lambda desk, case: list(desk.export([case])),
    "balances": lambda desk, case: desk.balances(case),
    "enclosures": lambda desk, case: desk.enclosures(case),
    "read_enclosure": lambda desk, case: desk.read_enclosure(case, 2),
    "withdraw": lambda desk, case: desk.withdraw(case, 2, because="x"),
    "break_glass": lambda desk, case: desk.break_glass(case, reason="x"),
    "review": lambda desk, case: desk.review(case, 2, finding="x"),
    "readings": lambda desk, case: desk.readings(case),
    "bulk": lambda desk, case: desk.bulk([case], "move", batch="b").refused[0][1],
}


def answer(call: Callable[[Desk, str], object], desk: Desk, case: str) -> Refusal:
    """What was answered, without the id that was asked for."""
    try:
        found = call(desk, case)
    except Refused as no:
        found = no.refusal
    assert isinstance(found, Refusal)
    return attrs.evolve(found, case_id="")


@pytest.mark.parametrize("verb", CALLS)
def test_f81_f88_what_is_hidden_is_answered_like_what_is_not_there(verb: str) -> None:
    there = made()
    hidden = there.opened("south").id
    missing = there.desk(attrs.evolve(MOVER, tenant="other")).open("ward", unit="north", bed="1").id
    desk = there.desk(CLERK)

    assert answer(CALLS[verb], desk, missing) == answer(CALLS[verb], desk, hidden)
    assert "not-found" == answer(CALLS[verb], desk, hidden).code


def test_f88_counts_and_pages_hold_what_one_may_view_and_no_more() -> None:
    there = made()
    for n in range(7):
        there.opened("south" if n % 2 else "north")
    clerk = there.desk(CLERK)
    pages = clerk.find("ward", limit=4)

    assert (4, 4, False) == (clerk.waiting("ward", "arrived"), len(pages.cases), pages.more)
    assert not clerk.worklist("ward", "arrived", limit=4).more


def test_f88_a_count_does_not_tell_who_holds_a_local_role_elsewhere() -> None:
    there = made()
    case = there.opened("south")
    there.desk(MOVER).assign(case.id, "owner", "clerk")

    assert 0 == there.desk(CLERK).waiting("ward", "arrived")
    assert {case.id} == {found.id for found in there.desk(CLERK).find("ward").cases}


def test_f82_an_invariant_about_what_is_hidden_breaks_without_a_word_of_it() -> None:
    about = Invariant("no_stranger", (field("secret") != "spy") | ~field("secret").known, because="spies are not moved")
    case_type = attrs.evolve(ward, invariants=[Invariant("beds", ~(field("bed") == "0"), because="no bed 0"), about])
    there = made(case_type=case_type)
    case = there.opened(**{**VALUES, "secret": "no"})
    chief = there.desk(attrs.evolve(CHIEF, roles={"chief", "mover"}))
    with pytest.raises(Refused) as told:
        chief.amend(case.id, secret="spy")
    with pytest.raises(Refused) as open_one:
        there.desk(NURSE).amend(case.id, bed="0")
    with pytest.raises(Refused) as kept:
        there.desk(MOVER).open("ward", unit="north", secret="spy")

    assert ("spies are not moved", False) == (told.value.refusal.unmet[0].text.en, told.value.refusal.unmet[0].hidden)
    assert "no bed 0" == open_one.value.refusal.unmet[0].text.en
    assert (HIDDEN_TEXT, True) == (kept.value.refusal.unmet[0].text, kept.value.refusal.unmet[0].hidden)


def test_f87_two_tenants_on_one_connection_never_meet() -> None:
    url = fresh()
    made(url)
    app = Casework(url, case_types=[attrs.evolve(ward, break_glass=None)], options=StoreOptions())
    tenants = ("east", "west")
    desks = {name: app.desk(Actor("m", {"mover"}, tenant=name)) for name in tenants}
    own = {name: {desk.open("ward", unit="north", bed=name).id for _ in range(3)} for name, desk in desks.items()}

    def looks(n: int) -> bool:
        name, other = tenants[n % 2], tenants[1 - n % 2]
        found = {case.id for case in desks[name].find("ward").cases}
        foreign = next(iter(own[other]))
        return found == own[name] and code(lambda: desks[name].get(foreign)) == "not-found"

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(looks, range(60)))
    app.dispose()
