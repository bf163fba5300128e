"""A store with keys: nothing personal lies open in it, everything works as without, and the right key is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from keys.clinic import DATA, FILE, HIDDEN, NAME, REMARK, SECRETS, START, TOLD, WU, Post, build, everything, lived
from keys.key_stores import LATER, key_folder, masters
from oracle import assert_inv, refused
from sqlalchemy import text, update

from casework import BlobDamaged, BlobMemory, Casework, FrozenClock, Refused, SetupError, field
from casework.errors import KeyDestroyed, KeysMismatch, SealBroken
from casework.keys import DatabaseKeys, KeyMemory
from casework.keys.sealing import taken_apart
from casework.storage import schema
from casework.storage.projection import Projection

pytestmark = pytest.mark.both


@pytest.fixture(params=["folder", "memory", "database"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    made: dict[str, Callable[[], Any]] = {
        "folder": lambda: key_folder(tmp_path),
        "memory": KeyMemory,
        "database": lambda: DatabaseKeys(masters(tmp_path)),
    }
    return made[request.param]()


@pytest.fixture
def app(url: str, keys: Any) -> Iterator[Casework]:
    app = build(url, keys)
    yield app
    app.dispose()


def write(app: Casework, *statements: Any) -> None:
    """Change rows behind the engine's back."""
    with app._engine.store.engine.begin() as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount >= 1


def destroy(app: Casework, subject: str) -> None:
    keys = app._engine.keys
    assert keys is not None
    app._engine.store.transactions.carried(lambda transaction: keys.destroy(transaction, "main", subject, LATER))


def test_nothing_of_a_class_lies_open_in_any_table(app: Casework) -> None:
    lived(app.desk(WU))
    stored = everything(app)

    assert set() == {canary for canary in HIDDEN if canary in stored}
    assert 1 == stored.count(NAME), "in its column of the current row"
    assert "three" in stored


def test_a_case_lives_as_it_does_without_keys(app: Casework) -> None:
    desk, clock = app.desk(WU), FrozenClock(START)
    plain = build("sqlite://", clock=clock)
    case, other = lived(desk), lived(plain.desk(WU))

    assert dict(other.data) == dict(case.data)
    assert {**SECRETS, "ward": "three", "name": NAME} == dict(case.data)
    assert [e.note for e in plain.desk(WU).history(other)] == [e.note for e in desk.history(case)]
    assert {TOLD} == {e.form.get("word") for e in desk.history(case) if e.trigger in ("ask", "tell")}
    assert [case.id] == [
        found.id for found in desk.find("visit", field("diagnosis").known & (field("name") == NAME)).cases
    ]
    assert_inv(app, all_of_it=True, acknowledged=[(case.id, n) for n in range(1, case.revision + 1)])


def test_a_wrong_step_is_undone_with_what_stood_there_before(app: Casework) -> None:
    desk = app.desk(WU)
    case = desk.fire(lived(desk), "treat", diagnosis="canary-cured")
    case = desk.correct(case, case.revision, because="another patient")

    assert "canary-cholera" == case.data["diagnosis"]
    assert_inv(app)


def test_what_is_sent_is_what_was_meant_for_whom_it_was_meant(url: str, keys: Any) -> None:
    post = Post()
    app = build(url, keys, post=post)
    lived(app.desk(WU))

    assert 1 == app.send_waiting().sent
    (message,) = post.given
    assert ("canary-phone", {"what": TOLD, "ill": "canary-cholera"}) == (message.to, dict(message.body))
    assert app.verify().whole
    app.dispose()


def test_a_request_that_comes_again_does_nothing_twice_and_another_is_refused(app: Casework) -> None:
    desk = app.desk(WU)
    case = lived(desk)

    assert case.id == desk.open("visit", ward="three", name=NAME, request_id="opened", **SECRETS).id
    assert (
        case.revision
        == desk.enclose(case.id, FILE, name="canary-file.txt", media_type="text/plain", request_id="enclosed").entry
    )
    refusal = refused(app, lambda: desk.open("visit", ward="four", name=NAME, request_id="opened", **SECRETS))
    assert "request-reused" == refusal.code


def test_a_request_from_before_there_were_keys_is_known_again(url: str, keys: Any) -> None:
    before = build(url)
    case = lived(before.desk(WU))
    before.dispose()
    app = build(url, keys, blobs=before._engine.blobs)

    assert case.id == app.desk(WU).open("visit", ward="three", name=NAME, request_id="opened", **SECRETS).id
    assert dict(case.data) == dict(app.desk(WU).get(case.id).data), "what was plain stays readable"
    assert app.verify().whole
    app.dispose()


@pytest.mark.parametrize("given", [KeyMemory, "keys", object()])
def test_what_is_no_key_store_is_refused(given: Any) -> None:
    with pytest.raises(SetupError, match="keys takes a KeyStore"):
        Casework("sqlite://", keys=given)


def test_a_case_about_nobody_is_sealed_under_a_key_of_its_own(url: str, keys: Any) -> None:
    app = build(url, keys, subjects=())
    case = lived(app.desk(WU))

    assert f"case:{case.id}" == taken_apart(_stored(app, case.id, 1), ("the values", "main", case.id, "1")).subject
    assert "canary-cholera" == app.desk(WU).get(case.id).data["diagnosis"]
    assert app.verify().whole
    destroy(app, f"case:{case.id}")
    assert [True] * 5 == [entry.erased for entry in app.desk(WU).history(case.id)]
    app.dispose()


def test_a_file_is_sealed_and_given_back(url: str, keys: Any) -> None:
    blobs = BlobMemory(clock=FrozenClock(START))
    app = build(url, keys, blobs=blobs)
    desk = app.desk(WU)
    case = lived(desk)
    (kept,) = blobs.stored()
    (enclosure,) = desk.enclosures(case)

    assert b"canary" not in blobs.open(kept.digest).read()
    assert FILE == desk.read_enclosure(case, enclosure.number).read()
    assert len(FILE) == enclosure.size < kept.size
    assert app.verify(rehash=True).whole
    assert (1, ()) == (build(url, blobs=blobs).verify(rehash=True).enclosures, build(url, blobs=blobs).verify().faults)
    desk.withdraw(case, enclosure.number, because="the wrong one")
    assert [] == list(blobs.stored())
    assert app.verify().whole
    app.dispose()


def test_a_sealed_file_that_was_exchanged_is_noticed_with_keys_and_without(url: str, keys: Any) -> None:
    blobs = BlobMemory(clock=FrozenClock(START))
    app = build(url, keys, blobs=blobs)
    desk = app.desk(WU)
    case = lived(desk)
    (kept,) = blobs.stored()
    held, at = blobs._kept[kept.digest]
    blobs._kept[kept.digest] = held[:-1] + bytes([held[-1] ^ 1]), at

    with pytest.raises(BlobDamaged):
        desk.read_enclosure(case, case.revision).read()
    for looking in (app, build(url, blobs=blobs)):
        assert [case.revision] == [fault.number for fault in looking.verify(rehash=True).faults]
    app.dispose()


def test_verifying_needs_no_keys_and_says_what_it_did_not_open(app: Casework, url: str) -> None:
    lived(app.desk(WU))
    blind = build(url, blobs=app._engine.blobs)
    verdict = blind.verify()

    assert ((), 5, 0) == (verdict.faults, verdict.unopened, verdict.erased)
    assert 0 == app.verify().unopened
    blind.dispose()


def test_a_process_without_keys_neither_reads_nor_writes_beside_the_others(app: Casework, url: str) -> None:
    case = lived(app.desk(WU))
    blind = build(url)
    before = everything(app)

    for call in (lambda desk: desk.get(case.id), lambda desk: desk.history(case.id)):
        with pytest.raises(KeysMismatch, match="no keys were given"):
            call(blind.desk(WU))
    with pytest.raises(KeysMismatch, match="no keys were given"):
        blind.desk(WU).open("visit", name="canary-li")
    assert before == everything(app)
    blind.dispose()


def test_whoever_was_erased_is_not_there_and_nothing_else_changes(app: Casework) -> None:
    desk = app.desk(WU)
    case, other = lived(desk), desk.open("visit", name="canary-li", diagnosis="canary-flu")
    destroy(app, case.subjects["person"])
    write(
        app,
        text(
            "UPDATE case_visit SET case__sealed = NULL, name = NULL, known__diagnosis = 0, known__shelter = 0, "
            "known__passport = 0 WHERE case__id = :id"
        ).bindparams(id=case.id),
    )

    assert {"ward": "three"} == dict(desk.get(case.id).data)
    assert [True] * 5 == [entry.erased for entry in desk.history(case.id)]
    assert {""} == {entry.note for entry in desk.history(case.id)}
    assert () == desk.enclosures(case.id)
    assert "canary-flu" == desk.get(other.id).data["diagnosis"]
    assert 5 == app.verify().erased


def test_nothing_more_is_sealed_for_whoever_was_erased(app: Casework) -> None:
    desk = app.desk(WU)
    case = lived(desk)
    destroy(app, case.subjects["person"])

    with pytest.raises(KeyDestroyed):
        desk.open("visit", name="canary-wang", subjects={"person": case.subjects["person"]})


def test_another_process_forgets_a_destroyed_key_before_long(url: str, keys: Any) -> None:
    app, other = build(url, keys), build(url, keys)
    case = lived(app.desk(WU))
    assert "canary-cholera" == other.desk(WU).get(case.id).data["diagnosis"]
    held = other._engine.keys
    assert held is not None
    destroy(app, case.subjects["person"])
    held._ticks = lambda: 1e12  # half a minute later, and more

    assert "diagnosis" not in other.desk(WU).get(case.id).data
    app.dispose()
    other.dispose()


def test_a_key_that_was_made_in_vain_is_not_remembered(app: Casework) -> None:
    def broken_off(desk: Any) -> None:
        desk.open("visit", name=NAME, subjects={"person": "ana"})
        raise InterruptedError

    with pytest.raises(InterruptedError):
        app.atomically(WU, broken_off)
    case = app.desk(WU).open("visit", name=NAME, diagnosis="canary-flu", subjects={"person": "ana"})
    keys = app._engine.keys
    assert keys is not None
    keys._kept.clear()

    assert "canary-flu" == app.desk(WU).get(case.id).data["diagnosis"]
    assert app.verify().whole


def test_a_key_made_inside_a_step_that_was_taken_back_is_not_remembered(app: Casework) -> None:
    def partly(desk: Any) -> str:
        with pytest.raises(Refused):
            desk.open("visit", name=NAME, subjects={"person": "ana"}, colour="red")
        opened: str = desk.open("visit", name=NAME, subjects={"person": "ana"}).id
        return opened

    case_id = app.atomically(WU, partly)
    keys = app._engine.keys
    assert keys is not None
    keys._kept.clear()

    assert NAME == app.desk(WU).get(case_id).data["name"]
    assert app.verify().whole


def _entry(case_id: str, number: int, **values: Any) -> Any:
    table = schema.entry
    return update(table).where(table.c.case_id == case_id, table.c.number == number).values(values)


def _stored(app: Casework, case_id: str, number: int) -> bytes:
    with app.reading() as transaction:
        entry = app._engine.store.entries.stored(transaction, "main", case_id)[number - 1]
    assert entry.values is not None
    return entry.values


@pytest.mark.parametrize("number", [1, 3, 5])
def test_changed_values_are_named_by_their_entry_and_never_shown(app: Casework, number: int) -> None:
    case = lived(app.desk(WU))
    held = _stored(app, case.id, number)
    write(app, _entry(case.id, number, values=held[:-1] + bytes([held[-1] ^ 1])))

    assert [(case.id, number)] == [(fault.case_id, fault.number) for fault in app.verify().faults]
    with pytest.raises(SealBroken):
        app.desk(WU).history(case.id)


def test_values_of_another_entry_are_noticed(app: Casework) -> None:
    desk = app.desk(WU)
    case = lived(desk)
    write(app, _entry(case.id, 3, values=_stored(app, case.id, 4)))

    assert [3] == [fault.number for fault in app.verify().faults]


def test_values_that_claim_to_be_somebody_elses_are_noticed_without_keys(app: Casework, url: str) -> None:
    desk = app.desk(WU)
    case, other = lived(desk), desk.open("visit", name="canary-li")
    person, somebody = case.subjects["person"].encode(), other.subjects["person"].encode()
    write(app, _entry(case.id, 2, values=_stored(app, case.id, 2).replace(person, somebody)))
    blind = build(url, blobs=app._engine.blobs)

    assert [2] == [fault.number for fault in blind.verify().faults]
    blind.dispose()


def test_the_sealed_part_of_another_row_is_noticed(app: Casework) -> None:
    desk = app.desk(WU)
    case = desk.open("visit", diagnosis="canary-flu")
    other = desk.open("visit", diagnosis="canary-cold", subjects={"person": case.subjects["person"]})
    moved = "UPDATE case_visit SET case__sealed = (SELECT x.case__sealed FROM case_visit x WHERE x.case__id = :other)"
    write(app, text(f"{moved} WHERE case__id = :id").bindparams(other=other.id, id=case.id))

    assert [case.id] == [fault.case_id for fault in app.verify().faults]
    with pytest.raises(SealBroken):
        desk.get(case.id)


def test_the_names_of_the_columns_of_unopened_fields_are_those_of_the_row(app: Casework) -> None:
    compiled = app._engine.current["visit"]
    projection: Projection = app._engine.store.cases(compiled).projection
    named = projection.columns_of(item.name for item in DATA)

    assert {"ward", "name", "case__sealed", "known__diagnosis", "known__shelter", "known__passport"} == named
    assert REMARK not in named
