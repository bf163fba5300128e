"""One mistake of a definition or document: where, what, and a code that leads to a page."""

from __future__ import annotations

from typing import Literal

import attrs

Level = Literal["error", "warning"]


@attrs.frozen
class Finding:
    """*path* is like ``chain[0].transitions[3].target``; *line* counts from 1 where there is a document."""

    code: str
    path: str
    message: str
    line: int | None = None
    level: Level = "error"

    @property
    def page(self) -> str:
        """Where the documentation explains it."""
        return f"docs/reference/findings.md#{self.code.lower()}"

    def __str__(self) -> str:
        line = "" if self.line is None else f"line {self.line}: "
        return f"{self.code} {line}{self.path}: {self.message}"
