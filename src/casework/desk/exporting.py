"""Write cases out as records, each as the actor may read it, in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from casework.desk import firing
from casework.desk.engine import Engine
from casework.desk.record import record_of
from casework.model.actor import Actor
from casework.model.case import Case
from casework.storage.sql.transaction import Transaction

CHUNK = 100
"""Cases that are read in one transaction."""


def chunks(cases: Iterable[Case | str]) -> Iterator[list[Case | str]]:
    """The cases in lists of a hundred, taken as they come."""
    rest = iter(cases)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def exported(
    engine: Engine, transaction: Transaction, actor: Actor, cases: Iterable[Case | str]
) -> Iterator[dict[str, Any]]:
    """The records of *cases* as they stand now. Refused as not found where the actor may not view one."""
    for case in cases:
        loaded = firing.load(engine, transaction, actor, case)
        assigned = engine.store.assignments.of_case(transaction, actor.tenant, loaded.snapshot.id)
        yield record_of(transaction.shown, loaded.compiled, loaded.snapshot, loaded.roles, assigned)
