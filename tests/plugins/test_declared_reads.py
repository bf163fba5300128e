"""What a part did not declare to read is not "unknown" to it: whoever looks at it has failed, with nothing written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from errands import ANA, Bench, act, errand, refused

from casework import InvalidValue, Post, Run, Transition, View, effect, guard
from casework.testing import captured


def _caught(look: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], Any]:
    def quietly(told: Mapping[str, Any]) -> Any:
        try:
            return look(told)
        except Exception:
            return None

    return quietly


LOOKS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "get": lambda data: data.get("diagnosis"),
    "get with a default": lambda data: data.get("diagnosis", "none"),
    "by name": lambda data: data["diagnosis"],
    "in": lambda data: "diagnosis" in data,
    "caught": _caught(lambda data: data["diagnosis"]),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_guard_that_looks_at_a_field_undeclared_has_failed(bench: Bench, look: Callable[..., Any]) -> None:
    @guard("sound", reads="count")
    def sound(view: View) -> bool:
        look(view.data)
        return True

    desk = bench.app(errand(act(guards="sound")), parts=[sound]).desk(ANA)
    case = desk.open("errand", count=2)
    before = bench.rows()
    refusal = refused(desk.fire, case, "act")

    assert ("part-failed", "sound") == (refusal.code, refusal.part)
    assert "it did not declare to read 'diagnosis'" in refusal.sentence("en")
    assert before == bench.rows()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_an_effect_that_looks_at_a_field_undeclared_has_failed(bench: Bench, look: Callable[..., Any]) -> None:
    @effect("work", reads="count")
    def work(view: View) -> list[Any]:
        look(view.data)
        return []

    desk = bench.app(errand(act(Run("work"))), parts=[work]).desk(ANA)
    refusal = refused(desk.fire, desk.open("errand", count=2), "act")

    assert ("part-failed", "work") == (refusal.code, refusal.part)
    assert "it did not declare to read 'diagnosis'" in refusal.sentence("en")


def test_what_is_declared_and_unknown_is_absent(bench: Bench) -> None:
    seen: list[Any] = []

    @guard("sound", reads=("count", "diagnosis"))
    def sound(view: View) -> bool:
        data = view.data
        seen.append((dict(data), data.get("diagnosis", "?"), "diagnosis" in data, "count" in data, len(data), data))
        return True

    desk = bench.app(errand(act(guards="sound")), parts=[sound]).desk(ANA)
    desk.fire(desk.open("errand", count=2), "act")

    assert [({"count": 2}, "?", False, True, 1, {"count": 2})] * 2 == seen


def test_a_balance_is_seen_only_by_whoever_declared_to_post(bench: Bench) -> None:
    @effect("work", posts="outside")
    def work(view: View) -> list[Post]:
        assert view.balances.get("outside") is None
        return [Post("outside", "stock")] if view.balances.get("stock", 0) < 1 else []

    @guard("sound")
    def sound(view: View) -> bool:
        return view.balances.get("stock", 1) > 0

    for told, parts in ((act(Run("work")), [work]), (act(guards="sound"), [sound])):
        desk = bench.app(errand(told), parts=parts).desk(ANA)
        refusal = refused(desk.fire, desk.open("errand"), "act")

        assert "part-failed" == refusal.code
        assert "it did not declare to post 'stock'" in refusal.sentence("en")


def test_a_name_that_is_no_field_is_refused_and_not_repeated(bench: Bench) -> None:
    """It may be the diagnosis itself that a part took for a name."""

    @guard("sound", reads="diagnosis")
    def sound(view: View) -> bool:
        return view.data.get(str(view.data["diagnosis"])) is None

    desk = bench.app(errand(act(guards="sound")), parts=[sound]).desk(ANA)
    refusal = refused(desk.fire, desk.open("errand", diagnosis="measles"), "act")

    assert "it did not declare all that it looked at" in refusal.sentence("en")
    assert "measles" not in str(refusal)


def test_a_condition_that_is_a_function_is_refused_with_the_name_of_its_transition() -> None:
    with pytest.raises(InvalidValue, match=r"the condition of transition 'act': takes a condition, .* not a function"):
        Transition("act", "new", condition=lambda view: True)  # type: ignore[arg-type]


def test_a_channel_says_how_it_may_deliver() -> None:
    with pytest.raises(InvalidValue, match="the delivery of channel 'sms': is 'at_least_once' or 'at_most_once'"):
        captured("sms", delivery="twice")  # type: ignore[arg-type]
