"""What people read, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def as_text(value: Text | str | Mapping[str, str] | None) -> Text:
    """Accept a plain string as the English text, ``{"en": …, "zh": …}``, nothing as an empty text."""
    if isinstance(value, Text):
        return value
    if value is None or isinstance(value, str):
        return Text(en=value or "")
    if not isinstance(value, Mapping) or not set(value) <= set(LANGUAGES) or not _all_texts(value.values()):
        raise TypeError(f"a text is a string, Text(en=…, zh=…) or {{'en': …, 'zh': …}}, not {value!r}")
    return Text(**value)


def _all_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
