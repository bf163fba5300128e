"""Casework: collect what an application is made of, check it, compile it, freeze it; then hand out desks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from casework.blobs import BlobStore, EnclosureLimits
from casework.clock import Clock, SystemClock, utc
from casework.collecting import check_blobs, check_runner, check_units, collected
from casework.compiled import Compiled
from casework.desk import Desk, Engine, receiving
from casework.desk.accesslog import forget
from casework.desk.carrying import unavailable
from casework.desk.enclosing import sweep
from casework.desk.keyring import Keyring
from casework.desk.opening import registered
from casework.desk.receiving import Received, Reconsidered
from casework.desk.wiping import reapply
from casework.errors import KeysMismatch, StoreMismatch
from casework.hookspecs import Demo
from casework.ids import Entropy, Ids, system_entropy
from casework.jobs import Job, Outcome, Runner, WorkLimits
from casework.keys import DatabaseKeys, ErasureLedger, KeyStore
from casework.keys.port import check_keys
from casework.manifest import Manifest
from casework.model.actor import DEFAULT_TENANT, Actor, somebody
from casework.model.attachment import Attachment, Require
from casework.model.case import Case
from casework.model.casetype import CaseType
from casework.model.finding import Finding
from casework.model.migration import Migration
from casework.model.units import ALONE, Units
from casework.parts import Channel, Part
from casework.storage.inbox import InboxRow, InboxState
from casework.storage.messages import MessageKey, MessageState
from casework.storage.outbox import Outgoing
from casework.storage.pinned import PinnedCases
from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.sql.servertime import clock_of
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store
from casework.storage.tables import Plan
from casework.storage.wakes import Wakes
from casework.worker import Ran, Tended, outbox, perform, run_due, send_waiting, tend

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from casework.checkpointing import Asked, Checkpointer
    from casework.checkpoints import Checkpoint, Checkpoints, Loss, Signer
    from casework.deadlines import Deadlines
    from casework.desk.planning import CasePlan
    from casework.exploring import Proofs, Proving
    from casework.health import Health
    from casework.hindsight import Hindsight
    from casework.migrating.reaching import Configurations
    from casework.storage.diagnosis import Diagnosis
    from casework.storage.treecheck import LogVerdict
    from casework.storage.verify import Verdict

# What only upkeep needs is imported by the verbs of upkeep, so that applications start without it.

Answer = TypeVar("Answer")


class Casework:
    """An application's engine. Everything goes into the constructor; afterwards nothing can be changed.

    *url* is a SQLAlchemy URL, ``sqlite:///file.db`` or ``sqlite://`` for memory. *plugins* are modules or
    objects with hook implementations; ``installed()`` finds those of every installed distribution.
    *clock*, *entropy* and the ids made from them are injected for tests and replays; without *clock* time is told by
    the database server, so that all machines agree, and on SQLite by this machine. *blobs* keeps the files
    that cases enclose, *enclosures* says how many and of which kinds; without *blobs* enclosing is refused.
    *checkpoints* are what was signed of the log and is kept outside; a store that is older is not written to.
    *keys* keeps the keys under which values of persons are sealed; without them they are kept plain. *erasures* keeps
    who was erased, outside the database; without it erasing is refused.
    *runner* is a job engine that is told what there is to do; without one, run_due and send_waiting look for it.
    *work* limits what they do by themselves. *units* is the tree of units, or a function that gives it as it is now.

    Case types are explored before anything runs, as far as *proving* says; what is refuted is refused.

    Raises UnsoundDefinition with every finding at once, Conflict where two contributions claim one
    name, SetupError where a plugin cannot be used.
    """

    def __init__(
        self,
        url: str = "sqlite://",
        *,
        case_types: Iterable[CaseType] = (),
        parts: Iterable[Part] = (),
        attachments: Iterable[Attachment] = (),
        requirements: Iterable[Require] = (),
        plugins: Iterable[Any] = (),
        clock: Clock | None = None,
        entropy: Entropy = system_entropy,
        options: StoreOptions | None = None,
        blobs: BlobStore | None = None,
        enclosures: EnclosureLimits | None = None,
        keys: KeyStore | DatabaseKeys | None = None,
        erasures: ErasureLedger | None = None,
        checkpoints: Checkpoints | None = None,
        runner: Runner | None = None,
        work: WorkLimits | None = None,
        units: Units | Callable[[], Units] = ALONE,
        proving: Proving | None = None,
    ) -> None:
        made_of = collected(case_types, parts, attachments, requirements, plugins)
        self._warnings = made_of.warnings
        check_blobs(blobs, enclosures)
        self._options = options or StoreOptions()
        check_keys(keys)
        check_runner(runner)
        check_units(units)
        named = made_of.parts
        wakes = Wakes(runner, {name: part.order for name, part in named.items() if isinstance(part, Channel)})
        database = open_engine(url, self._options)
        clock = clock or clock_of(database, SystemClock())
        store = Store(database, entropy, keys, clock=clock, wakes=wakes)
        self._demos = tuple(demo for _, demo in made_of.plugins.demos())
        self._reapplied = keys is None and erasures is None
        current = {name: Compiled(manifest, named) for name, manifest in made_of.manifests.items()}
        _hold_proof(current, proving)
        for compiled in current.values():
            store.cases(compiled)  # a table that cannot be made stops the building, not the first case
        self._engine = Engine(
            store=store,
            clock=clock,
            ids=Ids(entropy),
            plugins=made_of.plugins,
            parts=named,
            current=current,
            inbound=made_of.inbound,
            blobs=blobs,
            enclosures=enclosures,
            erasures=erasures,
            work=work,
            entropy=entropy,
            units=units,
        )
        self._checkpoints = checkpoints
        if checkpoints is not None:
            from casework.checkpointing import guard_writes

            guard_writes(self._engine, checkpoints)

    @property
    def case_types(self) -> tuple[CaseType, ...]:
        """The case types with everything attached to them."""
        return tuple(compiled.case_type for compiled in self._engine.current.values())

    @property
    def manifests(self) -> Mapping[str, Manifest]:
        """What new cases are pinned to, by case type."""
        return {name: compiled.manifest for name, compiled in self._engine.current.items()}

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the check found that does not keep the application from running."""
        return self._warnings

    @property
    def plugins(self) -> tuple[str, ...]:
        """The names of the plugins in use."""
        return self._engine.plugins.names

    @property
    def keys(self) -> Keyring:
        """The keys of the store, for whoever looks after them."""
        return Keyring(self._engine)

    @property
    def proofs(self) -> Proofs:
        """What can be proven of the case types, and who can ever bring what about."""
        from casework.exploring import Proofs

        return Proofs(self._engine.current)

    @property
    def hindsight(self) -> Hindsight:
        """Recorded cases under another definition, and their logs for process mining."""
        from casework.hindsight import Hindsight

        return Hindsight(self._engine, self.desk)

    def deadlines(self, actor: Actor, *, purpose: str = "") -> Deadlines:
        """Due dates as *actor* may see them: how derived, what is over or comes, what other rules would make."""
        from casework.deadlines import Deadlines

        return Deadlines(self._engine, somebody(actor), purpose=purpose)

    @property
    def demos(self) -> tuple[Demo, ...]:
        """The stories that the plugins can tell."""
        return self._demos

    def create_tables(self) -> None:
        """Make the tables and columns that are missing; what is there is left alone."""
        store = self._engine.store
        store.tables.create(store.cases(compiled).projection for compiled in self._engine.current.values())
        store.prepare_runner()

    def migrate(self) -> tuple[str | None, str]:
        """Bring the tables of an older casework up to date; answers with the versions before and after."""
        store = self._engine.store
        versions = store.tables.migrate(store.cases(compiled).projection for compiled in self._engine.current.values())
        store.prepare_runner()
        return versions

    def plan_migration(self) -> Plan:
        """What `migrate` would do to the tables; nothing is changed."""
        store = self._engine.store
        return store.tables.plan(store.cases(compiled).projection for compiled in self._engine.current.values())

    def versions(self, case_type: str) -> tuple[PinnedCases, ...]:
        """The manifests of *case_type* that cases were ever pinned to, with how many are, in the order of time."""
        with self._engine.store.transactions.read() as transaction:
            return self._engine.store.pinned.counted(transaction, case_type)

    def plan_cases(
        self, migration: Migration | str, /, *, configurations: Mapping[str, Configurations] | None = None
    ) -> tuple[CasePlan, ...]:
        """What *migration* would make of the cases that are behind; with a case type, what adopting would.

        One plan for each older manifest: its certificate, and how many cases stand where. Nothing is changed.
        *configurations* by manifest replace those that are found here.
        """
        from casework.desk.planning import plans, unmapped

        if isinstance(migration, str):
            migration = unmapped(registered(self._engine, migration))
        with self._engine.store.transactions.read(patient=True) as transaction:
            return tuple(plans(self._engine, transaction, migration, configurations or {}))

    def desk(self, actor: Actor, *, purpose: str = "") -> Desk:
        """The verbs of *actor*, each in a transaction of its own.

        *purpose* is a code for what somebody reads, such as ``treatment``; it stands in the access log.
        """
        self._erased_again()
        return Desk(self._engine, somebody(actor), purpose=purpose)

    def atomically(self, actor: Actor, work: Callable[[Desk], Answer]) -> Answer:
        """Call *work* with a desk; all that it does takes effect together, or nothing does."""
        return self.desk(actor).within(work)

    @contextmanager
    def begin(self, actor: Actor, *, connection: Connection, purpose: str = "") -> Iterator[Desk]:
        """A desk inside the host application's own transaction; the host begins it and owns COMMIT.

        Each verb is all or nothing. What was done before a refusal stays, for the host decides on it.
        What somebody was shown stands in the access log even where the host rolls back; on SQLite it goes with it.
        """
        self._engine.guarded()
        self._erased_again()
        with unavailable(), self._engine.store.transactions.joined(connection) as transaction:
            yield Desk(self._engine, somebody(actor), transaction, purpose=purpose)

    def run_due(self, now: datetime | None = None, *, limit: int = 10_000, force: bool = False) -> Ran:
        """Fire the timers that ran out by *now*, at most *limit* of them.

        Where very many are very late (see WorkLimits) none is fired, unless *force* says that the clock is right.
        """
        self._engine.guarded()
        self._erased_again()
        return run_due(self._engine, utc(now or self._engine.clock.now()), limit=limit, force=force)

    def send_waiting(self, now: datetime | None = None, *, limit: int = 1_000) -> Ran:
        """Hand the messages that wait to their channels."""
        self._engine.guarded()
        self._erased_again()
        return send_waiting(self._engine, utc(now or self._engine.clock.now()), limit=limit)

    def perform(self, job: Job) -> Outcome:
        """Do what a job stands for, as a runner calls for it: safe to call twice, late, and in parallel."""
        self._engine.guarded()
        return perform(self._engine, job)

    def tend(self) -> Tended:
        """Call it every minute where there is a runner, every hour elsewhere; a worker of ours does so by itself.

        Tells the runner again of what is due and was not done, brings back messages from before a jump of the clock,
        removes the bodies of messages that were sent long ago, and tries again what came in and is parked.
        """
        self._engine.guarded()
        return tend(self._engine, self._engine.clock.now())

    def effects(
        self,
        *states: MessageState,
        channel: str | None = None,
        tenant: str | None = None,
        case_id: str | None = None,
        after: Outgoing | None = None,
        limit: int = 100,
    ) -> tuple[Outgoing, ...]:
        """Messages in any of *states*, those that waited longest first, behind *after*; never body or recipient."""
        return outbox.listed(
            self._engine, states, channel=channel, tenant=tenant, case_id=case_id, after=after, limit=limit
        )

    def retry(self, key: MessageKey | str, *, by: str, because: str) -> Outgoing:
        """Have a message tried again that waits, is dead or in doubt; who did so and why stays with it."""
        self._engine.guarded()
        return outbox.retry(self._engine, key, by=by, because=because)

    def drop(self, key: MessageKey | str, *, by: str, because: str) -> Outgoing:
        """Never send a message that waits, is dead or in doubt; who did so and why stays, its body goes."""
        self._engine.guarded()
        return outbox.drop(self._engine, key, by=by, because=because)

    def receive(self, source: str, headers: Mapping[str, str], body: bytes) -> Received:
        """Take in a message of *source*, one of the ways in among the parts: verified, and once for each id.

        The case changes and the id is remembered in one transaction, or the message is parked with its reason.
        Nothing is raised for what a sender does: answer with ``received.status``.
        """
        self._engine.guarded()
        return receiving.receive(self._engine, source, headers, body)

    def inbox(
        self,
        state: InboxState | None = None,
        *,
        source: str | None = None,
        tenant: str = DEFAULT_TENANT,
        after: InboxRow | None = None,
        limit: int = 200,
    ) -> tuple[InboxRow, ...]:
        """Messages that came in, in the order in which they were sent, those behind *after*; never their bodies."""
        return receiving.listed(self._engine, tenant, state, source, after, limit)

    def reconsider(self, source: str | None = None, *, everything: bool = False, limit: int = 10_000) -> Reconsidered:
        """Try parked messages again, in the order in which they were sent, and forget old ids.

        Each has a pause that grows from a minute to six hours; with *everything* nobody waits for it.
        """
        self._engine.guarded()
        return receiving.reconsider(self._engine, source, everything=everything, limit=limit)

    def discard(self, source: str, message_id: str, *, by: str, because: str, tenant: str = DEFAULT_TENANT) -> bool:
        """Drop a parked message for good: its body goes, who did so and why stays. False where it is not parked."""
        self._engine.guarded()
        return receiving.discard(self._engine, tenant, source, message_id, by=by, because=because)

    def checkpoint(self, signer: Signer, *, witnesses: Iterable[Asked] = ()) -> Checkpoint | None:
        """Take every new entry into the log of all entries, sign the log, and carry the checkpoint outside.

        Answers with the newest checkpoint; None while there is no entry at all. Nothing is signed that does not
        agree with what was signed before: raises StoreBehind, LogForked, WitnessRefused where a witness does
        not cosign, StoreUnavailable for a place that cannot be reached (the next call carries it there).
        """
        self._engine.guarded()
        return self._checkpointer(signer).run(tuple(witnesses))

    def accept_loss(self, signer: Signer, *, by: str, because: str) -> Loss:
        """Go on although the store is older than a checkpoint; a signed statement in the log tells it for ever.

        *by* and *because* are one line each, and name no person. Raises InvalidValue where nothing is lost.
        """
        self._engine.guarded()
        return self._checkpointer(signer).accept_loss(by=by, because=because)

    def _checkpointer(self, signer: Signer) -> Checkpointer:
        from casework.checkpointing import Checkpointer

        return Checkpointer(self._engine, self._checkpoints, signer)

    def verify(
        self,
        progress: Callable[[int], None] | None = None,
        *,
        rehash: bool = False,
        checkpoints: Checkpoints | None = None,
    ) -> Verdict:
        """Verify every case, its log, the ledger and the timers; the first bad entry of a case is named.

        Of the files that cases enclose it looks at the sizes; with *rehash* it reads every one of them.
        The log of all entries is held against *checkpoints*, or against those that the application knows.
        """
        from casework.storage.verify import Verifier

        engine, outside = self._engine, checkpoints or self._checkpoints
        with engine.store.transactions.read(patient=True) as transaction:
            verifier = Verifier(engine.store, engine.stored, engine.blobs, rehash=rehash, outside=outside)
            return verifier.verify(transaction, progress)

    def verify_log(self, *, checkpoints: Checkpoints | None = None) -> LogVerdict:
        """Verify the chains of all cases and the log of all entries, without replaying a case: many times as fast."""
        from casework.storage.treecheck import verify_log

        with self._engine.store.transactions.read(patient=True) as transaction:
            return verify_log(self._engine.store, transaction, checkpoints or self._checkpoints)

    def reapply_erasures(self) -> int:
        """Erase again whom a restored backup has brought back, and go on with what was broken off; says how many.

        It is done by itself before the first desk is handed out; after a restore start the application anew.
        """
        self._engine.guarded()
        return reapply(self._engine)

    def _erased_again(self) -> None:
        if not self._reapplied:
            try:
                reapply(self._engine)
            except KeysMismatch:
                raise
            except StoreMismatch:
                return  # there are no tables yet, or they are of another version: nothing can be served
            self._reapplied = True

    def forget_readings(self, *, older_than: timedelta, tenant: str = DEFAULT_TENANT) -> int:
        """Remove lines of the access log that are older; answers with how many. Six months is the least it keeps."""
        self._engine.guarded()
        return forget(self._engine, tenant, older_than)

    def scrub(self) -> tuple[str, ...]:
        """Have the database forget the bytes of what was erased; answers with what it could not do by itself.

        It rewrites whole tables: SQLite's file at once, PostgreSQL's tables under locks that keep everybody out.
        """
        self._engine.guarded()
        from casework.storage.scrubbing import scrub

        return scrub(self._engine.store)

    def sweep_blobs(self, *, grace: timedelta = timedelta(days=1)) -> int:
        """Remove files that no case keeps and that were stored more than *grace* ago; answers with how many.

        They are what calls leave behind that were refused or broken off after the bytes were stored.
        """
        self._engine.guarded()
        return sweep(self._engine, self._engine.clock.now() - grace)

    def diagnose(self, *, integrity: bool = False) -> Diagnosis:
        """Look at the store without changing it: its tables, whose cases it holds, what is orphaned or late.

        With *integrity* SQLite reads every page of its file; PostgreSQL has ``pg_amcheck`` for that.
        """
        from casework.checkpointing import looks_behind
        from casework.storage.diagnosis import Looked, diagnose

        engine, signed = self._engine, self._checkpoints
        return diagnose(
            engine.store,
            Looked(
                current=engine.current,
                pinned=engine.pinned,
                now=engine.clock.now(),
                clock=engine.clock,
                options=self._options,
                blobs=engine.blobs,
                integrity=integrity,
                held_against=None if signed is None else looks_behind(engine, signed),
            ),
        )

    def health(self) -> Health:
        """Whether this application can serve just now, and why not; it asks the store three short questions."""
        from casework.health import health

        return health(self._engine, self._engine.clock.now())

    def manifest(self, case: Case) -> Manifest:
        """What *case* is pinned to, which may be older than what is installed or not installed at all."""
        with self._engine.store.transactions.read() as transaction:
            compiled = self._engine.pinned(transaction, case.manifest)
        if compiled is None:
            raise StoreMismatch(f"the manifest of case {case.id} is not in the store", "run `casework verify`")
        return compiled.manifest

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read transaction on the store, for reports and diagnosis."""
        with self._engine.store.transactions.read() as transaction:
            yield transaction

    def dispose(self) -> None:
        """Close every connection to the store."""
        self._engine.store.engine.dispose()


def _hold_proof(current: Mapping[str, Compiled], proving: Proving | None) -> None:
    """Refuse what is refuted; whoever asks for no proof does not pay for the explorer either."""
    if proving is None or proving.limit:
        from casework.exploring.prove import Proving, hold_proof

        hold_proof(current.values(), proving or Proving())
