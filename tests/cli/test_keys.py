"""keys new, rotate, list, seal; and what a store with keys asks of the other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli.errand import Line

KEYS = ("--keys", "keys", "--master-keys", "master.keys")


@pytest.fixture
def sealed(cli: Line) -> Line:
    """A store with one case, sealed."""
    cli("keys", "new", "master.keys")
    cli.opened("diagnosis=flu")
    cli("keys", "seal", *KEYS)
    return cli


def test_a_master_key_is_made_and_never_shown(cli: Line, tmp_path: Path) -> None:
    told = cli("keys", "new", "master.keys").stdout
    name, secret = (tmp_path / "master.keys").read_text().split()

    assert f"master key {name} is in master.keys\n" == told
    assert secret not in told
    assert 0o600 == (tmp_path / "master.keys").stat().st_mode & 0o777


def test_a_second_one_stands_in_front_of_the_first(cli: Line, tmp_path: Path) -> None:
    first, second = (cli.json("keys", "new", "master.keys")["master"] for _ in range(2))
    lines = (tmp_path / "master.keys").read_text().splitlines()

    assert [second, first] == [line.split()[0] for line in lines]


def test_a_file_that_holds_something_else_is_left_alone(cli: Line, tmp_path: Path) -> None:
    (tmp_path / "master.keys").write_text("dear diary\n")
    (tmp_path / "master.keys").chmod(0o600)

    assert "setup-error" == cli.json("keys", "new", "master.keys", code=4)["error"]["code"]
    assert "dear diary\n" == (tmp_path / "master.keys").read_text()


def test_what_was_plain_is_sealed_once(cli: Line) -> None:
    cli("keys", "new", "master.keys")
    cli.opened("diagnosis=flu")

    assert 1 == cli.json("keys", "seal", *KEYS)["cases"]
    assert 0 == cli.json("keys", "seal", *KEYS)["cases"]
    assert cli.json("verify", *KEYS)["whole"]
    assert "0 件案件" in cli("keys", "seal", *KEYS, "--lang", "zh").stdout


def test_keys_are_wrapped_anew_and_all_there(sealed: Line) -> None:
    count = sealed.json("keys", "list", *KEYS)["keys"]
    sealed("keys", "new", "master.keys")

    assert count == sealed.json("keys", "rotate", *KEYS)["wrapped"]
    assert "0 keys wrapped anew\n" == sealed("keys", "rotate", *KEYS).stdout
    assert {"keys": count, "destroyed": []} == sealed.json("keys", "list", *KEYS)
    assert f"{count} 个密钥，均完好\n" == sealed("keys", "list", *KEYS, "--lang", "zh").stdout


def test_keys_may_lie_in_the_database(cli: Line, tmp_path: Path) -> None:
    cli("keys", "new", "master.keys")
    cli.opened("diagnosis=flu")
    inside: Any = ("--keys", "database", "--master-keys", "master.keys")

    assert 1 == cli.json("keys", "seal", *inside)["cases"]
    assert cli.json("verify", *inside)["whole"]
    assert not (tmp_path / "database").exists()


def test_a_sealed_store_is_verified_without_keys_and_opened_by_nobody(sealed: Line) -> None:
    told = sealed.json("verify")

    assert (True, 1) == (told["whole"], told["unopened"])
    assert "were not opened: no keys were given" in sealed("verify").stdout
    assert "未提供密钥" in sealed("verify", "--lang", "zh").stdout


def test_the_wrong_keys_are_told_from_none(sealed: Line) -> None:
    other = ("--keys", "other", "--master-keys", "master.keys")

    assert "keys-mismatch" == sealed.json("keys", "list", *other, code=5)["error"]["code"]
    assert "setup-error" == sealed.json("keys", "list", code=4)["error"]["code"]
    assert "--keys DIR" in sealed("keys", "list", "--master-keys", "master.keys", code=2).stderr
    assert "密钥与存储不符" in sealed("keys", "list", *other, "--lang", "zh", code=5).stderr
