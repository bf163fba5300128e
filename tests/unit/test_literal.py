"""Values: one canonical form for each, and no other; every kind has a plain form that says what it is."""

from __future__ import annotations

import decimal
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import values

from casework.condition.literal import (
    DECIMAL_LIMIT,
    Value,
    checked,
    duration_of,
    duration_text,
    from_plain,
    kind_of,
    to_plain,
)
from casework.errors import InvalidValue
from casework.storage.codec import decoder, encoder


class Word(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("given_value", "canonical"),
    [
        ("e\u0301", "é"),
        ("\u212b", "Å"),
        (Word("a"), "a"),
        (Word("e\u0301"), "é"),
        (True, True),
        (-(2**63), -(2**63)),
        (2**63 - 1, 2**63 - 1),
        (-0.0, 0.0),
        (Decimal("1.50"), Decimal("1.5")),
        (Decimal("100"), Decimal("100")),
        (Decimal("1E+2"), Decimal("100")),
        (Decimal("-0.00"), Decimal("0")),
        (DECIMAL_LIMIT, DECIMAL_LIMIT),
        (datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))), datetime(2026, 1, 1, tzinfo=UTC)),
        (date.max, date.max),
    ],
    ids=ascii,
)
def test_a_value_has_one_form(given_value: Any, canonical: Any) -> None:
    found = checked(given_value)

    assert (type(canonical), repr(canonical)) == (type(found), repr(found))


@pytest.mark.parametrize(
    "wrong",
    [
        *(None, b"x", [], {}, ..., 1j, timedelta(1), 2**63, -(2**63) - 1, float("nan"), float("inf"), "\0", "a\ud800"),
        *(Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1e-7"), DECIMAL_LIMIT + Decimal("0.000001")),
        *(
            Decimal("1e999999"),
            Decimal("1e-999999"),
            datetime(2026, 1, 1),
            datetime.max.replace(tzinfo=UTC),
            "x" * 10_001,
        ),
    ],
    ids=lambda item: ascii(item)[:30],
)
def test_what_is_no_value_is_refused_with_its_place(wrong: Any) -> None:
    with pytest.raises(InvalidValue, match="age: ") as no:
        checked(wrong, "age")

    assert "age" == no.value.where


@given(values())
def test_a_canonical_value_stays_as_it_is(value: Value) -> None:
    assert repr(value) == repr(checked(value))
    assert not isinstance(value, str) or unicodedata.is_normalized("NFC", value)


@given(values())
def test_a_plain_form_says_its_own_type(value: Value) -> None:
    again = from_plain(to_plain(value))

    assert (kind_of(value), repr(value)) == (kind_of(again), repr(again))


@given(values())
def test_what_is_stored_is_read_back(value: Value) -> None:
    kind: Any = kind_of(value)

    assert repr(value) == repr(decoder(kind)(encoder(kind)(value)))


@given(values("decimal"), st.integers(1, 12))
def test_the_decimal_context_of_the_host_changes_nothing(value: Decimal, digits: int) -> None:
    stored = encoder("decimal")(value)
    with decimal.localcontext(prec=digits, traps=[]):
        assert repr(value) == repr(checked(value))
        assert stored == encoder("decimal")(value)
        assert repr(value) == repr(decoder("decimal")(stored))


@given(st.integers(0, 10**9))
def test_a_duration_is_written_in_its_largest_unit(seconds: int) -> None:
    assert timedelta(seconds=seconds) == duration_of(duration_text(timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    "wrong", ["", "d", "7", "7 d", "-7d", "1.5h", "7D", "７d", "٧d", "1e3s", "99999999999d", 7, None, b"7d"], ids=ascii
)
def test_what_is_no_duration_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidValue):
        duration_of(wrong)
