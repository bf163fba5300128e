"""F62: whoever has the database and knows the few things that somebody may have said cannot try them out on it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from keys.clinic import WU, build, everything
from keys.conftest import url as url

from casework.desk.requests import Asked, opening_digest
from casework.desk.requests import digest as plain_digest
from casework.keys import KeyMemory
from casework.storage.rows import every_row

pytestmark = pytest.mark.both
PHONES = [f"138{number:03}" for number in range(1_000)]
PHONE = PHONES[417]


def stored(url: str, keys: Any) -> tuple[str, list[bytes], str]:
    """A case with a phone number among a thousand; every text in its store, every binary column, and its id."""
    app = build(url, keys)
    desk = app.desk(WU)
    case = desk.open("visit", name=PHONE, request_id="opened")
    case = desk.fire(case, "tell", word="x", phone=PHONE, request_id="told")
    desk.amend(case, name=None)
    text = everything(app)
    with app.reading() as transaction:
        tables = every_row(transaction)
    app.dispose()
    blobs = [
        bytes(v)
        for rows in tables.values()
        for row in rows
        for v in row.values()
        if not isinstance(v, str | int | None)
    ]
    return text, blobs, case.id


def digests(phone: str, case_id: str) -> list[bytes]:
    """What could be kept of that number by whoever thought that a digest tells nothing."""
    asked = Asked(kind="fire", trigger="tell", form={"word": "x", "phone": phone})
    opened = opening_digest("visit", {"name": phone}, "north", {})
    return [plain_digest(case_id, asked), opened, hashlib.sha256(phone.encode()).digest()]


def found(url: str, keys: Any) -> list[str]:
    text, blobs, case_id = stored(url, keys)
    whole = b"\n".join(blobs)
    return [phone for phone in PHONES if phone in text or any(told in whole for told in digests(phone, case_id))]


def test_f62_without_keys_the_possible_numbers_can_be_tried_out(url: str) -> None:
    assert [PHONE] == found(url, None), "what the next test looks for can be found"


def test_f62_with_keys_they_cannot(url: str) -> None:
    assert [] == found(url, KeyMemory())


def test_f62_the_digest_of_a_request_belongs_to_its_tenant_alone(url: str) -> None:
    app = build(url, KeyMemory())
    seals = app._engine.store.seals

    def kept(transaction: Any) -> set[bytes]:
        return {seals.digest(transaction, tenant, bytes(32)) for tenant in ("main", "other")}

    made = app._engine.store.transactions.carried(kept)
    assert 2 == len(made)
    assert not any(hmac.digest(b"", bytes(32), "sha256") in digest for digest in made)
    app.dispose()
