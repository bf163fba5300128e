"""The forms of what is sealed: nothing of it can be changed, moved or cut, and it takes no more than it says."""

from __future__ import annotations

import io
import sys
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import BlobDamaged, SetupError
from casework.errors import SealBroken
from casework.keys import crypto
from casework.keys.crypto import cipher
from casework.keys.sealing import is_sealed, seal, taken_apart, unseal
from casework.keys.streaming import HEAD, PIECE, OpeningStream, SealingStream, sealed_size

KEY, OTHER = bytes(range(32)), bytes(32)
NONCE = b"n" * 12
PLACE = ("the values", "main", "case", "3")


def sealed(plain: bytes, subject: str = "ana", place: tuple[str, ...] = PLACE) -> bytes:
    return seal(cipher(KEY), subject, place, NONCE, plain)


def opened(stored: bytes, place: tuple[str, ...] = PLACE, key: bytes = KEY) -> bytes:
    return unseal(cipher(key), taken_apart(stored, place), place)


@given(st.binary(max_size=300), st.text(max_size=40), st.lists(st.text(max_size=10), min_size=2, max_size=5))
def test_what_was_sealed_is_opened_in_its_place(plain: bytes, subject: str, place: list[str]) -> None:
    stored = seal(cipher(KEY), subject, tuple(place), NONCE, plain)

    assert is_sealed(stored)
    assert subject == taken_apart(stored, tuple(place)).subject
    assert plain == opened(stored, tuple(place))


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_changed_bit_is_noticed(plain: bytes, data: Any) -> None:
    stored = bytearray(sealed(plain))
    place = data.draw(st.integers(8, 8 * len(stored) - 1))  # the first byte says whether it is sealed at all
    stored[place // 8] ^= 1 << place % 8

    with pytest.raises(SealBroken):
        opened(bytes(stored))


@given(st.binary(max_size=60), st.data())
def test_what_was_cut_short_is_noticed(plain: bytes, data: Any) -> None:
    stored = sealed(plain)

    with pytest.raises(SealBroken):
        opened(stored[: data.draw(st.integers(1, len(stored) - 1))])


@pytest.mark.parametrize(
    "place",
    [
        ("the values", "main", "case", "4"),
        ("the values", "other", "case", "3"),
        ("the values", "main", "case3", ""),
        ("the values", "mainc", "ase", "3"),
        ("the current row", "main", "case", "3"),
    ],
)
def test_what_was_sealed_opens_in_no_other_place(place: tuple[str, ...]) -> None:
    with pytest.raises(SealBroken):
        opened(sealed(b"a cold"), place)


def test_what_was_sealed_opens_under_no_other_key() -> None:
    with pytest.raises(SealBroken) as told:
        opened(sealed(b"a cold"), key=OTHER)

    assert "a cold" not in str(told.value)


def test_nobody_can_put_another_name_on_it() -> None:
    stored = sealed(b"a cold").replace(b"ana", b"ben")

    assert "ben" == taken_apart(stored, PLACE).subject
    with pytest.raises(SealBroken):
        opened(stored)


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    crypto._primitives.cache_clear()
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)

    with pytest.raises(SetupError, match=r"pip install 'casework\[crypto\]'"):
        cipher(KEY)


def test_plain_values_are_not_taken_for_sealed_ones() -> None:
    assert not is_sealed(b'{"": {"salt": ""}}')
    assert not is_sealed(b"")


@given(st.integers(0, 3 * PIECE + 1), st.integers(1, PIECE * 2))
def test_a_file_comes_back_whatever_pieces_it_is_read_in(size: int, step: int) -> None:
    plain = bytes(n * 31 % 251 for n in range(min(size, 1_000))) * (size // 1_000 + 1)
    plain = plain[:size]
    stream = SealingStream(io.BytesIO(plain), KEY)
    stored = b"".join(iter(lambda: stream.read(step), b""))
    reader = OpeningStream(io.BytesIO(stored), KEY, "digest")

    assert plain == b"".join(iter(lambda: reader.read(step), b""))
    assert (len(stored), sealed_size(size)) == (sealed_size(size), stream.size)


def _changes(stored: bytes) -> list[bytes]:
    whole, tag = PIECE + 16, len(HEAD)
    pieces = [stored[n : n + whole] for n in range(tag, len(stored), whole)]
    return [
        stored[: tag + whole],  # the end cut off, at a border of pieces
        stored[:-1],
        stored + b"\0",
        HEAD + pieces[1] + pieces[0] + pieces[2],
        HEAD + pieces[0] + pieces[2],
        HEAD + pieces[0] + pieces[0] + pieces[1] + pieces[2],
        HEAD,
        b"",
        b"casework-file-2\n" + stored[tag:],
        stored[:100] + bytes([stored[100] ^ 1]) + stored[101:],
    ]


@pytest.mark.parametrize("number", range(10))
def test_a_file_whose_pieces_were_touched_is_never_read_to_its_end(number: int) -> None:
    plain = bytes(2 * PIECE + 500)
    stored = SealingStream(io.BytesIO(plain), KEY).read()

    with pytest.raises(BlobDamaged):
        OpeningStream(io.BytesIO(_changes(stored)[number]), KEY, "digest").read()


class _Zeros:
    """A hundred megabytes that are nowhere."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int) -> bytes:
        found = bytes(min(size, self._left))
        self._left -= len(found)
        return found


class _Piped:
    """What is read from one stream, as the bytes of the next; *close* belongs to a file."""

    def __init__(self, stream: Any) -> None:
        self.read = stream.read

    def close(self) -> None:
        pass


def test_a_hundred_megabytes_are_sealed_and_opened_in_flat_memory() -> None:
    size = 100_000_000
    source: Any = _Zeros(size)
    reader: Any = OpeningStream(_Piped(SealingStream(source, KEY)), KEY, "digest")  # type: ignore[arg-type]
    tracemalloc.start()
    count = 0
    while piece := reader.read(PIECE):
        count += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size == count
    assert 2_000_000 > peak
