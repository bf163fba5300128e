"""One trigger on many cases: chunks that are atomic, resumable, and logged case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from casework.errors import Refused
from casework.model.refusal import Refusal

if TYPE_CHECKING:
    from casework.desk.desk import Desk


@attrs.frozen
class Bulk:
    """What became of a batch: the cases that moved, and the refusals of the others."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, Refusal], ...]


def fire_many(desk: Desk, cases: tuple[str, ...], trigger: str, form: Any, *, batch: str, chunk: int) -> Bulk:
    """Fire on each case under a request id made of *batch* and its id, *chunk* cases in one transaction."""
    done: list[str] = []
    refused: list[tuple[str, Refusal]] = []
    for start in range(0, len(cases), chunk):
        part = cases[start : start + chunk]
        moved, stopped = desk.within(lambda inner, part=part: _chunk(inner, part, trigger, form, batch))  # type: ignore[misc]
        done += moved
        refused += stopped
    return Bulk(tuple(done), tuple(refused))


def _chunk(
    desk: Desk, cases: tuple[str, ...], trigger: str, form: Any, batch: str
) -> tuple[list[str], list[tuple[str, Refusal]]]:
    moved: list[str] = []
    stopped: list[tuple[str, Refusal]] = []
    for case_id in cases:
        # A refusal precedes every write, so a refused case leaves the others of its chunk as they are.
        try:
            desk.fire(case_id, trigger, form, request_id=f"{batch}/{case_id}")
        except Refused as no:
            if no.refusal.code in ("store-unavailable", "outcome-unknown"):
                raise
            stopped.append((case_id, no.refusal))
        else:
            moved.append(case_id)
    return moved, stopped
