"""Every statement that touches the rows of tenants names the tenant; what looks at all of them is listed here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from shelter import shelter
from stores import fresh
from working import case_types, day

from casework import Actor, Case, Desk
from casework.migrating import Migration
from casework.storage import schema
from casework.storage.sql.prepared import Prepared

pytestmark = pytest.mark.both

OF_TENANTS = {table.name for table in schema.metadata.sorted_tables if "tenant" in table.c}
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(case_\w+|casework_\w+)")
TENANT = r"\b(?:case__)?tenant\"?\s*=\s*"
BINDS = re.compile(TENANT + r"(?:\?|%s|%\(\w+\)s)")
JOINS = re.compile(TENANT + r"\w+\.(?:case__)?tenant\b")

NORTH = Actor("li", {"clerk"}, unit="anlu", tenant="north")
NOTHING_CHANGED = Migration(name="nothing changed", case_type="stay")

FOR_ALL = {
    "FROM casework_enclosure WHERE casework_enclosure.digest =": "a file goes only where no tenant keeps equal bytes",
    "FROM casework_key WHERE casework_key.proof IS NOT NULL": "asks whether the store has keys at all",
    "FROM casework_erasure WHERE casework_erasure.state IN": "what was begun is finished, whosoever it is",
    "JOIN casework_erasure ON casework_erasure.tenant =": "a start asks whether anything is left of anybody erased",
}
"""What a desk asks without naming a tenant, and why."""


@contextmanager
def heard() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is sent meanwhile, with its parameters."""
    sent: list[tuple[str, Any]] = []
    bound = Prepared.bound

    def listening(self: Prepared, values: Any) -> Any:
        parameters = bound(self, values)
        sent.append((self.sql, parameters))
        return parameters

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Prepared, "bound", listening)
        yield sent


def tables(sql: str) -> list[str]:
    """The tables with rows of tenants that a statement touches, each as often as it does."""
    return [name for name in TABLE.findall(sql) if name in OF_TENANTS or name.startswith("case_")]


def kept_apart(sql: str) -> bool:
    """Whether a statement binds the tenant of one table, and ties every other one to it."""
    touched = tables(sql)
    if touched and sql.startswith("INSERT"):
        return "tenant" in sql
    return not touched or (
        len(BINDS.findall(sql)) >= 1 and len(BINDS.findall(sql) + JOINS.findall(sql)) >= len(touched)
    )


def _left_behind(url: str) -> tuple[Case, Case]:
    """Two cases of a definition that is older than those of the day."""
    app = shelter(url)
    desk = app.desk(NORTH)
    cases = desk.open("stay"), desk.open("stay")
    app.dispose()
    return cases


def test_f94_no_statement_of_a_desk_crosses_tenants() -> None:
    called, url = set[str](), fresh()
    moved, left = _left_behind(url)
    with heard() as sent:
        app = shelter(url, case_types=case_types())
        sent.clear()
        day(app, "north", called.add)
        desk = app.desk(NORTH)
        moved = desk.migrate(moved.id, NOTHING_CHANGED)
        assert [1, 0] == [desk.migrate_all(NOTHING_CHANGED).moved for _ in range(2)]
        assert app.desk(NORTH).get(left.id).manifest == moved.manifest
        called |= {"migrate", "migrate_all"}
    crossing = sorted(
        {sql for sql, _ in sent if not kept_apart(sql) and not any(part in " ".join(sql.split()) for part in FOR_ALL)}
    )
    others = {str(value) for _, bound in sent for value in _values(bound)} & {"main"}

    assert {name for name, _ in inspect.getmembers(Desk, inspect.isfunction) if not name.startswith("_")} <= called
    assert [] == crossing
    assert set() == others
    assert len(sent) > 200


def _values(bound: Any) -> list[Any]:
    return list(bound.values() if isinstance(bound, dict) else bound)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a.x FROM casework_case AS a WHERE a.id = ?",
        "SELECT a.x FROM casework_case AS a JOIN case_stay AS b ON a.id = b.case__id WHERE a.tenant = ?",
        "UPDATE casework_case SET unit = ? WHERE id = ?",
        "DELETE FROM casework_timer WHERE case_id = %(b_case_id)s",
    ],
)
def test_a_statement_that_crosses_would_be_found(sql: str) -> None:
    assert not kept_apart(sql)
