"""A text of YAML 1.2 (or JSON) as plain data with the line of everything in it.

Built from the parser's events rather than by its constructors: nothing is instantiated, nothing is
shared, and what could surprise (aliases, tags, twice the same key, guessed types) is refused (F70, F71).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import attrs
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from casework.errors import DocumentError, InvalidValue
from casework.loader.codes import Code
from casework.loader.mistakes import Lines, Steps, shortened, shown
from casework.loader.plain import Plain
from casework.loader.scalar import Scalar, resolved, text_of
from casework.model.finding import Finding

SIZE_LIMIT = 1_000_000
DEPTH_LIMIT = 64
FINDINGS_LIMIT = 100


@attrs.frozen
class Document:
    """The one table of a document, and the line (from 1) of every key and item by its steps."""

    data: dict[str, Plain]
    lines: Lines


class _Stopped(Exception):
    """Reading on makes no sense; the finding is recorded."""


def read(text: str, source: str) -> Document:
    """Read *text*, or raise DocumentError with every mistake that could be found."""
    reader = _Reader(text)
    try:
        data = reader.document()
    except _Stopped:
        data = {}
    if reader.findings:
        raise DocumentError(source, reader.findings)
    return Document(data, reader.lines)


def _events(text: str) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        raise _Unreadable(reason, None if mark is None else mark.line + 1) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _Unreadable(f"character #x{error.character:04x} is not allowed", line) from None
    except Exception as error:
        # The parser lets ValueError and others escape on hostile text; whichever it is, the text is at fault.
        raise _Unreadable(str(error), None) from None


class _Unreadable(Exception):
    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


class _Reader:
    def __init__(self, text: str) -> None:
        self.findings: list[Finding] = []
        self.lines: dict[Steps, int] = {}
        self._text = text
        self._events = _events(text)
        self._line = 1

    def document(self) -> dict[str, Plain]:
        """The table that the text holds; mistakes go to *findings*."""
        size = len(self._text.encode("utf-8", "surrogatepass"))
        if size > SIZE_LIMIT:
            self._stop("CW006", (), f"has {size:,} bytes; a document has at most {SIZE_LIMIT:,}")
        self._next()
        if isinstance(self._next(), StreamEndEvent):
            self._stop("CW008", (), "holds nothing; a document is a table")
        data = self._node(self._next(), ())
        while isinstance(event := self._next(), DocumentEndEvent):
            pass
        if not isinstance(event, StreamEndEvent):
            self._stop("CW008", (), "holds more than one document; write each into a file of its own")
        if not isinstance(data, dict):
            self._line = self.lines[()]
            self._stop("CW008", (), "a document is a table with keys such as name, states, transitions")
        return data

    def _next(self) -> Any:
        try:
            event = next(self._events)
        except _Unreadable as error:
            self._line = error.line or self._line
            self._stop("CW001", (), error.reason)
        self._line = event.start_mark.line + 1
        return event

    def _found(self, code: Code, steps: Steps, message: str) -> None:
        self.findings.append(Finding(code, shown(steps), shortened(message), self._line))
        if len(self.findings) >= FINDINGS_LIMIT:
            raise _Stopped

    def _stop(self, code: Code, steps: Steps, message: str) -> NoReturn:
        self._found(code, steps, message)
        raise _Stopped

    def _node(self, event: Any, steps: Steps) -> Plain:
        self.lines.setdefault(steps, self._line)
        if isinstance(event, AliasEvent):
            self._found("CW002", steps, f"*{event.anchor}: aliases are not allowed; write it out")
            return None
        if event.anchor is not None:
            self._found("CW002", steps, f"&{event.anchor}: anchors are not allowed")
        if event.tag is not None:
            self._found("CW003", steps, f"{event.tag}: tags are not allowed")
        if isinstance(event, ScalarEvent):
            return self._scalar(event, steps)
        if len(steps) >= DEPTH_LIMIT:
            self._stop("CW005", steps[:3], f"nests more than {DEPTH_LIMIT} deep")
        return self._table(steps) if isinstance(event, MappingStartEvent) else self._list(event, steps)

    def _scalar(self, event: ScalarEvent, steps: Steps) -> Scalar:
        try:
            value = resolved(event.value) if event.style is None else event.value
            return text_of(value) if isinstance(value, str) else value
        except InvalidValue as error:
            self._found("CW007", steps, error.problem)
            return None

    def _list(self, event: SequenceStartEvent, steps: Steps) -> list[Plain]:
        items: list[Plain] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._node(event, (*steps, len(items))))
        return items

    def _table(self, steps: Steps) -> dict[str, Plain]:
        table: dict[str, Plain] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            line = self._line
            key = self._key(event, steps)
            inside = (*steps, key)
            if key in table:
                self._found("CW004", inside, f"appears already on line {self.lines[inside]}")
            self.lines.setdefault(inside, line)
            table[key] = self._node(self._next(), inside)
        return table

    def _key(self, event: Any, steps: Steps) -> str:
        line = self._line
        key = self._node(event, (*steps, "(key)"))
        if isinstance(key, str):
            return key
        self._line = line
        self._found("CW017", steps, "a key is a text; quote it if it looks like something else")
        return f"?{line}"
