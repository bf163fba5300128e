"""The commands of operators, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from stores import fresh

from casework.cli.root import root

ERRAND = """\
name: errand
opens: clerk
grants: {view: clerk}
chain:
  - name: errand
    initial: new
    states: [{name: new}, {name: done, final: true}]
    transitions: [{trigger: finish, from: new, to: done, roles: clerk}]
"""


class Line:
    """Calls ``casework`` on one store."""

    def __init__(self, store: str, folder: Path) -> None:
        self.definition, self.store = folder / "errand.yaml", store
        self.definition.write_text(ERRAND, encoding="utf-8")

    def __call__(self, *words: str, code: int = 0, store: str = "", **env: str) -> Result:
        more = ("--store", store or self.store, "--definition", str(self.definition), "--no-installed")
        result = CliRunner().invoke(root, [*more, *words], env=env)
        assert code == result.exit_code, (words, result.stdout, result.stderr)
        return result


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """With tables, and one case."""
    made = Line(fresh(), tmp_path)
    made("migrate")
    made("open", "errand", "--as", "li", "--role", "clerk")
    return made


def test_a_plan_is_told_in_words_and_as_json(tmp_path: Path) -> None:
    line = Line(fresh(), tmp_path)
    words = line("migrate", "--plan").stdout
    told = json.loads(line("migrate", "--plan", "--json").stdout)
    line("migrate")

    assert words.startswith("0001  ") and "case_errand: " in words
    assert (None, "0001") == (told["before"], told["steps"][0][0])
    assert "nothing to do\n" == line("migrate", "--plan").stdout
    assert "无需执行\n" == line("migrate", "--plan", "--lang", "zh").stdout


def test_health_is_an_exit_code(line: Line, tmp_path: Path) -> None:
    empty = fresh()
    Line(empty, tmp_path)("doctor", code=5) if empty.startswith("postgres") else Path(empty[10:]).touch()

    assert "ready\n" == line("health").stdout
    assert json.loads(line("health", "--json").stdout)["ready"]
    assert "store-mismatch" in line("health", "--lang", "zh", store=empty, code=5).stdout


@pytest.mark.sqlite("the programs of PostgreSQL are not on every path")
def test_a_backup_is_sealed_restored_and_verified(line: Line, tmp_path: Path) -> None:
    key, folder, target = tmp_path / "key", tmp_path / "monday", fresh()
    line("backup", "--new-key", str(key))
    made = json.loads(line("backup", str(folder), "--encrypt-to", f"{key}.pub", "--json").stdout)
    told = json.loads(line("restore", str(folder), "--open-with", str(key), "--json", store=target).stdout)

    assert (0o600, True, 1, 1) == (key.stat().st_mode & 0o777, made["sealed"], made["cases"], made["entries"])
    assert (made["heads"], True) == (told["heads"], told["verdict"]["whole"])
    assert "链首摘要" in line("backup", str(tmp_path / "tuesday"), "--lang", "zh").stdout
    line("restore", str(folder), "--open-with", str(key), store=target, code=4)
    line("backup", code=2)


@pytest.mark.postgres
def test_grants_are_shown_and_not_carried_out(line: Line) -> None:
    told = json.loads(line("roles", "--app", "town_app", "--auditor", "town_audit", "--json").stdout)

    assert not told["applied"]
    assert 'GRANT SELECT, INSERT ON "public"."casework_entry" TO "town_app"' in told["statements"]
    assert [] == [one for one in told["statements"] if "values" in one]
    line("roles", "--app", "town_app", "--apply", code=4)


def test_the_log_is_lines_of_json_where_asked_for(line: Line) -> None:
    said = line("-v", "health", CASEWORK_LOG="json").stderr.splitlines()

    assert ["casework.cli"] == [json.loads(one)["logger"] for one in said]
