"""What two plugins claim without a common name: rights on the whole case, and amounts of one account."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from errands import offering
from exploring.compositions import CLOSED, COMPOSITIONS, HOST, Plugin

from casework import Account, CaseType, Outfit, Role, Slot, State, Transition, Workflow, attach, slot
from casework.collecting import collected
from casework.compiled import Compiled
from casework.errors import Conflict, UnsoundDefinition
from casework.exploring.proof import Proof
from casework.exploring.prove import prove
from casework.model.attachment import Attachment
from casework.text import Text


def _proven(*plugins: Plugin, host: CaseType = HOST) -> Proof:
    modules = [offering(p.name, attachments=p.attachments, requirements=p.requirements) for p in plugins]
    made_of = collected([host], (), (), (), modules)
    return prove(Compiled(made_of.manifests["permit"], made_of.parts))


def _granting(name: str, permission: str, role: str) -> Attachment:
    workflow = Workflow(
        name,
        initial="idle",
        states=[State("idle", grants={permission: role}), State("over", final=True)],
        transitions=[Transition("end", "idle", "over", automatic=True, condition=slot("closed"))],
        slots=[Slot("closed")],
    )
    return attach(workflow, "permit", closed=CLOSED)


def test_f100_a_right_that_only_a_plugin_gives_on_the_whole_case_is_told() -> None:
    proof = _proven(Plugin(name="helpful", attachments=(_granting("helpful", "edit", "chief"),)))

    assert [("CW613", "helpful: edit to chief")] == [(v.code, v.about) for v in proof.warnings]


def test_f100_a_right_that_its_owner_gives_as_well_is_no_collision() -> None:
    proof = _proven(Plugin(name="helpful", attachments=(_granting("helpful", "edit", "clerk"),)))

    assert () == proof.warnings


def test_f100_two_plugins_that_take_from_one_limited_account_are_both_named() -> None:
    both = next(row for row in COMPOSITIONS if row.code == "CW614").plugins
    (told,) = (v for v in _proven(*both).warnings if v.code == "CW614")

    assert all(plugin.name in told.text.en and plugin.name in told.text.zh for plugin in both)
    assert all("CW614" not in {v.code for v in _proven(plugin).warnings} for plugin in both)


def _bringing(name: str, **outfit: Any) -> Plugin:
    end = Transition("end", "idle", "over", automatic=True, condition=slot("closed"))
    states = [State("idle"), State("over", final=True)]
    workflow = Workflow(
        name, initial="idle", states=states, transitions=[end], slots=[Slot("closed")], outfit=Outfit(**outfit)
    )
    return Plugin(name=name, attachments=(attach(workflow, "permit", closed=CLOSED),))


FUND = Account("fund", "CNY", owner="unit", minimum=0)
OWN = Account("stay", "night", owner="case")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FUND, attrs.evolve(FUND, readers="chief")),
        (OWN, attrs.evolve(OWN, commodity="day")),
        (OWN, attrs.evolve(OWN, minimum=0)),
    ],
    ids=["readers", "commodity", "limit"],
)
def test_f100_an_account_that_two_plugins_declare_differently_is_refused(one: Account, other: Account) -> None:
    plugins = _bringing("hall", accounts=[one]), _bringing("market", accounts=[other])

    with pytest.raises(UnsoundDefinition) as refused:
        _proven(*plugins)
    (told,) = refused.value.findings
    assert ("CW508", "attach market") == (told.code, told.path)
    assert all(word in told.message for word in (repr(one.name), "'hall'", "'market'"))


@pytest.mark.parametrize("kind", ["account", "role"])
def test_f100_what_case_types_share_is_refused_with_both_plugins(kind: str) -> None:
    hall, market = {
        "account": ({"accounts": [FUND]}, {"accounts": [attrs.evolve(FUND, owner="tenant")]}),
        "role": ({"roles": [Role("bearer")]}, {"roles": [Role("bearer", local=True)]}),
    }[kind]

    with pytest.raises(Conflict, match="hall and by market"):
        _proven(_bringing("hall", **hall), _bringing("market", **market))


def test_f100_what_two_plugins_declare_alike_is_shared_whatever_they_call_it() -> None:
    named = attrs.evolve(FUND, title=Text("the fund", "基金"))
    plugins = _bringing("hall", accounts=[FUND]), _bringing("market", accounts=[named])

    assert "proven" == _proven(*plugins).answer


def test_f100_what_the_case_type_declares_itself_stands_before_both() -> None:
    plugins = _bringing("hall", accounts=[FUND]), _bringing("market", accounts=[attrs.evolve(FUND, readers="chief")])
    host = attrs.evolve(HOST, accounts=(*HOST.accounts, FUND))

    assert "proven" == _proven(*plugins, host=host).answer


def test_f99_a_plugin_that_went_and_came_back_is_proven_as_before() -> None:
    waiting, other = next(row for row in COMPOSITIONS if len(row.plugins) == 3).plugins[:2]
    before = _proven(waiting, other)

    assert "proven" == _proven(waiting).answer, "what it asked of the other one asks for nothing"
    assert before == _proven(waiting, other)
