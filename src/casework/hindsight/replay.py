"""Retell recorded cases under a proposed definition: who would have been stopped, waited longer, lost access.

Each entry is decided twice: once more as it was recorded, which tells what parts, accounts and roles answered then,
and under the proposal, on the case as that would have left it. Nothing is written, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from casework.desk import firing
from casework.desk.engine import Engine
from casework.desk.exporting import chunks
from casework.errors import InvalidValue
from casework.hindsight.outcome import Replay, Replayed, Untold
from casework.hindsight.proposal import Twin, proposed, twin_of
from casework.hindsight.rights import closed_to, touches_the_same
from casework.hindsight.track import Track
from casework.hindsight.witness import Witness
from casework.manifest import Manifest
from casework.model.actor import Actor
from casework.model.case import Case
from casework.model.casetype import CaseType
from casework.storage.fold import pinned_by
from casework.storage.log import Entry, parsed
from casework.storage.sql.transaction import Transaction


def replayed(
    engine: Engine,
    asker: Actor,
    cases: Iterable[Case | str],
    proposal: CaseType | Manifest,
    *,
    staff: Iterable[Actor] = (),
) -> Replay:
    """What would have become of *cases* under the proposal, as far as *asker* may read of them.

    *staff* says which roles those had who acted; of others the log does not tell. Raises Refused (not found) for a
    case that the asker may not view, InvalidValue where the proposal is about another case type than a case is,
    UnsoundDefinition where it does not fit together.
    """
    current = engine.current.get(proposal.name)
    manifest = proposed(None if current is None else current.manifest, proposal)
    work = _Work(engine, asker, manifest, {actor.id: actor for actor in staff})
    return Replay(case_type=manifest.name, proposal=manifest.hash, cases=tuple(work.over(cases)))


def _since(entries: Iterable[Entry]) -> int:
    """The number of the last migration of a case, from which on it has the names that it has now; 1 without any."""
    frames = (parsed(entry.body) for entry in entries)
    return max((frame.number for frame in frames if frame.content["kind"] == "migrate"), default=1)


class _Work:
    """One replay: the proposal's twin, and those of all definitions that the cases were written under."""

    def __init__(self, engine: Engine, asker: Actor, manifest: Manifest, staff: Mapping[str, Actor]) -> None:
        self._engine, self._asker, self._staff = engine, asker, staff
        self._witness = Witness()
        self._manifest = manifest
        self._twins: dict[str, Twin] = {}
        self._now = engine.clock.now()

    def over(self, cases: Iterable[Case | str]) -> Iterator[Replayed]:
        """Each case in turn, a hundred in one transaction that only reads."""
        for chunk in chunks(cases):
            with self._engine.store.transactions.read() as transaction:
                for case in chunk:
                    yield self._one(transaction, case)

    def _one(self, transaction: Transaction, case: Case | str) -> Replayed:
        engine = self._engine
        loaded = firing.load(engine, transaction, self._asker, case)
        snapshot = loaded.snapshot
        entries = engine.store.entries.of_case(transaction, snapshot.tenant, snapshot.id)
        found = Replayed(case_id=snapshot.id, case_type=snapshot.case_type, entries=len(entries))
        if snapshot.case_type != self._manifest.name:
            raise InvalidValue(
                "cases", f"{snapshot.id} is a {snapshot.case_type}, the proposal a {self._manifest.name}"
            )
        twin = self._twin(self._manifest)
        shut = self._closed(transaction, loaded, entries, twin)
        if shut is None:
            return attrs.evolve(found, untold=(Untold(entry=1, cause="withheld"),))
        self._witness.shut = shut
        track = Track(
            twin=twin,
            twin_of=lambda compiled: self._twin(compiled.manifest),
            manifests=engine.manifests(transaction),
            first=loaded.compiled,
            witness=self._witness,
            staff=self._staff,
            units=engine.units,
            since=_since(entries),
        )
        with engine.deciding():
            for entry in entries:
                track.follow(entry)
            return track.outcome(found, self._until(snapshot.closed_at))

    def _closed(
        self, transaction: Transaction, loaded: firing.Loaded, entries: Iterable[Entry], twin: Twin
    ) -> frozenset[str] | None:
        """What of the case the asker may not read, now or under anything that it was pinned to; None: nothing is told.

        Whoever proposes a definition can ask anything of a case. To somebody who does not read all of it, each answer
        would tell what they may not read, and so would each silence (F82): they may ask otherwise of what they read,
        and of the rest only what the record was asked.
        """
        pinned = {found[1] for entry in entries if (found := pinned_by(parsed(entry.body))) is not None}
        manifests, shut = self._engine.manifests(transaction), frozenset[str]()
        everything = [loaded.compiled, *filter(None, map(manifests, sorted(pinned)))]
        for compiled in everything:
            roles = self._engine.roles(transaction, compiled, self._asker, loaded.snapshot)
            closed = closed_to(compiled, roles)
            if closed is None:
                return None
            shut |= closed
        alike = not shut or all(
            touches_the_same(twin.compiled, self._twin(item.manifest).compiled) for item in everything
        )
        return shut if alike else None

    def _until(self, closed_at: datetime | None) -> datetime:
        return self._now if closed_at is None else max(self._now, closed_at)

    def _twin(self, manifest: Manifest) -> Twin:
        if manifest.hash not in self._twins:
            self._twins[manifest.hash] = twin_of(manifest, self._engine.parts, self._witness)
        return self._twins[manifest.hash]
