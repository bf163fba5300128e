"""Manifests: named by content, stored, pinned; a running case keeps its own whatever is installed (F98, F99)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import attrs
import pytest
from errands import ANA, Bench, act, errand, offering, refused
from outside import outside
from stores import on_sqlite

from casework import (
    Casework,
    Channel,
    Deadline,
    Field,
    Require,
    Run,
    Send,
    Set,
    State,
    StoreMismatch,
    Transition,
    Workflow,
    attach,
    effect,
    field,
    guard,
    hours,
    keep,
    state,
)

SIDE = Workflow(
    "side",
    initial="on",
    states=[State("on"), State("off", final=True)],
    transitions=[
        Transition("closed", "on", "off", automatic=True, condition=state("errand") == "done"),
        Transition("mark", "on", roles="clerk", effects=Run("side.mark"), form=[Field("word")]),
        Transition("judge", "on", roles="clerk", guards="side.judge"),
        Transition("tell", "on", roles="clerk", effects=Send("side.post", "chief")),
        Transition("write", "on", roles="clerk", effects=keep("word"), form=[Field("word")]),
        Transition("run_out", "on", "off", guards="side.judge"),
    ],
    deadlines=[Deadline("patience", "on", hours(1), trigger="run_out")],
    fields=[Field("word")],
)
DELIVERED: list[str] = []
PARTS = [
    effect("side.mark", writes="word")(lambda view: [Set("word", "marked")]),
    guard("side.judge")(lambda view: True),
    Channel("side.post", lambda message, key: DELIVERED.append(key), delivery="at_least_once"),
]
PLUGIN = offering(
    "sideshow",
    attachments=[attach(SIDE, "errand")],
    parts=PARTS,
    requirements=[Require("errand.finish", field("side.word").known)],
)


def with_plugin(bench: Bench) -> Casework:
    return bench.app(errand(), plugins=[PLUGIN])


def test_a_manifest_is_named_by_its_content_and_stored_with_its_first_case(bench: Bench) -> None:
    app = with_plugin(bench)
    manifest = app.manifests["errand"]
    assert [] == bench.ask("select 1 from casework_manifest")
    case = app.desk(ANA).open("errand")

    assert [(case.manifest, manifest.document)] == bench.ask("select hash, document from casework_manifest")
    assert case.manifest == hashlib.sha256(manifest.document.encode()).hexdigest() == manifest.hash
    assert ["errand", "side"] == [workflow["name"] for workflow in json.loads(manifest.document)["case_type"]["chain"]]


def test_equal_definitions_have_one_manifest_and_changed_ones_another(bench: Bench) -> None:
    hashes = [bench.app(errand()).manifests["errand"].hash for _ in range(2)]

    assert hashes[0] == hashes[1] != bench.app(errand(act())).manifests["errand"].hash
    assert hashes[0] != with_plugin(bench).manifests["errand"].hash


def test_a_running_case_keeps_its_definition_when_the_definition_changes(bench: Bench) -> None:
    old = bench.app(errand(act(Set("remark", "old")))).desk(ANA).open("errand")
    desk = bench.app(errand(act(Set("remark", "new")), version=2)).desk(ANA)

    assert "old" == desk.fire(old.id, "act").data["remark"]
    assert "new" == desk.fire(desk.open("errand"), "act").data["remark"]


def test_installing_a_plugin_leaves_running_cases_alone(bench: Bench) -> None:
    before = bench.app(errand()).desk(ANA).open("errand")
    desk = with_plugin(bench).desk(ANA)
    case = desk.get(before)

    assert {"errand": "new"} == dict(case.states)
    assert "not-found" == refused(desk.fire, case, "side.write").code
    assert "done" == desk.fire(desk.fire(case, "start"), "finish").state
    assert "unmet" == refused(desk.fire, desk.fire(desk.open("errand"), "start"), "finish").code


def orphaned(bench: Bench) -> str:
    """A case of the time when the plugin was installed."""
    desk = with_plugin(bench).desk(ANA)
    case = desk.fire(desk.open("errand", remark="r"), "side.mark")
    return desk.fire(case, "side.tell").id


def test_f98_without_the_plugin_its_history_reads_and_its_data_steps_go_on(bench: Bench) -> None:
    case_id = orphaned(bench)
    desk = bench.app(errand()).desk(ANA)

    assert ["", "side.mark", "side.tell"] == [entry.trigger for entry in desk.history(case_id)]
    assert "said" == desk.fire(case_id, "side.write", word="said").data["side.word"]
    assert "done" == desk.fire(desk.fire(case_id, "start"), "finish").state


@pytest.mark.parametrize(("trigger", "part"), [("side.mark", "side.mark"), ("side.judge", "side.judge")])
def test_f98_a_missing_part_refuses_its_transition_only_and_says_so(bench: Bench, trigger: str, part: str) -> None:
    case_id = orphaned(bench)
    desk = bench.app(errand()).desk(ANA)
    before = bench.rows()
    refusal = refused(desk.fire, case_id, trigger)

    assert ("part-absent", part) == (refusal.code, refusal.part)
    assert "install the plugin that brings the workflow 'side'" in refusal.sentence("en")
    assert "请安装提供流程“side”的插件" in refusal.sentence("zh")
    assert refusal == desk.why_not(case_id, trigger, {})
    assert ("start", "side.write") == tuple(
        name for name in desk.available(case_id) if name in ("start", "side.write", trigger)
    )
    assert before == bench.rows()


def test_f98_a_transition_that_cannot_be_judged_does_not_make_way_for_the_next_one(bench: Bench) -> None:
    strict = Transition("close", "new", "doing", roles="clerk", guards="strict")
    lax = Transition("close", "new", "done", roles="clerk")
    case = bench.app(errand(strict, lax), parts=[guard("strict")(lambda view: True)]).desk(ANA).open("errand")
    desk = bench.app(errand(version=2)).desk(ANA)

    assert "part-absent" == refused(desk.fire, case, "close").code
    assert "new" == desk.get(case).state


def test_f98_an_automatic_step_whose_part_is_missing_waits_and_holds_up_nothing(bench: Bench) -> None:
    follow = Transition("follow", "doing", "done", automatic=True, effects=Run("work"))
    case = bench.app(errand(follow), parts=[effect("work")(lambda view: [])]).desk(ANA).open("errand")
    desk = bench.app(errand(version=2)).desk(ANA)

    assert "doing" == desk.fire(case, "start").state


def test_f98_a_timer_that_needs_a_missing_part_stays_armed(bench: Bench) -> None:
    orphaned(bench)
    bench.clock.advance(hours(2))
    without, armed = bench.app(errand()), "select name from casework_timer"

    assert (0, 1) == ((ran := without.run_due()).fired, ran.stuck)
    assert [("side.patience",)] == bench.ask(armed)
    assert 1 == with_plugin(bench).run_due().fired
    assert [] == bench.ask(armed)


def test_f98_a_message_to_a_missing_channel_is_parked_and_holds_up_no_other(bench: Bench) -> None:
    DELIVERED.clear()
    case_id, sent = orphaned(bench), []
    other = Channel("other", lambda message, key: sent.append(key), delivery="at_least_once")
    app = bench.app(errand(act(Send("other"))), parts=[other])
    bench.clock.advance(hours(1))
    app.desk(ANA).fire(app.desk(ANA).open("errand"), "act")

    assert (1, 1) == ((ran := app.send_waiting(limit=1)).sent, ran.parked)
    assert 1 == with_plugin(bench).send_waiting().sent
    assert [f"main/{case_id}/3/0"] == DELIVERED


def test_f98_cases_of_a_missing_case_type_are_read_listed_and_left_alone(bench: Bench) -> None:
    case_id = orphaned(bench)
    app = bench.app(errand(name="other"))
    desk, before = app.desk(ANA), bench.rows()

    assert "r" == desk.get(case_id).data["remark"]
    assert 3 == len(desk.history(case_id))
    assert [case_id] == [case.id for case in desk.find("errand", field("side.word").in_("marked")).cases]
    assert () == desk.available(case_id)
    for refusal in (
        refused(desk.fire, case_id, "start"),
        refused(desk.note, case_id, "x"),
        desk.why_not(case_id, "start"),
    ):
        assert ("part-absent", "errand") == (refusal.code, refusal.part)
        assert "can be read" in refusal.sentence("en")
    assert "not-found" == refused(desk.open, "errand").code
    assert before == bench.rows()
    assert app.verify().whole


def test_f98_what_is_left_is_listed_for_those_only_who_may_view_it(bench: Bench) -> None:
    orphaned(bench)
    desk = bench.app(errand(name="other")).desk(attrs.evolve(ANA, roles={"stranger"}))

    assert () == desk.find("errand").cases
    assert "not-found" == refused(desk.find, "never_there").code


def test_f98_the_timers_of_a_missing_case_type_wait(bench: Bench) -> None:
    orphaned(bench)
    bench.clock.advance(hours(2))

    assert 1 == bench.app(errand(name="other")).run_due().stuck
    assert 1 == with_plugin(bench).run_due().fired


def test_f99_a_plugin_that_comes_back_finds_its_cases_as_it_left_them(bench: Bench) -> None:
    case_id = orphaned(bench)
    first = with_plugin(bench).manifests["errand"].hash
    bench.app(errand()).desk(ANA).fire(case_id, "start")
    app = with_plugin(bench)

    assert first == app.manifests["errand"].hash == app.desk(ANA).get(case_id).manifest
    case = app.desk(ANA).fire(app.desk(ANA).fire(case_id, "side.judge"), "side.mark")
    assert "marked" == case.data["side.word"]
    assert "done" == app.desk(ANA).fire(case, "finish").state


def test_a_page_is_not_lost_for_a_case_whose_old_definition_hides_it(bench: Bench) -> None:
    closed = {"view": "chief", "edit": "clerk"}
    bench.app(errand(grants=closed)).desk(ANA).open("errand")
    desk = bench.app(errand()).desk(type(ANA)("ben", roles={"clerk"}))
    shown = desk.open("errand").id

    assert [shown] == [case.id for case in desk.find("errand").cases]


def tampered(bench: Bench, digest: str, document: str) -> None:
    """The stored document of a manifest, as somebody else leaves it."""
    with outside(bench.url) as store:
        assert 1 == store.do("update casework_manifest set document = ? where hash = ?", document, digest)


@pytest.mark.parametrize("spoil", [lambda d: d.replace("doing", "d0ing"), lambda d: "{", lambda d: ""])
def test_a_manifest_that_was_changed_concerns_its_cases_and_no_others(
    bench: Bench, spoil: Callable[[str], str]
) -> None:
    lost = bench.app(errand()).desk(ANA).open("errand")
    document = bench.ask("select document from casework_manifest")[0][0]
    app = with_plugin(bench)
    whole = app.desk(ANA).open("errand")
    tampered(bench, lost.manifest, spoil(document))

    told = [(fault.case_id, fault.problem) for fault in app.verify().faults]
    assert (lost.id, "the manifest that the case is pinned to was changed") in told
    assert whole.id not in [case_id for case_id, _ in told]
    assert [whole.id] == [case.id for case in app.desk(ANA).find("errand").cases]
    with pytest.raises(StoreMismatch, match="not the document"):
        app.desk(ANA).get(lost.id)
    tampered(bench, lost.manifest, document)


def test_a_manifest_that_was_changed_is_found_although_it_is_in_memory(bench: Bench) -> None:
    app = bench.app(errand())
    case = app.desk(ANA).open("errand")
    document = bench.ask("select document from casework_manifest")[0][0]
    tampered(bench, case.manifest, "{}")

    assert ["", case.id] == [fault.case_id for fault in app.verify().faults]
    tampered(bench, case.manifest, document)


def test_a_timer_under_a_manifest_that_was_changed_stops_no_other(bench: Bench) -> None:
    first = with_plugin(bench).desk(ANA).open("errand")
    document = bench.ask("select document from casework_manifest")[0][0]
    bench.clock.advance(hours(0.5))
    app = bench.app(errand(act(), name="errand"), plugins=[PLUGIN])
    second = app.desk(ANA).open("errand")
    bench.clock.advance(hours(2))
    tampered(bench, first.manifest, "{}")

    ran = app.run_due(limit=1)
    assert 1 == ran.fired
    assert ran.stuck == 1 or not on_sqlite(), "where several write at once, a run may begin behind what is stuck"
    assert "off" == app.desk(ANA).get(second.id).states["side"]
    tampered(bench, first.manifest, document)
    assert 1 == app.run_due().fired
