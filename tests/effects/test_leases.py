"""Whoever delivers a message holds it for a while, and only the last who took it may say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from effects.parcel import ANA, START, Sink, app_on, clock_of, post, told
from stores import fresh

from casework import Casework, Message
from casework.channels import DeliveryFailed, Gone, Later
from casework.storage.outbox import Outgoing

pytestmark = pytest.mark.both
MINUTE = timedelta(minutes=1)


def rows(app: Casework) -> list[tuple[str, int, str | None]]:
    return [(row.state, row.attempts, row.problem) for row in app.effects()]


def test_f13_f39_a_stale_token_may_not_report() -> None:
    """The first is put to sleep while it delivers, longer than it may hold the message; the second sends it."""
    url, arrived = fresh(), Sink()
    second = app_on(post(arrived), url=url)

    def asleep(message: Message, key: str) -> None:
        for app in (first, second):
            clock_of(app).advance(2 * MINUTE)
        second.send_waiting()
        raise ConnectionError

    first = app_on(post(asleep), url=url)
    told(first, 1)

    ran = first.send_waiting()

    assert (0, 0) == (ran.sent, ran.failed), "what the first has to say does not count"
    assert [("sent", 2, None)] == rows(first)
    assert 1 == len(arrived.keys)
    first.dispose()
    second.dispose()


@pytest.mark.parametrize("after", [MINUTE, timedelta(seconds=59)], ids=["past the lease", "within it"])
def test_a_message_whose_worker_vanished_is_tried_again_when_the_lease_is_over(after: timedelta) -> None:
    sink = Sink(KeyboardInterrupt)
    app = app_on(post(sink, pauses=[timedelta(seconds=1)] * 3))
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    with pytest.raises(KeyboardInterrupt):
        app.send_waiting()
    sink.failing.clear()
    clock_of(app).advance(after)

    assert (1 if after == MINUTE else 0) == app.send_waiting().sent
    assert (2 if after == MINUTE else 1) == rows(app)[0][1]


def test_f14_a_message_that_never_lets_its_worker_report_is_dead_after_its_attempts() -> None:
    sink = Sink(KeyboardInterrupt)
    app = app_on(post(sink, pauses=[timedelta(seconds=1)] * 2))
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            app.send_waiting()
        clock_of(app).advance(MINUTE)

    assert 0 == app.send_waiting().sent
    assert [("dead", 3, "not-reported")] == rows(app)


def test_f47_a_clock_that_goes_back_keeps_no_message_waiting_until_it_was() -> None:
    sink = Sink()
    app = app_on(post(sink))
    told(app, 2)
    clock_of(app).set(START - timedelta(days=30))

    assert 2 == app.send_waiting().sent


def test_what_the_receiver_asks_for_is_respected() -> None:
    errors: list[Callable[[], BaseException]] = [lambda: Later(timedelta(hours=3))]
    sink = Sink(lambda: errors[0]())
    app = app_on(post(sink))
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    app.send_waiting()

    assert [START + timedelta(hours=3)] == [row.next_at for row in app.effects()]


def test_a_message_that_was_not_even_tried_costs_no_attempt() -> None:
    sink = Sink(lambda: Later(MINUTE, tried=False))
    app = app_on(post(sink, pauses=[MINUTE]))
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    for _ in range(5):
        app.send_waiting()
        clock_of(app).advance(2 * MINUTE)

    assert [("waiting", 0, "Later")] == rows(app)


@pytest.mark.parametrize("delivery", ["at_least_once", "at_most_once"])
def test_what_will_never_arrive_is_dead_at_once(delivery: str) -> None:
    sink = Sink(lambda: Gone("closed"))
    app = app_on(post(sink, delivery=delivery))
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    app.send_waiting()

    assert [("dead", 1, "Gone")] == rows(app)


@pytest.mark.parametrize(("reached", "state"), [(True, "doubtful"), (False, "waiting")])
def test_f36_at_most_once_is_tried_again_only_where_nothing_can_have_arrived(reached: bool, state: str) -> None:
    sink = Sink(lambda: DeliveryFailed("no line", reached=reached))
    app = app_on(post(sink, delivery="at_most_once"))
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    app.send_waiting()

    assert [(state, 1, "DeliveryFailed")] == rows(app)


def test_f36_what_died_between_is_in_doubt_and_on_the_list() -> None:
    sink = Sink(KeyboardInterrupt)
    app = app_on(post(sink, delivery="at_most_once"))
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    with pytest.raises(KeyboardInterrupt):
        app.send_waiting()
    clock_of(app).advance(timedelta(days=3))

    assert 0 == app.send_waiting().sent
    (row,) = app.effects("doubtful")
    assert isinstance(row, Outgoing)
    assert (case.id, 1, "not-reported") == (row.key.case_id, row.attempts, row.problem)


def test_what_was_sent_long_ago_has_no_body_and_no_recipient_any_more() -> None:
    sink = Sink()
    app = app_on(post(sink))
    told(app, 3)
    app.send_waiting()
    app.tend()
    assert {"sent"} == {row.state for row in app.effects()}
    clock_of(app).advance(timedelta(days=31))

    assert 3 == app.tend().emptied
    assert ["emptied"] * 3 == [row.state for row in app.effects()]
    assert sink.keys == [str(row.key) for row in app.effects()]
    assert app.verify().whole
    app.desk(ANA)
