"""The values of one field, told apart only as far as conditions tell them apart.

A field that conditions ask ``>= 18`` has four cells: unknown, below 18, 18, and above it. Each cell has a witness, a
value that the field accepts, and what holds of the witness holds of every value of its cell.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from casework.condition.literal import DECIMAL_PLACES, Value
from casework.errors import InvalidValue
from casework.model.fields import Field

UNKNOWN = 0
"""The first cell of every field is that nothing is known."""

_ORDERED = frozenset({"integer", "decimal", "float", "date", "instant"})
_STEPS: dict[str, object] = {
    "integer": 1,
    "decimal": Decimal(1).scaleb(-DECIMAL_PLACES),
    "float": 1.0,
    "date": timedelta(days=1),
    "instant": timedelta(microseconds=1),
}
_SOMEWHERE: dict[str, Value] = {
    "integer": 1,
    "decimal": Decimal(1),
    "float": 1.0,
    "date": date(2026, 1, 5),
    "instant": datetime.fromisoformat("2026-01-05T08:00:00+00:00"),
}


@attrs.frozen
class Partition:
    """The cells of one field: *witnesses*, None first; *edges* are what an ordered field is compared with."""

    witnesses: tuple[Value | None, ...]
    edges: tuple[Value, ...] = ()
    ordered: bool = False
    places: tuple[int, ...] = ()
    """For an ordered field, by interval (below, at, between, …, above) the cell, or -1 where no value lies there."""
    alone: frozenset[int] = frozenset({UNKNOWN})
    """The cells in which there is one value only."""

    def index(self, value: Value | None) -> int:
        """The cell that *value* lies in; -1 where the field takes no such value."""
        if value is None:
            return UNKNOWN
        if self.ordered:
            at = bisect_left(self.edges, value)
            exact = at < len(self.edges) and self.edges[at] == value
            return self.places[2 * at + 1 if exact else 2 * at]
        for number, witness in enumerate(self.witnesses):
            if witness is not None and type(witness) is type(value) and witness == value:
                return number
        # Whatever is not named is like any other that is not; that cell stands last.
        return len(self.witnesses) - 1

    def single(self, cell: int) -> bool:
        """Whether there is one value only in *cell*, so that a field which stays in it has not changed."""
        return cell in self.alone


def partition(field: Field, literals: Iterable[Value]) -> Partition:
    """The cells of *field* where conditions compare it with *literals*; a sealed one is only known or not."""
    named = () if field.sealed else tuple(literals)
    if field.type in _ORDERED:
        return _ordered(field, named)
    if field.type == "boolean":
        return Partition((None, False, True), alone=frozenset({UNKNOWN, 1, 2}))
    if field.type == "choice":
        choices = tuple(choice.name for choice in field.choices)
        mentioned = tuple(dict.fromkeys(str(value) for value in named if value in choices))
        others = tuple(name for name in choices if name not in mentioned)
        told = len(mentioned) + (len(others) == 1)
        return Partition((None, *mentioned, *others[:1]), alone=frozenset(range(1 + told)))
    texts = tuple(dict.fromkeys(str(value) for value in named if accepted(field, value)))
    return Partition((None, *texts, _unlike(texts)), alone=frozenset(range(1 + len(texts))))


def _unlike(texts: tuple[str, ...]) -> str:
    """A text that is none of *texts*."""
    other = "…"
    while other in texts:
        other += "…"
    return other


def _ordered(field: Field, named: tuple[Value, ...]) -> Partition:
    edges = tuple(sorted(set(named)))
    witnesses: list[Value | None] = [None]
    places: list[int] = []
    for value in _candidates(field, edges):
        if value is None or not accepted(field, value):
            places.append(-1)
        else:
            places.append(len(witnesses))
            witnesses.append(value)
    made = Partition(tuple(witnesses), edges, True, tuple(places))
    alone = (cell for cell, value in enumerate(witnesses) if value is None or _alone(field, made, cell, value))
    return attrs.evolve(made, alone=frozenset(alone))


def _alone(field: Field, made: Partition, cell: int, value: Value) -> bool:
    """Whether neither neighbour of *value* lies in its cell; of floats only an edge is known to have none."""
    if field.type == "float" or field.sealed:
        return not field.sealed and value in made.edges
    beside = (_moved(value, _STEPS[field.type], sign) for sign in (1, -1))
    return not any(v is not None and accepted(field, v) and made.index(v) == cell for v in beside)


def _candidates(field: Field, edges: tuple[Value, ...]) -> Iterable[Value | None]:
    """One value below the first edge, at it, between it and the next, and so on; None where there can be none."""
    step = _STEPS[field.type]
    if not edges:
        yield _inside(field, None, None, (_SOMEWHERE[field.type],))
        return
    yield _inside(field, None, edges[0], (_moved(edges[0], step, -1),))
    for number, edge in enumerate(edges):
        yield edge
        following = edges[number + 1] if number + 1 < len(edges) else None
        yield _inside(field, edge, following, (_moved(edge, step, 1), _middle(edge, following)))


def _inside(field: Field, low: Value | None, high: Value | None, near: tuple[Value | None, ...]) -> Value | None:
    """The first value between *low* and *high*, neither included, that the field accepts."""
    for value in (*near, field.minimum, field.maximum):
        if value is None or not accepted(field, value):
            continue
        if (low is None or value > low) and (high is None or value < high):  # type: ignore[operator]
            return value
    return None


def _middle(low: Value, high: Value | None) -> Value | None:
    return low + (high - low) / 2 if isinstance(low, float) and isinstance(high, float) else None


def _moved(value: Value, step: object, sign: int) -> Value | None:
    try:
        moved: Value = value + step if sign > 0 else value - step  # type: ignore[operator]
    except OverflowError:
        return None
    return moved


def accepted(field: Field, value: Value) -> bool:
    """Whether *field* takes *value*."""
    try:
        field.accept(value)
    except InvalidValue:
        return False
    return True
