"""Rows of one case type that has everything a condition can ask of, written as the store writes them.

The Python reader looks at the facts of a case that was loaded back; the SQL reader answers for its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
from sqlalchemy import insert, literal, select

from casework.access import general_roles, reaches
from casework.compiled import Compiled
from casework.condition import tree
from casework.condition.build import actor, days, elapsed_since, field, hours, state
from casework.condition.evaluate import Facts, reader
from casework.condition.literal import Value, checked
from casework.condition.tree import Condition
from casework.deciding.draft import Draft, account_key
from casework.ids import seeded_entropy
from casework.manifest import compose
from casework.model.actor import Actor
from casework.model.case import Move, Snapshot
from casework.model.casetype import CaseType
from casework.model.command import Assign, Given, Post, keep
from casework.model.fields import Choice, Field
from casework.model.outfit import Account, Invariant, Role, Worklist
from casework.model.workflow import Deadline, State, Transition, Workflow
from casework.storage import schema
from casework.storage.predicate import Asking, Predicates
from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store

NOW = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
STAFF = ("clerk", "nurse", "chief")
UNITS = ("anlu", "xiaogan")
PEOPLE = ("li", "wang", "zhao")

KINDS = ("text", "integer", "decimal", "float", "boolean", "date", "instant", "choice")
ORDERED = ("integer", "decimal", "float", "date", "instant")
CHOICES = tuple(Choice(name) for name in ("male", "female", "unknown"))


def _field(kind: Any) -> Field:
    return Field(f"a_{kind}", kind, choices=CHOICES if kind == "choice" else (), max_length=10_000)


DATA = (
    *(_field(kind) for kind in KINDS),
    Field("name", "text", field_class="personal"),
    Field("diagnosis", "text", field_class="health"),
    Field("shelter", "text", field_class="whereabouts"),
    Field("passport", "text", field_class="identity"),
    Field("approved", "boolean", managed=True),
)

ALPHA = Workflow(
    "alpha",
    initial="new",
    states=(
        State("new", grants={"view": STAFF, "edit": STAFF, "note": STAFF, "assign": STAFF}),
        State("going", grants={"view": ("nurse", "chief", "owner"), "edit": STAFF, "note": STAFF, "assign": STAFF}),
        State("waiting", grants={"view": ("chief", "owner", "helper"), "edit": STAFF, "correct": "chief"}),
        State("done", final=True, grants={"view": "chief"}),
    ),
    transitions=(
        Transition("begin", "new", "going", roles=STAFF, form=DATA[:12], effects=keep(*(f.name for f in DATA[:12]))),
        Transition("take", ("new", "going"), roles=STAFF, effects=[Assign("owner")]),
        Transition("lodge", "going", roles=STAFF, effects=[Post("beds", "occupied", 1)]),
        Transition(
            "stock_up",
            "new",
            roles=STAFF,
            form=[Field("sum", "integer")],
            effects=[Post("yard", "shelf", Given("sum"))],
        ),
        Transition(
            "use", "new", roles=STAFF, form=[Field("sum", "integer")], effects=[Post("shelf", "yard", Given("sum"))]
        ),
        Transition("rest", "going", "waiting", roles=STAFF, condition=elapsed_since("alpha.new") >= hours(0)),
        Transition("resume", "waiting", "going", roles=STAFF),
        Transition("finish", ("going", "waiting"), "done", roles=STAFF, four_eyes=("begin",)),
        Transition("reopen", "done", "going", roles="chief", condition=actor.differs_from("finish")),
    ),
    deadlines=(
        Deadline("soon", ("new", "going"), days(2)),
        Deadline("late", ("going", "waiting"), days(9), trigger="finish"),
    ),
)
BETA = Workflow(
    "beta",
    initial="idle",
    states=(
        State("idle", grants={"view": "helper"}),
        State("busy", grants={"view": "clerk"}),
        State("over", final=True),
    ),
    transitions=(
        Transition("work", "idle", "busy", roles=STAFF),
        Transition("stop", "busy", "idle", roles=STAFF, condition=elapsed_since("beta.busy") >= hours(0)),
        Transition("end", ("idle", "busy"), "over", condition=state("alpha") == "done", automatic=True),
    ),
)

SAMPLE = CaseType(
    "sample",
    chain=(ALPHA, BETA),
    data=DATA,
    roles=(*(Role(name) for name in STAFF), Role("owner", local=True), Role("helper", local=True)),
    opens=STAFF,
    readers={"personal": ("nurse", "chief", "owner"), "health": "nurse", "whereabouts": "chief", "identity": "chief"},
    worklists=(
        Worklist("all", roles=STAFF),
        Worklist("new", "new", roles=STAFF),
        Worklist(
            "older",
            ("new", "going", "waiting"),
            condition=field("a_integer").in_(2, 3, 4) & state("beta").in_("idle", "busy"),
            roles=STAFF,
        ),
        Worklist("mine", ("new", "going", "waiting"), condition=actor.has_role("owner"), roles=STAFF),
        Worklist("idle", ("idle", "busy"), workflow="beta", condition=~tree.Overdue("soon"), roles=STAFF),
    ),
    accounts=(
        Account("shelf", "thing", minimum=0),
        Account("yard", "thing"),
        Account("beds", "bed", by="a_choice", minimum=-5),
        Account("occupied", "bed", by="a_choice"),
        Account("purse", "coin", owner="case", maximum=100),
        Account("fund", "coin", owner="tenant", minimum=-(2**62)),
    ),
    invariants=(Invariant("somewhere", state("alpha").in_("new", "going", "waiting", "done")),),
)
LIMITED = ("shelf", "beds", "purse", "fund")
MARKS = ("alpha.new", "beta.busy")
ACTS = ("begin", "finish")

_BIG = Decimal(2**63 - 1).scaleb(-6)
_CHINA = timedelta(hours=8)
POOLS: dict[str, tuple[Any, ...]] = {
    "text": (
        *(
            "",
            " ",
            "a",
            "A",
            "b",
            "a ",
            "é",
            "e\u0301",
            "ß",
            "ss",
            "SS",
            "İ",
            "1",
            "１",
            "01",
            "true",
            "null",
            "%",
            "_",
        ),
        *("'", '"', "\\", "中", "甲乙", "\U0001f600", "\u200b", "\ufffe", "\u202e", "x" * 2_000, "0x10", "1e3", "\n"),
    ),
    "integer": (-(2**63), 1 - 2**63, -1, 0, 1, 2, 2**31 - 1, 2**31, 2**53, 2**53 + 1, 2**63 - 2, 2**63 - 1),
    "decimal": (
        *(Decimal(text) for text in ("0", "0.000001", "-0.000001", "0.000002", "0.1", "0.3", "0.100001", "1", "1.50")),
        *(_BIG, -_BIG, _BIG - Decimal("0.000001"), Decimal("9007199254.740993"), Decimal("9007199254.740992")),
    ),
    "float": (0.0, -0.0, 0.1, 0.3, 0.1 + 0.2, -1.5, 5e-324, 1.7976931348623157e308, 2.0**53, 2.0**53 + 2, 1e15),
    "boolean": (True, False),
    "date": (date.min, date.max, date(1969, 12, 31), date(1970, 1, 1), date(2000, 2, 29), date(2026, 1, 31)),
    "instant": (
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        *(NOW + n * MICRO for n in (-1_000, -1, 0, 1, 1_000)),
        datetime(2026, 3, 1, 5, tzinfo=UTC),
        datetime.fromisoformat("2026-03-01T05:00:00+08:00"),
        datetime.fromisoformat("2026-03-01T13:00:00+08:00"),
    ),
    "choice": tuple(choice.name for choice in CHOICES),
}


def pool(kind: str) -> tuple[Value, ...]:
    """Values of one kind as a case holds them, at every border and beside it."""
    return tuple(dict.fromkeys(checked(value) for value in POOLS[kind]))


@attrs.frozen(kw_only=True)
class Row:
    """One case beside its ledger and its local roles."""

    states: Mapping[str, str] = attrs.field(factory=lambda: {"alpha": "new", "beta": "idle"})
    data: Mapping[str, Value] = attrs.field(factory=dict)
    marks: Mapping[str, datetime] = attrs.field(factory=dict)
    dues: Mapping[str, datetime] = attrs.field(factory=dict)
    acts: Mapping[str, str] = attrs.field(factory=dict)
    balances: Mapping[str, int] = attrs.field(factory=dict)
    roles: frozenset[tuple[str, str]] = frozenset()
    unit: str = UNITS[0]
    tenant: str = "main"
    closed: bool = False
    opened_at: datetime = NOW


class _Undone(Exception):
    """Takes back whatever a test wrote."""


class Rows:
    """A store of one case type, filled row by row."""

    def __init__(self, url: str, case_type: CaseType = SAMPLE) -> None:
        manifest, findings = compose(case_type, [], [])
        assert [] == findings
        self.compiled = Compiled(manifest, {})
        self.store = Store(open_engine(url, StoreOptions()), seeded_entropy(1))
        self.cases = self.store.cases(self.compiled)
        self.predicates = Predicates(self.compiled, self.cases.projection)
        self.store.tables.create([self.cases.projection])

    @contextmanager
    def undone(self) -> Iterator[Transaction]:
        """A transaction of which nothing stays."""
        with suppress(_Undone), self.store.transactions.write() as transaction:
            yield transaction
            raise _Undone

    def add(self, transaction: Transaction, number: int, row: Row) -> str:
        """Write a case as the store does when one is opened; answers its id."""
        snapshot = Snapshot(
            tenant=row.tenant,
            id=f"case-{number:05}",
            case_type=self.compiled.case_type.name,
            manifest=self.compiled.manifest.hash,
            revision=1,
            unit=row.unit,
            opened_at=row.opened_at,
            closed_at=NOW if row.closed else None,
            parent=None,
            head=b"",
            subjects={},
            states=dict(row.states),
            data=dict(row.data),
            marks=dict(row.marks),
            dues=dict(row.dues),
            acts=dict(row.acts),
        )
        self.cases.insert(transaction, snapshot)
        for name, amount in row.balances.items():
            self._balance(transaction, snapshot, name, amount)
        for role, person in sorted(row.roles):
            values = {"role": role, "person": person, "number": 1, "tenant": row.tenant, "case_id": snapshot.id}
            transaction.run(self._statement(schema.assignment, values), {})
        return snapshot.id

    def _balance(self, transaction: Transaction, snapshot: Snapshot, name: str, amount: int) -> None:
        key = account_key(self.compiled.accounts[name], snapshot, snapshot.data)
        table = schema.balance.c
        if key is not None and not transaction.ask(
            select(literal(1)).where(table.tenant == snapshot.tenant, table.account == key)
        ):
            values = {"tenant": snapshot.tenant, "account": key, "amount": amount}
            transaction.run(self._statement(schema.balance, values), {})

    def _statement(self, table: Any, values: dict[str, Any]) -> Prepared:
        return Prepared(insert(table).values(values), self.store.engine.dialect)

    def facts(self, transaction: Transaction, tenant: str, case_id: str, actor: Actor, now: datetime) -> Facts:
        """What deciding would look at, for the case as it is loaded back."""
        snapshot = self.cases.load(transaction, tenant, case_id)
        assert snapshot is not None
        local = self.store.assignments.roles(transaction, tenant, case_id, actor.person)
        limited = [account for account in self.compiled.accounts.values() if account.limited]
        self.store.weigh(transaction, self.compiled, snapshot, limited, holds=False)
        roles = general_roles(actor, snapshot.unit) | local
        return Draft(self.compiled, snapshot, Move(kind="fire", actor=actor, now=now, roles=roles))

    def told(
        self, transaction: Transaction, conditions: Sequence[Condition], actor: Actor, now: datetime
    ) -> dict[str, list[bool | None]]:
        """What SQL answers to each condition, by case."""
        asking = Asking(now=now, person=actor.person, held=reaches(actor))
        row: Any = self.cases.projection.table.c
        answers: dict[str, list[bool | None]] = {}
        for start in range(0, len(conditions), 100):
            columns = [
                self.predicates.predicate(condition, asking).label(f"p{i}")
                for i, condition in enumerate(conditions[start : start + 100])
            ]
            for case_id, *found in transaction.ask(
                select(row.case__id, *columns).where(row.case__tenant == actor.tenant)
            ):
                answers.setdefault(case_id, []).extend(None if item is None else bool(item) for item in found)
        return answers

    def differences(
        self, rows: Sequence[Row], conditions: Sequence[Condition], actor: Actor, now: datetime = NOW
    ) -> list[str]:
        """Where the two readers disagree about these rows."""
        conditions = [self.compiled.located(condition) for condition in conditions]
        readers = [reader(condition) for condition in conditions]
        with self.undone() as transaction:
            ids = {self.add(transaction, i, row): row for i, row in enumerate(rows)}
            told = self.told(transaction, conditions, actor, now)
            found = []
            for case_id, row in ids.items():
                facts = self.facts(transaction, row.tenant, case_id, actor, now)
                for condition, read, sql in zip(conditions, readers, told[case_id], strict=True):
                    python = read(facts)
                    if python is not sql:
                        found.append(f"{row}: {condition}: Python says {python}, SQL says {sql}")
        return found
