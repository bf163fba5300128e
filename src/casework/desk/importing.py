"""Take a record in as a case: opened like any other, or placed where it stands elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

import attrs

from casework.access import general_roles
from casework.compiled import Compiled
from casework.deciding.placing import IMPORT, unmoved
from casework.desk import firing
from casework.desk.engine import Engine
from casework.desk.erased import forbid_again
from casework.desk.opening import check_subjects, prepare_opening, registered, write_opening
from casework.desk.record import Record, parse, read, refused, values_of
from casework.desk.requests import remember, replayed
from casework.desk.viewing import after, seen
from casework.errors import Refused
from casework.model.actor import Actor
from casework.model.case import Case, Cause
from casework.model.refusal import Refusal
from casework.storage.sql.transaction import Transaction
from casework.text import Text


@attrs.frozen(kw_only=True)
class Imported:
    """A record that was taken in: the case, whether it had been *already*, and what whoever imports has to look at."""

    case: Case
    already: bool = False
    notes: tuple[Text, ...] = ()


def imported(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    record: Mapping[str, object] | str | bytes,
    *,
    dry_run: bool,
) -> Imported:
    """Take one record in. Raises Refused with every mistake that can be told, and nothing written.

    Its id is the request id: the same record of the same actor again opens nothing.
    """
    engine.guarded()
    given = parse(record) if isinstance(record, str | bytes) else record
    if not isinstance(given, Mapping):
        raise TypeError(f"a record is a mapping or a line of JSON, not {type(given).__name__}")
    told = read(given)
    content = _digest(given)
    receipt = replayed(engine, transaction, actor, told.id, content)
    if receipt is not None:
        return Imported(case=firing.again(engine, transaction, actor, receipt), already=True)
    forbid_again(engine, transaction, actor.tenant, told.id)
    compiled = registered(engine, told.case_type)
    check_subjects(compiled, told.subjects)
    fields = compiled.enterable if told.placed is None else compiled.fields
    values, problems = values_of(fields, told.data)
    if problems:
        raise Refused(Refusal("invalid-form", trigger=IMPORT, problems=problems))
    unit = told.unit if told.unit is not None else actor.unit or ""
    prepared = prepare_opening(
        engine,
        transaction,
        compiled,
        actor=actor,
        unit=unit,
        form=values,
        roles=general_roles(actor, unit, engine.units),
        subjects=told.subjects,
        cause=Cause(IMPORT, told.source, told.id),
        placed=told.placed,
    )
    if not dry_run:
        remember(engine, transaction, actor, told.id, content, write_opening(engine, transaction, prepared))
    now = after(prepared.snapshot, prepared.decision, 1)
    case = seen(transaction.shown, compiled, now, engine.roles(transaction, compiled, actor, now), 1)
    return Imported(case=case, notes=tuple(_notes(compiled, told)))


def _notes(compiled: Compiled, told: Record) -> Iterator[Text]:
    if told.withheld:
        names = ", ".join(told.withheld)
        yield Text(f"withheld where it comes from, so not known here: {names}", f"来源处未导出，此处不详：{names}")
    accounts = unmoved(compiled, told.placed.states) if told.placed is not None else ()
    if accounts:
        names = ", ".join(accounts)
        yield Text(
            f"in such states amounts have been moved elsewhere; the ledger here was left alone, "
            f"so set it up as if they were taken: {names}",
            f"此状态下在来源处已有账目往来；此处账目未变，设置余额时请视为已占用：{names}",
        )


def _digest(record: Mapping[str, object]) -> bytes:
    """What identifies the content of a record, so that an id cannot be used for two."""
    try:
        text = json.dumps({"import": record}, sort_keys=True, allow_nan=False, default=dict)
    except (TypeError, ValueError, RecursionError):
        raise refused("", "it holds something that is not JSON", "含有不属于JSON的内容") from None
    return hashlib.sha256(text.encode()).digest()
