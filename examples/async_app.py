"""Casework in an async application: the same code under SQLAlchemy's run_sync, on the host's async connection.

Nothing of casework is asynchronous. Needs the extra ``casework[async]``.
"""

import asyncio
import tempfile
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from casework import Actor, Case, Casework
from casework.rescue import rescue

LI = Actor("li", roles={"caseworker"}, unit="anlu")


async def take_in(app: Casework, engine: AsyncEngine, place: str) -> Case:
    """Open and assess one case in one transaction of the host."""

    def work(connection: Connection) -> Case:
        with app.begin(LI, connection=connection) as desk:
            case = desk.open("rescue", found_at=place, found_by="street patrol")
            return desk.fire(case, "assess", urgent=False, can_state_identity=True)

    async with engine.begin() as connection:
        return await connection.run_sync(work)


async def serve(app: Casework, engine: AsyncEngine) -> list[str]:
    """Several requests at once, as a server would have them; SQLite lets them write one after another."""
    places = ("north gate", "south gate", "market", "bridge")
    cases = await asyncio.gather(*(take_in(app, engine, place) for place in places))
    await engine.dispose()
    return [case.state for case in cases]


def main() -> None:
    """A store in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "async.db")
        app = Casework(f"sqlite:///{path}", case_types=[rescue])
        app.create_tables()
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}", connect_args={"timeout": 30})
        print(asyncio.run(serve(app, engine)), "whole:", app.verify().whole)
        app.dispose()


if __name__ == "__main__":
    main()
