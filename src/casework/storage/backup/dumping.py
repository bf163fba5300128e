"""A PostgreSQL store in a backup: by pg_dump and pg_restore, which know its formats better than anybody."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect, make_url, text
from sqlalchemy.engine import URL

from casework.errors import SetupError
from casework.ids import system_entropy
from casework.storage.backup.archive import Archive, Source, opened, poured
from casework.storage.backup.envelope import Envelope
from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store

NAME = "store.dump"
_SNAPSHOT = text("SELECT pg_export_snapshot()")


@contextmanager
def dumped(store: Store, archive: Archive, source: Source) -> Iterator[Transaction]:
    """Dump the store into *archive*, then read it as it was dumped: both see the same snapshot."""
    program = _program("pg_dump", source.programs)
    with store.transactions.read(patient=True) as transaction:
        snapshot = str(transaction.ask(_SNAPSHOT)[0][0])
        words = [program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        with _running(words, make_url(source.url), stdin=False) as process:
            assert process.stdout is not None
            archive.add(NAME, process.stdout)
        yield transaction


def put_back(folder: Path, url: str, envelope: Envelope | None, programs: Path | None) -> None:
    """Restore into a database without tables of casework, in one transaction."""
    program, target = _program("pg_restore", programs), make_url(url)
    engine = open_engine(url, StoreOptions())
    try:
        with Store(engine, system_entropy).tables.connected() as connection:
            if any(name.startswith(("casework_", "case_")) for name in inspect(connection).get_table_names()):
                raise SetupError("the database holds tables of casework; a backup is restored into an empty one only")
    finally:
        engine.dispose()
    words = [program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    words = [*words, f"--dbname={_conninfo(target)}"]
    with opened(folder, NAME, envelope) as content, _running(words, target, stdin=True) as process:
        assert process.stdin is not None
        poured(content, process.stdin)
        process.stdin.close()


def _program(name: str, programs: Path | None) -> str:
    found = shutil.which(name, path=None if programs is None else str(programs))
    if found is None:
        raise SetupError(
            f"{name} is not here; install the client programs of PostgreSQL in the version of the server, "
            "or copy the whole cluster by pg_basebackup"
        )
    return found


@contextmanager
def _running(words: list[str], url: URL, *, stdin: bool) -> Iterator[subprocess.Popen[bytes]]:
    """A program of PostgreSQL at work; SetupError where it fails. Its words may quote rows, and are not told."""
    environment = {**os.environ, "PGAPPNAME": "casework backup"}
    if url.password:
        environment["PGPASSWORD"] = url.password
    if not stdin:
        words = [*words, f"--dbname={_conninfo(url)}"]
    pipe, put = subprocess.PIPE, subprocess.PIPE if stdin else subprocess.DEVNULL
    # No shell, and a fixed program; what of the URL it is given is its only argument from outside.
    process = subprocess.Popen(words, env=environment, stdin=put, stdout=None if stdin else pipe, stderr=pipe)  # noqa: S603
    with process:
        try:
            yield process
        except BrokenPipeError:
            pass
        except BaseException:
            process.kill()
            raise
        assert process.stderr is not None
        said = process.stderr.read().decode(errors="replace")
        if process.wait():
            raise SetupError(f"{Path(words[0]).name} ended with {process.returncode}{_advice(said)}")


def _advice(said: str) -> str:
    if "version mismatch" in said:
        return "; its version is older than the server's"
    if "permission denied" in said:
        return "; this account may not read every table, as their owner may"
    return ""


def _conninfo(url: URL) -> str:
    """The URL without its password, which goes by the environment, as libpq reads it."""
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
