"""Checkpoints in a folder: nothing that was added is lost, and half a note is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from histories import START
from signed import SIGNER, kept_in

from casework import InvalidValue, StoreUnavailable
from casework.checkpoints import Checkpoint, CheckpointFolder, Checkpoints
from casework.checkpoints import folder as module

NOTES = [
    str(Checkpoint(origin=SIGNER.public.name, size=size, root=bytes([size]) * 32).signed(SIGNER, START).note)
    for size in range(1, 6)
]


def added(folder: Path, notes: list[str]) -> CheckpointFolder:
    place = CheckpointFolder(folder)
    for note in notes:
        place.add(note)
    return place


def test_notes_come_back_in_their_order(folder: Path) -> None:
    place = added(folder, NOTES)

    assert NOTES == list(place.notes())
    assert NOTES == list(place.recent())
    assert 5 == len(kept_in(folder).everything().checkpoints)


def test_an_empty_place_has_none(folder: Path) -> None:
    assert [] == list(CheckpointFolder(folder).notes())
    assert () == CheckpointFolder(folder).recent()


@pytest.mark.parametrize("cut", [1, 10, 60, 200])
def test_what_a_power_cut_left_is_passed_over_and_the_note_added_again(folder: Path, cut: int) -> None:
    place = added(folder, NOTES[:3])
    file = folder / "000001.notes"
    file.write_bytes(file.read_bytes()[:-cut])
    left = list(place.notes())
    place.add(NOTES[2])

    assert NOTES[:2] == left[:2]
    assert NOTES[:3] == list(dict.fromkeys(place.notes()))
    assert () == kept_in(folder).everything().unread


def test_an_edited_note_is_not_passed_over(folder: Path) -> None:
    added(folder, NOTES[:3])
    file = folder / "000001.notes"
    file.write_text(file.read_text(encoding="utf-8").replace("\n2\n", "\n9\n"), encoding="utf-8")

    assert 1 == len(kept_in(folder).everything().unread)


def test_files_stay_of_a_size_that_can_be_carried(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 500)
    place = added(folder, NOTES)

    assert ["000001.notes", "000002.notes", "000003.notes"] == sorted(path.name for path in folder.iterdir())
    assert NOTES == list(place.notes())
    assert NOTES[-1] == place.recent()[-1]


def test_of_a_long_file_the_last_notes_are_read_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TAIL", 900)
    place = added(folder, NOTES)

    assert NOTES[-2:] == list(place.recent())


def test_a_place_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        CheckpointFolder(tmp_path / "file").add(NOTES[0])


@pytest.mark.parametrize("places", [(), ("outside",), (None,)])
def test_what_is_no_place_is_refused(places: tuple[object, ...]) -> None:
    with pytest.raises(InvalidValue, match="places"):
        Checkpoints(key=SIGNER.public, places=places)
