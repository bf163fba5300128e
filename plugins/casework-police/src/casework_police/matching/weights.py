"""The weights: how much each agreement and disagreement says, in bits, each with its reason, in one table.

A weight is the logarithm to base 2 of how many times likelier it is to see this between two records of one person
than between records of two people (Fellegi and Sunter, "A theory for record linkage", 1969). Bits are added up
and begin at ``PRIOR``. They were set from published shares and by judgement, not trained on cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PRIOR = -14.3
"""Somebody is one of 20,000 people until something is known: -log2(20,000)."""

NAME_TURN = 0.45
"""A part of a name that is less alike than this speaks against: two characters of which one agrees have 0.25 to 0.5."""
SURNAME_AGAINST, GIVEN_AGAINST = -4.0, -8.0
"""Surnames change by marriage or adoption; a given name of which one character differs is a brother's or sister's."""
NAME_MOST = 17.0
"""Half a million people each, at most, are told apart by a name; the register has no rarer one that is safe."""
KINDS: Mapping[str, float] = MappingProxyType({"stated": 1.0, "former": 0.9, "alias": 0.8, "heard": 0.6})
"""A name heard on a ward says less, both ways, than one that somebody stated or a paper shows."""

SEX_AGREES, SEX_DIFFERS = 0.9, -4.5
"""Every second person agrees by chance; one record in twenty or so has it wrong, so it is no veto."""

AGE_SPAN = 80.0
AGE_SHARE = 0.6
AGE_MOST = 7.0
"""0.6 bits for each halving of the 80 years in which both could be born; a birth date is often a clerk's guess."""
AGE_AGAINST, AGE_AGAINST_FIRST, AGE_AGAINST_YEAR = -7.0, -1.0, -0.5
"""One bit against as soon as the tolerance is passed, half a bit for each year more."""
TOLERANCE_BORN, TOLERANCE_STATED, TOLERANCE_ESTIMATED = 1.0, 1.5, 3.0
"""Years: a birth date is wrong by a digit, a stated age by counting at birth one year, a guess by more."""
TOLERANCE_SHARE = 0.1
"""A guess of an age errs by a tenth of it, or by three years if that is more."""

HOME: tuple[float, ...] = (0.0, 2.5, 4.5, 6.0, 7.0, 7.0)
"""The same province, city, county, town, village: less than -log2 of their share, since a station's cases cluster."""
HOME_FREE = 3.0
"""An address that names no unit, alike as it is written."""
HOME_AGAINST: tuple[float, ...] = (0.0, -3.0, -2.0, -1.0, -0.5, 0.0)
"""Another province, city, county, town: people move, and families report from where they live now."""
HOME_CLUE = 0.5
"""A place that somebody was heard to name says half of what a stated home says."""

SEEN: tuple[float, ...] = (0.0, 1.0, 2.0, 2.5, 3.0, 3.0)
SEEN_FREE, SEEN_AGAINST = 2.0, -0.5
"""Whoever is lost travels: where somebody was seen and found says little, and next to nothing against."""

PLACE_SOUND = 0.7
"""A place that sounds the same has other characters in one case of three."""

FOUND_BEFORE = -8.0
"""Nobody is found before being lost; only a wrong date can say so."""
FOUND_BEFORE_DAYS = 1
DATE_MOST, DATE_TENFOLD = 2.0, 0.7
"""Found on the day of the loss two bits, and 0.7 less for each tenfold of days between."""

MISSING: Mapping[str, float] = MappingProxyType(
    {"not_asked": 0.0, "unable": 0.0, "refused": -0.5, "unknown": -0.75, "blank": -0.3}
)
"""What a missing value says, never more than nothing.

Not asked: nothing. Unable to say: nothing, for it is the person's state and not the fact. Refused: whoever is looked
for seldom hides it. Unknown: somebody was asked who would know it of their own kin. Blank: nobody says which of the
four it was, and a record of blanks fits everybody.
"""

FLOOR, STRONG = 0.5, 0.97
"""From *floor* on a pair is worth a look; from *strong* on it comes first, if nothing in it contradicts."""
CONTRADICTS = -1.0
"""A part with this weight or less contradicts."""
