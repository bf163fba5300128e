"""Adopting: a running case moves into another manifest of its case type, or stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from errands import ANA, DATA, NOW, QUICK, Bench, act, errand
from hypothesis import given
from hypothesis import strategies as st
from oracle import assert_inv, entries_of, refused, untouched
from outside import outside
from sound import sound_case_types
from storage.adopting import GRANTS, PLUGIN, SIDE, kind, whole
from storage.living import lived
from stores import Stores

from casework import (
    Actor,
    Case,
    CaseType,
    Casework,
    FrozenClock,
    StoreMismatch,
    Workflow,
    attach,
    hours,
    optional,
    seeded_entropy,
    state,
)
from casework.exploring import Proving


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A store of one test, whole in the end."""
    with whole() as made:
        yield made


def test_an_installed_plugin_comes_into_a_case_by_adoption(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand", remark="r")
    bench.clock.advance(hours(1))
    app = bench.app(kind(), plugins=[PLUGIN])
    desk = app.desk(ANA)
    assert {"errand": "new"} == dict(desk.get(case).states)

    adopted = desk.adopt(case)

    assert {"errand": "new", "side": "on"} == dict(adopted.states)
    assert (2, "r", app.manifests["errand"].hash) == (adopted.revision, adopted.data["remark"], adopted.manifest)
    assert {"side.patience": NOW + hours(6)} == dict(adopted.dues)
    assert adopted == attrs.evolve(desk.get(case.id), entry=adopted.entry)
    assert "said" == desk.fire(adopted, "side.write", word="said").data["side.word"]


def test_the_entry_says_from_what_to_what_and_which_workflow_began(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    app = bench.app(kind(), plugins=[PLUGIN])
    app.desk(ANA).adopt(case)

    entry = app.desk(ANA).history(case.id)[-1]
    (_, content) = entries_of(app, case.id)[-1]

    assert ("adopt", app.manifests["errand"].hash, "ana") == (entry.kind, entry.adopted, entry.actor)
    assert [("side", "adopt", "", "on")] == [(s.workflow, s.trigger, s.source, s.target) for s in entry.steps]
    assert {"from": case.manifest, "to": entry.adopted, "gone": [], "dues": {}, "acts": {}} == content["adopts"]


def test_f99_a_plugin_that_goes_and_comes_back_by_adoption_finds_the_same_manifest(bench: Bench) -> None:
    desk = bench.app(kind(), plugins=[PLUGIN]).desk(ANA)
    case = desk.open("errand", remark="r")
    without = bench.app(kind()).desk(ANA).adopt(case)
    bench.clock.advance(hours(2))
    assert {"errand": "new"} == dict(without.states)
    assert [] == bench.ask("select name from casework_timer")

    app = bench.app(kind(), plugins=[PLUGIN])
    again = app.desk(ANA).adopt(without)

    assert (case.manifest, 3) == (again.manifest, again.revision)
    assert {"side.patience": NOW + hours(7)} == dict(again.dues)
    bench.clock.advance(hours(6))
    assert 1 == app.run_due().fired
    assert "off" == app.desk(ANA).get(case.id).states["side"]


def test_a_plugin_that_is_gone_takes_its_columns_along(bench: Bench) -> None:
    desk = bench.app(kind(), plugins=[PLUGIN]).desk(ANA)
    case = desk.fire(desk.fire(desk.open("errand"), "side.work"), "side.write", word="w", secret="s")
    desk.fire(desk.fire(case, "side.write"), "side.rest")
    bench.app(kind()).desk(ANA).adopt(case.id)

    told = "select state__side, due__side__patience, side__word, known__side__secret, case__sealed from case_errand"
    assert [(None, None, None, None, None)] == bench.ask(told)


def test_f101_entries_are_read_under_the_manifest_that_they_were_written_under(bench: Bench) -> None:
    desk = bench.app(kind(), plugins=[PLUGIN]).desk(ANA)
    case = desk.fire(desk.open("errand"), "side.write", word="said", secret="ill")
    case = desk.fire(desk.fire(case, "side.write"), "side.work")
    desk.fire(case, "side.rest")
    app = bench.app(kind())
    app.desk(ANA).adopt(case.id)

    told = app.desk(ANA).history(case.id)
    clerk = app.desk(Actor("ben", roles={"clerk"})).history(case.id)

    assert {"side.word": "said", "side.secret": "ill"} == dict(told[1].changes)
    assert ({"side.word": "said"}, ("secret", "side.secret")) == (dict(clerk[1].changes), clerk[1].hidden)
    assert "ill" not in repr(clerk)


def test_f101_what_is_closed_now_is_closed_in_older_entries_too(bench: Bench) -> None:
    desk = bench.app(kind()).desk(ANA)
    case = desk.amend(desk.amend(desk.open("errand"), remark="he is ill"), remark=None)
    data = [attrs.evolve(item, field_class="health") if item.name == "remark" else item for item in DATA]
    app = bench.app(kind(data=data))
    app.desk(ANA).adopt(case)

    assert "he is ill" == app.desk(ANA).history(case.id)[1].changes["remark"]
    assert "he is ill" not in repr(app.desk(Actor("ben", roles={"clerk"})).history(case.id))


def test_a_case_that_is_pinned_to_the_present_manifest_is_answered_as_it_is(bench: Bench) -> None:
    app = bench.app(kind())
    case = app.desk(ANA).open("errand")

    with untouched(app):
        assert case == app.desk(ANA).adopt(case)


def test_a_dry_run_shows_the_case_and_writes_nothing(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    app = bench.app(kind(), plugins=[PLUGIN])

    with untouched(app):
        assert "on" == app.desk(ANA).adopt(case, dry_run=True).states["side"]
    assert app.desk(ANA).adopt(case, dry_run=True) == app.desk(ANA).adopt(case)


def test_adopting_twice_under_one_request_does_it_once(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    desk = bench.app(kind(), plugins=[PLUGIN]).desk(ANA)

    once, twice = (desk.adopt(case.id, request_id="a-1") for _ in range(2))
    assert once == twice
    assert 2 == desk.get(case.id).revision


def test_a_stale_case_is_not_adopted(bench: Bench) -> None:
    desk = bench.app(kind()).desk(ANA)
    case = desk.open("errand")
    desk.note(case, "meanwhile")
    app = bench.app(kind(), plugins=[PLUGIN])

    assert "stale" == refused(app, lambda: app.desk(ANA).adopt(case)).code


def test_the_manifest_to_be_adopted_says_who_may(bench: Bench) -> None:
    case = bench.app(errand()).desk(ANA).open("errand")
    app = bench.app(kind())
    reader, stranger = Actor("vi", roles={"chief"}), Actor("st", roles={"nobody"})

    assert "not-found" == refused(app, lambda: app.desk(stranger).adopt(case.id)).code
    assert "not-found" == refused(app, lambda: app.desk(reader).adopt(case.id)).code
    seen = {**GRANTS, "view": ("clerk", "chief")}
    case = bench.app(errand(grants={"view": ("clerk", "chief")}, version=2)).desk(ANA).open("errand")
    app = bench.app(kind(grants=seen))
    refusal = refused(app, lambda: app.desk(reader).adopt(case.id))
    assert ("not-permitted", ("clerk",)) == (refusal.code, refusal.roles)
    assert 2 == app.desk(ANA).adopt(case.id).revision


def test_nobody_adopts_where_nobody_was_granted_it(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    app = bench.app(errand())

    assert "not-permitted" == refused(app, lambda: app.desk(ANA).adopt(case)).code


def test_a_closed_case_stays_under_its_definition(bench: Bench) -> None:
    desk = bench.app(kind()).desk(ANA)
    case = desk.fire(desk.fire(desk.open("errand"), "start"), "finish")
    app = bench.app(kind(), plugins=[PLUGIN])

    assert "wrong-state" == refused(app, lambda: app.desk(ANA).adopt(case)).code


def test_f98_a_case_of_a_missing_case_type_is_not_adopted(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    app = bench.app(kind(name="other"))

    assert "part-absent" == refused(app, lambda: app.desk(ANA).adopt(case)).code


def test_a_correction_does_not_reach_over_an_adoption(bench: Bench) -> None:
    desk = bench.app(kind()).desk(ANA)
    case = desk.fire(desk.open("errand"), "start")
    app = bench.app(kind(), plugins=[PLUGIN])
    desk = app.desk(ANA)
    adopted = desk.adopt(case)

    assert "not-undoable" == refused(app, lambda: desk.correct(adopted, 2, because="x")).code
    assert "not-undoable" == refused(app, lambda: desk.correct(adopted, 3, because="x")).code
    worked = desk.fire(adopted, "side.work")
    assert {"errand": "doing", "side": "on"} == dict(desk.correct(worked, 4, because="x").states)


def test_worklists_and_searches_find_the_case_by_what_it_is_now(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    desk = bench.app(kind(), plugins=[PLUGIN]).desk(ANA)
    assert () == desk.find("errand", state("side") == "on").cases
    desk.adopt(case)

    assert [case.id] == [found.id for found in desk.find("errand", state("side") == "on").cases]


def test_f98_a_requirement_that_names_the_plugin_holds_after_adoption_only(bench: Bench) -> None:
    wait = act(trigger="wait", form=(), condition=optional("side", state("side") == "off"))
    desk = bench.app(kind(wait)).desk(ANA)
    case = desk.fire(desk.open("errand"), "start")
    desk = bench.app(kind(wait), plugins=[PLUGIN]).desk(ANA)

    assert desk.why_not(case, "wait") is None
    adopted = desk.adopt(case)
    refusal = desk.why_not(adopted, "wait")
    assert refusal is not None and "unmet" == refusal.code


def test_what_was_tampered_with_around_an_adoption_is_named(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    app = bench.app(kind(), plugins=[PLUGIN])
    now = app.desk(ANA).adopt(case)

    def put(statement: str, *values: object) -> list[tuple[int, str]]:
        with outside(bench.url) as store:
            store.do(statement, *values)
        return [(fault.number, fault.problem) for fault in app.verify().faults]

    pin = "update casework_case set manifest = ?"
    assert [(2, "the case is pinned to another manifest than its log says")] == put(pin, case.manifest)
    assert [] == put(pin, now.manifest)
    document = bench.ask("select document from casework_manifest where hash = ?", case.manifest)[0][0]
    faults = put("delete from casework_manifest where hash = ?", case.manifest)
    assert [(1, "the manifest that the case is pinned to is not in the store")] == faults
    keep_ = "insert into casework_manifest values (?, 'errand', ?, 0)"
    assert [] == put(keep_, case.manifest, document)
    off = put("update case_errand set state__side = 'off'")
    assert [(2, "the current row differs from the log in state__side")] == off
    put("update case_errand set state__side = 'on'")


def test_a_case_whose_first_manifest_is_lost_says_so_and_stays_readable(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand", remark="r")
    app = bench.app(kind(), plugins=[PLUGIN])
    app.desk(ANA).adopt(case)
    document = bench.ask("select document from casework_manifest where hash = ?", case.manifest)[0][0]
    app = bench.app(kind(version=3))
    with outside(bench.url) as store:
        store.do("delete from casework_manifest where hash = ?", case.manifest)

    with pytest.raises(StoreMismatch, match="not in the store"):
        app.desk(ANA).adopt(case.id)
    assert ("r", 2) == (app.desk(ANA).get(case.id).data["remark"], len(app.desk(ANA).history(case.id)))
    with outside(bench.url) as store:
        store.do("insert into casework_manifest values (?, 'errand', ?, 0)", case.manifest, document)


@given(data=st.data())
def test_whatever_case_adopts_what_only_adds_and_stands_whole(stores: Stores, data: st.DataObject) -> None:
    """The same definition under another version, perhaps with a plugin, takes every open case and moves none."""
    drawn = data.draw(sound_case_types())
    everybody = tuple(role.name for role in drawn.roles)
    before = attrs.evolve(drawn, opens=everybody, grants=dict.fromkeys(("view", "edit", "adopt"), everybody))
    plugins = [attach(_beside(drawn), "sample")] if data.draw(st.booleans()) else []
    clock, actor = FrozenClock(NOW), Actor("all", roles=everybody, unit="u")
    with stores.lent() as url:
        told: dict[str, Any] = {"clock": clock, "entropy": seeded_entropy(1), "options": QUICK}
        told["proving"] = Proving(limit=0)  # cases that get stuck adopt as well
        old = Casework(url, case_types=[before], **told)
        old.create_tables()
        cases = lived(data, old, before, clock)
        new = Casework(url, case_types=[attrs.evolve(before, version=2)], attachments=plugins, **told)
        new.create_tables()
        for case in cases:
            if case.closed:
                assert "wrong-state" == refused(new, lambda case=case: new.desk(actor).adopt(case)).code
            else:
                _moves_nothing(case, new.desk(actor).adopt(case))
        lived(data, new, before, clock, [case.id for case in cases])
        assert_inv(new)
        for app in (old, new):
            app.dispose()


def _moves_nothing(case: Case, adopted: Case) -> None:
    own = {name: state for name, state in adopted.states.items() if name != "side"}
    dues = {name: due for name, due in adopted.dues.items() if not name.startswith("side.")}
    assert (case.data, case.states, case.dues) == (adopted.data, own, dues)
    assert case.revision + 1 == adopted.revision
    assert case.manifest != adopted.manifest


def _beside(host: CaseType) -> Workflow:
    """The side workflow for a host with other roles, which ends when the host does."""
    finals = tuple(item.name for item in host.main.states if item.final)
    over = attrs.evolve(SIDE.transitions[0], condition=state(host.main.name).in_(*finals))
    return attrs.evolve(SIDE, transitions=(over, *SIDE.transitions[1:]))
