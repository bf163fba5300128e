"""Which cases are pinned to what, and whether the application still has what they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import attrs
from sqlalchemy import func, select

from casework.compiled import Compiled
from casework.errors import CaseworkError
from casework.model.command import Send
from casework.parts import EffectPart
from casework.storage import schema
from casework.storage.sql.transaction import Transaction

Standing = Literal["current", "older", "orphaned", "lost"]
ByHash = Callable[[Transaction, str], Compiled | None]


@attrs.frozen(kw_only=True)
class Pinned:
    """The cases of one case type under one manifest, all tenants together.

    They are *orphaned* where the case type is not installed, *lost* where the manifest cannot be read;
    *absent* are the parts that the manifest names and the application has not, *gone* the workflows that
    nobody attaches any more.
    """

    case_type: str
    manifest: str
    cases: int
    open: int
    standing: Standing
    absent: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def pinned_cases(transaction: Transaction, current: Mapping[str, Compiled], pinned: ByHash) -> list[Pinned]:
    """The cases of the store by case type and manifest, in order."""
    c = schema.case.c
    closed = func.count(c.closed_at)
    groups = select(c.case_type, c.manifest, func.count(), closed).group_by(c.case_type, c.manifest)
    found = []
    for name, digest, cases, ended in transaction.ask(groups.order_by(c.case_type, c.manifest)):
        compiled = _readable(transaction, pinned, digest)
        standing: Standing = "current"
        if compiled is None:
            standing = "lost"
        elif name not in current:
            standing = "orphaned"
        elif current[name].manifest.hash != digest:
            standing = "older"
        found.append(
            Pinned(
                case_type=name,
                manifest=digest,
                cases=cases,
                open=cases - ended,
                standing=standing,
                absent=() if compiled is None else absent_parts(compiled),
                gone=_gone(compiled, current.get(name)),
            )
        )
    return found


def _gone(compiled: Compiled | None, current: Compiled | None) -> tuple[str, ...]:
    """The workflows of a manifest that the present one of the case type has not."""
    if compiled is None or current is None:
        return ()
    return tuple(name for name in compiled.workflows if name not in current.workflows)


def _readable(transaction: Transaction, pinned: ByHash, digest: str) -> Compiled | None:
    try:
        return pinned(transaction, digest)
    except (CaseworkError, ValueError, KeyError):
        return None


def absent_parts(compiled: Compiled) -> tuple[str, ...]:
    """The guards, effects and channels that a manifest names and the application has not."""
    transitions = [item for workflow in compiled.workflows.values() for item in workflow.transitions]
    names = {name for item in transitions for name in item.absent}
    for effect in (effect for item in transitions for effect in item.effects):
        if isinstance(effect, Send):
            names |= {effect.channel} - compiled.channels.keys()
        elif isinstance(effect, EffectPart):
            names |= set(effect.sends) - compiled.channels.keys()
    return tuple(sorted(names))
