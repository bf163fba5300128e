"""What goes to PostgreSQL over a network is encrypted, to the server that was meant, or it does not go at all."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs
import psycopg
import pytest
from channels.receivers import certificate
from faults.town import CLERK, founded, town
from sqlalchemy import make_url
from stores import fresh

from casework import Refused

pytestmark = pytest.mark.postgres
ASKED = bytes.fromhex("0000000804d2162f")
"""How a client asks for TLS; in the first eight bytes there is nothing else."""


@attrs.define(eq=False)
class Gateway:
    """Listens in the name of a server and speaks TLS for it; without a certificate it declines, as many servers do."""

    server: tuple[str, int]
    context: ssl.SSLContext | None
    heard: list[bytes] = attrs.field(factory=list, init=False)
    _listener: socket.socket = attrs.field(init=False)
    _open: list[socket.socket] = attrs.field(factory=list, init=False)
    _threads: list[threading.Thread] = attrs.field(factory=list, init=False)

    @contextmanager
    def opened(self) -> Iterator[Gateway]:
        """While it listens."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._begin(self._accept)
        try:
            yield self
        finally:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            for thread in self._threads:
                thread.join()
            for end in self._open:
                end.close()

    def url(self, url: str, **query: str) -> str:
        """The same database by way of it."""
        port = self._listener.getsockname()[1]
        return make_url(url).set(host="localhost", port=port, query=query).render_as_string(hide_password=False)

    def _begin(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given)  # type: ignore[arg-type]
        thread.start()
        self._threads.append(thread)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                self._begin(self._greet, client)

    def _greet(self, client: socket.socket) -> None:
        with suppress(OSError):
            self.heard.append(client.recv(65_536))
            if self.heard[-1] != ASKED or self.context is None:
                client.sendall(b"N")
                self.heard.append(client.recv(65_536))
                return
            client.sendall(b"S")
            inside = self.context.wrap_socket(client, server_side=True)
            server = socket.create_connection(self.server)
            self._open += [inside, server]
            self._begin(_carry, server, inside)
            _carry(inside, server)


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def gateway(url: str, context: ssl.SSLContext | None) -> Gateway:
    """One before the server of that store."""
    with psycopg.connect(url) as connection:
        ((port,),) = connection.execute("SHOW port").fetchall()
    return Gateway(("127.0.0.1", int(port)), context)


def test_a_server_with_the_certificate_of_its_name_is_spoken_to(tmp_path: Path) -> None:
    url = fresh()
    founded(url).dispose()
    with gateway(url, certificate(tmp_path, "localhost")).opened() as there:
        app = town(there.url(url, sslmode="verify-full", sslrootcert=str(tmp_path / "cert.pem")))
        state = app.desk(CLERK).open("house").state
        app.dispose()

    assert ("open", {ASKED}) == (state, set(there.heard))


@pytest.mark.parametrize(
    ("names", "expired", "known", "told"),
    [
        (("db.example.org",), False, True, "does not match host name"),
        (("localhost",), True, True, "certificate"),
        (("localhost",), False, False, "certificate"),
    ],
    ids=["of somebody else", "run out", "of nobody known"],
)
def test_a_certificate_that_does_not_fit_is_refused_in_words(
    tmp_path: Path, names: tuple[str, ...], *, expired: bool, known: bool, told: str
) -> None:
    url, theirs, ours = fresh(), tmp_path / "theirs", tmp_path / "ours"
    for folder in (theirs, ours):
        folder.mkdir()
    context = certificate(theirs, *names, expired=expired)
    certificate(ours, "localhost")
    root = (theirs if known else ours) / "cert.pem"
    with gateway(url, context).opened() as there:
        app = town(there.url(url, sslmode="verify-full", sslrootcert=str(root)))
        with pytest.raises(Refused) as no:
            app.desk(CLERK).find("house")
        app.dispose()

    assert "store-unavailable" == no.value.refusal.code
    assert told in str(no.value.__cause__)


def test_to_a_server_without_tls_nothing_is_sent_in_plain(tmp_path: Path) -> None:
    url = fresh()
    certificate(tmp_path, "localhost")
    with gateway(url, None).opened() as there:
        app = town(there.url(url, sslmode="verify-full", sslrootcert=str(tmp_path / "cert.pem")))
        with pytest.raises(Refused) as no:
            app.desk(CLERK).find("house")
        app.dispose()

    assert "SSL" in str(no.value.__cause__)
    assert {ASKED, b""} == set(there.heard)
