"""A webhook reaches no address inside, however it is spelt, and whatever a name server says between two looks."""

from __future__ import annotations

import socket
from datetime import timedelta
from ipaddress import ip_address, ip_network

import pytest
from channels.receivers import answering, serving
from hypothesis import given
from hypothesis import strategies as st

from casework import InvalidValue, Message
from casework.channels import DeliveryFailed, webhook
from casework.channels.addresses import networks, reachable
from casework.channels.endpoint import Resolve, resolve

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, KEY = Message("lab", "x", ()), "main/c/1/0"

NEVER_A_CHANNEL = [
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "//example.org/",
    "example.org",
    "https://",
    "https:///x",
    "https://127.0.0.1/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/",
    "https://168.63.129.16/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00:ec2::254]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://example.org:22/",
    "https://example.org:0/",
    "https://example.org:99999/",
    "https://example.org:/",
    "https://user@example.org/",
    "https://user:word@example.org/",
    "https://example.org@10.0.0.1/",
    "https://example.org\\@10.0.0.1/",
    "https://example.org#@10.0.0.1/",
    "https://exam ple.org/",
    "https://example.org/\r\nHost: inside",
    "https://example.org/a b",
    "https://ex%61mple.org/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://例子.测试/",
    "https://example..org/",
    "https://example.org./",
    "https://-example.org/",
    "https://" + "a" * 3_000 + ".org/",
]


@pytest.mark.parametrize("url", NEVER_A_CHANNEL, ids=ascii)
def test_f91_a_url_that_could_lead_inside_makes_no_channel(url: str) -> None:
    with pytest.raises(InvalidValue):
        webhook("lab", url, secret=lambda: SECRET, delivery="at_least_once")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://example.org",
        "https://a-b.example.org:443/x/%E4%B8%AD?a=b",
        "https://xn--fsq.cn/",
    ],
)
def test_a_public_url_makes_a_channel(url: str) -> None:
    webhook("lab", url, secret=lambda: SECRET, delivery="at_least_once")


INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "10.1.2.3",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.192",
    "198.18.0.1",
    "203.0.113.9",
    "0.0.0.0",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::1",
    "::",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:a00:1::",
    "2001:0:1::",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff0e::1",
    "5f00::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", INSIDE)
def test_f91_an_address_inside_is_not_reached(address: str) -> None:
    assert reachable(address) is None


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2606:4700::1111", "2400:3200::1", "::ffff:8.8.8.8"])
def test_a_public_address_is_reached(address: str) -> None:
    assert ip_address(address) == reachable(address)


@given(st.ip_addresses())
def test_f91_what_python_calls_private_is_never_reached(address: object) -> None:
    found = ip_address(str(address).partition("%")[0])

    if found.is_private or found.is_loopback or found.is_link_local or found.is_multicast or found.is_reserved:
        mapped = getattr(found, "ipv4_mapped", None)
        nat = found.version == 6 and found in ip_network("64:ff9b::/96")
        assert mapped is not None or nat or reachable(str(found)) is None


def test_a_partner_on_a_private_network_is_reached_where_it_is_named() -> None:
    allowed = networks("here", ["10.2.0.0/16", "fd12:3456::/32"])

    assert ip_address("10.2.3.4") == reachable("10.2.3.4", allowed)
    assert ip_address("fd12:3456::9") == reachable("fd12:3456::9", allowed)
    assert ip_address("::ffff:10.2.3.4") == reachable("::ffff:10.2.3.4", allowed)
    assert [None, None] == [reachable(text, allowed) for text in ("10.3.0.1", "fd12:9999::9")]


def test_f91_no_permission_reaches_what_hands_out_the_secrets_of_a_machine() -> None:
    allowed = networks("here", ["169.254.0.0/16", "fd00::/8", "100.64.0.0/10"])

    metadata = ("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "100.100.100.200")
    assert [None] * 5 == [reachable(text, allowed) for text in metadata]


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "10.0.0.0/7", "10.0.0.1/8", "home", "10.0.0.0/8 "])
def test_f91_half_of_the_internet_is_not_named_as_a_partner(network: str) -> None:
    with pytest.raises(InvalidValue):
        networks("here", [network])


def answers(*turns: list[str]) -> Resolve:
    """A name server that says something else each time."""
    left = list(turns)
    return lambda host, port: left.pop(0)


def test_f91_a_name_that_is_bound_anew_is_looked_at_anew() -> None:
    with serving(answering("200 OK")) as receiver:
        deliver = webhook(
            "lab",
            f"http://partner.example.org:{receiver.port}/",
            secret=lambda: SECRET,
            delivery="at_least_once",
            allow=("127.0.0.1/32",),
            allow_http=True,
            ports=(receiver.port,),
            resolver=answers(["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1", "10.0.0.1"], []),
        ).deliver
        deliver(MESSAGE, KEY)
        told = []
        for _ in range(3):
            with pytest.raises(DeliveryFailed) as caught:
                deliver(MESSAGE, KEY)
            told.append((caught.value.problem, caught.value.reached))

    assert [("the receiver is at an address that may not be reached", False)] * 3 == told
    assert 1 == receiver.connections


def test_f91_what_was_looked_at_is_what_is_connected_to() -> None:
    """The name is resolved once, so that no second answer can lead elsewhere."""
    asked: list[str] = []
    with serving(answering("200 OK")) as receiver:
        deliver = webhook(
            "lab",
            f"http://partner.example.org:{receiver.port}/",
            secret=lambda: SECRET,
            delivery="at_least_once",
            allow=("127.0.0.1/32",),
            allow_http=True,
            ports=(receiver.port,),
            timeout=timedelta(seconds=5),
            resolver=lambda host, port: asked.append(host) or ["127.0.0.1"],  # type: ignore[func-returns-value]
        ).deliver
        deliver(MESSAGE, KEY)

    assert ["partner.example.org"] == asked
    assert f"partner.example.org:{receiver.port}" == receiver.requests[0].headers["host"]


def test_the_systems_resolver_gives_addresses() -> None:
    assert "127.0.0.1" in resolve("localhost", 80) or "::1" in resolve("localhost", 80)


def test_a_name_that_nobody_knows_was_not_reached() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    deliver = webhook(
        "lab", "https://nobody.invalid/", secret=lambda: SECRET, delivery="at_least_once", resolver=nobody
    ).deliver

    with pytest.raises(DeliveryFailed) as caught:
        deliver(MESSAGE, KEY)
    assert not caught.value.reached
