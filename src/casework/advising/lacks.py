"""What stands in the way of a trigger, clause by clause, each reduced to what does not hold of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from casework.advising.advice import Lack
from casework.advising.lacking import Alternative, either, first_moment, missing
from casework.advising.landmarks import Landmarks, union
from casework.advising.outlook import Outlook
from casework.advising.rooms import LEFT
from casework.advising.sight import Sight
from casework.advising.standing import Standing
from casework.compiled import Clause, CompiledTransition
from casework.condition import tree
from casework.condition.tree import All, Condition
from casework.deciding.choose import asked
from casework.deciding.draft import Draft, Stop
from casework.deciding.refuse import condition_text
from casework.model.case import Move
from casework.model.refusal import HIDDEN_TEXT, SENTENCES, Refusal
from casework.parts import Guard
from casework.text import Text

CHEAPEST = 3
"""Of alternatives that take equally few steps, so many are told."""

_FAR = 1 << 30


class Lacking:
    """What is lacking where a case stands as its asker may see it."""

    def __init__(self, sight: Sight, outlook: Outlook, here: Standing) -> None:
        self._sight, self._outlook, self._here = sight, outlook, here
        self._compiled = sight.compiled

    def of_trigger(self, trigger: str, candidates: tuple[CompiledTransition, ...]) -> tuple[Lack, ...]:
        """What stands in the way of one of *candidates*: that one in whose way there is least."""
        sight = self._sight
        move = Move(kind="fire", actor=sight.actor, now=sight.now, roles=sight.roles, trigger=trigger, probing=True)
        draft = Draft(self._compiled, self._here.case, move)
        return min((each_once(self._of(draft, item)) for item in candidates), key=len)

    def of_accounts(self, goal: Landmarks) -> tuple[Lack, ...]:
        """The accounts that leave too little: each that alone is in the way, or else all that are."""
        rooms, cells = self._outlook.rooms, self._outlook.cells(self._here)
        shut = {about: bit for bit in _bits(rooms.every & ~cells & goal.relevant) for about in rooms.barring(bit)}
        alone = [about for about, bit in shut.items() if goal.distance(cells | bit) is not None]
        return tuple(self._short(*about) for about in alone or shut)

    def _short(self, account: str, side: int) -> Lack:
        title = self._compiled.titles.text("account", account)
        left = Text(f"{title.en}: nothing is left", f"{title.zh}：已无余量")
        full = Text(f"{title.en}: there is no room for more", f"{title.zh}：已满")
        return Lack(text=left if side == LEFT else full, source="limit-reached")

    def _of(self, draft: Draft, item: CompiledTransition) -> Iterator[Lack]:
        if draft.states[item.workflow] not in item.sources:
            yield self._elsewhere(item)
        for clause in item.clauses:
            lack = self._clause(draft, clause)
            if lack is not None:
                yield lack
        rooms = self._outlook.rooms
        for about in rooms.barring(union(rooms.asked(item)) & ~rooms.open(self._here.case)):
            yield self._short(*about)
        for guard in item.guards:
            if not self._says_yes(draft, item, guard):
                text = guard.because or Text(f"{guard.name} says yes", f"“{guard.name}”成立")
                yield Lack(text=Text(text.in_("en"), text.in_("zh")), source=guard.name)

    def _elsewhere(self, item: CompiledTransition) -> Lack:
        left = tree.StateRef(item.workflow)
        states = [tree.Compare(left, "eq", state) for state in item.sources]
        condition = states[0] if len(states) == 1 else tree.Among(left, item.sources)
        return Lack(text=condition_text(self._compiled, condition), alternatives=tuple((state,) for state in states))

    def _clause(self, draft: Draft, clause: Clause) -> Lack | None:
        if not self._compiled.access.tells(clause.condition, self._sight.roles):
            return Lack(text=HIDDEN_TEXT, hidden=True, source=clause.source)
        ways = missing(clause.condition, draft)
        if frozenset() in ways:
            return None
        alternatives = self._cheapest(ways)
        reduced = either(alternatives) if alternatives else clause.condition
        return Lack(
            text=condition_text(self._compiled, reduced),
            alternatives=alternatives,
            unknown=clause.read(draft) is None,
            source=clause.source,
            because=clause.because,
            until=first_moment(alternatives, draft),
        )

    def _cheapest(self, ways: tuple[Alternative, ...]) -> tuple[tuple[Condition, ...], ...]:
        """The alternatives that take the fewest steps, as far as can be told without going them."""
        if len(ways) == 1:
            return (_ordered(ways[0]),)
        cells = self._outlook.cells(self._here)
        counted = []
        for way in ways:
            distance = self._outlook.towards(All(tuple(way))).distance(cells)
            counted.append((_FAR if distance is None else distance.steps, len(way), _ordered(way)))
        counted.sort(key=lambda item: item[:2])
        return tuple(way for far, _, way in counted if far == counted[0][0])[:CHEAPEST]

    def _says_yes(self, draft: Draft, item: CompiledTransition, guard: Guard) -> bool:
        if self._sight.leans_on_closed(attrs.evolve(item, guards=(guard,), effects=())):
            return False
        try:
            return asked(draft, item.workflow, guard)
        except Stop:
            return False


def _bits(facts: int) -> Iterator[int]:
    while facts:
        yield facts & -facts
        facts &= facts - 1


def barring(no: Refusal) -> tuple[Lack, ...]:
    """What deciding says where every clause holds: a limit, an invariant, a review, a part that is not there."""
    if no.unmet:
        return tuple(Lack(text=one.text, hidden=one.hidden, source=one.source or no.code) for one in no.unmet)
    return (Lack(text=no.text or SENTENCES[no.code], source=no.code),)


def each_once(lacks: Iterable[Lack]) -> tuple[Lack, ...]:
    """Of those that say the same one."""
    return tuple({(lack.text, lack.source): lack for lack in lacks}.values())


def _ordered(way: Alternative) -> tuple[Condition, ...]:
    return tuple(sorted(way, key=repr))
