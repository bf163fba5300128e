"""Commands and options that explain themselves in both languages, and take the global options in any place."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from casework import Language, Text
from casework.cli.session import Session

F = TypeVar("F", bound=Callable[..., Any])

HELP_WIDTH = 100
_HELP = Text("Show this help and stop.", "显示帮助并结束。")
_ANYWHERE = Text("The options of `casework --help` may stand here too.", "`casework --help` 中的选项也可写在此处。")


def session_of(ctx: click.Context) -> Session:
    """What the command line was started with."""
    session = ctx.find_root().obj
    assert isinstance(session, Session)
    return session


class Option(click.Option):
    """An option with its help in both languages."""

    def __init__(self, *args: Any, told: Text = Text(), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.told = told


def option(*names: str, en: str, zh: str, **attributes: Any) -> Callable[[F], F]:
    """Like ``click.option``, with help in both languages."""
    return click.option(*names, cls=Option, told=Text(en, zh), **attributes)


json_option = option(
    "--json", "as_json", is_flag=True, en="Answer with one JSON document.", zh="以一个 JSON 文档作答。"
)


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value not in (None, (), False, 0) and parameter.name is not None:
        given = session_of(ctx).settings.given
        given[parameter.name] = (*given.get(parameter.name, ()), *value) if isinstance(value, tuple) else value


_GLOBAL: tuple[tuple[tuple[str, ...], str, str, dict[str, Any]], ...] = (
    (("--store",), "Where the cases are: sqlite:///FILE.", "案件存放处：sqlite:///文件。", {"metavar": "URL"}),
    (
        ("--runner",),
        "The job engine that timers and messages run on.",
        "运行期限和消息的任务引擎。",
        {"type": click.Choice(["procrastinate"])},
    ),
    (("--blobs",), "Where the files of the cases are.", "案件附件存放的文件夹。", {"metavar": "DIR"}),
    (
        ("--keys",),
        "A folder with the keys of persons, or the word database.",
        "当事人密钥所在的文件夹，或 database。",
        {"metavar": "DIR"},
    ),
    (
        ("--master-keys", "master_key_file"),
        "The file of master keys that wrap them.",
        "主密钥文件。",
        {"metavar": "FILE"},
    ),
    (
        ("--erasures",),
        "The file that keeps who was erased; apart from the store.",
        "保存清除记录的文件，须与存储分开。",
        {"metavar": "FILE"},
    ),
    (
        ("--checkpoints",),
        "A folder with the checkpoints of the log; repeatable.",
        "存放总日志检查点的文件夹，可多次给出。",
        {"metavar": "DIR", "multiple": True},
    ),
    (("--log-key", "--key", "log_key"), "The public key of the log.", "总日志的公钥。", {"metavar": "KEY"}),
    (("--as", "actor"), "Who acts.", "办理人编号。", {"metavar": "ID"}),
    (
        ("--role", "roles"),
        "A role of whoever acts; R@UNIT in that unit.",
        "办理人的角色，可多次给出；R@单位 仅在该单位。",
        {"metavar": "R", "multiple": True},
    ),
    (("--unit",), "The unit of whoever acts.", "办理人所在单位。", {"metavar": "U"}),
    (("--units",), "A TOML file with the tree of units.", "单位层级的 TOML 文件。", {"metavar": "FILE"}),
    (("--purpose",), "A code for what one reads, for the access log.", "查阅用途代码。", {"metavar": "CODE"}),
    (("--tenant",), "Whose cases.", "租户。", {"metavar": "T"}),
    (("--person",), "Which person that really is.", "办理人本人（一人多号时）。", {"metavar": "P"}),
    (
        ("--plugin", "plugins"),
        "A module with hooks to use too.",
        "另外使用的插件模块。",
        {"metavar": "MODULE", "multiple": True},
    ),
    (
        ("--definition", "definitions"),
        "A document of a case type to use too.",
        "另外使用的案件类型文档。",
        {"metavar": "FILE", "multiple": True},
    ),
    (("--no-installed",), "Leave installed plugins alone.", "不使用已安装的插件。", {"is_flag": True}),
    (
        ("--lang",),
        "zh or en; else as the locale says.",
        "zh 或 en；默认依系统语言。",
        {"type": click.Choice(["zh", "en"])},
    ),
    (("-v", "--verbose"), "Tell on stderr what happens.", "在 stderr 上显示日志。", {"count": True}),
)


def global_options(*, hidden: bool) -> list[click.Parameter]:
    """The options that every command takes, fresh ones each time."""
    return [
        Option(
            names, told=Text(en, zh), hidden=hidden, expose_value=False, callback=_remember, is_eager=True, **attributes
        )
        for names, en, zh, attributes in _GLOBAL
    ]


class Command(click.Command):
    """A command with its help in both languages."""

    def __init__(self, *args: Any, told: Text = Text(), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.told = told
        self.params = [*self.params, *global_options(hidden=True)]

    def get_help(self, ctx: click.Context) -> str:
        """The help in the language of the call."""
        language = session_of(ctx).screen.language
        return help_text(self, ctx, self.told.in_(language), language, _ANYWHERE.in_(language))


def command(name: str, en: str, zh: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command; it answers with its exit code, or None for 0."""
    return click.command(name, cls=Command, told=Text(en, zh))


class Group(click.Group):
    """Commands under one word, such as those of a plugin, with help in both languages."""

    def __init__(self, *args: Any, told: Text = Text(), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.told = told
        self.params = [*self.params, *global_options(hidden=True)]

    def get_help(self, ctx: click.Context) -> str:
        """The overview of its commands in the language of the call."""
        language = session_of(ctx).screen.language
        rows = [(name, about(one, language)) for name, one in self.commands.items()]
        return help_text(self, ctx, self.told.in_(language), language, _ANYWHERE.in_(language), rows)


def group(name: str, en: str, zh: str, commands: Iterable[click.Command]) -> click.Group:
    """*commands* under one *name*, for a plugin to add: ``cli.add_command(group("fleet", …))``."""
    return Group(name, told=Text(en, zh), commands=list(commands))


def about(shown: click.Command, language: Language) -> str:
    """What a command does, in a line."""
    told = getattr(shown, "told", None)
    return told.in_(language).partition("\n")[0] if isinstance(told, Text) else shown.get_short_help_str(100)


def help_text(
    shown: click.Command, ctx: click.Context, about: str, language: Language, more: str = "", commands: Any = ()
) -> str:
    """Usage, what the command does, its options and commands; folded by cells, as Chinese needs it."""
    stream = io.StringIO()
    console = Console(file=stream, width=HELP_WIDTH, markup=False, emoji=False, highlight=False, no_color=True)
    console.print(f"{_usage(shown, ctx, language)}\n", soft_wrap=True)
    for paragraph in about.split("\n"):
        console.print(Padding(paragraph, (0, 0, 0, 2)))
    options = (_row(parameter, ctx, language) for parameter in shown.get_params(ctx))
    _section(console, Text("Options", "选项").in_(language), (row for row in options if row))
    _section(console, Text("Commands", "命令").in_(language), commands)
    if more:
        console.print(f"\n{more}")
    return "\n".join(line.rstrip() for line in stream.getvalue().rstrip().split("\n"))


def _usage(shown: click.Command, ctx: click.Context, language: Language) -> str:
    words = " ".join([ctx.command_path, *shown.collect_usage_pieces(ctx)])
    if language != "zh":
        return f"Usage: {words}"
    for en, zh in (("[OPTIONS]", "[选项]"), ("COMMAND [ARGS]...", "命令 [参数]..."), ("NAME=VALUE", "名称=值")):
        words = words.replace(en, zh)
    return f"用法：{words}"


def _row(parameter: click.Parameter, ctx: click.Context, language: Language) -> tuple[str, str] | None:
    record = parameter.get_help_record(ctx)
    if record is None or isinstance(parameter, click.Argument):
        return None
    told = parameter.told if isinstance(parameter, Option) else _HELP if "--help" in parameter.opts else Text(record[1])
    needed = Text(" [required]", "［必填］").in_(language) if parameter.required else ""
    return record[0], told.in_(language) + needed


def _section(console: Console, title: str, rows: Iterable[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    if table.row_count:
        console.print(f"\n{title}")
        console.print(Padding(table, (0, 0, 0, 2)))
