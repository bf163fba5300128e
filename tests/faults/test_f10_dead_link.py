"""F10: a link to the server that dies without a word is noticed within five seconds, and forgotten once it is back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from faults.town import CLERK, code, founded, guests, town
from server import durable_server
from sqlalchemy import make_url

pytestmark = pytest.mark.postgres
NOTICED = 5.0
OURS, THEIRS = "10.231.77.1", "10.231.77.2"
RELAY = """
import socket, sys, threading
def carry(a, b):
    try:
        while data := a.recv(65536): b.sendall(data)
    except OSError: pass
door = socket.create_server(("", int(sys.argv[2])))
print("open", flush=True)
while True:
    client, _ = door.accept()
    server = socket.socket(socket.AF_UNIX); server.connect(sys.argv[1])
    for pair in ((client, server), (server, client)):
        threading.Thread(target=carry, args=pair, daemon=True).start()
"""


def test_f10_a_connection_asks_for_signs_of_life() -> None:
    """What libpq is told adds up to less than five seconds, be something under way or not."""
    with durable_server() as cluster:
        app = town(cluster.url(tcp=True))
        with app._engine.store.engine.connect() as connection:
            told = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
        app.dispose()

    silence = int(told["keepalives_idle"]) + int(told["keepalives_interval"]) * int(told["keepalives_count"])
    assert "1" == told["keepalives"] and silence <= NOTICED
    assert int(told["tcp_user_timeout"]) / 1000 <= NOTICED and int(told["connect_timeout"]) <= NOTICED


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None,
    reason="a link of its own needs root and ip, on Linux",
)
def test_f10_a_dead_link_is_refused_within_five_seconds_and_works_again_once_it_is_back() -> None:
    with durable_server() as cluster, _link(f"{cluster.data.parent}/.s.PGSQL.{cluster.port}", cluster.port) as link:
        steady = founded(cluster.url())
        (case,) = guests(steady, 1)
        far = town(str(make_url(cluster.url(tcp=True)).set(host=THEIRS)))
        desk = far.desk(CLERK)
        assert "" == code(lambda: desk.fire(case.id, "tick"))

        subprocess.run(["ip", "link", "set", link, "down"], check=True)
        started = time.monotonic()
        said = code(lambda: desk.get(case.id))
        waited = time.monotonic() - started
        subprocess.run(["ip", "link", "set", link, "up"], check=True)
        again = code(lambda: desk.fire(case.id, "tick"))
        far.dispose()
        revision = steady.desk(CLERK).get(case.id).revision
        steady.dispose()

    print(f"\nnoticed after {waited:.1f} s")
    assert "store-unavailable" == said and waited <= NOTICED
    assert ("", 3) == (again, revision)


@contextmanager
def _link(socket: str, port: int) -> Iterator[str]:
    """A pair of interfaces, the far one in a network namespace where a relay leads to the server's socket."""
    space, near = f"cw{os.getpid()}", f"cw{os.getpid() % 100_000}n"
    commands = (
        f"ip netns add {space}",
        f"ip link add {near} type veth peer name far0 netns {space}",
        f"ip addr add {OURS}/24 dev {near}",
        f"ip link set {near} up",
        f"ip netns exec {space} ip addr add {THEIRS}/24 dev far0",
        f"ip netns exec {space} ip link set far0 up",
    )
    relay = None
    try:
        for command in commands:
            if subprocess.run(command.split(), capture_output=True, check=False).returncode:
                pytest.skip(f"no network namespace can be made here: {command}")
        told = ["ip", "netns", "exec", space, sys.executable, "-c", RELAY, socket, str(port)]
        relay = subprocess.Popen(told, stdout=subprocess.PIPE)
        assert relay.stdout is not None and b"open\n" == relay.stdout.readline()
        yield near
    finally:
        if relay is not None:
            relay.kill()
            relay.communicate()
        with suppress(subprocess.CalledProcessError):
            subprocess.run(["ip", "link", "del", near], check=True, capture_output=True)
        subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)
