"""What verifying finds."""

from __future__ import annotations

import attrs


@attrs.frozen
class Fault:
    """Something that does not add up: the case, its first bad entry (0 where it is none), what is wrong."""

    tenant: str
    case_id: str
    number: int
    problem: str

    def __str__(self) -> str:
        place = f", entry {self.number}" if self.number else ""
        return (
            f"{self.tenant}/{self.case_id}{place}: {self.problem}" if self.case_id else f"{self.tenant}: {self.problem}"
        )
