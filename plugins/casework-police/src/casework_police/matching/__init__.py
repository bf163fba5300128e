"""Matching: proposals of who somebody may be, with a score that is explained. It proposes and never decides."""

from __future__ import annotations

from casework_police.matching.accents import ACCENTS, Accent
from casework_police.matching.adapters import of_case, of_person, of_report, of_rescue
from casework_police.matching.description import Age, Born, Clue, Description, Missing, Name
from casework_police.matching.explanation import MayRead, Part
from casework_police.matching.names import names_alike
from casework_police.matching.pool import Pool
from casework_police.matching.proposing import Proposal, candidates, compared, propose
from casework_police.matching.rejections import rejected_in
from casework_police.matching.weights import FLOOR, STRONG

__all__ = [
    "ACCENTS",
    "FLOOR",
    "STRONG",
    "Accent",
    "Age",
    "Born",
    "Clue",
    "Description",
    "MayRead",
    "Missing",
    "Name",
    "Part",
    "Pool",
    "Proposal",
    "candidates",
    "compared",
    "names_alike",
    "of_case",
    "of_person",
    "of_report",
    "of_rescue",
    "propose",
    "rejected_in",
]
