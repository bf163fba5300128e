"""The wards that people are referred to, as choices of a field.

Which ward somebody is in is the key under which the ledger counts its beds, and keys of the ledger are open
to whoever may view the case. So a ward's name must tell no diagnosis: a place or a letter, not a department.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from casework import Choice, Text

Wards: TypeAlias = tuple[Choice, ...]

WARDS: Wards = (
    Choice("ward_a", Text("partner ward A", "合作病区甲")),
    Choice("ward_b", Text("partner ward B", "合作病区乙")),
    Choice("ward_c", Text("partner ward C", "合作病区丙")),
)


def as_wards(wards: Iterable[str | Choice]) -> Wards:
    """*wards* as choices; a bare name stands for itself."""
    return tuple(item if isinstance(item, Choice) else Choice(item) for item in wards)
