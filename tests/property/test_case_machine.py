"""An errand that uses everything that definitions can say, run every way there is by the machine of the test kit.

What the kit leaves out stands here beside it: batches, runs of few timers, messages that are delivered. INV holds
after each of them, whatever comes out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
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
from casework.testing import workflow_machine

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
LETTER = Channel("letter", lambda message, key: None, delivery="at_least_once")
FORMS: dict[str, dict[str, Any]] = {"fund": {"amount": 3}, "promise": {"amount": 1}, "describe": {"remark": "x"}}
people = st.sampled_from(PEOPLE)


TestErrand = workflow_machine(errand, beside=[part], parts=[LETTER]).TestCase
TestErrand.settings = settings(TestErrand.settings, max_examples=max(settings().max_examples // 2, 10))


class BatchMachine(RuleBasedStateMachine):
    """One app; every call is either acknowledged and kept in mind, or refused and without a trace."""

    @initialize()
    def found(self) -> None:
        self.clock, self.sent = FrozenClock(START), list[str]()
        letter = Channel("letter", self._deliver, delivery="at_least_once")
        self.app = Casework(case_types=[errand, part], parts=[letter], clock=self.clock, entropy=seeded_entropy(1))
        self.app.create_tables()
        self.acknowledged: list[Case] = []
        self.ids: list[str] = []
        self._do(PEOPLE[0], lambda desk: desk.open("errand", size=1))

    def _deliver(self, message: Message, key: str) -> None:
        self.sent.append(key)

    def _do(self, who: Actor, verb: Callable[[Desk], Case]) -> None:
        before = tables(self.app)
        try:
            case = verb(self.app.desk(who))
        except Refused:
            assert before == tables(self.app)
            return
        self.acknowledged.append(case)
        if case.id not in self.ids:
            self.ids.append(case.id)

    @rule(who=people, kind=st.sampled_from(["errand", "part"]))
    def open(self, who: Actor, kind: str) -> None:
        self._do(who, lambda desk: desk.open(kind, unit="anlu"))

    @rule(who=people, data=st.data())
    def fire_what_is_available(self, who: Actor, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self.ids))
        try:
            open_to = self.app.desk(who).available(case)
        except Refused:
            return
        if open_to:
            trigger = data.draw(st.sampled_from(open_to))
            self._do(who, lambda desk: desk.fire(case, trigger, FORMS.get(trigger, {})))

    @rule(
        who=people,
        trigger=st.sampled_from(["give_up", "describe", "finish", "delegate"]),
        chunk=st.integers(1, 3),
        data=st.data(),
    )
    def bulk(self, who: Actor, trigger: str, chunk: int, data: st.DataObject) -> None:
        """The same batch twice does nothing more the second time."""
        batch, form = f"batch {data.draw(st.integers(0, 3))}", FORMS.get(trigger, {})
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

    @invariant()
    def inv(self) -> None:
        if hasattr(self, "app"):
            assert_inv(self.app, self.acknowledged)


TestBatchMachine = BatchMachine.TestCase
TestBatchMachine.settings = settings(max_examples=max(settings().max_examples // 2, 10), stateful_step_count=25)
