"""What conditions may come to where only the states of a case are known, and how its facts may lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from types import MappingProxyType

import attrs

from casework.condition import tree
from casework.condition.evaluate import OPERATIONS, Verdict
from casework.condition.tree import All, Among, Any, Compare, Condition, FieldRef, Known, Not, StateRef, walk
from casework.migrating.rules import Rule

Outcomes = frozenset[Verdict]
Assumed = Mapping[Condition, Verdict]

EITHER: Outcomes = frozenset({True, False})
ANYTHING: Outcomes = frozenset({True, False, None})
ASSUMPTIONS_LIMIT = 1_024
"""More ways for the facts of one state to lie are not told apart; each of them may hold, fail or be unknown then."""

_NOTHING: Assumed = MappingProxyType({})


def outcomes(condition: Condition, states: Mapping[str, str], assumed: Assumed = _NOTHING) -> Outcomes:
    """Every verdict that the condition may have in *states*, rather too many than too few."""
    match condition:
        case All(terms):
            return reduce(_both, (outcomes(term, states, assumed) for term in terms), frozenset({True}))
        case Any(terms):
            inverse = (_inverted(outcomes(term, states, assumed)) for term in terms)
            return _inverted(reduce(_both, inverse, frozenset({True})))
        case Not(term):
            return _inverted(outcomes(term, states, assumed))
        case tree.Optional(workflow, term):
            return outcomes(term, states, assumed) if workflow in states else frozenset({True})
        case Compare(StateRef(workflow), operator, right):
            return frozenset({OPERATIONS[operator](states.get(workflow, ""), right)})
        case Among(StateRef(workflow), values):
            return frozenset({states.get(workflow, "") in values})
    return _leaf(condition, assumed)


def _leaf(condition: Condition, assumed: Assumed) -> Outcomes:
    if condition in assumed:
        return frozenset({assumed[condition]})
    match condition:
        case Among(_, values) if not values:
            return frozenset({False})
        case Known() | tree.Overdue() | tree.HasRole():
            return EITHER
    return ANYTHING


def _inverted(found: Outcomes) -> Outcomes:
    return frozenset(None if verdict is None else not verdict for verdict in found)


def _both(left: Outcomes, right: Outcomes) -> Outcomes:
    return frozenset(
        False if False in (one, other) else None if None in (one, other) else True for one in left for other in right
    )


def assumptions(conditions: Iterable[Condition]) -> Sequence[Assumed]:
    """Every way in which the facts that *conditions* ask of fields may lie: unknown, or known with each answer."""
    asked: dict[str, dict[Condition, None]] = {}
    for condition in conditions:
        for node in walk(condition):
            if isinstance(node, Compare | Among | Known) and isinstance(node.left, FieldRef):
                asked.setdefault(node.left.name, {})[node] = None
    ways = 1
    for atoms in asked.values():
        ways *= 1 + 2 ** sum(not isinstance(atom, Known) for atom in atoms)
    if ways > ASSUMPTIONS_LIMIT:
        return (_NOTHING,)
    return tuple(_merged(one) for one in product(*(tuple(_lie(tuple(atoms))) for atoms in asked.values())))


def _lie(atoms: Sequence[Condition]) -> Iterator[Assumed]:
    asked = [atom for atom in atoms if not isinstance(atom, Known)]
    known = [atom for atom in atoms if isinstance(atom, Known)]
    yield {**dict.fromkeys(asked, None), **dict.fromkeys(known, False)}
    for answers in product((True, False), repeat=len(asked)):
        yield {**dict(zip(asked, answers, strict=True)), **dict.fromkeys(known, True)}


def _merged(parts: Iterable[Assumed]) -> Assumed:
    merged: dict[Condition, Verdict] = {}
    for part in parts:
        merged.update(part)
    return merged


@attrs.frozen
class Answers:
    """Where rules may lead: the *targets*; *unknown* are conditions that a missing fact may leave open.

    *none* says that no rule at all may hold.
    """

    targets: tuple[str | None, ...]
    unknown: tuple[Condition, ...]
    none: bool

    @property
    def sure(self) -> bool:
        """Whether some rule is always taken."""
        return not self.unknown and not self.none


def answers(rules: Sequence[Rule], states: Mapping[str, str]) -> Answers:
    """What asking *rules* in order may come to in *states*."""
    targets: dict[str | None, None] = {}
    unknown: dict[Condition, None] = {}
    none = False
    for assumed in assumptions(rule.condition for rule in rules):
        for rule in rules:
            found = outcomes(rule.condition, states, assumed)
            if True in found:
                targets[rule.target] = None
            if None in found:
                unknown[rule.condition] = None
            if False not in found:
                break
        else:
            none = True
    return Answers(tuple(targets), tuple(unknown), none)
