"""What a person decides about a message stays with it: who, when and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from effects.parcel import START, Sink, app_on, clock_of, numbers, post, told

from casework import Case, Casework, InvalidValue, Message

pytestmark = pytest.mark.both
DAY = timedelta(days=1)


def dead(sink: Sink, **more: object) -> tuple[Casework, Case]:
    """A parcel whose first message died and whose second one went."""
    app = app_on(post(sink, pauses=[], **more))
    (case,) = told(app, 1, times=2)
    sink.failing.add(case.id)
    app.send_waiting(limit=1)
    sink.failing.clear()
    app.send_waiting()
    return app, case


def test_a_dead_message_is_listed_without_what_it_says() -> None:
    app, case = dead(Sink())

    (row,) = app.effects("dead")

    assert (f"main/{case.id}/2/0", "post", 1, "ConnectionError") == (
        str(row.key),
        row.channel,
        row.attempts,
        row.problem,
    )
    assert "hello" not in repr(row) and "li" not in repr(row).split("'")


def test_retrying_begins_again_and_says_who_and_why() -> None:
    sink = Sink()
    app, case = dead(sink)

    row = app.retry(f"main/{case.id}/2/0", by="zhou", because="the line is mended")

    assert ("waiting", 0, "zhou", START, "the line is mended") == (
        row.state,
        row.attempts,
        row.decided_by,
        row.decided_at,
        row.because,
    )
    assert 1 == app.send_waiting().sent
    assert [3, 2] == numbers(sink.keys, case)
    assert ["zhou"] == [found.decided_by for found in app.effects("sent") if found.decided_by]


def test_dropping_takes_body_and_recipient_away_for_good() -> None:
    app, case = dead(Sink())
    key = f"main/{case.id}/2/0"

    app.drop(key, by="zhou", because="told by telephone")
    clock_of(app).advance(DAY)

    assert 0 == app.send_waiting().sent
    assert ["told by telephone"] == [row.because for row in app.effects("dropped")]
    with pytest.raises(InvalidValue, match="dropped"):
        app.retry(key, by="zhou", because="after all")
    assert app.verify().whole


def test_dropping_what_waits_lets_the_next_one_go() -> None:
    sink = Sink()
    app = app_on(post(sink))
    (case,) = told(app, 1, times=2)
    sink.failing.add(case.id)
    app.send_waiting()
    sink.failing.clear()

    app.drop(f"main/{case.id}/2/0", by="zhou", because="outdated")

    assert 1 == app.send_waiting().sent
    assert [3] == numbers(sink.keys, case)


def test_what_is_in_doubt_is_sent_again_only_when_a_person_says_so() -> None:
    sink = Sink()
    app, case = dead(sink, delivery="at_most_once")
    assert ["doubtful"] == [row.state for row in app.effects("doubtful", case_id=case.id)]

    app.retry(f"main/{case.id}/2/0", by="zhou", because="asked: it never came")
    app.send_waiting()

    assert [] == list(app.effects("doubtful"))
    assert [3, 2] == numbers(sink.keys, case)


@pytest.mark.parametrize(
    ("key", "by", "because"),
    [
        ("main/nobody/2/0", "zhou", "x"),
        ("nonsense", "zhou", "x"),
        ("main/{case}/3/0", "zhou", "it was sent"),
        ("main/{case}/2/0", " ", "x"),
        ("main/{case}/2/0", "zhou", ""),
    ],
    ids=["no such case", "no key", "sent", "nobody", "no reason"],
)
def test_what_cannot_be_decided_is_told(key: str, by: str, because: str) -> None:
    app, case = dead(Sink())

    for decide in (app.retry, app.drop):
        with pytest.raises(InvalidValue):
            decide(key.format(case=case.id), by=by, because=because)
    assert ["dead"] == [row.state for row in app.effects("dead")]


def test_a_message_that_is_being_sent_is_left_alone() -> None:
    refused: list[str] = []

    def deliver(message: Message, key: str) -> None:
        with pytest.raises(InvalidValue, match="just now"):
            app.drop(key, by="zhou", because="x")
        refused.append(key)

    app = app_on(post(deliver))
    told(app, 1)

    assert (1, 1) == (app.send_waiting().sent, len(refused))


def test_pages_of_a_long_list_follow_each_other() -> None:
    app = app_on(post(Sink()))
    told(app, 7)
    seen, last = [], None
    while page := app.effects("waiting", limit=3, after=last):
        seen += [row.key for row in page]
        last = page[-1]

    assert 7 == len(seen) == len(set(seen))
