"""What all desks of one app share: the store, the clock, the compiled manifests."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from casework.access import GLASS, general_roles
from casework.blobs import BlobStore, EnclosureLimits
from casework.clock import Clock
from casework.compiled import Compiled
from casework.deciding import decide
from casework.errors import Reentered, StoreMismatch
from casework.hookspecs import Recorded
from casework.ids import Entropy, Ids, apart, system_entropy
from casework.jobs import WorkLimits
from casework.keys.ledger import ErasureLedger
from casework.manifest import manifest_from
from casework.model.actor import Actor
from casework.model.case import Move, Snapshot
from casework.model.decision import Decision
from casework.model.refusal import Refusal
from casework.model.units import ALONE, Units
from casework.parts import Channel, Inbound, Part
from casework.plugins import Plugins
from casework.storage.fold import Manifests
from casework.storage.keys import Keys
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store


class ManifestChanged(StoreMismatch):
    """A stored manifest is not the one that its cases were pinned to; it concerns those cases and no others."""


_BACK_DOOR = "parts answer by what they return and observers only listen; neither uses a desk"


class _Deciding(threading.local):
    """Whether a part or an observer of this thread has the word."""

    now = False

    def __enter__(self) -> None:
        if self.now:
            raise Reentered(_BACK_DOOR)
        self.now = True

    def __exit__(self, *_: object) -> None:
        self.now = False


class Engine:
    """The frozen inside of an app. *current* are the manifests that new cases are opened under."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        plugins: Plugins,
        parts: Mapping[str, Part],
        current: Mapping[str, Compiled],
        inbound: Mapping[str, Inbound] | None = None,
        blobs: BlobStore | None = None,
        enclosures: EnclosureLimits | None = None,
        erasures: ErasureLedger | None = None,
        work: WorkLimits | None = None,
        entropy: Entropy = system_entropy,
        units: Units | Callable[[], Units] = ALONE,
    ) -> None:
        self.store, self.clock, self.ids, self.plugins = store, clock, ids, plugins
        self.parts, self.current = parts, current
        self.blobs, self.enclosures = blobs, enclosures or EnclosureLimits()
        self.erasures = erasures
        self.erased_while_open = frozenset(name for name, compiled in current.items() if _goes_on(compiled))
        self._pinned = {compiled.manifest.hash: compiled for compiled in current.values()}
        self.inbound = inbound or {}
        self.work, self.entropy = work or WorkLimits(), entropy
        self.jitter = apart(entropy, "jitter of workers")
        self._units = units
        self.channels = {name: part for name, part in parts.items() if isinstance(part, Channel)}
        self._deciding = _Deciding()

    @property
    def units(self) -> Units:
        """The tree of units as it is now."""
        return self._units if isinstance(self._units, Units) else self._units()

    @property
    def keys(self) -> Keys | None:
        """The keys of the store; None where values are kept plain."""
        return self.store.keys

    def pinned(self, transaction: Transaction, digest: str) -> Compiled | None:
        """The manifest of that hash, from memory or from the store; None where the store has it not."""
        return self._pinned.get(digest) or self.stored(transaction, digest)

    def stored(self, transaction: Transaction, digest: str) -> Compiled | None:
        """The same as it stands in the store, whatever is in memory. Raises ManifestChanged where it is another."""
        document = self.store.document(transaction, digest)
        if document is None:
            return None
        if hashlib.sha256(document.encode()).hexdigest() != digest:
            problem = f"the stored manifest {digest[:12]}… is not the document that its cases were pinned to"
            raise ManifestChanged(problem, "run `casework verify`, and restore it from a backup")
        if digest not in self._pinned:
            self._pinned[digest] = Compiled(manifest_from(document), self.parts)
        return self._pinned[digest]

    def of_type(self, transaction: Transaction, tenant: str, case_id: str) -> Compiled | None:
        """The manifest that a case is pinned to; None where there is no such case."""
        found = self.store.locate(transaction, tenant, case_id)
        return None if found is None else self.pinned(transaction, found[1])

    def history(self, transaction: Transaction, compiled: Compiled, tenant: str, case_id: str, until: int) -> Snapshot:
        """The case as it was after its entry number *until*, whatever it was pinned to then."""
        return self.store.history(transaction, compiled, tenant, case_id, until, self.manifests(transaction))

    def manifests(self, transaction: Transaction) -> Manifests:
        """Gives the manifests that entries were written under. Raises StoreMismatch where one is not to be had."""

        def manifest(digest: str) -> Compiled:
            found = self.pinned(transaction, digest)
            if found is None:
                problem = f"the manifest {digest[:12]}… that the case was pinned to is not in the store"
                raise StoreMismatch(problem, "run `casework verify`, and restore it from a backup")
            return found

        return manifest

    def registered(self, compiled: Compiled) -> bool:
        """Whether the app still has the case type; cases of one that it lost are read-only."""
        return compiled.case_type.name in self.current

    def roles(self, transaction: Transaction, compiled: Compiled, actor: Actor, case: Snapshot) -> frozenset[str]:
        """The roles that the actor holds on the case: in general, in its unit, and on it."""
        roles = compiled.access.claimed(general_roles(actor, case.unit, self.units))
        if compiled.access.local_roles:
            roles |= self.store.assignments.roles(transaction, case.tenant, case.id, actor.person)
        if case.glasses and self._broke(compiled, actor, case):
            roles |= {GLASS}
        return roles

    def _broke(self, compiled: Compiled, actor: Actor, case: Snapshot) -> bool:
        """Whether the actor broke the glass of the case, and the time is not up yet (F86)."""
        now = self.clock.now()
        return compiled.access.breakable and any(
            glass.person == actor.person and now < glass.until for glass in case.glasses
        )

    def decide(self, compiled: Compiled, snapshot: Snapshot, move: Move) -> Decision | Refusal:
        """Decide, while nothing in this thread may use a desk."""
        with self._deciding:
            return decide(compiled, snapshot, move)

    def deciding(self) -> AbstractContextManager[None]:
        """Refuse every use of a desk by this thread until left."""
        return self._deciding

    def tell(self, recorded: Recorded) -> None:
        """Tell the observers of a committed entry; they use no desk either."""
        with self.deciding():
            self.plugins.recorded(recorded)

    def guarded(self) -> None:
        """Raise Reentered where a guard, effect or observer comes in by the back door."""
        if self._deciding.now:
            raise Reentered(_BACK_DOOR)


def _goes_on(compiled: Compiled) -> bool:
    """Whether a case whose values were erased may be open: where that is allowed, and where it may be opened again."""
    rule = compiled.case_type.retention
    return compiled.reopens or (rule is not None and rule.while_open)
