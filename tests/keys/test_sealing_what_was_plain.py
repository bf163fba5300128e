"""What was kept plain before there were keys is sealed case by case, and nothing else about it changes."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from keys.clinic import HIDDEN, NAME, SECRETS, WU, Post, build, everything, lived
from keys.key_stores import LATER
from oracle import assert_inv

from casework import Casework, SetupError
from casework.keys import KeyMemory

pytestmark = pytest.mark.both


def plain(url: str, cases: int = 1) -> tuple[Any, list[Any]]:
    app = build(url)
    made = [lived(app.desk(WU)), *(app.desk(WU).open("visit", diagnosis=f"canary-{n}") for n in range(1, cases))]
    app.dispose()
    return app._engine.blobs, made


def heads(app: Casework, case: Any) -> list[str]:
    return [entry.hash for entry in app.desk(WU).history(case.id)]


def test_everything_is_sealed_and_everything_is_as_it_was(url: str) -> None:
    blobs, (case,) = plain(url)
    app = build(url, KeyMemory(), blobs=blobs)
    before = heads(app, case)
    done = app.keys.seal()
    stored = everything(app)

    assert (1, 12, 1) == (done.cases, done.values, done.files)
    assert set() == {canary for canary in HIDDEN if canary in stored}
    assert {**SECRETS, "ward": "three", "name": NAME} == dict(app.desk(WU).get(case.id).data)
    assert before == heads(app, case), "no entry was touched"
    assert app.verify(rehash=True).whole
    assert_inv(app)
    app.dispose()


def test_once_is_enough(url: str) -> None:
    blobs, _ = plain(url)
    app = build(url, KeyMemory(), blobs=blobs)
    app.keys.seal()
    before = everything(app)

    assert (0, 0) == (app.keys.seal().cases, app.keys.seal().values)
    assert before == everything(app)
    app.dispose()


def test_broken_off_at_any_case_it_goes_on(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs, cases = plain(url, 5)
    app = build(url, KeyMemory(), blobs=blobs)
    carried, calls = app._engine.store.transactions.carried, itertools.count()

    def breaking(work: Any) -> Any:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return carried(work)

    monkeypatch.setattr(app._engine.store.transactions, "carried", breaking)
    with pytest.raises(KeyboardInterrupt):
        app.keys.seal()
    monkeypatch.undo()

    assert app.verify().whole, "half of it is whole too"
    assert 2 == app.keys.seal().cases
    assert [f"canary-{n}" for n in range(1, 5)] == [app.desk(WU).get(c.id).data["diagnosis"] for c in cases[1:]]
    assert app.verify().whole
    app.dispose()


def test_messages_and_requests_are_those_that_they_were(url: str) -> None:
    blobs, (case,) = plain(url)
    post = Post()
    app = build(url, KeyMemory(), blobs=blobs, post=post)
    app.keys.seal()

    assert case.id == app.desk(WU).open("visit", ward="three", name=NAME, request_id="opened", **SECRETS).id
    assert 1 == app.send_waiting().sent
    assert ["canary-phone"] == [message.to for message in post.given]
    app.dispose()


def test_whoever_was_erased_meanwhile_is_left_alone(url: str) -> None:
    app = build(url, KeyMemory())
    case = lived(app.desk(WU))
    keys = app._engine.keys
    assert keys is not None
    app._engine.store.transactions.carried(lambda t: keys.destroy(t, "main", case.subjects["person"], LATER))

    assert 0 == app.keys.seal().values
    app.dispose()


def test_without_keys_there_is_nothing_to_seal_with(url: str) -> None:
    app = build(url)

    with pytest.raises(SetupError, match="Casework\\(keys=…\\)"):
        app.keys.seal()
    app.dispose()


def test_master_keys_are_changed_under_a_store_that_runs_on(url: str) -> None:
    app = build(url, KeyMemory())
    lived(app.desk(WU))

    assert 0 == app.keys.rotate()
    assert 2 == app.keys.check()
    app.dispose()
