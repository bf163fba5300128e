"""Signatures are those of the specification, byte for byte, and whoever has none of the secrets has none."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from casework import SetupError
from casework.channels import signatures, verified

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret of many bytes").decode()
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def pair() -> tuple[str, str]:
    """A private and a public key, as the specification writes them."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = key.public_key().public_bytes_raw()
    return "whsk_" + base64.b64encode(bytes(range(32))).decode(), "whpk_" + base64.b64encode(public).decode()


def test_the_vector_of_the_reference_implementation_is_reproduced() -> None:
    assert SIGNED == signatures([SECRET], ID, AT, BODY)
    assert SIGNED == signatures([SECRET.removeprefix("whsec_")], ID, AT, BODY)
    assert verified([SECRET], ID, str(AT), BODY, SIGNED)


def test_one_of_several_signatures_by_one_of_several_secrets_is_enough() -> None:
    told = signatures([OTHER, SECRET], ID, AT, BODY)

    assert 2 == len(told.split(" "))
    assert verified([SECRET], ID, str(AT), BODY, told) and verified([OTHER], ID, str(AT), BODY, told)
    assert verified([OTHER, SECRET], ID, str(AT), BODY, SIGNED)
    assert verified([SECRET], ID, str(AT), BODY, f"v2,xyz v1,AAAA {SIGNED} v1a,nonsense")


def test_a_signature_by_a_key_pair_is_verified_by_its_public_half() -> None:
    private, public = pair()
    told = signatures([private, SECRET], ID, AT, BODY)

    assert "v1a," == told[:4]
    assert verified([public], ID, str(AT), BODY, told)
    assert not verified([public], ID, str(AT), BODY + b" ", told)
    assert not verified([public], ID, str(AT), BODY, SIGNED.replace("v1,", "v1a,"))


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "v1",
        "v1,",
        SIGNED[3:],
        SIGNED.replace("v1,", "v1a,"),
        SIGNED.replace("v1,", "V1,"),
        SIGNED[:-2],
        "v1,汉",
    ],
)
def test_what_is_no_signature_fits_nothing(header: str) -> None:
    assert not verified([SECRET], ID, str(AT), BODY, header)


@given(st.binary(max_size=40), st.text(max_size=9), st.integers(0, 2**40), st.integers(0, 200))
def test_a_signature_covers_id_time_and_every_byte(body: bytes, identity: str, at: int, place: int) -> None:
    told = signatures([SECRET], identity, at, body)
    changed = bytearray(body + b"x")
    changed[place % len(changed)] ^= 1

    assert verified([SECRET], identity, str(at), body, told)
    assert not verified([SECRET], identity, str(at), bytes(changed), told)
    assert not verified([SECRET], identity + "x", str(at), body, told)
    assert not verified([SECRET], identity, str(at + 1), body, told)
    assert not verified([OTHER], identity, str(at), body, told)


def test_only_so_many_signatures_are_looked_at() -> None:
    assert not verified([SECRET], ID, str(AT), BODY, "v1,AAAA " * 16 + SIGNED)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_not base64 at all",
        "whsk_c2hvcnQ=",
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
    ],
)
def test_what_is_no_secret_is_refused_without_being_told(secret: str) -> None:
    with pytest.raises(SetupError) as caught:
        signatures([secret], ID, AT, BODY)

    assert secret.partition("_")[2] == "" or secret.partition("_")[2] not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
