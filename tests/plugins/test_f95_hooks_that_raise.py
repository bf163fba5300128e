"""F95: whatever a guard, an effect or an observer raises, no case is half-written."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from errands import ANA, Bench, act, errand, plugin, refused

from casework import Guard, Recorded, Run, Set, Transition, effect, guard

SECRET = "canary-1234"
ERRORS = [
    Exception,
    SystemExit,
    StopIteration,
    StopAsyncIteration,
    GeneratorExit,
    RecursionError,
    BaseException,
    AssertionError,
]
PASSED_ON = [KeyboardInterrupt, MemoryError]


def raising_guard(error: type[BaseException]) -> Guard:
    @guard("work")
    def work(view: object) -> bool:
        raise error(SECRET)

    return work


def raising_effect(error: type[BaseException]) -> Any:
    @effect("work", writes="remark")
    def work(view: object) -> object:
        yield Set("remark", "half")
        raise error(SECRET)

    return work


def observers(error: type[BaseException], told: list[str]) -> list[ModuleType]:
    def broken(recorded: Recorded) -> None:
        told.append("broken")
        raise error(SECRET)

    return [
        plugin("first", recorded=lambda recorded: told.append("first")),
        plugin("broken", recorded=broken),
        plugin("last", recorded=lambda recorded: told.append("last")),
    ]


PARTS = pytest.mark.parametrize(
    ("part", "step"),
    [(raising_guard, act(guards="work")), (raising_effect, act(Set("count", 1), Run("work")))],
    ids=["guard", "effect"],
)


@PARTS
@pytest.mark.parametrize("error", ERRORS)
def test_a_part_that_raises_is_a_clean_refusal(
    bench: Bench, part: Callable[..., Any], step: Transition, error: type[BaseException]
) -> None:
    desk = bench.app(errand(step), parts=[part(error)]).desk(ANA)
    case = desk.open("errand")
    before = bench.rows()
    refusal = refused(desk.fire, case, "act")

    # A generator turns a StopIteration of its own into a RuntimeError.
    names = {error.__name__, "RuntimeError"}
    assert ("part-failed", "work") == (refusal.code, refusal.part)
    assert names & set(refusal.sentence("en").replace(":", " ").split())
    assert SECRET not in refusal.sentence("en") + refusal.sentence("zh")
    assert before == bench.rows()
    assert "doing" == desk.fire(case, "start").state


@PARTS
@pytest.mark.parametrize("error", PASSED_ON)
def test_what_may_be_a_persons_or_the_machines_is_passed_on_with_nothing_written(
    bench: Bench, part: Callable[..., Any], step: Transition, error: type[BaseException]
) -> None:
    desk = bench.app(errand(step), parts=[part(error)]).desk(ANA)
    case = desk.open("errand")
    before = bench.rows()

    with pytest.raises(error):
        desk.fire(case, "act")
    assert before == bench.rows()
    assert "doing" == desk.fire(case, "start").state


@PARTS
def test_in_a_batch_only_the_case_whose_part_raises_is_refused(
    bench: Bench, part: Callable[..., Any], step: Transition
) -> None:
    desk = bench.app(errand(step), parts=[part(ValueError)]).desk(ANA)
    cases = [desk.open("errand").id for _ in range(3)]

    assert ["part-failed"] * 3 == [no.code for _, no in desk.bulk(cases, "act", batch="one").refused]
    assert tuple(cases) == desk.bulk(cases, "start", batch="two").done


@pytest.mark.parametrize("error", [*ERRORS, MemoryError])
def test_an_observer_that_raises_is_logged_and_changes_nothing(
    bench: Bench, error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    desk = bench.app(errand(), plugins=observers(error, told)).desk(ANA)
    with caplog.at_level(logging.ERROR, "casework"):
        case = desk.fire(desk.open("errand", remark=SECRET), "start")

    assert "doing" == desk.get(case).state
    assert ["first", "broken", "last"] * 2 == told
    assert [f"observer broken failed on an entry: {error.__name__}"] * 2 == caplog.messages
    assert SECRET not in caplog.text


def test_an_interruption_is_passed_on_after_the_commit_and_after_everybody_was_told(bench: Bench) -> None:
    told: list[str] = []
    app = bench.app(errand(), plugins=observers(KeyboardInterrupt, told))

    with pytest.raises(KeyboardInterrupt):
        app.atomically(ANA, lambda desk: [desk.open("errand"), desk.open("errand")])
    assert ["first", "broken", "last"] * 2 == told
    assert 2 == len(app.desk(ANA).find("errand").cases)
