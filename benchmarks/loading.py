"""Fill a store with very many cases, quickly: rows through the library's own codec, statements by executemany.

Every case has its own row, its projection and the entry that opened it, with a true hash. The states are
spread over the open ones as if the cases had gone on since, and so are the units and the next due dates.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import attrs

from benchmarks.workload import ACTOR, FINAL, STATES, app_on, empty_case, rescue
from casework import Casework
from casework.clock import to_micros
from casework.compiled import Compiled
from casework.deciding import decide
from casework.ids import Ids, seeded_entropy
from casework.manifest import compose
from casework.model.case import Move, Snapshot
from casework.model.decision import Decision
from casework.storage import schema
from casework.storage.cases import inserting
from casework.storage.log import Entry, sealed_entry
from casework.storage.projection import Projection
from casework.storage.sql.prepared import Prepared

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OPEN_STATES = tuple(state for state in STATES if state not in FINAL)
CHUNK = 5_000


@attrs.frozen
class Loaded:
    """An app on a store full of cases, and the ids of those in the state in which the round begins."""

    app: Casework
    path: Path
    ready: list[str]


def load(path: Path, number: int, units: int) -> Loaded:
    """A store with *number* open cases in *units* units."""
    app = app_on(path, synchronous="NORMAL", wal=True)
    maker = _Maker(units)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    indexes = _drop_indexes(connection, maker.projection)
    statements = maker.statements(app)
    made, ready = maker.cases(), []
    for start in range(0, number, CHUNK):
        chunk = list(islice(made, min(CHUNK, number - start)))
        ready += [case.id for case, _ in chunk if case.states["main"] == "assessed"]
        connection.execute("BEGIN")
        for statement, rows_of in statements:
            connection.executemany(statement.sql, [statement.bound(rows_of(*pair)) for pair in chunk])
        connection.execute("COMMIT")
    for sql in indexes:
        connection.execute(sql)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Loaded(app, path, ready)


def _drop_indexes(connection: sqlite3.Connection, projection: Projection) -> list[str]:
    """Take the projection's indexes away while rows come in; answers with the statements that make them again."""
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    found = connection.execute(asked, (projection.name,)).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in found]


class _Maker:
    """Makes cases from one that was really decided upon."""

    def __init__(self, units: int) -> None:
        self.compiled = Compiled(compose(rescue, [], [])[0], {})
        self.projection = Projection(self.compiled)
        self._units, self._random, self._entropy = units, random.Random(7), seeded_entropy(7)
        self._ids = Ids(self._entropy)

    def statements(self, app: Casework) -> list[tuple[Prepared, Callable[[Snapshot, Entry], dict[str, Any]]]]:
        """The three inserts, and how each finds its values."""
        dialect = app._engine.store.engine.dialect
        tables = ((schema.case, self._case), (self.projection.table, self._projected), (schema.entry, self._entry))
        return [(Prepared(inserting(table), dialect), rows_of) for table, rows_of in tables]

    def cases(self) -> Iterator[tuple[Snapshot, Entry]]:
        """Cases without end, each with the entry that opened it."""
        instant, draw = NOW, self._random
        while True:
            instant += timedelta(milliseconds=40)
            age = 101 if draw.randrange(1_000) == 0 else draw.randrange(90)
            yield self._opened(instant, f"unit {draw.randrange(self._units):03}", age, draw.choice(OPEN_STATES))

    def _opened(self, now: datetime, unit: str, age: int, state: str) -> tuple[Snapshot, Entry]:
        compiled = self.compiled
        before = empty_case(compiled, self._ids.new(now), self._ids.new(now), unit=unit, now=now)
        form = {"place": "a road", "age": age}
        move = Move(kind="open", actor=ACTOR, now=now, roles=ACTOR.roles, form=form)
        decision = decide(compiled, before, move)
        assert isinstance(decision, Decision)
        entry = sealed_entry(compiled, before, move, decision, self._entropy)
        before.revision, before.head = entry.number, entry.hash
        before.states, before.data = {"main": state}, decision.data
        return before, entry

    def _case(self, case: Snapshot, entry: Entry) -> dict[str, Any]:
        row = {name: getattr(case, name) for name in ("tenant", "id", "case_type", "manifest", "revision", "unit")}
        row |= {"opened_at": to_micros(case.opened_at), "closed_at": None, "parent": None, "head": case.head}
        return _bound(row)

    def _projected(self, case: Snapshot, entry: Entry) -> dict[str, Any]:
        due = to_micros(case.opened_at + timedelta(minutes=self._random.randrange(100_000)))
        return _bound({**self.projection.row(case), "case__next_due": due})

    def _entry(self, case: Snapshot, entry: Entry) -> dict[str, Any]:
        row = {"number": entry.number, "body": entry.body, "hash": entry.hash, "values": entry.values}
        return _bound({"tenant": case.tenant, "case_id": case.id, **row})


def _bound(row: dict[str, Any]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in row.items()}
