"""The one door through which XML comes in: expat behind a guard that refuses what PFIF never needs (F72).

No document type is accepted, so no entity can be declared, expanded or fetched; nothing is unpacked, included or
decoded from anything but UTF-8; depth and size are bounded before expat keeps anything of them. Chunks are parsed as
they come, so that memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from xml.parsers import expat

from casework import InvalidValue, Text
from casework_police.pfif.finding import finding
from casework_police.pfif.limits import Limits

CHUNK = 65_536
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00\xfe\xff", b"\x4c\x6f\xa7\x94", b"+/v")
_LONGEST = max(len(mark) for mark in (*_PACKED, *_WIDE))
_UTF8 = ("utf-8", "utf8", "us-ascii")


class Unreadable(Exception):
    """A document that is not read further; *finding* says why. It never leaves this package."""

    def __init__(self, code: str, line: int, more: Text = Text()) -> None:
        super().__init__(code)
        self.finding = finding(code, line, more, level="fatal")


class Listener(Protocol):
    """What is told of the elements of a document, in their order."""

    def start(self, namespace: str, name: str, attributes: int, line: int) -> None:
        """An element begins on *line*, with so many *attributes*."""

    def text(self, text: str, line: int) -> None:
        """A part of the text of the element that began last."""

    def end(self) -> None:
        """The element that began last ends."""


class Parser:
    """Feeds a document to a listener, chunk by chunk; raises Unreadable where it has to stop."""

    def __init__(self, listener: Listener, limits: Limits) -> None:
        self._listener, self._limits = listener, limits
        self._depth = self._size = self._silent = 0
        self._heard = False
        self._head, self._sniffed = b"", False
        # The encoding is fixed: what the document declares about itself is compared, never followed.
        self._expat = expat.ParserCreate("UTF-8", namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text
        self._expat.CommentHandler = self._ignore
        self._expat.ProcessingInstructionHandler = self._ignore
        self._expat.XmlDeclHandler = self._declared
        self._expat.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes) -> None:
        """Parse one more chunk."""
        self._size += len(chunk)
        if not self._sniffed:
            chunk = self._sniff(chunk)
        if self._size > self._limits.size:
            raise Unreadable("too-large", self._line, _most(self._limits.size, "bytes", "字节"))
        self._heard = False
        self._parse(chunk, final=False)
        # expat keeps an unfinished tag or comment whole; what tells nothing for longer than one may be is refused.
        self._silent = 0 if self._heard else self._silent + len(chunk)
        if self._silent > self._limits.markup:
            raise Unreadable("too-large", self._line, _most(self._limits.markup, "bytes a tag", "字节（单个标签）"))

    def close(self) -> None:
        """Parse the end."""
        self._parse(b"" if self._sniffed else self._head, final=True)

    @property
    def _line(self) -> int:
        return self._expat.CurrentLineNumber

    def _parse(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._expat.Parse(chunk, final)
        except expat.ExpatError as error:
            told = expat.ErrorString(error.code) or "error"
            raise Unreadable("not-well-formed", error.lineno, Text(told, told)) from None

    def _sniff(self, chunk: bytes) -> bytes:
        """Keep the first bytes back until they say what the file is; then give them to be parsed."""
        self._head += chunk
        if self._head.startswith(_PACKED):
            raise Unreadable("compressed", 1)
        if self._head.startswith(_WIDE):
            raise Unreadable("encoding", 1)
        self._sniffed = len(self._head) >= _LONGEST
        return self._head if self._sniffed else b""

    def _declared(self, version: str, encoding: str | None, _: int) -> None:
        self._heard = True
        if version != "1.0":
            raise Unreadable("xml-version", self._line)
        if encoding is not None and encoding.lower() not in _UTF8:
            shown = ascii(encoding)[:40]
            raise Unreadable("encoding", self._line, Text(f"this one declares {shown}", f"该文档声明为 {shown}"))

    def _doctype(self, *_: object) -> None:
        raise Unreadable("doctype", self._line)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._heard = True
        self._depth += 1
        if self._depth > self._limits.depth:
            raise Unreadable("too-deep", self._line, _most(self._limits.depth, "levels", "层"))
        if len(attributes) > self._limits.attributes:
            raise Unreadable("too-large", self._line, _most(self._limits.attributes, "attributes", "个属性"))
        namespace, _, local = name.rpartition(" ")
        self._listener.start(namespace, local, len(attributes), self._line)

    def _end(self, _: str) -> None:
        self._heard = True
        self._depth -= 1
        self._listener.end()

    def _text(self, text: str) -> None:
        self._heard = True
        self._listener.text(text, self._line)

    def _ignore(self, *_: object) -> None:
        self._heard = True


def _most(limit: int, en: str, zh: str) -> Text:
    return Text(f"at most {limit:,} {en}", f"最多 {limit:,} {zh}")


def chunks(source: bytes | Path | BinaryIO) -> Iterator[bytes]:
    """The bytes of a document, from memory, from a file (opened and closed here) or from an open binary stream.

    Raises InvalidValue for anything else, and OSError where the file cannot be read.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from chunks(file)
    elif isinstance(source, bytes | bytearray | memoryview):
        view = memoryview(source)
        for at in range(0, len(view), CHUNK):
            yield bytes(view[at : at + CHUNK])
    elif hasattr(source, "read"):
        while chunk := source.read(CHUNK):
            if not isinstance(chunk, bytes):
                raise InvalidValue("source", "takes a stream opened in binary mode", "须以二进制方式打开")
            yield chunk
    else:
        problem = f"takes bytes, a Path or a binary stream, not {type(source).__name__}"
        raise InvalidValue("source", problem, "须为字节、路径（Path）或二进制流")
