"""Which internet addresses may be reached from here (F91): public ones, and private ones that were named.

The networks are those that the IANA registries of special-purpose addresses (RFC 6890) call not globally
reachable, multicast, and the addresses at which clouds hand out the secrets of a machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from casework.errors import InvalidValue

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NEVER_4 = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
)
_GLOBAL_6 = "2000::/3"
_NEVER_6 = ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
_NAT64 = "64:ff9b::/96"
_METADATA = ("169.254.169.254/32", "169.254.170.2/32", "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128")


def networks(where: str, given: Iterable[str]) -> tuple[Network, ...]:
    """Networks that somebody allows by name. Raises InvalidValue where one is none, or is half of the internet."""
    found = []
    for text in (given,) if isinstance(given, str) else given:
        try:
            network = ip_network(text)
        except ValueError:
            raise InvalidValue(where, f"{text!r} is not a network such as 10.1.0.0/16", f"“{text}”不是网段") from None
        if network.prefixlen < 8:
            raise InvalidValue(where, f"{text!r} is too wide; name the partner's own", f"“{text}”范围过大")
        found.append(network)
    return tuple(found)


def reachable(text: str, allowed: Iterable[Network] = ()) -> Address | None:
    """The address of *text*, where it may be reached; else None. One in *allowed* may, unless it is metadata."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if getattr(address, "scope_id", None) is not None:
        return None
    meant = _meant(address)
    if _within(meant, _known(_METADATA)):
        return None
    if _within(meant, allowed):
        return address
    if isinstance(meant, IPv4Address):
        return None if _within(meant, _known(_NEVER_4)) else address
    return address if _within(meant, _known((_GLOBAL_6,))) and not _within(meant, _known(_NEVER_6)) else None


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for: mapped, or behind the well-known prefix of NAT64."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if _within(address, _known((_NAT64,))) else address


def _within(address: Address, found: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in found)


@cache
def _known(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)
