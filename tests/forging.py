"""What somebody who can write to the tables may do to the log of a store, each with the entry that must be named.

The forger knows the format and works with care; only the key that signs the log is out of reach.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from typing import Any

import attrs
from outside import Outside

from casework.storage.codec import canonical
from casework.storage.log import framed, parsed

NOWHERE = ("", 0)
Named = tuple[str, int]
"""A case and the number of the entry; NOWHERE for the log as a whole."""
_KEY = "tenant = 'main' AND case_id = ? AND number = ?"
_ROW = 'tenant, case_id, number, body, hash, "values"'


@attrs.frozen
class Forger:
    """A store open to whoever has its tables, and the sizes at which its log was signed."""

    sql: Outside
    luck: random.Random
    sizes: list[int]

    def one(self, query: str, *values: Any) -> Any:
        """A random row of a query, which has to have some."""
        return self.luck.choice(sorted(self.sql.ask(query, *values), key=repr))

    def do(self, statement: str, *values: Any) -> None:
        assert self.sql.do(statement, *values) >= 1, statement

    def entry(self, *, logged: bool = True) -> tuple[str, int, bytes]:
        """Case, number and bytes of an entry that is not the first of its case, in the log or not yet."""
        there = "casework_leaf" if logged else "casework_unlogged"
        case, number, body = self.one(
            f"SELECT e.case_id, e.number, e.body FROM casework_entry e JOIN {there} t "
            "ON t.tenant = e.tenant AND t.case_id = e.case_id AND t.number = e.number WHERE e.number > 1"
        )
        return case, int(number), bytes(body)

    def last(self, case: str) -> int:
        ((number,),) = self.sql.ask("SELECT max(number) FROM casework_entry WHERE case_id = ?", case)
        return int(number)

    def position(self, case: str, number: int) -> int:
        ((found,),) = self.sql.ask("SELECT position FROM casework_leaf WHERE case_id = ? AND number = ?", case, number)
        return int(found)

    def stretch(self, position: int) -> Named:
        """The first leaf after the last checkpoint before *position*: the first one that nobody signed for any more."""
        start = max([0, *(size for size in self.sizes if size <= position)])
        ((case, number),) = self.sql.ask("SELECT case_id, number FROM casework_leaf WHERE position = ?", start)
        return case, int(number)

    def rewritten(self, case: str, first: int, change: Callable[[dict[str, Any]], None], *, leaves: bool) -> None:
        """Change an entry, and every hash after it: of its case, and of the leaves where so careful."""
        rows = self.sql.ask("SELECT number, body FROM casework_entry WHERE case_id = ? ORDER BY number", case)
        before = None
        for number, body in rows:
            if number < first:
                continue
            frame = parsed(bytes(body))
            if number == first:
                change(frame.content)
            link = frame.previous if before is None else before
            made = framed(frame.tenant, case, number, frame.at, link, canonical(frame.content))
            before = hashlib.sha256(made).digest()
            self.do(f"UPDATE casework_entry SET body = ?, hash = ? WHERE {_KEY}", made, before, case, number)
            if leaves:
                self.sql.do(f"UPDATE casework_leaf SET hash = ? WHERE {_KEY}", before, case, number)
        self.do("UPDATE casework_case SET head = ? WHERE id = ?", before, case)

    def rolled_back(self, case: str, last: int) -> None:
        """Cut the log of a case after its entry *last*, and have its row say so."""
        self.do("DELETE FROM casework_entry WHERE case_id = ? AND number > ?", case, last)
        ((head,),) = self.sql.ask("SELECT hash FROM casework_entry WHERE case_id = ? AND number = ?", case, last)
        self.do("UPDATE casework_case SET revision = ?, head = ? WHERE id = ?", last, bytes(head), case)
        self.sql.do("DELETE FROM casework_unlogged WHERE case_id = ? AND number > ?", case, last)

    def without_leaves(self, where: str, *values: Any) -> None:
        """Remove leaves, and number those that are left anew."""
        self.sql.do(f"DELETE FROM casework_leaf WHERE {where}", *values)
        for place, (position,) in enumerate(self.sql.ask("SELECT position FROM casework_leaf ORDER BY position")):
            self.sql.do("UPDATE casework_leaf SET position = ? WHERE position = ?", place, position)


def _actor(content: dict[str, Any]) -> None:
    content["actor"] = ["mallory", "mallory", "anlu"]


def edit_an_entry(forger: Forger) -> Named:
    case, number, body = forger.entry()
    forger.do(f"UPDATE casework_entry SET body = ? WHERE {_KEY}", body.replace(b'"li"', b'"my"'), case, number)
    return case, number


def edit_an_entry_and_its_hash(forger: Forger) -> Named:
    """The next entry no longer follows, or the case names another head."""
    case, number, body = forger.entry()
    made = body.replace(b'"li"', b'"my"')
    digest = hashlib.sha256(made).digest()
    forger.do(f"UPDATE casework_entry SET body = ?, hash = ? WHERE {_KEY}", made, digest, case, number)
    return case, min(number + 1, forger.last(case))


def delete_an_entry(forger: Forger) -> Named:
    case, number, _ = forger.entry()
    last = forger.last(case)
    forger.do(f"DELETE FROM casework_entry WHERE {_KEY}", case, number)
    return case, min(number, last)


def insert_an_entry(forger: Forger) -> Named:
    case, _, _ = forger.entry()
    last = forger.last(case)
    forger.do(
        f"INSERT INTO casework_entry ({_ROW}) SELECT {_ROW.replace('number', 'number + 1')} "
        f"FROM casework_entry WHERE {_KEY}",
        case,
        last,
    )
    return case, last + 1


def swap_two_entries(forger: Forger) -> Named:
    case, number, _ = forger.entry()
    for old, new in ((number, -1), (number - 1, number), (-1, number - 1)):
        forger.do(f"UPDATE casework_entry SET number = ? WHERE {_KEY}", new, case, old)
    return case, number - 1


def renumber_an_entry(forger: Forger) -> Named:
    case, _, _ = forger.entry()
    last = forger.last(case)
    forger.do(f"UPDATE casework_entry SET number = ? WHERE {_KEY}", last + 5, case, last)
    return case, last


def cut_the_tail(forger: Forger) -> Named:
    """Entries, revision and head are rolled back together; the leaves still tell."""
    case, number, _ = forger.entry()
    forger.rolled_back(case, number - 1)
    return case, number


def cut_the_tail_and_its_leaves(forger: Forger) -> Named:
    case, number, _ = forger.entry()
    position = forger.position(case, number)
    forger.rolled_back(case, number - 1)
    forger.without_leaves("case_id = ? AND number >= ?", case, number)
    return forger.stretch(position)


def _remove(forger: Forger, case: str) -> None:
    for table, column in (("casework_case", "id"), ("case_visit", "case__id"), ("case_task", "case__id")):
        forger.sql.do(f"DELETE FROM {table} WHERE {column} = ?", case)
    for table in ("entry", "timer", "request", "message", "posting", "assignment", "unlogged"):
        forger.sql.do(f"DELETE FROM casework_{table} WHERE case_id = ?", case)


def remove_a_case(forger: Forger) -> Named:
    """Nothing is left of it but its leaves."""
    case, _, _ = forger.entry()
    _remove(forger, case)
    return case, 1


def remove_a_case_and_its_leaves(forger: Forger) -> Named:
    case, _, _ = forger.entry()
    position = forger.position(case, 1)
    _remove(forger, case)
    forger.without_leaves("case_id = ?", case)
    return forger.stretch(position)


def recompute_a_chain(forger: Forger) -> Named:
    case, number, _ = forger.entry()
    forger.rewritten(case, number, _actor, leaves=False)
    return case, number


def recompute_a_chain_and_its_leaves(forger: Forger) -> Named:
    case, number, _ = forger.entry()
    named = forger.stretch(forger.position(case, number))
    forger.rewritten(case, number, _actor, leaves=True)
    return named


def forge_a_commitment(forger: Forger) -> Named:
    """Other values with a commitment that fits them, and every hash after it made anew."""
    case, number = forger.one(
        "SELECT e.case_id, e.number FROM casework_entry e JOIN casework_leaf l ON l.case_id = e.case_id "
        'AND l.number = e.number WHERE e."values" IS NOT NULL'
    )
    named = forger.stretch(forger.position(case, number))
    forger.rewritten(case, number, lambda content: content.update(sealed={"person": "0" * 64}), leaves=True)
    return named


def move_an_entry_to_another_case(forger: Forger) -> Named:
    case, number, _ = forger.entry()
    other = "SELECT body, hash FROM casework_entry WHERE case_id <> ? AND number = ?"
    body, digest = (
        forger.one(other, case, number) if forger.sql.ask(other, case, number) else forger.one(other, case, 1)
    )
    forger.do(f"UPDATE casework_entry SET body = ?, hash = ? WHERE {_KEY}", bytes(body), bytes(digest), case, number)
    return case, number


def move_a_case_to_another_tenant(forger: Forger) -> Named:
    case, _, _ = forger.entry()
    forger.do("UPDATE casework_entry SET tenant = 'other' WHERE case_id = ?", case)
    forger.do("UPDATE casework_case SET tenant = 'other' WHERE id = ?", case)
    return case, 1


def replay_an_older_entry(forger: Forger) -> Named:
    """The bytes that the entry before it had, as an old copy of the table would bring them back."""
    case, number, _ = forger.entry()
    ((body, digest),) = forger.sql.ask(f"SELECT body, hash FROM casework_entry WHERE {_KEY}", case, number - 1)
    forger.do(f"UPDATE casework_entry SET body = ?, hash = ? WHERE {_KEY}", bytes(body), bytes(digest), case, number)
    return case, number


def remove_a_leaf(forger: Forger) -> Named:
    case, number, _ = forger.entry()
    forger.do(f"DELETE FROM casework_leaf WHERE {_KEY}", case, number)
    return case, number


def reorder_two_leaves(forger: Forger) -> Named:
    position = forger.luck.randrange(forger.sizes[-1] - 1)
    named = forger.stretch(position)
    for old, new in ((position, -1), (position + 1, position), (-1, position + 1)):
        forger.do("UPDATE casework_leaf SET position = ? WHERE position = ?", new, old)
    return forger.stretch(position) if position in (0, *forger.sizes) else named


def invent_a_leaf(forger: Forger) -> Named:
    size = forger.sizes[-1]
    forger.do(
        "INSERT INTO casework_leaf (position, hash, tenant, case_id, number) VALUES (?, ?, 'main', 'ghost', 1)",
        size,
        bytes(32),
    )
    return "ghost", 1


def forget_what_waits(forger: Forger) -> Named:
    case, number, _ = forger.entry(logged=False)
    forger.do(f"DELETE FROM casework_unlogged WHERE {_KEY}", case, number)
    return case, number


def delete_what_waits(forger: Forger) -> Named:
    """An entry that is on its way into the log goes, with all that tells of it but the queue."""
    case, number, _ = forger.entry(logged=False)
    forger.do("DELETE FROM casework_entry WHERE case_id = ? AND number >= ?", case, number)
    ((head,),) = forger.sql.ask("SELECT hash FROM casework_entry WHERE case_id = ? AND number = ?", case, number - 1)
    forger.do("UPDATE casework_case SET revision = ?, head = ? WHERE id = ?", number - 1, bytes(head), case)
    return case, number


def forget_a_checkpoint(forger: Forger) -> Named:
    forger.do("DELETE FROM casework_checkpoint WHERE size = ?", forger.sizes[-1])
    return NOWHERE


def edit_a_checkpoint(forger: Forger) -> Named:
    forger.do("UPDATE casework_checkpoint SET note = replace(note, 'anlu', 'anli') WHERE size = ?", forger.sizes[-1])
    return NOWHERE


def forge_a_loss(forger: Forger) -> Named:
    """A statement that nobody signed, as a leaf of its own, to excuse what is missing."""
    text = f"casework accepts a loss\norigin x\nhad {forger.sizes[-1]} x\n"
    size, digest = forger.sizes[-1], hashlib.sha256(b"\0" + text.encode()).digest()
    forger.do(
        "INSERT INTO casework_leaf (position, hash, tenant, case_id, number) VALUES (?, ?, '', '', 2)", size, digest
    )
    forger.do("INSERT INTO casework_loss (position, note) VALUES (?, ?)", size, f"{text}\n— x AAAA\n")
    return NOWHERE


FORGERIES: dict[str, Callable[[Forger], Named]] = {
    forge.__name__: forge
    for forge in (
        edit_an_entry,
        edit_an_entry_and_its_hash,
        delete_an_entry,
        insert_an_entry,
        swap_two_entries,
        renumber_an_entry,
        cut_the_tail,
        cut_the_tail_and_its_leaves,
        remove_a_case,
        remove_a_case_and_its_leaves,
        recompute_a_chain,
        recompute_a_chain_and_its_leaves,
        forge_a_commitment,
        move_an_entry_to_another_case,
        move_a_case_to_another_tenant,
        replay_an_older_entry,
        remove_a_leaf,
        reorder_two_leaves,
        invent_a_leaf,
        forget_what_waits,
        delete_what_waits,
        forget_a_checkpoint,
        edit_a_checkpoint,
        forge_a_loss,
    )
}
