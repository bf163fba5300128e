"""What somebody who has the file of a store may do to its log, each with the place where it must show.

What may be done to the rows beside the log is in ``tampering_rows.py``.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Callable
from typing import Any

import attrs

from casework.storage.codec import canonical
from casework.storage.log import framed, parsed


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


def values_detached(store: Store) -> Place:
    """Only an erasure may take values away, and it says so in the log of the case."""
    case = store.one("SELECT case__id FROM case_visit WHERE phone IS NOT NULL")[0]
    held = 'SELECT min(number) FROM casework_entry WHERE case_id = ? AND "values" IS NOT NULL'
    ((first,),) = store.all(held, case)
    store.do('UPDATE casework_entry SET "values" = NULL WHERE case_id = ?', case)
    return Place(case, first)


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


LOG: dict[str, Callable[[Store], Place]] = {
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
        values_detached,
        swap_two_entries,
        delete_an_entry,
        delete_the_first_entry,
        cut_the_tail,
        cut_the_tail_and_the_case,
        insert_an_entry,
        renumber_an_entry,
        entry_of_another_case,
    )
}
