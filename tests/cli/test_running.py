"""work, demo."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.errand import WORKER, Line, Telling


def finished(cli: Line) -> str:
    case = cli.opened()
    cli(*WORKER, "fire", case, "start", "weight=1")
    cli(*WORKER, "fire", case, "finish")
    return case


def test_one_round_sends_what_waits(cli: Line, told: Telling) -> None:
    finished(cli)

    first = cli.json("work", "--once")
    second = cli("work", "--once", "--lang", "zh")

    assert (1, ["li"]) == (first["sent"], told.sent)
    assert "消息：已发 0" in second.stdout


def test_the_loop_ends_when_it_is_to(cli: Line, told: Telling) -> None:
    finished(cli)

    assert 0 == cli.json("work", "--until", "2000-01-01T00:00Z")["sent"]
    assert "no store" not in cli("work", "--until", "2000-01-01T00:00Z").stderr
    assert [] == told.sent


def test_the_loop_goes_on_until_it_is_stopped(cli: Line, told: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import signal
    import threading

    finished(cli)
    monkeypatch.setattr(
        threading.Event, "wait", lambda event, timeout=None: os.kill(os.getpid(), signal.SIGTERM), raising=True
    )

    result = cli("work", "--every", "0.1")

    assert "1 sent" in result.stdout and "1 sent" in result.stderr


def test_an_end_that_is_no_instant_is_a_wrong_call(cli: Line) -> None:
    assert "--until" in cli("work", "--until", "tomorrow", code=2).stderr


def test_a_demo_is_told_where_how_many_and_in_which_language(cli: Line, told: Telling, tmp_path: Path) -> None:
    words = ("--plugin", "tiny", "--no-installed", "demo", "--domain", "errands", "--cases", "7", "--seed", "3")

    result = cli(*words, "--lang", "zh", bare=True, CASEWORK_STORE="sqlite:///real.db")

    run = told.runs[0]
    assert (7, 3, "zh", Path("out"), None) == (run.cases, run.seed, run.language, run.out, run.register)
    assert "sqlite:///out/errands.db" == run.store, "a demo never writes into the store of the environment"
    assert "a story\n\\x1b[31mof errands\n" == result.stdout
    assert (tmp_path / "out").is_dir()


def test_a_demo_takes_a_store_and_a_register_by_name(cli: Line, told: Telling, tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("", encoding="utf-8")

    cli("demo", "--register", "register.csv", "--out", "there")

    assert (cli.store, Path("register.csv"), Path("there")) == (
        told.runs[0].store,
        told.runs[0].register,
        told.runs[0].out,
    )


def test_a_register_that_the_demo_would_not_read_is_a_wrong_call(cli: Line, told: Telling, tmp_path: Path) -> None:
    told.reads = False
    (tmp_path / "register.csv").write_text("", encoding="utf-8")

    assert "takes no register" in cli("demo", "--register", "register.csv", code=2).stderr
    assert "不读取登记册" in cli("demo", "--register", "register.csv", "--lang", "zh", code=2).stderr
    assert [] == told.runs and not (tmp_path / "out").exists()


def test_a_demo_of_its_own_store_begins_anew(cli: Line, told: Telling, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "errands.db").write_text("left over", encoding="utf-8")

    cli("--plugin", "tiny", "--no-installed", "demo", bare=True)

    assert not (tmp_path / "out" / "errands.db").exists()


def test_a_demo_that_finds_problems_ends_with_their_code(cli: Line, told: Telling) -> None:
    told.problems = 2

    assert 2 == cli.json("demo", code=6)["problems"]
    assert "问题：2" in cli("demo", "--lang", "zh", code=6).stderr


def test_a_demo_that_is_not_there_is_a_wrong_call(cli: Line) -> None:
    assert "there is errands" in cli("demo", "--domain", "x", code=2).stderr
    assert "no plugin has a demo" in cli("--no-installed", "demo", bare=True, code=2).stderr
