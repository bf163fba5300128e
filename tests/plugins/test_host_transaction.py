"""Joining the host's own transaction: it commits and rolls back, and what waits for the commit waits for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from errands import ANA, Bench, act, errand, plugin, refused
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session
from stores import on_sqlite, quick

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
    case = app.desk(ANA).open("errand")
    soon = {"timeout": 0.1} if on_sqlite() else {"options": "-c lock_timeout=100"}
    first, second = (create_engine(bench.url, connect_args=soon) for _ in range(2))
    with first.begin() as holding, app.begin(ANA, connection=holding), second.connect() as waiting:
        pass
    with first.begin() as holding:
        holding.execute(text("update casework_case set revision = revision"))
        with second.connect() as waiting, pytest.raises(Refused) as no, app.begin(ANA, connection=waiting) as desk:
            desk.fire(case, "start")
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
    engine = create_engine(quick())
    with engine.connect() as connection, pytest.raises(StoreMismatch), app.begin(ANA, connection=connection) as desk:
        desk.open("errand")
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


def test_a_host_that_joins_with_another_store_has_the_manifest_there(app: Casework, bench: Bench) -> None:
    """Whatever this process has stored already, and wherever."""
    app.desk(ANA).open("errand")
    other = Bench()
    there = other.app(errand(act(Post("stock", "outside"), trigger="use")))
    engine = create_engine(other.url)
    with engine.begin() as connection:
        case_id = mailed_elsewhere(app, connection)
    engine.dispose()

    assert [(there.desk(ANA).get(case_id).manifest,)] == other.ask("select hash from casework_manifest")
    assert there.verify().whole
    other.close()


def mailed_elsewhere(app: Casework, connection: Connection) -> str:
    """One case, in the host's transaction on whatever store it has."""
    with app.begin(ANA, connection=connection) as desk:
        return desk.open("errand").id


def test_a_manifest_that_was_lost_is_there_again_with_the_next_case(
    app: Casework, bench: Bench, engine: Engine
) -> None:
    case = app.desk(ANA).open("errand")
    with engine.begin() as connection:
        connection.execute(text("delete from casework_manifest"))

    assert ["the manifest that the case is pinned to is not in the store"] == [
        fault.problem for fault in app.verify().faults
    ]
    app.desk(ANA).open("errand")
    assert [(case.manifest,)] == bench.ask("select hash from casework_manifest")


VERBS: dict[str, Callable[[Desk], object]] = {
    "open": lambda desk: desk.open("errand"),
    "find": lambda desk: desk.find("errand"),
    "receipt": lambda desk: desk.receipt("one"),
    "within": lambda desk: desk.within(lambda inner: None),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_desk_that_is_kept_beyond_its_transaction_says_so(
    app: Casework, engine: Engine, bench: Bench, verb: Callable[[Desk], object]
) -> None:
    leaked = [app.atomically(ANA, lambda desk: desk)]
    with engine.begin() as connection:
        with app.begin(ANA, connection=connection) as desk:
            leaked.append(desk)
        before = bench.rows()
        for desk in leaked:
            with pytest.raises(Reentered, match="transaction has ended; ask the app for another"):
                verb(desk)

    assert before == bench.rows()


NO_CONNECTIONS: dict[str, tuple[Callable[[Engine], Any], str]] = {
    "an engine": (lambda engine: engine, r"not Engine; give it engine\.connect\(\)"),
    "a session": (Session, r"not Session; give it session\.connection\(\)"),
    "nothing": (lambda engine: None, "not NoneType"),
    "a driver's": (lambda engine: engine.raw_connection(), "takes a sqlalchemy.Connection"),
}


@pytest.mark.parametrize(("made", "told"), NO_CONNECTIONS.values(), ids=NO_CONNECTIONS)
def test_begin_says_what_it_joins(app: Casework, engine: Engine, made: Callable[[Engine], Any], told: str) -> None:
    with pytest.raises(TypeError, match=told), app.begin(ANA, connection=made(engine)):
        pass


@pytest.mark.parametrize("actor", ["li", None, {"id": "li"}])
def test_a_desk_is_an_actors(app: Casework, actor: Any) -> None:
    with pytest.raises(TypeError, match="whoever acts is given as an Actor"):
        app.desk(actor)
