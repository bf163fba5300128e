"""Syllables: pinyin taken apart into initial, final and tone, and how alike two of them sound."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import attrs

from casework_police.matching.accents import Accent

TONE_UNHEARD, TONE_DIFFERS = 0.95, 0.92
"""How alike a syllable is to itself where a tone was not written, or is another: accents move tones first."""

_MOST = 65_536
_TONES = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")
_FINALS = (
    *("a", "o", "e", "i", "u", "v", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ve", "ue", "an", "en", "in", "un"),
    *("ang", "eng", "ing", "ong", "ia", "ua", "uo", "iao", "uai", "ian", "uan", "iang", "uang", "iong"),
)
_VOWELS = frozenset({"a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er"})
_AFTER_Y = frozenset({"i", "ia", "io", "ie", "iao", "iou", "ian", "in", "iang", "ing", "iong", "v", "ve", "van", "vn"})
_AFTER_W = frozenset({"u", "ua", "uo", "uai", "uei", "uan", "uen", "uang", "ueng"})
_FULL = {"ui": "uei", "iu": "iou", "un": "uen", "ue": "ve"}
_FRONT = {"u": "v", "ue": "ve", "uan": "van", "un": "vn"}
# After f no u is written, yet it is what tells fang and huang apart where f and h fall together.
_AFTER_F = {"a": "ua", "o": "uo", "ei": "uei", "an": "uan", "en": "uen", "ang": "uang", "eng": "ong"}


@attrs.frozen(cache_hash=True)
class Syllable:
    """One syllable: the initial (empty in ``wang``), the final as it is spoken, the tone from 1 to 5, 0 if unknown."""

    initial: str
    final: str
    tone: int = 0


Sound = tuple[tuple[Syllable, float], ...]
"""The readings that a character may have, each with how likely it is meant."""


@lru_cache(maxsize=_MOST)
def syllable(text: str) -> Syllable | None:
    """Pinyin with a tone digit, a tone mark or neither, as a Syllable; None for what is no syllable."""
    bare, tone = _toneless(text)
    alone = _alone(bare)
    if alone:
        return Syllable("", alone, tone)
    initial = next((initial for initial in _INITIALS if bare.startswith(initial)), "")
    final = bare[len(initial) :]
    if not initial or final not in _FINALS:
        return None
    if initial in ("j", "q", "x"):
        return Syllable(initial, _FRONT.get(final, final if final != "iu" else "iou"), tone)
    if initial == "f":
        return Syllable(initial, _AFTER_F.get(final, final), tone)
    return Syllable(initial, _FULL.get(final, final), tone)


def _alone(bare: str) -> str:
    """The final of a syllable that begins with no consonant; empty for others. Y and w only stand for i, ü and u."""
    first, rest = bare[:1], bare[1:]
    if first == "y":
        final = rest if rest.startswith("i") else f"v{rest[1:]}" if rest.startswith("u") else f"i{rest}"
        return final if final in _AFTER_Y else ""
    if first == "w":
        final = rest if rest.startswith("u") else f"u{rest}"
        return ("ong" if final == "ueng" else final) if final in _AFTER_W else ""
    return bare if bare in _VOWELS else ""


def _toneless(text: str) -> tuple[str, int]:
    bare, tone = "", 0
    for character in unicodedata.normalize("NFD", text.lower().replace("ü", "v").replace("u:", "v")):
        if character in _TONES:
            tone = _TONES[character]
        elif character == "\u0308":  # the dots of ü, which a tone mark came between
            bare = bare[:-1] + "v"
        elif character in "12345":
            tone = int(character)
        else:
            bare += character
    return bare, tone


@lru_cache(maxsize=_MOST)
def split(word: str) -> tuple[tuple[Syllable, ...], ...]:
    """The ways to read a word of pinyin as syllables, those of the fewest first, four at most; none where none fits."""
    if not re.fullmatch(r"[a-zA-Zü:1-5\u0080-\u01dc\u0300-\u030c]{1,24}", word):
        return ()
    found = sorted(_splits(word), key=len)
    return tuple(found[:4])


def _splits(word: str) -> list[tuple[Syllable, ...]]:
    ways: list[list[tuple[Syllable, ...]]] = [[()]]
    for end in range(1, len(word) + 1):
        here: list[tuple[Syllable, ...]] = []
        for start in range(max(0, end - 8), end):
            found = syllable(word[start:end])
            if found is not None:
                here += [(*before, found) for before in ways[start]]
        ways.append(sorted(here, key=len)[:8])
    return ways[-1]


@lru_cache(maxsize=_MOST)
def syllables_alike(one: Syllable, other: Syllable, accents: tuple[Accent, ...]) -> float:
    """How alike two syllables sound to people with one of *accents*, from 0 to 1, the same both ways round."""
    same = (one.initial, one.final) == (other.initial, other.final)
    toned = 1.0 if one.tone == other.tone else TONE_DIFFERS if one.tone and other.tone else TONE_UNHEARD
    if same:
        return toned
    near = max(
        (a.initials_near(one.initial, other.initial) * a.finals_near(one.final, other.final) for a in accents),
        default=0.0,
    )
    return TONE_DIFFERS * near * toned


def sounds_alike(one: Sound, other: Sound, accents: Sequence[Accent]) -> float:
    """How alike two characters sound in the readings that fit best, from 0 to 1."""
    return max(
        (syllables_alike(a, b, tuple(accents)) * min(sure, certain) for a, sure in one for b, certain in other),
        default=0.0,
    )


_CLASSES = {
    **dict.fromkeys("nlr", "n"),
    **dict.fromkeys("fh", ""),
    **dict.fromkeys(("z", "zh"), "z"),
    **dict.fromkeys(("c", "ch"), "c"),
    **dict.fromkeys(("s", "sh"), "s"),
}


def coarse(found: Syllable) -> str:
    """A key that two syllables share whenever some accent takes one for the other."""
    initial = _CLASSES.get(found.initial, found.initial)
    # r and the empty initial meet in the south, f and h as well; so l, n and r meet all of them there.
    initial = "" if initial == "n" else initial
    return f"{initial}-{found.final.removesuffix('g') if found.final.endswith('ng') else found.final}"
