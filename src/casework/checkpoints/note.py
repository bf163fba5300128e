"""Signed notes (C2SP ``signed-note``): a text, a blank line, and lines of signatures under it."""

from __future__ import annotations

import base64
import binascii
import re

import attrs

from casework.errors import InvalidValue

MOST_CHARACTERS = 100_000
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_KEY_ID_BYTES = 4


@attrs.frozen(kw_only=True)
class Signature:
    """One line under a note: the name of a key, its id (4 bytes), what it signed with."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@attrs.frozen(kw_only=True)
class Note:
    """A text that ends in a newline, and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signed(self, *more: Signature) -> Note:
        """The same text with more signatures; one that is there already is not repeated."""
        return attrs.evolve(self, signatures=tuple(dict.fromkeys((*self.signatures, *more))))


def read_note(text: str) -> Note:
    """A note as it is written. Raises InvalidValue where it is none."""
    if len(text) > MOST_CHARACTERS or _CONTROL.search(text):
        raise InvalidValue("note", "it is too long, or holds control characters", "签名文本过长或含有控制字符")
    body, blank, under = text.rpartition("\n\n")
    if not body or not blank or not under.endswith("\n"):
        raise InvalidValue("note", "a note is a text, an empty line, and signatures", "应由正文、空行和签名组成")
    return Note(text=f"{body}\n", signatures=read_signatures(under))


def read_signatures(lines: str) -> tuple[Signature, ...]:
    """Lines of signatures. Raises InvalidValue where one is none."""
    found = []
    for line in lines.removesuffix("\n").split("\n"):
        match = _SIGNATURE.fullmatch(line)
        raw = b"" if match is None else _decoded(match[2])
        if match is None or len(raw) <= _KEY_ID_BYTES:
            raise InvalidValue("note", "a line of a signature cannot be read", "签名行无法读取")
        found.append(Signature(name=match[1], key_id=raw[:_KEY_ID_BYTES], value=raw[_KEY_ID_BYTES:]))
    return tuple(found)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
