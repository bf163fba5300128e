"""F1: a process that is killed while it encloses or withdraws a file leaves all of that or nothing.

The victim ends itself before its n-th statement, or before its n-th opening, renaming, making or removing of
something in the folder of blobs; the long form tries every n, the short one some, spread over all.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from faults.town import CLERK, founded, guests, town
from files import png
from oracle import assert_inv

from casework import BlobFolder

pytestmark = pytest.mark.sqlite("sweeps over copies of SQLite's file")

TESTS = Path(__file__).parents[1]
SAMPLE = 8
CODE = """import sys; sys.path.insert(0, sys.argv[1])
from faults.town import encloser
encloser(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))"""
FOR_GOOD = timedelta(days=-1)


def attempt(folder: Path, case_id: str, number: int) -> int:
    arguments = [str(TESTS), f"sqlite:///{folder / 'town.db'}", str(folder / "blobs"), case_id, str(number)]
    ended = subprocess.run([sys.executable, "-c", CODE, *arguments], capture_output=True, check=False, timeout=60)
    assert ended.returncode in (0, 9), ended.stderr.decode()
    return ended.returncode


def test_a_kill_leaves_a_file_with_its_entry_or_at_most_an_orphan(tmp_path: Path, long: bool) -> None:
    template = tmp_path / "template"
    template.mkdir()
    app = founded(f"sqlite:///{template / 'town.db'}", blobs=BlobFolder(template / "blobs"))
    case = app.desk(CLERK).enclose(guests(app, 1)[0], png(1), name="old.png", field_class="open")
    app.dispose()
    numbers, died = range(1, 100) if long else range(2, 40, 40 // SAMPLE), 0

    for number in numbers:
        folder = tmp_path / str(number)
        shutil.copytree(template, folder)
        ended = attempt(folder, case.id, number)
        died += ended != 0
        assert_whole(folder, case.id)
        shutil.rmtree(folder)
        if not ended:
            break

    print(f"\nkilled at {died} instants")
    assert died >= SAMPLE - 2


def assert_whole(folder: Path, case_id: str) -> None:
    blobs = BlobFolder(folder / "blobs")
    for blob in blobs.stored():
        with blobs.open(blob.digest) as stream:
            assert blob.digest == hashlib.sha256(stream.read()).hexdigest(), "half a blob under a digest"
    app = town(f"sqlite:///{folder / 'town.db'}", blobs=blobs)
    assert_inv(app)
    assert app.verify(rehash=True).whole, "an entry that points to nothing"
    desk = app.desk(CLERK)
    desk.enclose(case_id, png(2), name="new.png", field_class="open", request_id="new")
    desk.withdraw(case_id, 2, because="wrong", request_id="old")
    assert ["new.png"] == [item.name for item in desk.enclosures(case_id)]
    app.sweep_blobs(grace=FOR_GOOD)
    assert [hashlib.sha256(png(2)).hexdigest()] == [blob.digest for blob in blobs.stored()]
    assert [] == list((folder / "blobs" / "unfinished").iterdir())
    assert app.verify(rehash=True).whole
    app.dispose()


def _outgrow(folder: str) -> None:
    """Put a file that outgrows what the system allows, which ends the process in the middle of writing it."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))
    BlobFolder(folder).put(io.BytesIO(bytes(900_000)))


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_a_kill_in_the_middle_of_a_file_leaves_no_half_of_it_under_a_digest(tmp_path: Path) -> None:
    words = "import sys; sys.path.insert(0, sys.argv[1]); from faults.test_f01_killed_while_enclosing import _outgrow"
    ended = subprocess.run(
        [sys.executable, "-c", f"{words}; _outgrow(sys.argv[2])", str(TESTS), str(tmp_path)],
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert -signal.SIGXFSZ == ended.returncode, ended.stderr.decode()
    (half,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert ("unfinished", 500_000) == (half.parent.name, half.stat().st_size)
    assert [] == list(BlobFolder(tmp_path).stored())
