"""A statement that is wrong whenever it is run is told as that, and not as a store that may work again later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from shelter import shelter
from sqlalchemy import text
from stores import on_sqlite

from casework import Casework, StoreMismatch, StoreUnavailable
from casework.cli.faults import UNEXPECTED, answer
from casework.errors import WrongStatement
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

WRONG = {
    "sqlite": (
        "SELECT 1 FRO casework_case",
        "SELECT nothing_like_it(1)",
        "SELECT abs(1, 2)",
        "SELECT 1 +",
        "SELECT sum(9223372036854775807) FROM (SELECT 1 UNION ALL SELECT 2)",
    ),
    "postgresql": (
        "SELECT 1 FRO casework_case",
        "SELECT nothing_like_it(1)",
        "SELECT 'canary'::bigint",
        "SELECT 9223372036854775807 + 1",
        "SELECT count(*) FROM casework_case FOR UPDATE",
        "SELECT id = 1 FROM casework_case",
    ),
}
ELSEWHERE = ("SELECT * FROM casework_of_tomorrow", "SELECT of_tomorrow FROM casework_case")


@pytest.fixture
def app() -> Iterator[Casework]:
    """A store with its tables."""
    made = shelter()
    yield made
    made.dispose()


@pytest.mark.both
def test_what_is_wrong_is_told_without_values(app: Casework) -> None:
    told = []
    for statement in WRONG[app._engine.store.engine.dialect.name]:
        with pytest.raises(WrongStatement) as no, app._engine.store.transactions.write() as transaction:
            transaction.ask(text(statement))
        told.append(str(no.value))

    assert [] == [words for words in told if "canary" in words or "casework doctor" not in words]
    assert not issubclass(WrongStatement, StoreUnavailable)


@pytest.mark.both
def test_tables_of_another_version_are_told_as_that(app: Casework) -> None:
    for statement in ELSEWHERE:
        with pytest.raises(StoreMismatch, match="casework migrate"), app._engine.store.transactions.read() as one:
            one.ask(text(statement))


@pytest.mark.postgres
def test_a_value_that_no_column_takes_is_told_as_that(app: Casework) -> None:
    with pytest.raises(WrongStatement, match="DataError"), app._engine.store.transactions.read() as transaction:
        transaction.ask(text("SELECT :it"), {"it": "a\0b"})


BREAKS_LATE = "SELECT abs(CASE n WHEN 3 THEN -9223372036854775807 - 1 ELSE n END) AS found FROM {numbers}"
FETCHES: tuple[Callable[[Any], object], ...] = (
    lambda cursor: cursor.fetchall(),
    lambda cursor: [cursor.fetchone() for _ in range(3)],
    lambda cursor: [cursor.fetchmany(1) for _ in range(3)],
)


@pytest.mark.both
def test_what_breaks_as_rows_are_fetched_is_an_error_of_ours_too(app: Casework) -> None:
    numbers = "(SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS some"
    if not on_sqlite():
        numbers = "(VALUES (1::bigint), (2), (3)) AS some (n)"

    def fetched(transaction: Transaction, fetch: Callable[[Any], object]) -> None:
        fetch(transaction.run(Prepared(text(BREAKS_LATE.format(numbers=numbers)), transaction.dialect), {}))

    for fetch in FETCHES:
        for begun in (app._engine.store.transactions.read, app._engine.store.transactions.write):
            with pytest.raises(WrongStatement), begun() as transaction:
                fetched(transaction, fetch)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_line_says_whose_fault_it_may_be(language: Any) -> None:
    told = answer(WrongStatement("SyntaxError (42601)"), language)

    assert (UNEXPECTED, "wrong-statement", "docs/reference/errors.md#wrong-statement") == (
        told.exit_code,
        told.code,
        told.page,
    )
    assert "casework doctor" in told.lines[0] and "42601" in told.lines[0]
