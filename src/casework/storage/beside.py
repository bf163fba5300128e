"""Verify what stands beside a case and beside all of them: postings, timers, roles, messages, children; then
balances, requests, manifests, and rows that belong to nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Table, and_, func, select

from casework.clock import to_micros
from casework.compiled import Compiled
from casework.deciding.clocks import PENDING, timers
from casework.deciding.erasing import due_at
from casework.deciding.retaining import RETENTION
from casework.errors import KeysMismatch, SealBroken
from casework.keys.sealing import is_sealed
from casework.model.case import Snapshot
from casework.storage import schema
from casework.storage.cases import keyed
from casework.storage.fault import Fault
from casework.storage.log import Frame, parsed
from casework.storage.messages import MessageKey, unpacked
from casework.storage.projection import Projection
from casework.storage.sealing import Seals
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction
from casework.storage.store import RECHECK

Lines = dict[Any, tuple[Any, ...]]


class Known:
    """What the cases taught on the way: the bounds of every account with limits, and the tables of current rows."""

    def __init__(self) -> None:
        self.bounds: dict[tuple[str, str], set[tuple[int | None, int | None]]] = {}
        self.projections: dict[str, Projection] = {}

    def add(self, compiled: Compiled, projection: Projection) -> None:
        """One more manifest that cases are pinned to."""
        self.projections.setdefault(projection.name, projection)

    def posted(self, compiled: Compiled, tenant: str, keys: Iterable[str]) -> None:
        """The accounts that a case posted to."""
        for key in keys:
            account = compiled.accounts.get(key.partition("|")[0])
            if account is not None and account.limited:
                self.bounds.setdefault((tenant, key), set()).add((account.minimum, account.maximum))


class Beside:
    """The rows of one case in every other table, compared with its log."""

    def __init__(self, dialect: Dialect, seals: Seals) -> None:
        self._seals = seals
        self._of = {
            table: Prepared(
                select(*(table.c[name] for name in names)).where(keyed(table, "tenant", "case_id")), dialect
            )
            for table, names in _COLUMNS.items()
        }
        case = schema.case
        self._child = Prepared(select(case.c.id).where(keyed(case, "tenant", "id")), dialect)

    def compare(
        self,
        transaction: Transaction,
        compiled: Compiled,
        told: Snapshot,
        frames: Sequence[Frame],
        known: Known,
        lived: Sequence[Compiled] = (),
    ) -> list[Fault]:
        """Every table in turn; of each the first bad entry. *lived* are all manifests that the case was pinned to."""

        def rows(table: Table) -> Sequence[Any]:
            return transaction.run(self._of[table], {"b_tenant": told.tenant, "b_case_id": told.id}).fetchall()

        postings, messages = _postings(frames), _messages(frames)
        for manifest in lived or (compiled,):
            known.posted(manifest, told.tenant, (end for line in postings.values() for end in _moved_ends(line)))
        found = [
            _first("postings", postings, {(r[0], r[1]): tuple(r[2:]) for r in rows(schema.posting)}),
            _first(
                "messages",
                messages,
                {(r[0], r[1]): (r[2], self._names(transaction, told, r, messages)) for r in rows(schema.message)},
            ),
            _first("roles on the case", _roles(frames), {(r[0], r[1]): (r[2],) for r in rows(schema.assignment)}),
            _first("broken glasses", _glasses(frames), {(r[0],): tuple(r[1:]) for r in rows(schema.glass)}),
            _timers(compiled, told, frames, dict(map(tuple, rows(schema.timer)))),
            self._children(transaction, told, frames),
        ]
        return [Fault(told.tenant, told.id, *item) for item in found if item is not None]

    def _names(self, transaction: Transaction, case: Snapshot, row: Any, told: Lines) -> list[str] | None:
        """What a message is about; one whose body was erased, or left sealed for want of keys, still counts."""
        number, line, channel, stored = row[0], row[1], row[2], bytes(row[3])
        names, known = told.get((number, line)), None
        if stored and not (is_sealed(stored) and self._seals.keys is None):
            key = MessageKey(case.tenant, case.id, number, line)
            try:
                known = unpacked(self._seals, transaction, key, channel, "", stored).body
            except (SealBroken, KeysMismatch):
                return None
        if known is None or (not known and is_sealed(stored)):
            return None if names is None else list(names[1])
        return sorted(name for name, _ in known)

    def _children(self, transaction: Transaction, told: Snapshot, frames: Sequence[Frame]) -> tuple[int, str] | None:
        for frame in frames:
            for _, case_id, _ in frame.content.get("opens", ()):
                key = {"b_tenant": told.tenant, "b_id": case_id}
                found = transaction.run(self._child, key).fetchone()
                if found is None:
                    return frame.number, f"the case {case_id} that it opened is not there"
        return None


_COLUMNS = {
    schema.posting: ("number", "line", "debit", "credit", "commodity", "amount", "hold", "state"),
    schema.message: ("number", "line", "channel", "body"),
    schema.assignment: ("role", "person", "number"),
    schema.timer: ("name", "due_at"),
    schema.glass: ("number", "person", "until", "review"),
}


def _first(what: str, told: Lines, found: Lines) -> tuple[int, str] | None:
    """The first entry whose lines are not those that are stored; a line that nobody wrote counts by its own number."""
    bad = [key for key in told.keys() | found.keys() if told.get(key) != found.get(key)]
    numbers = [_number(key, told.get(key) or found[key]) for key in bad]
    return (min(numbers), f"the {what} differ from the log") if numbers else None


def _number(key: tuple[Any, ...], line: tuple[Any, ...]) -> int:
    return int(key[0]) if isinstance(key[0], int) else int(line[0])


def _postings(frames: Sequence[Frame]) -> Lines:
    lines: Lines = {}
    for frame in frames:
        for line, post in enumerate(frame.content.get("posts", ())):
            lines[frame.number, line] = (*post, "posted" if post[4] is None else "pending")
        for part, state in (("settled", "settled"), ("void", "voided")):
            for _, number, line in frame.content.get(part, ()):
                lines[number, line] = (*lines[number, line][:5], state)
    return lines


def _moved_ends(line: tuple[Any, ...]) -> tuple[str, ...]:
    # A reservation leaves its debit at once and reaches its credit only when it is settled.
    return line[:2] if line[5] in ("posted", "settled") else line[:1]


def _messages(frames: Sequence[Frame]) -> Lines:
    return {
        (frame.number, line): (channel, names)
        for frame in frames
        for line, (channel, names) in enumerate(frame.content.get("sends", ()))
    }


def _roles(frames: Sequence[Frame]) -> Lines:
    held: dict[str, tuple[str, int]] = {}
    for frame in frames:
        for role, person in frame.content.get("assigns", ()):
            held.pop(role, None)
            if person is not None:
                held[role] = (person, frame.number)
    return {(role, person): (number,) for role, (person, number) in held.items()}


def _glasses(frames: Sequence[Frame]) -> Lines:
    lines: Lines = {}
    for frame in frames:
        if "breaks" in frame.content:
            lines[(frame.number,)] = (frame.content["actor"][1], frame.content["breaks"], None)
        if "reviews" in frame.content:
            key = (frame.content["reviews"],)
            lines[key] = (*lines[key][:2], frame.number)
    return lines


def _timers(
    compiled: Compiled, told: Snapshot, frames: Sequence[Frame], armed: Mapping[str, int]
) -> tuple[int, str] | None:
    """A timer belongs to the case as it stands, and a deadline has its timer until that has fired."""
    running = {name: to_micros(due) for name, due in timers(compiled, told).items()}
    opened = {item[1] for frame in frames for item in frame.content.get("opens", ())}
    kept_until = due_at(compiled.case_type, told.closed_at)
    if kept_until is not None:
        running[RETENTION] = to_micros(kept_until)
    for name, due in armed.items():
        rechecks = name.startswith(RECHECK) and name.removeprefix(RECHECK) in opened
        # One that looks for a calendar comes again each day until it is published.
        looks = name.startswith(PENDING) and running.get(name, due + 1) <= due
        if not rechecks and not looks and running.get(name) != due:
            return frames[-1].number, f"the timer {name!r} belongs to no state of the case"
    fired = [(frame.content["cause"][1], to_micros(frame.at)) for frame in frames if "cause" in frame.content]
    fired += [
        (name, to_micros(frame.at))
        for frame in frames
        for name in frame.content.get("adopts", {}).get("map", {}).get("rung", ())
    ]
    for name in told.dues:
        if name not in armed and not any(who == name and at >= running[name] for who, at in fired):
            return frames[-1].number, f"the timer {name!r} is missing"
    return None


def store_wide(transaction: Transaction, known: Known) -> list[Fault]:
    """What no case can tell by itself."""
    found = [*_strays(transaction, known), *_requests(transaction)]
    return [*found, *_balances(transaction, known)]


def manifests(transaction: Transaction) -> Iterator[Fault]:
    """The documents that are no longer what their hashes say."""
    table = schema.manifest.c
    for digest, document in transaction.ask(select(table.hash, table.document)):
        if hashlib.sha256(document.encode()).hexdigest() != digest:
            yield Fault("", "", 0, f"the manifest {digest} was changed")


def _strays(transaction: Transaction, known: Known) -> Iterator[Fault]:
    """Rows beside a case that is not there."""
    case = schema.case.c
    tables = [schema.entry, schema.posting, schema.timer, schema.assignment, schema.message, schema.request]
    tables.append(schema.glass)
    keyed_by = [(table, table.c.tenant, table.c.case_id) for table in tables]
    keyed_by += [(p.table, p.table.c.case__tenant, p.table.c.case__id) for p in known.projections.values()]
    for table, tenant, case_id in keyed_by:
        joined = table.outerjoin(schema.case, and_(case.tenant == tenant, case.id == case_id))
        statement = select(tenant, case_id).select_from(joined).where(case.id.is_(None)).distinct().limit(100)
        for row in transaction.ask(statement):
            yield Fault(row[0], row[1], 1, f"there are rows in {table.name} and no such case")


def _requests(transaction: Transaction) -> Iterator[Fault]:
    """A request names an entry of the one who asked."""
    asked, entry = schema.request.c, schema.entry.c
    same = and_(entry.tenant == asked.tenant, entry.case_id == asked.case_id, entry.number == asked.number)
    joined = schema.request.outerjoin(schema.entry, same)
    columns = (asked.tenant, asked.case_id, asked.number, asked.actor, entry.body)
    for tenant, case_id, number, actor, body in transaction.each(select(*columns).select_from(joined)):
        if body is None or _actor(body) != actor:
            yield Fault(tenant, case_id, number, "a request names it that is not of whoever acted")


def _actor(body: bytes) -> str:
    try:
        return str(parsed(bytes(body)).content["actor"][0])
    except (ValueError, LookupError, TypeError):
        return ""


_HALF = 2**32
"""Amounts are summed in two halves: a changed one may be so large that a sum of 64 bits runs over."""


def _balances(transaction: Transaction, known: Known) -> Iterator[Fault]:
    """What an account with limits has left is what its postings put into it; bounds are those of the definition."""
    missing = set(known.bounds)
    for tenant, account, amount, low, high, *sums in transaction.ask(_summed()):
        missing.discard((tenant, account))
        came_high, came_low, went_high, went_low = (int(item or 0) for item in sums)
        given = (came_high - went_high) * _HALF + came_low - went_low
        if given != amount:
            yield Fault(tenant, "", 0, f"the account {account!r} holds {amount}, its postings give {given}")
        bounds = known.bounds.get((tenant, account))
        if bounds is not None and (low, high) not in {_held(*item, amount) for item in bounds}:
            yield Fault(tenant, "", 0, f"the account {account!r} has other limits than its definition")
    for tenant, account in sorted(missing):
        yield Fault(tenant, "", 0, f"the account {account!r} has postings and no balance")


def _held(low: int | None, high: int | None, amount: int) -> tuple[int | None, int | None]:
    """The limits that are kept for an account that stands at *amount*; beyond one it is held to where it stands."""
    return None if low is None else min(low, amount), None if high is None else max(high, amount)


def _summed() -> Any:
    balance, posting = schema.balance.c, schema.posting.c

    def total(end: Any, state: Any) -> Any:
        halves = (func.sum(posting.amount // _HALF).label("high"), func.sum(posting.amount % _HALF).label("low"))
        return (
            select(posting.tenant, end.label("account"), *halves).where(state).group_by(posting.tenant, end).subquery()
        )

    came = total(posting.credit, posting.state.in_(("posted", "settled")))
    went = total(posting.debit, posting.state != "voided")
    joined = schema.balance
    for part in (came, went):
        same = and_(part.c.tenant == balance.tenant, part.c.account == balance.account)
        joined = joined.outerjoin(part, same)  # type: ignore[assignment]
    columns = (balance.tenant, balance.account, balance.amount, balance.minimum, balance.maximum)
    sums = (came.c.high, came.c.low, went.c.high, went.c.low)
    return select(*columns, *sums).select_from(joined).order_by(balance.tenant, balance.account)
