"""Worklists and searches find exactly what a filter in Python over all cases finds, in order, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest
from plans import crowd, indexes_read, statements_of
from population import Population, order, populated
from rows import NOW, PEOPLE, SAMPLE, STAFF, UNITS, Row, Rows
from stores import Stores, fresh

from casework import (
    ALWAYS,
    Actor,
    Case,
    Condition,
    Refused,
    actor,
    elapsed_since,
    field,
    hours,
    optional,
    overdue,
    state,
)
from casework.access import reaches
from casework.condition import tree
from casework.desk import Desk
from casework.desk.reading import PAGE_LIMIT, Page
from casework.model.outfit import Worklist
from casework.storage import search as searching
from casework.storage.predicate import Asking
from casework.storage.search import Scope

pytestmark = pytest.mark.both

ACTORS = [
    Actor("a", {"clerk"}, unit="anlu", person="li"),
    Actor("b", {"nurse", "clerk"}, unit="xiaogan", person="wang"),
    Actor("c", {"chief"}, person="zhao"),
    Actor("d", {"clerk"}, person="li"),
    Actor("e", {"nurse"}, unit="nowhere", person="wang"),
    Actor("f", STAFF, person="li", tenant="other"),
]
CONDITIONS: dict[str, Condition] = {
    "everything": ALWAYS,
    "a number": field("a_integer") >= 2,
    "several states": state("alpha").in_("new", "waiting"),
    "overdue": overdue("soon") | overdue("late"),
    "not overdue": ~overdue("soon") & (state("beta") != "over"),
    "somebody else began it": actor.differs_from("begin"),
    "mine by role": actor.has_role("owner") | actor.has_role("nurse"),
    "known": field("a_integer").known & ~field("a_decimal").known,
    "values": field("a_integer").in_(0, 3, 4),
    "no values": ~field("a_integer").in_(),
    "attached or not": optional("beta", state("beta") == "idle") & optional("police", state("police") == "x"),
}


@pytest.fixture(scope="module")
def people(stores: Stores) -> Iterator[Population]:
    with stores.lent() as url, populated(url) as made:
        yield made


def pages(ask: Callable[..., Page], limit: int) -> list[Case]:
    """All pages one after another."""
    found: list[Case] = []
    page = ask(limit=limit)
    found += page.cases
    while page.more:
        assert limit == len(page.cases)
        page = ask(limit=limit, after=page.after)
        found += page.cases
    assert page.after is None
    return found


def waiting(people: Population, who: Actor, worklist: Worklist) -> list[str]:
    """A worklist by hand."""
    workflow = worklist.workflow or "alpha"
    finals = {"alpha": ("done",), "beta": ("over",)}[workflow]
    found = [
        (order(row), case_id)
        for case_id, row in people.holding(who, worklist.condition).items()
        if not row.closed
        and who.unit in (None, row.unit)
        and (row.states[workflow] in worklist.states if worklist.states else row.states[workflow] not in finals)
    ]
    return [case_id for _, case_id in sorted(found)]


@pytest.mark.parametrize("who", ACTORS, ids=lambda who: who.id)
@pytest.mark.parametrize("worklist", SAMPLE.worklists, ids=lambda worklist: worklist.name)
@pytest.mark.parametrize("limit", [2, 50])
def test_a_worklist_is_what_a_filter_leaves_and_pages_visit_each_case_once(
    people: Population, who: Actor, worklist: Worklist, limit: int
) -> None:
    desk, expected = people.app.desk(who), waiting(people, who, worklist)
    found = pages(lambda **how: desk.worklist("sample", worklist.name, **how), limit)

    assert expected == [case.id for case in found]
    assert len(expected) == desk.waiting("sample", worklist.name)


def test_the_worklists_under_test_are_not_empty(people: Population) -> None:
    sizes = {
        (who.id, worklist.name): len(waiting(people, who, worklist))
        for who in ACTORS[:4]
        for worklist in SAMPLE.worklists
    }

    assert {} == {key: size for key, size in sizes.items() if size == 0 and key != ("c", "mine")}


@pytest.mark.parametrize("who", ACTORS, ids=lambda who: who.id)
@pytest.mark.parametrize("name", CONDITIONS)
@pytest.mark.parametrize(("open_only", "mine"), [(False, False), (True, False), (False, True)])
def test_a_search_is_what_a_filter_leaves(
    people: Population, who: Actor, name: str, open_only: bool, mine: bool
) -> None:
    condition = CONDITIONS[name]
    held = people.holding(who, state("beta") == "idle" if name == "attached or not" else condition)
    expected = sorted(
        (
            (row.opened_at, case_id)
            for case_id, row in held.items()
            if not (open_only and row.closed) and (not mine or any(person == who.person for _, person in row.roles))
        ),
        reverse=True,
    )
    desk = people.app.desk(who)
    found = pages(lambda **how: desk.find("sample", condition, open_only=open_only, mine=mine, **how), 11)

    assert [case_id for _, case_id in expected] == [case.id for case in found]


@pytest.mark.parametrize(
    "states",
    [{"alpha": a, "beta": b} for a in ("new", "going", "waiting", "done") for b in ("idle", "busy", "over")],
    ids=str,
)
def test_what_may_be_viewed_in_sql_is_what_access_says(rows: Rows, states: dict[str, str]) -> None:
    held = [
        frozenset[tuple[str, str]](),
        frozenset({("owner", "li")}),
        frozenset({("helper", "li")}),
        frozenset({("owner", "wang")}),
    ]
    cases = [Row(states=states, unit=unit, roles=roles) for unit in UNITS for roles in held]
    search = rows.store.search(rows.compiled)
    for who in (
        Actor("x", roles, unit=unit, person="li") for roles in ((), *((r,) for r in STAFF)) for unit in (None, *UNITS)
    ):
        scope = Scope(tenant="main", asking=Asking(now=NOW, person=who.person, held=reaches(who)))
        with rows.undone() as transaction:
            ids = {rows.add(transaction, i, row): row for i, row in enumerate(cases)}
            found = search.find(transaction, ALWAYS, scope, open_only=False, mine=False, after=None, limit=99)
            allowed = {i for i, row in ids.items() if Population(rows, None, {}).seen(who, row)}  # type: ignore[arg-type]

        assert allowed == {case_id for _, case_id in found}


@pytest.mark.parametrize("who", ACTORS, ids=lambda who: who.id)
def test_f94_cases_of_another_tenant_never_appear(people: Population, who: Actor) -> None:
    desk = people.app.desk(who)
    listed = [*pages(lambda **how: desk.find("sample", **how), 50)]
    for worklist in SAMPLE.worklists:
        listed += pages(lambda name=worklist.name, **how: desk.worklist("sample", name, **how), 50)
    by_id = {case_id: row for (tenant, case_id), row in people.cases.items() if tenant == who.tenant}

    # Both tenants use the same ids, so that a row of the wrong tenant shows in what it holds.
    assert [] == [case.id for case in listed if dict(case.states) != dict(by_id[case.id].states)]
    assert [] == [case.id for case in listed if case.unit != by_id[case.id].unit]


@pytest.mark.parametrize("name", ["name", "diagnosis", "passport"])
@pytest.mark.parametrize(
    "nest", [lambda c: c, lambda c: ~c, lambda c: (state("alpha") == "new") | c, lambda c: c & ALWAYS], ids=range(4)
)
def test_f82_a_filter_on_a_field_that_the_asker_may_not_read_is_refused(
    people: Population, name: str, nest: Any
) -> None:
    desk = people.app.desk(Actor("a", {"clerk"}, unit="anlu"))
    with pytest.raises(Refused) as no:
        desk.find("sample", nest(field(name).known))

    assert "not-permitted" == no.value.refusal.code
    assert name not in no.value.refusal.sentence("en") + no.value.refusal.sentence("zh")


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("word", ["a", "b", "甲"])
def test_f82_a_filter_finds_nothing_by_what_the_asker_may_not_read_in_that_unit(
    people: Population, person: str, word: str
) -> None:
    who = Actor("n", {"nurse"}, unit="anlu", person=person)
    expected = {
        case_id
        for case_id, row in people.holding(who, field("name") == word).items()
        if people.rows.compiled.access.reads_name("name", people.roles(who, row))
    }
    found = pages(lambda **how: people.app.desk(who).find("sample", field("name") == word, **how), 50)

    assert expected == {case.id for case in found}
    assert all("name" not in case.hidden for case in found)


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (field("nothing") == 1, "invalid-form"),
        (field("a_integer") == "1", "invalid-form"),
        (field("a_text") < "a", "invalid-form"),
        (field("diagnosis") == "x", "invalid-form"),
        (elapsed_since("alpha.going") > hours(1), "invalid-form"),
        (actor.differs_from("resume"), "invalid-form"),
        (overdue("never"), "invalid-form"),
        (field("a_integer").in_(*range(501)), "invalid-form"),
        (tree.All((state("alpha") == "new",) * 501), "invalid-form"),
    ],
    ids=range(9),
)
def test_a_search_that_cannot_be_answered_is_refused(people: Population, condition: Condition, code: str) -> None:
    with pytest.raises(Refused) as no:
        people.app.desk(ACTORS[2]).find("sample", condition)

    assert code == no.value.refusal.code


BAD_CURSORS = ["", "x", "W10=", "WzEsIDJd", "e30=", "é", "WzFlNDAwLCAiYSJd", "W3RydWUsICJhIl0=", "W" * 10_000]


@pytest.mark.parametrize("cursor", [*BAD_CURSORS, "WzE4NDQ2NzQ0MDczNzA5NTUxNjE2LCAiYSJd", "WzEsICJcdWQ4MDAiXQ=="])
@pytest.mark.parametrize("verb", ["find", "worklist"])
def test_a_cursor_that_was_made_up_is_refused(people: Population, verb: str, cursor: str) -> None:
    desk = people.app.desk(ACTORS[2])
    with pytest.raises(Refused) as no:
        desk.find("sample", after=cursor) if verb == "find" else desk.worklist("sample", "all", after=cursor)

    assert ("invalid-form", "after") == (no.value.refusal.code, no.value.refusal.problems[0].field)


@pytest.mark.parametrize("limit", [0, -1, PAGE_LIMIT + 1, True, 2.0, "5", None])
def test_a_page_has_a_size(people: Population, limit: Any) -> None:
    with pytest.raises(Refused) as no:
        people.app.desk(ACTORS[2]).find("sample", limit=limit)

    assert ("invalid-form", "limit") == (no.value.refusal.code, no.value.refusal.problems[0].field)


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_a_count_stops_at_its_limit(people: Population, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "COUNT_LIMIT", limit)

    assert limit == people.app.desk(ACTORS[2]).waiting("sample", "all")


VERBS: dict[str, Callable[[Desk, str], Any]] = {
    "get": lambda desk, case: desk.get(case),
    "fire": lambda desk, case: desk.fire(case, "begin"),
    "fire a trigger that is not": lambda desk, case: desk.fire(case, "nonsense", a=1),
    "fire with a request": lambda desk, case: desk.fire(case, "begin", request_id="r1"),
    "amend": lambda desk, case: desk.amend(case, a_integer=1),
    "note": lambda desk, case: desk.note(case, "hello"),
    "assign": lambda desk, case: desk.assign(case, "owner", "li"),
    "claim": lambda desk, case: desk.claim(case),
    "correct": lambda desk, case: desk.correct(case, 2, because="wrong"),
    "what_if": lambda desk, case: desk.what_if(case, "begin"),
    "available": lambda desk, case: desk.available(case),
    "history": lambda desk, case: desk.history(case),
}


def _answer(verb: str, desk: Desk, case: str) -> Any:
    with pytest.raises(Refused) as no:
        VERBS[verb](desk, case)
    return attrs.evolve(no.value.refusal, case_id="")


@pytest.mark.parametrize("verb", VERBS)
def test_f81_a_guessed_id_answers_like_one_that_is_not_there(people: Population, verb: str) -> None:
    who = Actor("a", {"clerk"}, unit="anlu", person="nobody")
    desk = people.app.desk(who)
    hidden = next(i for (tenant, i), row in people.cases.items() if tenant == "main" and row.unit == "xiaogan")
    closed = next(i for (t, i), row in people.cases.items() if t == "main" and row.unit == "anlu" and row.closed)
    absent = _answer(verb, desk, "case-99999")

    assert "not-found" == absent.code
    for guess in (hidden, closed, "", "%", "case-0000_", "a\0b", "\ud800", "x" * 100_000, "' OR 1=1 --"):
        assert absent == _answer(verb, desk, guess)


def test_f81_why_not_says_no_more_than_the_others(people: Population) -> None:
    desk = people.app.desk(Actor("a", {"clerk"}, unit="anlu", person="nobody"))
    hidden = next(i for (tenant, i), row in people.cases.items() if tenant == "main" and row.unit == "xiaogan")
    answers = [desk.why_not(case, trigger) for case in (hidden, "case-99999") for trigger in ("begin", "nonsense")]

    assert {"not-found"} == {answer.code for answer in answers if answer is not None}
    assert 1 == len({attrs.evolve(answer, case_id="") for answer in answers if answer is not None})


@pytest.mark.parametrize(("unit", "index"), [("anlu", "ix_case_sample_u_alpha"), (None, "ix_case_sample_s_alpha")])
@pytest.mark.parametrize("paged", [False, True])
def test_a_worklist_reads_ranges_of_the_partial_indexes(unit: str | None, index: str, paged: bool) -> None:
    url = fresh()
    rows = Rows(url)
    asking = Asking(now=NOW, person="x", held=reaches(Actor("x", {"chief"}, unit=unit)))
    scope = Scope(tenant="main", asking=asking)
    with rows.store.transactions.write() as transaction:
        rows.add(transaction, 1, Row())
    state = "(ARRAY['new', 'going', 'waiting', 'done'])[1 + n % 4]"
    units = "(ARRAY['anlu', 'xiaogan', 'a', 'b', 'c'])[1 + n % 5]"
    crowd(url, "case_sample", case__id="'n' || n", state__alpha=state, case__unit=units, case__next_due="n")
    worklist, search = rows.compiled.worklists["older"], rows.store.search(rows.compiled)
    with rows.store.transactions.read() as transaction, statements_of(transaction) as asked:
        search.worklist(transaction, worklist, scope, (5, "case-5") if paged else None, 50)
    rows.store.engine.dispose()

    read = [
        by
        for table, by in indexes_read(url, next(text for text in asked if "case__next_due" in text))
        if table == "case_sample"
    ]
    assert [index] * 3 == read
