"""Histories that were recorded once are read by every later casework: verified, folded to the same cases, exported."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from golden.recorded import FOLDER, SETS, everybody, expected_of, file_of, kept, released, script_of, shipped, standing
from stores import fresh

from casework import Actor, Casework, Desk, Refused

FILES = kept()


@pytest.fixture(params=FILES, ids=[path.name for path in FILES])
def recorded(request: pytest.FixtureRequest, on_each_database: None) -> tuple[Path, str]:
    """A recorded store, and the URL under which it lives again."""
    url = fresh()
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.executescript(script_of(request.param))
    return request.param, url


def looked_at(app: Casework, path: Path) -> dict[str, Any]:
    """How every case stands now, for somebody with the roles of who looked then."""
    told = expected_of(path)
    desk = app.desk(Actor("ana", roles=told["roles"]))
    return {case_id: standing(desk.get(case_id)) for case_id in told["cases"]}


@pytest.mark.sqlite("what is recorded are statements for SQLite")
def test_f101_a_recorded_history_is_verified_and_read_without_what_defined_it(recorded: tuple[Path, str]) -> None:
    path, url = recorded
    app = Casework(url)
    app.migrate()
    told = expected_of(path)
    desk = app.desk(Actor("ana", roles=told["roles"]))
    records = {record["id"]: record for record in desk.export(told["cases"])}

    assert () == app.verify().faults
    assert told["cases"] == looked_at(app, path)
    assert {case_id: case["states"] for case_id, case in told["cases"].items()} == {
        case_id: record["states"] for case_id, record in records.items()
    }
    assert [] == [case_id for case_id, case in told["cases"].items() if case["revision"] != len(desk.history(case_id))]
    app.dispose()


@pytest.mark.sqlite("what is recorded are statements for SQLite")
def test_f101_a_recorded_history_goes_on_under_what_ships_now(recorded: tuple[Path, str]) -> None:
    path, url = recorded
    app = shipped(path.name.partition("-")[0], url)
    app.migrate()
    desk = app.desk(everybody(app.case_types))
    told = expected_of(path)["cases"]
    answers = {_adopting(desk, case_id) for case_id, case in told.items() if case["closed"] is None}

    assert set() == answers - {"", "not-adoptable", "invariant-broken"}
    assert told == looked_at(app, path)
    assert () == app.verify().faults
    app.dispose()


def _adopting(desk: Desk, case_id: str) -> str:
    """The code with which adopting would be refused; empty where it would not be."""
    try:
        desk.adopt(case_id, dry_run=True)
    except Refused as no:
        return no.refusal.code
    return ""


@pytest.mark.parametrize("name", SETS)
def test_what_ships_is_recorded(name: str) -> None:
    assert file_of(name).exists(), f"definitions of {name!r} changed: run `python -m golden.recorded` in tests/"


def test_what_was_released_is_kept() -> None:
    assert set() == released() - {path.name for path in kept()}
    assert [] == [path.name for path in FOLDER.glob("*.gz") if path not in FILES]
