"""Make and migrate tables: the fixed ones by Alembic, the projections from the definitions themselves.

Alembic is imported where it is used, for that takes as long as importing all of casework.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import Column, Connection, Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from casework.compiled import fields_in
from casework.errors import SetupError, StoreMismatch, StoreUnavailable
from casework.manifest import manifest_from
from casework.storage.projection import Projection
from casework.storage.schema import manifest, metadata
from casework.storage.sql.backend import backend_of

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

VERSION_TABLE = "casework_version"
_SCRIPTS = Path(__file__).parent / "versions"


@attrs.frozen(kw_only=True)
class Plan:
    """What migrating would do: versions before and after, each step with its name, columns by table of cases."""

    before: str | None
    after: str
    steps: tuple[tuple[str, str], ...]
    columns: Mapping[str, tuple[str, ...]]


class Tables:
    """The tables of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, projections: Iterable[Projection]) -> None:
        """Make what is missing; a store of an older casework has to be migrated first."""
        with self.connected() as connection:
            _one_at_a_time(connection)
            present = self.version(connection)
            if present is None and not inspect(connection).has_table("casework_case"):
                metadata.create_all(connection)
                self._context(connection).stamp(_scripts(), "head")
            elif present != head():
                raise _other_version(present)
            for projection in projections:
                self._project(connection, projection)

    def migrate(self, projections: Iterable[Projection]) -> tuple[str | None, str]:
        """Bring a store of any earlier version up to date; answers with the versions before and after."""
        from alembic.config import Config
        from alembic.runtime.environment import EnvironmentContext

        with self.connected() as connection:
            _one_at_a_time(connection)
            before, scripts = self.version(connection), _scripts()
            if before is not None and before not in {revision.revision for revision in scripts.walk_revisions()}:
                raise _other_version(before)
            with EnvironmentContext(
                Config(), scripts, fn=lambda revision, _: scripts._upgrade_revs("head", revision)
            ) as env:
                env.configure(connection=connection, version_table=VERSION_TABLE, target_metadata=metadata)
                env.run_migrations()
            for projection in projections:
                self._project(connection, projection)
            return before, head()

    def plan(self, projections: Iterable[Projection]) -> Plan:
        """What migrating would do. Raises StoreMismatch where the store is of a newer casework."""
        with self.connected() as connection:
            before, known = self.version(connection), list(_scripts().walk_revisions())
            names = [revision.revision for revision in known]
            if before is not None and before not in names:
                raise _other_version(before)
            ahead = known if before is None else known[: names.index(before)]
            lacking = {item.name: tuple(self.missing(connection, item)) for item in projections}
            return Plan(
                before=before,
                after=head(),
                steps=tuple((item.revision, item.doc or "") for item in reversed(ahead)),
                columns={name: columns for name, columns in lacking.items() if columns},
            )

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection inside a transaction; what the driver raises on it leaves here as an error of ours."""
        backend = backend_of(self._engine)
        try:
            with self._engine.begin() as connection:
                yield connection
        except backend.errors as error:
            backend.raise_ours(error)
        except DBAPIError as error:
            if isinstance(error.orig, backend.errors):
                backend.raise_ours(error.orig)
            raise StoreUnavailable(type(error.orig).__name__) from error

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
        from alembic.operations import Operations

        inspector = inspect(connection)
        if not inspector.has_table(projection.name):
            projection.table.create(connection)
            return
        self._same_types(connection, projection)
        self._same_fields(connection, projection)
        operations = Operations(self._context(connection))
        for name in self.missing(connection, projection):
            operations.add_column(projection.name, Column(name, projection.table.c[name].type))
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
    def _same_fields(connection: Connection, projection: Projection) -> None:
        """The same for a change that its column does not show: integers, decimals and instants are stored alike."""
        table = manifest.c
        wanted = {name: _stored_as(field.type) for name, field in projection.fields.items()}
        statement = select(table.document).where(table.case_type == projection.case_type)
        for (document,) in connection.execute(statement):
            for field in fields_in(manifest_from(document).case_type):
                old, new = _stored_as(field.type), wanted.get(field.name, "")
                if new and old != new:
                    raise SetupError(
                        f"{projection.name}: field {field.name!r} is {old} in the cases of the store and {new} in the "
                        "definition; give the changed field a new name"
                    )

    @staticmethod
    def _context(connection: Connection) -> MigrationContext:
        from alembic.runtime.migration import MigrationContext

        return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})


def _stored_as(kind: str) -> str:
    return "text" if kind == "choice" else kind


def _one_at_a_time(connection: Connection) -> None:
    """Of several that make or migrate tables at once the others wait, and find it done (F103)."""
    if connection.dialect.name == "postgresql":
        for statement in _WAIT_FOR_TURN:
            connection.execute(statement)


_WAIT_FOR_TURN = (
    text("SET LOCAL statement_timeout = 0"),
    text("SET LOCAL lock_timeout = '120s'"),
    text("SELECT pg_advisory_xact_lock(hashtextextended('casework migrate', 0))"),
    # A table that somebody uses is not waited for so long: whoever comes next would have to wait behind us.
    text("SET LOCAL lock_timeout = '5s'"),
)


def _other_version(present: str | None) -> StoreMismatch:
    known = present is None or present in {revision.revision for revision in _scripts().walk_revisions()}
    advice = "run `casework migrate`" if known else "it was written by a newer casework; install that one"
    return StoreMismatch(f"the store is at version {present}, this casework at {head()}", advice)


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(_SCRIPTS), version_locations=[str(_SCRIPTS)])


@cache
def head() -> str:
    """The version of the tables that this casework writes."""
    current = _scripts().get_current_head()
    assert current is not None
    return current
