"""One trigger on many cases: chunks that are atomic, resumable, and logged case by case.

The cases of a chunk are read together and written together; each of them is decided by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

import attrs

from casework.desk.engine import Engine
from casework.desk.firing import Loaded, absent, carry_out, moving, named, perform, stale, viewable
from casework.desk.requests import REQUEST_LIMIT, Asked, digests, remember
from casework.errors import InvalidValue, Refused
from casework.model.actor import Actor, is_identifier
from casework.model.case import Case, Receipt
from casework.model.refusal import Refusal
from casework.storage.sql.gathering import Gathering
from casework.storage.sql.transaction import Transaction

Answer = TypeVar("Answer")


class Write(Protocol):
    """Carries out work in a transaction that writes, as a desk does."""

    def __call__(self, work: Callable[[Transaction], Answer], /) -> Answer: ...


@attrs.frozen
class Bulk:
    """What became of a batch: the cases that moved, and the refusals of the others."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, Refusal], ...]


def several(cases: Iterable[Case | str]) -> tuple[Case | str, ...]:
    """The cases of a batch, each of them something that names a case."""
    given = tuple(one_by_one(cases, "bulk"))
    for case in given:
        named(case)
    return given


def one_by_one(cases: Iterable[Case | str], verb: str) -> Iterable[Case | str]:
    """The same, not taken yet; a single case is refused."""
    if isinstance(cases, str | Case):
        raise TypeError(f"{verb} takes several cases; give a list, be it of one")
    return cases


def fire_many(
    engine: Engine,
    actor: Actor,
    cases: tuple[Case | str, ...],
    *,
    write: Write,
    trigger: str,
    form: Mapping[str, object],
    batch: str,
    chunk: int,
) -> Bulk:
    """Fire on each case under a request id made of *batch* and its id, *chunk* cases in one transaction of *write*."""
    if type(chunk) is not int or chunk < 1:
        raise InvalidValue("chunk", "takes a whole number, 1 or more", "须为不小于1的整数")
    asked = Asked(kind="fire", trigger=trigger, form=form)
    done: list[str] = []
    refused: list[tuple[str, Refusal]] = []
    for start in range(0, len(cases), chunk):
        part = cases[start : start + chunk]
        for case_id, refusal in write(partial(_fired, engine, actor, part, asked=asked, batch=batch)):
            if refusal is None:
                done.append(case_id)
            else:
                refused.append((case_id, refusal))
    return Bulk(tuple(done), tuple(refused))


def _fired(
    engine: Engine,
    actor: Actor,
    part: Sequence[Case | str],
    transaction: Transaction,
    *,
    asked: Asked,
    batch: str,
) -> list[tuple[str, Refusal | None]]:
    """What became of each case of a chunk, in order."""
    engine.guarded()
    gathering, identified = Gathering(transaction), digests(asked)
    ids = [named(case) for case in part]
    requests = {case_id: f"{batch}/{case_id}" for case_id in ids}
    read = _read(engine, transaction, actor, requests)
    told: list[tuple[str, Refusal | None]] = []
    for case_id, case in zip(ids, part, strict=True):
        request_id = requests[case_id]
        # Each is taken once: the same case again in one chunk is read anew, like one whose request was carried out.
        loaded, written = read.pop(case_id, None), gathering.evidence
        # A refusal precedes every write, so a refused case leaves the others of its chunk as they are.
        try:
            if loaded is None:
                with gathering.whole():
                    perform(engine, transaction, actor, case, attrs.evolve(asked, request_id=request_id))
            else:
                receipt = _fire(engine, gathering, actor, loaded, case, asked)
                remember(engine, gathering, actor, request_id, identified(case_id), receipt)
        except Refused as no:
            if gathering.evidence is not written:
                raise  # refused by the database itself, half-way: nothing of the chunk is kept
            told.append((case_id, no.refusal))
        else:
            told.append((case_id, None))
    gathering.flush()
    # Whoever fires on many is told how each went, and shown none of them.
    transaction.shown.clear()
    return told


def _fire(
    engine: Engine, transaction: Transaction, actor: Actor, loaded: Loaded, case: Case | str, asked: Asked
) -> Receipt:
    """The same as perform() for a case that was read with others, and whose request is new."""
    viewable(loaded)
    stale(case, loaded.snapshot)
    absent(engine, loaded.compiled, loaded.snapshot.id)
    return carry_out(engine, transaction, loaded, moving(engine, actor, loaded, asked))[1]


def _read(engine: Engine, transaction: Transaction, actor: Actor, requests: Mapping[str, str]) -> dict[str, Loaded]:
    """Those of the cases that can be read together: they are there, and their requests were not carried out yet."""
    store, tenant = engine.store, actor.tenant
    wanted = [case_id for case_id, request_id in requests.items() if is_identifier(request_id, REQUEST_LIMIT)]
    by_manifest: dict[str, list[str]] = {}
    for case_id, manifest in store.many.pins(transaction, tenant, wanted).items():
        by_manifest.setdefault(manifest, []).append(case_id)
    found: dict[str, Loaded] = {}
    for manifest, ids in by_manifest.items():
        compiled = engine.pinned(transaction, manifest)
        if compiled is None:
            continue
        for case_id, snapshot in store.many.cases(transaction, store.cases(compiled), tenant, ids).items():
            if snapshot.manifest == manifest:
                store.see_glasses(transaction, compiled, snapshot)
                found[case_id] = Loaded(compiled, snapshot, engine.roles(transaction, compiled, actor, snapshot))
    # Asked once the cases are locked: whoever carried one out in the meantime has written it down by now.
    carried_out = store.many.requests(transaction, tenant, actor.id, [requests[case_id] for case_id in found])
    return {case_id: loaded for case_id, loaded in found.items() if requests[case_id] not in carried_out}
