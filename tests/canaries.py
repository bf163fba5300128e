"""Marks that are planted as values of persons, and a search for them in every byte of every file below some folders.

All marks of one kind begin alike, so that one search finds every one of them, in whatever encoding.
"""

from __future__ import annotations

import base64
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

GONE, KEPT = "Zilverreiger", "Goudvink"
"""How marks of persons begin who are erased, and of others."""

_DIGITS = 6


def mark(kind: str, number: int) -> str:
    """The mark of that number."""
    return f"{kind}{number:0{_DIGITS}d}"


def found(folders: Iterable[Path], kind: str) -> dict[str, set[str]]:
    """Where marks of a kind are, by the file's name: in which encodings."""
    hits: dict[str, set[str]] = {}
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            # What belongs to a server may be gone between being listed and being read.
            if file.is_file() and (content := _read(file)) is not None:
                encodings = set(_encodings(file.name.encode() + b"\0" + content, kind))
                if encodings:
                    hits[str(file.relative_to(folder))] = encodings
    return hits


def numbers(folders: Iterable[Path], kind: str) -> set[int]:
    """Which marks of a kind are there in UTF-8."""
    pattern = re.compile(kind.encode() + rb"(\d{%d})" % _DIGITS)
    contents = (_read(file) for folder in folders for file in folder.rglob("*") if file.is_file())
    return {int(hit) for content in contents if content is not None for hit in pattern.findall(content)}


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _encodings(content: bytes, kind: str) -> Iterator[str]:
    lowered = content.lower()
    for name, pattern in _patterns(kind):
        if pattern in (lowered if name == "hexadecimal" else content):
            yield name
    for packed in _unpacked(content):
        yield from (f"{name}, packed" for name in _encodings(packed, kind))


def _patterns(kind: str) -> Iterator[tuple[str, bytes]]:
    yield "UTF-8", kind.encode()
    yield "UTF-8 backwards", kind[::-1].encode()
    for name in ("utf-16-le", "utf-16-be", "utf-32-le"):
        yield name, kind.encode(name)
    yield "hexadecimal", kind.encode().hex().encode()
    for shift in range(3):
        # However far into three bytes it begins: what is the same whatever stands around it.
        encoded = base64.b64encode(b"\0" * shift + kind.encode() + b"\0" * 3)
        yield f"base64 at {shift}", encoded[4 : 4 + (len(kind) - 3) * 4 // 3 - 4]


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What lies in streams of gzip and in members of zip archives, wherever in a file they begin."""
    for start in re.finditer(rb"\x1f\x8b\x08", content):
        try:
            yield gzip.GzipFile(fileobj=io.BytesIO(content[start.start() :])).read(10_000_000)
        except (OSError, EOFError, zlib.error):
            continue
    for start in re.finditer(rb"PK\x03\x04", content):
        head = content[start.start() : start.start() + 30]
        names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        try:
            yield zlib.decompressobj(-15).decompress(content[start.start() + 30 + names :], 10_000_000)
        except zlib.error:
            continue
