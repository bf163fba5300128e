"""Vouching: what two persons do, or what takes of a limited account, is not placed on one person's word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from errands import ANA, DATA, EVERYTHING, Bench, act, errand
from oracle import refused
from storage.adopting import whole
from stores import quick

from casework import CaseType, Field, Post, Set, Settle, State, Transition, Void, Workflow, field, state

GRANTS = {**dict.fromkeys((*EVERYTHING, "import"), "clerk")}
VOUCHING = {**GRANTS, "vouch": "clerk"}
PROPOSE = act(trigger="propose", form=(), source=("new",), target="doing")
AGREE = Transition("agree", "doing", "done", roles="clerk", four_eyes="propose", effects=[Set("agreed", True)])
WITH = (*DATA, Field("agreed", "boolean", managed=True))
SIDE = Workflow(
    "side",
    initial="on",
    states=[State("on"), State("told"), State("off", final=True)],
    transitions=[
        Transition("hear", "on", "told", automatic=True, condition=field("agreed") == True),  # noqa: E712
        Transition("leave", ["on", "told"], "off", automatic=True, condition=state("errand") == "done"),
    ],
)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A store of one test, whole in the end."""
    with whole() as made:
        yield made


def record(number: int = 1, **more: Any) -> dict[str, Any]:
    """A record that says how a case stands."""
    return {"format": "casework-case-1", "id": f"r-{number}", "case_type": "errand", **more}


def kind(*transitions: Transition, **more: Any) -> CaseType:
    """The errand, with these transitions in place of its own ways."""
    made = errand(**{"grants": GRANTS, "data": WITH, **more})
    main = attrs.evolve(made.chain[0], transitions=transitions)
    return attrs.evolve(made, chain=(main, *made.chain[1:]))


def kept_out(bench: Bench, made: CaseType, given: dict[str, Any]) -> list[str]:
    """The places of a record that nobody may claim alone; who may vouch for them places it all the same."""
    app = bench.app(made)
    refusal = refused(app, lambda: app.desk(ANA).import_(given))
    assert ("not-permitted", ()) == (refusal.code, refusal.roles)
    assert all(problem.text.zh and problem.text.en for problem in refusal.problems)
    vouched = bench.app(attrs.evolve(made, grants=VOUCHING, version=2))
    assert 1 == vouched.desk(ANA).import_(given).case.revision
    return [problem.field for problem in refusal.problems]


PROPOSE = attrs.evolve(PROPOSE, phase=None)


def test_a_state_that_two_persons_bring_about_is_not_placed_by_one(bench: Bench) -> None:
    made = kind(PROPOSE, AGREE)

    assert ["states.errand"] == kept_out(bench, made, record(states={"errand": "done"}))
    before = record(2, states={"errand": "doing"})
    assert "doing" == bench.app(made).desk(ANA).import_(before).case.state


def test_what_was_done_before_four_eyes_is_not_claimed_by_one(bench: Bench) -> None:
    given = record(states={"errand": "doing"}, acts={"propose": "ben"})

    assert ["acts.propose"] == kept_out(bench, kind(PROPOSE, AGREE), given)


def test_whoever_places_a_case_does_not_go_on_as_the_second_of_two(bench: Bench) -> None:
    app = bench.app(kind(PROPOSE, AGREE))
    case = app.desk(ANA).import_(record(states={"errand": "doing"})).case

    assert "unmet" == refused(app, lambda: app.desk(ANA).fire(case, "agree")).code


def test_a_value_that_two_persons_write_is_not_placed_by_one(bench: Bench) -> None:
    made = kind(PROPOSE, AGREE)

    assert ["data.agreed"] == kept_out(bench, made, record(states={"errand": "doing"}, data={"agreed": True}))


def test_a_state_that_follows_one_of_two_persons_is_not_placed_by_one(bench: Bench) -> None:
    asked = attrs.evolve(AGREE, target="doing")
    last = Transition("finish", "doing", "done", roles="clerk", condition=field("agreed") == True)  # noqa: E712
    made = kind(PROPOSE, asked, last, beside=(SIDE,))

    assert ["states.side"] == kept_out(bench, made, record(states={"errand": "doing", "side": "told"}))
    assert ["states.errand", "states.side"] == kept_out(
        bench, attrs.evolve(made, version=3), record(2, states={"errand": "done", "side": "off"})
    )


def test_of_two_ways_the_one_counts_that_the_record_tells_of(bench: Bench) -> None:
    short = Transition("finish", "doing", "done", roles="clerk", condition=field("ready") == True)  # noqa: E712
    made = kind(PROPOSE, AGREE, short)
    app = bench.app(made)

    ready = record(states={"errand": "done"}, data={"ready": True})
    assert "done" == app.desk(ANA).import_(ready).case.state
    assert ["states.errand"] == kept_out(bench, made, record(2, states={"errand": "done"}, data={"ready": False}))
    assert ["states.errand"] == kept_out(bench, attrs.evolve(made, version=3), record(3, states={"errand": "done"}))


def test_a_bed_that_nobody_counts_here_is_not_placed_by_one(bench: Bench) -> None:
    book = Transition("book", "new", roles="clerk", effects=[Post("stock", "outside", hold="bed")])
    take = Transition("take", "new", "doing", roles="clerk", effects=[Settle("bed")])
    leave = Transition("leave", "doing", "done", roles="clerk", effects=[Post("outside", "stock")])
    made = kind(book, take, leave)

    assert ["states.errand"] == kept_out(bench, made, record(states={"errand": "doing"}))
    (note,) = bench._apps[-1].desk(ANA).import_(record(2, states={"errand": "doing"})).notes
    assert "outside, stock" == note.en.rpartition(": ")[2]


def test_what_was_given_back_on_the_way_stands_for_nothing(bench: Bench) -> None:
    states = [State("new"), State("held"), State("doing"), State("done", final=True)]
    hold = Transition("hold", "new", "held", roles="clerk", effects=[Post("stock", "outside", hold="bed")])
    drop = Transition("drop", "held", "doing", roles="clerk", effects=[Void("bed")])
    give = Transition("give", "doing", roles="clerk", effects=[Post("outside", "shelf"), Post("shelf", "outside")])
    again = Transition("again", "doing", "new", roles="clerk")
    end = Transition("end", "doing", "done", roles="clerk")
    made = kind(hold, drop, give, again, end)
    made = attrs.evolve(made, chain=(attrs.evolve(made.chain[0], states=states),))

    assert () == bench.app(made).desk(ANA).import_(record(states={"errand": "doing"})).notes
    assert ["states.errand"] == kept_out(bench, made, record(2, states={"errand": "held"}))


def test_the_rescue_of_somebody_is_not_imported_as_reunited_by_one_director() -> None:
    from casework import Actor, Casework
    from casework.rescue import rescue, station

    app = Casework(quick(), case_types=[rescue, station])
    app.create_tables()
    director = app.desk(Actor("zhou", roles={"director"}))
    data = {"found_at": "market", "found_by": "patrol"}
    for number, ended in enumerate(["reunited", "identity_traced"]):
        states = {"rescue": ended, "tracing": "confirmed", "care": "gone" if ended == "reunited" else "checked"}
        given = {**record(number, data=data, unit="anlu", states=states), "case_type": "rescue"}
        refusal = refused(app, lambda given=given: director.import_(given))
        assert ["states.rescue", "states.tracing"] == [problem.field for problem in refusal.problems]
    app.dispose()
