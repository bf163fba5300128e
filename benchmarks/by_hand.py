"""A firing as one would write it by hand with sqlite3: the same tables, reads, writes, log entry and hash.

It knows only the one case type of the workload, and nothing of explanations, replays or plugins. The
log that it writes passes ``app.verify()``, so the work is the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.workload import FINAL, MOVES, ROLE

LOAD = """
SELECT c.case_type, c.manifest, c.revision, c.unit, c.opened_at, c.closed_at, c.parent, c.head, p.case__sealed,
       p.state__main, p.place, p.age, p.ward, p.temperature, p.name, p.native_place, p.travel_on, p.escorted,
       p.subject__person
FROM casework_case c JOIN case_bench p ON p.case__tenant = c.tenant AND p.case__id = c.id
WHERE c.tenant = ? AND c.id = ?
"""
UPDATE = "UPDATE casework_case SET revision = ?, closed_at = ?, head = ? WHERE tenant = ? AND id = ? AND revision = ?"
ENTRY = 'INSERT INTO casework_entry (tenant, case_id, number, body, hash, "values") VALUES (?, ?, ?, ?, ?, ?)'
_TARGETS = {(trigger, source): target for trigger, source, target in MOVES}
_AGE, _NAME, _STATE, _REVISION, _HEAD, _PERSON = 11, 14, 9, 2, 7, 18

_CHECKS: Mapping[str, Mapping[str, type]] = {
    "admit": {"ward": str, "temperature": int},
    "trace": {"name": str, "native_place": str},
    "arrange": {"travel_on": date, "escorted": bool},
}
_GUARDS: Mapping[str, Callable[[Any, Mapping[str, Any]], bool]] = {
    "admit": lambda row, form: form["temperature"] > 30,
    "arrange": lambda row, form: row[_NAME] is not None,
}
_STORED: Mapping[str, Callable[[Any], Any]] = {"travel_on": date.toordinal, "escorted": int}
_PLAIN: Mapping[str, Callable[[Any], Any]] = {"travel_on": lambda value: {"date": value.isoformat()}}
_APART = {"name"}


class Refusal(Exception):
    """No."""


def connect(path: Path, *, synchronous: str, wal: bool) -> sqlite3.Connection:
    """A connection with the pragmas that casework sets."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    connection.execute(f"PRAGMA journal_mode={'WAL' if wal else 'TRUNCATE'}")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("PRAGMA busy_timeout=5000")
    connection.execute("PRAGMA cache_size=-16384")
    return connection


REQUEST = "INSERT INTO casework_request (tenant, actor, request_id, digest, case_id, number) VALUES (?, ?, ?, ?, ?, ?)"


def bulk(
    connection: sqlite3.Connection, roles: set[str], ids: list[str], trigger: str, form: Mapping[str, Any], batch: str
) -> int:
    """One trigger on many cases, a hundred in each transaction: what they are is read at once, and written at once."""
    cursor = connection.cursor()
    for start in range(0, len(ids), 100):
        part = ids[start : start + 100]
        cursor.execute("BEGIN IMMEDIATE")
        try:
            together(cursor, roles, part, trigger, form, batch)
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")
    return len(ids)


def together(
    cursor: Any,
    roles: set[str],
    ids: list[str],
    trigger: str,
    form: Mapping[str, Any],
    batch: str,
    told: Callable[[str], str] = str,
) -> None:
    """One part of a batch in a transaction that has begun; *told* puts a statement in the words of another driver."""
    marks = ", ".join("?" * len(ids))
    many = LOAD.replace("SELECT ", "SELECT c.id, ").replace("c.id = ?", f"c.id IN ({marks})")
    rows = {row[0]: row[1:] for row in cursor.execute(told(many), ("main", *ids))}
    taken = f"SELECT request_id FROM casework_request WHERE tenant = ? AND actor = ? AND request_id IN ({marks})"
    known = {row[0] for row in cursor.execute(told(taken), ("main", "li", *(f"{batch}/{i}" for i in ids)))}
    wanted = [case_id for case_id in ids if f"{batch}/{case_id}" not in known]
    written = [decided(rows.get(case_id), roles, case_id, trigger, form) for case_id in wanted]
    cursor.executemany(told(UPDATE), [each.case for each in written])
    if cursor.rowcount != len(written):
        raise Refusal("somebody was faster")
    sql, stored = projecting(form)
    cursor.executemany(told(sql), [(each.target, *stored, "main", each.entry[1]) for each in written])
    cursor.executemany(told(ENTRY), [each.entry for each in written])
    asked = {"form": {name: str(value) for name, value in form.items()}, "kind": "fire", "trigger": trigger}
    requests = [(each.entry[1], _json(asked | {"case": each.entry[1]}), each.entry[2]) for each in written]
    cursor.executemany(
        told(REQUEST),
        [("main", "li", f"{batch}/{i}", hashlib.sha256(content).digest(), i, n) for i, content, n in requests],
    )


def fire(connection: sqlite3.Connection, roles: set[str], case_id: str, trigger: str, form: Mapping[str, Any]) -> str:
    """One firing in a transaction of its own; answers with the new state."""
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    try:
        target = _fire(cursor, roles, case_id, trigger, form)
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    cursor.execute("COMMIT")
    return target


def _fire(cursor: sqlite3.Cursor, roles: set[str], case_id: str, trigger: str, form: Mapping[str, Any]) -> str:
    found = decided(cursor.execute(LOAD, ("main", case_id)).fetchone(), roles, case_id, trigger, form)
    if cursor.execute(UPDATE, found.case).rowcount != 1:
        raise Refusal("somebody was faster")
    sql, stored = projecting(form)
    cursor.execute(sql, (found.target, *stored, "main", case_id))
    cursor.execute(ENTRY, found.entry)
    return found.target


class Decided(NamedTuple):
    """Where a case goes, and the values of the statements that say so."""

    target: str
    case: tuple[Any, ...]
    entry: tuple[Any, ...]


def decided(row: Any, roles: set[str], case_id: str, trigger: str, form: Mapping[str, Any]) -> Decided:
    """What a firing comes to: role, state, form and guard are checked, the entry is made."""
    if row is None or ROLE not in roles:
        raise Refusal("not for you")
    source = row[_STATE]
    target = _TARGETS.get((trigger, source))
    if target is None:
        raise Refusal("not in this state")
    _check(trigger, form)
    guard = _GUARDS.get(trigger)
    if not (row[_AGE] < 130 if guard is None else guard(row, form)):
        raise Refusal("not yet")
    number, now = row[_REVISION] + 1, time.time_ns() // 1000
    content, values = _content(row, trigger, source, target, form)
    body = _framed(case_id, number, now, row[_HEAD], content)
    digest = hashlib.sha256(body).digest()
    closed = now if target in FINAL else None
    case = (number, closed, digest, "main", case_id, number - 1)
    return Decided(target, case, ("main", case_id, number, body, digest, values))


def _check(trigger: str, form: Mapping[str, Any]) -> None:
    wanted = _CHECKS.get(trigger, {})
    if form.keys() != wanted.keys() or not all(type(form[name]) is kind for name, kind in wanted.items()):
        raise Refusal("the form is filled in wrongly")


def projecting(form: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """The statement that brings the current row up to date, and its first values after the state."""
    columns = "".join(f", {name} = ?" for name in form)
    stored = tuple(_STORED[name](value) if name in _STORED else value for name, value in form.items())
    return f"UPDATE case_bench SET state__main = ?{columns} WHERE case__tenant = ? AND case__id = ?", stored


def _content(row: Any, trigger: str, source: str, target: str, form: Mapping[str, Any]) -> tuple[bytes, bytes | None]:
    content: dict[str, Any] = {
        "actor": ["li", "li", None],
        "kind": "fire",
        "steps": [["main", trigger, source, target, ""]],
        "trigger": trigger,
    }
    shown = {name: _PLAIN[name](value) if name in _PLAIN else value for name, value in form.items()}
    apart = {name: shown.pop(name) for name in _APART & shown.keys()}
    if shown:
        content["set"] = content["form"] = shown
    if not apart:
        return _json(content), None
    content["set_apart"] = content["form_apart"] = sorted(apart)
    plain, salt = _json({"form": apart, "set": apart}), os.urandom(16)
    content["sealed"] = {"person": hmac.new(salt, plain, hashlib.sha256).hexdigest()}
    return _json(content), _json({"person": {"salt": salt.hex(), "values": plain.decode()}})


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _framed(case_id: str, number: int, now: int, previous: bytes, content: bytes) -> bytes:
    parts = (
        b"casework-entry-1",
        b"json-sorted-utf8-1",
        b"main",
        case_id.encode(),
        number.to_bytes(8, "big"),
        now.to_bytes(8, "big"),
        previous,
        content,
    )
    return b"\x00" + b"".join([len(part).to_bytes(4, "big") + part for part in parts])
