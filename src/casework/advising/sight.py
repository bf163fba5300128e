"""What somebody may see of a case, and nothing else: whoever advises them knows no more than they do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice, product

import attrs

from casework.advising.outlook import Outlook, slots_of
from casework.advising.standing import Standing
from casework.compiled import Compiled, CompiledTransition
from casework.exploring.alphabet import Slot
from casework.model.actor import Actor
from casework.model.case import Snapshot
from casework.model.command import Held, Post
from casework.model.outfit import Account
from casework.parts import EffectPart, Guard

SUPPOSED = 4
"""In so many ways it is supposed how the case may be where the asker may not see it."""
CERTAIN = 64
"""A way is sure where it leads on in every one of them, if they are no more than this."""
PLENTY = 1_000


@attrs.frozen(eq=False, kw_only=True)
class Sight:
    """A *case* without what *actor*, who holds *roles* on it, may not read: the fields and accounts of *closed*."""

    compiled: Compiled
    case: Snapshot
    now: datetime
    actor: Actor
    roles: frozenset[str]
    units: tuple[str, ...]
    closed: frozenset[str]

    def supposed(self, outlook: Outlook, asked: int) -> tuple[Standing, ...]:
        """The case as it may be, unknown first: what is in the slots of *asked* and kept from the asker is supposed."""
        slots = self._kept(outlook, asked)
        ways = min(SUPPOSED, max((len(self._cells(slot)) for slot in slots), default=1))
        choices = [[cells[way % len(cells)] for cells in map(self._cells, slots)] for way in range(ways)]
        return tuple(self._filled(outlook, slots, cells) for cells in choices)

    def possible(self, outlook: Outlook, asked: int) -> tuple[Standing, ...] | None:
        """The case in every way in which it may be, as far as the slots of *asked* can tell; None where too many."""
        slots = self._kept(outlook, asked)
        choices = list(islice(product(*map(self._cells, slots)), CERTAIN + 1))
        return None if len(choices) > CERTAIN else tuple(self._filled(outlook, slots, cells) for cells in choices)

    def _kept(self, outlook: Outlook, asked: int) -> list[Slot]:
        return [slot for slot in slots_of(outlook.alphabet, sorted(self.closed)) if slot.mask & asked]

    def _cells(self, slot: Slot) -> range:
        return range(1 if self.compiled.fields[slot.name].required else 0, slot.width)

    def _filled(self, outlook: Outlook, slots: Iterable[Slot], cells: Iterable[int]) -> Standing:
        partitions = outlook.alphabet.partitions
        values = {slot.name: partitions[slot.name].witnesses[cell] for slot, cell in zip(slots, cells, strict=True)}
        known = {name: value for name, value in values.items() if value is not None}
        return Standing(attrs.evolve(self.case, data={**self.case.data, **known}), self.now)

    def leans_on_closed(self, item: CompiledTransition) -> bool:
        """Whether what a transition does, or Python that decides on it, depends on something kept from the asker."""
        parts: list[Guard | EffectPart] = [*item.guards]
        parts += [effect for effect in item.effects if isinstance(effect, EffectPart)]
        names = {self.compiled.own_field(item.workflow, name) for part in parts for name in part.reads}
        for effect in item.effects:
            if isinstance(effect, EffectPart):
                names.update(effect.posts)
            if isinstance(effect, Post):
                names |= {effect.debit, effect.credit}
                names |= {effect.amount.name} if isinstance(effect.amount, Held) else set()
        return not self.closed.isdisjoint(names)


def sight_of(
    compiled: Compiled,
    snapshot: Snapshot,
    *,
    now: datetime,
    actor: Actor,
    roles: frozenset[str],
    units: tuple[str, ...],
) -> Sight:
    """What *actor* may see of a case. Values that they may not read are not in it, nor what accounts have left."""
    visible = compiled.access.visible(compiled.fields, roles)
    accounts = [
        account for account in compiled.accounts.values() if not compiled.access.reads_account(account.name, roles)
    ]
    shut = {account.name: account for account in accounts}
    case = attrs.evolve(
        snapshot,
        head=b"",
        data={name: value for name, value in snapshot.data.items() if name in visible},
        balances=dict(_balances(snapshot.balances, shut)),
        holds=tuple(
            attrs.evolve(hold, amount=1) if {name_of(hold.debit), name_of(hold.credit)} & shut.keys() else hold
            for hold in snapshot.holds
        ),
    )
    closed = frozenset(compiled.fields.keys() - visible) | shut.keys()
    return Sight(compiled=compiled, case=case, now=now, actor=actor, roles=roles, units=units, closed=closed)


def name_of(key: str) -> str:
    """The account that a full key is of."""
    return key.partition("|")[0]


def _balances(balances: Mapping[str, int], shut: Mapping[str, Account]) -> Iterable[tuple[str, int]]:
    for key, left in balances.items():
        account = shut.get(name_of(key))
        yield key, left if account is None else _plenty(account)


def _plenty(account: Account) -> int:
    """An amount that neither of an account's limits is near, if it may be so."""
    low, high = account.minimum, account.maximum
    if low is not None and high is not None:
        return (low + high) // 2
    return (low or 0) + PLENTY if high is None else high - PLENTY
