"""Casework: collect what an application is made of, check it, compile it, freeze it; then hand out desks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from casework.blobs import BlobStore, EnclosureLimits
from casework.clock import Clock, SystemClock, utc
from casework.compiled import Compiled
from casework.desk import Desk, Engine
from casework.desk.desk import unavailable
from casework.desk.enclosing import sweep
from casework.errors import InvalidValue, SetupError, StoreMismatch, UnsoundDefinition
from casework.hookspecs import Demo
from casework.ids import Entropy, Ids, system_entropy
from casework.manifest import Manifest, compose
from casework.model.actor import SYSTEM, Actor
from casework.model.attachment import Attachment, Require
from casework.model.case import Case
from casework.model.casetype import CaseType
from casework.model.finding import Finding
from casework.parts import Channel, EffectPart, Guard, Part
from casework.plugins import Plugins, keep_apart, several, unique
from casework.soundness import check, check_requirements
from casework.storage.diagnosis import Diagnosis, diagnose
from casework.storage.engine import StoreOptions, open_engine
from casework.storage.store import Store
from casework.storage.transaction import Transaction
from casework.storage.verify import Verdict, Verifier
from casework.worker import Ran, run_due, send_waiting

if TYPE_CHECKING:
    from sqlalchemy import Connection

Answer = TypeVar("Answer")
HERE = "this application"


class Casework:
    """An application's engine. Everything goes into the constructor; afterwards nothing can be changed.

    *url* is a SQLAlchemy URL, ``sqlite:///file.db`` or ``sqlite://`` for memory. *plugins* are modules or
    objects with hook implementations; ``installed()`` finds those of every installed distribution.
    *clock*, *entropy* and the ids made from them are injected for tests and replays. *blobs* keeps the files
    that cases enclose, *enclosures* says how many and of which kinds; without *blobs* enclosing is refused.

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
    ) -> None:
        manager = Plugins(several("plugins", plugins))
        own = several("case_types", case_types, CaseType)
        parts = several("parts", parts, Guard, EffectPart, Channel)
        attachments = several("attachments", attachments, Attachment)
        requirements = several("requirements", requirements, Require)
        given = [*((HERE, item) for item in own), *manager.case_types()]
        types: dict[str, CaseType] = unique("case type", given, lambda item: item.name)
        named: dict[str, Part] = unique("part", [*((HERE, p) for p in parts), *manager.parts()], lambda part: part.name)
        bound = [*((HERE, item) for item in attachments), *manager.attachments()]
        keep_apart(given, bound)
        required = [*requirements, *(attrs.evolve(i, source=i.source or who) for who, i in manager.requirements())]
        manifests, self._warnings = _checked(types, named, [item for _, item in bound], required)
        _check_blobs(blobs, enclosures)
        self._options = options or StoreOptions()
        store = Store(open_engine(url, self._options), entropy)
        self._demos = tuple(demo for _, demo in manager.demos())
        current = {name: Compiled(manifest, named) for name, manifest in manifests.items()}
        for compiled in current.values():
            store.cases(compiled)  # a table that cannot be made stops the building, not the first case
        self._engine = Engine(
            store=store,
            clock=clock or SystemClock(),
            ids=Ids(entropy),
            plugins=manager,
            parts=named,
            current=current,
            blobs=blobs,
            enclosures=enclosures,
        )

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
    def demos(self) -> tuple[Demo, ...]:
        """The stories that the plugins can tell."""
        return self._demos

    def create_tables(self) -> None:
        """Make the tables and columns that are missing; what is there is left alone."""
        store = self._engine.store
        store.tables.create(store.cases(compiled).projection for compiled in self._engine.current.values())

    def migrate(self) -> tuple[str | None, str]:
        """Bring the tables of an older casework up to date; answers with the versions before and after."""
        store = self._engine.store
        return store.tables.migrate(store.cases(compiled).projection for compiled in self._engine.current.values())

    def desk(self, actor: Actor) -> Desk:
        """The verbs of *actor*, each in a transaction of its own."""
        return Desk(self._engine, _person(actor))

    def atomically(self, actor: Actor, work: Callable[[Desk], Answer]) -> Answer:
        """Call *work* with a desk; all that it does takes effect together, or nothing does."""
        return Desk(self._engine, _person(actor)).within(work)

    @contextmanager
    def begin(self, actor: Actor, *, connection: Connection) -> Iterator[Desk]:
        """A desk inside the host application's own transaction; the host begins it and owns COMMIT.

        Each verb is all or nothing. What was done before a refusal stays, for the host decides on it.
        """
        self._engine.guarded()
        with unavailable(), self._engine.store.transactions.joined(connection) as transaction:
            yield Desk(self._engine, _person(actor), transaction)

    def run_due(self, now: datetime | None = None, *, limit: int = 10_000) -> Ran:
        """Fire the timers that ran out by *now*, at most *limit* of them."""
        self._engine.guarded()
        return run_due(self._engine, utc(now or self._engine.clock.now()), limit)

    def send_waiting(self, now: datetime | None = None, *, limit: int = 1_000) -> Ran:
        """Hand the messages that wait to their channels."""
        self._engine.guarded()
        return send_waiting(self._engine, utc(now or self._engine.clock.now()), limit)

    def verify(self, progress: Callable[[int], None] | None = None, *, rehash: bool = False) -> Verdict:
        """Verify every case, its log, the ledger and the timers; the first bad entry of a case is named.

        Of the files that cases enclose it looks at the sizes; with *rehash* it reads every one of them.
        """
        engine = self._engine
        with engine.store.transactions.read() as transaction:
            return Verifier(engine.store, engine.stored, engine.blobs, rehash=rehash).verify(transaction, progress)

    def sweep_blobs(self, *, grace: timedelta = timedelta(days=1)) -> int:
        """Remove files that no case keeps and that were stored more than *grace* ago; answers with how many.

        They are what calls leave behind that were refused or broken off after the bytes were stored.
        """
        self._engine.guarded()
        return sweep(self._engine, self._engine.clock.now() - grace)

    def diagnose(self) -> Diagnosis:
        """Look at the store without changing it: its tables, whose cases it holds, what is orphaned or late."""
        engine = self._engine
        return diagnose(engine.store, self._options, engine.current, engine.pinned, engine.clock.now(), engine.blobs)

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


def _person(actor: Actor) -> Actor:
    """*actor*, unless it calls itself what the log calls casework itself."""
    if not isinstance(actor, Actor):
        raise TypeError(
            f"whoever acts is given as an Actor, such as Actor('li', {{'clerk'}}), not {type(actor).__name__}"
        )
    if SYSTEM in (actor.id, actor.person):
        raise InvalidValue("actor.id", f"{SYSTEM!r} is what casework itself is called in the log")
    return actor


def _check_blobs(blobs: object, enclosures: object) -> None:
    if blobs is not None and (isinstance(blobs, type) or not isinstance(blobs, BlobStore)):
        raise SetupError(f"blobs takes a BlobStore, such as BlobFolder('papers'), not {type(blobs).__name__}")
    if enclosures is not None and not isinstance(enclosures, EnclosureLimits):
        raise SetupError(f"enclosures takes EnclosureLimits(…), not {type(enclosures).__name__}")


def _checked(
    types: Mapping[str, CaseType],
    parts: Mapping[str, Part],
    attachments: list[Attachment],
    requirements: list[Require],
) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
    """Compose and check every case type; all errors of all of them are raised together, warnings are given back."""
    findings = [
        Finding("CW505", f"attach {item.workflow.name}", f"there is no case type {item.case_type!r}")
        for item in attachments
        if item.case_type not in types
    ]
    findings += [
        Finding("CW504", f"require {item.target}", f"there is no case type {item.case_type!r}")
        for item in requirements
        if item.case_type not in types
    ]
    manifests: dict[str, Manifest] = {}
    for name, case_type in types.items():
        manifest, found = compose(
            case_type,
            [item for item in attachments if item.case_type == name],
            [item for item in requirements if item.case_type == name],
        )
        findings += found
        found = check(manifest.case_type, parts, own=manifest.own, other_case_types=types)
        found += check_requirements(manifest.case_type, manifest.requirements)
        findings += [attrs.evolve(item, path=f"{name}: {item.path}") for item in found]
        manifests[name] = manifest
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise UnsoundDefinition(errors)
    return manifests, tuple(findings)
