"""Effects as data: each kind does one thing, in the transaction of its firing, and says so in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from errands import ANA, BEN, NOW, Bench, act, errand, refused

from casework import (
    Account,
    Actor,
    Assign,
    Casework,
    Channel,
    Doer,
    Field,
    Given,
    Held,
    Now,
    Open,
    Post,
    Recheck,
    Send,
    Set,
    Settle,
    Transition,
    Unit,
    Void,
    elapsed_since,
    field,
    hours,
    keep,
)

STOCK = act(Post("outside", "stock", Given("count")), trigger="buy")
DELIVERED: list[object] = []
POST_OFFICE = Channel("post", lambda message, key: DELIVERED.append(message), delivery="at_least_once")


def left(bench: Bench, account: str) -> int:
    return sum(amount for name, amount in bench.ask("select account, amount from casework_balance") if account in name)


def test_set_gives_and_clears_fields_from_literals_the_form_the_case_and_the_firing(bench: Bench) -> None:
    filling = act(Set("ready", True), Set("seen_at", Now()), keep("count"), Set("remark", Doer()), trigger="fill")
    moving = act(Set("remark", Unit()), Set("count", None), trigger="clear")
    desk = bench.app(errand(filling, moving)).desk(ANA)

    case = desk.fire(desk.open("errand"), "fill", count=3)
    assert {"ready": True, "seen_at": NOW, "count": 3, "remark": "ana"} == dict(case.data)
    assert {"ready": True, "seen_at": NOW, "remark": "north"} == dict(desk.fire(case, "clear").data)


def test_post_moves_an_amount_and_stops_at_the_limit(bench: Bench) -> None:
    desk = bench.app(errand(STOCK, act(Post("stock", "outside", 2), trigger="use"))).desk(ANA)
    case = desk.fire(desk.open("errand"), "buy", count=3)
    case = desk.fire(case, "use")
    before = bench.rows()

    assert 1 == left(bench, "stock")
    assert "limit-reached" == refused(desk.fire, case, "use").code
    assert before == bench.rows()


@pytest.mark.parametrize(("ending", "stock", "shelf", "state"), [("settle", 1, 2, "settled"), ("void", 3, 0, "voided")])
def test_a_hold_takes_at_once_and_is_settled_or_given_back(
    bench: Bench, ending: str, stock: int, shelf: int, state: str
) -> None:
    steps = [STOCK, act(Post("stock", "shelf", 2, "kept"), trigger="reserve")]
    steps += [act(Settle("kept"), trigger="settle"), act(Void("kept"), trigger="void")]
    desk = bench.app(errand(*steps)).desk(ANA)
    case = desk.fire(desk.fire(desk.open("errand"), "buy", count=3), "reserve")

    assert (1, 0) == (left(bench, "stock"), left(bench, "shelf"))
    case = desk.fire(case, ending)
    assert (stock, shelf) == (left(bench, "stock"), left(bench, "shelf"))
    assert [(state,)] == bench.ask("select state from casework_posting where hold = 'kept'")
    desk.fire(case, ending)
    assert (stock, shelf) == (left(bench, "stock"), left(bench, "shelf")), "what has ended does not end again"


def test_one_firing_ends_a_hold_once_even_if_several_steps_say_so(bench: Bench) -> None:
    both = act(Settle("kept"), Void("kept"), Settle("kept"), trigger="settle")
    desk = bench.app(errand(STOCK, act(Post("stock", "shelf", 2, "kept"), trigger="reserve"), both)).desk(ANA)

    desk.fire(desk.fire(desk.fire(desk.open("errand"), "buy", count=3), "reserve"), "settle")

    assert (1, 2) == (left(bench, "stock"), left(bench, "shelf"))


@pytest.mark.parametrize(("ending", "stock", "shelf"), [(Settle("kept"), 1, 2), (Void("kept"), 3, 0)])
def test_a_hold_may_end_in_the_firing_that_made_it(bench: Bench, ending: Settle | Void, stock: int, shelf: int) -> None:
    desk = bench.app(errand(STOCK, act(Post("stock", "shelf", 2, "kept"), ending, trigger="pass_on"))).desk(ANA)

    desk.fire(desk.fire(desk.open("errand"), "buy", count=3), "pass_on")

    assert (stock, shelf) == (left(bench, "stock"), left(bench, "shelf"))
    assert [] == bench.ask("select 1 from casework_posting where state = 'pending'")


def test_amending_may_cause_a_step_that_ends_a_hold(bench: Bench) -> None:
    done = field("ready").in_(True)
    freed = Transition("freed", "new", "doing", automatic=True, condition=done, effects=Void("kept"))
    desk = bench.app(errand(freed, STOCK, act(Post("stock", "shelf", 2, "kept"), trigger="reserve"))).desk(ANA)
    case = desk.fire(desk.fire(desk.open("errand"), "buy", count=3), "reserve")

    assert "doing" == desk.amend(case, ready=True).state
    assert 3 == left(bench, "stock")


def test_a_message_is_sent_after_the_commit_and_its_values_are_in_no_entry(bench: Bench) -> None:
    DELIVERED.clear()
    tell = act(Send("post", to=Doer(), body={"what": Held("remark"), "where": Unit()}), trigger="tell")
    app = bench.app(errand(tell), parts=[POST_OFFICE])
    desk = app.desk(ANA)
    desk.fire(desk.open("errand", remark="secret"), "tell")

    assert [] == DELIVERED
    assert 1 == app.send_waiting().sent
    (message,) = DELIVERED
    assert ("post", "ana", (("what", "secret"), ("where", "north"))) == (message.channel, message.to, message.body)


def test_a_child_is_opened_with_its_parent_in_one_transaction(bench: Bench) -> None:
    child = errand(name="parcel")
    open_it = act(Open("parcel", {"count": Given("count"), "remark": Held("remark")}, unit="south"), trigger="send_off")
    desk = bench.app(errand(open_it), child).desk(Actor("eve", roles={"clerk"}))
    parent = desk.fire(desk.open("errand", remark="r"), "send_off", count=7)

    ((case_type, child_id, unit),) = desk.history(parent)[-1].opened
    opened = desk.get(child_id)
    assert ("parcel", "south") == (case_type, unit)
    assert (parent.id, {"count": 7, "remark": "r"}) == (opened.parent, dict(opened.data))


def test_a_child_that_would_be_refused_refuses_its_parents_step(bench: Bench) -> None:
    tight = (Field("count", "integer", maximum=1),)
    child = errand(name="parcel", data=tight, accounts=())
    desk = bench.app(errand(act(Open("parcel", {"count": Given("count")}), trigger="send_off")), child).desk(ANA)
    case = desk.open("errand")
    before = bench.rows()

    assert "invalid-form" == refused(desk.fire, case, "send_off", count=7).code
    assert before == bench.rows()


def test_children_that_fit_one_by_one_and_not_together_are_refused_together(bench: Bench) -> None:
    taking = Transition("taken", "new", "doing", automatic=True, effects=Post("stock", "outside"))
    child = errand(taking, name="parcel", accounts=(Account("stock", "box", minimum=0), Account("outside", "box")))
    twice = act(Open("parcel"), Open("parcel"), trigger="send_off")
    desk = bench.app(errand(STOCK, twice), child).desk(ANA)
    case = desk.fire(desk.open("errand"), "buy", count=1)
    before = bench.rows()

    assert "limit-reached" == refused(desk.fire, case, "send_off").code
    assert before == bench.rows()


def test_assign_gives_a_local_role_and_takes_it_away(bench: Bench) -> None:
    minding = act(trigger="mind", roles="minder")
    app = bench.app(errand(act(Assign("minder"), trigger="take"), act(Assign("minder", None), trigger="drop"), minding))
    ana, ben = app.desk(ANA), app.desk(BEN)
    case = ana.fire(ana.open("errand"), "take")

    assert "mind" in ana.available(case)
    assert "not-permitted" == refused(ben.fire, case, "mind").code
    case = ana.fire(case, "drop")
    assert "mind" not in ana.available(case)


def parent_and_child(bench: Bench) -> Casework:
    late = elapsed_since("errand.new") >= hours(1)
    waiting = Transition("went_on", "new", "doing", automatic=True, condition=late)
    parent = errand(waiting, act(Open("parcel"), trigger="send_off"))
    return bench.app(parent, errand(act(Recheck(), trigger="report"), name="parcel"))


def test_a_recheck_looks_at_the_parent_again_and_leaves_no_entry_where_nothing_moves(bench: Bench) -> None:
    app = parent_and_child(bench)
    desk = app.desk(ANA)
    parent = desk.fire(desk.open("errand"), "send_off")
    ((_, child, _),) = desk.history(parent)[-1].opened
    desk.fire(child, "report")

    assert (0, 1) == ((ran := app.run_due()).fired, ran.stale)
    assert parent.revision == desk.get(parent.id).revision


def test_a_recheck_finds_what_time_has_brought(bench: Bench) -> None:
    app = parent_and_child(bench)
    desk = app.desk(ANA)
    parent = desk.fire(desk.open("errand"), "send_off")
    ((_, child, _),) = desk.history(parent)[-1].opened
    bench.clock.advance(timedelta(hours=2))
    desk.fire(child, "report")
    app.run_due()

    assert "doing" == desk.get(parent.id).state
