"""A message that nothing can be done with yet waits, with its reason, and leaves no trace in any case."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from channels.laboratory import CLERK, LAB, NOW, SAMPLE, SECRET, TAKES, Laboratory, listening
from sqlalchemy import text
from stores import fresh

from casework import Actor, Casework, FrozenClock, InvalidValue, Refused
from casework.channels import Forged, Inbound, Park, inbound


def parked(lab: Laboratory) -> dict[str, str]:
    """Why each parked message is parked."""
    return {row.id: row.problem for row in lab.app.inbox("parked")}


def bodies(lab: Laboratory) -> dict[str, bytes | None]:
    """What is kept of the messages."""
    with lab.app._engine.store.engine.connect() as connection:
        return dict(connection.execute(text("select message_id, body from casework_inbox")).all())


def test_f43_a_message_about_no_case_makes_none_and_is_applied_once_there_is_one(lab: Laboratory) -> None:
    received = lab.send("m1", {"type": "take", "data": {"ref": "s1"}})

    assert ("parked", 202) == (received.state, received.status)
    assert {"m1": "asked: there is no case about this sample yet"} == parked(lab)
    assert {} == lab.states()
    lab.app.desk(CLERK).open("sample", ref="s1")
    assert 0 == lab.app.reconsider().applied, "its pause is not over"
    lab.clock.advance(timedelta(minutes=1))
    assert 1 == lab.app.reconsider().applied
    assert ({"s1": "taken"}, {}) == (lab.states(), parked(lab))


def test_f43_a_message_about_a_closed_case_stays_parked(lab: Laboratory) -> None:
    for kind in ("ordered", "take", "analyse", "close"):
        lab.send(kind, {"type": kind, "data": {"ref": "s1"}})
    lab.send("late", {"type": "count", "data": {"ref": "s1", "cells": 3}})

    lab.app.reconsider(everything=True)
    assert {"late": "refused: wrong-state"} == parked(lab)
    assert {"s1": "closed"} == lab.states()


def test_f43_a_message_of_no_kind_that_is_known_is_parked(lab: Laboratory) -> None:
    lab.send("m1", {"type": "burnt", "data": {"ref": "s1"}})
    lab.send("m2", {"ref": "s1"})

    assert {"m1": "kind-unknown", "m2": "kind-unknown"} == parked(lab)


def test_f43_what_fails_half_way_leaves_no_ghost_and_tells_its_kind_alone(lab: Laboratory) -> None:
    received = lab.send("m1", {"type": "confused", "data": {"secret": "canary-in-a-message"}})

    assert "failed: KeyError" == received.problem == parked(lab)["m1"]
    assert {} == lab.states()


def test_a_form_that_does_not_fit_is_parked(lab: Laboratory) -> None:
    lab.send("m0", {"type": "ordered", "data": {"ref": "s1"}})
    for number, cells in enumerate(["3", 0, None, [3], True]):
        lab.send(f"m{number + 1}", {"type": "count", "data": {"ref": "s1", "cells": cells}})

    assert dict.fromkeys(["m1", "m2", "m3", "m4", "m5"], "refused: invalid-form") == parked(lab)


def test_parked_messages_are_tried_again_in_the_order_in_which_they_were_sent(lab: Laboratory) -> None:
    for minute, kind in ((3, "close"), (2, "analyse"), (1, "take")):
        told = (lab.clock.now() - timedelta(minutes=9 - minute)).isoformat().replace("+00:00", "Z")
        lab.send(kind, {"type": kind, "timestamp": told, "data": {"ref": "s1"}})
    assert ["take", "analyse", "close"] == [row.id for row in lab.app.inbox("parked")]
    lab.app.desk(CLERK).open("sample", ref="s1")
    lab.clock.advance(timedelta(minutes=1))

    assert 3 == lab.app.reconsider().applied
    assert {"s1": "closed"} == lab.states()


def test_whoever_tends_the_store_tries_parked_messages_again(lab: Laboratory) -> None:
    lab.send("m1", {"type": "take", "data": {"ref": "s1"}})
    lab.app.desk(CLERK).open("sample", ref="s1")
    lab.clock.advance(timedelta(minutes=1))

    assert (1, 0) == (lab.app.tend().applied, lab.app.tend().applied)
    assert {"s1": "taken"} == lab.states()


def test_what_arrives_ends_the_pause_of_what_waits_for_it(lab: Laboratory) -> None:
    lab.send("m2", {"type": "take", "data": {"ref": "s1"}})
    lab.send("m1", {"type": "ordered", "data": {"ref": "s1"}})

    assert 1 == lab.app.reconsider().applied


def test_pauses_grow_from_a_minute_to_six_hours(lab: Laboratory) -> None:
    lab.send("m1", {"type": "take", "data": {"ref": "s1"}})
    begun, tried = lab.clock.now(), list[float]()
    for _ in range(60 * 24):
        lab.clock.advance(timedelta(minutes=1))
        if lab.app.reconsider().failed:
            tried.append((lab.clock.now() - begun).total_seconds() / 60)

    assert [1, 3, 7, 15, 31, 63, 127, 255, 511, 871, 1231] == tried
    assert 1 + len(tried) == lab.app.inbox("parked")[0].attempts


def test_a_dropped_message_is_gone_and_who_dropped_it_stays(lab: Laboratory) -> None:
    lab.send("m1", {"type": "take", "data": {"ref": "s1"}})
    lab.clock.advance(timedelta(hours=1))

    assert lab.app.discard("lab", "m1", by="li", because="sample was lost")
    assert not lab.app.discard("lab", "m1", by="li", because="again")
    assert not lab.app.discard("lab", "m9", by="li", because="never came")
    (row,) = lab.app.inbox()
    assert ("dropped", "sample was lost", "li", lab.clock.now()) == (
        row.state,
        row.problem,
        row.settled_by,
        row.settled_at,
    )
    lab.app.desk(CLERK).open("sample", ref="s1")
    assert 0 == lab.app.reconsider(everything=True).applied
    assert "repeated" == lab.send("m1", {"type": "take", "data": {"ref": "s1"}}).state


@pytest.mark.parametrize("wrong", [{"by": ""}, {"because": ""}, {"because": "x" * 201}, {"by": "a\nb"}])
def test_dropping_asks_who_and_why(lab: Laboratory, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidValue):
        lab.app.discard("lab", "m1", **{"by": "li", "because": "lost", **wrong})


def test_a_body_is_kept_only_while_its_message_waits(lab: Laboratory) -> None:
    lab.send("m1", {"type": "ordered", "data": {"ref": "s1"}})
    lab.send("m2", {"type": "close", "data": {"ref": "s1"}})
    lab.send("m3", {"type": "burnt", "data": {"ref": "s1"}})
    assert {"m1"} == {name for name, body in bodies(lab).items() if body is None}
    lab.app.discard("lab", "m3", by="li", because="unknown")
    for kind in ("take", "analyse"):
        lab.send(kind, {"type": kind, "data": {"ref": "s1"}})
    lab.app.reconsider()

    assert {None} == set(bodies(lab).values())


def test_settled_messages_are_forgotten_in_the_end_and_parked_ones_never(lab: Laboratory) -> None:
    lab.send("m1", {"type": "ordered", "data": {"ref": "s1"}})
    lab.send("m2", {"type": "burnt"})
    lab.clock.advance(timedelta(days=90))
    lab.app.reconsider()
    assert 2 == len(lab.app.inbox())
    lab.clock.advance(timedelta(seconds=1))
    lab.app.reconsider()

    assert ["m2"] == [row.id for row in lab.app.inbox()]


UNREADABLE = [
    b"",
    b"[]",
    b"null",
    b'"x"',
    b"{",
    b'{"type": "take", "type": "close"}',
    b'{"data": {"ref": 1, "ref": 2}}',
    b'{"data": NaN}',
    b'{"x": 1e400}',
    b'{"x": ' + b"9" * 5_000 + b"}",
    b'{"x": ' + b"[" * 33 + b"]" * 33 + b"}",
    b'{"x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    b'{"type": 3}',
    b'{"type": "a\\nb"}',
    b'{"data": [1]}',
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
]


def test_what_two_readers_may_read_differently_is_refused(lab: Laboratory) -> None:
    told = {body: lab.send("m1", body) for body in UNREADABLE}

    assert {("refused", 400)} == {(received.state, received.status) for received in told.values()}
    assert () == lab.app.inbox()


def test_a_message_that_is_too_large_is_refused_before_it_is_looked_at(lab: Laboratory) -> None:
    assert 413 == lab.app.receive("lab", {}, b"x" * 262_145).status


def test_a_source_that_nobody_declared_is_not_found(lab: Laboratory) -> None:
    assert 404 == lab.send("m1", {}, source="nobody").status


def test_tenants_and_sources_have_ids_of_their_own(on_each_database: None) -> None:
    there = Actor("lab", {"lab"}, tenant="there")
    told: dict[str, Any] = {"secret": lambda: SECRET, "takes": TAKES}
    url = fresh()
    lab = listening(url)
    app = Casework(
        url,
        case_types=[SAMPLE],
        parts=[inbound("lab", actor=LAB, **told), inbound("there", actor=there, **told)],
        clock=lab.clock,
    )
    both = Laboratory(app, lab.clock)
    content = {"type": "ordered", "data": {"ref": "s1"}}
    for source in ("lab", "there"):
        assert "applied" == both.send("m1", content, source=source).state
        both.send("m2", {"type": "burnt"}, source=source)

    assert {"s1": "ordered"} == both.states()
    assert [["lab"], ["there"]] == [[row.source for row in app.inbox("parked", tenant=t)] for t in ("main", "there")]
    assert not app.discard("there", "m2", by="li", because="not ours")
    app.dispose()
    lab.app.dispose()


def test_a_source_that_is_no_longer_declared_keeps_its_parked_messages(on_each_database: None) -> None:
    url = fresh()
    lab, bare = listening(url), Casework(url, case_types=[SAMPLE])
    lab.send("m1", {"type": "take", "data": {"ref": "s1"}})

    assert 0 == bare.reconsider(everything=True).applied
    assert ["m1"] == [row.id for row in bare.inbox("parked")]
    bare.dispose()
    lab.app.dispose()


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": SECRET},
        {"secret": ()},
        {"takes": {"x": 3}},
        {"takes": ["x"]},
        {"keep": timedelta(days=6)},
        {"tolerance": timedelta(0)},
        {"tolerance": timedelta(hours=2)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_unfit_setting_makes_no_way_in(wrong: dict[str, Any]) -> None:
    told: dict[str, Any] = {"secret": lambda: SECRET, "actor": LAB, "takes": TAKES, **wrong}
    with pytest.raises(InvalidValue):
        inbound("lab", **told)


def test_a_state_that_there_is_not_is_refused(lab: Laboratory) -> None:
    with pytest.raises(InvalidValue):
        lab.app.inbox("waiting")  # type: ignore[arg-type]


def test_the_list_goes_on_behind_its_last_row(lab: Laboratory) -> None:
    for number in range(7):
        lab.send(f"m{number}", {"type": "burnt"})
    first = lab.app.inbox(limit=4)
    rest = lab.app.inbox(limit=4, after=first[-1])

    assert [f"m{number}" for number in range(7)] == [row.id for row in (*first, *rest)]


def test_a_function_may_not_keep_its_desk(on_each_database: None) -> None:
    kept: list[Any] = []
    lab = listening(fresh(), takes={"keep": lambda desk, message: kept.append(desk)})
    lab.send("m1", {"type": "keep"})

    with pytest.raises(Exception, match="has ended"):
        kept[0].open("sample", ref="x")
    lab.app.dispose()


def test_a_custom_check_stands_in_for_another_scheme(on_each_database: None) -> None:
    def check(headers: Any, body: bytes, now: Any) -> str:
        if headers.get("token") != "right":
            raise Forged("the token is not theirs")
        return str(json.loads(body)["data"]["ref"])

    way = Inbound(name="old", check=check, takes={"ordered": TAKES["ordered"]}, actor=LAB)
    app = Casework(fresh(), case_types=[SAMPLE], parts=[way], clock=FrozenClock(NOW))
    app.create_tables()
    body = json.dumps({"type": "ordered", "data": {"ref": "s1"}}).encode()

    assert [401, 200, 200] == [app.receive("old", {"token": t}, body).status for t in ("wrong", "right", "right")]
    assert 1 == len(app.inbox())
    app.dispose()


def test_a_refusal_inside_undoes_all_that_the_function_did(on_each_database: None) -> None:
    def two_steps(desk: Any, message: Any) -> None:
        desk.open("sample", {"ref": "first"})
        try:
            desk.fire("no such case", "take")
        except Refused:
            desk.open("sample", {"ref": "second"})
        raise Park("think about it")

    lab = listening(fresh(), takes={"two": two_steps})
    lab.send("m1", {"type": "two"})

    assert ({}, {"m1": "asked: think about it"}) == (lab.states(), parked(lab))
    lab.app.dispose()
