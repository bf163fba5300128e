"""One thing that is not as it should be in how a database is set up or kept."""

from __future__ import annotations

from typing import Literal

import attrs

from casework.text import Text


@attrs.frozen
class Amiss:
    """A finding: its code, how grave it is, and what it is and what to do about it, in both languages."""

    code: str
    level: Literal["note", "problem"]
    text: Text


def problem(code: str, en: str, zh: str) -> Amiss:
    """What has to be mended."""
    return Amiss(code, "problem", Text(en, zh))


def note(code: str, en: str, zh: str) -> Amiss:
    """What somebody may have meant so."""
    return Amiss(code, "note", Text(en, zh))
