"""The access log: written before anybody sees what it is about, and read by those with a permission of their own."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta

import attrs

from casework.clock import utc
from casework.desk import firing
from casework.desk.engine import Engine, ManifestChanged
from casework.errors import InvalidValue, Refused
from casework.model.actor import Actor
from casework.model.case import Case
from casework.model.reading import Reading, Shown
from casework.model.refusal import Problem, Refusal
from casework.storage.gate import aside
from casework.storage.readings import About, Place
from casework.storage.sql.transaction import Transaction
from casework.text import Text

KEPT_AT_LEAST = timedelta(days=183)
"""Six months, which is how long network logs have to be kept: Cybersecurity Law of China, on security obligations of
network operators, third item."""
LINES_LIMIT = 500
_CURSOR_LIMIT = 200
# Linear: one class per position (F76). Without letters beyond ASCII and without blanks it is no place for a story.
_PURPOSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}\Z")


def purpose_of(given: object) -> str:
    """A purpose as it may be given, empty for none. Raises InvalidValue: it is a code, and names nobody."""
    if given == "" or (isinstance(given, str) and _PURPOSE.match(given)):
        return str(given)
    raise InvalidValue(
        "purpose",
        "takes a code such as 'treatment' or 'complaint-17': up to 64 letters of ASCII, digits and . _ : / -",
        "须为代码，如 treatment：最多64个英文字母、数字及 . _ : / - 符号",
    )


@attrs.frozen(kw_only=True)
class Reader:
    """Who is shown something, and what they said it is for."""

    actor: Actor
    purpose: str = ""


def log_shown(engine: Engine, transaction: Transaction, reader: Reader, verb: str, *, ends: bool) -> None:
    """Write a line for each case of which *transaction* has something watched to show; nothing where it has nothing.

    They are committed before the values leave the desk: with the transaction, where it writes and is ours, else by
    one of their own. Where they cannot be written nothing is shown.
    """
    shown, transaction.shown = transaction.shown, []
    if not shown:
        return
    lines = _lines(engine, reader, verb, shown)
    if transaction.hosted and transaction.dialect.name != "sqlite":
        # The host may roll back what it did, but not that somebody saw it.
        engine.store.transactions.apart(_writing(engine, reader, lines))
    else:
        written = engine.store.readings
        write = written.write_alone if ends and transaction.evidence is None else written.write
        write(transaction, reader.actor.tenant, lines)
        transaction.logged += lines


def log_read(engine: Engine, reader: Reader, verb: str, shown: Sequence[Shown]) -> None:
    """The same after a transaction that only read, or that was rolled back."""
    if shown:
        write_alone(engine, reader, _lines(engine, reader, verb, shown))


def log_again(engine: Engine, outer: Transaction | None, reader: Reader, lines: Sequence[Reading]) -> None:
    """Write lines anew that went with what was taken back, be it to a savepoint of an *outer* transaction."""
    if lines and outer is None:
        write_alone(engine, reader, lines)
    elif lines and outer is not None:
        engine.store.readings.write(outer, reader.actor.tenant, lines)


def write_alone(engine: Engine, reader: Reader, lines: Sequence[Reading]) -> None:
    """Write lines in a transaction of their own.

    What speaks against going on with the records does not speak against this: no record is touched.
    """
    with aside():
        engine.store.transactions.carried(_writing(engine, reader, lines))


def _writing(engine: Engine, reader: Reader, lines: Sequence[Reading]) -> Callable[[Transaction], None]:
    return lambda transaction: engine.store.readings.write_alone(transaction, reader.actor.tenant, lines)


def _lines(engine: Engine, reader: Reader, verb: str, shown: Iterable[Shown]) -> tuple[Reading, ...]:
    """One line for each case."""
    together: dict[str, tuple[set[str], set[str]]] = {}
    for item in shown:
        classes, roles = together.setdefault(item.case_id, (set(), set()))
        classes.update(item.classes)
        roles.update(item.roles)
    now, actor = engine.clock.now(), reader.actor
    return tuple(
        Reading(
            at=now,
            actor=actor.id,
            person=actor.person,
            case_id=case_id,
            verb=verb,
            classes=tuple(sorted(classes)),
            roles=tuple(sorted(roles)),
            purpose=reader.purpose,
        )
        for case_id, (classes, roles) in together.items()
    )


@attrs.frozen
class Readings:
    """Some lines of the access log, the newest first. *more* says that there are others; *after* asks for them."""

    lines: tuple[Reading, ...]
    more: bool
    after: str | None


def readings(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    case: Case | str | None,
    about: About,
    *,
    after: str | None,
    limit: int,
) -> Readings:
    """The lines about one case, or about all cases that the actor may audit. Refused where they may audit none."""
    if type(limit) is not int or not 1 <= limit <= LINES_LIMIT:
        text = Text(f"limit: a page holds 1 to {LINES_LIMIT} lines", f"每页1至{LINES_LIMIT}条")
        raise Refused(Refusal("invalid-form", problems=(Problem("limit", text),)))
    about = attrs.evolve(
        about,
        case_id=None if case is None else _audited(engine, transaction, actor, case),
        since=None if about.since is None else utc(about.since),
        until=None if about.until is None else utc(about.until),
    )
    if case is None:
        _audits_somewhere(engine, actor)
    found = engine.store.readings.find(transaction, actor.tenant, about, after=_place(after), limit=limit + 1)
    page = found[:limit]
    allowed = _auditable(engine, transaction, actor, {line.case_id for _, line in page}) if case is None else None
    lines = tuple(line for _, line in page if allowed is None or line.case_id in allowed)
    more = len(found) > limit
    return Readings(lines, more, _cursor(page[-1][0]) if more else None)


def _audited(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str) -> str:
    """The id of a case whose readings the actor may see; they need not see the case itself."""
    loaded = firing.read(engine, transaction, actor, case)
    access, states = loaded.compiled.access, loaded.snapshot.states
    if not access.may("audit", states, loaded.roles):
        firing.viewable(loaded)
        roles = access.allowed("audit", states)
        raise Refused(Refusal("not-permitted", case_id=loaded.snapshot.id, roles=roles))
    return loaded.snapshot.id


def _auditable(engine: Engine, transaction: Transaction, actor: Actor, ids: set[str]) -> frozenset[str]:
    found = set()
    for case_id in ids:
        with suppress(Refused, ManifestChanged):
            found.add(_audited(engine, transaction, actor, case_id))
    return frozenset(found)


def _audits_somewhere(engine: Engine, actor: Actor) -> None:
    granted = {role for compiled in engine.current.values() for role in compiled.access.grantees("audit")}
    if granted.isdisjoint(actor.all_roles):
        raise Refused(Refusal("not-permitted", roles=tuple(sorted(granted))))


def forget(engine: Engine, tenant: str, older_than: timedelta) -> int:
    """Remove the lines of a tenant that are older. Raises InvalidValue for less than they have to be kept."""
    if not isinstance(older_than, timedelta) or older_than < KEPT_AT_LEAST:
        days = KEPT_AT_LEAST.days
        raise InvalidValue("older_than", f"takes a duration of at least {days} days", f"须为不少于{days}天的时长")
    before = engine.clock.now() - older_than
    return engine.store.transactions.carried(
        lambda transaction: engine.store.readings.forget(transaction, tenant, before)
    )


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    try:
        at, token, line = json.loads(base64.urlsafe_b64decode(cursor[:_CURSOR_LIMIT]))
        if all(type(number) is int and abs(number) < 2**63 for number in (at, token, line)):
            return at, token, line
    except (ValueError, TypeError, binascii.Error):
        pass
    text = Text("this is not the cursor of a page", "页标无效")
    raise Refused(Refusal("invalid-form", problems=(Problem("after", text),)))
