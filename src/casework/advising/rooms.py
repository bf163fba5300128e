"""Accounts with limits, told as facts: whether there is anything left to take from one, and room to put into it."""

from __future__ import annotations

from collections.abc import Iterator

from casework.advising.landmarks import union
from casework.compiled import Compiled, CompiledTransition
from casework.model.case import Snapshot
from casework.model.command import Post, Settle, Void
from casework.model.outfit import Account
from casework.parts import EffectPart

LEFT, ROOM = 0, 1
"""Something is left to take; something more can be put in."""


class Rooms:
    """A bit for each such fact, from *offset* on. One that no limit bars has no bit."""

    def __init__(self, compiled: Compiled, offset: int) -> None:
        self._compiled = compiled
        self._bits: dict[tuple[str, int], int] = {}
        for account in compiled.accounts.values():
            for side, limit in ((LEFT, account.minimum), (ROOM, account.maximum)):
                if limit is not None:
                    self._bits[account.name, side] = 1 << (offset + len(self._bits))
        self.width = offset + len(self._bits)
        self.every = union(self._bits.values())
        self._held = {post.hold: post for post in self._posts() if post.hold is not None}

    def _posts(self) -> Iterator[Post]:
        for workflow in self._compiled.workflows.values():
            for item in workflow.transitions:
                yield from (effect for effect in item.effects if isinstance(effect, Post))

    def asked(self, item: CompiledTransition) -> tuple[int, ...]:
        """What a transition takes for granted of accounts, each as one bit, but for what it brings about itself."""
        bits = 0
        for effect in item.effects:
            if isinstance(effect, Post):
                bits |= self._bit(effect.debit, LEFT) | (self._bit(effect.credit, ROOM) if effect.hold is None else 0)
            elif isinstance(effect, Settle) and effect.hold in self._held:
                bits |= self._bit(self._held[effect.hold].credit, ROOM)
        bits &= ~self.brought(item)
        return tuple(bit for bit in self._bits.values() if bit & bits)

    def brought(self, item: CompiledTransition) -> int:
        """What there may be of accounts once a transition has been taken."""
        bits = 0
        for effect in item.effects:
            if isinstance(effect, Post):
                bits |= self._bit(effect.debit, ROOM) | (self._bit(effect.credit, LEFT) if effect.hold is None else 0)
            elif isinstance(effect, Settle) and effect.hold in self._held:
                bits |= self._bit(self._held[effect.hold].credit, LEFT)
            elif isinstance(effect, Void) and effect.hold in self._held:
                bits |= self._bit(self._held[effect.hold].debit, LEFT)
            elif isinstance(effect, EffectPart):
                bits |= union(self._bit(name, LEFT) | self._bit(name, ROOM) for name in effect.posts)
        return bits

    def _bit(self, account: str, side: int) -> int:
        return self._bits.get((account, side), 0)

    def open(self, case: Snapshot) -> int:
        """The facts that hold of a case: of an account by kinds where they hold of one kind, or are not known."""
        held: dict[str, list[int]] = {}
        for key, left in case.balances.items():
            held.setdefault(key.partition("|")[0], []).append(left)
        accounts = self._compiled.accounts
        found = 0
        for (name, side), bit in self._bits.items():
            if name not in held or any(_allows(accounts[name], side, left) for left in held[name]):
                found |= bit
        return found

    def barring(self, facts: int) -> Iterator[tuple[str, int]]:
        """The accounts that *facts* are about, each with its side."""
        yield from (about for about, bit in self._bits.items() if bit & facts)


def _allows(account: Account, side: int, left: int) -> bool:
    if side == LEFT:
        return account.minimum is None or left > account.minimum
    return account.maximum is None or left < account.maximum
