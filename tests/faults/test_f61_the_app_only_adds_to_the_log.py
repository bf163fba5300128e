"""The account of the app may add to the log and never change it; it can do all of its work all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from accounts import Town, town
from errands import errand
from shelter import LI, START, shelter, told
from sqlalchemy import text
from stores import fresh
from working import case_types, day

from casework import Actor, FrozenClock, StoreMismatch, StoreOptions, seeded_entropy
from casework.storage.sql.engine import open_engine
from casework.storage.sql.transactions import Transactions

pytestmark = pytest.mark.postgres

CHANGES = (
    "UPDATE casework_entry SET body = body",
    'UPDATE casework_entry SET "values" = NULL',
    "DELETE FROM casework_entry",
    "TRUNCATE casework_entry",
    "DELETE FROM casework_leaf",
    "UPDATE casework_leaf SET hash = hash",
    "DELETE FROM casework_case",
    "UPDATE casework_posting SET amount = amount + 1",
    "DELETE FROM casework_reading",
    "DROP TABLE casework_entry",
    "ALTER TABLE casework_entry DISABLE TRIGGER ALL",
)


@pytest.fixture(name="town")
def _town() -> Iterator[Town]:
    """Tables, and accounts that may do what they are for."""
    url = fresh()
    shelter(url, case_types=case_types()).dispose()
    with town(url, "app", "worker", "auditor", "eraser") as there:
        yield there


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("kind", ["app", "worker"])
def test_f61_neither_app_nor_worker_changes_what_was_written(town: Town, kind: str, statement: str) -> None:
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(town.as_(getattr(town.roles, kind))) as connection, refused as no:
        connection.execute(statement.encode())

    assert "42501" == no.value.sqlstate


def test_f61_whoever_tries_through_casework_is_told_what_to_do(town: Town) -> None:
    engine = open_engine(town.as_(town.roles.app), StoreOptions())
    transactions = Transactions(engine, seeded_entropy("f61"))
    with pytest.raises(StoreMismatch, match="casework roles") as no, transactions.write() as transaction:
        transaction.ask(text("DELETE FROM casework_entry"))
    engine.dispose()

    assert "42501" in str(no.value)


def test_f61_the_app_does_all_its_work_with_what_it_may(town: Town) -> None:
    app = shelter(town.as_(town.roles.app), case_types=case_types())
    day(app, "main", erasing=False)

    assert app.verify().whole
    assert [] == [item.code for item in app.diagnose().amiss if item.code == "log-rights"]
    app.dispose()


def test_f61_the_eraser_empties_values_and_nothing_else(town: Town) -> None:
    app = shelter(town.as_(town.roles.eraser), case_types=case_types())
    day(app, "main")
    with psycopg.connect(town.as_(town.roles.eraser)) as connection, pytest.raises(psycopg.Error) as no:
        connection.execute("UPDATE casework_entry SET body = body")

    assert "42501" == no.value.sqlstate
    assert app.verify().whole and app.verify().erased
    app.dispose()


def test_f61_the_worker_fires_and_sends(town: Town) -> None:
    clock = FrozenClock(START)
    app = shelter(town.as_(town.roles.worker), case_types=case_types(), clock=clock)
    told(app.desk(LI))
    clock.advance(timedelta(hours=25))

    assert (1, 1) == (app.run_due().fired, app.send_waiting().sent)
    app.dispose()


@pytest.mark.parametrize(
    ("statement", "reads"),
    [
        ("SELECT tenant, case_id, number, body, hash FROM casework_entry", True),
        ("SELECT * FROM casework_leaf", True),
        ('SELECT "values" FROM casework_entry', False),
        ("SELECT body FROM casework_message", False),
        ("SELECT wrapped FROM casework_key", False),
        ("SELECT name FROM case_stay", False),
        ("INSERT INTO casework_leaf SELECT * FROM casework_leaf", False),
    ],
)
def test_f61_the_auditor_reads_the_log_and_no_values(town: Town, statement: str, *, reads: bool) -> None:
    with psycopg.connect(town.as_(town.roles.auditor)) as connection:
        try:
            connection.execute(statement.encode())
            allowed = True
        except psycopg.errors.InsufficientPrivilege:
            allowed = False

    assert reads == allowed


def test_f61_doctor_tells_an_account_that_could_rewrite_the_log(town: Town) -> None:
    app = shelter(town.url, case_types=case_types())

    assert ["note"] == [item.level for item in app.diagnose().amiss if item.code == "log-rights"]
    app.dispose()


def test_f61_a_table_of_a_later_definition_is_open_to_the_app_without_another_grant(town: Town) -> None:
    app = shelter(town.url, case_types=[*case_types(), errand()])
    app.dispose()
    app = shelter(town.as_(town.roles.app), case_types=[errand()])

    assert "new" == app.desk(Actor("ana", {"clerk"})).open("errand").state
    app.dispose()
