"""Channels: a message leaves after the commit; how often it is tried is what its channel promised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from errands import ANA, Bench, act, errand

from casework import Casework, Channel, Desk, Message, Send


class Office:
    """A receiver that fails as often as it is told to."""

    def __init__(self, failures: int = 0, error: Callable[[], BaseException] = ConnectionError) -> None:
        self.failures, self.error = failures, error
        self.tried: list[str] = []

    def __call__(self, message: Message, key: str) -> None:
        self.tried.append(key)
        if len(self.tried) <= self.failures:
            raise self.error()


def sending(bench: Bench, office: Office, delivery: str) -> Casework:
    channel = Channel("post", office, delivery=delivery)
    app = bench.app(errand(act(Send("post", "chief", {"word": "hello"}))), parts=[channel])
    app.desk(ANA).fire(app.desk(ANA).open("errand"), "act")
    return app


STATE = "select state, attempts, problem from casework_message"


def test_at_least_once_is_tried_again_with_the_same_key_after_longer_and_longer_pauses(bench: Bench) -> None:
    office = Office(failures=2)
    app = sending(bench, office, "at_least_once")

    assert 1 == app.send_waiting().failed
    assert 0 == app.send_waiting().failed, "the pause is not over"
    bench.clock.advance(timedelta(seconds=7))
    assert 1 == app.send_waiting().failed
    bench.clock.advance(timedelta(minutes=4))
    assert 0 == app.send_waiting().sent, "the second pause is much longer"
    bench.clock.advance(timedelta(minutes=3))
    assert 1 == app.send_waiting().sent
    assert (3, 1) == (len(office.tried), len(set(office.tried)))
    assert [("sent", 3, None)] == bench.ask(STATE)


def test_after_ten_failures_in_three_days_a_message_is_dead_and_stays_in_the_store(bench: Bench) -> None:
    office = Office(failures=99)
    app = sending(bench, office, "at_least_once")
    begins = bench.clock.now()
    while "dead" != bench.ask(STATE)[0][0]:
        app.send_waiting()
        bench.clock.advance(timedelta(hours=1))
    took = bench.clock.now() - begins

    assert 10 == len(office.tried)
    assert [("dead", 10, "ConnectionError")] == bench.ask(STATE)
    assert timedelta(days=3) < took < timedelta(days=4, hours=4)


@pytest.mark.parametrize(("failures", "counted", "state"), [(0, "sent", "sent"), (1, "failed", "doubtful")])
def test_at_most_once_is_never_tried_twice(bench: Bench, failures: int, counted: str, state: str) -> None:
    office = Office(failures)
    app = sending(bench, office, "at_most_once")

    assert 1 == getattr(app.send_waiting(), counted)
    bench.clock.advance(timedelta(days=30))
    app.send_waiting()
    assert 1 == len(office.tried)
    assert state == bench.ask(STATE)[0][0]


def test_at_most_once_is_marked_before_it_is_tried(bench: Bench) -> None:
    office = Office(1, KeyboardInterrupt)
    app = sending(bench, office, "at_most_once")

    with pytest.raises(KeyboardInterrupt):
        app.send_waiting()
    app.send_waiting()
    assert (1, "doubtful") == (len(office.tried), bench.ask(STATE)[0][0])


@pytest.mark.parametrize("error", [SystemExit, StopIteration, GeneratorExit, RecursionError])
def test_a_channel_that_fails_oddly_stops_no_other_message(bench: Bench, error: type[BaseException]) -> None:
    office = Office(1, error)
    app = sending(bench, office, "at_least_once")
    app.desk(ANA).fire(app.desk(ANA).open("errand"), "act")

    assert (1, 1) == ((ran := app.send_waiting()).failed, ran.sent)


def test_a_refused_firing_sends_nothing(bench: Bench) -> None:
    office = Office()
    app = sending(bench, office, "at_least_once")
    app.send_waiting()

    def work(desk: Desk) -> None:
        desk.fire(desk.open("errand"), "act")
        raise LookupError

    with pytest.raises(LookupError):
        app.atomically(ANA, work)
    assert 0 == app.send_waiting().sent


def test_two_apps_on_one_store_do_not_both_count_a_message_as_theirs(bench: Bench) -> None:
    office = Office()
    first = sending(bench, office, "at_most_once")
    second = bench.app(
        errand(act(Send("post", "chief", {"word": "hello"}))), parts=[Channel("post", office, delivery="at_most_once")]
    )

    assert (1, 0) == (first.send_waiting().sent, second.send_waiting().sent)
    assert 1 == len(office.tried)
