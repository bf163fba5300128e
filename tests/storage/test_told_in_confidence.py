"""What a case was told under a narrower definition stays told to those: in searches, worklists, values and files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from errands import ANA, BEN, DATA, EVERYTHING, Bench, errand
from oracle import refused
from plans import crowd, indexes_read, statements_of
from storage.adopting import whole
from stores import on_sqlite

from casework import ALWAYS, Actor, BlobMemory, CaseType, Casework, Condition, Field, Role, Worklist, field
from casework.desk import reading

GRANTS = dict.fromkeys((*EVERYTHING, "adopt"), ("clerk", "chief"))
SCAN = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FLU = Worklist("flu", condition=field("illness") == "flu", roles=("clerk",))


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A store of one test, whole in the end."""
    with whole() as made:
        yield made


def kind(illness: Field, *lists: Worklist, **more: Any) -> CaseType:
    """The errand with one more field and worklists."""
    told = {"grants": GRANTS, "readers": {"health": "chief", "personal": "chief"}, **more}
    return errand(data=(*DATA, illness), worklists=lists, **told)


CHIEFS = Field("illness", field_class="personal")
CLERKS = Field("illness", field_class="personal", readers=("clerk", "chief"))
OPEN = Field("illness")


def found(app: Casework, condition: Condition, who: Actor = BEN) -> list[str]:
    """The ids that a search finds."""
    page = app.desk(who).find("errand", condition, limit=1)
    assert page.more is False
    return [case.id for case in page.cases]


@pytest.mark.parametrize("wider", [CLERKS, OPEN], ids=["other readers", "another class"])
def test_f82_a_search_tells_no_values_of_cases_whose_own_manifest_hides_them(bench: Bench, wider: Field) -> None:
    old = bench.app(kind(CHIEFS)).desk(ANA)
    case, other = (old.open("errand", illness="flu") for _ in range(2))
    app = bench.app(kind(wider))

    for asked in (field("illness") == "flu", field("illness").known, ~(field("illness") == "pox")):
        assert [] == found(app, asked)
    assert {case.id, other.id} == {case.id for case in app.desk(ANA).find("errand", field("illness") == "flu").cases}
    assert 2 == len(app.desk(BEN).find("errand", ALWAYS).cases)
    new = app.desk(ANA).open("errand", illness="flu")
    assert [new.id] == found(app, field("illness") == "flu")


def test_f82_a_case_that_its_own_manifest_hides_is_not_counted_either(bench: Bench) -> None:
    narrow = kind(OPEN, grants={**GRANTS, "view": "chief"})
    old = bench.app(narrow).desk(ANA)
    for _ in range(3):
        old.open("errand", illness="flu")
    app = bench.app(kind(OPEN, FLU))

    assert [] == found(app, field("illness") == "flu")
    assert 0 == app.desk(BEN).waiting("errand", "flu")


def test_f82_whoever_reads_by_a_role_on_the_case_finds_it_under_either_manifest(bench: Bench) -> None:
    roles = ("clerk", "chief", Role("minder", local=True))
    minded = attrs.evolve(CHIEFS, readers=("chief", "minder"))
    desk = bench.app(kind(minded, roles=roles)).desk(ANA)
    mine, other = (desk.open("errand", illness="flu") for _ in range(2))
    desk.assign(mine, "minder", "ben")
    app = bench.app(kind(OPEN, roles=roles))

    assert [mine.id] == found(app, field("illness") == "flu")
    assert {mine.id, other.id} == {case.id for case in app.desk(ANA).find("errand", field("illness").known).cases}


def test_f82_a_new_worklist_tells_nothing_of_cases_whose_own_manifest_hides_it(bench: Bench) -> None:
    bench.app(kind(CHIEFS)).desk(ANA).open("errand", illness="flu")
    app = bench.app(kind(CLERKS, FLU))
    assert ((), 0) == (app.desk(BEN).worklist("errand", "flu").cases, app.desk(BEN).waiting("errand", "flu"))

    new = app.desk(ANA).open("errand", illness="flu")
    assert [new.id] == [case.id for case in app.desk(BEN).worklist("errand", "flu").cases]
    assert 1 == app.desk(BEN).waiting("errand", "flu")


def test_a_case_stays_in_a_worklist_that_its_own_manifest_has_too(bench: Bench) -> None:
    case = bench.app(kind(CHIEFS, FLU)).desk(ANA).open("errand", illness="flu")
    app = bench.app(kind(CLERKS, FLU))

    assert [case.id] == [found.id for found in app.desk(BEN).worklist("errand", "flu").cases]


def test_manifests_that_tell_the_same_are_not_asked_for(bench: Bench) -> None:
    bench.app(kind(CHIEFS, FLU)).desk(ANA).open("errand", illness="flu")
    app = bench.app(kind(CHIEFS, FLU, version=2))
    same = statements(app)
    other = attrs.evolve(FLU, condition=field("illness").known)
    wider = statements(bench.app(kind(OPEN, other, version=3)))

    assert (False, True) == ("casework_case." in same, "casework_case." in wider)


@pytest.mark.parametrize("unit", ["north", None])
def test_a_worklist_reads_ranges_beside_older_manifests_too(unit: str | None) -> None:
    bench = Bench()
    bench.app(kind(CHIEFS)).desk(ANA).open("errand", illness="flu")
    crowd(bench.url, "casework_case", id="'n' || n")
    places = "(ARRAY['north', 'south', 'east', 'west'])[1 + n % 4]"
    crowd(bench.url, "case_errand", case__id="'n' || n", case__unit=places, case__next_due="n")
    statement = statements(bench.app(kind(CLERKS, FLU)), attrs.evolve(BEN, unit=unit))
    read = indexes_read(bench.url, statement)
    bench.close()

    ranges = [by for table, by in read if table == "case_errand" and not by.endswith("_pkey")]
    # PostgreSQL weighs what it sampled, and may find that a quarter of all is as well read from the list of all.
    meant = f"ix_case_errand_{'u' if unit else 's'}_errand"
    assert 2 == len(ranges) and set(ranges) <= {meant, meant if on_sqlite() else "ix_case_errand_s_errand"}
    assert "" not in [by for table, by in read if "case" in table]


def statements(app: Casework, who: Actor = BEN) -> str:
    """What one page of the worklist asks the database, with its values."""
    with app._engine.store.transactions.read() as transaction, statements_of(transaction) as seen:
        reading.worklist(app._engine, transaction, who, "errand", "flu", None, 5)
    return next(text for text in seen if "case__next_due" in text)


def test_a_value_is_not_adopted_into_the_sight_of_others(bench: Bench) -> None:
    desk = bench.app(kind(CHIEFS)).desk(ANA)
    case, empty = desk.open("errand", illness="flu"), desk.open("errand")
    app = bench.app(kind(CLERKS))
    refusal = refused(app, lambda: app.desk(ANA).adopt(case))

    assert ("not-adoptable", ["data.illness"]) == (refusal.code, [problem.field for problem in refusal.problems])
    assert "clerk" in refusal.problems[0].text.en and "flu" not in repr(refusal)
    assert 2 == app.desk(ANA).adopt(empty).revision
    wider = bench.app(kind(CHIEFS, readers={"health": "chief", "personal": ("chief", "clerk")}))
    assert "not-adoptable" == refused(wider, lambda: wider.desk(ANA).adopt(case)).code


def test_a_value_may_be_adopted_into_the_sight_of_fewer(bench: Bench) -> None:
    case = bench.app(kind(CLERKS)).desk(ANA).open("errand", illness="flu")
    app = bench.app(kind(CHIEFS))

    assert 2 == app.desk(ANA).adopt(case).revision
    assert "illness" in app.desk(BEN).get(case.id).hidden


def test_a_role_of_single_cases_that_becomes_a_general_one_reads_more(bench: Bench) -> None:
    minded = attrs.evolve(CHIEFS, readers=("chief", "minder"))
    case = bench.app(kind(minded, roles=("clerk", "chief", Role("minder", local=True)))).desk(ANA)
    opened = case.open("errand", illness="flu")
    app = bench.app(kind(minded, roles=("clerk", "chief", "minder")))

    assert ["data.illness"] == [item.field for item in refused(app, lambda: app.desk(ANA).adopt(opened)).problems]


@pytest.mark.parametrize("first", ["chief", ("chief", "clerk")], ids=["widened", "narrowed"])
def test_f101_a_file_is_shown_where_its_own_time_and_the_present_allow_it(bench: Bench, first: Any) -> None:
    blobs, then = BlobMemory(), "chief" if first != "chief" else ("chief", "clerk")
    desk = bench.app(kind(OPEN, readers={"health": first}), blobs=blobs).desk(ANA)
    case = desk.enclose(desk.open("errand"), SCAN, name="test.pdf", field_class="health")
    app = bench.app(kind(OPEN, readers={"health": then}), blobs=blobs)
    app.desk(ANA).adopt(case)
    clerk, chief = app.desk(BEN), app.desk(ANA)

    assert ((), [None] * 3) == (clerk.enclosures(case.id), [entry.enclosed for entry in clerk.history(case.id)])
    assert "not-found" == refused(app, lambda: clerk.read_enclosure(case.id, 2)).code
    assert "not-found" == refused(app, lambda: clerk.withdraw(case.id, 2, because="x")).code
    assert ["test.pdf"] == [file.name for file in chief.enclosures(case.id)]
    assert SCAN == chief.read_enclosure(case.id, 2).read()
