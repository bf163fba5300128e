"""Make and migrate tables: the fixed ones by Alembic, the projections from the definitions themselves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from casework.errors import SetupError, StoreMismatch
from casework.storage.projection import Projection
from casework.storage.schema import metadata

VERSION_TABLE = "casework_version"
_SCRIPTS = Path(__file__).parent / "versions"


class Tables:
    """The tables of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, projections: Iterable[Projection]) -> None:
        """Make what is missing; a store of an older casework has to be migrated first."""
        with self._engine.begin() as connection:
            present = self.version(connection)
            if present is None and not inspect(connection).has_table("casework_case"):
                metadata.create_all(connection)
                self._context(connection).stamp(_scripts(), "head")
            elif present != head():
                raise StoreMismatch(
                    f"the store is at version {present}, this casework at {head()}", "run `casework migrate`"
                )
            for projection in projections:
                self._project(connection, projection)

    def migrate(self, projections: Iterable[Projection]) -> tuple[str | None, str]:
        """Bring a store of any earlier version up to date; answers with the versions before and after."""
        with self._engine.begin() as connection:
            before = self.version(connection)
            scripts = _scripts()
            with EnvironmentContext(
                Config(), scripts, fn=lambda revision, _: scripts._upgrade_revs("head", revision)
            ) as env:
                env.configure(connection=connection, version_table=VERSION_TABLE, target_metadata=metadata)
                env.run_migrations()
            for projection in projections:
                self._project(connection, projection)
            return before, head()

    def version(self, connection: Connection) -> str | None:
        """The version that the store says it has; None for an empty or foreign one."""
        return self._context(connection).get_current_revision()

    def missing(self, connection: Connection, projection: Projection) -> list[str]:
        """The columns of a projection that its table has not; every one where there is no table."""
        inspector = inspect(connection)
        if not inspector.has_table(projection.name):
            return [column.name for column in projection.table.columns]
        present = {column["name"] for column in inspector.get_columns(projection.name)}
        return [column.name for column in projection.table.columns if column.name not in present]

    def _project(self, connection: Connection, projection: Projection) -> None:
        inspector = inspect(connection)
        if not inspector.has_table(projection.name):
            projection.table.create(connection)
            return
        self._same_types(connection, projection)
        operations = Operations(MigrationContext.configure(connection))
        for name in self.missing(connection, projection):
            operations.add_column(projection.name, projection.table.c[name].copy())
        present = {index["name"] for index in inspector.get_indexes(projection.name)}
        for index in projection.table.indexes:
            if index.name not in present:
                index.create(connection)

    @staticmethod
    def _same_types(connection: Connection, projection: Projection) -> None:
        """A field that changed its type may not be read through its old column."""
        dialect = connection.dialect
        for column in inspect(connection).get_columns(projection.name):
            wanted = projection.table.c.get(column["name"])
            if wanted is None:
                continue
            old, new = column["type"].compile(dialect), wanted.type.compile(dialect)
            if old.split("(")[0].upper() != new.split("(")[0].upper():
                raise SetupError(
                    f"{projection.name}.{column['name']} is {old} in the store and {new} in the definition; "
                    "give the changed field a new name"
                )

    @staticmethod
    def _context(connection: Connection) -> MigrationContext:
        return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_SCRIPTS), version_locations=[str(_SCRIPTS)])


def head() -> str:
    """The version of the tables that this casework writes."""
    current = _scripts().get_current_head()
    assert current is not None
    return current
