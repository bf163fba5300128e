"""Erasures and legal holds as rows, which cases are about a subject, and emptying everything that a case knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, bindparam, case, column, func, literal, null, or_, select, text, update
from sqlalchemy import table as table_of

from casework.clock import from_micros, to_micros
from casework.deciding.erasing import lost_fields
from casework.keys.sealing import is_sealed, taken_apart
from casework.model.case import Snapshot
from casework.model.erasure import GONE, Erasure, ErasureState, LegalHold
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.entries import Entries
from casework.storage.log import parsed
from casework.storage.projection import Projection, column_name
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

_EXCLUSIVE = text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 0))")
_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:whose, 0))")


class Erasures:
    """The rows of erasures and legal holds, tenant by tenant."""

    def __init__(self, dialect: Dialect) -> None:
        erasure, hold = schema.erasure, schema.legal_hold
        self._dialect = dialect
        self._insert = Prepared(inserting(erasure), dialect)
        self._place = Prepared(inserting(hold), dialect)
        self._of = Prepared(
            select(*erasure.c).where(keyed(erasure, "tenant", "subject")).order_by(erasure.c.asked_at.desc()), dialect
        )
        standing = keyed(hold, "tenant", "subject") & hold.c.lifted_at.is_(None)
        self._held = Prepared(select(*hold.c).where(standing).order_by(hold.c.placed_at), dialect)
        self._lift = Prepared(
            hold.update().where(standing).values(lifted_at=bindparam("n_at"), lifted_by=bindparam("n_by")), dialect
        )
        values: dict[str, Any] = {name: bindparam(f"n_{name}") for name in ("state", "confirmed_by", "confirmed_at")}
        self._turn = Prepared(
            erasure.update().where(keyed(erasure, "tenant", "subject", "asked_at")).values(values), dialect
        )

    def lock(self, transaction: Transaction, tenant: str, subject: str) -> None:
        """Have no case be opened about *subject*, and no step be taken on it, by anybody else until the commit."""
        self._lock(transaction, _EXCLUSIVE, tenant, subject)

    def lock_against(self, transaction: Transaction, tenant: str, subjects: Iterable[str]) -> None:
        """Have none of *subjects* be erased until the commit."""
        for subject in sorted(set(subjects)):
            self._lock(transaction, _SHARED, tenant, subject)

    def _lock(self, transaction: Transaction, command: Any, tenant: str, subject: str) -> None:
        # SQLite has one writer anyhow.
        if self._dialect.name == "postgresql":
            whose = f"casework erasure {len(tenant)} {tenant} {subject}"
            transaction.run(Prepared(command, self._dialect), {"whose": whose})

    def of(self, transaction: Transaction, tenant: str, subject: str) -> tuple[Erasure, ...]:
        """Every erasure that was asked for of a subject, the newest first."""
        held = bool(self.holds(transaction, tenant, subject))
        rows = transaction.run(self._of, {"b_tenant": tenant, "b_subject": subject}).fetchall()
        return tuple(_erasure(row, held=held) for row in rows)

    def ask(self, transaction: Transaction, tenant: str, erasure: Erasure) -> None:
        """Write that an erasure was asked for."""
        confirmed_at = None if erasure.confirmed_at is None else to_micros(erasure.confirmed_at)
        row = {
            "tenant": tenant,
            "subject": erasure.subject,
            "asked_at": to_micros(erasure.asked_at),
            "asked_by": erasure.asked_by,
            "because": erasure.because,
            "leaves_balances": int(erasure.leaves_balances),
            "confirmed_by": erasure.confirmed_by,
            "confirmed_at": confirmed_at,
            "state": erasure.state,
        }
        transaction.run(self._insert, bound(row))

    def turn(self, transaction: Transaction, tenant: str, erasure: Erasure) -> None:
        """Write how far an erasure is."""
        key = {"b_tenant": tenant, "b_subject": erasure.subject, "b_asked_at": to_micros(erasure.asked_at)}
        at = None if erasure.confirmed_at is None else to_micros(erasure.confirmed_at)
        values = {"n_state": erasure.state, "n_confirmed_by": erasure.confirmed_by, "n_confirmed_at": at}
        transaction.run(self._turn, {**key, **values})

    def in_states(
        self, transaction: Transaction, states: Iterable[ErasureState], tenant: str | None = None
    ) -> list[tuple[str, Erasure]]:
        """Erasures by tenant that stand so, the oldest first; of every tenant where none is named."""
        t, h = schema.erasure.c, schema.legal_hold.c
        standing = (h.tenant == t.tenant) & (h.subject == t.subject) & h.lifted_at.is_(None)
        held = select(literal(1)).where(standing).exists()
        whose = [] if tenant is None else [t.tenant == tenant]
        asked = select(*t, case((held, 1), else_=0)).where(t.state.in_(list(states)), *whose)
        rows = transaction.ask(asked.order_by(t.asked_at, t.tenant, t.subject))
        return [(row[0], _erasure(row[:-1], held=bool(row[-1]))) for row in rows]

    def gone(self, transaction: Transaction, tenant: str, subjects: Iterable[str]) -> frozenset[str]:
        """Those of *subjects* that were erased, or are about to be."""
        return self._with_state(transaction, tenant, subjects, GONE)

    def wanted(self, transaction: Transaction, tenant: str, subjects: Iterable[str]) -> frozenset[str]:
        """Those of *subjects* that were erased, or that somebody asked to erase."""
        return self._with_state(transaction, tenant, subjects, GONE | {"asked"})

    @staticmethod
    def _with_state(
        transaction: Transaction, tenant: str, subjects: Iterable[str], states: Iterable[str]
    ) -> frozenset[str]:
        t, named = schema.erasure.c, sorted(set(subjects))
        where = (t.tenant == tenant, t.subject.in_(named), t.state.in_(sorted(states)))
        return frozenset(row[0] for row in transaction.ask(select(t.subject).where(*where))) if named else frozenset()

    def scrubbed(self, transaction: Transaction) -> None:
        """Write that the database was told to forget everything that was erased so far."""
        t = schema.erasure
        turned = update(t).where(t.c.state == "erased").values(state="scrubbed")
        transaction.run(Prepared(turned, self._dialect), {})

    def holds(self, transaction: Transaction, tenant: str, subject: str) -> tuple[LegalHold, ...]:
        """The legal holds that stand on a subject."""
        rows = transaction.run(self._held, {"b_tenant": tenant, "b_subject": subject}).fetchall()
        return tuple(_hold(row) for row in rows)

    def last_held(self, transaction: Transaction, tenant: str, subject: str) -> datetime | None:
        """When the last legal hold was placed on a subject, be it lifted or not; None where none ever was."""
        t = schema.legal_hold.c
        asked = select(func.max(t.placed_at)).where(t.tenant == tenant, t.subject == subject)
        at = transaction.ask(asked)[0][0]
        return None if at is None else from_micros(at)

    def standing(self, transaction: Transaction, tenant: str) -> tuple[LegalHold, ...]:
        """Every legal hold of a tenant that stands, the oldest first."""
        t = schema.legal_hold.c
        asked = select(*t).where(t.tenant == tenant, t.lifted_at.is_(None)).order_by(t.placed_at, t.subject)
        return tuple(_hold(row) for row in transaction.ask(asked))

    def place(self, transaction: Transaction, tenant: str, hold: LegalHold) -> None:
        """Write that a legal hold was placed."""
        row = {
            "tenant": tenant,
            "subject": hold.subject,
            "placed_at": to_micros(hold.placed_at),
            "placed_by": hold.placed_by,
            "because": hold.because,
            "lifted_by": None,
            "lifted_at": None,
        }
        transaction.run(self._place, bound(row))

    def lift(self, transaction: Transaction, tenant: str, subject: str, at: datetime, person: str) -> None:
        """Write that every legal hold on a subject was lifted."""
        key = {"b_tenant": tenant, "b_subject": subject}
        transaction.run(self._lift, {**key, "n_at": to_micros(at), "n_by": person})


def _erasure(row: Sequence[Any], *, held: bool) -> Erasure:
    _, subject, asked_at, asked_by, because, leaves, confirmed_by, confirmed_at, state = row
    return Erasure(
        subject=subject,
        because=because,
        asked_at=from_micros(asked_at),
        asked_by=asked_by,
        leaves_balances=bool(leaves),
        state=state,
        confirmed_at=None if confirmed_at is None else from_micros(confirmed_at),
        confirmed_by=confirmed_by,
        held=held,
    )


def _hold(row: Sequence[Any]) -> LegalHold:
    _, subject, placed_at, placed_by, because, lifted_by, lifted_at = row
    return LegalHold(
        subject=subject,
        because=because,
        placed_at=from_micros(placed_at),
        placed_by=placed_by,
        lifted_at=None if lifted_at is None else from_micros(lifted_at),
        lifted_by=lifted_by,
    )


def about(transaction: Transaction, tenant: str, subject: str, types: dict[str, frozenset[str]]) -> list[str]:
    """The ids of all cases about a subject. *types* are the names of subjects by case type, of every manifest."""
    found: list[str] = []
    for case_type, names in sorted(types.items()):
        columns: list[Any] = [column(column_name("subject", name)) for name in sorted(names)]
        if columns:
            rows = table_of(f"case_{case_type}", column("case__tenant"), column("case__id"), *columns)
            mine = or_(*(item == subject for item in columns))
            asked = select(rows.c.case__id).where(rows.c.case__tenant == tenant, mine).order_by(rows.c.case__id)
            found += [row[0] for row in transaction.ask(asked)]
    return found


def open_though_erased(transaction: Transaction, types: dict[str, frozenset[str]]) -> frozenset[str]:
    """The case types of which a case is open though somebody whom it is about was erased; *types* as for about()."""
    t, found = schema.erasure.c, set()
    for case_type, names in types.items():
        columns: list[Any] = [column(column_name("subject", name)) for name in sorted(names)]
        rows = table_of(f"case_{case_type}", column("case__tenant"), column("case__open"), *columns)
        for item in columns:
            gone = (rows.c.case__tenant == t.tenant) & (rows.c[item.name] == t.subject) & t.state.in_(sorted(GONE))
            asked = select(literal(1)).select_from(rows).join(schema.erasure, gone).where(rows.c.case__open == 1)
            if transaction.ask(asked.limit(1)):
                found.add(case_type)
    return frozenset(found)


def assigned(transaction: Transaction, tenant: str, person: str) -> list[str]:
    """The ids of all cases on which somebody of that number holds a local role."""
    t = schema.assignment.c
    asked = select(t.case_id).where(t.tenant == tenant, t.person == person).distinct().order_by(t.case_id)
    return [row[0] for row in transaction.ask(asked)]


def types_of(transaction: Transaction) -> list[tuple[str, str]]:
    """Case type and hash of every manifest that cases were ever pinned to."""
    t = schema.manifest.c
    return [(row[0], row[1]) for row in transaction.ask(select(t.case_type, t.hash).order_by(t.case_type, t.hash))]


class Emptying:
    """Empties everything that a case knows and that is not open: the row, the log's values, and what lies beside."""

    def __init__(self, dialect: Dialect, entries: Entries) -> None:
        self._dialect, self._entries = dialect, entries
        entry, message, enclosure = schema.entry, schema.message, schema.enclosure
        of_case = {table: keyed(table, "tenant", "case_id") for table in (message, enclosure)}
        self._values = Prepared(
            entry.update().where(keyed(entry, "tenant", "case_id", "number")).values({"values": null()}), dialect
        )
        # Whoever is at one just now may not report any more, for that would have it tried again.
        emptied = {"body": b"", "recipient": "", "problem": null(), "because": null(), "token": message.c.token + 1}
        arrived = (message.c.state == "sent") | (message.c.state == "emptied")
        self._messages = Prepared(
            message.update()
            .where(of_case[message])
            .values({**emptied, "state": case((arrived, "emptied"), else_="dropped")}),
            dialect,
        )
        self._files = Prepared(enclosure.delete().where(of_case[enclosure]), dialect)

    def empty(self, transaction: Transaction, projection: Projection, told: Snapshot, subject: str) -> None:
        """Everything of one case, but for values that only the key of *subject* opens, for that is destroyed.

        Once more it does the same, so that what was broken off can go on.
        """
        key = {"b_tenant": told.tenant, "b_case_id": told.id}
        self._row(transaction, projection, told)
        entries = self._entries.stored(transaction, told.tenant, told.id)
        for entry in entries:
            if entry.values is not None and not _sealed_for(subject, entry.values):
                transaction.put(self._values, {**key, "b_number": entry.number})
        transaction.put(self._messages, key)
        self._requests(transaction, told, {str(parsed(entry.body).content["actor"][0]) for entry in entries})
        transaction.put(self._files, key)

    def _row(self, transaction: Transaction, projection: Projection, told: Snapshot) -> None:
        lost = lost_fields(projection.fields)
        columns: dict[str, Any] = {
            slot.column: null() for slot in projection.slots if slot.part == "data" and slot.key in lost
        }
        columns |= {column_name("known", name): 0 for name in projection.sealed}
        row = projection.table
        emptied = row.update().where(keyed(row, "case__tenant", "case__id"))
        statement = Prepared(emptied.values({**columns, "case__sealed": null()}), self._dialect)
        transaction.put(statement, {"b_case__tenant": told.tenant, "b_case__id": told.id})

    def _requests(self, transaction: Transaction, told: Snapshot, actors: set[str]) -> None:
        """Forget what was asked, and keep that it was: a request that comes again must not be carried out again."""
        t = schema.request
        theirs = (t.c.tenant == told.tenant, t.c.actor.in_(sorted(actors)), t.c.case_id == told.id)
        transaction.put(Prepared(update(t).where(*theirs).values(digest=b""), self._dialect), {})


def _sealed_for(subject: str, values: bytes) -> bool:
    """Whether only the key of that subject opens what is stored, so that it goes with the key."""
    return is_sealed(values) and taken_apart(values, ("the values", "", "")).subject == subject
