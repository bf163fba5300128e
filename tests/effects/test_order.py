"""Messages of one case leave in their order, and a case that fails holds up no other (F38)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from effects.parcel import ANA, Sink, app_on, clock_of, numbers, post, told
from faults.town import at_once
from stores import fresh

from casework import Casework, Channel


def ran_dry(app: Casework) -> None:
    """Send until nothing is left that can be sent now."""
    while app.send_waiting().sent:
        pass


@pytest.mark.both
def test_four_workers_keep_the_order_of_each_case() -> None:
    sink, url = Sink(), fresh()
    apps = [app_on(post(sink), url=url) for _ in range(4)]
    cases = told(apps[0], 8, times=6)

    while apps[0].effects("waiting"):
        at_once([lambda app=app: ran_dry(app) for app in apps])  # type: ignore[misc]
        for app in apps:
            clock_of(app).advance(timedelta(seconds=2))

    assert [[2, 3, 4, 5, 6, 7]] * 8 == [numbers(sink.keys, case) for case in cases]
    assert len(sink.keys) == len(set(sink.keys))
    for app in apps:
        app.dispose()


@pytest.mark.both
def test_f38_a_case_that_fails_holds_up_its_own_messages_and_no_others() -> None:
    sink = Sink()
    app = app_on(post(sink))
    poisoned, *others = told(app, 6, times=3)
    sink.failing.add(poisoned.id)

    ran_dry(app)
    assert [[]] + [[2, 3, 4]] * 5 == [numbers(sink.keys, case) for case in [poisoned, *others]]
    assert {1} == {row.attempts for row in app.effects("waiting") if row.problem}

    sink.failing.clear()
    clock_of(app).advance(timedelta(minutes=10))
    ran_dry(app)
    assert [2, 3, 4] == numbers(sink.keys, poisoned)


@pytest.mark.both
def test_what_is_dead_lets_the_others_of_its_case_go() -> None:
    sink = Sink()
    app = app_on(post(sink, pauses=[timedelta(seconds=1)]))
    (case,) = told(app, 1, times=2)
    sink.failing.add(case.id)
    for _ in range(2):
        app.send_waiting()
        clock_of(app).advance(timedelta(seconds=2))
    sink.failing.clear()

    ran_dry(app)

    assert [3] == numbers(sink.keys, case)
    assert [("dead", 2)] == [(row.state, row.attempts) for row in app.effects("dead")]


@pytest.mark.parametrize(("order", "arrived"), [("case", 0), ("channel", 1), ("none", 1)])
def test_a_channel_says_what_its_messages_wait_for(order: str, arrived: int) -> None:
    letters, texts = Sink(), Sink()
    sms = Channel("sms", texts, delivery="at_least_once", order=order)  # type: ignore[arg-type]
    app = app_on(post(letters), sms)
    desk = app.desk(ANA)
    case = desk.fire(desk.open("parcel"), "tell_twice")
    letters.failing.add(case.id)

    ran_dry(app)

    assert (0, arrived) == (len(letters.keys), len(texts.keys))


def test_within_a_channel_its_own_order_holds_still() -> None:
    texts = Sink()
    sms = Channel("sms", texts, delivery="at_least_once", order="channel")
    app = app_on(post(Sink()), sms)
    desk = app.desk(ANA)
    case = desk.fire(desk.fire(desk.open("parcel"), "tell_twice"), "tell_twice")
    texts.failing.add(case.id)
    app.send_waiting()

    assert 1 == len([row for row in app.effects("waiting", channel="sms") if row.attempts])


def test_a_message_without_a_channel_holds_up_nobody() -> None:
    sink = Sink()
    url = fresh()
    app = app_on(post(sink), Channel("sms", Sink(), delivery="at_least_once"), url=url)
    desk = app.desk(ANA)
    case = desk.fire(desk.fire(desk.open("parcel"), "tell_twice"), "tell")
    app.dispose()
    without = app_on(post(sink), url=url)

    ran = without.send_waiting()

    assert (2, 1) == (ran.sent, ran.parked)
    assert [2, 3] == numbers(sink.keys, case)
    without.dispose()
