"""What somebody who has the file of a store may do to the rows beside its log, and where it must show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tampering import Place, Store

from casework.storage.log import parsed


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
        "INSERT INTO casework_message (tenant, case_id, number, line, channel, recipient, body, state, attempts, "
        "next_at) VALUES ('main', ?, ?, 9, 'sms', 'x', X'7B7D', 'waiting', 0, 0)",
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

ROWS: dict[str, Callable[[Store], Place]] = {
    **{
        function.__name__: function
        for function in (
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
