"""Files of cases: kept, read by whom they are for, withdrawn, swept, verified."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from files import JPEG, PDF, PNG, png
from older import tables_of
from oracle import assert_inv, refused, unframed, untouched
from outside import outside
from sqlalchemy import create_engine
from stores import quick

from casework import (
    Actor,
    BlobDamaged,
    BlobFolder,
    BlobMemory,
    BlobStore,
    Case,
    CaseType,
    Casework,
    Desk,
    EnclosureLimits,
    Field,
    FrozenClock,
    Recorded,
    Refused,
    Set,
    SetupError,
    State,
    Transition,
    Workflow,
    Worklist,
    hookimpl,
)
from casework.storage.tables import head

pytestmark = pytest.mark.both

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
LI = Actor("li", {"clerk"}, unit="anlu")
DOCTOR = Actor("wu", {"clerk", "doctor"}, unit="anlu")
READER = Actor("au", {"reader"}, unit="anlu")
FILE = CaseType(
    "file",
    chain=[
        Workflow(
            "file",
            initial="open",
            states=[State("open", grants={"edit": "clerk"}), State("shut", final=True)],
            transitions=[
                Transition("mark", "open", roles="clerk", effects=Set("seen", True)),
                Transition("shut", "open", "shut", roles="clerk"),
            ],
        )
    ],
    data=[Field("who", field_class="personal"), Field("seen", "boolean")],
    roles=["clerk", "doctor", "reader"],
    opens="clerk",
    grants={"view": ["clerk", "reader"], "note": "clerk", "correct": "clerk"},
    readers={"personal": "clerk", "health": "doctor"},
    worklists=[Worklist("open", "open", roles="clerk")],
)


def made(url: str | None = None, **more: Any) -> Casework:
    return Casework(url or quick(), case_types=[FILE], clock=FrozenClock(START), **more)


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return BlobFolder(tmp_path / "blobs") if request.param == "folder" else BlobMemory(clock=FrozenClock(START))


@pytest.fixture
def app(url: str, blobs: BlobStore) -> Iterator[Casework]:
    app = made(url, blobs=blobs)
    app.create_tables()
    yield app
    app.dispose()


@pytest.fixture
def desk(app: Casework) -> Desk:
    return app.desk(LI)


@pytest.fixture
def case(desk: Desk) -> Case:
    return desk.open("file", who="Wang")


def kept(blobs: BlobStore) -> set[str]:
    return {blob.digest for blob in blobs.stored()}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def code(call: Any) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.refusal.code


def test_a_file_comes_back_as_it_was(app: Casework, desk: Desk, case: Case) -> None:
    case = desk.enclose(case, io.BytesIO(PDF), name="证明.pdf", media_type="application/pdf")
    (told,) = desk.enclosures(case)

    assert (2, "证明.pdf", "application/pdf", len(PDF), digest(PDF)) == (
        told.number,
        told.name,
        told.media_type,
        told.size,
        told.digest,
    )
    assert (2, "li", START, "personal") == (case.revision, told.actor, told.at, told.field_class)
    with desk.read_enclosure(case, 2) as opened:
        assert PDF == opened.read()
    assert 1 == app.verify(rehash=True).enclosures
    assert_inv(app, [(case.id, 1), case], all_of_it=True)


def test_a_file_is_for_those_who_read_its_class(app: Casework, case: Case) -> None:
    doctor, li, reader = (app.desk(actor) for actor in (DOCTOR, LI, READER))
    doctor.enclose(case.id, PNG, name="a.png", field_class="health")
    li.enclose(case.id, PDF, name="b.pdf")
    doctor.enclose(case.id, JPEG, name="c.jpg", field_class="open")

    assert [[2, 3, 4], [3, 4], [4]] == [[e.number for e in d.enclosures(case.id)] for d in (doctor, li, reader)]
    assert "not-found" == code(lambda: li.read_enclosure(case.id, 2)) == code(lambda: li.read_enclosure(case.id, 9))
    assert "not-found" == code(lambda: li.withdraw(case.id, 2, because="x")) == code(lambda: li.read_enclosure(case, 1))
    told = {name: {e.number for e in d.history(case.id) if e.enclosed} for name, d in (("doctor", doctor), ("li", li))}
    assert {"doctor": {2, 3, 4}, "li": {3, 4}} == told


def test_nobody_encloses_blindly_or_without_the_grant(app: Casework, desk: Desk, case: Case, blobs: BlobStore) -> None:
    assert "not-permitted" == refused(app, lambda: desk.enclose(case, PNG, name="a.png", field_class="health")).code
    assert "not-permitted" == refused(app, lambda: app.desk(READER).enclose(case, PNG, name="a.png")).code
    assert set() == kept(blobs)


@pytest.mark.parametrize("actor", [Actor("x", {"clerk"}, unit="elsewhere"), Actor("x", {"clerk"}, tenant="other")])
def test_a_case_that_is_not_seen_has_no_files(app: Casework, desk: Desk, case: Case, actor: Actor) -> None:
    desk.enclose(case, PNG, name="a.png")
    other = app.desk(actor)

    assert {"not-found"} == {
        code(lambda: other.enclosures(case.id)),
        code(lambda: other.read_enclosure(case.id, 2)),
        code(lambda: other.withdraw(case.id, 2, because="x")),
        code(lambda: other.enclose(case.id, PNG, name="a.png")),
    }


def test_the_log_holds_no_name_and_no_digest_in_the_open(app: Casework, desk: Desk, case: Case, url: str) -> None:
    desk.enclose(case, PNG, name="Wang-at-home.png", field_class="open")
    with outside(url) as store:
        bodies = b"".join(row[0] for row in store.ask("select body from casework_entry"))

    assert b"image/png" in bodies
    assert not any(told in bodies for told in (b"Wang", digest(PNG).encode(), bytes.fromhex(digest(PNG))))


def test_a_stale_case_and_a_second_request_store_nothing_more(
    app: Casework, desk: Desk, case: Case, blobs: BlobStore
) -> None:
    once = desk.enclose(case, PNG, name="a.png", request_id="photo-1")
    assert once == desk.enclose(case, PNG, name="a.png", request_id="photo-1")
    assert 1 == len(desk.enclosures(case.id))
    assert "request-reused" == code(lambda: desk.enclose(case.id, PDF, name="a.pdf", request_id="photo-1"))
    assert "stale" == code(lambda: desk.enclose(case, PDF, name="a.pdf"))
    assert {digest(PNG)} == kept(blobs)

    desk.withdraw(case.id, 2, because="wrong")
    assert 2 == desk.enclose(case.id, PNG, name="a.png", request_id="photo-1").entry, "answered, not done again"
    assert set() == kept(blobs)


def test_what_is_withdrawn_is_gone_and_the_log_stays_whole(
    app: Casework, desk: Desk, case: Case, blobs: BlobStore
) -> None:
    desk.enclose(case, PNG, name="a.png")
    after = desk.withdraw(case.id, 2, because="somebody else's photo", request_id="w")

    assert ((), set()) == (desk.enclosures(case.id), kept(blobs))
    entry = desk.history(case.id)[-1]
    assert ("withdraw", 2, "somebody else's photo") == (entry.kind, entry.withdraws, entry.note)
    assert {"not-found"} == {
        code(lambda: desk.read_enclosure(case.id, 2)),
        code(lambda: desk.withdraw(case.id, 2, because="again")),
    }
    assert after == desk.withdraw(case.id, 2, because="somebody else's photo", request_id="w")
    assert_inv(app, [(case.id, 1), (case.id, 2), after], all_of_it=True)


@pytest.mark.parametrize("because", ["", "  ", "x" * 2_001])
def test_a_withdrawal_says_why(app: Casework, desk: Desk, case: Case, blobs: BlobStore, because: str) -> None:
    desk.enclose(case, PNG, name="a.png")

    assert "invalid-form" == refused(app, lambda: desk.withdraw(case.id, 2, because=because)).code
    assert {digest(PNG)} == kept(blobs)


def test_bytes_that_another_case_keeps_stay(app: Casework, desk: Desk, case: Case, blobs: BlobStore) -> None:
    other = app.desk(Actor("li", {"clerk"}, tenant="other"))
    theirs = other.enclose(other.open("file"), PNG, name="b.png")
    desk.enclose(case, PNG, name="a.png")
    desk.enclose(case.id, PNG, name="again.png")

    desk.withdraw(case.id, 2, because="twice")
    assert [3] == [item.number for item in desk.enclosures(case.id)]
    desk.withdraw(case.id, 3, because="wrong")
    with other.read_enclosure(theirs, 2) as opened:
        assert PNG == opened.read()
    other.withdraw(theirs, 2, because="wrong too")
    assert set() == kept(blobs)


def test_a_wrong_file_can_be_taken_from_a_closed_case_by_whoever_may_correct(
    app: Casework, desk: Desk, case: Case, blobs: BlobStore
) -> None:
    desk.enclose(case, PNG, name="a.png", field_class="open")
    desk.fire(case.id, "shut")

    assert "not-permitted" == refused(app, lambda: desk.enclose(case.id, PDF, name="a.pdf")).code
    assert "not-permitted" == refused(app, lambda: app.desk(READER).withdraw(case.id, 2, because="x")).code
    assert desk.withdraw(case.id, 2, because="wrong").closed
    assert set() == kept(blobs)


@pytest.mark.parametrize("wrong", [{"blobs": "papers"}, {"blobs": BlobFolder}, {"enclosures": 10}])
def test_a_place_for_files_that_is_none_is_told_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(SetupError, match="takes"):
        made(**wrong)


def test_files_are_no_step_and_stand_in_the_way_of_no_correction(app: Casework, desk: Desk, case: Case) -> None:
    desk.fire(case.id, "mark")
    desk.enclose(case.id, PNG, name="a.png")
    back = desk.correct(case.id, 2, because="a slip")

    assert ["seen" in back.data, [3]] == [False, [item.number for item in desk.enclosures(case.id)]]
    assert "not-undoable" == code(lambda: desk.correct(case.id, 3, because="x"))
    assert_inv(app)


def test_a_case_keeps_no_more_than_it_may(url: str, blobs: BlobStore) -> None:
    app = made(url, blobs=blobs, enclosures=EnclosureLimits(size=200, case_size=350, case_count=3))
    app.create_tables()
    desk = app.desk(LI)
    case = desk.open("file")
    told = refused(app, lambda: desk.enclose(case, b"x" * 201, name="a.txt"))
    assert ("invalid-form", ["content"]) == (told.code, [problem.field for problem in told.problems])

    desk.enclose(case.id, b"x" * 200, name="a.txt")
    over = refused(app, lambda: desk.enclose(case.id, b"y" * 151, name="a.txt"))
    assert ("limit-reached", True) == (over.code, "350" in over.sentence("en") and "350" in over.sentence("zh"))
    desk.enclose(case.id, b"y" * 150, name="a.txt")
    desk.withdraw(case.id, 2, because="too large")
    desk.enclose(case.id, b"z", name="a.txt")
    desk.enclose(case.id, b"w", name="a.txt")
    assert "limit-reached" == refused(app, lambda: desk.enclose(case.id, b"v", name="a.txt")).code
    assert 3 == len(kept(blobs))
    app.dispose()


def test_without_a_place_for_files_the_refusal_says_what_to_do(url: str, case: Case, desk: Desk) -> None:
    desk.enclose(case, PNG, name="a.png")
    bare = made(url)
    told = refused(bare, lambda: bare.desk(LI).enclose(case.id, PNG, name="a.png"))

    assert ("part-absent", "blobs") == (told.code, told.part)
    assert "Casework(blobs=" in told.sentence("en") and "--blobs" in told.sentence("zh")
    assert 1 == len(bare.desk(LI).enclosures(case.id)), "what is kept can be listed"
    with pytest.raises(BlobDamaged, match="no blob store"):
        bare.desk(LI).read_enclosure(case.id, 2)
    assert ["the files of enclosures (1) were not looked at: no blob store was given"] == [
        fault.problem for fault in bare.verify().faults
    ]
    bare.desk(LI).withdraw(case.id, 2, because="wrong")
    assert bare.verify().whole
    bare.dispose()


def damaged(tmp_path: Path, case: Case, desk: Desk) -> Path:
    desk.enclose(case, PNG, name="a.png")
    (path,) = (tmp_path / "blobs").glob("??/??/*")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("blobs", ["folder"], indirect=True)
def test_bytes_that_were_changed_are_never_given_out_whole(
    app: Casework, desk: Desk, case: Case, tmp_path: Path
) -> None:
    path = damaged(tmp_path, case, desk)
    path.write_bytes(PNG[:-1] + b"x")

    with pytest.raises(BlobDamaged), desk.read_enclosure(case.id, 2) as opened:
        opened.read()
    assert app.verify().whole, "of the same size"
    (fault,) = app.verify(rehash=True).faults
    assert (case.id, 2) == (fault.case_id, fault.number)
    desk.enclose(case.id, PNG, name="again.png")
    assert app.verify(rehash=True).whole, "the same bytes again mend it"


@pytest.mark.parametrize("blobs", ["folder"], indirect=True)
def test_a_missing_or_a_shorter_file_is_named_by_its_entry(
    app: Casework, desk: Desk, case: Case, tmp_path: Path
) -> None:
    path = damaged(tmp_path, case, desk)
    path.write_bytes(PNG[:-1])
    assert [(case.id, 2, "the file that it encloses has 66 bytes instead of 67")] == [
        (fault.case_id, fault.number, fault.problem) for fault in app.verify().faults
    ]
    path.unlink()
    assert ["the file that it encloses is not there"] == [fault.problem for fault in app.verify().faults]
    assert (1, 0, 1) == (app.diagnose().enclosures, app.diagnose().orphans, app.diagnose().lost)
    with pytest.raises(BlobDamaged, match="backup"):
        desk.read_enclosure(case.id, 2)


TAMPERED = {
    "another digest": "update casework_enclosure set digest = 'x'",
    "another size": "update casework_enclosure set size = 1",
    "a row too few": "delete from casework_enclosure",
    "a row too many": "insert into casework_enclosure select tenant, case_id, 1, digest, size from casework_enclosure",
}


@pytest.mark.parametrize("sql", TAMPERED.values(), ids=TAMPERED)
def test_rows_that_differ_from_the_log_are_named(app: Casework, desk: Desk, case: Case, url: str, sql: str) -> None:
    desk.enclose(case, PNG, name="a.png")
    with outside(url) as store:
        store.do(sql)

    (fault,) = app.verify().faults
    assert (case.id, "the enclosures differ from the log") == (fault.case_id, fault.problem)


def test_a_row_of_a_case_without_files_is_found(app: Casework, case: Case, url: str) -> None:
    with outside(url) as store:
        store.do("insert into casework_enclosure values ('main', ?, 1, 'x', 1)", case.id)

    (fault,) = app.verify().faults
    assert (case.id, True) == (fault.case_id, "casework_enclosure" in fault.problem)


def test_a_file_that_was_wiped_without_an_erasure_is_told(app: Casework, desk: Desk, case: Case, url: str) -> None:
    desk.enclose(case, PNG, name="a.png")
    with outside(url) as store:
        store.do('update casework_entry set "values" = null where number = 2')
        store.do("delete from casework_enclosure")

    (fault,) = app.verify().faults
    assert (case.id, 2, True) == (fault.case_id, fault.number, "no entry says that they were erased" in fault.problem)
    assert () == desk.enclosures(case.id)


def test_sweeping_removes_what_no_case_keeps_and_only_that(
    app: Casework, desk: Desk, case: Case, blobs: BlobStore
) -> None:
    desk.enclose(case, PNG, name="a.png")
    orphan = blobs.put(io.BytesIO(b"left behind"))

    assert 1 == app.diagnose().orphans
    assert 0 == app.sweep_blobs(grace=timedelta(days=10_000)), "it was stored only now"
    assert 1 == app.sweep_blobs(grace=timedelta(days=-10_000))
    assert {digest(PNG)} == kept(blobs) and orphan not in kept(blobs)
    assert app.verify(rehash=True).whole


def test_what_was_begun_and_never_finished_is_swept(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path)
    blobs.put(io.BytesIO(b"done"))
    (tmp_path / "unfinished" / "abc").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("of somebody else", encoding="utf-8")

    assert 1 == len(kept(blobs))
    assert [0, 1, 0] == [blobs.tidy(START), blobs.tidy(START + timedelta(days=10_000)), blobs.tidy(START)]
    assert (tmp_path / "notes.txt").exists() and 1 == len(kept(blobs))


def test_bytes_that_were_swept_between_storing_and_writing_are_stored_again(url: str) -> None:
    class Forgetful(BlobMemory):
        """Somebody sweeps as soon as a file was stored, once."""

        swept = False

        def put(self, content: Any, /) -> str:
            digest = super().put(content)
            if not self.swept:
                self.swept = True
                self.delete(digest)
            return digest

    app = made(url, blobs=Forgetful())
    app.create_tables()
    desk = app.desk(LI)
    desk.enclose(desk.open("file"), PNG, name="a.png")

    assert app.verify(rehash=True).whole
    app.dispose()


def test_a_store_that_keeps_other_bytes_is_not_believed(url: str) -> None:
    class Careless(BlobMemory):
        def put(self, content: Any, /) -> str:
            return super().put(io.BytesIO(content.read()[:-1]))

    app = made(url, blobs=Careless())
    app.create_tables()
    desk = app.desk(LI)
    case = desk.open("file")
    with untouched(app), pytest.raises(BlobDamaged):
        desk.enclose(case, PNG, name="a.png")
    app.dispose()


def test_several_files_are_all_enclosed_or_none(app: Casework, desk: Desk, case: Case, blobs: BlobStore) -> None:
    def both(inner: Desk) -> None:
        inner.enclose(case.id, png(1), name="a.png")
        inner.enclose(case.id, png(2), name="b.html")

    assert "invalid-form" == refused(app, lambda: desk.within(both)).code
    assert {digest(png(1))} == kept(blobs), "an orphan at most"
    assert 1 == app.sweep_blobs(grace=timedelta(days=-10_000))


def test_a_host_that_rolls_back_keeps_a_file_that_was_withdrawn(
    app: Casework, desk: Desk, case: Case, url: str, blobs: BlobStore
) -> None:
    desk.enclose(case, PNG, name="a.png")
    engine = create_engine(url)
    with engine.connect() as connection:
        with app.begin(LI, connection=connection) as inner:
            inner.withdraw(case.id, 2, because="wrong")
        connection.rollback()
        assert {digest(PNG)} == kept(blobs)
        with app.begin(LI, connection=connection) as inner:
            inner.withdraw(case.id, 2, because="wrong")
        connection.commit()
    engine.dispose()

    assert set() == kept(blobs)
    assert app.verify(rehash=True).whole


def test_observers_and_worklists_learn_nothing_of_files(url: str, blobs: BlobStore) -> None:
    heard: list[Recorded] = []

    class Observer:
        @hookimpl
        def casework_recorded(self, recorded: Recorded) -> None:
            heard.append(recorded)

    app = made(url, blobs=blobs, plugins=[Observer()])
    app.create_tables()
    desk = app.desk(LI)
    case = desk.enclose(desk.open("file"), PNG, name="Wang.png")
    (waiting,) = desk.worklist("file", "open").cases

    assert ["open", "enclose"] == [told.kind for told in heard]
    assert not any("Wang" in str(told) or digest(PNG) in str(told) for told in (heard, case, waiting))
    app.dispose()


def test_a_store_of_before_files_were_kept_goes_on(url: str) -> None:
    tables_of(url, "0001")
    later = made(url, blobs=BlobMemory())
    before, after = later.migrate()
    desk = later.desk(LI)
    case = desk.open("file")
    desk.enclose(case, PNG, name="a.png")

    assert ("0001", head()) == (before, after) and later.verify(rehash=True).whole
    later.dispose()


@pytest.mark.parametrize("number", [True, "2", 2.0, None, -1, 2**70])
def test_a_file_is_named_by_a_number(app: Casework, desk: Desk, case: Case, number: Any) -> None:
    desk.enclose(case, PNG, name="a.png")

    assert "not-found" == code(lambda: desk.read_enclosure(case.id, number))
    assert "not-found" == code(lambda: desk.withdraw(case.id, number, because="x"))


def test_an_entry_says_what_it_may_and_nothing_else(desk: Desk, case: Case, url: str) -> None:
    desk.enclose(case, PNG, name="a.png")
    with outside(url) as store:
        ((body,),) = store.ask("select body from casework_entry where number = 2")
    _, content = unframed(bytes(body))

    assert {"size": 67, "type": "image/png", "class": "personal"} == content["encloses"]
    assert {"kind", "actor", "encloses", "sealed"} == set(content)
