"""One trigger on many cases: chunks that are atomic, resumable, and logged case by case."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs

from casework.desk.firing import named
from casework.errors import InvalidValue, Refused
from casework.model.case import Case
from casework.model.refusal import Refusal

if TYPE_CHECKING:
    from casework.desk.desk import Desk


@attrs.frozen
class Bulk:
    """What became of a batch: the cases that moved, and the refusals of the others."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, Refusal], ...]


def several(cases: Iterable[Case | str]) -> tuple[Case | str, ...]:
    """The cases of a batch, each of them something that names a case."""
    given = tuple(one_by_one(cases, "bulk"))
    for case in given:
        named(case)
    return given


def one_by_one(cases: Iterable[Case | str], verb: str) -> Iterable[Case | str]:
    """The same, not taken yet; a single case is refused."""
    if isinstance(cases, str | Case):
        raise TypeError(f"{verb} takes several cases; give a list, be it of one")
    return cases


def fire_many(desk: Desk, cases: tuple[Case | str, ...], trigger: str, form: Any, *, batch: str, chunk: int) -> Bulk:
    """Fire on each case under a request id made of *batch* and its id, *chunk* cases in one transaction."""
    if type(chunk) is not int or chunk < 1:
        raise InvalidValue("chunk", "takes a whole number, 1 or more", "须为不小于1的整数")
    done: list[str] = []
    refused: list[tuple[str, Refusal]] = []
    for start in range(0, len(cases), chunk):
        part = cases[start : start + chunk]
        moved, stopped = desk.within(partial(_chunk, cases=part, trigger=trigger, form=form, batch=batch))
        done += moved
        refused += stopped
    return Bulk(tuple(done), tuple(refused))


def _chunk(
    desk: Desk, cases: tuple[Case | str, ...], trigger: str, form: Any, batch: str
) -> tuple[list[str], list[tuple[str, Refusal]]]:
    moved: list[str] = []
    stopped: list[tuple[str, Refusal]] = []
    for case in cases:
        case_id = named(case)
        # A refusal precedes every write, so a refused case leaves the others of its chunk as they are.
        try:
            desk.fire(case, trigger, form, request_id=f"{batch}/{case_id}")
        except Refused as no:
            if no.refusal.code in ("store-unavailable", "outcome-unknown"):
                raise
            stopped.append((case_id, no.refusal))
        else:
            moved.append(case_id)
    return moved, stopped
