"""Who may ask for a trigger: every kind of person to whom it is another one, and what it looks at for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, islice, product

import attrs

from casework.exploring.passage import Passage
from casework.exploring.region import Reach

Roles = frozenset[str]
MENTIONED_LIMIT = 6
"""Of more roles than this that conditions of one trigger ask for, the others are held or not, as it likes."""
HOLDERS_LIMIT = 256
"""Among so many sets of roles the smallest are looked for."""


@attrs.frozen(kw_only=True)
class World:
    """Who there is: *roles* None is everybody; *alone* is one person, who is never another than who did it before."""

    roles: Roles | None = None
    alone: bool = False

    def holds(self, roles: Iterable[str]) -> Roles:
        """Those of *roles* that somebody has."""
        return frozenset(roles) if self.roles is None else self.roles.intersection(roles)


@attrs.frozen(eq=False)
class Offer:
    """One trigger for people who have all roles of one of *holders*: the transitions it looks at for them, in order.

    *roles* are those by which it is theirs. *free* is what passing slots may be for them. *states* are those on which
    it depends what comes of it.
    """

    trigger: str
    roles: Roles
    holders: tuple[Roles, ...]
    passages: tuple[Passage, ...]
    free: int
    states: int


def offers(
    world: World, manual: Sequence[Passage], viewers: Roles, states: Callable[[Passage], int]
) -> Iterator[Offer]:
    """Each trigger of *manual*, for every kind of person; whoever asks is one of *viewers* as well.

    *states* tells of a passage the states that matter to it.
    """
    for trigger in dict.fromkeys(each.item.transition.trigger for each in manual):
        candidates = [each for each in manual if each.item.transition.trigger == trigger]
        reach = candidates[0].reach
        mentioned = sorted(name for kind, name in reach.passing if kind == "role")
        kinds: dict[tuple[tuple[int, ...], Roles], list[tuple[str, Roles]]] = {}
        for told in _subsets(sorted(world.holds(mentioned))[:MENTIONED_LIMIT]):
            for role, person in _persons(world, candidates, frozenset(mentioned[:MENTIONED_LIMIT]), told, viewers):
                permitted = tuple(n for n, each in enumerate(candidates) if not each.item.roles.isdisjoint(person))
                kinds.setdefault((permitted, told), []).append((role, person))
        for (permitted, told), persons in kinds.items():
            passages = tuple(candidates[n] for n in permitted)
            yield Offer(
                trigger=trigger,
                roles=frozenset(role for role, _ in persons),
                holders=tuple(dict.fromkeys(sorted((p for _, p in persons), key=lambda p: (len(p), sorted(p))))),
                passages=passages,
                free=passing(world, reach) & _known(reach, told, mentioned[:MENTIONED_LIMIT]),
                states=union(map(states, passages)),
            )


def _persons(
    world: World, candidates: Sequence[Passage], mentioned: Roles, told: Roles, viewers: Roles
) -> Iterator[tuple[str, Roles]]:
    """A role by which some of *candidates* are permitted, with the fewest roles of a person who has *told* as well.

    Whoever has more is permitted more, and an earlier transition may be taken in the stead of the one that is wanted.
    """
    for role in sorted(world.holds(role for each in candidates for role in each.item.roles)):
        if role in mentioned and role not in told:
            continue
        person = told | {role}
        if not person.isdisjoint(viewers):
            yield role, person
            continue
        yield from ((role, person | {viewer}) for viewer in sorted(viewers - mentioned))


def holders(needed: Iterable[Roles]) -> tuple[Roles, ...]:
    """The fewest roles that have one of each of *needed*."""
    found = {frozenset(roles) for roles in islice(product(*map(sorted, needed)), HOLDERS_LIMIT)}
    return tuple(sorted(found, key=lambda roles: (len(roles), sorted(roles))))


def union(masks: Iterable[int]) -> int:
    """All bits of *masks*."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def _subsets(roles: Sequence[str]) -> Iterator[Roles]:
    for size in range(len(roles) + 1):
        yield from map(frozenset, combinations(roles, size))


def _known(reach: Reach, told: Roles, mentioned: Iterable[str]) -> int:
    """What the slots of roles may be of a person who has *told* and none else of those *mentioned*."""
    known = -1
    for name in mentioned:
        known &= ~reach.passing["role", name].bit(0 if name in told else 1)
    return known


def passing(world: World, reach: Reach) -> int:
    """What passing slots may be in *world*: who is alone is never another person, and has only these roles."""
    free = reach.free
    for (kind, name), slot in reach.passing.items():
        absent = kind == "role" and world.roles is not None and name not in world.roles
        if absent or (kind == "other person" and world.alone):
            free &= ~slot.bit(1)
    return free
