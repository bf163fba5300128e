"""Each code of the static check has one small definition here that it, and it alone, is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from casework.condition import tree
from casework.condition.build import actor, balance, days, elapsed_since, field, given, optional, overdue, slot, state
from casework.condition.tree import ALWAYS, NEVER, Not
from casework.errors import InvalidValue
from casework.model.attachment import Require
from casework.model.casetype import CaseType
from casework.model.command import Assign, Given, Held, Now, Open, Post, Run, Send, Set, Settle
from casework.model.fields import Field
from casework.model.finding import Finding
from casework.model.glass import BreakGlass
from casework.model.outfit import Account, Invariant, Role, Worklist
from casework.model.retention import Retention
from casework.model.rule import Rule
from casework.model.workflow import Deadline, Slot, State, Transition, Workflow
from casework.parts import Channel, EffectPart, Guard, Part
from casework.soundness import CODES, check, check_requirements, check_workflow
from casework.soundness.codes import WARNINGS
from casework.soundness.graph import can_end, reachable, shortest_path
from casework.soundness.truth import always, never, possible
from casework.text import Text, as_text

Names = str | tuple[str, ...]
A_DAY = days(1)
FIELDS = (
    Field("age", "integer", minimum=0, maximum=150),
    Field("sex", "choice", choices=("female", "male"), managed=True),
    Field("phone", field_class="personal"),
    Field("diagnosis", field_class="health"),
    Field("minor", "boolean", derived_from="age"),
)
ACCOUNTS = (Account("beds", "bed", minimum=0, by="sex"), Account("taken", "bed"), Account("cash", "yuan"))
PARTS: dict[str, Part] = {
    "sober": Guard("sober", lambda view: True, ("age",)),
    "report": EffectPart("report", lambda view: (), reads=("age",), posts=("beds",)),
    "sms": Channel("sms", lambda message, key: None, delivery="at_least_once"),
}


def step(trigger: str = "go", source: Names = "new", target: str | None = "done", **more: Any) -> Transition:
    return Transition(trigger, source, target, **({"roles": "clerk"} | more))


def auto(source: str = "new", target: str | None = "done", **more: Any) -> Transition:
    return Transition("follow", source, target, automatic=True, **more)


def flow(*transitions: Transition, name: str = "main", states: Any = ("new", "done"), **more: Any) -> Workflow:
    """Its first state is initial, its last one final."""
    made = [item if isinstance(item, State) else State(item, final=item == states[-1]) for item in states]
    return Workflow(name, initial=made[0].name, states=made, transitions=transitions or (step(),), **more)


def side(*transitions: Transition, name: str = "care", states: Any = ("idle", "over"), **more: Any) -> Workflow:
    """A workflow beside the main one, that ends with it."""
    end = Transition(f"wind_up_{name}", "idle", "over", automatic=True, condition=state("main") == "done")
    return flow(end, *transitions, name=name, states=states, **more)


def clock(during: Names, after: timedelta = A_DAY, **more: Any) -> Deadline:
    return Deadline("stay", during, after, **more)


A_RULE = Rule(id="a.rule", value=3, unit="days")


def ruled(*versions: Rule, after: timedelta = timedelta(0), **more: Any) -> Deadline:
    return Deadline("stay", "new", after, rule="a.rule", versions=versions or (A_RULE,), **more)


def kind(*chain: Workflow, **more: Any) -> CaseType:
    told: dict[str, Any] = {"data": FIELDS, "accounts": ACCOUNTS, "opens": "clerk", "grants": {"view": "clerk"}}
    return CaseType("rescue", chain=chain or (flow(),), **(told | more))


def asking(condition: tree.Condition, *beside: Workflow, **more: Any) -> CaseType:
    return kind(flow(step(condition=condition, **more)), *beside)


def doing(*effects: Any, form: tuple[Field, ...] = (), **more: Any) -> CaseType:
    return kind(flow(step(effects=effects, form=form)), **more)


def listing(condition: tree.Condition) -> CaseType:
    return kind(worklists=[Worklist("waiting", "new", condition=condition)])


def deep(levels: int) -> tree.Condition:
    condition: tree.Condition = field("age").known
    for _ in range(levels):
        condition = Not(condition)
    return condition


Case = tuple[str, Callable[[], list[Finding]], str]


def case(code: str, path: str, case_type: CaseType, *args: Any, **options: Any) -> Case:
    return code, lambda: check(case_type, *args, **options), path


MAIN = "chain[0]."
STEP = f"{MAIN}transitions[0]"
CLERKS: dict[str, Any] = {"roles": [Role("clerk"), Role("owner", local=True)]}
CIRCLE = (step("start", "new", "a"), auto("a", "b"), auto("b", "a"), step("end", "b", "done"))

LINGERING = flow(step("leave", "idle", "over"), name="care", states=("idle", "over"))

NAMES: list[Case] = [
    case("CW104", f"{MAIN}deadlines[0].pauses", kind(flow(deadlines=[ruled(pauses=state("main") == "nowhere")]))),
    case("CW115", f"{MAIN}deadlines[0].extenders", kind(flow(deadlines=[ruled(extenders="chief")]), **CLERKS)),
    case("CW126", f"{MAIN}deadlines[0].rule", kind(flow(deadlines=[attrs.evolve(ruled(), versions=())]))),
    case("CW126", f"{MAIN}deadlines[0].rule", kind(flow(deadlines=[clock("new", extenders="clerk")]))),
    case(
        "CW126", f"{MAIN}deadlines[0].versions[0].id", kind(flow(deadlines=[ruled(attrs.evolve(A_RULE, id="b.rule"))]))
    ),
    case("CW101", "data[0].name", kind(data=[Field("Age", "integer")], accounts=())),
    case("CW101", "name", attrs.evolve(kind(), name="")),
    case("CW101", f"{STEP}.trigger", kind(flow(step("Go")))),
    case("CW101", "subjects[0]", kind(subjects="the person")),
    case("CW101", "data[0].choices[0].name", kind(data=[Field("x", "choice", choices=[""])], accounts=())),
    case(
        "CW102",
        f"{MAIN}states[2].name",
        kind(flow(states=("new", State("done", final=True), State("done", final=True)))),
    ),
    case("CW102", f"{STEP}.form[1].name", kind(flow(step(form=[Field("x"), Field("x")])))),
    case("CW102", "worklists[1].name", kind(worklists=[Worklist("all_open"), Worklist("all_open")])),
    case(
        "CW102",
        f"{STEP}.form[0].name",
        kind(flow(step(form=[Field("x", "integer")], condition=field("minor").known), step(form=[Field("x", "date")]))),
    ),
    case(
        "CW102",
        "chain[1].deadlines[0].name",
        kind(flow(deadlines=[clock("new")]), side(deadlines=[clock("idle")])),
    ),
    case("CW103", "chain[1].transitions[1].trigger", kind(flow(), side(step("go", "idle", "over")))),
    case("CW104", f"{MAIN}transitions[1].source", kind(flow(step(), step("x", "newt", "done")))),
    case("CW104", f"{MAIN}transitions[1].target", kind(flow(step(), step("x", "new", "dome")))),
    case("CW104", f"{STEP}.condition", asking(state("care") == "idel", side())),
    case("CW104", "worklists[0].states", kind(worklists=[Worklist("waiting", "knew")])),
    case("CW104", f"{MAIN}initial", kind(attrs.evolve(flow(), initial="begin"))),
    case(
        "CW105",
        f"{MAIN}transitions[1].phase",
        kind(flow(step(), Transition("x", (), "done", phase="opne", roles="clerk"))),
    ),
    case("CW106", f"{STEP}.condition", asking(field("aeg") >= 18)),
    case("CW106", f"{STEP}.effects[0].field", doing(Set("aeg", 1))),
    case("CW106", "data[0].derived_from", kind(data=[Field("minor", "boolean", derived_from="age")], accounts=())),
    case("CW106", f"{STEP}.guards[0]", kind(flow(step(guards="g"))), {"g": Guard("g", lambda view: True, ("aeg",))}),
    case("CW106", f"{STEP}.effects[0].values.x", doing(Open("rescue", {"x": 1})), other_case_types={"other": kind()}),
    case("CW107", f"{STEP}.condition", asking(given("when").known)),
    case("CW107", f"{STEP}.effects[0].value", doing(Set("age", Given("age")))),
    case("CW108", f"{STEP}.condition", asking(state("police") == "asked")),
    case("CW108", "worklists[0].workflow", kind(worklists=[Worklist("waiting", "new", workflow="care")])),
    case("CW109", f"{STEP}.effects[0].debit", doing(Post("bets", "taken"))),
    case("CW109", f"{STEP}.condition", asking(balance("bets") >= 1)),
    case("CW110", f"{STEP}.condition", asking(elapsed_since("knew") >= days(1))),
    case("CW111", f"{STEP}.condition", asking(elapsed_since("over") >= days(1), side(), side(name="tracing"))),
    case("CW112", f"{STEP}.condition", asking(overdue("stay"))),
    case("CW113", f"{STEP}.four_eyes", kind(flow(step(four_eyes="propose")))),
    case("CW113", f"{STEP}.condition", asking(actor.differs_from("propose"))),
    case(
        "CW113", f"{MAIN}deadlines[0].trigger", kind(flow(deadlines=[Deadline("stay", "new", days(1), trigger="og")]))
    ),
    case(
        "CW114", f"{MAIN}deadlines[0].trigger", kind(flow(deadlines=[Deadline("stay", "done", days(1), trigger="go")]))
    ),
    case("CW115", f"{STEP}.roles", kind(flow(step(roles="clrek")), **CLERKS)),
    case("CW115", "opens", kind(opens="boss", **CLERKS)),
    case("CW116", "grants.veiw", kind(grants={"view": "clerk", "veiw": "clerk"})),
    case("CW117", "readers.helth", kind(readers={"helth": "clerk"})),
    case("CW118", f"{STEP}.guards[0]", kind(flow(step(guards="sobre"))), PARTS),
    case("CW118", f"{STEP}.effects[0].effect", doing(Run("reprot")), PARTS),
    case("CW119", f"{STEP}.effects[0].channel", doing(Send("sober")), PARTS),
    case("CW120", f"{STEP}.effects[0].case_type", doing(Open("lodging")), other_case_types={"other": kind()}),
    case("CW121", f"{STEP}.effects[0].hold", doing(Settle("bed"))),
    case("CW122", "data[0].type", kind(data=[Field("x", "number")], accounts=())),  # type: ignore[arg-type]
    case("CW122", "accounts[0].owner", kind(accounts=[Account("beds", owner="town")])),  # type: ignore[arg-type]
    case("CW123", f"{STEP}.condition", asking(slot("fit"))),
]

SHAPE: list[Case] = [
    case("CW201", f"{MAIN}states[1]", kind(flow(step(), step("x", "lost", "done"), states=("new", "lost", "done")))),
    case("CW202", f"{MAIN}states[1]", kind(flow(step(), step("x", "new", "stuck"), states=("new", "stuck", "done")))),
    case("CW203", f"{MAIN}states", kind(flow(states=("new", State("done"))))),
    case("CW204", f"{MAIN}transitions[1]", kind(flow(step(), auto("done", "new")))),
    case("CW205", f"{MAIN}transitions[1]", kind(flow(*CIRCLE, states=("new", "a", "b", "done")))),
    case("CW206", f"{MAIN}transitions[1]", kind(flow(step(), step(target="new", condition=field("age").known)))),
    case("CW206", f"{MAIN}transitions[1]", kind(flow(auto(), auto(condition=field("age").known)))),
    case("CW207", f"{MAIN}transitions[1].source", kind(flow(step(), step("x", ())))),
    case("CW207", f"{MAIN}deadlines[0].during", kind(flow(deadlines=[clock(())]))),
    case("CW208", f"{STEP}.condition", asking(NEVER)),
    case("CW208", f"{STEP}.condition", asking((state("care") == "idle") & (state("care") == "over"), side())),
    case("CW208", f"{STEP}.condition", asking(state("main") == "done")),
    case("CW208", "worklists[0].condition", listing(field("age").in_())),
    case("CW209", f"{STEP}.roles", kind(flow(auto(roles="clerk")))),
    case("CW209", f"{STEP}.condition", kind(flow(auto(condition=given("x").known)))),
    case("CW209", f"{STEP}.condition", kind(flow(auto(condition=balance("beds") >= 1)))),
    case(
        "CW209",
        f"{STEP}.form",
        kind(flow(step(form=[Field("why", required=True)]), deadlines=[clock("new", trigger="go")])),
    ),
    case(
        "CW210",
        "chain[1].states[0]",
        kind(flow(), flow(step("leave", "idle", "over"), name="care", states=("idle", "over"))),
    ),
    case("CW211", "chain[1].states", kind(flow(), side(states=("idle", State("over"))))),
    case("CW212", "chain", attrs.evolve(kind(), chain=())),
]

TYPES: list[Case] = [
    case("CW301", f"{STEP}.condition", asking(field("age") >= Decimal(18))),
    case("CW301", f"{STEP}.condition", asking(field("minor") == 1)),
    case("CW301", f"{STEP}.condition", asking(elapsed_since("new").in_(1))),
    case("CW301", f"{STEP}.condition", asking(field("age") >= days(1))),  # type: ignore[operator]
    case("CW301", f"{STEP}.condition", asking(balance("beds") >= "one")),
    case("CW302", f"{STEP}.condition", asking(field("phone") >= "1")),
    case("CW302", f"{STEP}.condition", asking(state("main") > "done")),
    case("CW303", f"{STEP}.condition", asking(field("sex") == "mail")),
    case("CW303", f"{STEP}.effects[0].value", doing(Set("sex", "mail"))),
    case("CW304", f"{STEP}.condition", asking(field("diagnosis") == "flu")),
    case("CW304", f"{STEP}.effects[0].value", doing(Set("phone", Held("diagnosis")))),
    case("CW305", "worklists[0].condition", listing(given("x").known)),
    case("CW305", "invariants[0].condition", kind(invariants=[Invariant("led", actor.has_role("clerk"))])),
    case("CW306", f"{STEP}.condition", asking(deep(2000))),
    case("CW306", f"{STEP}.condition", asking(tree.Any((field("age").known,) * 500))),
    case("CW307", "data[0].minimum", kind(data=[Field("x", "integer", minimum=0.5)], accounts=())),
    case("CW307", "data[0].minimum", kind(data=[Field("x", "integer", minimum=2, maximum=1)], accounts=())),
    case("CW307", "data[0].maximum", kind(data=[Field("x", maximum="z")], accounts=())),
    case("CW307", "accounts[0].minimum", kind(accounts=[Account("beds", minimum=2, maximum=1)])),
    case("CW308", "data[0].choices", kind(data=[Field("x", "choice")], accounts=())),
    case("CW309", f"{STEP}.effects[0].value", doing(Set("age", "old"))),
    case("CW309", f"{STEP}.effects[0].value", doing(Set("age", Now()))),
    case("CW309", f"{STEP}.effects[0].value", doing(Set("age", Given("x")), form=(Field("x"),))),
    case("CW309", f"{STEP}.effects[0].person", doing(Assign("owner", 7))),
    case("CW310", f"{STEP}.effects[0].amount", doing(Post("beds", "taken", 0))),
    case("CW310", f"{STEP}.effects[0].amount", doing(Post("beds", "taken", Held("phone")))),
    case("CW311", f"{STEP}.effects[0]", doing(Post("beds", "cash"))),
    case("CW311", f"{STEP}.effects[0]", doing(Post("beds", "beds"))),
    case("CW312", "accounts[0].by", kind(accounts=[Account("beds", by="phone")])),
    case(
        "CW312",
        "accounts[0].by",
        kind(data=[Field("sex", "choice", choices=["f|m"], managed=True)], accounts=[Account("beds", by="sex")]),
    ),
    case("CW313", f"{MAIN}deadlines[0].after", kind(flow(deadlines=[clock("new", timedelta(0))]))),
    case("CW313", f"{MAIN}deadlines[0].after", kind(flow(deadlines=[ruled(after=A_DAY)]))),
    case(
        "CW313",
        f"{MAIN}deadlines[0].versions[0].value",
        kind(flow(deadlines=[ruled(Rule(id="a.rule", value=1_201, unit="months"))])),
    ),
    case(
        "CW319",
        f"{MAIN}deadlines[0].versions[0].calendar",
        kind(flow(deadlines=[ruled(attrs.evolve(A_RULE, unit="working days", calendar="nowhere"))])),
    ),
    case("CW313", f"{MAIN}deadlines[0].versions[0].value", kind(flow(deadlines=[ruled(Rule(id="a.rule"))]))),
    case("CW318", f"{MAIN}deadlines[0].pauses", kind(flow(deadlines=[ruled(pauses=field("phone").known)]))),
    case("CW318", f"{MAIN}deadlines[0].applies", kind(flow(deadlines=[ruled(applies=~overdue("stay"))]))),
    case(
        "CW318",
        f"{MAIN}deadlines[0].versions[0].pauses",
        kind(flow(deadlines=[ruled(attrs.evolve(A_RULE, pauses=elapsed_since("new") >= A_DAY))])),
    ),
    case("CW313", f"{STEP}.condition", asking(elapsed_since("new") >= timedelta(milliseconds=1))),
    case("CW314", f"{STEP}.condition", asking(balance("taken") >= 1)),
]

TYPES += [
    case("CW124", f"{STEP}.form[0].name", kind(flow(step(form=[Field("batch")])))),
    case("CW125", f"{STEP}.effects[0].subjects.person", doing(Open("other", {}, subjects={"person": "stranger"}))),
    case("CW124", "data[0].name", kind(data=[Field("unit")], accounts=())),
    case("CW315", f"{STEP}.effects[0].value", doing(Set("seen", Held("phone")), data=(*FIELDS, Field("seen")))),
    case(
        "CW315",
        f"{STEP}.effects[0].value",
        doing(Set("seen", Given("tel")), form=(Field("tel", field_class="personal"),), data=(*FIELDS, Field("seen"))),
    ),
    case("CW316", f"{STEP}.effects[0]", doing("keep")),
    case(
        "CW317",
        "accounts[0].by",
        kind(data=[Field("sex", "choice", choices=["f"])], accounts=[Account("beds", by="sex")]),
    ),
]

GLASS = BreakGlass(classes="health", channel="pager")
GLAZED = {"view": "clerk", "break_glass": "clerk", "review": "clerk"}
ACCESS: list[Case] = [
    case("CW401", f"{STEP}.roles", kind(flow(step(roles=())))),
    case("CW402", "opens", kind(opens=())),
    case(
        "CW403",
        f"{MAIN}states[1].grants",
        kind(flow(states=(State("new", grants={"view": "clerk"}), State("done", final=True))), grants=()),
    ),
    case("CW404", f"{STEP}.effects[0].role", doing(Assign("clerk"), **CLERKS)),
    case("CW405", f"{STEP}.trigger", kind(flow(step("care.go")))),
    case("CW405", "chain[1].transitions[0].trigger", kind(flow(), side()), own=1),
    case("CW405", "worklists[0].name", kind(worklists=[Worklist("care.ill", "new")])),
    case("CW407", "retention.after", kind(retention=Retention(after=timedelta(days=30)))),
    case("CW408", "break_glass", kind(break_glass=GLASS, grants={"view": "clerk", "break_glass": "clerk"})),
    case("CW408", "break_glass", kind(break_glass=GLASS, grants={"view": "clerk", "review": "clerk"})),
    case("CW118", "break_glass.channel", kind(break_glass=GLASS, grants=GLAZED), parts={}),
    case("CW406", "data[0].readers", kind(data=[Field("tel", readers="clerk")], accounts=())),
]

CASES = NAMES + SHAPE + TYPES + ACCESS


@pytest.mark.parametrize(("code", "run", "path"), CASES, ids=[f"{code}-{path}" for code, _, path in CASES])
def test_each_mistake_is_found_and_nothing_else(code: str, run: Callable[[], list[Finding]], path: str) -> None:
    found = run()
    assert {(item.code, item.path) for item in found} == {(code, path)}, "\n".join(map(str, found))
    assert {item.level for item in found} == {"warning" if code in WARNINGS else "error"}


def test_every_code_has_a_case_here() -> None:
    assert {code for code, _, _ in CASES} == set(CODES)


def sound() -> CaseType:
    """Something of everything, all of it right."""
    main = flow(
        step("assess", "new", "open", form=[Field("age", "integer", required=True)], effects=Set("age", Given("age"))),
        step("admit", "open", None, effects=Post("beds", "taken", hold="bed"), condition=balance("beds") >= 1),
        auto("open", "ward", condition=state("care") == "busy"),
        auto("ward", "open", condition=state("care").in_("idle", "over")),
        step("leave", (), phase="present", guards="sober", condition=optional("police", state("police") == "x")),
        step("lapse", "ward", roles=(), condition=overdue("stay") & (elapsed_since("ward") >= days(1))),
        states=("new", State("open", phases="present"), State("ward", phases="present"), "done"),
        deadlines=[clock("ward", trigger="lapse")],
    )
    begin, finish = step("begin", "idle", "busy"), step("finish", "busy", "over", four_eyes="begin")
    end = Transition("end", "busy", "over", automatic=True, condition=state("main") != "new", effects=Run("report"))
    care = side(begin, finish, end, states=("idle", "busy", "over"), fields=[Field("care.ward")])
    care = attrs.evolve(care, transitions=[qualified(item) for item in care.transitions])
    beds = Worklist("beds", "ward", condition=(field("minor") == True) & field("diagnosis").known)  # noqa: E712
    led = Invariant("led", (state("main") != "ward") | (state("care") == "busy"))
    return kind(main, care, worklists=[beds], invariants=[led], readers={"health": "clerk"}, **CLERKS)


def qualified(transition: Transition) -> Transition:
    four_eyes = tuple(f"care.{name}" for name in transition.four_eyes)
    return attrs.evolve(transition, trigger=f"care.{transition.trigger}", four_eyes=four_eyes)


def test_a_sound_case_type_has_no_findings() -> None:
    assert [] == check(sound(), PARTS, own=1, other_case_types={"other": kind()})


def test_findings_stand_in_the_order_of_their_paths() -> None:
    transitions = [step(f"go{i}", "nwe", "done") for i in range(12)]
    found = check(kind(flow(step(), *transitions)))

    assert [f"{MAIN}transitions[{i}].source" for i in range(1, 13)] == [item.path for item in found]
    assert "there is no state of workflow 'main' called 'nwe'; did you mean 'new'?" == found[0].message


def test_a_specific_transition_before_a_general_one_shadows_nothing() -> None:
    states = (State("new", phases="open"), State("old", phases="open"), "done")
    special, general = step("go", "new", "old"), step("go", (), phase="open")

    assert [] == check(kind(flow(special, general, states=states)))
    found = check(kind(flow(general, special, step("x", "new", "old"), states=states)))
    assert [("CW206", f"{MAIN}transitions[1]")] == [(item.code, item.path) for item in found]


def test_a_circle_is_broken_by_a_calm_workflow_or_by_time() -> None:
    states = ("new", "a", "b", "done")
    ways = step("start", "new", "a"), step("end", "b")
    there, back = (auto("a", "b", condition=state("care") == one) for one in ("idle", "over"))
    back = attrs.evolve(back, source=("b",), target="a")
    waiting = auto("b", "a", condition=elapsed_since("b") >= days(1))

    assert [] == check(kind(flow(*ways, there, back, states=states), side()))
    assert [] == check(kind(flow(*ways, auto("a", "b"), waiting, states=states)))
    spinning = side(Transition("spin", "idle", "idle", automatic=True))
    found = check(kind(flow(*ways, there, back, states=states), spinning))
    assert [("CW205", f"{MAIN}transitions[2]"), ("CW205", "chain[1].transitions[1]")] == [
        (i.code, i.path) for i in found
    ]


def test_a_workflow_that_the_ending_asks_to_have_left_is_not_left_behind() -> None:
    assert [] == check(kind(flow(step(condition=state("care") == "over")), LINGERING))


def test_a_workflow_alone_counts_its_slots_as_bound() -> None:
    slots = [Slot("patient_age", "field", "integer"), Slot("note", "field"), Slot("fit"), Slot("boss", "role")]
    asked = (field("patient_age") >= 18) & field("note").known & slot("fit") & actor.has_role("boss")
    alone = flow(step(condition=asked, effects=[Post("beds", "taken"), Set("note", 1)]), slots=slots)

    assert [] == check_workflow(alone)
    wrong = field("x").known & slot("y") & (field("patient_age") == "z")
    found = check_workflow(flow(step(condition=wrong), slots=slots))
    assert [
        ("CW106", "transitions[0].condition"),
        ("CW123", "transitions[0].condition"),
        ("CW301", "transitions[0].condition"),
    ] == [(item.code, item.path) for item in found]


def test_what_is_required_beside_is_checked_in_the_form_of_its_trigger() -> None:
    case_type = kind(flow(step(form=[Field("why")])))
    wanted = [
        Require("rescue.go", given("why").known),
        Require("rescue.go", given("how").known & (field("age") == "x")),
    ]

    assert [("CW107", "requirements[1].condition"), ("CW301", "requirements[1].condition")] == [
        (item.code, item.path) for item in check_requirements(case_type, wanted)
    ]
    assert ["CW306"] == [item.code for item in check_requirements(case_type, [Require("rescue.go", deep(40))])]


def test_the_graph_of_a_workflow() -> None:
    ways = step("a", "new", "mid"), step("b", "mid"), step("c", "new", "stuck"), step("d", "lost")
    graph = flow(*ways, states=("new", "mid", "stuck", "lost", "done"))

    assert {"new", "mid", "stuck", "done"} == reachable(graph)
    assert {"new", "mid", "lost", "done"} == can_end(graph)
    assert [ways[0], ways[1]] == shortest_path(graph, "new", {"done"})
    assert [] == shortest_path(graph, "new", {"new"})
    assert shortest_path(graph, "stuck", {"done"}) is None


def test_what_the_form_of_a_condition_proves() -> None:
    some = state("care") == "idle"
    states = {"idle", "over"}

    assert always(ALWAYS)
    assert always(~NEVER)
    assert never(some & state("care").in_("over"))
    assert not never(~some & ~(state("care") == "over"))  # a third state may exist
    assert {"over"} == possible(~(some & ALWAYS), "care", states)
    assert states == possible(some | field("age").known, "care", states)
    assert {"idle"} == possible(some & field("age").known, "care", states)


@pytest.mark.parametrize("wrong", ["keep", [None], 3, [Set]], ids=repr)
def test_what_is_no_effect_is_found(wrong: Any) -> None:
    found = check(kind(flow(attrs.evolve(step(), effects=wrong))))

    assert [("CW316", f"{STEP}.effects[0]")] == [(item.code, item.path) for item in found]


@pytest.mark.parametrize(
    ("build", "where"),
    [
        (lambda: step(roles=3), "Transition.roles: takes a name"),
        (
            lambda: Workflow("w", initial="a", states=["a"], transitions=[]),
            "Workflow.states[0]: takes a State, not 'a'",
        ),  # type: ignore[list-item]
        (lambda: Workflow("w", initial="a", states=[], transitions=step()), "Workflow.transitions: takes a list"),  # type: ignore[arg-type]
        (lambda: CaseType("c", chain=flow()), "CaseType.chain: takes a list of Workflow"),  # type: ignore[arg-type]
        (lambda: CaseType("c", chain=[flow()], roles="clerk"), "roles: takes a list of Role, not 'clerk'"),
        (lambda: Deadline("d", "a", 24), "Deadline.after: takes a duration such as hours(24)"),  # type: ignore[arg-type]
        (lambda: Field("x", type=str), "Field.type: takes one of text, integer"),  # type: ignore[arg-type]
    ],
)
def test_a_definition_of_the_wrong_type_says_where_and_what_would_be_right(
    build: Callable[[], object], where: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        build()

    assert str(caught.value).startswith(where)


def test_a_text_is_a_string_or_both_languages_by_name() -> None:
    assert Text("in", "在") == as_text({"en": "in", "zh": "在"})
    for wrong in ({"de": "in"}, {"en": 3}, 3, ["in"]):
        with pytest.raises(TypeError, match="a text is a string"):
            as_text(wrong)  # type: ignore[arg-type]


def test_a_personal_value_may_be_derived_openly_where_that_is_declared() -> None:
    copied = doing(Set("seen", Held("phone")), data=(*FIELDS, Field("seen", derived_from="phone")))

    assert [] == check(copied)
