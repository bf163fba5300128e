"""The deadlines of cases, as one actor may see them and act on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from casework.condition.tree import ALWAYS
from casework.deadlines.deriving import Derivation, derivation
from casework.deadlines.feed import feed
from casework.deadlines.listing import PAGE, Due, Unknown, due_by, unknown
from casework.deadlines.proposing import Changed, Proposed, changes
from casework.desk import firing, reading
from casework.desk.accesslog import Reader, purpose_of
from casework.desk.carrying import Carrier
from casework.desk.engine import Engine
from casework.desk.opening import registered
from casework.desk.requests import Asked
from casework.model.actor import Actor
from casework.model.case import Case
from casework.rulebook import Rulebook
from casework.text import Language


class Deadlines:
    """What *actor* may know of deadlines, and do about them. Every verb raises Refused where the answer is no."""

    def __init__(self, engine: Engine, actor: Actor, *, purpose: str = "") -> None:
        self._engine, self.actor = engine, actor
        self._carrier = Carrier(engine, Reader(actor=actor, purpose=purpose_of(purpose)), None)

    def derivation(self, case: Case | str, deadline: str, /) -> Derivation:
        """How the due date of a running deadline that a rule sets was derived, step by step."""
        with self._carrier.reading("derivation") as transaction:
            loaded = firing.load(self._engine, transaction, self.actor, case)
            return derivation(loaded.compiled, loaded.snapshot, deadline)

    def derivations(self, case: Case | str, /) -> tuple[Derivation, ...]:
        """The derivations of all deadlines of a case that rules set and that run, in order of their names."""
        with self._carrier.reading("derivations") as transaction:
            loaded = firing.load(self._engine, transaction, self.actor, case)
            names = sorted(loaded.snapshot.terms)
            return tuple(derivation(loaded.compiled, loaded.snapshot, name) for name in names)

    def extend(
        self,
        case: Case | str,
        deadline: str,
        /,
        *,
        by: int,
        because: str,
        authority: str,
        request_id: str | None = None,
    ) -> Case:
        """Give a running deadline so many more of the units of its rule. Asks for one of its extenders.

        *because* and *authority* stand in the entry. One that has run out is not extended any more.
        """
        form = {"deadline": deadline, "value": by, "because": because, "authority": authority}
        asked = Asked(kind="extend", form=form, request_id=request_id)
        engine, actor = self._engine, self.actor
        return self._carrier.write(
            lambda transaction: firing.perform(engine, transaction, actor, case, asked)[0], "extend"
        )

    def overdue(self, *case_types: str, limit: int = 200) -> tuple[Due, ...]:
        """The deadlines that have run out, of the open cases that the actor may view; those longest over first."""
        now = self._engine.clock.now()
        return self._listed(case_types, now, limit, lambda item: item.over)

    def upcoming(self, *case_types: str, within: timedelta = timedelta(days=7), limit: int = 200) -> tuple[Due, ...]:
        """The deadlines that run out *within* that time, and have not yet; the next first."""
        now = self._engine.clock.now()
        return self._listed(case_types, now + within, limit, lambda item: not item.over)

    def unknown(self, *case_types: str) -> tuple[Unknown, ...]:
        """The deadlines whose due date nobody can know yet, for a calendar is not published; the soonest first."""
        with self._carrier.reading("deadlines") as transaction:
            found = unknown(self._engine, transaction, self.actor, self._types(case_types))
            return tuple(sorted(found, key=lambda item: (item.earliest, item.case.id, item.deadline)))

    def feed(
        self, *case_types: str, within: timedelta = timedelta(days=90), language: Language = "zh", limit: int = 2_000
    ) -> bytes:
        """What is over and what runs out *within* that time, as iCalendar. Raises SetupError without icalendar."""
        now = self._engine.clock.now()
        dues = self._listed(case_types, now + within, limit, lambda _: True)
        name = "casework" if not case_types else f"casework: {', '.join(case_types)}"
        return feed(dues, now=now, name=name, language=language)

    def what_if(self, rulebook: Rulebook, *case_types: str) -> tuple[Changed, ...]:
        """The open cases of which the rules of *rulebook* would make something else; nothing is changed.

        Of the cases that the actor may view, each under the manifest that it is pinned to, with these rules instead.
        """
        engine, now = self._engine, self._engine.clock.now()
        proposed, found = Proposed(engine, rulebook), list[Changed]()
        for case_type in self._types(case_types):
            for page in self._pages(case_type):
                with self._carrier.reading("what_if") as transaction:
                    for case in page:
                        loaded = firing.load(engine, transaction, self.actor, case.id)
                        other = proposed.of(loaded.compiled)
                        if other is not None:
                            found += changes(loaded.compiled, other, loaded.snapshot, now)
        return tuple(found)

    def _pages(self, case_type: str) -> Iterator[tuple[Case, ...]]:
        after: str | None = None
        while True:
            with self._carrier.reading("what_if") as transaction:
                page = reading.find(
                    self._engine,
                    transaction,
                    self.actor,
                    case_type,
                    ALWAYS,
                    open_only=True,
                    mine=False,
                    after=after,
                    limit=PAGE,
                )
            yield page.cases
            after = page.after
            if after is None:
                return

    def _types(self, named: Iterable[str]) -> tuple[str, ...]:
        names = tuple(named)
        for name in names:
            registered(self._engine, name)
        return names or tuple(self._engine.current)

    def _listed(
        self, case_types: Iterable[str], until: datetime, limit: int, wanted: Callable[[Due], bool]
    ) -> tuple[Due, ...]:
        now, found = self._engine.clock.now(), list[Due]()
        for case_type in self._types(case_types):
            with self._carrier.reading("deadlines") as transaction:
                dues = due_by(self._engine, transaction, self.actor, case_type, until, now)
                found += (item for item in dues if wanted(item))
        return tuple(sorted(found, key=lambda item: (item.due, item.case.id, item.deadline))[:limit])
