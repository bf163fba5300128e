"""What a desk reads: balances, worklists, searches, and what a firing would do."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from casework.access import Reach, reaches
from casework.compiled import Compiled
from casework.condition.literal import checked
from casework.condition.tree import Condition, Differs, ElapsedRef, operands, walk
from casework.deciding import available
from casework.deciding.draft import account_keys
from casework.desk import firing
from casework.desk.engine import Engine, ManifestChanged
from casework.desk.firing import Loaded
from casework.desk.opening import children_of, registered, shown
from casework.desk.recording import weigh
from casework.desk.requests import Asked
from casework.desk.viewing import after, seen
from casework.errors import Refused, RowDamaged
from casework.model.actor import Actor, is_identifier
from casework.model.case import Case
from casework.model.decision import Decision
from casework.model.outfit import Worklist
from casework.model.refusal import HIDDEN_TEXT, Problem, Refusal
from casework.soundness import check_condition
from casework.soundness.truth import bound
from casework.storage.predicate import Asking
from casework.storage.search import Older, Scope
from casework.storage.sql.transaction import Transaction
from casework.text import Text
from casework.titles import roles_text

if TYPE_CHECKING:
    from casework.advising import Advice

log = logging.getLogger("casework.desk")

PAGE_LIMIT = 200
LOOKED = 400
"""How many configurations are looked at for what would help, unless somebody asks for more or less."""
_CURSOR_LIMIT = 400


@attrs.frozen
class Page:
    """Some cases in order. *more* says that there are others; *after* asks for them.

    *damaged* cases of the page cannot be read (F51); the application's log names them.
    """

    cases: tuple[Case, ...]
    more: bool
    after: str | None
    damaged: int = 0


def foreseen(
    engine: Engine, transaction: Transaction, actor: Actor, case: Case | str, asked: Asked, probing: bool = False
) -> tuple[Loaded, Decision]:
    """What firing would decide. Raises Refused where it would be refused."""
    loaded = firing.load(engine, transaction, actor, case)
    firing.stale(case, loaded.snapshot)
    firing.absent(engine, loaded.compiled, loaded.snapshot.id)
    move = firing.informed(engine, transaction, loaded, firing.moving(engine, actor, loaded, asked, probing=probing))
    weigh(engine, transaction, loaded.compiled, loaded.snapshot, move)
    decision = engine.decide(loaded.compiled, loaded.snapshot, move)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    children_of(engine, transaction, loaded.snapshot, move, decision)
    return loaded, decision


def outcome(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str, asked: Asked) -> Case:
    """The case as firing would leave it."""
    loaded, decision = foreseen(engine, transaction, actor, case, asked)
    snapshot = after(loaded.snapshot, decision, loaded.snapshot.revision + 1)
    return seen(transaction.shown, loaded.compiled, snapshot, loaded.roles)


def advised(
    engine: Engine, transaction: Transaction, actor: Actor, case: Case | str, trigger: str, reach: str, limit: int
) -> Advice:
    """What stands between the case and a *trigger*, or the state *reach*, and what would help."""
    # Whoever never asks does not wait until the explorer is imported.
    from casework.desk import advising

    loaded = firing.load(engine, transaction, actor, case)
    firing.stale(case, loaded.snapshot)
    firing.absent(engine, loaded.compiled, loaded.snapshot.id)
    return advising.advised(engine, transaction, actor, loaded, trigger=trigger, reach=reach, limit=limit)


def offered(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str) -> tuple[str, ...]:
    """The triggers that the actor may fire now, as far as can be told before a form is filled in."""
    loaded = firing.load(engine, transaction, actor, case)
    compiled, snapshot = loaded.compiled, loaded.snapshot
    if not engine.registered(compiled):
        return ()
    engine.store.weigh(transaction, compiled, snapshot, compiled.all_accounts, compiled.any_holds)
    move = firing.moving(engine, actor, loaded, Asked(kind="fire"))
    with engine.deciding():
        return available(compiled, snapshot, move)


def balances(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str) -> Mapping[tuple[str, str], int]:
    """What is left in each limited account that the actor may read, by account and kind."""
    loaded = firing.load(engine, transaction, actor, case)
    reads = loaded.compiled.access.reads_account
    readable = [item for item in loaded.compiled.accounts.values() if reads(item.name, loaded.roles)]
    limited = [account for account in readable if account.limited]
    keys = {key for account in limited for key in account_keys(account, loaded.snapshot, loaded.compiled)}
    left = engine.store.ledger.balances(transaction, actor.tenant, keys)
    return {(key.partition("|")[0], key.rpartition("|")[2]): left.get(key, 0) for key in sorted(keys)}


def worklist(
    engine: Engine, transaction: Transaction, actor: Actor, case_type: str, name: str, after: str | None, limit: int
) -> Page:
    """One page of a worklist."""
    compiled, found = _worklist(engine, actor, case_type, name)
    size = _size(limit)
    search, older = engine.store.search(compiled), _older(engine, transaction, compiled, actor)
    scope = _scope(engine, compiled, actor)
    rows = search.worklist(transaction, found, scope, _place(after), size + 1, older=older)
    return _page(engine, transaction, actor, rows, size)


def waiting(engine: Engine, transaction: Transaction, actor: Actor, case_type: str, name: str) -> int:
    """How many cases wait, capped."""
    compiled, found = _worklist(engine, actor, case_type, name)
    older = _older(engine, transaction, compiled, actor)
    return engine.store.search(compiled).count(transaction, found, _scope(engine, compiled, actor), older=older)


def _worklist(engine: Engine, actor: Actor, case_type: str, name: str) -> tuple[Compiled, Worklist]:
    compiled = registered(engine, case_type)
    found = compiled.worklists.get(name) if isinstance(name, str) else None
    if found is None:
        known = ", ".join(compiled.worklists) or "none"
        text = Text(f"there is no worklist {name!r}; there is {known}", f"没有待办“{shown(name)}”；现有：{known}")
        raise Refused(Refusal("not-found", text=text))
    if compiled.access.claimed(actor.all_roles).isdisjoint(found.roles):
        who = roles_text(compiled.titles, found.roles)
        text = Text(f"this worklist is for {who.en}", f"此待办由{who.zh}办理")
        raise Refused(Refusal("not-permitted", text=text, roles=found.roles))
    return compiled, found


def find(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    case_type: str,
    condition: Condition,
    *,
    open_only: bool,
    mine: bool,
    after: str | None,
    limit: int,
    at: datetime | None = None,
) -> Page:
    """One page of a search. Refused where the condition is unsound or asks for what the actor may not read.

    Time is asked for as it will be *at* that instant, or as it is now.
    """
    compiled = _searched(engine, transaction, case_type)
    problems = check_condition(compiled.case_type, condition)
    if problems:
        told = tuple(Problem(item.path, Text(item.message, item.message)) for item in problems)
        raise Refused(Refusal("invalid-form", problems=told))
    located = compiled.located(bound(condition, compiled.workflows))
    unkept = _unkept(engine, compiled, located)
    if unkept:
        raise Refused(Refusal("invalid-form", problems=unkept))
    if not compiled.access.tells(located, compiled.access.claimed(actor.all_roles)):
        raise Refused(Refusal("not-permitted", text=HIDDEN_TEXT))
    search, size = engine.store.search(compiled), _size(limit)
    rows = search.find(
        transaction,
        located,
        _scope(engine, compiled, actor, at),
        open_only=open_only,
        mine=mine,
        after=_place(after),
        limit=size + 1,
        older=_older(engine, transaction, compiled, actor, at),
    )
    return _page(engine, transaction, actor, rows, size)


def _searched(engine: Engine, transaction: Transaction, case_type: str) -> Compiled:
    """What cases of the type are searched by; where the type is not installed, the latest that cases are pinned to."""
    if not is_identifier(case_type) or case_type in engine.current:
        return registered(engine, case_type)
    digest = engine.store.newest(transaction, case_type)
    left = None if digest is None else engine.pinned(transaction, digest)
    return left or registered(engine, case_type)


def _unkept(engine: Engine, compiled: Compiled, condition: Condition) -> tuple[Problem, ...]:
    """What the current row of a case does not hold, because no condition of the case type asks for it."""
    kept = engine.store.cases(compiled).projection.by_part
    asked = [("marks", ref.mark) for ref in operands(condition) if isinstance(ref, ElapsedRef)]
    asked += [("acts", node.trigger) for node in walk(condition) if isinstance(node, Differs)]
    words = {"marks": Text("when it entered", "进入时间"), "acts": Text("who did", "办理人")}
    return tuple(
        Problem(
            name,
            Text(f"{words[part].en} {name!r} is not kept to search by", f"未保存“{name}”的{words[part].zh}，不能检索"),
        )
        for part, name in dict.fromkeys(asked)
        if (part, name) not in kept
    )


def _scope(engine: Engine, compiled: Compiled, actor: Actor, at: datetime | None = None) -> Scope:
    held = tuple(Reach(one.units, compiled.access.claimed(one.roles)) for one in reaches(actor, engine.units))
    return Scope(tenant=actor.tenant, asking=Asking(now=at or engine.clock.now(), person=actor.person, held=held))


def _older(
    engine: Engine, transaction: Transaction, compiled: Compiled, actor: Actor, at: datetime | None = None
) -> tuple[Older, ...]:
    """The other manifests that cases of the type may be pinned to; in a store that knows one, none."""
    found = []
    for digest in engine.store.manifests(transaction, compiled.case_type.name):
        # Cases of a manifest that was changed behind our back cannot be loaded, and are on no page.
        with suppress(ManifestChanged):
            other = None if digest == compiled.manifest.hash else engine.pinned(transaction, digest)
            if other is not None:
                found.append(Older(engine.store.past(other), _scope(engine, other, actor, at)))
    return tuple(found)


def _page(engine: Engine, transaction: Transaction, actor: Actor, rows: Sequence[tuple[int, str]], size: int) -> Page:
    cases, damaged = [], 0
    for _, case_id in rows[:size]:
        # A case that is pinned to an older manifest may be hidden by that one, or that one may have been changed
        # behind our back; it takes no page down with it.
        try:
            loaded = firing.load(engine, transaction, actor, case_id)
        except (Refused, ManifestChanged):
            continue
        except RowDamaged as fault:
            log.error("left out of a page: %s", fault, extra={"code": fault.code, "case": fault.case_id})
            damaged += 1
            continue
        cases.append(seen(transaction.shown, loaded.compiled, loaded.snapshot, loaded.roles))
    more = len(rows) > size
    return Page(tuple(cases), more, _cursor(rows[size - 1]) if more else None, damaged)


def _size(limit: int) -> int:
    if type(limit) is not int or not 1 <= limit <= PAGE_LIMIT:
        text = Text(f"limit: a page holds 1 to {PAGE_LIMIT} cases", f"每页1至{PAGE_LIMIT}件")
        raise Refused(Refusal("invalid-form", problems=(Problem("limit", text),)))
    return limit


def _cursor(row: tuple[int, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(row).encode()).decode()


def _place(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    try:
        number, case_id = json.loads(base64.urlsafe_b64decode(cursor[:_CURSOR_LIMIT]))
        if type(number) is int and isinstance(case_id, str):
            return int(str(checked(number))), str(checked(case_id))
    except (ValueError, TypeError, binascii.Error):
        pass
    text = Text("this is not the cursor of a page", "页标无效")
    raise Refused(Refusal("invalid-form", problems=(Problem("after", text),)))
