"""PgBouncer in transaction mode before the server of the session: sessions are handed on after each transaction."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

from cluster import PATIENCE, _account, _as, free_port, make_folder
from server import server_url
from sqlalchemy import make_url

PROGRAM = "CASEWORK_TEST_PGBOUNCER"
SESSIONS = 2  # fewer than clients, so that each goes through the hands of all


def program() -> str | None:
    """Where PgBouncer is, if it is installed: on the path, or where CASEWORK_TEST_PGBOUNCER says."""
    return os.environ.get(PROGRAM) or shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@contextmanager
def pooled(url: str, *settings: str) -> Iterator[str]:
    """The URL by which PgBouncer leads to the same database.

    Args:
        url: the database.
        settings: what else PgBouncer is told, each as ``name = value``.
    """
    told = program()
    assert told is not None, "PgBouncer is not installed"
    folder, port = make_folder("cw-pool-"), free_port()
    ini = _settings(folder, port, settings)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [told, str(ini)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **_as(_account())
        )
    try:
        _wait(process, port, folder)
        parsed = make_url(url)
        yield parsed.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(folder)


def _settings(folder: Path, port: int, settings: tuple[str, ...]) -> Path:
    parsed = make_url(server_url())
    query = parse_qs(server_url().partition("?")[2])
    host = query.get("host", [parsed.host or "127.0.0.1"])[0]
    there = query.get("port", [str(parsed.port or 5432)])[0]
    ini, users = folder / "pgbouncer.ini", folder / "users.txt"
    more = "\n".join(settings)
    users.write_text(f'"{parsed.username}" ""\n', encoding="utf-8")
    ini.write_text(
        f"""[databases]
* = host={host} port={there} user={parsed.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = {SESSIONS}
max_client_conn = 200
log_connections = 0
log_disconnections = 0
{more}
""",
        encoding="utf-8",
    )
    return ini


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            told = (folder / "log").read_text()
            assert process.poll() is None and time.monotonic() < deadline, f"PgBouncer does not answer: {told}"
            time.sleep(0.02)
