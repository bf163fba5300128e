"""The same code under run_sync: many transactions in one thread, each with its own commit, rollback and observers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from errands import ANA, Bench, act, errand, plugin
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from stores import on_sqlite

from casework import Casework, Post, Recorded, Reentered, Refused


def running(bench: Bench, work: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    """Run *work* with an engine on the store that is closed afterwards."""

    async def whole() -> None:
        waits = {"timeout": 30} if on_sqlite() else {}  # psycopg speaks both ways under one name
        engine = create_async_engine(bench.url.replace("sqlite:", "sqlite+aiosqlite:"), connect_args=waits)
        try:
            await work(engine)
        finally:
            await engine.dispose()

    asyncio.run(whole())


def opening(app: Casework, remark: str) -> Callable[[Connection], str]:
    """Open a case in the transaction of a connection."""

    def work(connection: Connection) -> str:
        with app.begin(ANA, connection=connection) as desk:
            return desk.fire(desk.open("errand", remark=remark), "start").id

    return work


async def opened(app: Casework, engine: AsyncEngine, remark: str) -> str:
    """One request."""
    async with engine.begin() as connection:
        return await connection.run_sync(opening(app, remark))


def test_many_requests_at_once_all_take_effect(bench: Bench) -> None:
    told: list[Recorded] = []
    app = bench.app(errand(), plugins=[plugin("listener", recorded=lambda recorded: told.append(recorded))])

    async def work(engine: AsyncEngine) -> None:
        ids = await asyncio.gather(*(opened(app, engine, str(n)) for n in range(8)))
        assert 8 == len(set(ids))

    running(bench, work)
    assert {str(n) for n in range(8)} == {case.data["remark"] for case in app.desk(ANA).find("errand").cases}
    assert 16 == len(told)


def test_a_request_that_is_rolled_back_leaves_nothing_and_is_not_told(bench: Bench) -> None:
    told: list[Recorded] = []
    app = bench.app(errand(), plugins=[plugin("listener", recorded=lambda recorded: told.append(recorded))])

    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            await connection.run_sync(opening(app, "gone"))
            await connection.rollback()
        await opened(app, engine, "kept")

    running(bench, work)
    assert ["kept"] == [case.data["remark"] for case in app.desk(ANA).find("errand").cases]
    assert 2 == len(told)


def test_the_last_box_goes_to_one_of_many_who_ask_at_once(bench: Bench) -> None:
    steps = [act(Post("outside", "stock"), trigger="buy"), act(Post("stock", "outside"), trigger="use")]
    app = bench.app(errand(*steps))
    desk = app.desk(ANA)
    desk.fire(desk.open("errand"), "buy")
    cases = [desk.open("errand").id for _ in range(6)]
    codes: list[str] = []

    async def using(engine: AsyncEngine, case_id: str) -> None:
        def work(connection: Connection) -> None:
            with app.begin(ANA, connection=connection) as desk:
                desk.fire(case_id, "use")

        try:
            async with engine.begin() as connection:
                await connection.run_sync(work)
            codes.append("done")
        except Refused as no:
            codes.append(no.refusal.code)

    async def everybody(engine: AsyncEngine) -> None:
        await asyncio.gather(*(using(engine, case_id) for case_id in cases))

    running(bench, everybody)
    assert ["done", *["limit-reached"] * 5] == sorted(codes)


def test_a_second_transaction_of_the_same_task_is_refused(bench: Bench) -> None:
    app = bench.app(errand())

    def nested(connection: Connection) -> None:
        with app.begin(ANA, connection=connection), pytest.raises(Reentered), app.begin(ANA, connection=connection):
            pass

    async def work(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(nested)

    running(bench, work)
