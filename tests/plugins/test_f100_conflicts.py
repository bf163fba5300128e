"""F100: two contributions that claim one thing stop the building; the error names both, nothing is half-loaded."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from errands import ACCOUNTS, DATA, Bench, errand, offering

from casework import (
    Account,
    Casework,
    Channel,
    Conflict,
    Field,
    SetupError,
    State,
    Transition,
    Workflow,
    attach,
    effect,
    guard,
    state,
)

CLOSED = Transition("over", "on", "off", automatic=True, condition=state("errand") == "done")


def side(name: str = "side", *fields: Field) -> Workflow:
    """A workflow that can be attached."""
    return Workflow(
        name, initial="on", states=[State("on"), State("off", final=True)], transitions=[CLOSED], fields=fields
    )


def stocked(name: str, *accounts: Account) -> Any:
    """A case type with these accounts."""
    return errand(name=name, accounts=accounts)


def pairs() -> dict[str, tuple[str, str, ModuleType, ModuleType]]:
    """What is claimed, by which name, by the plugins *one* and *two*."""
    box = Account("stock", "box", minimum=0)
    return {
        "a case type": (
            "case type",
            "same",
            *_two(case_types=[[errand(name="same")], [errand(name="same", version=2)]]),
        ),
        "a guard": ("part", "work", *_two(parts=[[guard("work")(bool)], [guard("work")(any)]])),
        "parts of two kinds": ("part", "work", *_two(parts=[[guard("work")(bool)], [effect("work")(list)]])),
        "a channel": (
            "part",
            "post",
            *_two(parts=[[Channel("post", print, delivery=how)] for how in ("at_most_once", "at_least_once")]),
        ),
        "a workflow": ("workflow", "side", *_two(attachments=[[attach(side(), "errand")]] * 2)),
        "limits": (
            "account",
            "stock",
            *_two(case_types=[[stocked("a", box)], [stocked("b", Account("stock", "box"))]]),
        ),
        "a commodity": (
            "account",
            "stock",
            *_two(case_types=[[stocked("a", box)], [stocked("b", Account("stock", "bed", minimum=0))]]),
        ),
        "kinds of an account": (
            "account",
            "stock",
            *_two(case_types=[[stocked("a", box)], [stocked("b", Account("stock", "box", minimum=0, by="size"))]]),
        ),
        "an owner": (
            "account",
            "stock",
            *_two(case_types=[[stocked("a", box)], [stocked("b", Account("stock", "box", minimum=0, owner="tenant"))]]),
        ),
    }


def _two(**contributions: list[Any]) -> tuple[ModuleType, ModuleType]:
    one, two = (offering(name, **{k: v[i] for k, v in contributions.items()}) for i, name in enumerate(("one", "two")))
    return one, two


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("pair", pairs())
def test_a_conflict_names_both_contributors_in_either_order(tmp_path: Path, pair: str, order: int) -> None:
    kind, name, *plugins = pairs()[pair]
    store = tmp_path / "store.db"
    with pytest.raises(Conflict) as caught:
        Casework(f"sqlite:///{store}", case_types=[errand(accounts=())], plugins=plugins[::order])

    first, second = caught.value.first, caught.value.second
    assert (kind, name) == (caught.value.kind, caught.value.name)
    assert ["one", "two"][::order] == [first.split(" ")[0], second.split(" ")[0]]
    assert not store.exists()


@pytest.mark.parametrize("pair", pairs())
def test_each_of_the_two_alone_is_fine(pair: str) -> None:
    for plugin in pairs()[pair][2:]:
        Casework(case_types=[errand(accounts=())], plugins=[plugin])


def test_a_plugin_that_claims_what_the_host_has_is_named_beside_it() -> None:
    plugin = offering("two", attachments=[attach(side("errand"), "errand")])
    with pytest.raises(Conflict, match=r"this application \(case type 'errand'\) and by two"):
        Casework(case_types=[errand()], plugins=[plugin])


def test_a_host_field_in_the_namespace_of_a_plugins_is_a_conflict() -> None:
    host = errand(data=(*DATA, Field("side.word")))
    plugin = offering("two", attachments=[attach(side("side", Field("word")), "errand")])
    with pytest.raises(Conflict, match=r"field 'side.word' is claimed by .*errand.* and by two"):
        Casework(case_types=[host], plugins=[plugin])


@pytest.mark.parametrize("name", ["case", "state", "due", "at", "by", "known", "subject"])
def test_the_prefixes_of_the_engines_columns_are_taken(name: str) -> None:
    plugin = offering("two", attachments=[attach(side(name, Field("word")), "errand")])
    with pytest.raises(SetupError, match="prefix is the engine's"):
        Casework(case_types=[errand()], plugins=[plugin])


def test_case_types_may_share_an_account_that_they_describe_alike(bench: Bench) -> None:
    assert 2 == len(bench.app(errand(), errand(name="other")).case_types)


def test_accounts_of_single_cases_are_nobody_elses(bench: Bench) -> None:
    own = [Account("purse", "coin", owner="case", minimum=low) for low in (0, None)]

    assert 2 == len(bench.app(stocked("a", own[0], *ACCOUNTS), stocked("b", own[1], *ACCOUNTS)).case_types)


def test_the_same_thing_from_two_sides_is_no_conflict() -> None:
    shared = errand()

    assert 1 == len(Casework(case_types=[shared], plugins=[offering("one", case_types=[shared])]).case_types)
