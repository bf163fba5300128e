"""The smallest sets of conditions that would have to come about for a clause to hold: no more, and none that holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from casework.condition import tree
from casework.condition.evaluate import Facts, Verdict, reader
from casework.condition.tree import All, Any, Condition, Not, operands

ALTERNATIVES = 32
"""A clause with more alternatives is cut off there."""

Alternative = frozenset[Condition]


def missing(condition: Condition, facts: Facts) -> tuple[Alternative, ...]:
    """Each smallest set of leaves (or of their contraries) that do not hold and that together would do.

    What a form will say is taken to fit. One empty set: it holds; no set at all: nothing would do.
    """
    return _smallest(_ways(condition, facts, True))


def _ways(condition: Condition, facts: Facts, wanted: bool) -> list[Alternative]:
    match condition:
        case Not(term):
            return _ways(term, facts, not wanted)
        case tree.Optional(_, term):
            return _ways(term, facts, wanted)
        case All(terms) | Any(terms):
            every = isinstance(condition, All) is wanted
            return (_together if every else _either)([_ways(term, facts, wanted) for term in terms])
    if any(isinstance(operand, tree.GivenRef) for operand in operands(condition)):
        return [frozenset()]
    verdict: Verdict = reader(condition)(facts)
    return [frozenset()] if verdict is wanted else [frozenset({condition if wanted else Not(condition)})]


def _together(terms: Iterable[list[Alternative]]) -> list[Alternative]:
    found: list[Alternative] = [frozenset()]
    for term in terms:
        found = list(_smallest(one | other for one in found for other in term))
    return found


def _either(terms: Iterable[list[Alternative]]) -> list[Alternative]:
    return list(_smallest(way for term in terms for way in term))


def _smallest(ways: Iterable[Alternative]) -> tuple[Alternative, ...]:
    found: list[Alternative] = []
    for way in sorted(dict.fromkeys(ways), key=len):
        if not any(other <= way for other in found):
            found.append(way)
    return tuple(found[:ALTERNATIVES])


def moment(condition: Condition, facts: Facts) -> datetime | None:
    """When a leaf comes to hold by time alone; None where time does not bring it about."""
    match condition:
        case tree.Overdue(deadline):
            return facts.dues.get(deadline)
        case tree.Compare(tree.ElapsedRef(mark), "ge" | "eq", timedelta() as duration) | Not(
            tree.Compare(tree.ElapsedRef(mark), "lt", timedelta() as duration)
        ):
            return _ahead(facts, mark, duration)
        case tree.Compare(tree.ElapsedRef(mark), "gt", timedelta() as duration) | Not(
            tree.Compare(tree.ElapsedRef(mark), "le", timedelta() as duration)
        ):
            return _ahead(facts, mark, duration + timedelta.resolution)
    return None


def _ahead(facts: Facts, mark: str, duration: timedelta) -> datetime | None:
    entered = facts.marks.get(mark)
    return None if entered is None or entered + duration <= facts.now else entered + duration


def first_moment(alternatives: Iterable[Iterable[Condition]], facts: Facts) -> datetime | None:
    """When the first of *alternatives* comes to hold by time alone."""
    found = []
    for leaves in alternatives:
        moments = [moment(leaf, facts) for leaf in leaves]
        if moments and None not in moments:
            found.append(max(at for at in moments if at is not None))
    return min(found, default=None)


def either(alternatives: Iterable[Iterable[Condition]]) -> Condition:
    """The alternatives as one condition."""
    terms = [_one(tuple(leaves), All) for leaves in alternatives]
    return _one(tuple(terms), Any)


def _one(terms: tuple[Condition, ...], kind: Callable[[tuple[Condition, ...]], Condition]) -> Condition:
    return terms[0] if len(terms) == 1 else kind(terms)
