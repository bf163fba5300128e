"""Several people enclose, withdraw and sweep at once: no entry ever points to bytes that are not there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from faults.town import CLERK, at_once, founded, guests, in_processes, insistent, juggles
from files import png
from oracle import assert_inv
from stores import fresh

from casework import BlobFolder


def test_two_processes_that_enclose_the_same_bytes_keep_them_once(tmp_path: Path) -> None:
    url, folder = fresh(), tmp_path / "blobs"
    app = founded(url, blobs=BlobFolder(folder))
    first, second = (case.id for case in guests(app, 2))

    in_processes(juggles, [(url, str(folder), first, 12), (url, str(folder), second, 12)])

    assert 1 == len(list(BlobFolder(folder).stored()))
    assert app.verify(rehash=True).whole
    assert_inv(app)
    for case_id in (first, second):
        assert 1 == len(app.desk(CLERK).enclosures(case_id))
    app.dispose()


def test_the_same_request_at_once_encloses_once(tmp_path: Path) -> None:
    app = founded(fresh(), blobs=BlobFolder(tmp_path / "blobs"))
    desk, case = app.desk(CLERK), guests(app, 1)[0]

    answers = at_once([lambda: desk.enclose(case.id, png(), name="a.png", field_class="open", request_id="one")] * 10)

    assert {2} == {answer.entry for answer in answers}
    assert 1 == len(desk.enclosures(case.id))
    app.dispose()


def test_sweeping_takes_nothing_that_is_just_being_enclosed(tmp_path: Path) -> None:
    app = founded(fresh(), blobs=BlobFolder(tmp_path / "blobs"))
    desk, cases = app.desk(CLERK), guests(app, 3)

    def enclose(case_id: str) -> None:
        for shade in range(5):
            content = png(shade)
            assert "" == insistent(lambda: desk.enclose(case_id, content, name="a.png", field_class="open"))  # noqa: B023

    def sweep() -> None:
        for _ in range(15):
            app.sweep_blobs(grace=timedelta(days=-1))

    at_once([*(lambda case=case: enclose(case.id) for case in cases), sweep])  # type: ignore[misc]

    assert (15, True) == (app.verify(rehash=True).enclosures, app.verify(rehash=True).whole)
    app.dispose()
