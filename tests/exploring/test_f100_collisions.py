"""What two plugins claim without a common name: rights on the whole case, and amounts of one account."""

from __future__ import annotations

from errands import offering
from exploring.compositions import CLOSED, COMPOSITIONS, HOST, Plugin

from casework import Slot, State, Transition, Workflow, attach, slot
from casework.collecting import collected
from casework.compiled import Compiled
from casework.exploring.proof import Proof
from casework.exploring.prove import prove
from casework.model.attachment import Attachment


def _proven(*plugins: Plugin) -> Proof:
    modules = [offering(p.name, attachments=p.attachments, requirements=p.requirements) for p in plugins]
    made_of = collected([HOST], (), (), (), modules)
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


def test_f99_a_plugin_that_went_and_came_back_is_proven_as_before() -> None:
    waiting, other = next(row for row in COMPOSITIONS if len(row.plugins) == 3).plugins[:2]
    before = _proven(waiting, other)

    assert "proven" == _proven(waiting).answer, "what it asked of the other one asks for nothing"
    assert before == _proven(waiting, other)
