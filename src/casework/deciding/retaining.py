"""The timer that runs out when the time of keeping is over: armed when a case closes, dropped when it opens again."""

from __future__ import annotations

from datetime import datetime

from casework.compiled import Compiled
from casework.deciding.erasing import due_at

RETENTION = "~retention"
"""Its name: no deadline can be called so."""

Arm = tuple[tuple[str, datetime], ...]


def kept(compiled: Compiled, before: datetime | None, closed_at: datetime | None) -> tuple[Arm, tuple[str, ...]]:
    """What to arm and to drop where a case that was closed at *before* is closed at *closed_at* now."""
    if before == closed_at or due_at(compiled.case_type, before or closed_at) is None:
        return (), ()
    due = due_at(compiled.case_type, closed_at)
    return ((), (RETENTION,)) if due is None else (((RETENTION, due),), ())
