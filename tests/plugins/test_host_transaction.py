"""Joining the host's own transaction: it commits and rolls back, and what waits for the commit waits for that."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest
from plugins.kit import ANA, Bench, act, errand, plugin, refused
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from casework import Casework, Desk, Post, Recorded, Reentered, Refused, SetupError, StoreMismatch


@pytest.fixture
def engine(bench: Bench) -> Iterator[Engine]:
    """The host's own engine on the same file, with a table of its own."""
    engine = create_engine(bench.url)
    with engine.begin() as connection:
        connection.execute(text("create table mail (case_id text)"))
    yield engine
    engine.dispose()


TOLD: list[Recorded] = []


def listening() -> ModuleType:
    TOLD.clear()
    return plugin("listener", recorded=lambda recorded: TOLD.append(recorded))


@pytest.fixture
def app(bench: Bench) -> Casework:
    """An app that tells what is recorded."""
    return bench.app(errand(act(Post("stock", "outside"), trigger="use")), plugins=[listening()])


def mailed(app: Casework, connection: Connection) -> str:
    """One row of the host and one case, in the host's transaction."""
    with app.begin(ANA, connection=connection) as desk:
        case = desk.open("errand", remark="joined")
    connection.execute(text("insert into mail values (:id)"), {"id": case.id})
    return case.id


def test_both_are_there_when_the_host_commits(app: Casework, engine: Engine, bench: Bench) -> None:
    with engine.begin() as connection:
        case_id = mailed(app, connection)
        assert [] == TOLD

    assert [(case_id,)] == bench.ask("select case_id from mail")
    assert "joined" == app.desk(ANA).get(case_id).data["remark"]
    assert [case_id] == [recorded.case_id for recorded in TOLD]


def test_neither_is_there_when_the_host_rolls_back(app: Casework, engine: Engine, bench: Bench) -> None:
    before = bench.rows()
    with engine.begin() as connection:
        mailed(app, connection)
        connection.rollback()

    assert before == bench.rows()
    assert [] == TOLD


def test_it_joins_an_orm_session(app: Casework, engine: Engine) -> None:
    with Session(engine) as session:
        case_id = mailed(app, session.connection())
        session.commit()
        assert [case_id] == [recorded.case_id for recorded in TOLD]
        mailed(app, session.connection())
        session.rollback()

    assert 1 == len(app.desk(ANA).find("errand").cases)
    assert 1 == len(TOLD)


def test_of_what_a_savepoint_took_back_nobody_is_told(app: Casework, engine: Engine) -> None:
    with engine.begin() as connection:
        before = connection.begin_nested()
        mailed(app, connection)
        before.rollback()
        kept = mailed(app, connection)
        inner = connection.begin_nested()
        mailed(app, connection)
        inner.rollback()

    assert [kept] == [recorded.case_id for recorded in TOLD]
    assert [kept] == [case.id for case in app.desk(ANA).find("errand").cases]


def test_observers_see_the_committed_store(bench: Bench, engine: Engine) -> None:
    seen: list[int] = []
    count = plugin("counter", recorded=lambda: seen.append(len(bench.ask("select 1 from case_errand"))))
    app = bench.app(errand(), plugins=[count])
    with engine.begin() as connection:
        mailed(app, connection)
        mailed(app, connection)

    assert [2, 2] == seen


def test_a_refusal_leaves_the_rest_of_the_hosts_transaction_alone(app: Casework, engine: Engine, bench: Bench) -> None:
    with engine.begin() as connection:
        case_id = mailed(app, connection)
        with app.begin(ANA, connection=connection) as desk:
            assert "limit-reached" == refused(desk.fire, case_id, "use").code
            desk.fire(case_id, "start")

    assert "doing" == app.desk(ANA).get(case_id).state


def test_the_apps_own_desk_and_the_hosts_alternate(app: Casework, engine: Engine) -> None:
    case = app.desk(ANA).open("errand")
    with engine.begin() as connection, app.begin(ANA, connection=connection) as desk:
        case = desk.fire(case, "start")

    assert "done" == app.desk(ANA).fire(case, "finish").state


def test_another_desk_within_is_refused_instead_of_waiting_for_itself(app: Casework, engine: Engine) -> None:
    with engine.begin() as connection, app.begin(ANA, connection=connection), pytest.raises(Reentered):
        app.desk(ANA).open("errand")


def test_a_locked_store_is_a_refusal_like_any_other(app: Casework, bench: Bench) -> None:
    first, second = (create_engine(bench.url, connect_args={"timeout": 0.1}) for _ in range(2))
    with first.begin() as holding, app.begin(ANA, connection=holding), second.connect() as waiting:
        pass
    with first.begin() as holding:
        holding.execute(text("update casework_manifest set hash = hash"))
        with second.connect() as waiting, pytest.raises(Refused) as no, app.begin(ANA, connection=waiting):
            pass
    first.dispose()
    second.dispose()
    assert "store-unavailable" == no.value.refusal.code


def test_a_connection_that_commits_by_itself_is_refused(app: Casework, bench: Bench) -> None:
    engine = create_engine(bench.url, isolation_level="AUTOCOMMIT")
    before = bench.rows()
    with (
        engine.connect() as connection,
        pytest.raises(SetupError, match="commits each statement"),
        app.begin(ANA, connection=connection) as desk,
    ):
        desk.open("errand")
    engine.dispose()
    assert before == bench.rows()


def test_a_database_without_the_tables_is_named_as_such(app: Casework) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(StoreMismatch), app.begin(ANA, connection=connection):
        pass
    engine.dispose()


def test_atomically_keeps_everything_or_nothing(app: Casework, bench: Bench) -> None:
    case = app.desk(ANA).open("errand")
    before = bench.rows()

    def work(desk: Desk, fail: bool) -> None:
        desk.fire(case, "start")
        desk.open("errand")
        if fail:
            desk.fire(case.id, "use")

    assert "limit-reached" == refused(app.atomically, ANA, lambda desk: work(desk, fail=True)).code
    assert before == bench.rows()
    app.atomically(ANA, lambda desk: work(desk, fail=False))
    assert 2 == len(app.desk(ANA).find("errand").cases)
