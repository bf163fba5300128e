"""A pooler hands sessions on after each transaction: nothing may be left in one, and nothing be expected there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest
from faults.town import CLERK, POST, TYPES, at_once, code, founded, guests
from oracle import assert_inv, balances
from pooler import pooled, program
from sqlalchemy import make_url, text
from stores import fresh
from wire import Wire

from casework import Casework, Refused, StoreOptions, seeded_entropy
from casework.storage.sql.engine import open_engine
from casework.storage.sql.transactions import Transactions

BEDS, GUESTS = 5, 40
SHARED = StoreOptions(prepared=False, statement_seconds=7, lock_seconds=3)
bouncer = pytest.mark.skipif(program() is None, reason="PgBouncer is not installed (apt install pgbouncer)")
pytestmark = pytest.mark.postgres


def app_on(url: str, options: StoreOptions = SHARED) -> Casework:
    """The town behind a pooler."""
    return Casework(url, case_types=TYPES, parts=[POST], options=options)


def through(wire: Wire, url: str) -> str:
    """The URL of the same database by way of the wire."""
    return make_url(url).set(host="127.0.0.1", port=wire.port, query={}).render_as_string(hide_password=False)


@pytest.fixture
def url() -> str:
    """A store with some beds."""
    there = fresh()
    founded(there, beds=BEDS).dispose()
    return there


@pytest.fixture
def address(url: str) -> tuple[str, int]:
    """Where the server listens for those who come by TCP."""
    with psycopg.connect(url) as connection:
        ((port,),) = connection.execute("SHOW port").fetchall()
    return "127.0.0.1", int(port)


def test_limits_hold_within_each_transaction_and_are_gone_after_it(url: str) -> None:
    engine = open_engine(url, SHARED)
    transactions = Transactions(engine, seeded_entropy("pooler"))
    told = []
    for begun in (transactions.read, transactions.write):
        with begun() as transaction:
            told.append([transaction.ask(text(f"SHOW {name}_timeout"))[0][0] for name in ("statement", "lock")])
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        left = driver.execute("SELECT current_setting('statement_timeout'), count(*) FROM pg_prepared_statements")
        found = left.fetchall()
    engine.dispose()

    assert ([["7s", "3s"]] * 2, [("0", 0)]) == (told, found)


def test_f28_a_commit_that_was_cut_off_is_found_by_its_number(url: str, address: tuple[str, int]) -> None:
    _cut(url, address, 12)


def _cut(url: str, address: tuple[str, int], wanted: int) -> None:
    steady = founded(url)
    (case,) = guests(steady, 1)
    told = Counter[str]()
    with Wire(address, 0.5, 28).laid() as wire:
        shaky = app_on(through(wire, url))
        while wire.cuts.total() < wanted:
            told[code(lambda: shaky.desk(CLERK).fire(case.id, "tick"))] += 1
        shaky.dispose()
    kept = steady.desk(CLERK).get(case.id).revision - 1
    assert_inv(steady)
    steady.dispose()

    assert (told[""], 0) == (kept, told["outcome-unknown"])


@pytest.fixture
def pool(url: str) -> Iterator[str]:
    """PgBouncer before the store, with fewer sessions than clients."""
    with pooled(url) as there:
        yield there


@bouncer
def test_f17_behind_pgbouncer_beds_are_never_overfilled(pool: str) -> None:
    app = app_on(pool)
    ids = [case.id for case in guests(app, GUESTS)]

    def admitted(share: list[str]) -> Counter[str]:
        desk = app.desk(CLERK)
        return Counter(code(lambda case=case: desk.fire(case, "admit")) for case in share)  # type: ignore[misc]

    told: Counter[str] = sum(at_once([lambda n=n: admitted(ids[n::8]) for n in range(8)]), Counter())  # type: ignore[misc]

    assert Counter({"": BEDS, "limit-reached": GUESTS - BEDS}) == told
    assert {"free|anlu|": 0, "taken|anlu|": BEDS} == balances(app)
    assert_inv(app)
    app.dispose()


@bouncer
def test_f28_behind_pgbouncer_a_commit_that_was_cut_off_is_found_too(url: str, pool: str) -> None:
    parsed = make_url(pool)
    assert parsed.port is not None
    _cut(url, ("127.0.0.1", parsed.port), 12)


@bouncer
def test_behind_pgbouncer_limits_of_a_session_are_refused_in_words(pool: str) -> None:
    app = app_on(pool, StoreOptions())
    with pytest.raises(Refused) as no:
        app.desk(CLERK).find("house")
    app.dispose()

    assert ("store-unavailable", True) == (no.value.refusal.code, "startup parameter" in str(no.value.__cause__))


@bouncer
def test_sessions_that_are_shared_unknowingly_never_run_the_statement_of_another(url: str) -> None:
    """Whoever forgets to say that there is a pooler: names mean one statement everywhere, and are given up."""
    with pooled(url, "ignore_startup_parameters = options") as pool:
        apps = [app_on(pool, StoreOptions()) for _ in range(3)]
        (case,) = guests(founded(url), 1)

        def ticked(app: Casework) -> int:
            return sum(code(lambda: app.desk(CLERK).fire(case.id, "tick")) == "" for _ in range(10))

        done = sum(at_once([lambda app=app: ticked(app) for app in apps]))  # type: ignore[misc]
        for app in apps:
            app.dispose()
    steady = founded(url)
    assert_inv(steady)

    assert 1 + done == steady.desk(CLERK).get(case.id).revision
    steady.dispose()
