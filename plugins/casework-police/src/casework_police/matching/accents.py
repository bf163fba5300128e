"""Accents: which sounds of the standard language fall together in which region, as weights between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from casework import InvalidValue, Text


@attrs.frozen(kw_only=True, cache_hash=True)
class Accent:
    """Sounds that are near to each other where somebody comes from.

    *initials* holds pairs of initials with how near they are, from 0 to 1 (not included); the empty text is the
    initial of a syllable such as ``wang``. *nasals* is how near endings on -n and -ng are (an/ang, en/eng, in/ing).
    """

    name: str
    title: Text
    initials: tuple[tuple[str, str, float], ...] = ()
    nasals: float = 0.0

    def __attrs_post_init__(self) -> None:
        for weight in (self.nasals, *(weight for _, _, weight in self.initials)):
            if not 0 <= weight < 1:
                raise InvalidValue(
                    "Accent", f"a nearness is at least 0 and less than 1, not {weight}", "相近度应在0到1之间"
                )

    def initials_near(self, one: str, other: str) -> float:
        """How near two initials are; 1 for the same."""
        if one == other:
            return 1.0
        return max((weight for a, b, weight in self.initials if {a, b} == {one, other}), default=0.0)

    def finals_near(self, one: str, other: str) -> float:
        """How near two finals are; 1 for the same."""
        if one == other:
            return 1.0
        shorter, longer = sorted((one, other), key=len)
        return self.nasals if shorter.endswith("n") and longer == f"{shorter}g" else 0.0


_FLAT = (("z", "zh"), ("c", "ch"), ("s", "sh"))


def _flat(weight: float) -> tuple[tuple[str, str, float], ...]:
    return tuple((one, other, weight) for one, other in _FLAT)


STANDARD = Accent(name="standard", title=Text("standard language, nothing falls together", "普通话，不作合并"))
GENERAL = Accent(
    name="general",
    title=Text("what is mixed up in most regions", "各地常见混读"),
    initials=_flat(0.8),
    nasals=0.75,
)

_REGIONS = (
    Accent(
        name="southwest",
        title=Text("Sichuan, Chongqing, Guizhou, Yunnan, western Hubei", "西南官话（川渝黔滇、鄂西）"),
        initials=(*_flat(0.95), ("n", "l", 0.95), ("f", "h", 0.7)),
        nasals=0.95,
    ),
    Accent(
        name="lower_yangtze",
        title=Text("eastern Hubei, Anhui, Jiangsu north of the river", "江淮官话（鄂东、皖、苏中）"),
        initials=(*_flat(0.9), ("n", "l", 0.95), ("r", "l", 0.6)),
        nasals=0.95,
    ),
    Accent(
        name="xiang_gan",
        title=Text("Hunan and Jiangxi", "湘语、赣语"),
        initials=(*_flat(0.9), ("n", "l", 0.95), ("f", "h", 0.9)),
        nasals=0.9,
    ),
    Accent(
        name="wu",
        title=Text("Shanghai, Zhejiang, southern Jiangsu", "吴语（沪、浙、苏南）"),
        initials=(*_flat(0.9), ("h", "", 0.9), ("r", "l", 0.5)),
        nasals=0.95,
    ),
    Accent(
        name="yue",
        title=Text("Guangdong and Guangxi", "粤语（两广）"),
        initials=(*_flat(0.9), ("h", "", 0.9), ("n", "l", 0.9), ("r", "", 0.7)),
        nasals=0.6,
    ),
    Accent(
        name="minnan",
        title=Text("southern Fujian, Taiwan, Chaoshan", "闽南语（闽南、台湾、潮汕）"),
        initials=(*_flat(0.9), ("f", "h", 0.95), ("r", "l", 0.95), ("n", "l", 0.7)),
        nasals=0.85,
    ),
)

ACCENTS: Mapping[str, Accent] = MappingProxyType({accent.name: accent for accent in (STANDARD, GENERAL, *_REGIONS)})
"""The accents that ship with this package, by name."""


def accent_named(name: str) -> Accent:
    """The accent of that name, or InvalidValue with those that there are."""
    if name not in ACCENTS:
        known = ", ".join(ACCENTS)
        raise InvalidValue("accent", f"takes one of {known}, not {name!r}", f"口音只能是：{known}")
    return ACCENTS[name]
