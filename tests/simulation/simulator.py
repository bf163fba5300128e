"""Everything at once, from one seed: people, timers, messages, partners, clocks that jump, and deaths in between.

A run does random things with random case types' cases on a real store, in which statements fail and processes die.
What somebody was told stays true; what was asked twice under one request id was done once; INV holds after every
death. In the end the failures stop, and everything that waited has to drain.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import attrs
from oracle import assert_inv, tables, unframed
from simulation.crashing import Crash, Kind, Plan, failing
from simulation.errands import CLERK, FORMS, KINDS, PARTNER, PEOPLE, SEER, TRIGGERS, errand, part

from casework import (
    Actor,
    Case,
    Casework,
    Channel,
    Desk,
    FrozenClock,
    Message,
    Receipt,
    Refused,
    StoreOptions,
    StoreUnavailable,
)
from casework.channels import DeliveryFailed, Incoming, Later, inbound, signatures
from casework.ids import Entropy, seeded_entropy

Answer = TypeVar("Answer")
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SECRET = "whsec_" + "c2lt" * 10
UNSURE = ("store-unavailable", "outcome-unknown")
JUMPS = [timedelta(minutes=m) for m in (0, 1, 7, 60, 60 * 5, 60 * 24, 60 * 24 * 9, -45, -60 * 24 * 3)]
DEEPEST = 22
"""A failure comes at one of so many statements; a verb has about a dozen."""
THOROUGH = 0.05
"""The share of deaths after which all is built anew, and verified."""
PATIENCE = 60
"""So many rounds everything may take to drain."""


class Broken(AssertionError):
    """What must not be, with the seed that shows it again."""


@attrs.frozen
class Asked:
    """A call that was acknowledged under a request id."""

    who: Actor
    verb: Callable[[Desk], Case]
    request: str
    case: Case


@attrs.define
class Told:
    """What a run came to."""

    firings: int = 0
    crashes: int = 0
    errors: int = 0
    refusals: int = 0
    repeats: int = 0
    sent: int = 0


class Simulation:
    """One run on an empty store at *url*. The same seed does the same things, to the last byte of the store."""

    def __init__(self, seed: int, url: str, *, failures: float = 0.25) -> None:
        self.seed, self._url, self._failures = seed, url, failures
        self._chance = random.Random(f"simulation {seed}")
        self._entropy: Entropy = seeded_entropy(f"entropy {seed}")
        self._once = seed % 2 == 1
        self.clock, self.plan, self.told = FrozenClock(START), Plan(), Told()
        self.acknowledged: list[Case | Receipt] = []
        self.asked: list[Asked] = []
        self.received: Counter[str] = Counter()
        self.ids: list[str] = []
        self.lines: list[str] = []
        self._calls = self._letters = 0
        self.app = self._begun()
        self.app.create_tables()

    def run(self, steps: int) -> Told:
        """Do *steps* random things, then let everything drain. Raises Broken where something must not be."""
        try:
            while not self.ids:
                self._open()
            for _ in range(steps):
                move = self._chance.choice(_MOVES)
                self.lines.append(move.__name__.strip("_"))
                move(self)
            self._drain()
            self.told.firings = self._count("select count(*) from casework_entry")
        except Exception as error:
            told = f"python -m simulation --seeds {self.seed} --steps {steps}"
            last = ", ".join(self.lines[-12:])
            raise Broken(f"{type(error).__name__}: {error}\nafter … {last}\nonce more: {told}") from error
        finally:
            self.plan.restart()
            self.app.dispose()
        return self.told

    # What a process is made of.

    def _begun(self) -> Casework:
        parts = [
            Channel("letter", self._deliver, delivery="at_most_once" if self._once else "at_least_once"),
            inbound(
                "partner", secret=lambda: SECRET, actor=PARTNER, takes={"describe": _described, "finish": _finished}
            ),
        ]
        app = Casework(
            self._url,
            case_types=[errand, part],
            parts=parts,
            clock=self.clock,
            entropy=self._entropy,
            options=StoreOptions(sole_process=True, synchronous="NORMAL"),
        )
        failing(app._engine.store.engine, self.plan)
        return app

    def _restart(self) -> None:
        """The process is gone, and another one looks at what it left.

        Most often only its connections are: building an app anew, and verifying all, takes longer than all the rest.
        """
        self.told.crashes += 1
        self.plan.restart()
        self.app.dispose()
        anew = self._chance.random() < THOROUGH
        if anew:
            self.app = self._begun()
        assert_inv(self.app, self.acknowledged, verify=anew)

    def _deliver(self, message: Message, key: str) -> None:
        """A receiver that gets letters, loses connections, asks to wait, and sees its sender die."""
        luck = self._chance.random() if self._failures else 1.0
        if luck < 0.08:
            raise DeliveryFailed("lost on the way", reached=luck < 0.04)
        if luck < 0.12:
            raise Later(timedelta(minutes=3), tried=luck < 0.1)
        self.received[key] += 1
        if luck < 0.2:
            self.plan.dead = True
            raise Crash
        if luck < 0.24:
            raise ConnectionError("the answer was lost")

    @contextmanager
    def _in_danger(self) -> Iterator[None]:
        """Perhaps something fails in here."""
        if self._chance.random() < self._failures:
            kind: Kind = "crash" if self._chance.random() < 0.7 else "error"
            self.plan.arm(kind, self._chance.randrange(DEEPEST), after=self._chance.random() < 0.5)
        try:
            yield
        finally:
            self.plan.disarm()

    def _try(self, work: Callable[[], Answer]) -> Answer | None:
        """Do it in danger: None where the process died, or where it cannot be told whether it was done."""
        try:
            with self._in_danger():
                return work()
        except Crash:
            self._restart()
        except StoreUnavailable:
            self.told.errors += 1
        except Refused as no:
            if no.refusal.code not in UNSURE:
                raise
            self.told.errors += 1
        return None

    # What people do.

    def _call(self, who: Actor, verb: Callable[[Desk, str | None], Case], case_id: str | None) -> Case | None:
        """One call, again under its request id until its outcome is known; done exactly once, or refused."""
        self._calls += 1
        request = f"r{self._calls}" if self._chance.random() < 0.7 else None
        before = self._standing(case_id)
        for _ in range(PATIENCE):
            try:
                case = self._try(lambda: verb(self.app.desk(who), request))
            except Refused:
                self.told.refusals += 1
                assert before == self._standing(case_id), "a call that was refused has done something"
                return None
            if case is not None:
                assert before + 1 == self._standing(case_id), "one call is one entry, however often it was asked"
                self.acknowledged.append(case)
                if request is not None:
                    self.asked.append(Asked(who, lambda desk: verb(desk, request), request, case))
                return case
            if request is None:
                assert self._standing(case_id) - before in (0, 1), "a call without an answer is done once or not at all"
                return None
        raise AssertionError("a call does not come to an end")

    def _standing(self, case_id: str | None) -> int:
        """How many entries a case has; without one, how many cases were opened by hand."""
        if case_id is None:
            return self._count("select count(*) from casework_case where parent is null")
        return self._count("select revision from casework_case where id = :id", id=case_id)

    def _count(self, sql: str, **values: str) -> int:
        from sqlalchemy import text

        with self.app._engine.store.engine.connect() as connection:
            return int(connection.execute(text(sql), values).scalar() or 0)

    def _someone(self) -> Actor:
        return self._chance.choice(PEOPLE)

    def _some_case(self) -> str:
        return self._chance.choice(self.ids[-12:])

    def _handle(self, case_id: str) -> Case | str:
        """A case by its id, or as somebody saw it at some time."""
        seen = [case for case in self.acknowledged if isinstance(case, Case) and case.id == case_id]
        return self._chance.choice(seen) if seen and self._chance.random() < 0.3 else case_id

    def _open(self) -> None:
        kind, who = self._chance.choice(KINDS), self._someone() if self.ids else CLERK
        size = self._chance.randrange(6)
        values: dict[str, Any] = {"size": size} if kind == "errand" else {}
        case = self._call(who, lambda desk, request: desk.open(kind, values, unit="anlu", request_id=request), None)
        self._learn(case)

    def _learn(self, case: Case | None) -> None:
        """Cases are known by what the store holds, for some were opened by others."""
        from sqlalchemy import text

        if case is None and self.ids:
            return
        with self.app._engine.store.engine.connect() as connection:
            self.ids = [row[0] for row in connection.execute(text("select id from casework_case order by id"))]

    def _busy(self) -> None:
        """Somebody gets a good deal done on a few cases."""
        for _ in range(self._chance.choice([3, 6, 12])):
            self._fire()

    def _fire(self) -> None:
        case_id, who = self._some_case(), self._someone()
        if self._chance.random() < 0.8:
            try:
                known = self.app.desk(who).available(case_id)
            except Refused:
                return
        else:
            known = TRIGGERS
        if not known:
            return
        trigger = self._chance.choice(sorted(known))
        handle, form = self._handle(case_id), dict(self._chance.choice(FORMS.get(trigger, [{}])))
        self._learn(
            self._call(who, lambda desk, request: desk.fire(handle, trigger, form, request_id=request), case_id)
        )

    def _amend(self) -> None:
        case_id, who, size = self._some_case(), self._someone(), self._chance.choice([0, 3, 5, 9, None])
        handle = self._handle(case_id)
        self._call(who, lambda desk, request: desk.amend(handle, {"size": size}, request_id=request), case_id)

    def _note(self) -> None:
        case_id, who = self._some_case(), self._someone()
        self._call(who, lambda desk, request: desk.note(case_id, "seen", request_id=request), case_id)

    def _assign(self) -> None:
        case_id, who = self._some_case(), self._someone()
        person = self._chance.choice(["li", "helper", None])
        self._call(who, lambda desk, request: desk.assign(case_id, "owner", person, request_id=request), case_id)

    def _correct(self) -> None:
        case_id, who = self._some_case(), self._someone()
        entry = self._standing(case_id) - self._chance.choice([0, 0, 0, 1])
        self._call(who, lambda desk, request: desk.correct(case_id, entry, because="slip", request_id=request), case_id)

    def _repeat(self) -> None:
        """The same call again, at any time later, gives the first answer and does nothing."""
        if not self.asked:
            return
        again = self._chance.choice(self.asked[-20:])
        before = self._count("select count(*) from casework_entry")
        case = self._try(lambda: again.verb(self.app.desk(again.who)))
        assert case is None or (again.case.id, again.case.entry) == (case.id, case.entry)
        assert before == self._count("select count(*) from casework_entry"), "a repetition has done something"
        self.told.repeats += 1

    def _bulk(self) -> None:
        ids, trigger = self._chance.sample(self.ids, min(4, len(self.ids))), self._chance.choice(["give_up", "finish"])
        batch, chunk = f"b{self._chance.randrange(5)}-{trigger}", self._chance.randint(1, 3)
        self._try(lambda: self.app.desk(SEER).bulk(ids, trigger, batch=batch, chunk=chunk))

    # What happens by itself.

    def _tick(self) -> None:
        self.clock.advance(self._chance.choice(JUMPS))

    def _ring(self) -> None:
        limit = self._chance.choice([1, 3, 1_000])
        self._try(lambda: self.app.run_due(limit=limit, force=True))

    def _post(self) -> None:
        self._try(self.app.send_waiting)

    def _hear(self) -> None:
        """A partner tells something, once or twice, about a case that is there or is not."""
        if self._chance.random() < 0.7 or not self._letters:
            self._letters += 1
        number = self._chance.randint(max(1, self._letters - 3), self._letters)
        kind = ("describe", "finish", "sing")[number % 3]
        about = self.ids[number % len(self.ids)] if number % 5 else f"case {number}"
        body = f'{{"type":"{kind}","data":{{"case":"{about if number % 5 else number}"}}}}'.encode()
        body = self._bodies.setdefault(number, body)
        at = int(self.clock.now().timestamp())
        headers = {
            "webhook-id": f"m{number}",
            "webhook-timestamp": str(at),
            "webhook-signature": signatures([SECRET], f"m{number}", at, body),
        }
        received = self._try(lambda: self.app.receive("partner", headers, body))
        assert received is None or received.status in (200, 202, 503), received

    @property
    def _bodies(self) -> dict[int, bytes]:
        return self.__dict__.setdefault("_letters_sent", {})

    def _reconsider(self) -> None:
        everything = self._chance.random() < 0.5
        self._try(lambda: self.app.reconsider(everything=everything))

    def _look(self) -> None:
        assert_inv(self.app, self.acknowledged, verify=self._chance.random() < THOROUGH)
        self._partner_is_right()

    def _stop(self) -> None:
        """The process ends between two calls."""
        self._restart()

    # In the end.

    def _drain(self) -> None:
        """Nothing fails any more: whatever is due is done, whatever waits is sent, and then nothing moves."""
        self._failures = 0.0
        self.plan.restart()
        for _ in range(PATIENCE):
            self.clock.advance(timedelta(hours=30))
            ran = self.app.run_due(force=True)
            sent = self.app.send_waiting()
            again = self.app.reconsider(everything=True)
            assert 0 == ran.stuck == sent.parked, (ran, sent)
            if not (ran.fired or sent.sent or sent.failed or again.applied or self._owed()):
                break
        else:
            raise AssertionError("it does not drain")
        assert_inv(self.app, self.acknowledged)
        self._letters_are_right()
        self._partner_is_right()

    def _partner_is_right(self) -> None:
        """Each message that counts as applied has done one thing, and what is parked none."""
        rows = tables(self.app)
        done = [row for row in rows["casework_entry"] if unframed(row["body"])[1]["actor"][0] == PARTNER.id]
        applied = [row for row in rows["casework_inbox"] if row["state"] == "applied"]
        assert len(applied) == len(done), "a message of the partner was lost, or was taken twice"

    def _owed(self) -> int:
        now = int(self.clock.now().timestamp() * 1_000_000)
        due = f"select count(*) from casework_timer where due_at <= {now}"
        return self._count(due) + self._count("select count(*) from casework_message where state = 'waiting'")

    def _letters_are_right(self) -> None:
        """No letter without its entry, none lost, and none twice where that was promised."""
        rows = {
            f"{row['tenant']}/{row['case_id']}/{row['number']}/{row['line']}": row["state"]
            for row in tables(self.app)["casework_message"]
        }
        self.told.sent = len(self.received)
        assert set() == set(self.received) - set(rows), "a letter left without an entry"
        missing = {key for key, state in rows.items() if state == "sent"} - set(self.received)
        assert set() == missing, "a letter counts as sent and never arrived"
        if self._once:
            assert {1} >= set(self.received.values()), "a letter went twice"
            assert {"sent", "doubtful", "dead"} >= set(rows.values())
        else:
            assert {"sent", "dead"} >= set(rows.values())


def _described(desk: Desk, message: Incoming) -> None:
    desk.fire(str(message.data["case"]), "describe", {"remark": "by the partner"})


def _finished(desk: Desk, message: Incoming) -> None:
    desk.fire(str(message.data["case"]), "finish")


_S = Simulation
_MOVES: tuple[Callable[[Simulation], None], ...] = (
    *([_S._open] * 2),
    *([_S._fire] * 12),
    *([_S._busy] * 6),
    *([_S._amend, _S._note, _S._assign, _S._correct] * 2),
    *([_S._repeat, _S._tick, _S._ring, _S._post, _S._hear] * 3),
    _S._bulk,
    _S._reconsider,
    _S._look,
    _S._stop,
)
