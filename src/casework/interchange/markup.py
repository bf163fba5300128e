"""XML from strangers as a small tree: no document type, hence no entities, and nothing deep or large (F72)."""

from __future__ import annotations

from xml.parsers import expat

import attrs

from casework.errors import DocumentError
from casework.model.finding import Finding

SIZE_LIMIT = 2_000_000
DEPTH_LIMIT = 32
ELEMENT_LIMIT = 50_000


@attrs.define(eq=False)
class Element:
    """An element with the line on which it begins; *text* is all that stands directly in it."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = attrs.field(factory=list)
    text: str = ""

    def each(self, name: str) -> list[Element]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def texts(self, name: str) -> tuple[str, ...]:
        """What stands in each child of that name, without the space around it."""
        return tuple(child.text.strip() for child in self.each(name))

    def get(self, name: str) -> str:
        """An attribute; empty where there is none."""
        return self.attributes.get(name, "")


def tree(content: bytes, source: str) -> Element:
    """The root of a document in UTF-8. Raises DocumentError, naming *source* and the line."""
    if len(content) > SIZE_LIMIT:
        raise _unfit(source, "CW801", f"has more than {SIZE_LIMIT:,} bytes", None)
    try:
        wide = "\0" in content.decode("utf-8")
    except UnicodeDecodeError:
        wide = True
    if wide:
        raise _unfit(source, "CW801", "is not UTF-8 text", None)
    return _Builder(source).built(content)


class _Builder:
    """Builds the tree while expat reads; what could reach outside or grow stops it at once."""

    def __init__(self, source: str) -> None:
        self._source, self._count = source, 0
        self._open: list[Element] = []
        self._root: Element | None = None
        # What a document declares of its encoding is not followed.
        self._expat = expat.ParserCreate("UTF-8")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text

    def built(self, content: bytes) -> Element:
        """Read it whole."""
        try:
            self._expat.Parse(content, True)
        except expat.ExpatError as error:
            raise _unfit(self._source, "CW801", expat.ErrorString(error.code), error.lineno) from None
        assert self._root is not None, "a well-formed document has a root"
        return self._root

    def _doctype(self, *_: object) -> None:
        raise self._stopped("CW802", "declares a document type, which a definition does not need")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEPTH_LIMIT or self._count > ELEMENT_LIMIT:
            raise self._stopped("CW801", f"is deeper than {DEPTH_LIMIT} or has more than {ELEMENT_LIMIT:,} elements")
        element = Element(name, attributes, self._expat.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _stopped(self, code: str, problem: str) -> DocumentError:
        return _unfit(self._source, code, problem, self._expat.CurrentLineNumber)


def _unfit(source: str, code: str, problem: str, line: int | None) -> DocumentError:
    return DocumentError(source, [Finding(code, "document", problem, line)])
