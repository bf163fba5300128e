"""What holds for every command: exit codes, languages, JSON, what a terminal must never obey."""

from __future__ import annotations

import logging
import re
import sqlite3
import subprocess
import sys
import types
from pathlib import Path

import click
import pytest
from cli.errand import BOSS, WORKER, Line
from pages import headings
from tree import ROOT

from casework import (
    Casework,
    DocumentError,
    Finding,
    InvalidValue,
    Refusal,
    Refused,
    StoreMismatch,
    StoreUnavailable,
    hookimpl,
)
from casework.cli import faults
from casework.cli.clean import clean, clean_json
from casework.cli.commands import Session, command, group
from casework.cli.root import COMMANDS
from casework.cli.settings import Settings, foretold

NAMES = [command.name or "" for command in COMMANDS]
PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself_in_both_languages_and_on_the_page(cli: Line, name: str) -> None:
    english, chinese = cli(name, "--help").stdout, cli(name, "--help", "--lang", "zh").stdout

    assert english.startswith(f"Usage: casework {name}") and not CHINESE.search(english)
    assert chinese.startswith(f"用法：casework {name}")
    assert [] == [line for line in chinese.splitlines()[1:] if re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,} ", line)]
    assert name in headings(PAGE)


def test_every_option_is_on_the_page() -> None:
    options = {
        name for command in COMMANDS for parameter in command.params for name in parameter.opts if name[:2] == "--"
    }

    assert set() == {name for name in options if name not in PAGE}


def test_the_overview_lists_every_command_and_those_of_plugins(cli: Line) -> None:
    shown = cli("--help").stdout

    assert [] == [name for name in (*NAMES, "greet") if f"  {name} " not in shown]
    assert "hello\n" == cli("greet").stdout
    assert "结束码：0 完成" in cli("--help", "--lang", "zh").stdout


def test_every_exit_code_is_on_the_page() -> None:
    told = set(re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE))

    codes = (faults.OK, faults.UNEXPECTED, faults.USAGE, faults.REFUSED, faults.UNFIT, faults.STORE, faults.BROKEN)
    assert {str(code) for code in (*codes, faults.INTERRUPTED)} == told


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused(Refusal("unmet")), 3),
        (Refused(Refusal("store-unavailable")), 5),
        (StoreMismatch("a", "b"), 5),
        (StoreUnavailable("a"), 5),
        (DocumentError("a.yaml", [Finding("CW001", "(document)", "bad", 3)]), 4),
        (PermissionError(13, "Permission denied", "x"), 2),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("secret"), 1),
    ],
)
def test_each_kind_of_error_has_its_code_and_words_in_both_languages(error: BaseException, code: int) -> None:
    english, chinese = faults.answer(error, "en"), faults.answer(error, "zh")

    assert (code, code) == (english.exit_code, chinese.exit_code)
    assert code == 2 or (CHINESE.search(chinese.lines[0]) and not CHINESE.search(english.lines[0]))
    assert code == english.json()["error"]["exit_code"]


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        (("nosuch",), "No such command 'nosuch'", "没有命令“nosuch”"),
        (("show",), "Missing argument 'CASE'", "缺少 'CASE'"),
        (("show", "x", "y"), "unexpected extra argument (y)", "多出的参数：y"),
        (("worklist", "--limit"), "requires an argument", "选项 --limit 须给出值"),
        (("blobs", "--hours", "0"), "not in the range x>=1", "0 超出范围，须不小于 1"),
        (("import", "nosuch.jsonl"), "'nosuch.jsonl' does not exist", "文件“nosuch.jsonl”不存在"),
        (("import", "."), "is a directory", "文件“.”是文件夹，须为文件"),
        (("show", "x", "--lang", "fr"), "is not one of 'zh', 'en'", "“fr”不在可选范围内；可选：zh、en"),
        (("demo", "--seed", "x"), "is not a valid int", "“x”不是整数"),
        (("show", "x", "--nix"), "No such option", "没有选项 --nix"),
        (("worklist", "--limit", "x"), "Invalid value for '--limit'", "'--limit' 的值不对"),
        (("show", "x"), "say who acts", "请说明由谁办理"),
        ((*WORKER, "open", "errand", "what"), "'what' is not NAME=VALUE", "“what”不是“名称=值”的形式"),
        ((*WORKER, "open", "errand", "what=a", "what=b"), "given twice", "给了两次"),
        (("--plugin", "nosuch.module", "plugins"), "there is no module 'nosuch.module'", "没有模块“nosuch.module”"),
    ],
)
def test_a_wrong_call_is_told_in_the_language_asked_for(cli: Line, words: tuple[str, ...], en: str, zh: str) -> None:
    assert en in cli(*words, code=2).stderr
    assert zh in cli("--lang", "zh", *words, code=2).stderr
    assert "usage" == cli.json(*words, code=2)["error"]["code"]


@pytest.mark.parametrize(
    ("error", "en", "zh"),
    [
        (InvalidValue("actor.id", "takes a text", "须为文字"), "actor.id: takes a text", "actor.id：须为文字"),
        (InvalidValue("", "a: b; c: d", "甲：乙；丙：丁"), "a: b; c: d", "值不符合要求：甲：乙；丙：丁"),
    ],
)
def test_an_invalid_value_is_told_in_the_language_asked_for(error: InvalidValue, en: str, zh: str) -> None:
    assert (en,) == faults.answer(error, "en").lines
    chinese = faults.answer(error, "zh").lines[0]
    assert zh in chinese and "takes" not in chinese


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        (("open", "errand", "what=a", "--request-id", ""), "- request_id takes", "- 请求编号须为"),
        (("open", "errand", "what=a", "--subject", "person="), "- subjects.person takes", "- 当事人“person”须为"),
        (("open", "errand", "what=a", "--subject", "no=x"), "- subjects.no: there is", "- subjects.no：没有"),
        (("open", "errand"), "- what is needed", "- 缺少事项"),
    ],
)
def test_a_refusal_says_which_value_it_means_and_says_it_once(
    cli: Line, words: tuple[str, ...], en: str, zh: str
) -> None:
    assert en in cli(*WORKER, *words, code=3).stderr
    assert zh in cli("--lang", "zh", *WORKER, *words, code=3).stderr


def test_a_file_that_is_not_there_is_told_in_chinese() -> None:
    error = FileNotFoundError(2, "No such file or directory", "a.png")

    assert ("没有该文件或文件夹：a.png",) == faults.answer(error, "zh").lines


def test_required_options_are_marked(cli: Line) -> None:
    english, chinese = cli("withdraw", "--help").stdout, cli("withdraw", "--help", "--lang", "zh").stdout

    assert "Why it does not belong there. [required]" in english and "撤回原因。［必填］" in chinese
    assert 1 == english.count("[required]") == chinese.count("［必填］")


def test_the_store_has_to_be_named_and_there(cli: Line, tmp_path: Path) -> None:
    assert "name the store" in cli(*WORKER, "show", "x", bare=True, code=2).stderr
    assert "is not a URL" in cli(*WORKER, "show", "x", "--store", "nonsense", code=2).stderr
    missing = cli("--lang", "zh", *WORKER, "show", "x", "--store", "sqlite:///nosuch.db", code=5)
    assert "存储与当前版本不符" in missing.stderr and "casework migrate" in missing.stderr
    assert not (tmp_path / "nosuch.db").exists(), "looking at a store never makes one"
    (tmp_path / "text.db").write_text("no database, but a text that is long enough" * 9, encoding="utf-8")
    assert 5 == cli.json(*WORKER, "show", "x", "--store", "sqlite:///text.db", code=5)["error"]["exit_code"]
    cli("migrate", "--store", "sqlite:///text.db", code=5)
    cli("migrate", "--store", "sqlite:////nosuch/folder/a.db", code=5)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_trying_again_is_not_advised_where_it_never_helps(cli: Line, tmp_path: Path, lang: str) -> None:
    (tmp_path / "text.db").write_text("no database, but a text that is long enough" * 9, encoding="utf-8")
    words = ("--lang", lang, *WORKER, "show", "x", "--store")

    text = cli(*words, "sqlite:///text.db", code=5).stderr
    place = cli("--lang", lang, "migrate", "--store", "sqlite:////nosuch/folder/a.db", code=5).stderr

    assert {"en": "not a database", "zh": "不是数据库"}[lang] in text
    assert {"en": "the folder of --store", "zh": "--store 所在文件夹"}[lang] in place
    assert not re.search("try again|请重试", text + place)


@pytest.mark.parametrize(
    "causes", [[sqlite3.OperationalError("database is locked")], [StoreUnavailable("every connection is in use")]]
)
def test_what_may_pass_is_still_to_be_tried_again(causes: list[Exception]) -> None:
    error = Refused(Refusal("store-unavailable"))
    error.__cause__ = causes[0]

    assert "try again" in faults.answer(error, "en").lines[0]


def test_settings_come_from_the_environment_and_options_win(cli: Line) -> None:
    env = {
        "CASEWORK_STORE": cli.store,
        "CASEWORK_ACTOR": "wu",
        "CASEWORK_ROLES": "worker,boss",
        "CASEWORK_PLUGINS": "tiny",
    }

    words = ("--no-installed", "open", "errand", "what=a", "--json", "--unit", "east")
    case = cli(*words, bare=True, **env)
    other = cli(*words, "--as", "yu", "--tenant", "other", bare=True, **env)

    assert '"unit": "east"' in case.stdout and 0 == other.exit_code


@pytest.mark.parametrize(
    ("env", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_locale_chooses_the_language(env: dict[str, str], language: str) -> None:
    assert language == Settings(env).language


def test_the_language_is_known_before_anything_is_parsed() -> None:
    assert {"lang": "zh"} == foretold(["show", "--lang=zh"]) == foretold(["--lang", "zh", "show"])
    assert {} == foretold(["fire", "--", "--lang", "zh"])


def test_an_unexpected_error_tells_its_place_and_not_its_words(cli: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Casework, **_: object) -> None:
        raise RuntimeError("CANARY")

    monkeypatch.setattr(Casework, "verify", fail)

    plain, loud = cli("verify", code=1), cli("-v", "verify", code=1)

    assert "unexpected RuntimeError at test_root.py" in plain.stderr
    assert "fail" in loud.stderr and "CANARY" not in plain.output + loud.output


def test_f78_nothing_that_was_stored_is_obeyed_by_a_terminal(cli: Line) -> None:
    evil = "a\x1b[2J\x1b]0;owned\x07b\r\ngone\u202eabc\x9b31m"
    case = cli.opened("kind=small", actor=BOSS)
    cli(*BOSS, "open", "errand", f"what={evil}")
    case = cli.json(*BOSS, "open", "errand", f"what={evil}", f"diagnosis={evil}")["case"]["id"]

    for words in (("show", case), ("history", case), ("show", case, "--json"), ("history", case, "--json")):
        shown = cli(*BOSS, *words).stdout
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
        assert "gone" in shown and "\ngone" not in shown
    assert r"a\x1b[2J\x1b]0;owned\x07b\r\ngone\u202eabc\x9b31m" in cli(*BOSS, "show", case).stdout
    assert evil == cli.json(*BOSS, "show", case)["case"]["data"]["what"]


def test_f78_errors_and_messages_are_as_harmless(cli: Line) -> None:
    result = cli(*WORKER, "fire", cli.opened(), "a\x1b[31m\nb", code=3)
    other = cli("draw", "\x1b[31m", code=2)

    assert r"\x1b[31m" in result.stderr and r"\x1b[31m" in other.stderr


def test_f78_the_log_is_one_line_a_record_without_what_cases_know(cli: Line) -> None:
    result = cli("-vv", *BOSS, "open", "errand", "what=CANARY-1", "diagnosis=CANARY-2")

    assert "info casework.cli: store " in result.stderr
    assert "CANARY" not in result.output
    assert [] == logging.getLogger("casework").handlers


def test_f78_a_record_cannot_forge_another(cli: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def log(self: Casework, **_: object) -> None:
        try:
            raise ValueError("CANARY")
        except ValueError:
            logging.getLogger("casework.test").exception("a\nerror forged\x1b[2J")

    monkeypatch.setattr(Casework, "verify", log)

    stderr = cli("verify", code=1).stderr

    assert r"error casework.test: a\nerror forged\x1b[2J (ValueError)" in stderr and "CANARY" not in stderr


def test_f78_markup_and_emoji_codes_mean_nothing(cli: Line) -> None:
    case = cli.json(*BOSS, "open", "errand", "what=[red]:smile:[/red]")["case"]["id"]

    assert "[red]:smile:[/red]" in cli(*BOSS, "show", case).stdout


def test_f78_clean_text_stays_as_it_is() -> None:
    assert "救助 é ‘a’ — 👪" == clean("救助 é ‘a’ — 👪")
    assert '{\n  "a": "\\u009b"\n}' == clean_json('{\n  "a": "\x9b"\n}')


def test_the_module_runs_as_a_program_and_without_a_terminal_uses_no_colour(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "casework", "--no-installed", "plugins"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True, encoding="utf-8",
    )  # fmt: skip

    assert done.stdout.startswith("casework ") and "\x1b" not in done.stdout


def test_a_plugin_that_claims_a_command_of_ours_is_named_as_the_conflict_it_is(
    cli: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("greedy")

    def casework_commands(cli: click.Group) -> None:
        cli.add_command(click.Command("verify"))

    module.casework_commands = hookimpl(casework_commands)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "greedy", module)

    assert "'verify' is claimed" in cli("--plugin", "greedy", "nosuch", code=4).stderr
    assert "'verify' is claimed" in cli("--plugin", "greedy", "--help").stdout, "help is given all the same"


def test_a_plugins_group_explains_itself_and_takes_the_global_options(
    cli: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    @command("hello", "Greet whoever acts.", "问候办理人。")
    @click.pass_obj
    def hello(session: Session) -> None:
        session.screen.line(session.actor.id)

    module = types.ModuleType("polite")

    def casework_commands(cli: click.Group) -> None:
        cli.add_command(group("greeting", "Greetings.", "问候。", [hello]))

    module.casework_commands = hookimpl(casework_commands)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "polite", module)

    assert "ana" in cli("--plugin", "polite", "greeting", "hello", "--as", "ana").stdout
    assert "问候办理人" in cli("--plugin", "polite", "greeting", "--lang", "zh", "--help").stdout
    assert "问候" in cli("--plugin", "polite", "--lang", "zh", "--help").stdout
