"""F5: where the disk of the files is full enclosing is refused, nothing is left, and everything else goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from faults.town import CLERK, code, founded, guests
from oracle import assert_inv, refused

from casework import BlobFolder

pytestmark = pytest.mark.sqlite("the disk of files is full, whatever the store is")

LARGE = b"x" * 900_000


def test_a_full_disk_refuses_a_file_and_recovers_without_a_restart(tmp_path: Path) -> None:
    mount = tmp_path / "disk"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root can mount a small disk; a limit on files is tested all the same")
    try:
        ballast = mount / "ballast"
        ballast.write_bytes(bytes(500_000))
        app = founded(f"sqlite:///{tmp_path / 'town.db'}", blobs=BlobFolder(mount / "blobs"))
        desk, case = app.desk(CLERK), guests(app, 1)[0]
        told = refused(app, lambda: desk.enclose(case.id, LARGE, name="a.txt", field_class="open"))

        assert "store-unavailable" == told.code
        assert [] == [path for path in (mount / "blobs").rglob("*") if path.is_file()], "no half of it is left"
        assert "" == code(lambda: desk.note(case.id, "everything else goes on"))
        ballast.unlink()
        assert "" == code(lambda: desk.enclose(case.id, LARGE, name="a.txt", field_class="open"))
        assert_inv(app)
        app.dispose()
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


def _limited(folder: str) -> None:
    """The same in a process whose files may not grow beyond a limit."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    app = founded(f"sqlite:///{folder}/town.db", blobs=BlobFolder(f"{folder}/blobs"))
    desk, case = app.desk(CLERK), guests(app, 1)[0]
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))
    said = code(lambda: desk.enclose(case.id, LARGE, name="a.txt", field_class="open"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    again = code(lambda: desk.enclose(case.id, LARGE, name="a.txt", field_class="open"))
    os.write(1, f"{said} {again or 'done'} {app.verify(rehash=True).whole}".encode())


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_a_file_that_cannot_grow_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from faults.test_f05_disk_full_of_files import _limited as go"
    tests = str(Path(__file__).parents[1])
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}; go(sys.argv[2])", tests, str(tmp_path)],
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert "store-unavailable done True" == ended.stdout.decode()
    assert 1 == len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()])
