"""casework adopt, and what casework plugins says of cases that need what is not loaded."""

from __future__ import annotations

import sys
import types
from typing import Any

import attrs
import pytest
from cli.errand import BOSS, ERRAND, WORKER, Line

from casework import Field, Run, State, Transition, Workflow, attach, effect, hookimpl, keep, state

BILL = Workflow(
    "bill",
    initial="unpaid",
    states=(State("unpaid"), State("sent"), State("paid", final=True)),
    transitions=(
        Transition("send", "unpaid", "sent", roles="worker", effects=keep("sum"), form=[Field("sum", "integer")]),
        Transition("count", "unpaid", roles="worker", effects=Run("tiny.count")),
        Transition("over", ("unpaid", "sent"), "paid", automatic=True, condition=state("errand") == "done"),
    ),
    fields=(Field("sum", "integer"),),
)
PAYING = ("--plugin", "paying")


@pytest.fixture
def paying(cli: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The tiny domain with the grant to adopt; a plugin beside it can attach a bill."""
    tiny: Any = sys.modules["tiny"]
    granting = attrs.evolve(ERRAND, grants={"view": ["worker", "boss"], "adopt": "boss"})
    tiny.casework_case_types = hookimpl(_named("casework_case_types", lambda: [granting]))
    module: Any = types.ModuleType("paying")
    module.casework_attachments = hookimpl(_named("casework_attachments", lambda: [attach(BILL, "errand")]))
    module.casework_parts = hookimpl(_named("casework_parts", _parts))
    monkeypatch.setitem(sys.modules, "paying", module)
    cli("migrate", *PAYING)
    return cli


def _named(name: str, function: Any) -> Any:
    function.__name__ = name
    return function


def _parts() -> list[Any]:
    return [effect("tiny.count", writes="sum")(lambda view: [])]


def test_every_open_case_that_is_behind_is_adopted(paying: Line) -> None:
    cases = {paying.opened() for _ in range(3)}
    dry = paying.json(*BOSS, *PAYING, "adopt", "--all", "--dry-run")
    assert "errand" not in dry and cases == set(dry["adopted"])
    assert {"errand": "new"} == paying.json(*WORKER, "show", min(cases))["case"]["states"]

    told = paying.json(*BOSS, *PAYING, "adopt", "--all", "--type", "errand")

    assert (cases, [], []) == (set(told["adopted"]), told["already"], told["refused"])
    shown = paying.json(*WORKER, *PAYING, "show", min(cases))["case"]
    assert {"errand": "new", "bill": "unpaid"} == shown["states"]
    assert "0 adopted, 0 under" in paying(*BOSS, *PAYING, "adopt", "--all").stdout
    assert [min(cases)] == paying.json(*BOSS, *PAYING, "adopt", min(cases))["already"]
    history = paying(*WORKER, *PAYING, "history", min(cases), "--lang", "zh").stdout
    assert "转入现行定义" in history and "bill：– → unpaid" in history


def test_what_does_not_fit_is_told_and_left_alone(paying: Line) -> None:
    case = paying.opened()
    paying(*BOSS, *PAYING, "adopt", case)
    paying(*WORKER, *PAYING, "fire", case, "bill.send", "sum=3")

    told = paying.json(*BOSS, "adopt", case, code=3)
    (refused,) = told["refused"]
    assert (case, "not-adoptable") == (refused["case"], refused["refusal"]["code"])
    assert ["states.bill", "data.bill.sum"] == [item["field"] for item in refused["refusal"]["problems"]]
    assert "bill is no longer part of the definition" in paying(*BOSS, "adopt", case, code=3).stderr
    assert "请先清除" in paying(*BOSS, "adopt", case, "--lang", "zh", code=3).stderr
    assert "not-permitted" == paying.json(*WORKER, "adopt", case, code=3)["refused"][0]["refusal"]["code"]


@pytest.mark.parametrize("words", [(), ("x", "--all"), ("--type", "errand"), ("x", "--type", "errand")])
def test_cases_are_named_or_all_of_them_meant(paying: Line, words: tuple[str, ...]) -> None:
    assert "--all" in paying(*BOSS, "adopt", *words, code=2).stderr


def test_f98_plugins_tells_which_cases_need_what_is_not_loaded(paying: Line) -> None:
    case = paying.opened()
    paying(*BOSS, *PAYING, "adopt", case)
    assert [] == paying.json(*PAYING, "plugins")["left_behind"]

    (told,) = paying.json("plugins")["left_behind"]
    assert ("errand", 1, 1, True) == (told["case_type"], told["cases"], told["open"], told["case_type_loaded"])
    assert (["bill"], ["tiny.count"]) == (told["workflows"], told["parts"])
    assert "workflow bill" in paying("plugins").stdout
    assert "流程 bill" in paying("plugins", "--lang", "zh").stdout
    bare = paying("plugins", "--store", paying.store, "--no-installed", bare=True).stdout
    assert "the case type" in bare


def test_plugins_names_the_commands_and_attachments_of_each(paying: Line) -> None:
    told = {item["name"]: item["contributes"] for item in paying.json(*PAYING, "plugins")["plugins"]}

    assert ["greet"] == told["tiny"]["commands"]
    assert {"parts": ["tiny.count"], "attachments": ["bill → errand"]} == told["paying"]
