"""With keys nothing that is sealed is found in any byte of the database's files, the blobs or the keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from keys.clinic import HIDDEN, NAME, WU, build, lived
from keys.key_stores import bytes_in, key_folder

from casework import BlobFolder, StoreOptions


@pytest.mark.parametrize("sole_process", [True, False], ids=["write-ahead log", "journal"])
def test_no_canary_is_found_in_any_file(tmp_path: Path, sole_process: bool) -> None:
    options = StoreOptions(sole_process=sole_process)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    app = build(url, key_folder(tmp_path), options=options, blobs=BlobFolder(tmp_path / "blobs"))
    desk = app.desk(WU)
    for _ in range(20):
        lived(desk)
        desk.fire(desk.open("visit", diagnosis="canary-cholera"), "treat", diagnosis="canary-E123")
        whole = bytes_in(tmp_path)
        assert set() == {canary for canary in HIDDEN if canary.encode() in whole}

    assert NAME.encode() in whole, "a name is plain in the current row"
    assert any(path.name.endswith("-wal") for path in tmp_path.iterdir()) == sole_process
    app.dispose()


def test_the_canaries_would_be_found_without_keys(tmp_path: Path) -> None:
    app = build(f"sqlite:///{tmp_path / 'store.db'}", blobs=BlobFolder(tmp_path / "blobs"))
    lived(app.desk(WU))
    whole = bytes_in(tmp_path)

    assert set(HIDDEN) == {canary for canary in HIDDEN if canary.encode() in whole}
    app.dispose()
