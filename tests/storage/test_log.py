"""The log: bytes that say one thing only, nothing of a person in what is hashed, and whole after an erasure."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from histories import DATA, SMS, STAFF, START, TASK, VISIT, VISITING, happen, opened
from hypothesis import example, given
from hypothesis import strategies as st
from outside import outside
from rows import KINDS, Row, Rows, pool
from stores import quick
from strategies import texts

from casework import Actor, Casework, Field, FrozenClock, Given, Set, Transition
from casework.condition.literal import checked
from casework.storage.codec import canonical
from casework.storage.log import framed, parsed

pytestmark = pytest.mark.both

# -- one meaning -------------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3),
    max_leaves=8,
)
Parts = tuple[str, str, int, datetime, bytes, dict[str, Any]]
PARTS = st.tuples(
    texts(),
    texts(),
    st.integers(1, 2**63 - 1),
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 30), timezones=st.just(UTC)),
    st.binary(min_size=32, max_size=32),
    st.dictionaries(texts(), PLAIN, max_size=4),
)


def _framed(parts: Parts) -> bytes:
    return framed(*parts[:5], canonical(parts[5]))


def second_text(value: Any) -> str:
    """The canonical text again, written from its description: sorted keys, no spaces, UTF-8, whole numbers."""
    short = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case int():
            return str(value)
        case str():
            return '"' + "".join(short.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
        case list():
            return "[" + ",".join(map(second_text, value)) + "]"
    return "{" + ",".join(f"{second_text(key)}:{second_text(value[key])}" for key in sorted(value)) + "}"


def second_frame(parts: Parts) -> bytes:
    """The hashed bytes again, written from their description."""
    tenant, case_id, number, at, previous, content = parts
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    fields = [
        b"casework-entry-1",
        b"json-sorted-utf8-1",
        tenant.encode("utf-8"),
        case_id.encode("utf-8"),
        struct.pack(">Q", number),
        struct.pack(">q", micros),
        previous,
        second_text(content).encode("utf-8"),
    ]
    return b"\0" + b"".join(struct.pack(">I", len(part)) + part for part in fields)


@given(PARTS)
def test_f58_a_second_encoder_agrees_byte_for_byte(parts: Parts) -> None:
    assert second_frame(parts) == _framed(parts)


@given(PARTS)
def test_f58_what_was_framed_is_read_back(parts: Parts) -> None:
    frame = parsed(_framed(parts))

    assert parts == (frame.tenant, frame.case_id, frame.number, frame.at, frame.previous, frame.content)


@given(PARTS, PARTS)
@example(("ab", "c", 1, START, bytes(32), {}), ("a", "bc", 1, START, bytes(32), {}))
@example(("a", "", 1, START, bytes(32), {"a": 1}), ("a", "", 1, START, bytes(32), {"a": "1"}))
@example(("a", "", 1, START, bytes(32), {"a": True}), ("a", "", 1, START, bytes(32), {"a": 1}))
def test_f58_two_entries_never_have_the_same_bytes(one: Parts, other: Parts) -> None:
    assert (second_frame(one) == second_frame(other)) == (_framed(one) == _framed(other))
    assert _framed(one) != _framed(other) or repr(one) == repr(other)


@given(PARTS, st.data())
def test_bytes_that_are_cut_or_prolonged_are_not_an_entry(parts: Parts, data: st.DataObject) -> None:
    whole = _framed(parts)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for wrong in (whole[:cut], whole + b"\0", b"\1" + whole[1:], whole + struct.pack(">I", 0)):
        with pytest.raises(ValueError, match=r"."):
            parsed(wrong)


# -- nothing of a person in what is hashed ------------------------------------------------------


def canary(name: str, where: str) -> str:
    return f"canary-{name}-{where}"


@pytest.fixture
def app(url: str) -> Iterator[Casework]:
    made = opened(url)
    made.create_tables()
    yield made
    made.dispose()


LI = Actor("li", {"clerk", "nurse"}, unit="anlu")
WORDS = tuple(field.name for field in DATA if field.type == "text")
CLOSED = tuple(field.name for field in DATA if field.field_class != "open")


def _lived(app: Casework) -> str:
    """A case with a canary in every text that it was ever given."""
    desk = app.desk(LI)
    case = desk.open("visit", **{name: canary(name, "open") for name in WORDS})
    case = desk.fire(case, "start", {name: canary(name, "form") for name in WORDS}, request_id="once")
    case = desk.amend(case, **{name: canary(name, "amend") for name in WORDS})
    case = desk.note(case, canary("note", "note"))
    case = desk.fire(case, "tell")
    wrong = desk.amend(case, phone=canary("phone", "slip"), age=77)
    return desk.correct(wrong, wrong.revision, because=canary("note", "because")).id


def test_f62_the_hashed_bytes_hold_nothing_but_open_values(app: Casework, url: str) -> None:
    _lived(app)
    with outside(url) as store:
        hashed = b"".join(body for (body,) in store.ask("SELECT body FROM casework_entry"))
        apart = b"".join(
            held for (held,) in store.ask('SELECT "values" FROM casework_entry WHERE "values" IS NOT NULL')
        )
    closed = [
        canary(name, where)
        for name in (*CLOSED, "note")
        for where in ("open", "form", "amend", "slip", "note", "because")
    ]

    assert [] == [word for word in closed if word.encode() in hashed]
    assert {canary("place", where) for where in ("open", "form", "amend")} == {
        word
        for word in (canary("place", where) for where in ("open", "form", "amend", "slip"))
        if word.encode() in hashed
    }
    assert 4 * len([name for name in CLOSED if name in WORDS]) <= sum(word.encode() in apart for word in closed) + 4


def test_f62_a_form_is_as_closed_as_the_fields_that_it_fills(url: str) -> None:
    number, other = Field("number", "text"), Field("other", "text")
    effects = [Set("phone", Given("number")), Set("place", Given("other"))]
    fill = Transition("fill", "asked", roles=STAFF, form=[number, other], effects=effects)
    workflow = attrs.evolve(VISITING, transitions=(*VISITING.transitions, fill))
    app = Casework(url, case_types=[attrs.evolve(VISIT, chain=(workflow,)), TASK], parts=[SMS])
    app.create_tables()
    desk = app.desk(LI)
    desk.fire(desk.open("visit"), "fill", number="canary-phone", other="canary-place")
    with outside(url) as store:
        hashed = b"".join(body for (body,) in store.ask("SELECT body FROM casework_entry"))
    app.dispose()

    assert b"canary-place" in hashed
    assert b"canary-phone" not in hashed


def erase(url: str, case_id: str) -> None:
    """What erasing a person has to reach, done by hand: the log's values, the current row, messages, digests."""
    with outside(url) as store:
        store.do('UPDATE casework_entry SET "values" = NULL WHERE case_id = ?', case_id)
        sealed = ", ".join(f"known__{f.name} = 0" for f in DATA if f.sealed)
        plain = "phone = NULL, age = NULL, minor = NULL, case__sealed = NULL"
        store.do(f"UPDATE case_visit SET {plain}, {sealed} WHERE case__id = ?", case_id)
        store.do("UPDATE casework_message SET body = ?, state = 'sent' WHERE case_id = ?", b"", case_id)
        store.do("UPDATE casework_request SET digest = ? WHERE case_id = ?", b"", case_id)


def _everything(url: str) -> bytes:
    """Every value of every table."""
    with outside(url) as store:
        rows = [row for table in store.rows().values() for row in table]
    return b"\n".join(item if isinstance(item, bytes) else str(item).encode() for row in rows for item in row)


def test_f53_what_somebody_erased_by_hand_is_missed(app: Casework, url: str) -> None:
    """However clean they left it: an erasure is an entry, with the two persons who agreed on it."""
    case_id = _lived(app)
    before = app.verify()
    erase(url, case_id)

    assert (True, 0) == (before.whole, before.erased)
    assert [(case_id, 1)] == [(fault.case_id, fault.number) for fault in app.verify().faults]


def test_f64_an_erased_case_goes_on(app: Casework, url: str) -> None:
    case_id = _lived(app)
    erase(url, case_id)
    desk = app.desk(LI)
    case = desk.fire(case_id, "sign")
    case = desk.amend(case, phone="13800000000")
    history = desk.history(case)

    assert {"place": canary("place", "amend"), "phone": "13800000000"} == dict(case.data)
    assert [True, True, True, True, False, True, True, False, False] == [entry.erased for entry in history]
    assert not any("canary-phone" in str(entry) for entry in history)


def test_f62_nothing_is_left_to_read(app: Casework, url: str) -> None:
    erase(url, _lived(app))
    left = _everything(url)

    assert {"place"} == {name for name in (*WORDS, "note") if f"canary-{name}".encode() in left}


def _guesses(salts: list[bytes]) -> Iterator[tuple[int, str]]:
    """Every way in which somebody who knows the code could look for an age in what was hashed."""
    for age in range(131):
        forms: list[dict[str, Any]] = [
            {"set": {"age": age}},
            {"form": {"age": age}},
            {"set": {"age": age}, "form": {"age": age}},
        ]
        for plain in [*(canonical(form) for form in forms), str(age).encode(), second_text({"age": age}).encode()]:
            yield age, hashlib.sha256(plain).hexdigest()
            for salt in salts:
                yield age, hmac.new(salt, plain, hashlib.sha256).hexdigest()


def test_f62_few_possibilities_cannot_be_tried_out_once_erased(app: Casework, url: str) -> None:
    case = app.desk(LI).open("visit", age=42, place="street")
    with outside(url) as store:
        ((body, digest, held),) = store.ask('SELECT body, hash, "values" FROM casework_entry')
    salts = [bytes.fromhex(part["salt"]) for part in json.loads(held).values()]
    known = [b"", bytes(16), bytes(32), case.id.encode(), digest, body, b"person"]

    assert {42} == {age for age, guess in _guesses(salts) if guess.encode() in body}

    erase(url, case.id)
    left = _everything(url)

    assert set() == {age for age, guess in _guesses(known) if guess.encode() in left or bytes.fromhex(guess) in left}
    assert all(salt not in left and salt.hex().encode() not in left for salt in salts)


def test_the_same_value_never_looks_the_same(app: Casework, url: str) -> None:
    for _ in range(3):
        app.desk(LI).open("visit", age=42, phone="110")
    with outside(url) as store:
        contents = [parsed(body).content for (body,) in store.ask("SELECT body FROM casework_entry")]

    assert 3 == len({content["sealed"]["person"] for content in contents})


# -- what is stored is what was meant -----------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_is_loaded_back_as_it_was(rows: Rows, kind: str) -> None:
    with rows.undone() as transaction:
        for i, value in enumerate(pool(kind)):
            case_id = rows.add(transaction, i, Row(data={f"a_{kind}": value, "passport": str(value)[:50]}))
            snapshot = rows.cases.load(transaction, "main", case_id)

            assert snapshot is not None
            assert (type(value), repr(value)) == (type(snapshot.data[f"a_{kind}"]), repr(snapshot.data[f"a_{kind}"]))
            assert checked(str(value)[:50]) == snapshot.data["passport"]


@pytest.mark.parametrize("seed", range(4))
def test_folding_the_log_gives_the_case_that_is_stored(seed: int) -> None:
    clock = FrozenClock(START)
    app = opened(quick(), clock, seed)
    app.create_tables()
    ids = happen(app, clock, random.Random(seed), 60)
    store, compiled = app._engine.store, app._engine.current["visit"]
    with app.reading() as transaction:
        for case_id in ids:
            now = store.load(transaction, compiled, "main", case_id)
            told = store.history(transaction, compiled, "main", case_id, 10**6)

            assert now is not None
            kept = {"marks": {k: v for k, v in told.marks.items() if k in compiled.marks}}
            for part in (
                "states",
                "data",
                "dues",
                "acts",
                "subjects",
                "unit",
                "opened_at",
                "closed_at",
                "head",
                "revision",
            ):
                assert getattr(told, part) == getattr(now, part), part
            assert kept["marks"] == now.marks
    app.dispose()
