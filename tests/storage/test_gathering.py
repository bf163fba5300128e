"""Writes that are gathered: sent once for many rows, before anything is read, and never over somebody else's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from faults.town import CLERK, founded, guests
from stores import fresh

from casework import Case, Casework
from casework.model.case import Receipt
from casework.storage.sql.gathering import Gathering
from casework.storage.sql.transaction import Contended

TENANT = CLERK.tenant


@pytest.fixture
def app() -> Iterator[Casework]:
    made = founded(fresh())
    yield made
    made.dispose()


@pytest.fixture
def case(app: Casework) -> Case:
    return guests(app, 1)[0]


def test_what_was_gathered_is_there_for_whoever_reads_next(app: Casework) -> None:
    requests, receipt = app._engine.store.requests, Receipt("one", 1, 1)
    with app._engine.store.write() as transaction:
        gathering = Gathering(transaction)
        requests.insert(gathering, TENANT, "li", "a", b"content", receipt)

        assert requests.find(transaction, TENANT, "li", "a") is None
        assert (b"content", receipt) == requests.find(gathering, TENANT, "li", "a")


def test_a_case_that_somebody_else_moved_makes_the_transaction_go_again(app: Casework, case: Case) -> None:
    with pytest.raises(Contended):
        _overtaken(app, case)

    assert 1 == app.desk(CLERK).get(case.id).revision


def _overtaken(app: Casework, case: Case) -> None:
    store = app._engine.store
    with store.write() as transaction:
        gathering = Gathering(transaction)
        transaction.driver.execute(f"UPDATE casework_case SET revision = 7 WHERE id = '{case.id}'")
        key = {"b_tenant": TENANT, "b_id": case.id, "b_revision": 1}
        values = {"n_revision": 2, "n_closed_at": None, "n_head": b""}
        gathering.changed_one(store.cases(app._engine.current["guest"])._update, {**key, **values})
        gathering.flush()
