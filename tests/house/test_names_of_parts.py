"""Documents name parts by their names alone, so what ships here leaves the bare names to everybody else."""

from __future__ import annotations

import casework_hospital
import casework_hospital.rescue
import casework_police
import pytest

import casework.volunteering
from casework.parts import Part

PARTS: list[Part] = [
    part
    for plugin in (casework.volunteering, casework_hospital, casework_hospital.rescue, casework_police)
    for part in getattr(plugin, "casework_parts", list)()
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_name_of_a_part_begins_with_what_it_belongs_to(part: Part) -> None:
    assert part.name.partition(".")[0] in ("volunteering", "referral", "police")
    assert part.name.partition(".")[2]
