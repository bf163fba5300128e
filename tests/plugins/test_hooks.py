"""Hooks: told after the commit, without values; a misspelt or unmarked one stops the application."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from errands import ANA, NOW, Bench, act, errand, offering, plugin, refused

from casework import Casework, Desk, Open, Recorded, SetupError, State, hookimpl, keep, rescue


def listening(told: list[Recorded]) -> ModuleType:
    return plugin("listener", recorded=lambda recorded: told.append(recorded))


def test_an_observer_learns_the_course_and_no_values(bench: Bench) -> None:
    told: list[Recorded] = []
    desk = bench.app(errand(act(keep("remark"))), plugins=[listening(told)]).desk(ANA)
    case = desk.fire(desk.open("errand", remark="secret", diagnosis="flu"), "act", remark="word")

    fired = Recorded(
        tenant="main",
        case_id=case.id,
        case_type="errand",
        number=2,
        kind="fire",
        trigger="act",
        states={"errand": "new"},
        unit="north",
        actor="ana",
        at=NOW,
    )
    assert ["open", "fire"] == [recorded.kind for recorded in told]
    assert fired == told[1]
    assert not any(value in repr(told) for value in ("secret", "flu", "word"))


def test_an_observer_is_told_of_every_entry_of_a_transaction_and_after_it(bench: Bench) -> None:
    told: list[Recorded] = []
    app = bench.app(errand(act(Open("parcel"))), errand(name="parcel"), plugins=[listening(told)])

    def work(desk: Desk) -> int:
        case = desk.open("errand")
        desk.fire(case, "act")
        return len(told)

    assert 0 == app.atomically(ANA, work)
    assert ["errand", "errand", "parcel"] == sorted(recorded.case_type for recorded in told)


def test_nobody_is_told_of_what_was_refused_or_rolled_back(bench: Bench) -> None:
    told: list[Recorded] = []
    app = bench.app(errand(), plugins=[listening(told)])
    desk = app.desk(ANA)
    case = desk.open("errand")
    told.clear()
    refused(desk.fire, case, "finish")

    def work(inner: Desk) -> None:
        inner.fire(case, "start")
        raise LookupError

    with pytest.raises(LookupError):
        app.atomically(ANA, work)
    assert [] == told


def test_a_verb_that_is_taken_back_within_a_transaction_is_not_told(bench: Bench) -> None:
    told: list[Recorded] = []
    app = bench.app(errand(), plugins=[listening(told)])

    def half(inner: Desk) -> None:
        inner.open("errand", remark="gone")
        raise LookupError

    def work(desk: Desk) -> None:
        desk.open("errand", remark="kept")
        with pytest.raises(LookupError):
            desk.within(half)

    app.atomically(ANA, work)
    assert [("kept",)] == bench.ask("select remark from case_errand")
    assert 1 == len(told)


def test_an_observer_may_take_no_argument(bench: Bench) -> None:
    told: list[int] = []
    bench.app(errand(), plugins=[plugin("bell", recorded=lambda: told.append(1))]).desk(ANA).open("errand")

    assert [1] == told


def misspelt() -> ModuleType:
    return plugin("typo", recorderd=lambda recorded: None)


def misspelt_prefix() -> ModuleType:
    module = ModuleType("typo")
    module.case_work_recorded = hookimpl(lambda recorded: None)
    return module


def wrong_argument() -> ModuleType:
    return plugin("typo", recorded=lambda entry: None)


def unmarked() -> ModuleType:
    module = ModuleType("typo")
    module.casework_recorded = lambda recorded: None
    return module


@pytest.mark.parametrize("broken", [misspelt, misspelt_prefix, wrong_argument, unmarked])
def test_a_hook_that_would_never_be_called_stops_the_application(broken: Callable[[], ModuleType]) -> None:
    with pytest.raises(SetupError, match="typo"):
        Casework(plugins=[broken()])


def test_a_plugin_may_hold_other_things_of_that_prefix() -> None:
    module = offering("fine", case_types=[])
    module.casework_version = "1.0"
    module.casework_state = State("x")

    assert ("fine",) == Casework(plugins=[module]).plugins


def test_one_plugin_twice_is_refused() -> None:
    once = offering("once", case_types=[])

    with pytest.raises(SetupError, match="once"):
        Casework(plugins=[once, once])


NO_PLUGINS: dict[str, tuple[Any, str]] = {
    "a name": (["myplug"], "'myplug'; import it"),
    "none": ([None], "not None"),
    "an object without hooks": ([object()], "plugin object has no hook"),
    "an empty module": ([ModuleType("empty")], "plugin empty has no hook"),
    "not a list": (ModuleType("alone"), "the module alone; give it in a list"),
    "a text": ("myplug", "plugins takes a list"),
}


@pytest.mark.parametrize(("plugins", "told"), NO_PLUGINS.values(), ids=NO_PLUGINS)
def test_what_could_not_contribute_anything_is_no_plugin(plugins: Any, told: str) -> None:
    with pytest.raises(SetupError, match=told):
        Casework(plugins=plugins)


NO_CASE_TYPES: dict[str, tuple[Any, str]] = {
    "a module": (rescue, "case_types takes a list of CaseType, not the module casework.rescue"),
    "one alone": (errand(), "not a value of type CaseType; give it in a list"),
    "a list of modules": ([rescue], "the module casework.rescue is none"),
    "a list of names": (["errand"], "a value of type str is none"),
}


@pytest.mark.parametrize(("case_types", "told"), NO_CASE_TYPES.values(), ids=NO_CASE_TYPES)
def test_case_types_are_given_as_a_list_of_case_types(case_types: Any, told: str) -> None:
    with pytest.raises(SetupError, match=told):
        Casework(case_types=case_types)


@pytest.mark.parametrize(
    ("hook", "given", "problem"),
    [
        ("case_types", errand(), "casework_case_types must give a list of CaseType, not a value of type CaseType"),
        ("case_types", ["errand"], "casework_case_types must give a list of CaseType; a value of type str is none"),
        ("case_types", None, "casework_case_types must give a list of CaseType, not a value of type NoneType"),
        ("parts", [print], "casework_parts must give a list of Guard or EffectPart or Channel or Inbound; the "),
        ("requirements", "errand.act", "casework_requirements must give a list of Require, not a value of type str"),
    ],
)
def test_a_hook_that_gives_something_else_is_named_with_its_plugin(hook: str, given: Any, problem: str) -> None:
    with pytest.raises(SetupError) as caught:
        Casework(plugins=[plugin("offer", **{hook: lambda: given})])

    assert f"plugin offer: {problem}" in str(caught.value)
