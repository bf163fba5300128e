"""Whatever is changed behind the engine's back is found, and named by case and entry; what was not is not accused."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from histories import START, happen, opened

from casework import Casework, FrozenClock
from casework.storage.codec import canonical
from casework.storage.log import framed, parsed
from casework.storage.verify import Verdict

SEEDS = (1, 2)
STEPS = 220


@attrs.frozen
class Place:
    """Where the first fault has to be: the case ("" for the store as a whole) and the entry (0 for none)."""

    case_id: str
    number: int


@attrs.frozen
class Store:
    """A copy of a store, open to whoever has the file."""

    sql: sqlite3.Connection
    luck: random.Random

    def all(self, query: str, *values: Any) -> list[Any]:
        return self.sql.execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        """A random row of a query, which has to have some."""
        return self.luck.choice(self.all(query, *values))

    def do(self, statement: str, *values: Any) -> None:
        assert self.sql.execute(statement, values).rowcount >= 1, statement

    def last(self, case_id: str) -> Place:
        """The last entry of a case: the place of whatever is wrong with its current row."""
        return Place(case_id, self.all("SELECT revision FROM casework_case WHERE id = ?", case_id)[0][0])

    def entry(self) -> Any:
        """(case, number, body, hash, values) of any entry but the first of its case."""
        return self.one('SELECT case_id, number, body, hash, "values" FROM casework_entry WHERE number > 1')


def edit_body(store: Store) -> Place:
    case, number, body, *_ = store.entry()
    at = store.luck.randrange(len(body))
    changed = body[:at] + bytes([body[at] ^ 1 << store.luck.randrange(8)]) + body[at + 1 :]
    store.do("UPDATE casework_entry SET body = ? WHERE case_id = ? AND number = ?", changed, case, number)
    return Place(case, number)


def cut_body(store: Store) -> Place:
    case, number, body, *_ = store.entry()
    store.do("UPDATE casework_entry SET body = ? WHERE case_id = ? AND number = ?", body[:-1], case, number)
    return Place(case, number)


def edit_body_and_hash(store: Store) -> Place:
    """The chain breaks at the entry that follows, or at the head."""
    case, number, body, *_ = store.entry()
    changed = body.replace(b'"actor":', b'"actoR":', 1)
    digest = hashlib.sha256(changed).digest()
    store.do(
        "UPDATE casework_entry SET body = ?, hash = ? WHERE case_id = ? AND number = ?", changed, digest, case, number
    )
    last = store.last(case).number
    return Place(case, number + 1 if number < last else number)


def rewrite_from(store: Store, change: Callable[[dict[str, Any]], None], wanted: str) -> Place:
    """Change an entry's content and every hash after it, the head too: only the rows beside the log can tell."""
    found = store.all("SELECT case_id, number, body FROM casework_entry")
    case, number = store.luck.choice([(c, n) for c, n, body in found if wanted in parsed(body).content])
    previous = None
    for n, body in store.all(
        "SELECT number, body FROM casework_entry WHERE case_id = ? AND number >= ? ORDER BY number", case, number
    ):
        frame = parsed(body)
        if n == number:
            change(frame.content)
        before = frame.previous if previous is None else previous
        made = framed(frame.tenant, frame.case_id, n, frame.at, before, canonical(frame.content))
        previous = hashlib.sha256(made).digest()
        store.do(
            "UPDATE casework_entry SET body = ?, hash = ? WHERE case_id = ? AND number = ?", made, previous, case, n
        )
    store.do("UPDATE casework_case SET head = ? WHERE id = ?", previous, case)
    return Place(case, number)


def rewrite_a_posting(store: Store) -> Place:
    return rewrite_from(store, lambda content: content["posts"][0].__setitem__(3, 77), "posts")


def rewrite_a_message(store: Store) -> Place:
    return rewrite_from(store, lambda content: content["sends"][0].__setitem__(0, "fax"), "sends")


def rewrite_into_nonsense(store: Store) -> Place:
    return rewrite_from(store, lambda content: content.pop("kind"), "corrects")


def edit_hash(store: Store) -> Place:
    case, number, *_ = store.entry()
    store.do("UPDATE casework_entry SET hash = ? WHERE case_id = ? AND number = ?", bytes(32), case, number)
    return Place(case, number)


def _values(store: Store, change: Callable[[bytes], bytes]) -> Place:
    case, number, held = store.one('SELECT case_id, number, "values" FROM casework_entry WHERE "values" IS NOT NULL')
    store.do('UPDATE casework_entry SET "values" = ? WHERE case_id = ? AND number = ?', change(held), case, number)
    return Place(case, number)


def _other_words(held: bytes) -> bytes:
    plain = json.loads(held)
    (part,) = plain.values()
    part["values"] = part["values"].replace(":", ": ", 1)
    return json.dumps(plain).encode()


def edit_values(store: Store) -> Place:
    return _values(store, _other_words)


def values_into_nonsense(store: Store) -> Place:
    return _values(store, lambda held: b"[1")


def values_of_another_subject(store: Store) -> Place:
    return _values(store, lambda held: held.replace(b'{"person"', b'{"nobody"', 1))


def values_where_there_were_none(store: Store) -> Place:
    case, number = store.one('SELECT case_id, number FROM casework_entry WHERE "values" IS NULL')
    store.do(
        'UPDATE casework_entry SET "values" = ? WHERE case_id = ? AND number = ?',
        b'{"person":{"salt":"","values":"{}"}}',
        case,
        number,
    )
    return Place(case, number)


def values_detached_but_row_left(store: Store) -> Place:
    """Whoever erases the log's values has to clear the row; a row that says what the log no longer can is a fault."""
    case = store.one("SELECT case__id FROM case_visit WHERE phone IS NOT NULL")[0]
    store.do('UPDATE casework_entry SET "values" = NULL WHERE case_id = ?', case)
    return store.last(case)


def swap_two_entries(store: Store) -> Place:
    case = store.one("SELECT id FROM casework_case WHERE revision > 3")[0]
    first = store.luck.randint(1, store.last(case).number - 1)
    for old, new in ((first, -1), (first + 1, first), (-1, first + 1)):
        store.do("UPDATE casework_entry SET number = ? WHERE case_id = ? AND number = ?", new, case, old)
    return Place(case, first)


def delete_an_entry(store: Store) -> Place:
    case, number, *_ = store.entry()
    store.do("DELETE FROM casework_entry WHERE case_id = ? AND number = ?", case, number)
    return Place(case, number)


def delete_the_first_entry(store: Store) -> Place:
    case = store.one("SELECT id FROM casework_case")[0]
    store.do("DELETE FROM casework_entry WHERE case_id = ? AND number = 1", case)
    return Place(case, 1)


def cut_the_tail(store: Store) -> Place:
    case = store.one("SELECT id FROM casework_case WHERE revision > 3")[0]
    left = store.last(case).number - 2
    store.do("DELETE FROM casework_entry WHERE case_id = ? AND number > ?", case, left)
    return Place(case, left + 1)


def cut_the_tail_and_the_case(store: Store) -> Place:
    """Entries, revision and head rolled back together; the current row still tells."""
    found = [
        (c, n)
        for c, n, body in store.all("SELECT case_id, number, body FROM casework_entry")
        if "set" in parsed(body).content and n > 1
    ]
    case, number = store.luck.choice([(c, n) for c, n in found if store.last(c).number == n] or found[-1:])
    store.do("DELETE FROM casework_entry WHERE case_id = ? AND number >= ?", case, number)
    head = store.all("SELECT hash FROM casework_entry WHERE case_id = ? AND number = ?", case, number - 1)[0][0]
    store.do("UPDATE casework_case SET revision = ?, head = ? WHERE id = ?", number - 1, head, case)
    return Place(case, number - 1)


def insert_an_entry(store: Store) -> Place:
    case = store.one("SELECT id FROM casework_case")[0]
    number = store.last(case).number
    columns = 'SELECT tenant, case_id, number + 1, body, hash, "values" FROM casework_entry'
    store.do(f"INSERT INTO casework_entry {columns} WHERE case_id = ? AND number = ?", case, number)
    return Place(case, number + 1)


def renumber_an_entry(store: Store) -> Place:
    case = store.one("SELECT id FROM casework_case")[0]
    number = store.last(case).number
    store.do("UPDATE casework_entry SET number = number + 5 WHERE case_id = ? AND number = ?", case, number)
    return Place(case, number)


def entry_of_another_case(store: Store) -> Place:
    case, number, *_ = store.entry()
    body, digest, held = store.one(
        'SELECT body, hash, "values" FROM casework_entry WHERE case_id <> ? AND number = ?', case, number
    )
    write = 'UPDATE casework_entry SET body = ?, hash = ?, "values" = ? WHERE case_id = ? AND number = ?'
    store.do(write, body, digest, held, case, number)
    return Place(case, number)


def _of_case(column: str, value: Any) -> Callable[[Store], Place]:
    def change(store: Store) -> Place:
        case, revision = store.one(f"SELECT id, revision FROM casework_case WHERE {column} IS NOT ?", value)
        store.do(f"UPDATE casework_case SET {column} = ? WHERE id = ?", value, case)
        return Place(case, 1 if column == "manifest" else revision)

    return change


def change_the_revision(store: Store) -> Place:
    case, revision = store.one("SELECT id, revision FROM casework_case WHERE revision > 2")
    store.do("UPDATE casework_case SET revision = revision - 1 WHERE id = ?", case)
    return Place(case, revision)


def raise_the_revision(store: Store) -> Place:
    case, revision = store.one("SELECT id, revision FROM casework_case")
    store.do("UPDATE casework_case SET revision = revision + 1 WHERE id = ?", case)
    return Place(case, revision + 1)


def _of_row(column: str, value: Any) -> Callable[[Store], Place]:
    def change(store: Store) -> Place:
        case = store.one(f"SELECT case__id FROM case_visit WHERE {column} IS NOT ?", value)[0]
        store.do(f"UPDATE case_visit SET {column} = ? WHERE case__id = ?", value, case)
        return store.last(case)

    return change


def delete_the_row(store: Store) -> Place:
    case = store.one("SELECT case__id FROM case_visit")[0]
    store.do("DELETE FROM case_visit WHERE case__id = ?", case)
    return store.last(case)


def _of_table(table: str, change: str, where: str = "1") -> Callable[[Store], Place]:
    """Change one line of a table that hangs on entries; the entry is the one of the line."""

    def act(store: Store) -> Place:
        rowid, case, number = store.one(f"SELECT rowid, case_id, number FROM {table} WHERE {where}")
        store.do(f"{change} WHERE rowid = ?", rowid)
        return Place(case, number)

    return act


def add_a_posting(store: Store) -> Place:
    case, number = store.one("SELECT case_id, number FROM casework_posting")
    line = "'main', ?, ?, 9, 'source|anlu|', 'used|anlu|', 'thing', 1, 'posted', NULL"
    store.do(f"INSERT INTO casework_posting VALUES ({line})", case, number)
    return Place(case, number)


def add_a_message(store: Store) -> Place:
    case, number = store.one("SELECT id, revision FROM casework_case")
    store.do(
        "INSERT INTO casework_message VALUES ('main', ?, ?, 9, 'sms', 'x', X'7B7D', 'waiting', 0, 0, NULL)",
        case,
        number,
    )
    return Place(case, number)


def add_a_role(store: Store) -> Place:
    case, number = store.one("SELECT id, revision FROM casework_case")
    store.do("INSERT INTO casework_assignment VALUES ('main', ?, 'owner', 'mallory', ?)", case, number)
    return Place(case, number)


def change_a_role(store: Store) -> Place:
    case, number = store.one("SELECT case_id, number FROM casework_assignment")
    store.do("UPDATE casework_assignment SET person = 'mallory' WHERE case_id = ?", case)
    return Place(case, number)


def drop_a_role(store: Store) -> Place:
    case, number = store.one("SELECT case_id, number FROM casework_assignment")
    store.do("DELETE FROM casework_assignment WHERE case_id = ?", case)
    return Place(case, number)


def add_a_timer(store: Store) -> Place:
    case = store.one("SELECT id FROM casework_case")[0]
    store.do("INSERT INTO casework_timer VALUES ('main', ?, 'bomb', 1)", case)
    return store.last(case)


def change_a_timer(store: Store) -> Place:
    case, name = store.one("SELECT case_id, name FROM casework_timer WHERE name NOT LIKE 'recheck%'")
    store.do("UPDATE casework_timer SET due_at = due_at + 1 WHERE case_id = ? AND name = ?", case, name)
    return store.last(case)


def drop_a_timer(store: Store) -> Place:
    case, name = store.one("SELECT case_id, name FROM casework_timer WHERE name IN ('stay', 'answer')")
    store.do("DELETE FROM casework_timer WHERE case_id = ? AND name = ?", case, name)
    return store.last(case)


def a_recheck_of_a_stranger(store: Store) -> Place:
    case, other = store.one(
        "SELECT a.id, b.id FROM casework_case a, casework_case b WHERE b.case_type = 'visit' AND a.id <> b.id"
    )
    store.do("INSERT INTO casework_timer VALUES ('main', ?, ?, 1)", case, f"recheck {other}")
    return store.last(case)


def change_a_balance(store: Store) -> Place:
    store.do("UPDATE casework_balance SET amount = amount + 1, maximum = 999")
    return Place("", 0)


def drop_a_balance(store: Store) -> Place:
    store.do("DELETE FROM casework_balance")
    return Place("", 0)


def lift_a_limit(store: Store) -> Place:
    store.do("UPDATE casework_balance SET minimum = NULL")
    return Place("", 0)


def a_balance_from_nowhere(store: Store) -> Place:
    store.do("INSERT INTO casework_balance VALUES ('main', 'stock|elsewhere|', 5, 0, 50)")
    return Place("", 0)


def delete_a_case(store: Store) -> Place:
    case = store.one(
        "SELECT id FROM casework_case a WHERE parent IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM casework_case b WHERE b.parent = a.id)"
    )[0]
    store.do("DELETE FROM casework_case WHERE id = ?", case)
    return Place(case, 1)


def delete_a_child_with_everything(store: Store) -> Place:
    """Nothing is left of the case itself; the log of the one that opened it names it."""
    child, parent = store.one("SELECT id, parent FROM casework_case WHERE parent IS NOT NULL")
    store.do("DELETE FROM casework_case WHERE id = ?", child)
    store.do("DELETE FROM case_task WHERE case__id = ?", child)
    for table in ("entry", "timer", "request"):
        store.sql.execute(f"DELETE FROM casework_{table} WHERE case_id = ?", (child,))
    entries = store.all("SELECT number, body FROM casework_entry WHERE case_id = ?", parent)
    return Place(parent, next(n for n, body in entries if child in str(parsed(body).content.get("opens"))))


def rows_of_no_case(store: Store) -> Place:
    store.do("INSERT INTO casework_timer VALUES ('main', 'ghost', 'stay', 1)")
    return Place("ghost", 1)


def a_request_for_nothing(store: Store) -> Place:
    request, case = store.one("SELECT request_id, case_id FROM casework_request")
    store.do("UPDATE casework_request SET number = 999 WHERE request_id = ?", request)
    return Place(case, 999)


def a_request_of_somebody_else(store: Store) -> Place:
    request, case, number = store.one("SELECT request_id, case_id, number FROM casework_request")
    store.do("UPDATE casework_request SET actor = 'mallory' WHERE request_id = ?", request)
    return Place(case, number)


def change_a_manifest(store: Store) -> Place:
    store.do("UPDATE casework_manifest SET document = replace(document, 'clerk', 'thief')")
    return Place("", 0)


_COLUMNS: dict[str, tuple[str, Any]] = {
    "a state": ("state__visit", "gone"),
    "an open field": ("place", "elsewhere"),
    "a personal field": ("phone", "110"),
    "a field cleared": ("count", None),
    "a number of another kind": ("count", "many"),
    "a mark": ("at__visit__resting", 5),
    "a due date": ("due__stay", 5),
    "an act": ("by__sign", "mallory"),
    "a subject": ("subject__person", "mallory"),
    "openness": ("case__open", 7),
    "the next due date": ("case__next_due", 5),
    "the unit": ("case__unit", "elsewhere"),
    "the opening": ("case__opened_at", 5),
    "what is known": ("known__diagnosis", 9),
    "what is sealed": ("case__sealed", b'{"diagnosis":"healthy"}'),
    "sealed nonsense": ("case__sealed", b"\xff"),
}
_OF_CASE: dict[str, tuple[str, Any]] = {
    "unit": ("unit", "elsewhere"),
    "opening": ("opened_at", 5),
    "closing": ("closed_at", 5),
    "parent": ("parent", "somebody"),
    "type": ("case_type", "thing"),
    "head": ("head", bytes(32)),
    "manifest": ("manifest", "0" * 64),
}
_POSTINGS = {
    "amount": "amount = amount + 1",
    "huge amount": "amount = 9223372036854775807",
    "debit": "debit = 'x|y|'",
    "commodity": "commodity = 'gold'",
    "hold": "hold = 'x'",
    "state": "state = CASE state WHEN 'voided' THEN 'settled' ELSE 'voided' END",
    "line": "line = 8",
}

TAMPERINGS: dict[str, Callable[[Store], Place]] = {
    **{
        function.__name__: function
        for function in (
            edit_body,
            cut_body,
            edit_body_and_hash,
            rewrite_a_posting,
            rewrite_a_message,
            rewrite_into_nonsense,
            edit_hash,
            edit_values,
            values_into_nonsense,
            values_of_another_subject,
            values_where_there_were_none,
            values_detached_but_row_left,
            swap_two_entries,
            delete_an_entry,
            delete_the_first_entry,
            cut_the_tail,
            cut_the_tail_and_the_case,
            insert_an_entry,
            renumber_an_entry,
            entry_of_another_case,
            change_the_revision,
            raise_the_revision,
            delete_the_row,
            add_a_posting,
            add_a_message,
            add_a_role,
            change_a_role,
            drop_a_role,
            add_a_timer,
            change_a_timer,
            drop_a_timer,
            a_recheck_of_a_stranger,
            change_a_balance,
            drop_a_balance,
            lift_a_limit,
            a_balance_from_nowhere,
            delete_a_case,
            delete_a_child_with_everything,
            rows_of_no_case,
            a_request_for_nothing,
            a_request_of_somebody_else,
            change_a_manifest,
        )
    },
    **{f"the row: {name}": _of_row(*how) for name, how in _COLUMNS.items()},
    **{f"the case: {name}": _of_case(*how) for name, how in _OF_CASE.items()},
    **{
        f"a posting: {name}": _of_table("casework_posting", f"UPDATE casework_posting SET {how}")
        for name, how in _POSTINGS.items()
    },
    "a posting: deleted": _of_table("casework_posting", "DELETE FROM casework_posting"),
    "a message: deleted": _of_table("casework_message", "DELETE FROM casework_message"),
    "a message: another channel": _of_table("casework_message", "UPDATE casework_message SET channel = 'fax'"),
    "a message: more in it": _of_table("casework_message", "UPDATE casework_message SET body = X'7B2278223A317D'"),
}


@pytest.fixture(scope="module", params=SEEDS)
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    path = tmp_path_factory.mktemp("history") / "store.db"
    clock = FrozenClock(START)
    app = opened(f"sqlite:///{path}", clock, request.param)
    app.create_tables()
    happen(app, clock, random.Random(request.param), STEPS)
    app.dispose()
    return request.param, path


@pytest.fixture
def copy(history: tuple[int, Path], tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, Casework, int]]:
    seed, source = history
    shutil.copy(source, tmp_path / "copy.db")
    sql = sqlite3.connect(tmp_path / "copy.db", isolation_level=None)
    app = opened(f"sqlite:///{tmp_path / 'copy.db'}")
    yield sql, app, seed
    sql.close()
    app.dispose()


def verified(app: Casework) -> Verdict:
    return app.verify()


def test_an_untouched_store_is_whole(copy: tuple[sqlite3.Connection, Casework, int]) -> None:
    sql, app, _ = copy
    verdict = verified(app)

    assert () == verdict.faults
    assert sql.execute("SELECT count(*) FROM casework_case").fetchone()[0] == verdict.cases
    assert sql.execute("SELECT count(*) FROM casework_entry").fetchone()[0] == verdict.entries > 100
    assert 0 == verdict.erased


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_f53_tampering_is_found_and_named(copy: tuple[sqlite3.Connection, Casework, int], tampering: str) -> None:
    sql, app, seed = copy
    expected = TAMPERINGS[tampering](Store(sql, random.Random(f"{seed}{tampering}")))
    faults = verified(app).faults

    assert expected == Place(faults[0].case_id, faults[0].number), list(map(str, faults))


@pytest.mark.parametrize("seed", range(10, 16))
def test_no_untouched_history_is_accused(seed: int, long: bool) -> None:
    for part in range(150 if long else 1):
        clock = FrozenClock(START)
        app = opened("sqlite://", clock, seed)
        app.create_tables()
        happen(app, clock, random.Random(seed * 1_000 + part), 120)

        assert () == verified(app).faults
        app.dispose()
