"""One case on two tracks: as its log tells it, and as the proposal would have had it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import attrs

from casework.compiled import Compiled
from casework.deciding import decide
from casework.deciding.clocks import timers
from casework.deciding.erasing import left_of
from casework.desk.viewing import after
from casework.hindsight import rights
from casework.hindsight.clocks import Runs, compared
from casework.hindsight.outcome import AccessChange, Cause, Replayed, Stopped, Untold
from casework.hindsight.proposal import Twin
from casework.hindsight.retelling import DECIDED, Told, actor_of, fits, move_of, told
from casework.hindsight.witness import Unheard, Witness
from casework.model import case as model
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Move, Snapshot, Undo
from casework.model.decision import Decision
from casework.model.refusal import Refusal
from casework.model.units import Units
from casework.storage.fold import Fold, Manifests
from casework.storage.log import Entry, Frame, parsed
from casework.storage.store import blank

_RINGS = 1_000
"""How many timers of its own a proposal may ring for one case, so that a clock that winds itself up ends."""


@attrs.define(eq=False, kw_only=True)
class Track:
    """A case entry by entry. *twin* is the proposal's.

    What came before entry *since* was written under names that a migration has mapped; nobody asks a proposal about it.
    """

    twin: Twin
    twin_of: Callable[[Compiled], Twin]
    manifests: Manifests
    first: Compiled
    witness: Witness
    staff: Mapping[str, Actor]
    units: Units
    since: int = 1
    would: Snapshot | None = None
    stopped: Stopped | None = None
    blind: bool = False
    untold: list[Untold] = attrs.field(factory=list)
    access: list[AccessChange] = attrs.field(factory=list)
    _fold: Fold | None = None
    _then: Compiled | None = None
    _held: dict[str, str] = attrs.field(factory=dict)
    _rung: set[tuple[str, datetime]] = attrs.field(factory=set)
    _past: list[Snapshot] = attrs.field(factory=list)
    _past_would: list[Snapshot] = attrs.field(factory=list)
    _runs: tuple[Runs, Runs] = attrs.field(factory=lambda: (Runs(), Runs()))

    def follow(self, entry: Entry) -> None:
        """Take in the next entry on both tracks."""
        frame = parsed(entry.body)
        before = self._past[-1] if self._past else None
        lost = self._recorded(frame, entry)
        item = told(frame, entry)
        if self._following:
            self._ring(frame.at, frame.number, before)
        if self._following and frame.number >= self.since:
            self._proposed(item, before, lost | item.lost)
        for role, person in frame.content.get("assigns", ()):
            self._held.pop(role, None)
            if person is not None:
                self._held[role] = person
        self._past_would.append((self.would or self._past[-1]).copy())
        if self._following and self.would is not None:
            self._runs[1].see(self.would.dues, frame.at)

    def outcome(self, found: Replayed, now: datetime) -> Replayed:
        """What became of the case on both tracks until *now*."""
        was = self._past[-1]
        if self._following:
            self._ring(now, found.entries, was)
        if not self._following:
            self._runs[1].lose_sight()
        return attrs.evolve(
            found,
            stopped=self.stopped,
            untold=tuple(dict.fromkeys(self.untold)),
            waited=tuple(compared(*self._runs, now, whole=self._following)),
            access=tuple(self.access),
            states=tuple(sorted(was.states.items())),
            states_proposed=() if self.would is None else tuple(sorted(self.would.states.items())),
        )

    @property
    def _following(self) -> bool:
        return self.stopped is None and not self.blind

    def _recorded(self, frame: Frame, entry: Entry) -> frozenset[str]:
        """The entry on the track of the record; gives the fields that nobody can read there any more."""
        if self._fold is None:
            self._fold = Fold(self.first, self.manifests)
        gone = self._fold.erased | self._fold.unopened
        pinned = frame.content.get("case", {}).get("manifest")
        if pinned is not None:
            self._then = self.manifests(pinned)
        self._fold.add(frame, entry)
        snapshot = self._fold.snapshot
        assert snapshot is not None, "the first entry opens the case"
        if self._then is None or self._then.manifest.hash != snapshot.manifest:
            self._then = self.manifests(snapshot.manifest)
        self._past.append(snapshot.copy())
        self._runs[0].see(snapshot.dues, frame.at)
        return frozenset(gone | self._fold.erased | self._fold.unopened)

    def _proposed(self, item: Told, before: Snapshot | None, gone: frozenset[str]) -> None:
        """The entry on the track of the proposal."""
        if "placed" in item.frame.content or item.kind == "migrate":
            self._runs = (Runs(), Runs())
            self._runs[0].see(self._past[-1].dues, item.frame.at)
            self._place(item)
        elif item.kind not in DECIDED:
            self._beside(item)
        elif before is None or self.would is not None:
            self._moved(item, before, gone)

    def _moved(self, item: Told, before: Snapshot | None, gone: frozenset[str]) -> None:
        assert self._then is not None
        then = self.twin_of(self._then)
        actor = self.staff.get(item.frame.content["actor"][0]) or actor_of(item, item.frame.tenant)
        known = item.by_system or actor.id in self.staff
        self.witness.about(gone, not known, item.wrote)
        past = before or self._blank(then, item)
        every = then.roles | self.twin.roles
        at_once = rights.roles_on(then, actor, past.unit, self._held, self.units) if known else every
        move = move_of(item, then.compiled, actor, at_once, self._undo(item, self._past))
        if not self.witness.explains(lambda: _fitting(then, past, move, item, gone)):
            self._lose(item.frame.number, "erased" if gone else "record")
            return
        now = self.would or self._blank(self.twin, item)
        roles = rights.roles_on(self.twin, actor, now.unit, self._held, self.units) if known else every
        if item.by_system and not self._due(item, now):
            return
        move = move_of(item, self.twin.compiled, actor, roles, self._undo(item, self._past_would))
        answer = self._decided(now, move, item.frame.number)
        if answer is None:
            return
        if isinstance(answer, Refusal):
            self._stop(item, answer, gone)
        elif not self._beyond_limits(item, answer):
            self.would = after(now, answer, now.revision + 1)
        if not item.by_system:
            self._compare_rights(item, then, past, now, actor, known)

    def _decided(self, now: Snapshot, move: Move, number: int) -> Decision | Refusal | None:
        """What the proposal decides; None where that cannot be told, or where nothing is asked any more."""
        if move.kind == "amend" and not move.form:
            return None
        if not set(self.twin.compiled.subjects) <= now.subjects.keys():
            self._lose(number, "subjects")
            return None
        found: list[Decision | Refusal] = []
        for _ in self.witness.worlds():
            answer = self._heard(now, move)
            if isinstance(answer, Unheard):
                self._lose(number, answer.cause, answer.name)
                return None
            if found and not _alike(found[0], answer):
                self._lose(number, "opaque", move.trigger)
                return None
            found.append(answer)
        return found[0]

    def _heard(self, now: Snapshot, move: Move) -> Decision | Refusal | Unheard:
        """What the proposal decides in one world; a part's silence does not come out as an error, and is asked for."""
        try:
            answer = decide(self.twin.compiled, now, move)
        except Unheard as silence:
            return silence
        return self.witness.unheard or answer

    def _stop(self, item: Told, refusal: Refusal, gone: frozenset[str]) -> None:
        if self.witness.shut and rights.tells_of(refusal, self.witness.shut):
            self._lose(item.frame.number, "withheld")
            return
        if refusal.code == "invalid-form" and gone:
            self._lose(item.frame.number, "erased", ", ".join(sorted(gone)))
            return
        self.stopped = Stopped(
            entry=item.frame.number,
            at=item.frame.at,
            what=item.trigger or item.kind,
            refusal=refusal,
        )

    def _beyond_limits(self, item: Told, decision: Decision) -> bool:
        """Whether it would move what the log does not say was there to be moved."""
        assert self._then is not None
        then = self.twin_of(self._then).limits
        moved = [tuple(post[:4]) for post in item.frame.content.get("posts", ())]
        for posting in decision.postings:
            for key in (posting.debit, posting.credit):
                name = key.partition("|")[0]
                limited = self.twin.limits.get(name)
                same = then.get(name) == limited and (*attrs.astuple(posting)[:4],) in moved
                if limited is not None and not same:
                    self._lose(item.frame.number, "limit", name)
                    return True
        return False

    def _compare_rights(self, item: Told, then: Twin, past: Snapshot, now: Snapshot, actor: Actor, known: bool) -> None:
        had, have = (rights.needed(twin, case, item) for twin, case in ((then, past), (self.twin, now)))
        if had is None or have is None or had == have:
            return
        roles = rights.roles_on(self.twin, actor, now.unit, self._held, self.units) if known else None
        lost, gained = had - have, have - had
        self.access.append(
            AccessChange(
                entry=item.frame.number,
                what=item.trigger or item.kind,
                person=actor.person,
                lost=tuple(sorted(lost)),
                gained=tuple(sorted(gained)),
                concerned=roles.isdisjoint(have) if roles is not None else None if lost else False,
            )
        )
        if lost and roles is None:
            self.untold.append(Untold(entry=item.frame.number, cause="roles", name=", ".join(sorted(have))))

    def _beside(self, item: Told) -> None:
        """An entry that moves nothing: a remark, a role, a file; or what no proposal changes."""
        now, before = self.would, self._past[-2]
        if now is None:
            return
        if item.frame.content.get("erases", {}).get("step") == "erased":
            now.data = left_of(self.twin.compiled.fields, now.data)
        if item.permissions and not item.by_system:
            assert self._then is not None
            actor = self.staff.get(item.frame.content["actor"][0]) or actor_of(item, item.frame.tenant)
            known = actor.id in self.staff
            self._compare_rights(item, self.twin_of(self._then), before, now, actor, known)

    def _place(self, item: Told) -> None:
        """An imported case, or one that was migrated, stands where it stood, if the proposal has such states."""
        states = {name: flow.workflow for name, flow in self.twin.compiled.workflows.items()}
        was = self._past[-1]
        fitting = was.states.keys() == states.keys() and all(
            state in {item.name for item in states[name].states} for name, state in was.states.items()
        )
        if not fitting:
            self._lose(item.frame.number, "imported")
            return
        assert self._then is not None
        if any(
            flow.deadlines != self._then.workflows[name].deadlines
            for name, flow in self.twin.compiled.workflows.items()
        ):
            self.untold.append(Untold(entry=item.frame.number, cause="imported"))
        self.would = was.copy()

    def _due(self, item: Told, now: Snapshot) -> bool:
        """Whether what the system did then is due under the proposal; a look without a timer's name always is."""
        cause = item.cause
        if item.kind != "timer" or cause is None:
            return True
        due = now.dues.get(cause.name)
        if due is None or due > item.frame.at or (cause.name, due) in self._rung:
            return False
        self._rung.add((cause.name, due))
        return True

    def _ring(self, until: datetime, number: int, was: Snapshot | None) -> None:
        """Ring the timers that only the proposal has, at the instants at which they run out."""
        for _ in range(_RINGS):
            own = self._own_timers(until, was)
            if not own or self.would is None or not self._following:
                return
            name, due = min(own, key=lambda timer: (timer[1], timer[0]))
            self._rung.add((name, due))
            self._rang(name, due, number)

    def _own_timers(self, until: datetime, was: Snapshot | None) -> list[tuple[str, datetime]]:
        """Those that are due, and that the record does not ring at the same instant by itself."""
        if self.would is None or was is None or self._then is None:
            return []
        now = self.would
        armed = timers(self.twin.compiled, now)
        recorded = timers(self._then_before(was), was)
        looks = {due for name, due in recorded.items() if name.startswith("~")}
        return [
            (name, due)
            for name, due in armed.items()
            if due <= until
            and (name, due) not in self._rung
            and not (due in looks if name.startswith("~") else recorded.get(name) == due)
        ]

    def _then_before(self, was: Snapshot) -> Compiled:
        assert self._then is not None
        found = self._then if was.manifest == self._then.manifest.hash else self.manifests(was.manifest)
        assert found is not None, "every manifest of the record was there a moment ago"
        return found

    def _rang(self, name: str, due: datetime, number: int) -> None:
        now = self.would
        assert now is not None
        self.witness.about((), False, {})
        deadlines = [item for flow in self.twin.compiled.workflows.values() for item in flow.deadlines]
        deadline = next((item for item in deadlines if item.name == name and name in now.dues), None)
        move = Move(
            kind="recheck" if deadline is None else "timer",
            actor=Actor(SYSTEM, tenant=now.tenant),
            now=due,
            roles=frozenset(),
            trigger=(deadline.trigger or "") if deadline is not None else "",
            cause=model.Cause("timer", name),
        )
        answer = self._decided(now, move, number)
        if isinstance(answer, Decision):
            self.would = after(now, answer, now.revision + 1)
            self._runs[1].see(self.would.dues, due)
        elif isinstance(answer, Refusal):
            self._lose(number, "opaque", name)

    def _undo(self, item: Told, past: list[Snapshot]) -> Undo | None:
        number = item.frame.content.get("corrects")
        return None if number is None or len(past) < number - 1 else Undo(number, past[number - 2], ())

    def _blank(self, twin: Twin, item: Told) -> Snapshot:
        opening = item.frame.content["case"]
        return blank(
            twin.compiled,
            tenant=item.frame.tenant,
            case_id=item.frame.case_id,
            unit=opening["unit"],
            now=item.frame.at,
            parent=opening["parent"],
            subjects=opening["subjects"],
        )

    def _lose(self, number: int, cause: Cause, name: str = "") -> None:
        """Nothing is told of the case from this entry on."""
        self.blind = True
        self.untold.append(Untold(entry=number, cause=cause, name=name))


def _fitting(then: Twin, past: Snapshot, move: Move, item: Told, gone: frozenset[str]) -> bool:
    answer = decide(then.compiled, past, move)
    return isinstance(answer, Decision) and fits(item, answer, gone)


def _alike(one: Decision | Refusal, other: Decision | Refusal) -> bool:
    """Whether two answers say the same of the case."""
    if isinstance(one, Decision) and isinstance(other, Decision):
        parts = ("steps", "states", "data", "dues", "terms", "marks", "acts", "closed_at", "postings", "refused")
        return all(getattr(one, part) == getattr(other, part) for part in parts)
    return isinstance(one, Refusal) and one == other
