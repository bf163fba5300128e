"""Whatever a receiver does, a webhook ends in time, in one of four documented ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from channels.receivers import (
    Behaviour,
    Receiver,
    answering,
    babbling,
    certificate,
    closing,
    dripping,
    endless,
    endless_header,
    hanging,
    resetting,
    serving,
    trusting,
)

from casework import FrozenClock, InvalidValue, Message
from casework.channels import DeliveryFailed, Gone, Later, verified, webhook
from casework.channels.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = Message("lab", "ward 3", (("case", "c-1"), ("count", 2)))
KEY = "main/0190-7abc/3/0"
HOME = ("127.0.0.0/8",)
SOON = timedelta(seconds=0.6)


def hook(port: int, clock: FrozenClock | None = None, **more: Any) -> Callable[[Message, str], None]:
    """A channel to a receiver on this machine."""
    told: dict[str, Any] = {
        "secret": lambda: SECRET,
        "delivery": "at_least_once",
        "allow": HOME,
        "allow_http": True,
        "ports": (port,),
        "timeout": SOON,
        "clock": clock or FrozenClock(NOW),
        **more,
    }
    return webhook("lab", told.pop("url", f"http://127.0.0.1:{port}/hook?x=1"), **told).deliver


def outcome(deliver: Callable[[Message, str], None]) -> DeliveryFailed | None:
    """How one delivery ends."""
    try:
        deliver(MESSAGE, KEY)
    except DeliveryFailed as error:
        return error
    return None


LATE = "the receiver did not answer in time"
BROKEN = "the line broke, or the answer is not HTTP"
ENDINGS: dict[str, tuple[Behaviour, type[DeliveryFailed] | None, str]] = {
    "200": (answering("200 OK"), None, ""),
    "204": (answering("204 No Content"), None, ""),
    "429 with a time": (answering("429 Too Many", "Retry-After: 120"), Later, "the receiver answered 429"),
    "429 without": (answering("429 Too Many"), DeliveryFailed, "the receiver answered 429"),
    "500": (answering("500 Oops", "Retry-After: 9"), DeliveryFailed, "the receiver answered 500"),
    "redirect": (answering("302 Found", "Location: http://127.0.0.1:1/"), DeliveryFailed, "the receiver answered 302"),
    "410": (answering("410 Gone"), Gone, "the receiver wants no more messages (410)"),
    "hangs": (hanging, DeliveryFailed, LATE),
    "drips": (dripping, DeliveryFailed, LATE),
    "huge body": (endless, None, ""),
    "huge header": (endless_header, DeliveryFailed, BROKEN),
    "reset": (resetting, DeliveryFailed, BROKEN),
    "garbage": (babbling, DeliveryFailed, BROKEN),
    "closed": (closing, DeliveryFailed, BROKEN),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_f41_each_behaviour_ends_in_time_and_as_it_is_told(name: str) -> None:
    behaviour, kind, problem = ENDINGS[name]
    with serving(behaviour) as receiver:
        begun = time.monotonic()
        error = outcome(hook(receiver.port))
        took = time.monotonic() - begun

    assert kind is (None if error is None else type(error))
    assert problem == ("" if error is None else error.problem)
    assert took < 3, "far less than the receiver would take"
    assert 1 == receiver.connections, "one attempt is one request"
    if error is not None:
        assert error.reached


def test_f41_a_receiver_that_is_not_there_was_not_reached() -> None:
    with serving(closing) as receiver:
        port = receiver.port

    error = outcome(hook(port))

    assert error is not None
    assert ("the receiver cannot be connected to", False) == (error.problem, error.reached)


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ("0", timedelta(seconds=1)),
        ("17", timedelta(seconds=17)),
        ("99999999", timedelta(days=1)),
        ("Mon, 02 Mar 2026 08:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 01 Mar 2026 08:05:00 GMT", timedelta(seconds=1)),
    ],
)
def test_f41_a_receiver_that_asks_to_wait_is_left_alone_for_so_long(asked: str, after: timedelta) -> None:
    with serving(answering("503 Busy", f"Retry-After: {asked}")) as receiver:
        error = outcome(hook(receiver.port))

    assert isinstance(error, Later)
    assert (after, True) == (error.after, error.tried)


@pytest.mark.parametrize("asked", ["soon", "-3", "", "1e9", "Mon, 99 Mar 2026 08:05:00 GMT"])
def test_f41_what_is_no_time_to_wait_is_an_ordinary_failure(asked: str) -> None:
    with serving(answering("503 Busy", f"Retry-After: {asked}")) as receiver:
        error = outcome(hook(receiver.port))

    assert type(error) is DeliveryFailed


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Receiver]:
    with serving(answering("200 OK"), certificate(tmp_path, "127.0.0.1", "hook.example.org")) as receiver:
        yield receiver


def test_a_message_goes_over_a_line_whose_certificate_is_trusted(secure: Receiver, tmp_path: Path) -> None:
    url = f"https://hook.example.org:{secure.port}/in"
    deliver = hook(secure.port, url=url, context=trusting(tmp_path), resolver=lambda host, port: ["127.0.0.1"])

    assert outcome(deliver) is None
    assert "POST /in HTTP/1.1" == secure.requests[0].line
    assert f"hook.example.org:{secure.port}" == secure.requests[0].headers["host"]


def test_f41_a_certificate_for_somebody_else_is_not_trusted(secure: Receiver, tmp_path: Path) -> None:
    deliver = hook(
        secure.port,
        url=f"https://other.example.org:{secure.port}/",
        context=trusting(tmp_path),
        resolver=lambda host, port: ["127.0.0.1"],
    )

    error = outcome(deliver)

    assert error is not None
    assert ("the certificate of the receiver is not to be trusted", False) == (error.problem, error.reached)
    assert [] == secure.requests


def test_f41_a_certificate_that_nobody_knows_is_not_trusted(secure: Receiver) -> None:
    error = outcome(hook(secure.port, url=f"https://127.0.0.1:{secure.port}/"))

    assert error is not None and "the certificate of the receiver is not to be trusted" == error.problem


def test_f41_an_expired_certificate_is_not_trusted(tmp_path: Path) -> None:
    with serving(answering("200 OK"), certificate(tmp_path, "127.0.0.1", expired=True)) as receiver:
        error = outcome(hook(receiver.port, url=f"https://127.0.0.1:{receiver.port}/", context=trusting(tmp_path)))

    assert error is not None and "the certificate of the receiver is not to be trusted" == error.problem


def test_f41_a_server_that_never_shakes_hands_ends_in_time() -> None:
    with serving(lambda line, receiver: receiver.stopping.wait(5) and None) as receiver:
        begun = time.monotonic()
        error = outcome(hook(receiver.port, url=f"https://127.0.0.1:{receiver.port}/"))

    assert error is not None and "no secure line to the receiver came about" == error.problem
    assert time.monotonic() - begun < 3


def test_f41_a_resolver_that_hangs_ends_in_time() -> None:
    error = outcome(hook(443, url="https://slow.example.org/", ports=(443,), resolver=_sleeping))

    assert error is not None
    assert ("the name of the receiver was not resolved in time", False) == (error.problem, error.reached)
    time.sleep(0.5)


def _sleeping(host: str, port: int) -> list[str]:
    time.sleep(0.9)
    return ["192.0.2.1"]


def test_each_attempt_carries_the_same_bytes_under_the_same_id_signed_anew() -> None:
    clock = FrozenClock(NOW)
    with serving(answering("500 Oops")) as receiver:
        deliver = hook(receiver.port, clock)
        outcome(deliver)
        clock.advance(timedelta(hours=3))
        outcome(deliver)

    first, second = receiver.requests
    assert b'{"data":{"case":"c-1","count":2},"to":"ward 3","type":"lab"}' == first.body == second.body
    assert KEY == first.headers["webhook-id"] == second.headers["webhook-id"]
    assert 3 * 3600 == int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"])
    for request in receiver.requests:
        told = request.headers
        assert verified([SECRET], KEY, told["webhook-timestamp"], request.body, told["webhook-signature"])


def test_a_key_that_fits_no_header_goes_as_its_digest() -> None:
    with serving(answering("200 OK")) as receiver:
        deliver = hook(receiver.port)
        deliver(MESSAGE, "安陆/c.1/3/0")
        deliver(MESSAGE, "x\r\nx-evil: 1/c/3/0")

    assert all(request.headers["webhook-id"].startswith("sha256_") for request in receiver.requests)
    assert all("x-evil" not in request.headers for request in receiver.requests)


def test_a_message_that_is_too_large_is_dead_at_once() -> None:
    with serving(answering("200 OK")) as receiver, pytest.raises(Gone):
        hook(receiver.port)(Message("lab", "x", tuple((f"f{n}", "長" * 9_000) for n in range(12))), KEY)

    assert 0 == receiver.connections


def test_after_several_failures_a_receiver_is_left_alone_and_then_tried_with_one_message() -> None:
    clock = FrozenClock(NOW)
    with serving(answering("500 Oops")) as receiver:
        deliver = hook(receiver.port, clock)
        for _ in range(FAILURES):
            assert type(outcome(deliver)) is DeliveryFailed
        error = outcome(deliver)
        assert isinstance(error, Later) and not error.tried and not error.reached
        assert FIRST_PAUSE == error.after
        clock.advance(FIRST_PAUSE)
        assert type(outcome(deliver)) is DeliveryFailed, "one is let through"
        error = outcome(deliver)
        assert isinstance(error, Later) and FIRST_PAUSE * 2 == error.after
        clock.advance(-timedelta(days=30))
        error = outcome(deliver)
        assert isinstance(error, Later) and error.after <= LONGEST_PAUSE, "a clock that went back shuts nobody out"

    assert FAILURES + 1 == receiver.connections


def test_one_success_closes_the_breaker() -> None:
    clock, answers = FrozenClock(NOW), ["500 Oops"] * FAILURES + ["200 OK"] + ["500 Oops"] * (FAILURES - 1)
    with serving(lambda line, receiver: answering(answers[len(receiver.requests)])(line, receiver)) as receiver:
        deliver = hook(receiver.port, clock)
        for _ in range(FAILURES):
            outcome(deliver)
        clock.advance(FIRST_PAUSE)
        assert outcome(deliver) is None
        assert {DeliveryFailed} == {type(outcome(deliver)) for _ in range(FAILURES - 1)}


@pytest.mark.parametrize("timeout", [timedelta(0), timedelta(seconds=21), timedelta(days=-1)])
def test_nobody_waits_for_longer_than_twenty_seconds(timeout: timedelta) -> None:
    with pytest.raises(InvalidValue, match="at most"):
        hook(80, timeout=timeout)
