"""Put an answer together: what is lacking, the way from here, who could take it, and when time alone allows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from casework.advising.advice import Advice, Answer, Lack
from casework.advising.attempts import Attempts, Deed
from casework.advising.lacks import Lacking, barring, each_once
from casework.advising.landmarks import Landmarks, union
from casework.advising.outlook import Outlook, outlook, slots_of
from casework.advising.search import Node, Search, Seeker
from casework.advising.sight import Sight
from casework.advising.standing import Standing, instants, waited
from casework.advising.steps import Steps
from casework.advising.words import who_text
from casework.advising.world import closed_world
from casework.compiled import CompiledTransition
from casework.model.refusal import Refusal
from casework.text import Text

MOMENTS = 24
"""At how many instants it is looked whether time alone has brought it about."""


@attrs.frozen(kw_only=True)
class Wanted:
    """What is asked for: a *trigger* to be fired, or a *workflow* to be in a *state*."""

    trigger: str = ""
    workflow: str = ""
    state: str = ""


@attrs.frozen(eq=False)
class _Way:
    """The best that was found, and whether it leads there whatever is kept from the asker."""

    search: Search
    start: Standing
    nodes: tuple[Node, ...]
    sure: bool


def advise(sight: Sight, wanted: Wanted, *, limit: int) -> Advice:
    """Why not, and what would help, from what the asker may see alone; at most *limit* configurations are looked at."""
    return _Adviser(sight, wanted, outlook(sight.compiled), limit).advice()


class _Adviser:
    def __init__(self, sight: Sight, wanted: Wanted, view: Outlook, limit: int) -> None:
        self._sight, self._wanted, self._outlook, self._limit = sight, wanted, view, limit
        self._goal: Landmarks = (
            view.towards_trigger(wanted.trigger)
            if wanted.trigger
            else view.towards_state(wanted.workflow, wanted.state)
        )
        self._attempts = Attempts(view, self._goal)
        self._starts = sight.supposed(view, self._goal.relevant)

    def advice(self) -> Advice:
        """The answer."""
        sight, wanted, way = self._sight, self._wanted, self._way()
        end, answer = way.nodes[-1].here if way.nodes else way.start, self._answer(way)
        roles, together = self._who(end, bool(way.nodes)) if wanted.trigger else ((), ())
        return Advice(
            case_id=sight.case.id,
            revision=sight.case.revision,
            asked_at=sight.now,
            answer=answer,
            goal=self._title(),
            trigger=wanted.trigger,
            reach=f"{wanted.workflow}.{wanted.state}" if wanted.workflow else "",
            yours=bool(wanted.trigger) and bool(way.nodes) and self._by_asker(end),
            lacks=() if answer == "now" else self._lacks(way),
            roles=roles,
            who=who_text(sight.compiled, roles, together),
            units=sight.units,
            steps=Steps(sight, self._outlook, self._attempts, self._goes).told(way.nodes),
            at=self._moment() if answer != "now" else None,
            shortest=self._shortest(way),
            sure=way.sure,
            looked=way.search.looked,
            limit=self._limit,
        )

    def _answer(self, way: _Way) -> Answer:
        if way.nodes:
            return "now" if len(way.nodes) == 1 else "steps"
        outcome = way.search.outcome
        if way.search.exhausted and len(self._starts) == 1 and closed_world(self._outlook, self._goal, self._attempts):
            return "no way"
        return outcome if outcome in ("no way", "barred") else "not found"

    def _way(self) -> _Way:
        """The shortest way from how the case may stand, a sure one first; there is none only if none has one."""
        seeker = Seeker(self._outlook, self._goal, self._attempts, self._reached)
        share, found = max(self._limit // len(self._starts), 1), list[_Way]()
        for start in self._starts:
            search = seeker.search(start, share)
            nodes = search.node.way() if search.node is not None else ()
            found.append(_Way(search, start, nodes, self._sure(nodes)))
            if self._shortest(found[-1]):
                break
        order: dict[str, int] = {"found": 0, "not found": 1, "barred": 2, "no way": 3}
        best = min(found, key=lambda way: (order[way.search.outcome], len(way.nodes), not way.sure))
        looked = sum(way.search.looked for way in found)
        return attrs.evolve(best, search=attrs.evolve(best.search, looked=looked))

    def _shortest(self, way: _Way) -> bool:
        """Whether no shorter way exists, however the case may stand."""
        if not way.nodes or not way.search.shortest:
            return False
        kept = union(slot.mask for slot in slots_of(self._outlook.alphabet, sorted(self._sight.closed)))
        least = self._goal.distance(self._outlook.cells(way.start) | kept)
        return len(self._starts) == 1 or (least is not None and least.steps == len(way.nodes) - 1)

    def _title(self) -> Text:
        titles, wanted = self._sight.compiled.titles, self._wanted
        if wanted.trigger:
            return titles.text("trigger", wanted.trigger)
        return titles.text("state", f"{wanted.workflow}.{wanted.state}")

    def _reached(self, here: Standing) -> bool:
        wanted = self._wanted
        if wanted.trigger:
            return self._by_asker(here) or next(self._fired(here), None) is not None
        return here.case.states[wanted.workflow] == wanted.state

    def _by_asker(self, here: Standing) -> bool:
        """Whether the asker may fire it there, as themselves and with what they hold on the case."""
        sight = self._sight
        deeds = self._attempts.fired(here, self._wanted.trigger, [sight.actor], sight.roles)
        return next(deeds, None) is not None

    def _fired(self, here: Standing) -> Iterator[Deed]:
        """By somebody else whom the definition lets do it."""
        people = self._attempts.people(here, self._wanted.trigger)
        return (deed for deed, _ in self._attempts.fired(here, self._wanted.trigger, people))

    def _candidates(self, here: Standing) -> tuple[CompiledTransition, ...]:
        """The transitions that it is about: those that could be taken at the end of the way, or else all."""
        found = self._attempts.candidates(here, self._wanted.trigger)
        return found or self._sight.compiled.triggers[self._wanted.trigger].transitions

    def _who(self, end: Standing, reached: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The roles each of which is enough, or those that it takes together; without a way, those that are named."""
        named = tuple(sorted({role for item in self._candidates(end) for role in item.roles}))
        if not reached:
            return named, ()
        alone = tuple(role for role in named if self._enough(end, role))
        both = () if alone else next((tuple(sorted(deed.actor.roles)) for deed in self._fired(end) if deed.actor), ())
        return alone, both

    def _enough(self, here: Standing, role: str) -> bool:
        held = frozenset({role})
        if not self._sight.compiled.access.may("view", here.case.states, held):
            return False
        somebody = self._attempts.somebody(here, held)
        return next(self._attempts.fired(here, self._wanted.trigger, [somebody]), None) is not None

    def _lacks(self, way: _Way) -> tuple[Lack, ...]:
        lacking = Lacking(self._sight, self._outlook, way.start)
        short = lacking.of_accounts(self._goal) if way.search.outcome == "barred" else ()
        if not self._wanted.trigger:
            return short
        end = way.nodes[-1].here if way.nodes else way.search.refused or way.start
        lacks = lacking.of_trigger(self._wanted.trigger, self._candidates(end))
        return each_once((*lacks, *short, *self._refused(None if way.nodes else way.search.refused)))

    def _refused(self, here: Standing | None) -> Iterable[Lack]:
        """Why it is refused where nothing seems to be missing."""
        if here is None:
            return ()
        people = [self._sight.actor, *self._attempts.people(here, self._wanted.trigger)]
        refusals: Iterator[Refusal] = self._attempts.refused(here, self._wanted.trigger, people)
        return next((barring(no) for no in refusals if no.code not in ("not-permitted", "invalid-form")), ())

    def _moment(self) -> datetime | None:
        """When it can be done if nobody does anything, in every way in which the case may stand."""
        found = {self._allowed(start) for start in self._starts}
        return found.pop() if len(found) == 1 else None

    def _allowed(self, here: Standing) -> datetime | None:
        for _ in range(MOMENTS):
            at = min(instants(self._sight.compiled, self._outlook.alphabet, here), default=None)
            if at is None:
                return None
            here = waited(self._sight.compiled, here, at)
            if self._reached(here):
                return at
        return None

    def _sure(self, way: tuple[Node, ...]) -> bool:
        """Whether what is said holds whatever is kept from the asker."""
        sight, items = self._sight, self._looked_at(way)
        if not way:
            return not any(self._asks_closed(item) for item in items)
        if any(sight.leans_on_closed(item) for item in items) or self._clocks_ask_closed():
            return False
        cases = sight.possible(self._outlook, self._outlook.asked(items))
        deeds = tuple(node.deed for node in way if node.deed is not None)
        return cases is not None and all(self._goes(case, deeds) for case in cases)

    def _looked_at(self, way: tuple[Node, ...]) -> tuple[CompiledTransition, ...]:
        """Every transition that decides on the way: those of its triggers, and the automatic ones."""
        compiled = self._sight.compiled
        fired = {node.deed.name for node in way if node.deed is not None and node.deed.kind == "fire"}
        fired |= {self._wanted.trigger} - {""}
        items = [item for name in sorted(fired) for item in compiled.triggers[name].transitions]
        for workflow in compiled.workflows.values():
            items += [item for found in workflow.automatic.values() for item in found]
        return tuple(dict.fromkeys(items))

    def _asks_closed(self, item: CompiledTransition) -> bool:
        access, roles = self._sight.compiled.access, self._sight.roles
        return self._sight.leans_on_closed(item) or any(not access.tells(c.condition, roles) for c in item.clauses)

    def _clocks_ask_closed(self) -> bool:
        """Whether a deadline stands still, or does not apply, by what is kept from the asker."""
        compiled = self._sight.compiled
        deadlines = [deadline for workflow in compiled.workflows.values() for deadline in workflow.deadlines]
        asked = [condition for deadline in deadlines for condition in (deadline.pauses, deadline.applies)]
        rules = [rule for deadline in deadlines for rule in deadline.versions]
        asked += [condition for rule in rules for condition in (rule.pauses, rule.applies)]
        return not all(compiled.access.tells(compiled.located(each), self._sight.roles) for each in asked)

    def _goes(self, here: Standing, deeds: tuple[Deed, ...]) -> bool:
        """Whether those deeds lead from *here* to the goal."""
        for deed in deeds:
            onward = self._attempts.carried(here, deed)
            if onward is None:
                return False
            here = onward
        return self._reached(here)
