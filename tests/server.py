"""The PostgreSQL of the tests: one shared by a session and started when first asked for, and durable ones to be killed.

Whoever uses a server holds a shared lock on a file of its folder. A keeper, a process of its own, waits until it gets
that lock for itself: nobody is left then, however they ended (SIGKILL included), and it stops the server and removes
the folder. ``CASEWORK_TEST_POSTGRES`` names another server to use, by the URL of a database of it whose user may make
databases.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
from cluster import DURABLE, HASTY, PATIENCE, Cluster, NoServer, free_port, in_memory, kill_tree, make_folder
from psycopg import sql

GIVEN = "CASEWORK_TEST_POSTGRES"
SESSION = "CASEWORK_TEST_SESSION"  # the folder that the processes of one session share
ABANDONED = 3_600.0  # seconds after which a folder that nobody holds belongs to nobody
USERS, STARTING, URL, FAILED = "users", "starting", "url", "failed"


@contextlib.contextmanager
def session() -> Iterator[None]:
    """What the first process of a session does around it: a folder for its server, which is not started yet.

    Within a session that somebody else began, as a worker of xdist is, it does nothing.
    """
    if SESSION in os.environ or GIVEN in os.environ:
        yield
        return
    folder = make_folder("cw-", in_memory())
    _tidy(folder.parent)
    os.environ[SESSION] = str(folder)
    try:
        with _used(folder):
            yield
    finally:
        del os.environ[SESSION]
        if not (folder / STARTING).exists():  # or the keeper removes it, and may be at it
            shutil.rmtree(folder)


def server_url() -> str:
    """The URL of a database of the session's server, which starts with the first call.

    Raises NoServer where there is none, again with every call.
    """
    if GIVEN in os.environ:
        return os.environ[GIVEN]
    if SESSION not in os.environ:
        raise NoServer("no session of tests has begun: server.session() is to stand around this")
    folder = Path(os.environ[SESSION])
    with (folder / STARTING).open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if not (folder / URL).exists() and not (folder / FAILED).exists():
            _keep(folder, "start")
            _wait_for(lambda: (folder / URL).exists() or (folder / FAILED).exists())
    if (folder / FAILED).exists():
        raise NoServer((folder / FAILED).read_text(encoding="utf-8"))
    return (folder / URL).read_text(encoding="utf-8")


@contextlib.contextmanager
def lent_database(template: str = "template0", *options: str) -> Iterator[str]:
    """The URL of a new database, empty unless there is a *template*; it is dropped afterwards, whoever is in it.

    Args:
        template: the database that it is a copy of.
        options: what else CREATE DATABASE is told, such as ``LOCALE_PROVIDER icu``.
    """
    server, name = server_url(), f"casework_test_{os.getpid()}_{secrets.token_hex(4)}"
    # Copying files is faster than writing the copy ahead, see docs/decisions/027-both-databases.md.
    words = " ".join(("STRATEGY file_copy", *options))
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {} " + words)  # type: ignore[arg-type]
    _do(server, make.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield database_url(server, name)
    finally:
        _do(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def database_url(server: str, name: str) -> str:
    """The URL of the database *name* beside the one that *server* names."""
    return re.sub(r"(//[^/]*/)[^?]*", lambda found: found[1] + name, server, count=1)


@contextlib.contextmanager
def durable_server(*settings: str, parent: Path | None = None) -> Iterator[Cluster]:
    """A running cluster of one test alone that waits for the disk: to be killed, cut off, copied, promoted.

    It and every copy beside it are stopped and removed afterwards.

    Args:
        settings: what else the server is told, each as ``name=value``.
        parent: where its folder lies, else with the temporary files; a killed process loses nothing in memory either.
    """
    folder = make_folder("cw-", parent)
    with _used(folder):
        _keep(folder, "watch")
        cluster = Cluster(data=folder / "data", port=free_port(), settings=(*DURABLE, *settings))
        try:
            yield cluster.make().start()
        finally:
            cluster.stop("immediate")
    _wait_for(lambda: not folder.exists())


def keep(folder: Path, *, start: bool) -> None:
    """Be the keeper of *folder*: start a server in it where told to, and end what runs there once nobody uses it."""
    cluster = Cluster(data=folder / "data", port=free_port(), settings=HASTY)
    try:
        if start:
            _tell(folder / URL, cluster.make().start().url())
    except NoServer as problem:
        _tell(folder / FAILED, str(problem))
    try:
        with (folder / USERS).open("a") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
    finally:
        cluster.stop("immediate")
        for pid_file in folder.glob("*/postmaster.pid"):
            _end(pid_file)
        shutil.rmtree(folder)


def _keep(folder: Path, task: str) -> None:
    """Start a keeper that outlives this process, and that Ctrl-C in a terminal does not reach."""
    # A shell starts it and ends: Python would warn of a child of its own that is still running when it ends itself.
    words = ["sh", "-c", '"$0" "$@" &', sys.executable, __file__, str(folder), task]
    nothing = subprocess.DEVNULL
    subprocess.run(words, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, check=True)


@contextlib.contextmanager
def _used(folder: Path) -> Iterator[None]:
    with (folder / USERS).open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        yield


def _tidy(parent: Path) -> None:
    """Remove the folders of sessions that were killed before a server, and so a keeper, was asked for."""
    for users in parent.glob(f"cw-*/{USERS}"):
        with contextlib.suppress(OSError), users.open("a") as lock:  # BlockingIOError: it is in use
            old = time.time() - users.stat().st_mtime > ABANDONED
            if old and not (users.parent / STARTING).exists():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(users.parent)


def _wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 2 * PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise NoServer("the keeper of a server does not answer")
        time.sleep(0.02)


def _tell(file: Path, text: str) -> None:
    """Write a file that is seen whole or not at all."""
    draft = file.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.rename(file)


def _end(pid_file: Path) -> None:
    """Kill a server that a test left running; its file may name a process that has nothing to do with it."""
    with contextlib.suppress(psutil.NoSuchProcess, OSError, ValueError):
        postmaster = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        if str(pid_file.parent) in postmaster.cmdline():
            kill_tree(postmaster)


def _do(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), start=sys.argv[2] == "start")
