"""Tables: made fresh or migrated they are the same; a definition that grows finds its old cases; misfits are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from histories import SMS, TASK, VISIT
from outside import outside
from rows import SAMPLE
from sqlalchemy import Engine, inspect
from stores import fresh

from casework import (
    Actor,
    CaseType,
    Casework,
    Field,
    SetupError,
    State,
    StoreMismatch,
    Transition,
    Workflow,
    field,
    state,
)
from casework.desk import Desk
from casework.model.fields import FIELD_TYPES
from casework.storage.schema import metadata
from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.tables import VERSION_TABLE, head

pytestmark = pytest.mark.both

LI = Actor("li", {"clerk", "nurse", "chief"}, unit="anlu")


def app_on(url: str, *case_types: CaseType) -> Casework:
    return Casework(url, case_types=case_types or [SAMPLE, TASK, VISIT], parts=[SMS])


def shape(engine: Engine) -> dict[str, Any]:
    """Every table with its columns, keys, checks and indexes, as the database tells them."""
    told = inspect(engine)
    return {
        name: {
            "columns": [
                (c["name"], str(c["type"].compile(engine.dialect)), c["nullable"], c["default"])
                for c in told.get_columns(name)
            ],
            "key": told.get_pk_constraint(name)["constrained_columns"],
            "checks": sorted((c["name"] or "", c["sqltext"]) for c in told.get_check_constraints(name)),
            "indexes": sorted((i["name"] or "", str(i["column_names"]), _options(i)) for i in told.get_indexes(name)),
            "foreign": told.get_foreign_keys(name),
        }
        for name in told.get_table_names()
    }


def triggers(url: str) -> list[tuple[str, ...]]:
    """Every trigger with what it does, as the database tells them."""
    with outside(url) as store:
        if store.on_sqlite:
            return sorted(store.ask("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"))
        told = "SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(t.oid), prosrc FROM pg_trigger t"
        return sorted(store.ask(f"{told} JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal"))


def _options(index: Any) -> str:
    return str({name: str(value) for name, value in index.get("dialect_options", {}).items()})


def engine_of(url: str) -> Engine:
    return open_engine(url, StoreOptions())


def test_fresh_tables_are_migrated_tables() -> None:
    made, migrated = fresh(), fresh()
    app_on(made).create_tables()
    versions = app_on(migrated).migrate()

    assert (None, head()) == versions
    assert shape(engine_of(made)) == shape(engine_of(migrated))
    assert triggers(made) == triggers(migrated)
    assert ["casework_queues_entry"] == [name for name, *_ in triggers(made)]
    assert {*metadata.tables, VERSION_TABLE, "case_sample", "case_task", "case_visit"} == set(shape(engine_of(made)))


@pytest.mark.parametrize(
    "how", [("create", "create"), ("migrate", "migrate"), ("create", "migrate"), ("migrate", "create")]
)
def test_doing_it_again_changes_nothing(url: str, how: tuple[str, str]) -> None:
    app = app_on(url)
    ways: dict[str, Callable[[], object]] = {"create": app.create_tables, "migrate": app.migrate}
    ways[how[0]]()
    before = shape(engine_of(url))
    ways[how[1]]()

    assert before == shape(engine_of(url))


def grown(*more: Field) -> CaseType:
    return attrs.evolve(VISIT, data=(*VISIT.data, *more))


@pytest.mark.parametrize("kind", FIELD_TYPES)
@pytest.mark.parametrize("way", ["create_tables", "migrate"])
def test_a_new_field_gets_a_column_and_old_cases_still_read(url: str, kind: Any, way: str) -> None:
    old = app_on(url, VISIT, TASK)
    old.create_tables()
    case = old.desk(LI).open("visit", place="street", phone="110")
    old.dispose()
    extra = Field("extra", kind, choices=VISIT.data[2].choices if kind == "choice" else ())
    new = app_on(url, grown(extra, Field("secret", "text", field_class="health")), TASK)
    getattr(new, way)()
    desk = new.desk(LI)
    again = desk.fire(desk.get(case.id), "start", place="street", phone="120")

    assert {"place": "street", "phone": "110"} == dict(case.data)
    assert {"place": "street", "phone": "120"} == dict(again.data)
    assert [case.id] == [found.id for found in desk.find("visit", ~field("extra").known & ~field("secret").known).cases]
    assert [] == list(desk.find("visit", field("extra").known).cases)
    assert desk.open("visit", secret="x").data == {"secret": "x"}
    assert () == new.verify().faults
    new.dispose()


def test_a_new_workflow_gets_columns_and_old_cases_are_in_none_of_its_states(url: str) -> None:
    old = app_on(url, VISIT, TASK)
    old.create_tables()
    case = old.desk(LI).open("visit", place="street")
    beside = Workflow(
        "beside",
        initial="idle",
        states=(State("idle"), State("over", final=True)),
        transitions=(Transition("close", "idle", "over", condition=state("visit") == "ended", automatic=True),),
    )
    new = app_on(url, attrs.evolve(VISIT, chain=(*VISIT.chain, beside)), TASK)
    new.create_tables()
    desk = new.desk(LI)
    fresh = desk.open("visit")

    assert {case.id, fresh.id} == {found.id for found in desk.find("visit").cases}
    assert [fresh.id] == [found.id for found in desk.find("visit", state("beside") == "idle").cases]
    assert [case.id] == [found.id for found in desk.find("visit", state("beside") != "idle").cases]
    assert [case.id] == [found.id for found in desk.find("visit", ~state("beside").in_("idle", "over")).cases]
    assert () == new.verify().faults


_ALIKE = ("integer", "decimal", "instant")  # kinds that one type of column holds
_CHANGED = [(old, new) for old in _ALIKE for new in _ALIKE if old != new]
_CHANGED += [("text", "integer"), ("float", "decimal"), ("boolean", "integer"), ("date", "instant"), ("choice", "date")]


@pytest.mark.parametrize(("old", "new"), _CHANGED, ids="-".join)
def test_a_field_that_changed_its_type_is_refused(url: str, old: Any, new: Any) -> None:
    choices = VISIT.data[2].choices

    def kind_of(kind: Any) -> Field:
        return Field("extra", kind, choices=choices if kind == "choice" else ())

    before = app_on(url, grown(kind_of(old)), TASK)
    before.create_tables()
    before.desk(LI).open("visit")
    shaped = shape(engine_of(url))
    for ask in (lambda app: app.create_tables(), lambda app: app.migrate()):
        with pytest.raises(SetupError, match="extra"):
            ask(app_on(url, grown(kind_of(new)), TASK))

    assert shaped == shape(engine_of(url))


def test_a_refused_change_leaves_nothing_half_made(url: str) -> None:
    """The tables of the first case type are not made either, where the second one does not fit."""
    with outside(url) as store:
        store.do("CREATE TABLE case_visit (case__id BIGINT, place BIGINT)")
    with pytest.raises(SetupError):
        app_on(url).create_tables()

    assert ["case_visit"] == inspect(engine_of(url)).get_table_names()


VERBS: dict[str, Callable[[Desk], Any]] = {
    "open": lambda desk: desk.open("visit"),
    "get": lambda desk: desk.get("x"),
    "fire": lambda desk: desk.fire("x", "start"),
    "why_not": lambda desk: desk.why_not("x", "start"),
    "available": lambda desk: desk.available("x"),
    "find": lambda desk: desk.find("visit"),
    "worklist": lambda desk: desk.worklist("sample", "all"),
    "waiting": lambda desk: desk.waiting("sample", "all"),
    "history": lambda desk: desk.history("x"),
    "receipt": lambda desk: desk.receipt("x"),
    "note": lambda desk: desk.note("x", "y"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_store_without_tables_says_which_command_makes_them(url: str, verb: str) -> None:
    with pytest.raises(StoreMismatch, match="create_tables") as no:
        VERBS[verb](app_on(url).desk(LI))

    assert "casework migrate" in no.value.advice


@pytest.mark.parametrize("act", ["verify", "run_due", "send_waiting"])
def test_the_application_says_so_too(url: str, act: str) -> None:
    with pytest.raises(StoreMismatch):
        getattr(app_on(url), act)()


@pytest.mark.parametrize("ask", ["open", "find a field", "get"])
def test_a_definition_that_grew_without_its_columns_is_told(url: str, ask: str) -> None:
    old = app_on(url, VISIT, TASK)
    old.create_tables()
    old_case = old.desk(LI).open("visit")
    desk = app_on(url, grown(Field("extra")), TASK).desk(LI)
    asks: dict[str, Callable[[], Any]] = {
        "open": lambda: desk.open("visit"),
        "find a field": lambda: desk.find("visit", field("extra").known),
    }
    if ask == "get":
        assert old_case.id == desk.get(old_case.id).id  # an old case is read by what it is pinned to
        return
    with pytest.raises(StoreMismatch, match="create_tables"):
        asks[ask]()


def test_a_store_of_a_stranger_version_is_left_alone(url: str) -> None:
    app_on(url).create_tables()
    with outside(url) as store:
        store.do(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    for bring_up in (Casework.create_tables, Casework.migrate):
        with pytest.raises(StoreMismatch, match=r"9999.*newer casework"):
            bring_up(app_on(url))
