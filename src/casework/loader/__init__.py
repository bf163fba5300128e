"""Definitions as documents: YAML or JSON in, YAML out, and the plain form between.

``load(dump(definition)) == definition`` and ``from_document(to_document(definition)) == definition``.
"""

from __future__ import annotations

from pathlib import Path

from casework.errors import DocumentError
from casework.loader.codes import CODES
from casework.loader.mistakes import ROOT
from casework.loader.structure import Definition, from_document, to_document
from casework.loader.text_value import parse_text
from casework.loader.write import written
from casework.model.finding import Finding

__all__ = ["CODES", "Definition", "dump", "from_document", "load", "load_file", "parse_text", "to_document"]


def load(text: str, source: str = "<text>") -> Definition:
    """The case type or workflow that *text* describes, or DocumentError with every mistake in it."""
    from casework.loader.document import read  # a process that reads no text has no need of a reader of YAML

    document = read(text, source)
    return from_document(document.data, source, document.lines)


def load_file(path: str | Path) -> Definition:
    """The definition in a file of UTF-8 text; its mistakes name the file."""
    return load(text_of(path), str(path))


def text_of(path: str | Path) -> str:
    """The text of a file, or DocumentError where it is not UTF-8; one that is far too large is cut off."""
    from casework.loader.document import SIZE_LIMIT

    source = str(path)
    with Path(path).open("rb") as file:
        content = file.read(SIZE_LIMIT + 1)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        # A file cut off at the limit may end inside a character; that it is too large is the better answer.
        if len(content) > SIZE_LIMIT:
            text = content.decode("utf-8", "replace")
        else:
            line = content.count(b"\n", 0, error.start) + 1
            raise DocumentError(source, [Finding("CW001", ROOT, "is not UTF-8 text", line)]) from None
    return text


def dump(definition: Definition) -> str:
    """The YAML text of a definition: what equals its default is left out."""
    return written(to_document(definition))
