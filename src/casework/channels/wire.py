"""One HTTP request over a line of our own: to an address that was checked, with one deadline, no redirect, no reading.

Imported at the first delivery only: ssl and http.client take longer to import than much of casework.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from functools import cache

import attrs

from casework.channels.deadline import Deadline
from casework.channels.endpoint import Endpoint
from casework.channels.failures import DeliveryFailed


@attrs.frozen
class Answered:
    """What a server answered: its status, and what it says in Retry-After. The body is never read."""

    status: int
    retry_after: str


def post(
    where: Endpoint,
    addresses: list[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    deadline: Deadline,
    context: ssl.SSLContext | None,
) -> Answered:
    """POST *body* to the first address that takes the connection. Raises DeliveryFailed for whatever goes wrong."""
    line = _connected(where, addresses, deadline)
    deadline.watch(lambda: line)
    try:
        if where.secure:
            line = _secured(line, where, deadline, context)
        return _asked(line, where, headers, body, deadline)
    finally:
        deadline.watch(lambda: None)
        line.close()


def _connected(where: Endpoint, addresses: list[str], deadline: Deadline) -> socket.socket:
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(deadline.left / 2 if address != addresses[-1] else deadline.left)
            line.connect((address, where.port))
        except OSError:
            line.close()
            continue
        return line
    raise DeliveryFailed("the receiver cannot be connected to", reached=False)


def _secured(line: socket.socket, where: Endpoint, deadline: Deadline, context: ssl.SSLContext | None) -> ssl.SSLSocket:
    try:
        line.settimeout(deadline.left)
        return (context or _context()).wrap_socket(line, server_hostname=where.host)
    except ssl.SSLCertVerificationError:
        raise DeliveryFailed("the certificate of the receiver is not to be trusted", reached=False) from None
    except (OSError, ValueError):
        raise DeliveryFailed("no secure line to the receiver came about", reached=False) from None


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _asked(
    line: socket.socket, where: Endpoint, headers: Mapping[str, str], body: bytes, deadline: Deadline
) -> Answered:
    connection = http.client.HTTPConnection(where.host, where.port)
    connection.sock = line
    try:
        line.settimeout(deadline.left)
        connection.request("POST", where.target, body, {"Host": where.header, "Connection": "close", **headers})
        line.settimeout(deadline.left)
        answer = connection.getresponse()
        return Answered(answer.status, answer.headers.get("Retry-After", ""))
    except TimeoutError:
        raise DeliveryFailed("the receiver did not answer in time") from None
    except (OSError, http.client.HTTPException, ValueError):
        late = _is_over(deadline)
        raise DeliveryFailed(
            "the receiver did not answer in time" if late else "the line broke, or the answer is not HTTP"
        ) from None
    finally:
        connection.close()


def _is_over(deadline: Deadline) -> bool:
    try:
        return deadline.left <= 0
    except TimeoutError:
        return True
