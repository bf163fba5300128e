"""Local roles as values."""

from __future__ import annotations

import attrs


@attrs.frozen
class Assignment:
    """A local role given to a person, or taken from everybody where *person* is None."""

    role: str
    person: str | None
