"""Who may do what in a PostgreSQL store: the grants of its owner, app, worker, checkpointer, auditor and eraser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs
from sqlalchemy import Connection, Engine, inspect, text

from casework.errors import SetupError
from casework.storage import schema

Quote = Callable[[str], str]
# PostgreSQL cuts longer names; quotes, percent signs and blanks have no place in the name of an account.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.@-]{0,62}")

_APP: Mapping[str, str] = {
    "casework_version": "SELECT",
    "casework_manifest": "SELECT, INSERT",
    "casework_case": "SELECT, INSERT, UPDATE",
    "casework_entry": "SELECT, INSERT",
    "casework_request": "SELECT, INSERT",
    "casework_timer": "SELECT, INSERT, UPDATE, DELETE",
    "casework_message": "SELECT, INSERT, UPDATE",
    "casework_inbox": "SELECT, INSERT, UPDATE",
    "casework_assignment": "SELECT, INSERT, UPDATE, DELETE",
    "casework_enclosure": "SELECT, INSERT, DELETE",
    "casework_balance": "SELECT, INSERT, UPDATE",
    "casework_posting": "SELECT, INSERT, UPDATE (state)",
    "casework_unlogged": "SELECT, INSERT",
    "casework_leaf": "SELECT",
    "casework_checkpoint": "SELECT",
    "casework_loss": "SELECT",
    "casework_key": "SELECT, INSERT",
    "casework_erasure": "SELECT, INSERT, UPDATE",
    "casework_legal_hold": "SELECT, INSERT, UPDATE",
    # The access log is added to, and by nobody but its owner cut short.
    "casework_reading": "SELECT, INSERT",
    "casework_glass": "SELECT, INSERT, UPDATE",
}
_WORKER: Mapping[str, str] = {
    **_APP,
    "casework_message": "SELECT, INSERT, UPDATE, DELETE",
    "casework_inbox": "SELECT, INSERT, UPDATE, DELETE",
}
_SIGNS: Mapping[str, str] = {
    "casework_unlogged": "SELECT, INSERT, DELETE",
    "casework_leaf": "SELECT, INSERT",
    "casework_checkpoint": "SELECT, INSERT",
    "casework_loss": "SELECT, INSERT",
}
"""What making checkpoints takes, for whoever writes entries too."""
_CHECKPOINTER: Mapping[str, str] = {
    **_SIGNS,
    "casework_version": "SELECT",
    "casework_unlogged": "SELECT, DELETE",
    "casework_entry": "SELECT (tenant, case_id, number, hash)",
}
_ERASER: Mapping[str, str] = {
    **_APP,
    "casework_entry": 'SELECT, INSERT, UPDATE ("values")',
    "casework_request": "SELECT, INSERT, UPDATE, DELETE",
    "casework_message": "SELECT, INSERT, UPDATE, DELETE",
    "casework_inbox": "SELECT, INSERT, UPDATE, DELETE",
    "casework_key": "SELECT, INSERT, UPDATE",
}
_HIDDEN: Mapping[str, tuple[str, ...]] = {
    "casework_entry": ("values",),
    "casework_message": ("recipient", "body"),
    "casework_inbox": ("body",),
    "casework_key": ("wrapped", "proof"),
}
"""What an auditor does not read: values of cases, what was sent and to whom, keys."""

PROJECTIONS = "SELECT, INSERT, UPDATE"

# Its triggers write down what becomes of a job, and unlink one that is deleted, with the rights of whoever did it.
_DEFERS: Mapping[str, str] = {
    "casework_runner": "SELECT",
    "procrastinate_jobs": "SELECT, INSERT, UPDATE (scheduled_at, args), DELETE",
    "procrastinate_events": "INSERT",
    "procrastinate_periodic_defers": "SELECT (job_id), UPDATE (job_id)",
}
"""What a firing needs that tells the runner of jobs, and takes them back."""
_PERFORMS: Mapping[str, str] = {
    "casework_runner": "SELECT",
    "procrastinate_jobs": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_events": "SELECT, INSERT",
    "procrastinate_periodic_defers": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_workers": "SELECT, INSERT, UPDATE, DELETE",
}


@attrs.frozen(kw_only=True)
class Roles:
    """The accounts of a store. Only *app* is needed; each of the others is left out where nobody has it.

    *owner* made the tables and migrates them; *app* serves people, *worker* fires timers and sends; *checkpointer*
    signs the log, and where there is none the worker may; *auditor* reads the log without values; *eraser* may empty
    the values of entries.
    """

    app: str
    owner: str | None = None
    worker: str | None = None
    checkpointer: str | None = None
    auditor: str | None = None
    eraser: str | None = None

    def __attrs_post_init__(self) -> None:
        for name in self.named:
            if not _NAME.fullmatch(name):
                raise SetupError(f"{name!r} is no name of an account that casework would write into a GRANT")
        if len(set(self.named)) < len(self.named):
            raise SetupError("each of the roles needs an account of its own; one account can do what all of its can")

    @property
    def named(self) -> tuple[str, ...]:
        """Every account that was named."""
        return tuple(name for name in attrs.astuple(self) if name is not None)


def grants(engine: Engine, roles: Roles) -> tuple[str, ...]:
    """The statements that give each of *roles* what it needs in the store of *engine*, and take all else away.

    They may be carried out again at any time, and are to be after each `casework migrate`: tables that it makes
    belong to their owner alone, but for projections, which default privileges open to app and worker.
    Raises SetupError where the store is no PostgreSQL, or has no tables.
    """
    with _server(engine).connect() as connection:
        return tuple(_statements(connection, roles))


def grant(engine: Engine, roles: Roles) -> tuple[str, ...]:
    """Carry the statements out in one transaction, as the owner of the tables; answers with them."""
    with _server(engine).begin() as connection:
        known = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
        unknown = sorted(set(roles.named) - known)
        if unknown:
            raise SetupError(f"there is no account {', '.join(unknown)}; make it first: CREATE ROLE {unknown[0]} LOGIN")
        found = tuple(_statements(connection, roles))
        for statement in found:
            connection.exec_driver_sql(statement)
        return found


def _server(engine: Engine) -> Engine:
    if engine.dialect.name != "postgresql":
        raise SetupError("only PostgreSQL has roles; who may do what to a file of SQLite, its permissions say")
    return engine


def _statements(connection: Connection, roles: Roles) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    database, space = connection.execute(text("SELECT current_database(), current_schema()")).one()
    tables = tuple(sorted(inspect(connection).get_table_names()))
    if "casework_entry" not in tables:
        raise SetupError("there are no tables yet; run `casework migrate` as their owner first")
    accounts = ", ".join(quote(name) for name in roles.named if name != roles.owner)
    if roles.owner is not None:
        yield f"GRANT ALL ON SCHEMA {quote(space)} TO {quote(roles.owner)}"
        yield f"GRANT CONNECT ON DATABASE {quote(database)} TO {quote(roles.owner)}"
    yield f"REVOKE ALL ON DATABASE {quote(database)} FROM PUBLIC"
    yield f"REVOKE ALL ON SCHEMA {quote(space)} FROM PUBLIC"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {quote(space)} FROM PUBLIC, {accounts}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {quote(space)} FROM PUBLIC, {accounts}"
    yield f"GRANT CONNECT ON DATABASE {quote(database)} TO {accounts}"
    yield f"GRANT USAGE ON SCHEMA {quote(space)} TO {accounts}"
    for account, rights, kept in _named(roles):
        for table, right in _rights(tables, rights, kept):
            yield f"GRANT {right} ON {quote(space)}.{quote(table)} TO {quote(account)}"
    if roles.auditor is not None:
        for table, right in _audited(quote):
            yield f"GRANT {right} ON {quote(space)}.{quote(table)} TO {quote(roles.auditor)}"
    yield from _later(roles, quote(space), quote)


def _named(roles: Roles) -> Iterator[tuple[str, Mapping[str, str], bool]]:
    """Each account that works, with its rights on tables and whether it keeps the current rows of cases."""
    signs = _SIGNS if roles.checkpointer is None else {}
    works = (
        (roles.app, {**_APP, **_DEFERS}, True),
        (roles.worker, {**_WORKER, **_PERFORMS, **signs}, True),
        (roles.checkpointer, _CHECKPOINTER, False),
        (roles.eraser, {**_ERASER, **_DEFERS}, True),
    )
    return ((account, rights, kept) for account, rights, kept in works if account is not None)


def _rights(tables: Iterable[str], rights: Mapping[str, str], kept: bool) -> Iterator[tuple[str, str]]:
    """What an account may do to each table that is there: the fixed ones, those of the job engine, projections."""
    for table in tables:
        if table in rights:
            yield table, rights[table]
        elif kept and table.startswith("case_"):
            yield table, PROJECTIONS


def _audited(quote: Quote) -> Iterator[tuple[str, str]]:
    """The fixed tables for an auditor: whole where they hold no values, else by column; projections not at all."""
    yield "casework_version", "SELECT"
    for table in schema.metadata.sorted_tables:
        hidden = _HIDDEN.get(table.name, ())
        columns = ", ".join(quote(column.name) for column in table.columns if column.name not in hidden)
        yield table.name, f"SELECT ({columns})" if hidden else "SELECT"


def _later(roles: Roles, space: str, quote: Quote) -> Iterator[str]:
    """What holds for tables that the owner makes later, and for the sequences and functions of the job engine."""
    able = ", ".join(quote(name) for name in (roles.app, roles.worker, roles.eraser) if name is not None)
    owner = f" FOR ROLE {quote(roles.owner)}" if roles.owner is not None else ""
    yield f"ALTER DEFAULT PRIVILEGES{owner} IN SCHEMA {space} GRANT {PROJECTIONS} ON TABLES TO {able}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {space} TO {able}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {space} TO {able}"
