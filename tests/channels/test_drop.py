"""A message left as a file is there as a whole, once, and nowhere else."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from casework import Message
from casework.channels import DeliveryFailed, file

MESSAGE = Message("out", "station", (("case", "c-1"), ("count", 2)))


@pytest.mark.parametrize("key", ["main/c/1/0", "../../etc/passwd", "/etc/x", "a\0b", "CON", "汉" * 400, ".", ""])
def test_a_message_is_one_file_in_its_folder_whatever_its_key(key: str, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    file("out", folder, delivery="at_least_once").deliver(MESSAGE, key)

    (found,) = tmp_path.rglob("*.*")
    assert folder == found.parent
    assert {"id": key, "type": "out", "to": "station", "data": {"case": "c-1", "count": 2}} == json.loads(
        found.read_bytes()
    )
    assert 0o600 == stat.S_IMODE(found.stat().st_mode)


def test_the_same_message_again_is_the_same_file(tmp_path: Path) -> None:
    deliver = file("out", tmp_path, delivery="at_least_once", kind="bed.free").deliver
    deliver(MESSAGE, "main/c/1/0")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    deliver(MESSAGE, "main/c/1/0")
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    deliver(MESSAGE, "main/c/1/1")

    assert 2 == len(list(tmp_path.iterdir()))


def test_a_folder_that_takes_nothing_fails_the_delivery_and_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")

    with pytest.raises(DeliveryFailed) as caught:
        file("out", tmp_path / "out", delivery="at_least_once").deliver(MESSAGE, "k")
    assert not caught.value.reached
    assert str(tmp_path) not in str(caught.value)
