"""Every verb of a desk in any order, by anybody, over a clock that moves: INV holds after each of them.

What should come out is the concern of the other properties; here it is what may never happen whatever comes out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from oracle import assert_inv, tables

from casework import (
    Account,
    Actor,
    Assign,
    Case,
    CaseType,
    Casework,
    Channel,
    Deadline,
    Desk,
    Doer,
    Field,
    FrozenClock,
    Given,
    Message,
    Now,
    Open,
    Post,
    Recheck,
    Refused,
    Role,
    Send,
    Set,
    Settle,
    State,
    Transition,
    Unit,
    Void,
    Workflow,
    elapsed_since,
    field,
    hours,
    keep,
    seeded_entropy,
    state,
)

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
STAFF = ("clerk", "owner")
NOTE, PLEDGE = Field("remark", required=True), Field("amount", "integer", required=True, minimum=1, maximum=3)
ACCOUNTS = (
    Account("purse", "coin", minimum=0, maximum=9),
    Account("spent", "coin", maximum=40),
    Account("mint", "coin"),
)

errand = CaseType(
    "errand",
    chain=[
        Workflow(
            "errand",
            initial="asked",
            states=[
                State("asked", phases="going", grants={"edit": STAFF, "note": STAFF, "assign": "chief"}),
                State("promised", phases="going", grants={"edit": "chief", "note": STAFF}),
                State("done", final=True, grants={"note": "chief"}),
            ],
            transitions=[
                Transition(
                    "fund", phase="going", roles="chief", form=[PLEDGE], effects=Post("mint", "purse", Given("amount"))
                ),
                Transition("describe", "asked", roles=STAFF, form=[NOTE], effects=[*keep("remark"), Set("at", Now())]),
                Transition(
                    "promise",
                    "asked",
                    "promised",
                    roles=STAFF,
                    form=[PLEDGE],
                    effects=[
                        Post("purse", "spent", Given("amount"), hold="pledge"),
                        Assign("owner"),
                        Send("letter", Doer()),
                    ],
                ),
                Transition("break_off", "promised", "asked", roles=(*STAFF, "chief"), effects=Void("pledge")),
                Transition(
                    "keep_it",
                    "promised",
                    "done",
                    roles="chief",
                    four_eyes="promise",
                    effects=[Settle("pledge"), Send("letter", "li")],
                ),
                Transition("delegate", "asked", roles=STAFF, effects=Open("part", {"of": Unit()})),
                Transition("give_up", "asked", "done", roles=(*STAFF, "chief")),
                Transition("reopen", "done", "asked", roles="chief"),
                Transition("go_stale", "asked", "done", automatic=True, condition=elapsed_since("asked") > hours(200)),
            ],
            deadlines=[
                Deadline("answer", "promised", hours(24), trigger="break_off"),
                Deadline("look", ("asked", "promised"), hours(5)),
            ],
        ),
        Workflow(
            "papers",
            initial="none",
            states=[State("none"), State("filed", final=True)],
            transitions=[
                Transition(
                    "file",
                    "none",
                    "filed",
                    automatic=True,
                    condition=(state("errand") == "done") | field("remark").known,
                ),
                Transition(
                    "lose",
                    "filed",
                    "none",
                    roles="clerk",
                    condition=state("errand") != "done",
                    effects=Set("remark", None),
                ),
            ],
        ),
    ],
    data=[
        Field("remark", field_class="personal"),
        Field("place", field_class="whereabouts"),
        Field("at", "instant"),
        Field("size", "integer", minimum=0, maximum=5),
    ],
    roles=["clerk", "chief", Role("owner", local=True)],
    opens=("clerk", "chief"),
    grants={"view": ("clerk", "chief", "owner"), "correct": "chief"},
    readers={"personal": STAFF, "whereabouts": "owner"},
    accounts=ACCOUNTS,
)

part = CaseType(
    "part",
    chain=[
        Workflow(
            "part",
            initial="open",
            states=[State("open", grants={"edit": "clerk", "note": "clerk"}), State("shut", final=True)],
            transitions=[
                Transition("ask", "open", roles="clerk", effects=Recheck()),
                Transition("finish", "open", "shut", roles="clerk"),
            ],
        )
    ],
    data=[Field("of")],
    roles=["clerk", "chief"],
    opens="clerk",
    grants={"view": ("clerk", "chief"), "correct": "chief"},
)

PEOPLE = [
    Actor("clerk", roles={"clerk"}, unit="anlu"),
    Actor("chief", roles={"chief"}, unit="anlu"),
    Actor("chief's other account", roles={"clerk", "chief"}, person="chief"),
    Actor("helper", unit="anlu"),
    Actor("far", roles={"clerk", "chief"}, unit="other"),
]
FORMS: dict[str, list[dict[str, Any]]] = {
    "fund": [{"amount": 3}, {"amount": 2}, {"amount": 9}, {}],
    "promise": [{"amount": 1}, {"amount": 3}, {"amount": "1"}],
    "describe": [{"remark": "to the station"}, {"remark": ""}, {"place": "x"}],
}
TRIGGERS = [step.trigger for kind in (errand, part) for workflow in kind.chain for step in workflow.transitions]
CHANGES: list[dict[str, Any]] = [
    {"size": 3},
    {"size": 9},
    {"place": "x"},
    {"place": None},
    {"remark": "y"},
    {"no": None},
    {},
]
people = st.sampled_from(PEOPLE)


class CaseMachine(RuleBasedStateMachine):
    """One app; every call is either acknowledged and kept in mind, or refused and without a trace."""

    @initialize()
    def found(self) -> None:
        self.clock, self.sent = FrozenClock(START), list[str]()
        letter = Channel("letter", self._deliver, delivery="at_least_once")
        self.app = Casework(case_types=[errand, part], parts=[letter], clock=self.clock, entropy=seeded_entropy(1))
        self.app.create_tables()
        self.acknowledged: list[Case] = []
        self.requests: list[tuple[Callable[[], Case], Case]] = []
        self.ids: list[str] = []
        self._do(PEOPLE[0], lambda desk: desk.open("errand", size=1))

    def _deliver(self, message: Message, key: str) -> None:
        self.sent.append(key)

    def _do(self, who: Actor, verb: Callable[[Desk], Case], key: str | None = None) -> None:
        before = tables(self.app)
        try:
            case = verb(self.app.desk(who))
        except Refused:
            assert before == tables(self.app)
            return
        self.acknowledged.append(case)
        if case.id not in self.ids:
            self.ids.append(case.id)
        if key is not None:
            self.requests.append((lambda: verb(self.app.desk(who)), case))

    def _handle(self, data: st.DataObject) -> Case | str:
        """An id, or a case as somebody once saw it."""
        return data.draw(st.sampled_from(self.ids) | st.sampled_from(self.acknowledged))

    def _key(self, data: st.DataObject) -> str | None:
        return f"request {len(self.requests)}" if data.draw(st.booleans()) else None

    @rule(who=people, kind=st.sampled_from(["errand", "part"]), data=st.data())
    def open(self, who: Actor, kind: str, data: st.DataObject) -> None:
        key, values = self._key(data), data.draw(st.sampled_from(CHANGES))
        self._do(who, lambda desk: desk.open(kind, unit="anlu", request_id=key, **values), key)

    @rule(who=people, trigger=st.sampled_from(TRIGGERS), data=st.data())
    def fire(self, who: Actor, trigger: str, data: st.DataObject) -> None:
        case, key, form = self._handle(data), self._key(data), data.draw(st.sampled_from(FORMS.get(trigger, [{}])))
        foreseen = self.app.desk(who).why_not(case, trigger, form)
        count = len(self.acknowledged)
        self._do(who, lambda desk: desk.fire(case, trigger, form, request_id=key), key)
        assert (foreseen is None) == (len(self.acknowledged) > count)

    @rule(who=people, data=st.data())
    def fire_what_is_available(self, who: Actor, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self.ids))
        try:
            open_to = self.app.desk(who).available(case)
        except Refused:
            return
        if open_to:
            trigger = data.draw(st.sampled_from(open_to))
            form = data.draw(st.sampled_from(FORMS.get(trigger, [{}])))
            self._do(who, lambda desk: desk.fire(case, trigger, form))

    @rule(who=people, data=st.data())
    def amend(self, who: Actor, data: st.DataObject) -> None:
        case, key, values = self._handle(data), self._key(data), data.draw(st.sampled_from(CHANGES))
        self._do(who, lambda desk: desk.amend(case, request_id=key, **values), key)

    @rule(who=people, text=st.sampled_from(["seen", "", "王芳来过"]), data=st.data())
    def note(self, who: Actor, text: str, data: st.DataObject) -> None:
        case, key = self._handle(data), self._key(data)
        self._do(who, lambda desk: desk.note(case, text, request_id=key), key)

    @rule(
        who=people,
        role=st.sampled_from(["owner", "owner", "clerk"]),
        to=st.sampled_from(["helper", "li", None]),
        data=st.data(),
    )
    def assign(self, who: Actor, role: str, to: str | None, data: st.DataObject) -> None:
        case, key = self._handle(data), self._key(data)
        self._do(who, lambda desk: desk.assign(case, role, to, request_id=key), key)

    @rule(who=people, data=st.data())
    def claim(self, who: Actor, data: st.DataObject) -> None:
        case, key = self._handle(data), self._key(data)
        self._do(who, lambda desk: desk.claim(case, request_id=key), key)

    @rule(who=st.sampled_from([PEOPLE[1], PEOPLE[2], PEOPLE[3]]), back=st.integers(0, 2), data=st.data())
    def correct(self, who: Actor, back: int, data: st.DataObject) -> None:
        case_id, key = data.draw(st.sampled_from(self.ids)), self._key(data)
        try:
            number = self.app.desk(who).get(case_id).revision - back
        except Refused:
            return
        self._do(who, lambda desk: desk.correct(case_id, number, because="a slip", request_id=key), key)

    @rule(
        who=people,
        trigger=st.sampled_from(["give_up", "describe", "finish", "delegate"]),
        chunk=st.integers(1, 3),
        data=st.data(),
    )
    def bulk(self, who: Actor, trigger: str, chunk: int, data: st.DataObject) -> None:
        """The same batch twice does nothing more the second time."""
        batch, form = f"batch {data.draw(st.integers(0, 3))}", FORMS.get(trigger, [{}])[0]
        ids, desk = list(dict.fromkeys(data.draw(st.lists(st.sampled_from(self.ids), max_size=5)))), self.app.desk(who)
        first = desk.bulk(ids, trigger, form, batch=batch, chunk=chunk)
        once = tables(self.app)
        desk.bulk(first.done, trigger, form, batch=batch, chunk=chunk)
        assert once == tables(self.app)

    @rule(wait=st.sampled_from([0, 1, 5, 24, 100, 300]), limit=st.sampled_from([1, 3, 10_000]))
    def run_due(self, wait: int, limit: int) -> None:
        self.clock.advance(timedelta(hours=wait))
        self.app.run_due(limit=limit)
        if limit == 10_000:
            self.app.run_due()
            quiet = tables(self.app)
            assert 0 == self.app.run_due().fired
            assert quiet == tables(self.app)

    @rule()
    def send(self) -> None:
        self.app.send_waiting()
        assert len(set(self.sent)) == len(self.sent), "no message twice"

    @precondition(lambda self: getattr(self, "requests", None))
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """Whoever still sees the case gets the same answer; nothing is done."""
        again, first = data.draw(st.sampled_from(self.requests))
        before = tables(self.app)
        try:
            case = again()
        except Refused as no:
            told = no.refusal.code
        else:
            told = "the same" if (case.id, case.entry) == (first.id, first.entry) else "another"
        assert told in ("the same", "not-found")
        assert before == tables(self.app)

    @invariant()
    def inv(self) -> None:
        if hasattr(self, "app"):
            assert_inv(self.app, self.acknowledged)


TestCaseMachine = CaseMachine.TestCase
TestCaseMachine.settings = settings(max_examples=max(settings().max_examples // 2, 10), stateful_step_count=25)
