"""The desk: the verbs that one actor has. Each is its own transaction, unless the desk was given one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, NoReturn, TypeVar

import attrs

from casework.condition.tree import ALWAYS, Condition
from casework.deciding import available
from casework.desk import (
    adopting,
    bulk,
    enclosing,
    erasing,
    exporting,
    firing,
    history,
    importing,
    reading,
    retaining,
    wiping,
)
from casework.desk.bulk import Bulk
from casework.desk.enclosing import OpenEnclosure
from casework.desk.engine import Engine
from casework.desk.importing import Imported
from casework.desk.reading import Page
from casework.desk.requests import REQUEST_LIMIT, Asked, digest
from casework.desk.viewing import HistoryEntry, after, seen
from casework.errors import KeyDestroyed, Refused, StoreUnavailable
from casework.model.actor import Actor, is_identifier
from casework.model.case import Case, Receipt
from casework.model.enclosure import Enclosure
from casework.model.erasure import Erasure, ErasureReason, ErasureState, HoldReason, LegalHold
from casework.model.fields import FieldClass
from casework.model.refusal import Refusal, RefusalCode
from casework.storage.sql.transaction import Contended, OutcomeUnknown, Transaction

Answer = TypeVar("Answer")


class Desk:
    """What *actor* may do with cases. Every verb raises Refused, with nothing written, where the answer is no."""

    def __init__(self, engine: Engine, actor: Actor, transaction: Transaction | None = None) -> None:
        self._engine, self.actor, self._transaction = engine, actor, transaction

    def open(
        self,
        case_type: str,
        form: object = None,
        /,
        *,
        request_id: str | None = None,
        unit: str | None = None,
        subjects: Mapping[str, str] | None = None,
        **values: object,
    ) -> Case:
        """Open a case of that type in the actor's unit, or in *unit*, with data by *form* or by *values*.

        *subjects* names persons whom other cases are about already, such as ``{"person": case.subjects["person"]}``;
        without it each subject is somebody new.
        """
        where = unit if unit is not None else self.actor.unit or ""
        told = _filled(form, values)
        about = {} if subjects is None else subjects
        return self._write(
            lambda transaction: firing.opened(
                self._engine, transaction, self.actor, case_type, where, told, request_id, about
            )
        )

    def fire(
        self,
        case: Case | str,
        trigger: str,
        form: object = None,
        /,
        *,
        request_id: str | None = None,
        **values: object,
    ) -> Case:
        """Fire *trigger*, filling in its form by an attrs value or by *values*.

        A Case must still be at the revision at which it was read; an id takes the case as it is.
        With *request_id* the same call again returns what the first one did, and does nothing.
        """
        return self._perform(
            case, Asked(kind="fire", trigger=trigger, form=_filled(form, values), request_id=request_id)
        )

    def amend(
        self, case: Case | str, form: object = None, /, *, request_id: str | None = None, **fields: object
    ) -> Case:
        """Give fields new values, by *form* or by *fields*; None makes one unknown. Asks for the grant to edit."""
        return self._perform(case, Asked(kind="amend", form=_filled(form, fields), request_id=request_id))

    def note(self, case: Case | str, text: str, /, *, request_id: str | None = None) -> Case:
        """Write a remark into the log. Asks for the grant to note."""
        return self._perform(case, Asked(kind="note", form={"text": text}, request_id=request_id))

    def assign(self, case: Case | str, role: str, person: str | None, /, *, request_id: str | None = None) -> Case:
        """Give a local role to a person, or take it away with None. Asks for the grant to assign."""
        return self._perform(case, Asked(kind="assign", form={"role": role, "person": person}, request_id=request_id))

    def claim(self, case: Case | str, role: str = "owner", /, *, request_id: str | None = None) -> Case:
        """Take a free local role for oneself. Asks for the grant to edit."""
        return self._perform(case, Asked(kind="assign", trigger="claim", form={"role": role}, request_id=request_id))

    def correct(self, case: Case | str, entry: int, /, *, because: str, request_id: str | None = None) -> Case:
        """Undo the last step by an entry that names it. Asks for the grant to correct.

        Only the latest firing or amendment can be undone, and only while nothing has left the case by it.
        """
        form = {"entry": entry, "because": because}
        return self._perform(case, Asked(kind="correct", form=form, request_id=request_id))

    def enclose(
        self,
        case: Case | str,
        content: bytes | BinaryIO,
        /,
        *,
        name: str,
        media_type: str | None = None,
        field_class: FieldClass = "personal",
        request_id: str | None = None,
    ) -> Case:
        """Keep a file beside the case, named by an entry. Asks for the grant to edit.

        *field_class* says who may read it, as for a field. What the content is decides; a *media_type* that
        says otherwise is refused. The bytes are kept before the entry is written, and *content* is read once.
        """
        engine, actor = self._engine, self.actor
        engine.guarded()
        offer = enclosing.offered(
            engine, content, name=name, media_type=media_type, field_class=field_class, request_id=request_id
        )
        with self._reading() as transaction:
            content_digest = digest(firing.named(case), offer.asked)
            done = firing.answered(engine, transaction, actor, offer.asked, content_digest)
            if done is not None:
                return done[0]
            reading.foreseen(engine, transaction, actor, case, offer.asked)
        with unavailable():
            offer = enclosing.keep(engine, offer)

        def enclosed(transaction: Transaction) -> Case:
            result = firing.perform(engine, transaction, actor, case, offer.asked)[0]
            enclosing.keep_still(engine, offer)
            return result

        return self._write(enclosed)

    def withdraw(self, case: Case | str, number: int, /, *, because: str, request_id: str | None = None) -> Case:
        """Take the file of entry *number* back, as a wrong one. Asks for the grant to edit or to correct.

        Its bytes are removed unless another entry keeps them; the log keeps that it was there, and why it is not.
        """
        form = {"number": number, "because": because}
        return self._perform(case, Asked(kind="withdraw", form=form, request_id=request_id))

    def enclosures(self, case: Case | str, /) -> tuple[Enclosure, ...]:
        """The files of the case that the actor may read, the oldest first."""
        with self._reading() as transaction:
            loaded = firing.load(self._engine, transaction, self.actor, case)
            return enclosing.kept(self._engine, transaction, self.actor, loaded.compiled, loaded.snapshot)

    def read_enclosure(self, case: Case | str, number: int, /) -> OpenEnclosure:
        """The bytes of the file of entry *number*, to be read and closed. BlobDamaged where they are not right."""
        with self._reading() as transaction:
            loaded = firing.load(self._engine, transaction, self.actor, case)
            found = enclosing.one(self._engine, transaction, self.actor, loaded.compiled, loaded.snapshot, number)
        with unavailable():
            return enclosing.opened(self._engine, found)

    def adopt(self, case: Case | str, /, *, dry_run: bool = False, request_id: str | None = None) -> Case:
        """Move a running case into the present manifest of its case type. Asks for that manifest's grant to adopt.

        Refused as not-adoptable, with every reason, where the case as it stands does not fit. A case that is
        pinned to it already is answered as it is. With *dry_run* nothing is written.
        """
        return (self._read if dry_run else self._write)(
            lambda transaction: adopting.adopted(
                self._engine, transaction, self.actor, case, request_id=request_id, dry_run=dry_run
            )
        )

    def export(self, cases: Iterable[Case | str], /) -> Iterator[dict[str, Any]]:
        """The records of *cases*, one by one as they are asked for, with what the actor may read of each.

        A hundred are read in one transaction; *cases* may be a generator, so that memory stays flat.
        """
        for chunk in exporting.chunks(bulk.one_by_one(cases, "export")):
            with self._reading() as transaction:
                records = list(exporting.exported(self._engine, transaction, self.actor, chunk))
            yield from records

    def import_(self, record: Mapping[str, object] | str | bytes, /, *, dry_run: bool = False) -> Imported:
        """Take in one record, given as a mapping or as its line of JSON. Its id is the request id.

        A record without states is opened, for the roles in ``opens``; one with states is placed in them, which
        asks for the grant to import. With *dry_run* nothing is written.
        """
        return (self._read if dry_run else self._write)(
            lambda transaction: importing.imported(self._engine, transaction, self.actor, record, dry_run=dry_run)
        )

    def get(self, case: Case | str, /) -> Case:
        """The case as it is now."""
        with self._reading() as transaction:
            loaded = firing.load(self._engine, transaction, self.actor, case)
            return seen(loaded.compiled, loaded.snapshot, loaded.roles)

    def why_not(self, case: Case | str, trigger: str, form: object = None, /, **values: object) -> Refusal | None:
        """Why firing would be refused, as the value that fire() would raise; None where it would be accepted.

        Without a form (and without values) it answers whether the trigger can be asked for at all;
        with one, an empty mapping among them, exactly what fire() would answer.
        """
        probing = form is None and not values
        try:
            with self._reading() as transaction:
                asked = Asked(kind="fire", trigger=trigger, form=_filled(form, values))
                reading.foreseen(self._engine, transaction, self.actor, case, asked, probing=probing)
        except Refused as no:
            return no.refusal
        return None

    def what_if(self, case: Case | str, trigger: str, form: object = None, /, **values: object) -> Case:
        """The case as firing would leave it. Nothing is written."""
        with self._reading() as transaction:
            asked = Asked(kind="fire", trigger=trigger, form=_filled(form, values))
            loaded, decision = reading.foreseen(self._engine, transaction, self.actor, case, asked)
            snapshot = after(loaded.snapshot, decision, loaded.snapshot.revision + 1)
            return seen(loaded.compiled, snapshot, loaded.roles)

    def available(self, case: Case | str, /) -> tuple[str, ...]:
        """The triggers that the actor may fire now, as far as can be told before a form is filled in."""
        with self._reading() as transaction:
            loaded = firing.load(self._engine, transaction, self.actor, case)
            if not self._engine.registered(loaded.compiled):
                return ()
            self._engine.store.weigh(
                transaction, loaded.compiled, loaded.snapshot, loaded.compiled.all_accounts, loaded.compiled.any_holds
            )
            move = firing.moving(self._engine, self.actor, loaded, Asked(kind="fire"))
            with self._engine.deciding():
                return available(loaded.compiled, loaded.snapshot, move)

    def history(self, case: Case | str, /) -> tuple[HistoryEntry, ...]:
        """Every entry of the case's log, oldest first, without what the actor may not read.

        Where states alone let the actor view the case, the entries from before this view began are *withheld*: they
        say their number, kind and time. Remarks are told to their author, and to whoever may write remarks on the
        case and view it in every state.
        """
        with self._reading() as transaction:
            return history.history(self._engine, transaction, self.actor, case)

    def balances(self, case: Case | str, /) -> Mapping[tuple[str, str], int]:
        """What is left in each limited account that the actor may read, by account and kind, which may be empty."""
        with self._reading() as transaction:
            return reading.balances(self._engine, transaction, self.actor, case)

    def worklist(self, case_type: str, name: str, /, *, after: str | None = None, limit: int = 50) -> Page:
        """The open cases that wait in a worklist, the most urgent first; *after* is the page before's cursor."""
        with self._reading() as transaction:
            return reading.worklist(self._engine, transaction, self.actor, case_type, name, after, limit)

    def waiting(self, case_type: str, name: str, /) -> int:
        """How many cases wait in a worklist, counted up to a thousand."""
        with self._reading() as transaction:
            return reading.waiting(self._engine, transaction, self.actor, case_type, name)

    def find(
        self,
        case_type: str,
        condition: Condition = ALWAYS,
        /,
        *,
        open_only: bool = False,
        mine: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page:
        """The cases that hold *condition* and that the actor may view, the newest first."""
        with self._reading() as transaction:
            return reading.find(
                self._engine,
                transaction,
                self.actor,
                case_type,
                condition,
                open_only=open_only,
                mine=mine,
                after=after,
                limit=limit,
            )

    def bulk(
        self,
        cases: Iterable[Case | str],
        trigger: str,
        form: object = None,
        /,
        *,
        batch: str,
        chunk: int = 100,
        **values: object,
    ) -> Bulk:
        """Fire *trigger* on many cases, given by id or as they were read, *chunk* of them in each transaction.

        The same *batch* again goes on where it was broken off: what was done is not done twice.
        """
        asked = _filled(form, values)
        return bulk.fire_many(
            self._engine,
            self.actor,
            bulk.several(cases),
            write=self._write,
            trigger=trigger,
            form=asked,
            batch=batch,
            chunk=chunk,
        )

    def receipt(self, request_id: str, /) -> Receipt | None:
        """What a request of this actor left behind, or None where it was never carried out."""
        if not is_identifier(request_id, REQUEST_LIMIT):
            return None  # no request can have had it, and no driver is asked
        with self._reading() as transaction:
            found = self._engine.store.requests.find(transaction, self.actor.tenant, self.actor.id, request_id)
            return None if found is None else found[1]

    def erase(self, subject: str, /, *, because: ErasureReason, leaves_balances: bool = False) -> Erasure:
        """Ask to erase what is known of a subject. Asks for the grant to erase, on every case about that person.

        Nothing goes before somebody else confirms it. Refused as not-erasable while a case about them is open, while
        a legal hold stands, and while their accounts hold something, unless it *leaves_balances*.
        """
        engine, actor = self._engine, self.actor
        return self._step(lambda t: erasing.ask(engine, t, actor, subject, because, leaves=leaves_balances))

    def confirm_erasure(self, subject: str, /) -> Erasure:
        """Confirm an erasure that another person asked for, and carry it out. Asks for the grant to erase.

        In a host's transaction it is carried out after the host's commit.
        """
        engine, actor = self._engine, self.actor
        confirmed = self._step(lambda t: erasing.confirm(engine, t, actor, subject))
        if self._transaction is None:
            with unavailable():
                return wiping.carry_out(engine, actor.tenant, confirmed)
        self._transaction.after_commit.append(lambda: wiping.carry_out_later(engine, actor.tenant, confirmed))
        return confirmed

    def drop_erasure(self, subject: str, /) -> Erasure:
        """Take back that somebody asked for an erasure. Asks for the grant to erase."""
        return self._write(lambda t: erasing.drop(self._engine, t, self.actor, subject))

    def erasures(self, states: Iterable[ErasureState] = ("asked",), /) -> tuple[Erasure, ...]:
        """The erasures in those states, of persons of whom the actor may erase every case, the oldest first."""
        return self._read(lambda t: erasing.listed(self._engine, t, self.actor, tuple(states)))

    def place_legal_hold(self, subject: str, /, *, because: HoldReason) -> LegalHold:
        """Forbid to erase what is known of a subject. Asks for the grant to hold, on every case about them."""
        return self._write(lambda t: erasing.place_hold(self._engine, t, self.actor, subject, because))

    def lift_legal_hold(self, subject: str, /) -> tuple[LegalHold, ...]:
        """Lift every legal hold on a subject. Asks for the grant to hold, on every case about them."""
        return self._write(lambda t: retaining.lift_hold(self._engine, t, self.actor, subject))

    def legal_holds(self) -> tuple[LegalHold, ...]:
        """The legal holds that stand, on subjects whom the actor may hold or erase, the oldest first."""
        return self._read(lambda t: erasing.holds(self._engine, t, self.actor))

    def within(self, work: Callable[[Desk], Answer]) -> Answer:
        """Call *work* with a desk whose verbs share one transaction: all of them take effect, or none.

        Where another transaction is in the way, *work* is called again from the start: what it does besides is its own.
        """
        return self._write(lambda transaction: work(Desk(self._engine, self.actor, transaction)))

    def _perform(self, case: Case | str, asked: Asked) -> Case:
        return self._write(lambda transaction: firing.perform(self._engine, transaction, self.actor, case, asked)[0])

    def _step(self, work: Callable[[Transaction], erasing.Answer]) -> Erasure:
        """A step of an erasure. A refusal is raised once the entries that tell of it are kept."""
        answer = self._write(work)
        if answer.refusal is not None:
            raise Refused(answer.refusal)
        assert answer.erasure is not None
        return answer.erasure

    def _write(self, work: Callable[[Transaction], Answer]) -> Answer:
        self._engine.guarded()
        try:
            if self._transaction is None:
                return self._engine.store.transactions.carried(work)
            with self._transaction.whole():
                return work(self._transaction)
        except StoreUnavailable as error:
            _refuse(error, self._transaction)

    def _read(self, work: Callable[[Transaction], Answer]) -> Answer:
        with self._reading() as transaction:
            return work(transaction)

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        self._engine.guarded()
        with unavailable(self._transaction):
            if self._transaction is not None:
                with self._transaction.looking():
                    yield self._transaction
            else:
                with self._engine.store.transactions.read() as transaction:
                    yield transaction


@contextmanager
def unavailable(inside: Transaction | None = None) -> Iterator[None]:
    """A store that cannot be used just now, as a refusal like any other.

    *inside* a transaction of ours it is left to whoever carries that out, for it goes again as a whole.
    """
    try:
        yield
    except StoreUnavailable as error:
        _refuse(error, inside)
    except KeyDestroyed as error:
        raise Refused(Refusal("erased")) from error


def _refuse(error: StoreUnavailable, inside: Transaction | None) -> NoReturn:
    if isinstance(error, Contended) and inside is not None and not inside.hosted:
        raise error
    code: RefusalCode = "outcome-unknown" if isinstance(error, OutcomeUnknown) else "store-unavailable"
    raise Refused(Refusal(code)) from error


def _filled(form: object, values: Mapping[str, object]) -> Mapping[str, object]:
    """A form given as an attrs value, a mapping or keywords, as a mapping."""
    if form is None:
        return values
    if isinstance(form, Mapping):
        return {**form, **values}
    if not attrs.has(type(form)):
        raise TypeError(f"a form is an attrs value or a mapping, not {type(form).__name__}")
    told: Any = form
    return {**attrs.asdict(told, recurse=False), **values}
