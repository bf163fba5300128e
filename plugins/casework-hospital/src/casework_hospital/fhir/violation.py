"""What is wrong with a message, each at its place; and the error that carries all of it at once."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from casework import InvalidValue, Text


@attrs.frozen
class Violation:
    """One thing that is wrong: *path* is where, as ``Bundle.entry[2].resource.status``."""

    path: str
    text: Text

    def __str__(self) -> str:
        return f"{self.path}: {self.text.en}"


class UnreadableMessage(InvalidValue):
    """A message is not what it should be; *violations* names every place. Nothing of it was used."""

    code = "invalid-value"

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        told = "; ".join(str(one) for one in self.violations)
        chinese = "；".join(f"{one.path}：{one.text.zh}" for one in self.violations)
        super().__init__("", told, chinese)


def wrong(path: str, en: str, zh: str) -> Violation:
    """A violation in both languages."""
    return Violation(path, Text(en, zh))
