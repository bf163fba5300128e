"""Places: addresses taken apart by administrative level, and how far two of them agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import attrs

from casework_police.matching import weights
from casework_police.matching.accents import Accent
from casework_police.matching.characters import SAME_SOUND, Sign, clean, is_chinese, sequences_alike, signs
from casework_police.matching.libraries import likeness_of_spelling

_PROVINCE = re.compile(
    r"(?P<stem>北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    r"|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)"
    r"(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市)?"
)
# Two characters stand before a suffix at least, for 市 of 沙市区 and 州 of 荆州市 belong to the name; 忠县 has one.
_UNIT = re.compile(
    r"(?P<county>[^\s市])县"
    r"|(?P<stem>\S{2,12}?)"
    r"(?P<suffix>自治州|自治县|自治旗|地区|林区|街道|社区|市|州|盟|县|区|旗|镇|乡|村|屯|路|街)"
)
_TRAILING = range(2, 5)
_RANKS = {
    **dict.fromkeys(("市", "州", "盟", "地区", "自治州"), 2),
    **dict.fromkeys(("县", "区", "旗", "自治县", "自治旗", "林区"), 3),
    **dict.fromkeys(("镇", "乡", "街道"), 4),
    **dict.fromkeys(("村", "屯", "社区", "路", "街"), 5),
}
_SOUNDS = 0.9 * SAME_SOUND
_SPELT = 0.9
_MOST = 65_536


@attrs.frozen(eq=False)
class Unit:
    """One unit of an address: its name without the suffix, and its level from province (1) to village (5)."""

    stem: str
    rank: int
    signs: tuple[Sign, ...]


@attrs.frozen(eq=False)
class Place:
    """An address as its units, the largest first; *free* is what names no unit at all. Told apart by identity."""

    text: str
    units: tuple[Unit, ...]
    free: str


@attrs.frozen
class Agreement:
    """How far two places agree: the deepest level they share, the highest at which they differ, 0 for none.

    *by_sound* says that what they share only sounds the same; *spelling* is how alike places without units are.
    """

    shared: int
    differs: int
    by_sound: bool = False
    spelling: float = 0.0


@lru_cache(maxsize=_MOST)
def place(text: str) -> Place:
    """*text* taken apart. A county-level city counts as a county where a city stands before it."""
    plain = clean(text).replace(" ", "") if any(is_chinese(c) for c in text) else clean(text).lower()
    units = tuple(_units(plain))
    return Place(plain, units, "" if units else plain)


def _units(text: str) -> Iterator[Unit]:
    rank, found = 0, _PROVINCE.match(text)
    if found:
        rank = 1
        yield Unit(found["stem"], 1, signs(found["stem"]))
    end = found.end() if found else 0
    for part in _UNIT.finditer(text, end):
        stem, suffix, end = part["stem"] or part["county"], part["suffix"] or "县", part.end()
        level = 3 if suffix == "市" and rank >= 2 else _RANKS[suffix]
        rank = max(rank, level)
        yield Unit(stem, level, signs(stem))
    rest = text[end:]
    if 1 <= rank <= 2 and len(rest) in _TRAILING and all(is_chinese(c) for c in rest):
        yield Unit(rest, rank + 1, signs(rest))  # 湖北安陆 names a city without its suffix


@lru_cache(maxsize=_MOST)
def compare(one: Place, other: Place, accents: tuple[Accent, ...]) -> Agreement:
    """How far two places agree, the same both ways round."""
    if one.free or other.free:
        return Agreement(0, 0, spelling=_spelling(one, other))
    shared, by_sound = 0, False
    for a, b in product(one.units, other.units):
        level = min(a.rank, b.rank)
        # A county-level city is written with or without the city above it, and so may stand one level off.
        if abs(a.rank - b.rank) > 1 or level < shared:
            continue
        if a.stem == b.stem:
            shared, by_sound = level, False
        elif level > shared and _sound_the_same(a, b, accents):
            shared, by_sound = level, True
    return Agreement(shared, _differs(one, other, shared, accents), by_sound)


def _spelling(one: Place, other: Place) -> float:
    """How alike places are of which one names no unit: a bare 安陆 is that of 安陆市, and says no more."""
    if one.free and other.free:
        alike = likeness_of_spelling(one.free, other.free)
        return alike if alike >= _SPELT else 0.0
    bare, units = (one.free, other.units) if one.free else (other.free, one.units)
    return 1.0 if any(unit.stem == bare and unit.rank > 1 for unit in units) else 0.0


def _sound_the_same(one: Unit, other: Unit, accents: tuple[Accent, ...]) -> bool:
    return len(one.signs) == len(other.signs) and sequences_alike(one.signs, other.signs, accents) >= _SOUNDS


def _differs(one: Place, other: Place, shared: int, accents: tuple[Accent, ...]) -> int:
    for level in range(1, 6):
        ours = [unit for unit in one.units if unit.rank == level]
        theirs = [unit for unit in other.units if unit.rank == level]
        alike = any(a.stem == b.stem or _sound_the_same(a, b, accents) for a, b in product(ours, theirs))
        if ours and theirs and not alike and not (level == 2 and shared == 2):
            return level
    return 0


def home_weight(found: Agreement) -> float:
    """What two homes say, in bits."""
    if found.spelling:
        return weights.HOME_FREE * found.spelling
    if not found.shared:
        return weights.HOME_AGAINST[found.differs]
    agreed = weights.HOME[found.shared] * (weights.PLACE_SOUND if found.by_sound else 1.0)
    return agreed * 0.5 if found.differs else agreed


def seen_weight(found: Agreement) -> float:
    """What the places say at which somebody was seen and somebody was found, in bits."""
    if found.spelling:
        return weights.SEEN_FREE * found.spelling
    if not found.shared:
        return weights.SEEN_AGAINST if found.differs else 0.0
    agreed = weights.SEEN[found.shared] * (weights.PLACE_SOUND if found.by_sound else 1.0)
    return agreed * 0.5 if found.differs else agreed
