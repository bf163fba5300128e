"""The two libraries that matching needs and the package can be installed without: pypinyin and rapidfuzz."""

from __future__ import annotations

from functools import lru_cache

from casework import SetupError

_ADVICE = "matching needs pypinyin and rapidfuzz; install casework-police[match]"
_MOST_CHARACTERS = 32_768


def needed() -> None:
    """Raise SetupError, which says what to install, where one of the two libraries is missing."""
    spoken("王")
    likeness_of_spelling("a", "a")


@lru_cache(maxsize=_MOST_CHARACTERS)
def spoken(character: str) -> tuple[str, ...]:
    """The readings of one Chinese character as pinyin with a tone digit, the usual one first; none for others."""
    try:
        from pypinyin import Style, pinyin
    except ImportError as error:
        raise SetupError(_ADVICE) from error
    found = pinyin(
        character, style=Style.TONE3, heteronym=True, errors="ignore", neutral_tone_with_five=True, v_to_u=False
    )
    return tuple(found[0]) if found else ()


def likeness_of_spelling(one: str, other: str) -> float:
    """How alike two words are as they are written, by Jaro-Winkler, from 0 to 1."""
    try:
        from rapidfuzz.distance import JaroWinkler
    except ImportError as error:
        raise SetupError(_ADVICE) from error
    # The measure is not the same both ways round for some words.
    return float(JaroWinkler.normalized_similarity(min(one, other), max(one, other)))
