"""Receivers that misbehave in every way there is, on sockets of this machine; each counts what it was sent."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behaviour = Callable[[socket.socket, "Receiver"], None]


@attrs.define
class Request:
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


@attrs.define(eq=False)
class Receiver:
    """A server on a port of its own that does to every connection what its behaviour says."""

    port: int
    requests: list[Request] = attrs.field(factory=list)
    connections: int = 0
    stopping: threading.Event = attrs.field(factory=threading.Event)


def read_request(line: socket.socket) -> Request:
    """A whole request."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += line.recv(65_536) or b"\r\n\r\n"
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (item.partition(":") for item in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += line.recv(65_536)
    return Request(first, headers, body)


def answering(status: str, *headers: str, body: bytes = b"") -> Behaviour:
    """Reads the request, then answers."""

    def behave(line: socket.socket, receiver: Receiver) -> None:
        receiver.requests.append(read_request(line))
        told = "".join(f"{header}\r\n" for header in headers)
        line.sendall(f"HTTP/1.1 {status}\r\n{told}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    return behave


def hanging(line: socket.socket, receiver: Receiver) -> None:
    """Reads the request and never answers."""
    receiver.requests.append(read_request(line))
    receiver.stopping.wait(10)


def dripping(line: socket.socket, receiver: Receiver) -> None:
    """Answers a letter at a time, each before any timeout of a single read."""
    receiver.requests.append(read_request(line))
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1_000:
        if receiver.stopping.wait(0.05):
            return
        line.sendall(bytes([letter]))


def endless(line: socket.socket, receiver: Receiver) -> None:
    """Says 200, then a body without end."""
    receiver.requests.append(read_request(line))
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    while not receiver.stopping.is_set():
        line.sendall(b"x" * 65_536)


def endless_header(line: socket.socket, receiver: Receiver) -> None:
    """Says 200, then headers without end."""
    receiver.requests.append(read_request(line))
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not receiver.stopping.is_set():
        line.sendall(b"X-More: " + b"x" * 1_000 + b"\r\n")


def resetting(line: socket.socket, receiver: Receiver) -> None:
    """Reads the request and resets the connection."""
    receiver.requests.append(read_request(line))
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def closing(line: socket.socket, receiver: Receiver) -> None:
    """Closes the connection as soon as it is there."""


def babbling(line: socket.socket, receiver: Receiver) -> None:
    """Answers with what is not HTTP."""
    receiver.requests.append(read_request(line))
    line.sendall(b"220 smtp.example.org ESMTP ready\r\n" * 5)


@contextmanager
def serving(behaviour: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that runs until left."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    receiver = Receiver(listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def accept() -> None:
        while not receiver.stopping.is_set():
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            receiver.connections += 1
            threads.append(threading.Thread(target=_serve, args=(line, receiver, behaviour, context)))
            threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield receiver
    finally:
        receiver.stopping.set()
        acceptor.join()
        listener.close()
        for thread in threads:
            thread.join()


def _serve(line: socket.socket, receiver: Receiver, behaviour: Behaviour, context: ssl.SSLContext | None) -> None:
    line.settimeout(5)
    try:
        if context is not None:
            line = context.wrap_socket(line, server_side=True)
        behaviour(line, receiver)
    except (OSError, ValueError):
        return
    finally:
        line.close()


def certificate(folder: Path, *names: str, expired: bool = False) -> ssl.SSLContext:
    """What a server for *names* (host names or addresses) needs, signed by itself; its certificate is ``cert.pem``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    begin, end = (
        (now - timedelta(days=9), now - timedelta(days=1))
        if expired
        else (now - timedelta(days=1), now + timedelta(days=9))
    )
    alternatives = [x509.IPAddress(ip_address(item)) if item[0].isdigit() else x509.DNSName(item) for item in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int(time.time()))
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    told = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(told)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def trusting(folder: Path) -> ssl.SSLContext:
    """A client that trusts the certificate in *folder*."""
    return ssl.create_default_context(cafile=str(folder / "cert.pem"))
