"""Signed notes: what others publish is read, what we sign others can read, and what is edited is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from signed import ORIGIN, SIGNER, STRANGER, WITNESS

from casework import InvalidValue, SetupError
from casework.checkpoints import Checkpoint, Loss, PublicKey, Signer, read_checkpoint
from casework.checkpoints.checkpoint import epoch_of, origin_of
from casework.checkpoints.loss import read_loss
from casework.checkpoints.note import read_note
from casework.checkpoints.verify_casework import signed as signed_alone

# The example of golang.org/x/mod/sumdb/note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MADE = Checkpoint(origin=ORIGIN, size=7, root=bytes(range(32))).signed(SIGNER, AT)


def test_a_note_that_somebody_else_published_is_read() -> None:
    key = PublicKey.read(NEUMANN)

    assert key.signed(read_note(SAID))
    assert NEUMANN == str(key)
    assert SAID == str(read_note(SAID))


def test_the_stand_alone_verifier_reads_it_too() -> None:
    assert signed_alone(SAID, "PeterNeumann", PublicKey.read(NEUMANN).public)
    assert not signed_alone(SAID.replace("answer", "question"), "PeterNeumann", PublicKey.read(NEUMANN).public)
    assert not signed_alone(SAID, "PeterNeumann", SIGNER.public.public)


def test_what_is_signed_is_plain_ed25519_over_the_text() -> None:
    text, _, lines = str(MADE.note).rpartition("\n\n")
    first = read_note(str(MADE.note)).signatures[0]

    assert f"{ORIGIN}\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" == f"{text}\n"
    assert 2 == lines.count(f"— {ORIGIN} ")
    Ed25519PublicKey.from_public_bytes(SIGNER.public.public).verify(first.value, f"{text}\n".encode())


def test_a_checkpoint_comes_back_with_the_instant_of_its_signature() -> None:
    found = read_checkpoint(str(MADE.note), SIGNER.public)

    assert (ORIGIN, 7, bytes(range(32)), AT) == (found.origin, found.size, found.root, found.at)


@pytest.mark.parametrize("change", [("7\n", "8\n"), ("anlu\n", "anli\n"), ("AAEC", "AAED"), ("7\n", "07\n")])
def test_an_edited_checkpoint_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(InvalidValue):
        read_checkpoint(str(MADE.note).replace(*change, 1), SIGNER.public)


def test_a_signature_of_somebody_else_counts_for_nothing() -> None:
    with pytest.raises(InvalidValue, match="did not sign"):
        read_checkpoint(str(MADE.note), STRANGER.public)
    with_more = MADE.note.signed(WITNESS.cosign(MADE.text, AT))  # type: ignore[union-attr]

    assert MADE == read_checkpoint(str(with_more), SIGNER.public)
    assert WITNESS.witness.signed(with_more)
    assert AT == WITNESS.witness.signed_at(with_more)


def test_a_bad_signature_of_the_right_key_spoils_the_note() -> None:
    wrong = MADE.note.signed(SIGNER.sign("something else\n"))  # type: ignore[union-attr]
    with pytest.raises(InvalidValue, match="not good"):
        read_checkpoint(str(wrong), SIGNER.public)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n\n",
        "a\n\n— x\n",
        "a\n\n— x AAAA",
        "a\n\n— x AAAA\n",
        "a\x07\n\n— x AAAAAAAA\n",
        "a\n\n— x+y AAAAAAAA\n",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        read_note(text)


@pytest.mark.parametrize(
    "text", ["", "x", "x+00000000+AQ==", "x+0000+AAAA", f"{NEUMANN[:-2]}X=", NEUMANN.replace("c7", "c8")]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        PublicKey.read(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "cosignature/v1"])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue):
        Signer.new(name)


def test_a_key_is_kept_where_its_owner_alone_reads_it(tmp_path: Path) -> None:
    SIGNER.save(tmp_path / "log.key")

    assert 0o600 == (tmp_path / "log.key").stat().st_mode & 0o777
    assert SIGNER.public == Signer.load(tmp_path / "log.key").public
    with pytest.raises(FileExistsError):
        SIGNER.save(tmp_path / "log.key")
    (tmp_path / "log.key").chmod(0o644)
    with pytest.raises(SetupError, match="others can read"):
        Signer.load(tmp_path / "log.key")


def test_a_private_key_does_not_show_itself() -> None:
    assert f"Signer({ORIGIN!r})" == repr(SIGNER)


def test_epochs_have_origins_of_their_own() -> None:
    assert (ORIGIN, f"{ORIGIN}/2") == (origin_of(1, ORIGIN), origin_of(2, ORIGIN))
    assert (1, 2, 12) == tuple(epoch_of(name, ORIGIN) for name in (ORIGIN, f"{ORIGIN}/2", f"{ORIGIN}/12"))
    assert {None} == {
        epoch_of(name, ORIGIN) for name in ("x", f"{ORIGIN}/1", f"{ORIGIN}/02", f"{ORIGIN}/x", f"{ORIGIN}2")
    }


def test_a_loss_is_told_word_for_word() -> None:
    kept = Checkpoint(origin=ORIGIN, size=3, root=bytes(32))
    loss = Loss(had=MADE, kept=kept, origin=f"{ORIGIN}/2", at=AT, by="li", because="磁盘损坏").signed(SIGNER)

    assert loss == read_loss(str(loss.note), SIGNER.public)
    for change in (("had 7", "had 6"), ("by li", "by wo"), ("kept 3", "kept 9")):
        with pytest.raises(InvalidValue):
            read_loss(str(loss.note).replace(*change), SIGNER.public)
    with pytest.raises(InvalidValue):
        Loss(had=MADE, kept=kept, origin=f"{ORIGIN}/2", at=AT, by="li", because="two\nlines")
