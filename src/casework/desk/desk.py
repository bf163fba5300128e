"""The desk: the verbs that one actor has. Each is its own transaction, unless the desk was given one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from casework.condition.tree import ALWAYS, Condition
from casework.desk import (
    accesslog,
    adopting,
    bulk,
    enclosing,
    erasing,
    exporting,
    firing,
    history,
    importing,
    migrating,
    reading,
    retaining,
    wiping,
)
from casework.desk.accesslog import Reader, Readings, purpose_of
from casework.desk.bulk import Bulk
from casework.desk.carrying import Carrier, unavailable
from casework.desk.enclosing import OpenEnclosure
from casework.desk.engine import Engine
from casework.desk.importing import Imported
from casework.desk.migrating import Migrated
from casework.desk.reading import LOOKED, Page
from casework.desk.requests import REQUEST_LIMIT, Asked, digest, filled
from casework.desk.viewing import HistoryEntry, seen
from casework.errors import Refused
from casework.migrating import Route
from casework.model.actor import Actor, is_identifier
from casework.model.case import Case, Receipt
from casework.model.enclosure import Enclosure
from casework.model.erasure import Erasure, ErasureReason, ErasureState, HoldReason, LegalHold
from casework.model.fields import FieldClass
from casework.model.migration import Migration
from casework.model.refusal import Refusal
from casework.storage.readings import About
from casework.storage.sql.transaction import Transaction

if TYPE_CHECKING:
    from casework.advising import Advice

Answer = TypeVar("Answer")


class Desk:
    """What *actor* may do with cases. Every verb raises Refused, with nothing written, where the answer is no."""

    def __init__(
        self, engine: Engine, actor: Actor, transaction: Transaction | None = None, *, purpose: str = ""
    ) -> None:
        self._engine, self.actor, self._transaction = engine, actor, transaction
        self._purpose = purpose_of(purpose)
        self._carrier = carrier = Carrier(engine, Reader(actor=actor, purpose=self._purpose), transaction)
        self._write, self._read, self._reading = carrier.write, carrier.read, carrier.reading

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
        told = filled(form, values)
        about = {} if subjects is None else subjects
        return self._write(
            lambda transaction: firing.opened(
                self._engine, transaction, self.actor, case_type, where, told, request_id, about
            ),
            "open",
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
            case, Asked(kind="fire", trigger=trigger, form=filled(form, values), request_id=request_id)
        )

    def amend(
        self, case: Case | str, form: object = None, /, *, request_id: str | None = None, **fields: object
    ) -> Case:
        """Give fields new values, by *form* or by *fields*; None makes one unknown. Asks for the grant to edit."""
        return self._perform(case, Asked(kind="amend", form=filled(form, fields), request_id=request_id))

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

    def break_glass(self, case: Case | str, /, *, reason: str, request_id: str | None = None) -> Case:
        """Read more of one case in an emergency, for a short time. Asks for the grant to break_glass.

        What is opened, for how long and who is told at once, the case type says; the case does not close before
        somebody else has reviewed it. Nothing else is allowed by it.
        """
        return self._perform(case, Asked(kind="break", form={"reason": reason}, request_id=request_id))

    def review(self, case: Case | str, entry: int, /, *, finding: str, request_id: str | None = None) -> Case:
        """Say what came of looking at the broken glass of that *entry*. Asks for the grant to review.

        Refused to whoever broke it.
        """
        form = {"number": entry, "finding": finding}
        return self._perform(case, Asked(kind="review", form=form, request_id=request_id))

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
        with self._reading("enclose") as transaction:
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

        return self._write(enclosed, "enclose")

    def withdraw(self, case: Case | str, number: int, /, *, because: str, request_id: str | None = None) -> Case:
        """Take the file of entry *number* back, as a wrong one. Asks for the grant to edit or to correct.

        Its bytes are removed unless another entry keeps them; the log keeps that it was there, and why it is not.
        """
        form = {"number": number, "because": because}
        return self._perform(case, Asked(kind="withdraw", form=form, request_id=request_id))

    def enclosures(self, case: Case | str, /) -> tuple[Enclosure, ...]:
        """The files of the case that the actor may read, the oldest first."""
        with self._reading("enclosures") as transaction:
            loaded = firing.load(self._engine, transaction, self.actor, case)
            return enclosing.kept(self._engine, transaction, self.actor, loaded.compiled, loaded.snapshot)

    def read_enclosure(self, case: Case | str, number: int, /) -> OpenEnclosure:
        """The bytes of the file of entry *number*, to be read and closed. BlobDamaged where they are not right."""
        with self._reading("read_enclosure") as transaction:
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
            ),
            "adopt",
        )

    def migrate(
        self,
        case: Case | str,
        migration: Migration,
        /,
        *,
        dry_run: bool = False,
        request_id: str | None = None,
    ) -> Case:
        """Move a running case into the present manifest, as *migration* maps it. Asks for the grant to adopt there.

        Like ``adopt``; raises UnsoundDefinition where the migration does not fit the two manifests.
        """
        route = Route(migration)
        return (self._read if dry_run else self._write)(
            lambda transaction: adopting.adopted(
                self._engine, transaction, self.actor, case, request_id=request_id, dry_run=dry_run, route=route
            )
        )

    def migrate_all(
        self,
        migration: Migration,
        /,
        *,
        chunk: int = 100,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Migrated:
        """Move every open case that *migration* is for, *chunk* of them in each transaction.

        Broken off, it is called again and goes on with what is left; several may call it at once. A case that does
        not fit stays where it is, with its refusal. *progress* is told after each chunk how many have moved.
        """
        return migrating.migrate_all(
            self._engine,
            self.actor,
            Route(migration),
            read=self._read,
            write=self._write,
            chunk=chunk,
            dry_run=dry_run,
            progress=progress,
        )

    def export(self, cases: Iterable[Case | str], /) -> Iterator[dict[str, Any]]:
        """The records of *cases*, one by one as they are asked for, with what the actor may read of each.

        A hundred are read in one transaction; *cases* may be a generator, so that memory stays flat.
        """
        for chunk in exporting.chunks(bulk.one_by_one(cases, "export")):
            with self._reading("export") as transaction:
                records = list(exporting.exported(self._engine, transaction, self.actor, chunk))
            yield from records

    def import_(self, record: Mapping[str, object] | str | bytes, /, *, dry_run: bool = False) -> Imported:
        """Take in one record, given as a mapping or as its line of JSON. Its id is the request id.

        A record without states is opened, for the roles in ``opens``; one with states is placed in them, which
        asks for the grant to import. With *dry_run* nothing is written.
        """
        return (self._read if dry_run else self._write)(
            lambda transaction: importing.imported(self._engine, transaction, self.actor, record, dry_run=dry_run),
            "import",
        )

    def get(self, case: Case | str, /) -> Case:
        """The case as it is now."""
        with self._reading("get") as transaction:
            loaded = firing.load(self._engine, transaction, self.actor, case)
            return seen(transaction.shown, loaded.compiled, loaded.snapshot, loaded.roles)

    def why_not(self, case: Case | str, trigger: str, form: object = None, /, **values: object) -> Refusal | None:
        """Why firing would be refused, as the value that fire() would raise; None where it would be accepted.

        Without a form (and without values) it answers whether the trigger can be asked for at all;
        with one, an empty mapping among them, exactly what fire() would answer.
        """
        probing = form is None and not values
        try:
            with self._reading("why_not") as transaction:
                asked = Asked(kind="fire", trigger=trigger, form=filled(form, values))
                reading.foreseen(self._engine, transaction, self.actor, case, asked, probing=probing)
        except Refused as no:
            return no.refusal
        return None

    def what_helps(self, case: Case | str, trigger: str = "", /, *, reach: str = "", limit: int = LOOKED) -> Advice:
        """Why *trigger* cannot be fired yet, or the state *reach* is not reached, and the shortest way to it.

        *reach* is ``workflow.state``, or a state of the main workflow; *limit* is how many configurations are looked
        at. The answer rests on what the actor may see, and on nothing else of the case.
        """
        with self._reading("what_helps") as transaction:
            return reading.advised(self._engine, transaction, self.actor, case, trigger, reach, limit)

    def what_if(self, case: Case | str, trigger: str, form: object = None, /, **values: object) -> Case:
        """The case as firing would leave it. Nothing is written."""
        with self._reading("what_if") as transaction:
            asked = Asked(kind="fire", trigger=trigger, form=filled(form, values))
            return reading.outcome(self._engine, transaction, self.actor, case, asked)

    def available(self, case: Case | str, /) -> tuple[str, ...]:
        """The triggers that the actor may fire now, as far as can be told before a form is filled in."""
        with self._reading("available") as transaction:
            return reading.offered(self._engine, transaction, self.actor, case)

    def history(self, case: Case | str, /) -> tuple[HistoryEntry, ...]:
        """Every entry of the case's log, oldest first, without what the actor may not read.

        Where states alone let the actor view the case, the entries from before this view began are *withheld*: they
        say their number, kind and time. Remarks are told to their author, and to whoever may write remarks on the
        case and view it in every state.
        """
        with self._reading("history") as transaction:
            return history.history(self._engine, transaction, self.actor, case)

    def balances(self, case: Case | str, /) -> Mapping[tuple[str, str], int]:
        """What is left in each limited account that the actor may read, by account and kind, which may be empty."""
        with self._reading("balances") as transaction:
            return reading.balances(self._engine, transaction, self.actor, case)

    def worklist(self, case_type: str, name: str, /, *, after: str | None = None, limit: int = 50) -> Page:
        """The open cases that wait in a worklist, the most urgent first; *after* is the page before's cursor."""
        with self._reading("worklist") as transaction:
            return reading.worklist(self._engine, transaction, self.actor, case_type, name, after, limit)

    def waiting(self, case_type: str, name: str, /) -> int:
        """How many cases wait in a worklist, counted up to a thousand."""
        with self._reading("waiting") as transaction:
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
        with self._reading("find") as transaction:
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
        asked = filled(form, values)
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
        with self._reading("receipt") as transaction:
            found = self._engine.store.requests.find(transaction, self.actor.tenant, self.actor.id, request_id)
            return None if found is None else found[1]

    def readings(
        self,
        case: Case | str | None = None,
        /,
        *,
        person: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Readings:
        """The access log of one case, or of all whose readings the actor may audit. Asks for the grant to audit.

        Of all cases a page may hold less than *limit*, for lines about others are left out of it.
        """
        about = About(person=person, since=since, until=until)
        return self._read(
            lambda t: accesslog.readings(self._engine, t, self.actor, case, about, after=after, limit=limit)
        )

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
        engine, actor, purpose = self._engine, self.actor, self._purpose
        return self._carrier.within(lambda transaction: work(Desk(engine, actor, transaction, purpose=purpose)))

    def _perform(self, case: Case | str, asked: Asked) -> Case:
        return self._write(
            lambda transaction: firing.perform(self._engine, transaction, self.actor, case, asked)[0],
            asked.trigger if asked.trigger == "claim" else asked.kind,
        )

    def _step(self, work: Callable[[Transaction], erasing.Answer]) -> Erasure:
        """A step of an erasure. A refusal is raised once the entries that tell of it are kept."""
        answer = self._write(work)
        if answer.refusal is not None:
            raise Refused(answer.refusal)
        assert answer.erasure is not None
        return answer.erasure
