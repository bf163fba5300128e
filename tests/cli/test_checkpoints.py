"""The log from the command line: a key, checkpoints, a witness, an auditor without casework, a loss."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from processes import casework

from casework.checkpoints import Signer
from casework.cli.checkpoints import verifier


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Signer.new("example.org/anlu").save("log.key")
    monkeypatch.setenv("CASEWORK_STORE", "sqlite:///station.db")
    monkeypatch.setenv("CASEWORK_CHECKPOINTS", "outside")
    monkeypatch.setenv("CASEWORK_SIGNER", "log.key")
    monkeypatch.setenv("CASEWORK_LOG_KEY", str(Signer.load("log.key").public))


def called(*words: str, stdin: str = "", code: int = 0) -> str:
    """What a call says on stdout; it must end with *code*."""
    done = casework(*words, stdin=stdin)
    assert code == done.code, done.out + done.err
    return done.out


def opened() -> None:
    called(
        "open", "rescue", "found_at=market", "found_by=patrol", "--as", "li", "--role", "caseworker", "--unit", "anlu"
    )


def test_the_log_is_signed_verified_lost_and_goes_on(tmp_path: Path) -> None:
    called("migrate")
    opened()
    witness_key = called("witness", "--new-key", "witness.key", "--name", "witness.example").strip()
    asks = f"{sys.executable} -m casework witness --signer witness.key --log {Signer.load('log.key').public}"
    shown = called("checkpoint", "--print", "--witness", asks)
    (tmp_path / "old.db").write_bytes((tmp_path / "station.db").read_bytes())
    opened()
    signed = json.loads(called("checkpoint", "--json"))["checkpoint"]
    told = json.loads(called("verify", "--json"))

    assert shown.startswith("example.org/anlu\n1\n")
    assert witness_key.startswith("witness.example+")
    assert (2, 2, True) == (signed["size"], told["log"]["signed"], told["whole"])
    assert "everything adds up" in called("verify", "--log-only")
    called("log", "export", "log.json")
    (tmp_path / "alone.py").write_text(called("log", "verifier"), encoding="utf-8")
    alone = [sys.executable, "-I", "alone.py", "log.json", "outside", "--key", str(Signer.load("log.key").public)]
    assert 0 == subprocess.run(alone, timeout=60).returncode

    (tmp_path / "station.db").write_bytes((tmp_path / "old.db").read_bytes())
    refused = json.loads(called("note", "x", "text", "--as", "li", "--json", code=6))["error"]
    assert "store-behind" == refused["code"]
    assert "落后" not in called("--lang", "zh", "verify", code=6)
    called("checkpoint", code=6)
    called("checkpoint", "--accept-loss", "the disk of Sunday", "--as", "wang")
    assert 1 == len(json.loads(called("verify", "--json"))["log"]["losses"])


def test_a_witness_that_saw_more_says_the_size_that_it_knows() -> None:
    called("migrate")
    opened()
    called("witness", "--new-key", "witness.key", "--name", "witness.example")
    public = str(Signer.load("log.key").public)
    asks = ("witness", "--signer", "witness.key", "--log", public)
    note = called("checkpoint", "--print")

    assert called(*asks, stdin=f"old 0\n\n{note}").startswith("— witness.example ")
    assert "1\n" == called(*asks, stdin=f"old 0\n\n{note}", code=6)


@pytest.mark.parametrize(
    "words",
    [("checkpoint", "--new-key", "other.key"), ("witness",), ("witness", "--new-key", "w.key"), ("checkpoint",)],
)
def test_a_call_that_lacks_something_says_what(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASEWORK_CHECKPOINTS")
    called("migrate")

    called(*words, code=2)


def test_the_verifier_stays_a_file_that_can_be_read() -> None:
    lines = verifier().read_text(encoding="utf-8").splitlines()

    assert len(lines) <= 200
    assert [] == [line for line in lines if line.startswith(("import casework", "from casework"))]
