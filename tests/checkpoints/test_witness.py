"""A witness cosigns a log that only grew, and no other."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from histories import START
from signed import ORIGIN, SIGNER, STRANGER, WITNESS, kept_in, live, signed_app, signed_history
from stores import fresh, quick

from casework import Casework, FrozenClock, InvalidValue
from casework.checkpoints import Checkpoint, Witness, WitnessRefused
from casework.checkpoints.note import read_note, read_signatures
from casework.checkpoints.proof import consistency
from casework.checkpoints.tree import CompactRange
from casework.checkpoints.witness import Request


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(WITNESS, [SIGNER.public], tmp_path / "witness.json")


def asked(witness: Witness) -> Callable[[str], str]:
    return lambda request: witness.add(request, at=START)


def lived(folder: Path, url: str, *, luck: int = 1, seed: int = 1) -> tuple[Casework, FrozenClock]:
    clock = FrozenClock(START)
    app = signed_app(url, folder, clock, seed)
    signed_history(app, clock, random.Random(luck))
    return app, clock


@pytest.mark.both
def test_what_is_cosigned_lies_with_the_checkpoint(folder: Path, witness: Witness) -> None:
    app, clock = lived(folder, quick())
    for part in range(3):
        live(app, clock, random.Random(part), 5)
        app.checkpoint(SIGNER, witnesses=[asked(witness)])
    newest = kept_in(folder).everything().checkpoints[-1]

    assert newest.note is not None and WITNESS.witness.signed(newest.note)
    assert () == app.verify().faults
    app.dispose()


def test_a_witness_that_knows_another_size_is_asked_again_from_there(folder: Path, witness: Witness) -> None:
    app, clock = lived(folder, quick())
    live(app, clock, random.Random(9), 5)
    app.checkpoint(SIGNER, witnesses=[asked(witness)])
    for part in range(3):
        live(app, clock, random.Random(part), 5)
        app.checkpoint(SIGNER)
    live(app, clock, random.Random(4), 5)
    made = app.checkpoint(SIGNER, witnesses=[asked(witness)])

    assert made is not None
    newest = kept_in(folder).everything().checkpoints[-1]
    assert newest.size == made.size and newest.note is not None and WITNESS.witness.signed(newest.note)
    app.dispose()


@pytest.mark.both
def test_f31_f57_of_two_lines_a_witness_signs_one(tmp_path: Path, witness: Witness) -> None:
    """Two servers were both taken for the primary; each wrote, each signed: only the first finds a witness."""
    one, clock = lived(tmp_path / "one", fresh())
    other, _ = lived(tmp_path / "other", fresh(), luck=2)
    one.checkpoint(SIGNER, witnesses=[asked(witness)])
    live(other, clock, random.Random(7), 20)
    with pytest.raises(WitnessRefused) as no:
        other.checkpoint(SIGNER, witnesses=[asked(witness)])

    assert no.value.status in (409, 422)
    assert [] == list((tmp_path / "other").glob("3*")), "what the witness refused is not carried outside"
    one.dispose()
    other.dispose()


@pytest.mark.both
def test_f57_two_truths_of_one_size_prove_themselves(tmp_path: Path) -> None:
    """Whoever has both notes needs nothing else to show that two histories were signed."""
    one, _ = lived(tmp_path / "one", fresh())
    other, _ = lived(tmp_path / "other", fresh(), seed=2)
    sizes = [app.checkpoint(SIGNER).size for app in (one, other)]  # type: ignore[union-attr]
    together = kept_in(tmp_path / "one", tmp_path / "other")
    told = [str(fault) for fault in one.verify(checkpoints=together).faults]

    assert sizes[0] == sizes[1]
    forks = together.everything().forks
    assert forks and all(SIGNER.public.signed(note) for pair in forks for note in (pair[0].note, pair[1].note) if note)
    assert any("two signed checkpoints" in line for line in told)
    one.dispose()
    other.dispose()


def request(leaves: int, old: int, *, signer: object = SIGNER, wrong: bytes = b"") -> str:
    every = [bytes([number]) * 32 for number in range(leaves)]
    before, whole = CompactRange(), CompactRange()
    before.extend(every[:old])
    whole.extend(every)
    made = Checkpoint(origin=ORIGIN, size=leaves, root=wrong or whole.root()).signed(signer, START)  # type: ignore[arg-type]
    assert made.note is not None
    return str(Request(old=old, proof=consistency(before, every[old:]), note=made.note))


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (403, request(5, 3, signer=STRANGER)),
        (404, request(5, 3).replace(ORIGIN, "example.org/other")),
        (409, request(5, 2)),
        (409, request(3, 3, wrong=bytes(32))),
        (409, request(2, 2)),
        (400, request(2, 2).replace("old 2", "old 3")),
        (422, request(5, 3, wrong=bytes(32))),
    ],
)
def test_a_witness_refuses_as_the_protocol_says(witness: Witness, status: int, text: str) -> None:
    witness.add(request(3, 0), at=START)
    with pytest.raises(WitnessRefused) as no:
        witness.add(text, at=START)

    assert status == no.value.status
    assert WITNESS.witness.signed(cosigned(witness, request(5, 3))), "and goes on with the honest log"


def cosigned(witness: Witness, text: str) -> object:
    note = read_note(text.partition("\n\n")[2])
    return note.signed(*read_signatures(witness.add(text, at=START)))


@pytest.mark.parametrize("text", ["", "old\n\n", "old 1\n", "old 01\n\nx\n\n— x AAAAAAAA\n", "new 1\n\n"])
def test_what_is_no_request_is_refused(witness: Witness, text: str) -> None:
    with pytest.raises(InvalidValue):
        witness.add(text, at=START)


def test_a_witness_remembers_across_restarts(tmp_path: Path) -> None:
    Witness(WITNESS, [SIGNER.public], tmp_path / "w.json").add(request(3, 0), at=START)
    with pytest.raises(WitnessRefused) as no:
        Witness(WITNESS, [SIGNER.public], tmp_path / "w.json").add(request(4, 0), at=START)

    assert 3 == no.value.size
