"""casework export and casework import: files of cases, whole or not at all, good records in and bad ones back."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from cli.errand import BOSS, ERRAND, WORKER, Line
from click.testing import CliRunner
from stores import fresh

from casework import hookimpl
from casework.cli.root import root
from casework.desk.record import LINE_LIMIT


@pytest.fixture
def line(cli: Line) -> Line:
    """The tiny domain with the grant to import."""
    tiny: Any = sys.modules["tiny"]
    granting = attrs.evolve(ERRAND, grants={"view": ["worker", "boss"], "import": "boss"})

    def casework_case_types() -> list[Any]:
        return [granting]

    tiny.casework_case_types = hookimpl(casework_case_types)
    return cli


def other(line: Line, tmp_path: Path) -> Line:
    """The same on another, empty store."""
    made = attrs.evolve(line, store=fresh())
    made("migrate")
    return made


def record(number: int, **data: Any) -> str:
    told = {"format": "casework-case-1", "id": f"r-{number}", "case_type": "errand", "unit": "north"}
    return json.dumps({**told, "data": {"what": "water", **data}}) + "\n"


def written(tmp_path: Path, *lines: str | bytes, name: str = "in.jsonl") -> str:
    raw = b"".join(item.encode() if isinstance(item, str) else item for item in lines)
    (tmp_path / name).write_bytes(raw)
    return name


def test_a_line_that_is_no_json_is_told_in_chinese_to_the_column(line: Line, tmp_path: Path) -> None:
    told = line("--lang", "zh", *BOSS, "import", written(tmp_path, '{"a": nope}\n'), code=3).stderr

    assert "第 1 行：不是一个JSON对象（第7列）" in told


def test_what_is_exported_is_imported_elsewhere(line: Line, tmp_path: Path) -> None:
    cases = [line.opened(f"weight={n}", "diagnosis=ill") for n in range(3)]
    line(*WORKER, "fire", cases[0], "start", "weight=1")
    elsewhere = other(line, tmp_path)

    said = line(*BOSS, "export", "--type", "errand", "-o", "out.jsonl")
    told = elsewhere.json(*BOSS, "import", "out.jsonl")

    assert "written: out.jsonl, 3 cases, 0 of them with fields withheld" in said.stderr
    assert (3, 0, 0) == (told["imported"], told["already"], told["refused"])
    elsewhere(*BOSS, "export", "--type", "errand", "-o", "again.jsonl")
    assert sorted(_bare(tmp_path / "out.jsonl")) == sorted(_bare(tmp_path / "again.jsonl"))
    assert "0 imported, 3 already there, 0 refused" in elsewhere(*BOSS, "import", "out.jsonl").stdout


def _bare(path: Path) -> list[str]:
    """Records without their ids."""
    found = [json.loads(text) for text in path.read_text().splitlines()]
    return [json.dumps({**item, "id": ""}, sort_keys=True) for item in found]


def test_only_its_owner_reads_the_file_and_nothing_else_is_left(line: Line, tmp_path: Path) -> None:
    line.opened()
    line(*BOSS, "export", "--type", "errand", "-o", "out.jsonl")

    assert 0o600 == stat.S_IMODE((tmp_path / "out.jsonl").stat().st_mode)
    assert [] == [*tmp_path.glob("*.part")]


def test_an_export_that_fails_leaves_the_file_of_before(line: Line, tmp_path: Path) -> None:
    case = line.opened()
    written(tmp_path, "before", name="out.jsonl")
    line(*BOSS, "export", case, "no-such-case", "-o", "out.jsonl", code=3)

    assert "before" == (tmp_path / "out.jsonl").read_text()
    assert [] == [*tmp_path.glob("*.part")]


def test_what_a_reader_may_not_read_is_not_exported(line: Line) -> None:
    case = line.opened("diagnosis=tuberculosis")

    result = line(*WORKER, "export", case)
    assert "tuberculosis" not in result.output
    assert ["diagnosis"] == json.loads(result.stdout)["withheld"]
    assert "tuberculosis" == json.loads(line(*BOSS, "export", case).stdout)["data"]["diagnosis"]


def test_cases_are_chosen_by_condition_state_and_worklist(line: Line) -> None:
    light, heavy = line.opened("weight=1"), line.opened("weight=9")
    for case in (light, heavy):
        line(*WORKER, "fire", case, "start", f"weight={'1' if case == light else '9'}")
    line(*WORKER, "fire", light, "finish")

    def ids(*words: str) -> set[str]:
        return {json.loads(text)["id"] for text in line(*WORKER, "export", *words).stdout.splitlines()}

    assert {heavy} == ids("--type", "errand", "--condition", '{"field": "weight", "ge": 5}')
    assert {heavy} == ids("--type", "errand", "--open")
    assert {heavy} == ids("--worklist", "todo")
    assert {light, heavy} == ids("--type", "errand") == ids(light, heavy)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("x", "--type", "errand"),
        ("--worklist", "todo", "--open"),
        ("x", "--condition", "{}"),
        ("--type", "errand", "--condition", "["),
        ("--type", "errand", "--condition", "{}"),
    ],
)
def test_a_wrong_choice_of_cases_is_a_wrong_call(line: Line, words: tuple[str, ...]) -> None:
    line(*WORKER, "export", *words, code=2)


def test_good_records_go_in_and_bad_ones_are_told_and_kept(line: Line, tmp_path: Path) -> None:
    bad = (record(2, weight="9"), '{"format": 1}\n', "nonsense\n", b"\xff\n")
    name = written(tmp_path, record(1), bad[0], "\n", *bad[1:], record(3, weight=9))

    told = line.json(*BOSS, "import", name, "--rejects", "bad.jsonl", code=3)

    assert (2, 0, 4) == (told["imported"], told["already"], told["refused"])
    assert [(2, "r-2"), (4, None), (5, None), (6, None)] == [(e["line"], e["id"]) for e in told["errors"]]
    problem = told["errors"][0]["refusal"]["problems"][0]
    assert ("data.weight", "takes integer, not text") == (problem["field"], problem["text"]["en"])
    assert (
        b"".join(item if isinstance(item, bytes) else item.encode() for item in bad)
        == (tmp_path / "bad.jsonl").read_bytes()
    )
    again = line(*BOSS, "import", name, "--lang", "zh", code=3)
    assert "此前已导入 2 条，拒绝 4 条" in again.stdout
    assert "第 2 行：data.weight：应为整数，不是文字" in again.stderr
    mended = (tmp_path / "bad.jsonl").read_text(errors="replace").splitlines()[0].replace('"9"', "9")
    assert 1 == line.json(*BOSS, "import", written(tmp_path, mended))["imported"]


def test_a_line_without_end_is_refused_in_flat_memory_and_kept_whole(line: Line, tmp_path: Path) -> None:
    endless = b'{"x": "' + b"y" * (3 * LINE_LIMIT) + b'"}\n'
    name = written(tmp_path, record(1), endless, record(2))

    told = line.json(*BOSS, "import", name, "--rejects", "bad.jsonl", code=3)

    assert (2, 1, [2]) == (told["imported"], told["refused"], [e["line"] for e in told["errors"]])
    assert endless == (tmp_path / "bad.jsonl").read_bytes()


def test_a_dry_run_writes_no_case(line: Line, tmp_path: Path) -> None:
    name = written(tmp_path, record(1), record(2, weight=99))

    told = line.json(*BOSS, "import", name, "--dry-run", code=3)
    assert (True, 1, 1) == (told["dry_run"], told["imported"], told["refused"])
    assert 0 == line.json("verify")["cases"]
    assert "nothing was written" in line(*BOSS, "import", name, "--dry-run", code=3).stderr


def test_more_records_than_go_into_one_transaction(line: Line, tmp_path: Path) -> None:
    name = written(tmp_path, *(record(n, weight=n % 11) for n in range(230)))

    told = line.json(*BOSS, "import", name, code=3)
    assert (210, 20) == (told["imported"], told["refused"])
    assert {"whole": True, "cases": 210} == {k: line.json("verify")[k] for k in ("whole", "cases")}


def test_states_are_placed_by_whoever_may_import_only(line: Line, tmp_path: Path) -> None:
    placed = {**json.loads(record(1)), "states": {"errand": "doing"}, "source": "list"}
    name = written(tmp_path, json.dumps(placed))

    refused = line.json(*WORKER, "import", name, code=3)["errors"][0]["refusal"]
    assert ("not-permitted", ["boss"]) == (refused["code"], refused["roles"])
    assert 1 == line.json(*BOSS, "import", name)["imported"]
    case = json.loads(line(*BOSS, "export", "--type", "errand").stdout)["id"]
    history = line(*BOSS, "history", case).stdout
    assert "imported from list r-1" in history and "– → under way" in history


def test_the_file_that_is_imported_is_not_overwritten(line: Line, tmp_path: Path) -> None:
    name = written(tmp_path, "nonsense")

    assert "overwrite" in line(*BOSS, "import", name, "--rejects", name, code=2).stderr
    assert "nonsense" == (tmp_path / name).read_text()


def test_a_pipe_is_read_from_stdin(line: Line) -> None:
    words = ["--store", line.store, "--plugin", "tiny", "--no-installed", *BOSS, "import", "-"]
    result = CliRunner().invoke(root, words, env=line.env, input=record(1) + record(2))

    assert (0, "2 imported, 0 already there, 0 refused\n") == (result.exit_code, result.stdout)


def test_what_a_terminal_would_obey_is_written_as_json_writes_it(line: Line, tmp_path: Path) -> None:
    line(*BOSS, "import", written(tmp_path, record(1, what="\u202e\x1b[2Jwater")))
    text = line(*WORKER, "export", "--type", "errand").stdout

    assert "\u202e" not in text and "\x1b" not in text
    assert "\u202e\x1b[2Jwater" == json.loads(text)["data"]["what"]
