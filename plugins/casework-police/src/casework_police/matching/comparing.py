"""Comparing two descriptions: each topic gives a part with its weight and its reason, and all parts the score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from math import inf, log2, log10
from types import MappingProxyType
from typing import TypeVar

from casework_police.matching import ages, places, weights
from casework_police.matching.accents import GENERAL, Accent, accent_named
from casework_police.matching.description import Description, Name, Topic
from casework_police.matching.explanation import Part, Verdict
from casework_police.matching.names import ONE_BITS, Likeness, Reading, readings_alike
from casework_police.matching.places import Place
from casework_police.matching.prepared import Prepared

Item = TypeVar("Item")


def accents_of(one: Description, other: Description) -> tuple[Accent, ...]:
    """What is mixed up everywhere, and what the people of these records mix up besides."""
    named = {name for name in (one.accent, other.accent) if name is not None}
    return (GENERAL, *(accent_named(name) for name in sorted(named)))


def parts(one: Prepared, other: Prepared) -> tuple[Part, ...]:
    """What each topic says, in the order of ``TOPICS``."""
    accents = accents_of(one.description, other.description)
    return tuple(compare(one, other, accents) for compare, _ in _TOPICS.values())


def parts_worth(one: Prepared, other: Prepared, floor: float, *, one_sound: bool = False) -> tuple[Part, ...] | None:
    """The same, or None as soon as no agreement of what is left could lift the score to *floor*.

    *one_sound* says that the names are known to share the sound of one character at most.
    """
    least = -inf if floor <= 0 else inf if floor >= 1 else log2(floor / (1 - floor)) - _ROUNDING
    most = _MOST_BY_ONE_SOUND if one_sound and one.plain_names and other.plain_names else _MOST
    hope = weights.PRIOR + sum(most.values())
    accents, found = accents_of(one.description, other.description), dict[Topic, Part]()
    for topic in _CHEAP_FIRST:
        found[topic] = _TOPICS[topic][0](one, other, accents)
        hope += found[topic].weight - most[topic]
        if hope < least:
            return None
    return tuple(found[topic] for topic in _TOPICS)


def score(found: Iterable[Part]) -> float:
    """All weights as one figure from 0 to 1: how sure one would be if the weights were right and independent."""
    bits = weights.PRIOR + sum(part.weight for part in found)
    return float(1 / (1 + 2.0**-bits))


def _missing(topic: Topic, one: Description, other: Description) -> Part | None:
    """The part for a topic of which one of the two knows nothing; the reason that weighs more counts."""
    reasons = (one.why_missing(topic), other.why_missing(topic))
    known = [reason for reason in reasons if reason is not None]
    if not known:
        return None
    return Part(topic, "missing", min(weights.MISSING[reason] for reason in known), missing=reasons)


def _incomparable(topic: Topic, ours: str, theirs: str) -> Part:
    """Both know something, but of different things: worth what a blank is."""
    return Part(topic, "incomparable", weights.MISSING["blank"], ours, theirs)


def _strongest(found: Sequence[tuple[float, Item]]) -> tuple[float, Item]:
    """The best of what speaks for it; where nothing does, the worst of what speaks against.

    So a further name that agrees never lowers a weight, and a further one that does not never raises it.
    """
    best = max(found, key=lambda item: item[0])
    return best if best[0] >= 0 else min(found, key=lambda item: item[0])


def _name(one: Prepared, other: Prepared, accents: tuple[Accent, ...]) -> Part:
    missing = _missing("name", one.description, other.description)
    if missing is not None:
        return missing
    found = [
        (weight, (ours, theirs, alike))
        for (ours, mine), (theirs, yours) in product(one.names, other.names)
        for weight, alike in [_best_meaning(ours, mine, theirs, yours, accents)]
        if alike is not None
    ]
    if not found:
        return _incomparable("name", _all_names(one), _all_names(other))
    weight, (ours, theirs, alike) = _strongest(found)
    return Part(
        "name",
        _verdict(weight, alike.whole),
        weight,
        ours.text,
        theirs.text,
        alike=round(alike.whole, 3),
        kinds=(ours.kind, theirs.kind),
        rare=weight >= weights.NAME_MOST * 0.75,
        against=any(half is not None and half < weights.NAME_TURN for half in (alike.surname, alike.given)),
    )


def _all_names(one: Prepared) -> str:
    return ", ".join(name.text for name, _ in one.names)


def _best_meaning(
    ours: Name, mine: Sequence[Reading], theirs: Name, yours: Sequence[Reading], accents: tuple[Accent, ...]
) -> tuple[float, Likeness | None]:
    """Two names in the meanings that fit best: what a name may also mean is given the benefit of the doubt."""
    kind = min(weights.KINDS[ours.kind], weights.KINDS[theirs.kind])
    best: tuple[float, Likeness | None] = (-inf, None)
    for a, b in product(mine, yours):
        alike = readings_alike(a, b, accents)
        if alike is None:
            continue
        weight = kind * name_weight(alike)
        if weight > best[0] or (weight == best[0] and best[1] is not None and _halves(alike) > _halves(best[1])):
            best = (weight, alike)
    return best


def _halves(alike: Likeness) -> tuple[float, float, float]:
    """An order of likenesses of one weight, so that the same one is shown whichever record is asked."""
    return alike.whole, alike.given or 0.0, alike.surname or 0.0


def name_weight(alike: Likeness) -> float:
    """What a likeness of two names says, in bits, before it is known where they come from."""
    surname = _turned(alike.surname, alike.surname_bits, weights.SURNAME_AGAINST)
    given = _turned(alike.given, alike.given_bits, weights.GIVEN_AGAINST)
    said = min(weights.NAME_MOST, surname + given)
    return said * alike.sure if said > 0 else said


def _turned(alike: float | None, bits: float, against: float) -> float:
    """All the bits for the same, none at the turn, all that speaks against for nothing alike; straight between."""
    if alike is None:
        return 0.0
    turn = weights.NAME_TURN
    return bits * (alike - turn) / (1 - turn) if alike >= turn else against * (1 - alike / turn)


def _verdict(weight: float, alike: float) -> Verdict:
    if weight < 0:
        return "differs"
    return "agrees" if alike >= 1 else "near"


def _sex(one: Prepared, other: Prepared, _: tuple[Accent, ...]) -> Part:
    missing = _missing("sex", one.description, other.description)
    if missing is not None:
        return missing
    ours, theirs = str(one.description.sex), str(other.description.sex)
    if ours == theirs:
        return Part("sex", "agrees", weights.SEX_AGREES, ours, theirs, alike=1.0)
    # Registers mean different things by "other", so it contradicts nothing.
    if "other" in (ours, theirs):
        return _incomparable("sex", ours, theirs)
    return Part("sex", "differs", weights.SEX_DIFFERS, ours, theirs, alike=0.0)


def _age(one: Prepared, other: Prepared, _: tuple[Accent, ...]) -> Part:
    missing = _missing("age", one.description, other.description)
    if missing is not None or one.births is None or other.births is None:
        return missing or _incomparable("age", "", "")
    weight = ages.weight(one.births, other.births)
    verdict: Verdict = "differs" if weight < 0 else "agrees" if ages.agree(one.births, other.births) else "near"
    return Part(
        "age", verdict, weight, one.age_told, other.age_told, years=round(ages.gap(one.births, other.births), 1)
    )


def _home(one: Prepared, other: Prepared, accents: tuple[Accent, ...]) -> Part:
    missing = _missing("home", one.description, other.description)
    if missing is not None:
        return missing
    found = [
        (places.home_weight(agreed) * factor, (ours, theirs, agreed))
        for (ours, mine), (theirs, yours) in product(_homes(one), _homes(other))
        for agreed in [places.compare(ours, theirs, accents)]
        for factor in [min(mine, yours)]
    ]
    return _placed("home", *_strongest(found))


def _homes(one: Prepared) -> list[tuple[Place, float]]:
    stated = [] if one.home is None else [(one.home, 1.0)]
    return [*stated, *((clue, weights.HOME_CLUE) for clue in one.home_clues)]


def _place(one: Prepared, other: Prepared, accents: tuple[Accent, ...]) -> Part:
    missing = _missing("place", one.description, other.description)
    if missing is not None:
        return missing
    found = [
        (places.seen_weight(agreed), (ours, theirs, agreed))
        for ours, theirs in product(one.seen, other.seen)
        for agreed in [places.compare(ours, theirs, accents)]
    ]
    return _placed("place", *_strongest(found))


def _placed(topic: Topic, weight: float, found: tuple[Place, Place, places.Agreement]) -> Part:
    ours, theirs, agreed = found
    if weight == 0 and not agreed.differs:
        return _incomparable(topic, ours.text, theirs.text)
    whole = not agreed.differs and not agreed.by_sound and (agreed.shared > 0 or agreed.spelling >= 1)
    verdict: Verdict = "differs" if weight < 0 or (agreed.differs and not weight) else "agrees" if whole else "near"
    return Part(topic, verdict, weight, ours.text, theirs.text, level=agreed.shared, by_sound=agreed.by_sound)


def _date(one: Prepared, other: Prepared, _: tuple[Accent, ...]) -> Part:
    mine, yours = one.description, other.description
    missing = _missing("date", mine, yours)
    if missing is not None:
        return missing
    ours, theirs = one.days_told, other.days_told
    for lost, found in ((mine.last_seen_on, yours.found_on), (yours.last_seen_on, mine.found_on)):
        if lost is not None and found is not None and (lost - found).days > weights.FOUND_BEFORE_DAYS:
            return Part("date", "differs", weights.FOUND_BEFORE, ours, theirs, days=(found - lost).days)
    days = min(abs((a - b).days) for a, b in product(one.days, other.days))
    weight = max(0.0, weights.DATE_MOST - weights.DATE_TENFOLD * log10(days + 1))
    return Part("date", "agrees" if days <= 1 else "near", weight, ours, theirs, days=days)


_ROUNDING = 1e-6
_TOPICS: Mapping[Topic, tuple[Callable[[Prepared, Prepared, tuple[Accent, ...]], Part], float]] = MappingProxyType(
    {
        "name": (_name, weights.NAME_MOST),
        "sex": (_sex, weights.SEX_AGREES),
        "age": (_age, weights.AGE_MOST),
        "home": (_home, max(weights.HOME)),
        "place": (_place, max(weights.SEEN)),
        "date": (_date, weights.DATE_MOST),
    }
)
"""Each topic with the function that compares it and the most that it can say."""

_MOST = {topic: most for topic, (_, most) in _TOPICS.items()}
_CHEAP_FIRST: tuple[Topic, ...] = ("age", "sex", "date", "name", "home", "place")
_ONE_SOUND = ONE_BITS + weights.SURNAME_AGAINST
"""The most that two names say that share one character at most: a given name of one, against another surname."""
_MOST_BY_ONE_SOUND = {**_MOST, "name": _ONE_SOUND}
