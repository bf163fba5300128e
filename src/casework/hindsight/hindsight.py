"""The door to what can be said of what was, for whoever holds an application: ``app.hindsight``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from casework.desk import Desk
from casework.desk.engine import Engine
from casework.hindsight.conformance import Departure, departures
from casework.hindsight.ocel import written
from casework.hindsight.outcome import Replay
from casework.hindsight.replay import replayed
from casework.manifest import Manifest
from casework.model.actor import Actor
from casework.model.case import Case
from casework.model.casetype import CaseType


@attrs.frozen(eq=False)
class Hindsight:
    """Recorded cases under another definition, and their logs for process mining. Nothing is written."""

    _engine: Engine
    _desk: Callable[[Actor], Desk]

    def replay(
        self,
        asker: Actor,
        cases: Iterable[Case | str],
        *,
        proposal: CaseType | Manifest,
        staff: Iterable[Actor] = (),
    ) -> Replay:
        """What would have become of *cases* under *proposal*: stopped, due otherwise, out of somebody's hands.

        A CaseType takes the place of the one of that name, with what is attached to it and required of it; a Manifest
        (``Casework(…).manifests["…"]``) is taken as it is. *staff* are those who acted, with the roles that they had,
        which no log tells. Of a case that *asker* may not view in every state nothing is told, and of fields that
        they may not read only what the record itself was asked.

        Raises Refused (not found) for a case that *asker* may not view, InvalidValue for a proposal about another
        case type, UnsoundDefinition for one that does not fit together.
        """
        self._engine.guarded()
        who = self._desk(asker).actor
        return replayed(self._engine, who, cases, proposal, staff=staff)

    def ocel(self, asker: Actor, cases: Iterable[Case | str], *, key: bytes | None = None) -> Iterator[str]:
        """The logs of *cases* in the OCEL 2.0 JSON format, in pieces of one document, as far as *asker* may read.

        Persons are told by pseudonyms; the same *key* gives the same ones. Raises Refused (not found) for a case that
        *asker* may not view.
        """
        return written(self._engine, self._desk(asker).actor, cases, key=key)

    def departures(self, log: Mapping[str, Any]) -> tuple[Departure, ...]:
        """Every event of an exported log that the definition which it ran on does not allow; empty where all conform.

        *log* is the document as ``json.load`` gives it. Raises InvalidValue where it is none that ``ocel`` has written.
        """
        with self._engine.store.transactions.read() as transaction:

            def manifest(digest: str) -> Manifest | None:
                found = self._engine.pinned(transaction, digest)
                return None if found is None else found.manifest

            return tuple(departures(log, manifest))
