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
from typing import Any

from benchmarks.workload import FINAL, MOVES, ROLE

_LOAD = """
SELECT c.case_type, c.manifest, c.revision, c.unit, c.opened_at, c.closed_at, c.parent, c.head, p.case__sealed,
       p.state__main, p.place, p.age, p.ward, p.temperature, p.name, p.native_place, p.travel_on, p.escorted,
       p.subject__person
FROM casework_case c JOIN case_bench p ON p.case__tenant = c.tenant AND p.case__id = c.id
WHERE c.tenant = ? AND c.id = ?
"""
_UPDATE = "UPDATE casework_case SET revision = ?, closed_at = ?, head = ? WHERE tenant = ? AND id = ? AND revision = ?"
_ENTRY = 'INSERT INTO casework_entry (tenant, case_id, number, body, hash, "values") VALUES (?, ?, ?, ?, ?, ?)'
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
    row = cursor.execute(_LOAD, ("main", case_id)).fetchone()
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
    if cursor.execute(_UPDATE, (number, closed, digest, "main", case_id, number - 1)).rowcount != 1:
        raise Refusal("somebody was faster")
    _project(cursor, case_id, target, form)
    cursor.execute(_ENTRY, ("main", case_id, number, body, digest, values))
    return target


def _check(trigger: str, form: Mapping[str, Any]) -> None:
    wanted = _CHECKS.get(trigger, {})
    if form.keys() != wanted.keys() or not all(type(form[name]) is kind for name, kind in wanted.items()):
        raise Refusal("the form is filled in wrongly")


def _project(cursor: sqlite3.Cursor, case_id: str, target: str, form: Mapping[str, Any]) -> None:
    columns = "".join(f", {name} = ?" for name in form)
    stored = [_STORED[name](value) if name in _STORED else value for name, value in form.items()]
    cursor.execute(
        f"UPDATE case_bench SET state__main = ?{columns} WHERE case__tenant = ? AND case__id = ?",
        (target, *stored, "main", case_id),
    )


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
