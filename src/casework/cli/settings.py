"""What holds for every command: the store, who acts, what is loaded, the language; by option or by environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from casework import Language


@attrs.define
class Settings:
    """Options that were given, over variables of the environment: ``--store`` over ``CASEWORK_STORE``."""

    environment: Mapping[str, str]
    given: dict[str, Any] = attrs.field(factory=dict)

    def one(self, name: str) -> str | None:
        """A setting that has one value; None where it was not made, or is empty."""
        return self.given.get(name) or self.environment.get(f"CASEWORK_{name.upper()}") or None

    def several(self, name: str) -> tuple[str, ...]:
        """A setting that may be repeated, or hold several values with commas or spaces between."""
        told: Sequence[str] = self.given.get(name) or (self.environment.get(f"CASEWORK_{name.upper()}", ""),)
        return tuple(dict.fromkeys(word for text in told for word in text.replace(",", " ").split()))

    @property
    def language(self) -> Language:
        """Chinese where asked for or where the locale is Chinese, else English."""
        asked = self.given.get("lang") or next(
            (self.environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if self.environment.get(name)), ""
        )
        return "zh" if str(asked).lower().startswith("zh") else "en"


def foretold(words: Sequence[str]) -> dict[str, Any]:
    """The language, as far as it can be told before anything is parsed, so that help and errors speak it too."""
    for number, word in enumerate(words):
        if word == "--":
            break
        if word.startswith("--lang="):
            return {"lang": word.partition("=")[2]}
        if word == "--lang" and number + 1 < len(words):
            return {"lang": words[number + 1]}
    return {}


def wants_json(words: Sequence[str]) -> bool:
    """Whether the answer, be it an error, is to be JSON."""
    return "--json" in words[: words.index("--") if "--" in words else None]
