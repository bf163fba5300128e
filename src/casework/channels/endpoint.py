"""Where a webhook goes: a URL read in one strict way, and the addresses behind it, every one of them checked."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import attrs

from casework.channels.addresses import Network, reachable
from casework.channels.failures import DeliveryFailed
from casework.errors import InvalidValue

Resolve = Callable[[str, int], Iterable[str]]
"""Gives the addresses of a host name and port. Raises OSError where it has none."""

URL_LIMIT = 2_048
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_NAMED = re.compile(r"[a-z][a-z0-9-]*")
_TARGET = re.compile(r"/[!$&'()*+,\-./0-9:;=@A-Z_a-z~%]*(?:\?[!$&'()*+,\-./0-9:;=?@A-Z_a-z~%]*)?")


@attrs.frozen(kw_only=True)
class Endpoint:
    """A URL taken apart: *host* without brackets, *target* with path and query, whether the line is *secure*."""

    host: str
    port: int
    target: str
    secure: bool

    @property
    def header(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def endpoint(
    where: str, url: str, *, allow_http: bool, ports: Iterable[int] | None, allowed: Iterable[Network]
) -> Endpoint:
    """Read a URL. Raises InvalidValue where two readers might read it differently, or where it must not lead."""
    wrong = _wrong(url)
    if wrong is not None:
        raise InvalidValue(where, *wrong)
    parts = urlsplit(url)
    schemes = ("https", "http") if allow_http else ("https",)
    if parts.scheme not in schemes:
        raise InvalidValue(where, f"begins with {' or '.join(schemes)}://", f"须以 {schemes[0]}:// 开头")
    secure, host = parts.scheme == "https", (parts.hostname or "").lower()
    literal = ":" in host
    if literal:
        if reachable(host, allowed) is None:
            raise InvalidValue(where, "leads to an address that is not public", "指向非公开地址")
    elif not _HOST.fullmatch(host):
        raise InvalidValue(where, "names no host in ASCII; write a foreign one as xn--…", "主机名须为ASCII，如 xn--…")
    elif not _NAMED.fullmatch(host.rpartition(".")[2]) and reachable(host, allowed) is None:
        # The last label of a name begins with a letter: everything else is some spelling of a number.
        raise InvalidValue(where, "leads to an address that is not public", "指向非公开地址")
    port = parts.port or (443 if secure else 80)
    if port not in (ports or ((443, 80) if allow_http else (443,))):
        raise InvalidValue(where, f"leads to port {port}, which is not among *ports*", f"端口 {port} 不在允许之列")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Endpoint(host=host, port=port, target=target, secure=secure)


def _wrong(url: object) -> tuple[str, str] | None:
    if not isinstance(url, str) or not 0 < len(url) <= URL_LIMIT:
        return f"is a URL of at most {URL_LIMIT} characters", f"须为不超过{URL_LIMIT}个字符的网址"
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return "holds only printable ASCII, without spaces and backslashes", "只能含可打印ASCII字符，不含空格和反斜杠"
    try:
        parts = urlsplit(url)
        told = parts.port, parts.hostname
    except ValueError:
        return "is not a URL that can be read", "网址无法解析"
    if "@" in parts.netloc or "#" in url or "%" in parts.netloc:
        return "carries no user, password or fragment", "不得含用户名、密码或片段"
    if told[0] == 0 or parts.netloc.endswith(":") or not told[1]:
        return "names a host, and a port or none", "须写明主机，端口可省略"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _TARGET.fullmatch(target):
        return "has a path and query of plain URL characters; escape others by %", "路径含非法字符，请用 % 转义"
    return None


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def addresses(where: Endpoint, resolver: Resolve, allowed: Iterable[Network]) -> list[str]:
    """The addresses to connect to, each of them checked. Raises DeliveryFailed where one must not be reached.

    One bad address among good ones condemns them all: whoever mixes them is trying something.
    """
    try:
        found = list(resolver(where.host, where.port))
    except (OSError, UnicodeError):
        raise DeliveryFailed("the name of the receiver cannot be resolved", reached=False) from None
    checked = [reachable(text, allowed) for text in found]
    if not found or None in checked:
        raise DeliveryFailed("the receiver is at an address that may not be reached", reached=False)
    return [str(address) for address in checked]
