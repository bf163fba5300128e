"""Names: what a written or heard name may mean, and how alike two of them are, by characters and by sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from math import log2

import attrs

from casework_police.matching.accents import GENERAL, Accent
from casework_police.matching.characters import Sign, clean, foreign, is_chinese, sequences_alike, sign, signs, spelt
from casework_police.matching.sound import Syllable, split, syllable
from casework_police.matching.surnames import RAREST_BITS, surnames

NICKNAMES = "小老阿大"
_DOTS = "·•・‧."
_MOST = 65_536
_SWAPPED, _ONLY_GIVEN, _OTHER_MEANING, _UNKNOWN_SURNAME = 0.9, 0.8, 0.7, 0.9

# The commonest given names of the register (Ministry of Public Security, report on names of 2021): 3.2 million
# people are called 伟 and 2.2 million 秀英, of 1.4 thousand millions, which makes 8.7 and 9.3 bits.
_COMMON_ONE = frozenset("伟敏静杰丽勇涛艳军强芳娜磊洋超霞平刚")
_COMMON_TWO = frozenset(
    (
        "秀英",
        "桂英",
        "秀兰",
        "玉兰",
        "桂兰",
        "秀珍",
        "凤英",
        "玉梅",
        "玉英",
        "桂芳",
        "建国",
        "建华",
        "建军",
        "志强",
        "志刚",
    )
)
COMMON_ONE_BITS, ONE_BITS, COMMON_TWO_BITS, TWO_BITS = 8.7, 10.0, 9.3, 11.0
LATIN_ONE_BITS, LATIN_TWO_BITS = 7.0, 10.0


@attrs.frozen(eq=False)
class Reading:
    """One meaning of a name: its surname (empty where it has none), the given name, how sure that meaning is.

    The bits say how much it means that two people share the part: more for a rare one.
    """

    surname: tuple[Sign, ...]
    given: tuple[Sign, ...]
    sure: float = 1.0
    surname_bits: float = 0.0
    given_bits: float = 0.0


@attrs.frozen
class Likeness:
    """How alike two names are, part by part, from 0 to 1; None for a part that one of them lacks."""

    surname: float | None
    given: float | None
    surname_bits: float
    given_bits: float
    sure: float

    @property
    def whole(self) -> float:
        """One figure for both parts: their mean, weighted by how much each says."""
        parts = [(a, b) for a, b in ((self.surname, self.surname_bits), (self.given, self.given_bits)) if a is not None]
        bits = sum(b for _, b in parts)
        return sum(a * b for a, b in parts) / bits if bits else 0.0


@lru_cache(maxsize=_MOST)
def readings(text: str) -> tuple[Reading, ...]:
    """The meanings of a name as somebody wrote it, the likeliest first; none for a text that holds no name."""
    plain = clean(text)
    if any(is_chinese(character) for character in plain):
        return tuple(_chinese(plain))
    return tuple(_latin(plain))


def _chinese(text: str) -> Iterator[Reading]:
    bare = "".join(character for character in text if is_chinese(character))
    known = surnames().known
    if any(dot in text.strip(_DOTS) for dot in _DOTS) or len(bare) > 4:
        yield _reading("", bare)
    elif len(bare) == 1 or bare in surnames().compound:
        yield _reading(bare, "", 1.0 if known(bare) else _OTHER_MEANING)
        yield _reading("", bare, 1.0 if not known(bare) else _OTHER_MEANING)
    elif bare[0] in NICKNAMES and len(bare) in (2, 3) and bare[0] != bare[1]:
        yield from _nickname(bare)
    else:
        yield from _full(bare)


def _full(bare: str) -> Iterator[Reading]:
    known = surnames().known
    if bare[:2] in surnames().compound:
        yield _reading(bare[:2], bare[2:])
        yield _reading(bare[:1], bare[1:], _OTHER_MEANING)
        return
    yield _reading(bare[:1], bare[1:], 1.0 if known(bare[0]) else _UNKNOWN_SURNAME)
    if not known(bare[0]):
        yield _reading("", bare)
        if known(bare[-1]):
            yield _reading(bare[-1], bare[:-1], _SWAPPED)
    elif len(bare) == 2:
        yield _reading("", bare, _OTHER_MEANING)


def _nickname(bare: str) -> Iterator[Reading]:
    """老王 is a surname, 小明 a given name or its last character; 小方 may be either."""
    rest, known = bare[1:], surnames().known
    if known(rest):
        yield _reading(rest, "", 1.0 if bare[0] in "老大" else _ONLY_GIVEN)
    yield _reading("", bare)
    yield _reading("", rest, _ONLY_GIVEN)
    if known(bare[0]) and len(bare) == 3:
        yield _reading(bare[0], rest, _OTHER_MEANING)


def _reading(surname: str, given: str, sure: float = 1.0) -> Reading:
    spoken = surnames().compound.get(surname) or ()
    known = surnames().readings
    if spoken:
        first = tuple(sign(c, (reading,)) for c, reading in zip(surname, spoken, strict=True))
    else:
        first = tuple(sign(c, known.get(c, ())) for c in surname)
    return Reading(first, signs(given), sure, surnames().bits(surname) if surname else 0.0, _given_bits(given))


def _given_bits(given: str) -> float:
    if len(given) <= 1:
        return 0.0 if not given else COMMON_ONE_BITS if given in _COMMON_ONE else ONE_BITS
    return COMMON_TWO_BITS if given in _COMMON_TWO else TWO_BITS


def _latin(text: str) -> Iterator[Reading]:
    words = [word for word in text.replace("-", " ").replace(",", " ").split() if word.strip(_DOTS)]
    ways = [split(word) for word in words]
    if not words:
        return
    if not all(ways):
        yield Reading((), tuple(foreign(word) for word in words), 1.0, 0.0, TWO_BITS)
    elif len(words) == 1:
        for way in ways[0]:
            yield from _run_together(way)
    else:
        yield _spelt(ways[0][0], _joined(ways[1:]))
        yield _spelt(ways[-1][0], _joined(ways[:-1]), _SWAPPED)


def _joined(ways: Sequence[Sequence[tuple[Syllable, ...]]]) -> tuple[Syllable, ...]:
    return tuple(found for way in ways for found in way[0])


def _run_together(way: tuple[Syllable, ...]) -> Iterator[Reading]:
    if len(way) == 1:
        yield _spelt(way, ())
        yield _spelt((), way, _OTHER_MEANING)
        return
    for length in (1, 2) if len(way) > 2 else (1,):
        if _sound_share(way[:length]):
            yield _spelt(way[:length], way[length:])
    yield _spelt(way[-1:], way[:-1], _SWAPPED * _ONLY_GIVEN)
    yield _spelt((), way, _ONLY_GIVEN)


def _spelt(surname: tuple[Syllable, ...], given: tuple[Syllable, ...], sure: float = 1.0) -> Reading:
    share = _sound_share(surname)
    bits = min(RAREST_BITS, -log2(share / 100)) if share else RAREST_BITS
    said = LATIN_ONE_BITS if len(given) == 1 else LATIN_TWO_BITS
    return Reading(
        tuple(spelt(found) for found in surname),
        tuple(spelt(found) for found in given),
        sure,
        bits if surname else 0.0,
        said if given else 0.0,
    )


def _sound_share(surname: tuple[Syllable, ...]) -> float:
    return _shares_of_sounds().get(tuple((found.initial, found.final) for found in surname), 0.0)


@cache
def _shares_of_sounds() -> dict[tuple[tuple[str, str], ...], float]:
    table, shares = surnames(), dict[tuple[tuple[str, str], ...], float]()
    for name in (*table.share, *table.compound):
        spoken = [syllable(reading) for reading in table.compound.get(name, ())] or [
            sign(name, table.readings.get(name, ())).sound[0][0]
        ]
        key = tuple((found.initial, found.final) for found in spoken if found is not None)
        shares[key] = shares.get(key, 0.0) + table.share.get(name, table.rest)
    return shares


def readings_alike(one: Reading, other: Reading, accents: tuple[Accent, ...]) -> Likeness | None:
    """How alike two meanings are, or None where one has only a surname and the other only a given name."""
    surname = sequences_alike(one.surname, other.surname, accents) if one.surname and other.surname else None
    given = sequences_alike(one.given, other.given, accents) if one.given and other.given else None
    if surname is None and given is None:
        return None
    return Likeness(
        surname,
        given,
        min(one.surname_bits, other.surname_bits),
        min(one.given_bits, other.given_bits),
        min(one.sure, other.sure),
    )


def names_alike(one: str, other: str, *, accent: Accent = GENERAL) -> float:
    """How alike two names are, from 0 to 1, in the meanings that fit best; the same both ways round.

    The same characters give 1, the same sound 0.75 (0.85 where one is known in pinyin only), sounds that *accent*
    does not tell apart somewhat less.
    """
    found = (readings_alike(a, b, (accent,)) for a in readings(one) for b in readings(other))
    return max((likeness.whole * likeness.sure for likeness in found if likeness is not None), default=0.0)
