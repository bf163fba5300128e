"""The wards that people are referred to, as choices of a field.

Which ward somebody is in is the key under which the ledger counts its beds, and keys of the ledger are open
to whoever may view the case. So a ward's name must tell no diagnosis: a place or a letter, not a department.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from casework import Choice, InvalidValue, Text

Wards: TypeAlias = tuple[Choice, ...]

WARDS: Wards = (
    Choice("ward_a", Text("partner ward A", "合作病区甲")),
    Choice("ward_b", Text("partner ward B", "合作病区乙")),
    Choice("ward_c", Text("partner ward C", "合作病区丙")),
)


def as_wards(wards: Iterable[str | Choice]) -> Wards:
    """*wards* as choices; a bare name stands for itself.

    Raises InvalidValue where that is not a list of one ward or more, each with a name of its own.
    """
    # A text is a list of its letters, and nobody means those.
    if isinstance(wards, str | bytes) or not isinstance(wards, Iterable):
        raise InvalidValue("wards", "takes a list of wards, as ('ward_a',)", "应为病区列表，如 ('ward_a',)")
    known = tuple(item if isinstance(item, Choice) else _named(item) for item in wards)
    if not known:
        raise InvalidValue("wards", "names at least one ward", "至少应有一个病区")
    names = [item.name for item in known]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidValue("wards", f"names twice: {', '.join(twice)}", f"病区重复：{', '.join(twice)}")
    return known


def _named(item: object) -> Choice:
    if not isinstance(item, str) or not item.strip():
        raise InvalidValue("wards", "takes names of wards, or Choice values", "应为病区名称或 Choice")
    return Choice(item)
