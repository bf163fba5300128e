"""F97: parts and observers that misbehave on purpose. After each, nothing is half-written and the store verifies."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from errands import ANA, Bench, act, errand, plugin, refused

from casework import Casework, Channel, Post, Run, Send, Set, View, effect, guard

Part = Callable[[View], Any]
POST_OFFICE = Channel("post", lambda message, key: None, delivery="at_least_once")
REACH: list[Casework] = []
KEPT: list[Any] = []


def app() -> Casework:
    return REACH[-1]


def mutates_data(view: View) -> Any:
    view.data["count"] = 99
    return True


def mutates_form(view: View) -> Any:
    view.form.clear()
    return True


def mutates_states(view: View) -> Any:
    view.states.update(errand="done")
    return True


def rebinds_the_view(view: View) -> Any:
    view.person = "root"
    return True


def adds_a_role(view: View) -> Any:
    view.roles.add("chief")
    return True


def fires(view: View) -> Any:
    app().desk(ANA).fire(view.case_id, "start")
    return True


def opens(view: View) -> Any:
    app().desk(ANA).open("errand")
    return True


def reads(view: View) -> Any:
    return app().desk(ANA).get(view.case_id).data.get("diagnosis") is not None


def works_atomically(view: View) -> Any:
    app().atomically(ANA, lambda desk: desk.open("errand"))
    return True


def runs_the_worker(view: View) -> Any:
    app().run_due()
    return True


def sends_what_waits(view: View) -> Any:
    app().send_waiting()
    return True


def swallows_the_refusal_and_tries_again(view: View) -> Any:
    for _ in range(3):
        try:
            app().desk(ANA).open("errand")
        except Exception:
            continue
    raise RuntimeError("never in")


def answers_nothing(view: View) -> Any:
    return None


def answers_a_number(view: View) -> Any:
    return 1


def recurses(view: View) -> Any:
    return recurses(view)


BOTH = [
    mutates_data,
    mutates_form,
    mutates_states,
    rebinds_the_view,
    adds_a_role,
    fires,
    opens,
    reads,
    works_atomically,
    runs_the_worker,
    sends_what_waits,
    swallows_the_refusal_and_tries_again,
    answers_nothing,
    answers_a_number,
    recurses,
]


class Flag:
    """Changes its answer."""

    def __init__(self) -> None:
        self.turns = itertools.count()

    def __call__(self, view: View) -> bool:
        return next(self.turns) % 2 == 0


class Yes:
    """Says yes to everything."""

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class SetMore(Set):
    """Not one of the commands, though it is built like one."""


def breaks_off(view: View) -> Iterator[Any]:
    yield Set("remark", "half")
    raise ValueError


def never_ends(view: View) -> Iterator[Any]:
    yield from itertools.repeat(Set("remark", "again"))


GUARDS = [Flag(), lambda view: Yes(), lambda view: "yes"]
COMMANDS: dict[str, Part] = {
    "breaks off": breaks_off,
    "never ends": never_ends,
    "too many": lambda view: [Set("remark", "x")] * 1_001,
    "junk": lambda view: [Set("remark", "x"), "drop table"],
    "a dictionary": lambda view: {"set": {"remark": "x"}},
    "a text": lambda view: "set",
    "none among": lambda view: [None],
    "a class": lambda view: [Set],
    "another part": lambda view: [Run("work")],
    "a subclass": lambda view: [SetMore("remark", "x")],
    "a lookalike": lambda view: [Yes()],
    "huge text": lambda view: [Set("remark", "x" * 10_000_000)],
    "too long a text": lambda view: [Set("remark", "x" * 51)],
    "huge number": lambda view: [Set("count", 10**30)],
    "too large a number": lambda view: [Set("count", 101)],
    "wrong type": lambda view: [Set("count", "many")],
    "a truth for a number": lambda view: [Set("count", True)],
    "an object": lambda view: [Set("remark", object())],
    "not a number": lambda view: [Set("count", float("nan"))],
    "NUL": lambda view: [Set("remark", "a\0b")],
    "a surrogate": lambda view: [Set("remark", "\ud800")],
    "not a choice": lambda view: [Set("size", "medium")],
    "a field that is not there": lambda view: [Set("no_such", 1)],
    "undeclared write": lambda view: [Set("ready", True)],
    "undeclared account": lambda view: [Post("stock", "shelf")],
    "negative amount": lambda view: [Post("outside", "stock", -5)],
    "no amount": lambda view: [Post("outside", "stock", 0)],
    "half an amount": lambda view: [Post("outside", "stock", 0.5)],
    "an odd hold": lambda view: [Post("outside", "stock", 1, "Kept ☃")],
    "a hold that is a number": lambda view: [Post("outside", "stock", 1, 5)],
    "names that cannot be written": lambda view: [Send("post", "a", {"\ud800": "x"})],
    "names that are no text": lambda view: [Send("post", "a", {5: "x"})],
    "an unhashable name": lambda view: [Set(["remark"], "x")],
}


@pytest.fixture
def attacked(bench: Bench) -> Callable[..., None]:
    """Fires once with the hostile part and looks whether anything is left of it."""

    def attack(part: Any, *steps: Any) -> None:
        REACH.append(bench.app(errand(*steps), parts=[part, POST_OFFICE]))
        desk = REACH[-1].desk(ANA)
        case = desk.open("errand", count=1, remark="kept")
        before = bench.rows()
        refusal = refused(desk.fire, case, "act", count=3)

        assert ("part-failed", "work") == (refusal.code, refusal.part)
        assert before == bench.rows()
        assert REACH[-1].verify().whole
        assert {"count": 1, "remark": "kept"} == dict(desk.get(case).data)
        assert "doing" == desk.fire(case, "start").state

    return attack


@pytest.mark.parametrize("check", [*BOTH, *GUARDS], ids=lambda check: getattr(check, "__name__", "flag"))
def test_a_hostile_guard_is_refused(attacked: Callable[..., None], check: Part) -> None:
    attacked(guard("work", reads="count")(check), act(guards="work"))


@pytest.mark.parametrize("run", BOTH, ids=lambda run: run.__name__)
def test_a_hostile_effect_is_refused(attacked: Callable[..., None], run: Part) -> None:
    attacked(effect("work", reads="count", writes="count")(run), act(Run("work")))


DECLARED: dict[str, Any] = {
    "writes": ["remark", "count", "size"],
    "posts": ["outside", "stock"],
    "sends": ["post"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_hostile_commands_are_refused(attacked: Callable[..., None], name: str) -> None:
    attacked(effect("work", **DECLARED)(COMMANDS[name]), act(Set("remark", "first"), Run("work")))


def test_references_that_were_kept_change_nothing_later(bench: Bench) -> None:
    answer = [Set("remark", "said")]

    def keeps(view: View) -> Any:
        KEPT.extend((view, answer))
        return answer

    desk = bench.app(errand(act(Run("work"))), parts=[effect("work", writes="remark")(keeps)]).desk(ANA)
    case = desk.fire(desk.open("errand"), "act")
    KEPT[-1].append(Set("remark", "later"))
    object.__setattr__(KEPT[-2], "states", {"errand": "done"})

    assert "said" == case.data["remark"] == desk.get(case).data["remark"]
    assert "doing" == desk.fire(case, "start").state


def test_an_observer_that_uses_a_desk_is_refused_and_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    meddling = plugin("meddler", recorded=lambda recorded: app().desk(ANA).fire(recorded.case_id, "finish"))
    REACH.append(bench.app(errand(), plugins=[meddling]))
    case = app().desk(ANA).fire(app().desk(ANA).open("errand"), "start")

    assert "doing" == app().desk(ANA).get(case).state
    assert ["observer meddler failed on an entry: Reentered"] * 2 == caplog.messages


def test_an_observer_gets_nothing_that_it_could_change(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    meddling = plugin("meddler", recorded=lambda recorded: recorded.states.update(errand="done"))
    app = bench.app(errand(), plugins=[meddling, plugin("next", recorded=lambda recorded: KEPT.append(recorded))])
    app.desk(ANA).open("errand")

    assert {"errand": "new"} == dict(KEPT[-1].states)
