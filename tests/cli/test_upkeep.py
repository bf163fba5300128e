"""migrate, verify, plugins, doctor."""

from __future__ import annotations

import sqlite3
import sys
import types
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli.errand import WORKER, Line
from outside import outside
from stores import fresh

from casework import Require, elapsed_since, hookimpl, hours
from casework.cli.checks import JOURNALS, checks_of
from casework.storage.diagnosis import Diagnosis, file_of, journal_reason, shown_url
from casework.storage.sql.sqlite import journal_mode

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def change(cli: Line, statement: str) -> None:
    with outside(cli.store) as store:
        store.do(statement)


def test_migrating_makes_tables_and_then_finds_them(cli: Line, tmp_path: Path) -> None:
    store = fresh()

    first = cli.json("migrate", "--store", store)
    second = cli("migrate", "--store", store, "--lang", "zh")

    assert (None, ["errand"]) == (first["before"], first["case_types"])
    assert f"版本 {first['after']}，无需升级；案件类型：errand\n" == second.stdout


def test_a_whole_store_is_told_to_be(cli: Line) -> None:
    cli.opened()

    told = cli.json("verify")
    log = told.pop("log")

    assert {"whole": True, "cases": 1, "entries": 1, "erased": 0, "enclosures": 0, "faults": []} == told
    assert (0, 0, []) == (log["leaves"], log["checkpoints"], log["faults"])
    assert "everything adds up" in cli("verify").stdout
    assert "核验无误" in cli("verify", "--lang", "zh").stdout


def test_what_was_tampered_with_is_named_and_ends_with_six(cli: Line, tmp_path: Path) -> None:
    case = cli.opened()
    change(cli, "UPDATE case_errand SET what = 'something else'")

    told = cli.json("verify", code=6)

    assert [case] == [fault["case"] for fault in told["faults"]]
    assert case in cli("verify", code=6).stdout


def test_plugins_are_shown_with_what_they_contribute(cli: Line) -> None:
    told = cli.json("plugins")

    assert [("tiny", "--plugin")] == [(item["name"], item["origin"]) for item in told["plugins"]]
    contributes = {"case_types": ["errand"], "parts": ["sms"], "demos": ["errands"], "commands": ["greet"]}
    assert contributes == told["plugins"][0]["contributes"]
    assert "案件类型：errand" in cli("plugins", "--lang", "zh").stdout
    assert "no plugins" in cli("--no-installed", "plugins", bare=True).stdout


@pytest.mark.sqlite("doctor rightly finds that the server of the tests waits for no disk")
def test_doctor_finds_nothing_amiss(cli: Line) -> None:
    cli.opened()

    told = cli.json("doctor")

    assert (True, ["tiny"], ["errand"]) == (told["ok"], told["plugins"], told["case_types"])
    assert ("FULL", 1, "current") == (
        told["store"]["synchronous"],
        told["cases"][0]["open"],
        told["cases"][0]["standing"],
    )
    assert "没有问题" in cli("doctor", "--lang", "zh").stderr


def test_doctor_of_a_store_without_tables_says_what_to_do(cli: Line, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()

    result = cli("doctor", "--store", "sqlite:///empty.db", code=5)

    assert "run `casework migrate`" in result.stdout


@pytest.mark.sqlite("doctor rightly finds that the server of the tests waits for no disk")
def test_doctor_counts_what_is_late(cli: Line, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    cli.opened()
    change(cli, "INSERT INTO casework_timer VALUES ('main', 'x', 'late', 1)")

    told = cli.json("doctor")

    assert (1, "1970-01-01T00:00:00.000001Z") == (told["timers"]["overdue"], told["timers"]["oldest"])
    assert "does `casework work` run?" in cli("doctor").stdout


def test_doctor_counts_messages_that_nobody_sends(cli: Line, tmp_path: Path) -> None:
    case = cli.opened()
    cli(*WORKER, "fire", case, "start", "weight=1")
    cli(*WORKER, "fire", case, "finish")
    change(cli, "UPDATE casework_message SET state = 'dead'")

    told = cli.json("doctor", code=4)

    assert {"dead": 1} == told["messages"]
    assert "多次失败" in cli("doctor", "--lang", "zh", code=4).stdout


def test_doctor_names_missing_columns(cli: Line, tmp_path: Path) -> None:
    change(cli, "ALTER TABLE case_errand DROP COLUMN weight")

    assert {"case_errand": ["weight"]} == cli.json("doctor", code=4)["missing_columns"]


def test_a_transition_that_a_plugin_asks_twice_of_is_listed_once(cli: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [Require("errand.start", elapsed_since("new") >= hours(least)) for least in (1, 2)]
    module = types.ModuleType("strict")

    def casework_requirements() -> list[Require]:
        return asked

    module.casework_requirements = hookimpl(casework_requirements)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "strict", module)

    (told,) = (item for item in cli.json("--plugin", "strict", "plugins")["plugins"] if "strict" == item["name"])
    assert {"requirements": ["errand.start"]} == told["contributes"]


def test_f98_cases_of_a_type_that_is_not_installed_are_listed_as_orphaned(cli: Line) -> None:
    case = cli.opened()
    bare = ("--store", cli.store, "--no-installed")

    shown = cli(*bare, "doctor", bare=True, code=4).stdout
    chinese = cli(*bare, "doctor", "--lang", "zh", bare=True, code=4).stdout

    assert "orphaned" in shown and "errand: 1 (1 open)" in shown
    assert "案件类型未安装" in chinese
    assert "needs parts that are not installed: sms" in shown
    assert case in cli(*bare, *WORKER, "show", case, bare=True).stdout, "they can be read"
    assert "part-absent" in cli(*bare, *WORKER, "fire", case, "start", "weight=1", bare=True, code=3).stderr


@pytest.mark.parametrize(
    ("version", "sole", "mode", "reason"),
    [
        ((3, 40, 1), False, "TRUNCATE", "wal-reset-bug"),
        ((3, 51, 2), False, "TRUNCATE", "wal-reset-bug"),
        ((3, 51, 2), True, "WAL", "sole-process"),
        ((3, 51, 3), False, "WAL", "wal-safe"),
        ((3, 52, 0), True, "WAL", "wal-safe"),
    ],
)
def test_f8_an_old_sqlite_writes_ahead_only_where_one_process_owns_the_file(
    version: tuple[int, ...], sole: bool, mode: str, reason: str
) -> None:
    assert (mode, reason) == (journal_mode(sole, version), journal_reason(sole, version=version))


@pytest.mark.sqlite("doctor rightly finds that the server of the tests waits for no disk")
def test_f8_doctor_says_which_journal_applies_and_why(cli: Line) -> None:
    store = cli.json("doctor")["store"]

    assert store["journal"] == journal_mode(False)
    assert JOURNALS[store["journal_reason"]].en.split(",")[0] in cli("doctor").stdout
    assert f"SQLite {sqlite3.sqlite_version}" == store["library"]


def test_f8_a_journal_that_can_corrupt_is_a_problem() -> None:
    found = Diagnosis(
        url="",
        library="SQLite 3.40.1",
        journal="WAL",
        journal_reason="wal-reset-bug",
        synchronous="FULL",
        version="1",
        expected="1",
    )

    assert ["journal"] == [check.name for check in checks_of(found, NOW) if check.level == "problem"]


def test_a_url_is_shown_without_its_password() -> None:
    assert "postgresql://me:***@host/db" == shown_url("postgresql://me:secret@host/db")
    assert (None, Path("a.db")) == (file_of("sqlite://"), file_of("sqlite:///a.db"))
