"""What people read, in Chinese and in English."""

from __future__ import annotations

from typing import Literal, get_args

import attrs

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@attrs.frozen
class Text:
    """One sentence or title in both languages; a missing one falls back to the other."""

    en: str = ""
    zh: str = ""

    def in_(self, language: Language) -> str:
        """The text in *language*, or in the other one where it was never written."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)

    def __str__(self) -> str:
        return self.in_("en")


def as_text(value: Text | str | None) -> Text:
    """Accept a plain string as the English text, nothing as an empty text."""
    if isinstance(value, Text):
        return value
    return Text(en=value or "")
