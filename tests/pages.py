"""The pages of the documentation, and a reader of their fenced blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parent.parent

# A fence may be indented, inside a list; its end is at least as long as its beginning.
_FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`]*)\Z")
_COMMENT = re.compile(r" *<!--(?P<text>.*)--> *\Z")
_HEADING = re.compile(r"#{1,6} +(?P<text>.+?) *#* *\Z")


@attrs.frozen
class Block:
    """A fenced block: its language, its text, the line of its first line, the comment just before it."""

    language: str
    text: str
    line: int
    comment: str = ""


def pages() -> list[Path]:
    """Every page whose blocks must run."""
    top = ("README.md", "CONTRIBUTING.md", "docs/**/*.md", "examples/**/*.md")
    patterns = (*top, "plugins/README.md", "plugins/*/README.md", "plugins/*/docs/**/*.md")
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    comment, opened = "", None
    body: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened, body = (fence, number + 1), []
            elif line.strip():
                found = _COMMENT.match(line)
                comment = found["text"].strip() if found else ""
            continue
        (start, first), closing = opened, fence is not None and not fence["info"].strip()
        if closing and fence is not None and len(fence["ticks"]) >= len(start["ticks"]):
            yield Block(start["info"].split(" ")[0].strip(), "\n".join([*body, ""]), first, comment)
            comment, opened = "", None
        else:
            body.append(line.removeprefix(start["indent"]))
    if opened is not None:
        raise ValueError(f"the fence above line {opened[1]} is never closed")


def headings(text: str) -> list[str]:
    """The headings of a page, without code marks, those in fenced blocks left out."""
    found, fenced = [], False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (heading := _HEADING.match(line)):
            found.append(heading["text"].replace("`", ""))
    return found
