"""Erasing what is known of a subject: what stands in the way, what of a case stays, what its entry says.

Pure: who may is asked of the present definitions, for those that a case was opened under may be older than the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from casework.compiled import Compiled
from casework.condition.literal import Value
from casework.deciding.draft import account_keys
from casework.model.assignment import Assignment
from casework.model.case import Snapshot
from casework.model.casetype import CaseType
from casework.model.decision import Decision
from casework.model.erasure import Erases, Obstacle
from casework.model.fields import Field
from casework.model.refusal import Problem
from casework.model.retention import NO_RETENTION, Retention
from casework.text import Text


def left_of(fields: Mapping[str, Field], data: Mapping[str, Value]) -> dict[str, Value]:
    """What stays of case data once the rest was erased: open values that were not derived from others."""
    gone = lost_fields(fields)
    return {name: value for name, value in data.items() if name not in gone and name in fields}


def lost_fields(fields: Mapping[str, Field]) -> frozenset[str]:
    """The fields that erasing empties: those that are not open, and what was derived from them, however far."""
    gone = {name for name, field in fields.items() if field.field_class != "open"}
    while more := {n for n, field in fields.items() if n not in gone and not gone.isdisjoint(field.derived_from)}:
        gone |= more
    return frozenset(gone)


def retention_of(case_type: CaseType) -> Retention:
    """What a case type says of keeping and erasing."""
    return case_type.retention or NO_RETENTION


@attrs.frozen(kw_only=True, eq=False)
class About:
    """One case about the subject: as it stands, and the rules of its case type as they are now."""

    compiled: Compiled
    snapshot: Snapshot
    retention: Retention

    @property
    def names(self) -> tuple[str, ...]:
        """Whom else the case is about, by number."""
        return tuple(self.snapshot.subjects[name] for name in self.compiled.subjects)

    def goes_with(self, subject: str) -> bool:
        """Whether erasing *subject* erases the values of this case."""
        return self.retention.shared != "first" or self.names[:1] == (subject,)


@attrs.frozen(kw_only=True, eq=False)
class Standing:
    """What erasing a subject depends on: the cases, who else may go, what is left on the accounts, a legal hold.

    *gone* are the other subjects that were erased already, or are asked for. *amounts* are by account, *reserved* the
    accounts with something pending, *held* those with a legal hold whose values would go.
    """

    subject: str
    cases: Sequence[About]
    gone: frozenset[str]
    amounts: Mapping[str, int]
    reserved: frozenset[str]
    held: tuple[str, ...]
    leaves_balances: bool


def obstacles(standing: Standing) -> Iterator[tuple[Obstacle, Problem]]:
    """Everything that stands in the way, each with what would be right."""
    for person in standing.held:
        en = f"a legal hold stands on {person}; it has to be lifted first"
        yield "held", Problem(f"subject.{person}", Text(en, f"{person}处于法律保全期间，须先解除保全"))
    for about in standing.cases:
        case = about.snapshot
        if case.closed_at is None and not about.retention.while_open:
            text = Text(f"case {case.id} is open; close it first", f"案件{case.id}未结；请先结案")
            yield "open", Problem(f"case.{case.id}", text)
        others = [person for person in about.names if person != standing.subject and person not in standing.gone]
        if others and about.retention.shared == "refuse":
            whom = ", ".join(dict.fromkeys(others))
            en = f"case {case.id} is also about {whom}; ask for erasing them too"
            text = Text(en, f"案件{case.id}还涉及当事人{whom}；请一并提出清除")
            yield "shared", Problem(f"case.{case.id}", text)
    yield from _amounts(standing)


def _amounts(standing: Standing) -> Iterator[tuple[Obstacle, Problem]]:
    for account in sorted(standing.reserved):
        text = Text(f"something is reserved on {account}; settle or void it", f"{account}有未了结的预留；请先了结")
        yield "reserved", Problem(f"account.{account}", text)
    if standing.leaves_balances:
        return
    for account, amount in sorted(standing.amounts.items()):
        if amount:
            en = f"{amount} is left on {account}; use it up, or ask with leaves_balances"
            text = Text(en, f"{account}尚余{amount}；请先用完，或在提出时注明保留余额（leaves_balances）")
            yield "balance", Problem(f"account.{account}", text)


def accounts_of(abouts: Iterable[About], subject: str) -> Iterator[str]:
    """The keys of the limited accounts that are the subject's own in some case."""
    for about in abouts:
        case = about.snapshot
        for account in about.compiled.accounts.values():
            if account.limited and case.subjects.get(account.owner) == subject:
                yield from account_keys(account, case, about.compiled)


def entry(
    snapshot: Snapshot,
    erases: Erases,
    assignments: tuple[Assignment, ...] = (),
    data: Mapping[str, Value] | None = None,
) -> Decision:
    """The entry of one step; it leaves everything of the case as it is, but for *data* once that was erased."""
    return Decision(
        kind="erase",
        trigger="",
        states=snapshot.states,
        data=dict(snapshot.data if data is None else data),
        marks=snapshot.marks,
        dues=snapshot.dues,
        terms=snapshot.terms,
        acts=snapshot.acts,
        changed={},
        form={},
        closed_at=snapshot.closed_at,
        assignments=assignments,
        erases=erases,
    )


def due_at(case_type: CaseType, closed_at: datetime | None) -> datetime | None:
    """When erasing is to be asked for, of a case that was closed then; None where nothing says so."""
    after = retention_of(case_type).after
    return None if after is None or closed_at is None else closed_at + after


def personal(decision: Decision, compiled: Compiled) -> bool:
    """Whether a decision would write something that is not open."""
    if decision.note or decision.enclosed is not None:
        return True
    trigger = compiled.triggers.get(decision.trigger)
    asked = {} if trigger is None else trigger.form
    named = [compiled.fields.get(name) for name, value in decision.changed.items() if value is not None]
    named += [found for name in decision.form for found in (compiled.fields.get(name), asked.get(name))]
    return any(field is not None and field.field_class != "open" for field in named)
