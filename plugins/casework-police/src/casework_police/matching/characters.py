"""Characters as they are compared: traditional forms as simplified ones, and the signs that a text is made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import attrs

from casework_police.matching.accents import Accent
from casework_police.matching.libraries import likeness_of_spelling, spoken
from casework_police.matching.sound import Sound, Syllable, sounds_alike, syllable

SAME_SOUND, SAME_LATIN = 0.75, 0.85
"""How alike two signs are that sound the same: two characters, or one of them known by its sound only."""

SPELT_ALIKE = 0.85
UNMATCHED = 0.3
"""How alike a sign is to nothing at all, where a name has one sign more than the other."""

OTHER_READING = 0.9
_READINGS = 3
_MOST = 65_536

# Surnames and frequent characters of names whose forms differ; the rest is compared by its sound.
_TRADITIONAL = str.maketrans(
    "張陳劉楊黃趙吳孫馬鄭謝許韓馮鄧蕭葉蘇盧蔣賈閻鍾龍賴龔羅蔡呂盧湯萬錢嚴譚陸鄒熊顧侯邵賀郝龐顏華齊魯歐單區喬聶關簡連"
    "國偉麗蘭鳳軍強紅雲傑愛義貴寶慶東興禮學書春業榮陽靜燕飛鵬麟儀賢順濤賓標權憲輝慧潔瓊繼紹維緒綱練紅紹經結絲純綺綿",
    "张陈刘杨黄赵吴孙马郑谢许韩冯邓萧叶苏卢蒋贾阎钟龙赖龚罗蔡吕卢汤万钱严谭陆邹熊顾侯邵贺郝庞颜华齐鲁欧单区乔聂关简连"
    "国伟丽兰凤军强红云杰爱义贵宝庆东兴礼学书春业荣阳静燕飞鹏麟仪贤顺涛宾标权宪辉慧洁琼继绍维绪纲练红绍经结丝纯绮绵",
)


@attrs.frozen(eq=False)
class Sign:
    """One character with its sounds, one syllable of pinyin, or a foreign word as it is spelt.

    Told apart by identity, which is quick to look up; what makes them gives the same one for the same text.
    """

    text: str
    sound: Sound = ()
    written: bool = False


def clean(text: str) -> str:
    """*text* in simplified characters, without blanks at its ends, brackets or full-width letters."""
    plain = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL)
    return " ".join("".join(c for c in plain if c not in "()[]{}<>《》「」“”\"'`’?*").split())


def is_chinese(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return (
        "\u4e00" <= character <= "\u9fff"
        or "\u3400" <= character <= "\u4dbf"
        or "\U00020000" <= character < "\U00033480"
    )


@lru_cache(maxsize=_MOST)
def sign(character: str, readings: tuple[str, ...] = ()) -> Sign:
    """A Chinese character as a sign, with *readings* where they are known better than the dictionary does."""
    known = [syllable(reading) for reading in readings]
    usual = [syllable(reading) for reading in spoken(character)[:_READINGS]]
    ordered = [found for found in (*known, *usual) if found is not None]
    certain = frozenset(found for found in (known or usual[:1]) if found is not None)
    options: dict[Syllable, float] = {}
    for found in ordered:
        options.setdefault(found, 1.0 if found in certain else OTHER_READING)
    return Sign(character, tuple(options.items()), written=True)


@lru_cache(maxsize=_MOST)
def spelt(found: Syllable) -> Sign:
    """A syllable of pinyin as a sign."""
    return Sign(f"{found.initial}{found.final}{found.tone or ''}", ((found, 1.0),))


@lru_cache(maxsize=_MOST)
def foreign(word: str) -> Sign:
    """A word that is no pinyin as a sign."""
    return Sign(word.lower())


def signs(text: str) -> tuple[Sign, ...]:
    """Each Chinese character of *text* as a sign; whatever else stands between them is left out."""
    return tuple(sign(character) for character in text if is_chinese(character))


@lru_cache(maxsize=_MOST)
def signs_alike(one: Sign, other: Sign, accents: tuple[Accent, ...]) -> float:
    """How alike two signs are, from 0 to 1: 1 for the same character, less for the same sound."""
    if one.text == other.text and one.written == other.written:
        return 1.0
    if one.sound and other.sound:
        factor = SAME_SOUND if one.written and other.written else SAME_LATIN
        return factor * sounds_alike(one.sound, other.sound, accents)
    spelling = likeness_of_spelling(_spelling(one), _spelling(other))
    return SAME_LATIN * spelling if spelling >= SPELT_ALIKE else 0.0


def _spelling(found: Sign) -> str:
    if found.written and found.sound:
        first = found.sound[0][0]
        return f"{first.initial}{first.final}"
    return found.text.lower()


def sequences_alike(one: Sequence[Sign], other: Sequence[Sign], accents: tuple[Accent, ...]) -> float:
    """How alike two sequences of signs are, from 0 to 1: the mean of their signs, drawn down by the worst of them.

    Where one is longer, the shorter is laid beside the part of it that fits best.
    """
    if not one or not other:
        return 0.0
    if len(one) == len(other):
        return _laid(one, other, 0, accents)
    shorter, longer = (one, other) if len(one) < len(other) else (other, one)
    spare = len(longer) - len(shorter)
    return max(_laid(shorter, longer[start : start + len(shorter)], spare, accents) for start in range(spare + 1))


def _laid(one: Sequence[Sign], other: Sequence[Sign], spare: int, accents: tuple[Accent, ...]) -> float:
    total, worst = spare * UNMATCHED, UNMATCHED if spare else 1.0
    for ours, theirs in zip(one, other, strict=True):
        alike = signs_alike(ours, theirs, accents)
        total += alike
        worst = min(worst, alike)
    return (total / (len(one) + spare) + worst) / 2
