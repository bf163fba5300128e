"""Take in a message of somebody else: verified, once for each id, applied to cases or parked with its reason."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, Literal

import attrs

from casework.channels.failures import Forged, Park
from casework.clock import to_micros
from casework.desk.desk import Desk
from casework.desk.engine import Engine
from casework.desk.record import parse, value_of
from casework.errors import InvalidValue, Reentered, Refused, SetupError, StoreMismatch, StoreUnavailable
from casework.model.actor import is_identifier
from casework.model.fields import Field
from casework.parts import Inbound, Incoming
from casework.storage.inbox import INBOX_STATES, InboxRow, InboxState
from casework.storage.sql.transaction import Transaction

log = logging.getLogger("casework.inbox")

DEPTH_LIMIT = 32
PROBLEM_LIMIT = 200
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
PAGE = 200

Outcome = Literal["applied", "parked", "dropped", "repeated", "refused"]
_ERASED = "refused: erased"
"""The problem of a message about somebody who was erased; what it says is not kept, not even for somebody to look."""
_NOT_FOUND, _TOO_LARGE, _UNSIGNED, _UNREADABLE, _REUSED, _UNAVAILABLE = 404, 413, 401, 400, 409, 503


@attrs.frozen(kw_only=True)
class Received:
    """What became of a message, and the *status* of HTTP that tells its sender so.

    One that is *parked* is kept and answered like one that was *applied*: the sender has done what it can. So is one
    that is *dropped*, for it is about somebody who was erased. One that is *repeated* was received before. Only what
    is *refused* is not kept; *problem* says why, for whoever runs this.
    """

    state: Outcome
    status: int
    id: str = ""
    problem: str = ""


@attrs.frozen(kw_only=True)
class Reconsidered:
    """What became of parked messages that were tried again; *failed* ones stay parked."""

    applied: int = 0
    failed: int = 0


def receive(engine: Engine, source: str, headers: Mapping[str, str], body: bytes) -> Received:
    """Verify a message and take it in; see Casework.receive."""
    inbound = engine.inbound.get(source)
    if inbound is None:
        return _refused(_NOT_FOUND, "there is no such source")
    if len(body) > inbound.limit:
        return _refused(_TOO_LARGE, f"it has more than {inbound.limit:,} bytes", source)
    now = engine.clock.now()
    try:
        message_id = inbound.check(headers, body, now)
    except Forged as error:
        return _refused(_UNSIGNED, str(error), source)
    except SetupError as error:
        # Ours to mend: the sender is asked to come again.
        return _refused(_UNAVAILABLE, str(error), source)
    try:
        incoming = read(inbound, message_id, body, now)
    except InvalidValue as error:
        return _refused(_UNREADABLE, str(error), source, message_id)
    try:
        return engine.store.transactions.carried(lambda going: _kept(engine, going, inbound, incoming, body))
    except (StoreUnavailable, Refused):
        # Whether it was kept or not: the sender comes again with the same id, and is told then.
        return _refused(_UNAVAILABLE, "the store cannot be used just now", source, message_id)


def _refused(status: int, problem: str, source: str = "", message_id: str = "") -> Received:
    log.warning("a message from %s was refused: %s", source or "nobody we know", problem)
    return Received(state="refused", status=status, id=message_id, problem=problem)


def read(inbound: Inbound, message_id: str, body: bytes, now: datetime) -> Incoming:
    """A body as what it says: one strict JSON object with its ``type``, ``timestamp`` and ``data``, all optional.

    Without data they are the whole object, without a time it is *now*. Raises InvalidValue with what is wrong.
    """
    try:
        content = parse(body)
    except Refused as no:
        raise InvalidValue("", no.refusal.sentence("en")) from None
    _plain(content, DEPTH_LIMIT)
    kind = content.get("type", "")
    if kind != "" and not is_identifier(kind):
        raise InvalidValue("type", "takes a printable text of 1 to 128 characters")
    data = content.get("data", content)
    if not isinstance(data, Mapping):
        raise InvalidValue("data", "takes an object of names and values")
    sent_at = _instant(content.get("timestamp"), now)
    return Incoming(source=inbound.name, id=message_id, kind=str(kind), sent_at=sent_at, received_at=now, data=data)


def _instant(told: object, now: datetime) -> datetime:
    """When it happened as the sender says; the present, where that is no instant as we know them."""
    try:
        found = value_of(Field("timestamp", "instant"), told)
    except InvalidValue:
        return now
    assert isinstance(found, datetime)
    return found


def _plain(content: object, depth: int) -> None:
    """Raise where nobody should have to look: too deep, or a number that overflowed."""
    if isinstance(content, Mapping | list):
        if depth == 0:
            raise InvalidValue("", f"it is nested more than {DEPTH_LIMIT} deep")
        for inner in content.values() if isinstance(content, Mapping) else content:
            _plain(inner, depth - 1)
    elif isinstance(content, float) and not isfinite(content):
        raise InvalidValue("", "it holds a number beyond what can be held")


def _kept(engine: Engine, transaction: Transaction, inbound: Inbound, incoming: Incoming, body: bytes) -> Received:
    digest = hashlib.sha256(body).digest()
    row = InboxRow(
        tenant=inbound.actor.tenant,
        source=incoming.source,
        id=incoming.id,
        kind=incoming.kind,
        sent_at=incoming.sent_at,
        received_at=incoming.received_at,
        state="applied",
        problem="",
        attempts=1,
        settled_at=incoming.received_at,
        settled_by=inbound.actor.id,
    )
    inbox = engine.store.inbox
    if not inbox.claim(transaction, row, digest):
        found = inbox.find(transaction, row.tenant, row.source, row.id)
        if found is None or not inbox.same(transaction, row.tenant, found[1], digest):
            return _refused(_REUSED, "its id came with another body before", incoming.source, incoming.id)
        return Received(state="repeated", status=200, id=incoming.id, problem=found[0].problem)
    problem = _taken(engine, transaction, inbound, incoming)
    if problem is None:
        inbox.awaken(transaction, row.tenant, row.source, incoming.received_at)
        return Received(state="applied", status=200, id=incoming.id)
    if problem == _ERASED:
        inbox.settle(transaction, _of_the_erased(row))
        return Received(state="dropped", status=202, id=incoming.id, problem=problem)
    inbox.settle(transaction, _parked(row, problem), body, _next_at(incoming.received_at, 1))
    return Received(state="parked", status=202, id=incoming.id, problem=problem)


def _taken(engine: Engine, transaction: Transaction, inbound: Inbound, incoming: Incoming) -> str | None:
    """Let the source's function act; None where it did, else why nothing was done. What it did is taken back then."""
    take = inbound.takes.get(incoming.kind)
    if take is None:
        return "kind-unknown"
    try:
        with transaction.whole():
            take(Desk(engine, inbound.actor, transaction), incoming)
    except Refused as no:
        if no.refusal.code in ("store-unavailable", "outcome-unknown"):
            raise  # that is about the store, and the sender tries again
        log.warning("a message from %s is parked: refused as %s", incoming.source, no.refusal.code)
        return f"refused: {no.refusal.code}"
    except Park as park:
        return f"asked: {park.because}"[:PROBLEM_LIMIT]
    except (StoreUnavailable, StoreMismatch, SetupError, Reentered, MemoryError):
        raise
    except Exception as error:
        log.error("what takes messages from %s failed: %s", incoming.source, type(error).__name__)
        return f"failed: {type(error).__name__}"
    return None


def _parked(row: InboxRow, problem: str) -> InboxRow:
    return attrs.evolve(row, state="parked", problem=problem, settled_at=None, settled_by="")


def _of_the_erased(row: InboxRow) -> InboxRow:
    return attrs.evolve(row, state="dropped", problem=_ERASED)


def _next_at(now: datetime, attempts: int) -> int:
    return to_micros(now + min(FIRST_PAUSE * 2 ** min(attempts - 1, 16), LONGEST_PAUSE))


def reconsider(engine: Engine, source: str | None, *, everything: bool, limit: int) -> Reconsidered:
    """Try parked messages again, in the order in which they were sent; see Casework.reconsider."""
    now = engine.clock.now()
    sources = [name for name in engine.inbound if source in (None, name)]
    tried: dict[tuple[str, str, str], InboxState] = {}
    due, applied = everything, 0
    # What one message did may be what another one waited for, so that they are gone through until nothing moves.
    while done := _once(engine, sources, None if due else now, limit, tried):
        due, applied = True, applied + done
    for name in sources:
        _forget(engine, engine.inbound[name], now)
    return Reconsidered(applied=applied, failed=list(tried.values()).count("parked"))


def _once(
    engine: Engine,
    sources: list[str],
    until: datetime | None,
    limit: int,
    tried: dict[tuple[str, str, str], InboxState],
) -> int:
    """Try each of at most *limit* messages once; answers with how many were applied."""
    done, seen = 0, 0
    last: InboxRow | None = None
    while sources and seen < limit:
        with engine.store.transactions.read() as transaction:
            rows = engine.store.inbox.due(transaction, sources, until, last, min(PAGE, limit - seen))
        for row in rows:
            key = (row.tenant, row.source, row.id)
            tried[key] = _again(engine, row, counts=key not in tried)
            done += tried[key] == "applied"
        if not rows:
            break
        seen, last = seen + len(rows), rows[-1]
    return done


def _again(engine: Engine, row: InboxRow, *, counts: bool) -> InboxState:
    """Try one parked message and tell its state; where it *counts* as an attempt, the pause to the next one grows."""
    inbound, now = engine.inbound[row.source], engine.clock.now()

    def work(transaction: Transaction) -> InboxState:
        found = engine.store.inbox.find(transaction, row.tenant, row.source, row.id)
        if found is None or found[0].state != "parked" or row.tenant != inbound.actor.tenant:
            return "parked"
        kept, _, body = found
        if body is None:
            return "parked"
        incoming = attrs.evolve(read(inbound, row.id, body, kept.received_at), received_at=kept.received_at)
        problem = _taken(engine, transaction, inbound, incoming)
        attempts = kept.attempts + counts
        settled = attrs.evolve(kept, attempts=attempts, settled_at=now, settled_by=inbound.actor.id)
        if problem == _ERASED:
            engine.store.inbox.settle(transaction, _of_the_erased(settled))
            return "dropped"
        if problem is None:
            engine.store.inbox.settle(transaction, attrs.evolve(settled, state="applied", problem=""))
            return "applied"
        still = _parked(attrs.evolve(kept, attempts=attempts), problem)
        engine.store.inbox.settle(transaction, still, body, _next_at(now, attempts))
        return "parked"

    return engine.store.transactions.carried(work)


def _forget(engine: Engine, inbound: Inbound, now: datetime) -> None:
    before = now - inbound.keep
    engine.store.transactions.carried(lambda t: engine.store.inbox.forget(t, inbound.name, before))


def discard(engine: Engine, tenant: str, source: str, message_id: str, *, by: str, because: str) -> bool:
    """Drop a parked message for good; see Casework.discard."""
    for where, text in (("by", by), ("because", because)):
        if not is_identifier(text, PROBLEM_LIMIT):
            raise InvalidValue(where, f"takes a printable text of 1 to {PROBLEM_LIMIT} characters", "须为可打印文字")
    now = engine.clock.now()

    def work(transaction: Transaction) -> bool:
        found = engine.store.inbox.find(transaction, tenant, source, message_id)
        if found is None or found[0].state != "parked":
            return False
        dropped = attrs.evolve(found[0], state="dropped", problem=because, settled_at=now, settled_by=by)
        engine.store.inbox.settle(transaction, dropped)
        return True

    return engine.store.transactions.carried(work)


def listed(
    engine: Engine, tenant: str, state: InboxState | None, source: str | None, after: InboxRow | None, limit: int
) -> tuple[InboxRow, ...]:
    """Messages that came in, without their bodies; see Casework.inbox."""
    if state is not None and state not in INBOX_STATES:
        raise InvalidValue("state", f"is one of {', '.join(INBOX_STATES)}", f"只能是 {'、'.join(INBOX_STATES)}")
    states: tuple[Any, ...] = INBOX_STATES if state is None else (state,)
    with engine.store.transactions.read() as transaction:
        return tuple(engine.store.inbox.listed(transaction, tenant, states, source, after, limit))
