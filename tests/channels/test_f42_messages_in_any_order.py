"""Messages that come twice, late, in any order, or from somebody else leave what they would have left in order."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from channels.laboratory import NOW, SECRET, TAKES, Laboratory, listening
from stores import fresh

from casework import Actor
from casework.channels import Incoming
from casework.desk.receiving import Received

STEPS = ("take", "analyse", "close")


def stories(count: int, chance: random.Random) -> list[tuple[str, dict[str, Any]]]:
    """Messages about samples, seven of each, in the order in which things happened."""
    found = []
    for number in range(count):
        ref, at = f"s{number}", NOW - timedelta(days=2) + timedelta(seconds=number)
        kinds = ["ordered", *(["count"] * 3), *STEPS]
        middle = kinds[1:-1]
        # The steps stay in their order, and the counts lie anywhere between ordering and closing.
        places = sorted(chance.sample(range(len(middle)), 2))
        kinds[1:-1] = [STEPS[places.index(i)] if i in places else "count" for i in range(len(middle))]
        for place, kind in enumerate(kinds):
            data: dict[str, Any] = {"ref": ref} | ({"cells": chance.randint(1, 9)} if kind == "count" else {})
            told = (at + timedelta(minutes=place)).isoformat().replace("+00:00", "Z")
            found.append((f"msg_{number}_{place}", {"type": kind, "timestamp": told, "data": data}))
    return found


def test_f42_shuffled_repeated_and_late_messages_leave_what_they_would_in_order(lab: Laboratory, long: bool) -> None:
    chance = random.Random(42)
    messages = stories(1_429 if long else 72, chance)
    deliveries = messages + chance.choices(messages, k=len(messages) // 2)
    chance.shuffle(deliveries)
    counts: Counter[str] = Counter()

    for number, (message_id, content) in enumerate(deliveries):
        counts[lab.send(message_id, content).state] += 1
        if number % (3_000 if long else 50) == 0:
            lab.clock.advance(timedelta(minutes=1))
            lab.app.reconsider()
    lab.app.reconsider(everything=True)

    assert len(deliveries) - len(messages) == counts["repeated"]
    assert 0 == counts["refused"]
    refs = {content["data"]["ref"] for _, content in messages}
    assert dict.fromkeys(refs, "closed") == lab.states()
    parked = {row.id: row for row in lab.app.inbox("parked", limit=100_000)}
    assert {("count", "refused: wrong-state")} >= {(row.kind, row.problem) for row in parked.values()}
    applied = [content["data"] for message_id, content in messages if message_id not in parked]
    expected = Counter(dict.fromkeys(refs, 0))
    for data in applied:
        expected[data["ref"]] += data.get("cells", 0)
    assert expected == seen(lab)
    assert 0 == lab.app.reconsider(everything=True).applied, "nothing moves any more"


def seen(lab: Laboratory) -> Counter[str]:
    """The cells that were counted, by sample."""
    desk, found = lab.app.desk(Actor("clerk", {"clerk"})), Counter[str]()
    after = None
    while True:
        page = desk.find("sample", after=after, limit=200)
        for case in page.cases:
            found[str(case.data["ref"])] = desk.balances(case)["seen", ""]
        if not page.more:
            return found
        after = page.after


def test_in_order_everything_is_applied(lab: Laboratory) -> None:
    told = {lab.send(message_id, content).state for message_id, content in stories(5, random.Random(7))}

    assert {"applied"} == told
    assert () == lab.app.inbox("parked")


def test_f42_the_same_message_again_does_nothing_and_says_so(lab: Laboratory) -> None:
    content = {"type": "ordered", "data": {"ref": "s1"}}
    first = lab.send("m1", content)
    lab.clock.advance(timedelta(days=3))
    again = lab.send("m1", content)

    assert ("applied", 200, "repeated", 200) == (first.state, first.status, again.state, again.status)
    assert {"s1": "ordered"} == lab.states()


def test_f42_an_id_that_comes_with_another_body_is_refused(lab: Laboratory) -> None:
    lab.send("m1", {"type": "ordered", "data": {"ref": "s1"}})
    other = lab.send("m1", {"type": "ordered", "data": {"ref": "s2"}})

    assert ("refused", 409) == (other.state, other.status)
    assert {"s1": "ordered"} == lab.states()


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 21, 60 * 24 * 365])
def test_f42_what_was_signed_at_another_time_is_refused_and_not_remembered(lab: Laboratory, minutes: int) -> None:
    content, at = {"type": "ordered", "data": {"ref": "s1"}}, lab.clock.now() + timedelta(minutes=minutes)

    assert 401 == lab.send("m1", content, at=at).status
    assert ({}, ()) == (lab.states(), lab.app.inbox())
    assert "applied" == lab.send("m1", content).state


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_may_be_five_minutes_off(lab: Laboratory, minutes: int) -> None:
    at = lab.clock.now() + timedelta(minutes=minutes)

    assert "applied" == lab.send("m1", {"type": "ordered", "data": {"ref": "s1"}}, at=at).state


def test_f42_a_recording_is_refused_after_its_id_was_forgotten(lab: Laboratory) -> None:
    headers, body = lab.signed("m1", {"type": "ordered", "data": {"ref": "s1"}})
    lab.app.receive("lab", headers, body)
    lab.clock.advance(timedelta(days=91))
    lab.app.reconsider()

    assert () == lab.app.inbox()
    assert 401 == lab.app.receive("lab", headers, body).status


def forged(lab: Laboratory) -> dict[str, tuple[dict[str, str], bytes]]:
    """Messages that are not the laboratory's."""
    headers, body = lab.signed("m1", {"type": "ordered", "data": {"ref": "s1"}})
    theirs, _ = lab.signed("m1", body, secret="whsec_" + "QUFB" * 12)
    return {
        "another secret": (theirs, body),
        "another body": (headers, body.replace(b"s1", b"s2")),
        "another id": ({**headers, "Webhook-Id": "m2"}, body),
        "another time": ({**headers, "Webhook-Timestamp": str(int(headers["Webhook-Timestamp"]) + 1)}, body),
        "no signature": ({**headers, "Webhook-Signature": ""}, body),
        "no id": ({**headers, "Webhook-Id": ""}, body),
        "no headers": ({}, body),
        "a time with a sign": ({**headers, "Webhook-Timestamp": "+" + headers["Webhook-Timestamp"]}, body),
        "a time in other digits": ({**headers, "Webhook-Timestamp": "١٧٧٢٤٣٨٤٠٠"}, body),
        "a time without end": ({**headers, "Webhook-Timestamp": "9" * 99}, body),
        "an id without end": ({**headers, "Webhook-Id": "m" * 257}, body),
        "an id with a line": ({**headers, "Webhook-Id": "m1\nx"}, body),
    }


def test_f42_what_is_forged_is_refused_whatever_is_forged(lab: Laboratory) -> None:
    told = {name: lab.app.receive("lab", *message) for name, message in forged(lab).items()}

    assert dict.fromkeys(told, 401) == {name: received.status for name, received in told.items()}
    assert ({}, ()) == (lab.states(), lab.app.inbox())


def test_f42_the_same_message_at_once_is_taken_once(lab: Laboratory) -> None:
    content, found = {"type": "ordered", "data": {"ref": "s1"}}, list[Received]()
    threads = [threading.Thread(target=lambda: found.append(lab.send("m1", content))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ["applied"] + ["repeated"] * 7 == sorted(received.state for received in found)
    assert {"s1": "ordered"} == lab.states()


def test_f42_what_was_interrupted_is_taken_when_it_comes_again(on_each_database: None) -> None:
    interrupted = [True]

    def once(desk: Any, message: Incoming) -> None:
        TAKES["ordered"](desk, message)
        if interrupted.pop() if interrupted else False:
            raise KeyboardInterrupt

    lab = listening(fresh(), takes={"ordered": once})
    content = {"type": "ordered", "data": {"ref": "s1"}}
    with pytest.raises(KeyboardInterrupt):
        lab.send("m1", content)
    assert ({}, ()) == (lab.states(), lab.app.inbox())

    assert "applied" == lab.send("m1", content).state
    assert {"s1": "ordered"} == lab.states()
    lab.app.dispose()


def test_a_secret_is_replaced_while_messages_are_under_way(on_each_database: None) -> None:
    new = "whsec_" + "QUFB" * 12
    lab = listening(fresh(), secret=(lambda: new, lambda: SECRET))

    for number, secret in enumerate((SECRET, new)):
        content = {"type": "ordered", "data": {"ref": f"s{number}"}}
        assert "applied" == lab.send(f"m{number}", content, secret=secret).state
    lab.app.dispose()
