"""Tables as an older casework made them, to be migrated by this one."""

from __future__ import annotations

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext

from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.tables import VERSION_TABLE, _scripts


def tables_of(url: str, version: str) -> None:
    """Make the fixed tables of that *version*, as its own scripts make them; projections come with the first app."""
    engine, scripts = open_engine(url, StoreOptions()), _scripts()
    with (
        engine.begin() as connection,
        EnvironmentContext(Config(), scripts, fn=lambda at, _: scripts._upgrade_revs(version, at)) as context,
    ):
        context.configure(connection=connection, version_table=VERSION_TABLE)
        context.run_migrations()
    engine.dispose()
