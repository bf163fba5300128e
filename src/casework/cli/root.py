"""The command ``casework``: its commands and those of plugins, and the one place where errors become exit codes."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from casework import CaseworkError, Conflict, Text
from casework.cli import (
    access,
    adopting,
    advising,
    authority,
    backup,
    cases,
    changes,
    checkpoints,
    converting,
    deadlines,
    definitions,
    doctor,
    effects,
    enclosing,
    erasing,
    exporting,
    faults,
    health,
    importing,
    inbox,
    keys,
    planning,
    proving,
    replaying,
    roles,
    running,
    upkeep,
    working,
    worklists,
)
from casework.cli.clean import clean
from casework.cli.command import Option, about, global_options, help_text, session_of
from casework.cli.screen import Screen
from casework.cli.session import Session
from casework.cli.settings import Settings, foretold, wants_json
from casework.hookspecs import PROJECT
from casework.logs import JsonLines
from casework.plugins import Plugins

ABOUT = Text(
    "Run cases by checkable workflows: enforced, explained, provable.",
    "按可检验的流程办理案件：有约束、有说明、可证明。",
)
ENDS = Text(
    "Ends with 0 done, 1 unexpected, 2 wrong call, 3 refused, 4 unfit definition or setup,\n"
    "5 store cannot be used, 6 something does not add up.",
    "结束码：0 完成，1 意外，2 用法错误，3 被拒绝，4 定义或设置有误，5 存储不可用，6 核验不符。",
)
COMMANDS = (
    cases.open_case,
    cases.fire,
    changes.amend,
    changes.note,
    changes.assign,
    changes.claim,
    changes.correct,
    adopting.adopt,
    planning.versions,
    enclosing.enclose,
    enclosing.enclosures,
    enclosing.enclosure,
    enclosing.withdraw,
    access.break_glass,
    access.review,
    access.readings,
    cases.why_not,
    advising.what_helps,
    cases.show,
    cases.history,
    worklists.worklist,
    deadlines.deadlines,
    deadlines.derive,
    deadlines.extend,
    deadlines.try_rules,
    working.work,
    effects.effects,
    inbox.inbox,
    running.demo,
    definitions.check_command,
    proving.prove,
    authority.authority,
    definitions.draw,
    converting.convert,
    replaying.replay,
    upkeep.migrate,
    upkeep.verify,
    checkpoints.checkpoint,
    checkpoints.witness,
    checkpoints.log,
    keys.keys,
    erasing.erase,
    erasing.legal_hold,
    enclosing.blobs,
    upkeep.plugins,
    exporting.export,
    importing.import_command,
    doctor.doctor,
    health.health,
    backup.backup,
    backup.restore,
    roles.roles,
)


class _Added(click.Group):
    """What plugins add their commands to; a name is never taken twice."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        called = name or cmd.name or ""
        if called in self.commands or called in {command.name for command in COMMANDS}:
            raise Conflict("command", called, "casework or another plugin", "a plugin")
        super().add_command(cmd, name)


class Root(click.Group):
    """The group of all commands. Commands of plugins are asked for only where no own command has the name."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run one call and end the process with its exit code."""
        words = list(sys.argv[1:] if args is None else args)
        _writable()
        session = Session(Settings(os.environ, foretold(words)))
        try:
            code = super().main(words, PROJECT, complete_var, standalone_mode=False, obj=session, **extra)
        except (Exception, KeyboardInterrupt) as error:
            code = _failed(error, session, as_json=wants_json(words))
        finally:
            session.close()
        sys.exit(code if isinstance(code, int) else faults.OK)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command with its log messages on stderr."""
        with logged(ctx):
            return super().invoke(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of our own, or one that a plugin adds."""
        return super().get_command(ctx, cmd_name) or _added(ctx).commands.get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own in the order of work, then those of plugins."""
        return [*self.commands, *_added(ctx).commands]

    def get_help(self, ctx: click.Context) -> str:
        """The overview in the language of the call."""
        language = session_of(ctx).screen.language
        rows = [(name, about(command, language)) for name, command in self.commands.items()]
        try:
            rows += [(name, about(command, language)) for name, command in _added(ctx).commands.items()]
        except CaseworkError as error:
            rows.append(("?", str(error)))
        return help_text(self, ctx, ABOUT.in_(language), language, ENDS.in_(language), rows)


def _added(ctx: click.Context) -> _Added:
    session, group = session_of(ctx), _Added(PROJECT)
    Plugins(session.plugins).add_commands(group)
    return group


def _writable() -> None:
    """A terminal that cannot write a character shows its escape, rather than ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _failed(error: BaseException, session: Session, *, as_json: bool) -> int:
    answer = faults.answer(error, session.settings.language)
    if answer.exit_code == faults.UNEXPECTED and session.settings.given.get("verbose"):
        for place in faults.places(error):
            Screen.error_line(f"  {place}")
    if as_json:
        session.screen.json(answer.json())
        return answer.exit_code
    Screen.error_line(f"casework: {answer.lines[0]}", "bold red")
    for line in answer.lines[1:]:
        Screen.error_line(line)
    if answer.page:
        Screen.error_line(f"[{answer.page}]", "dim")
    return answer.exit_code


class _OneLine(logging.Formatter):
    """A record on one line, nothing in it obeyed by a terminal; of an exception its kind alone (F78)."""

    def format(self, record: logging.LogRecord) -> str:
        kind = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        return clean(f"{record.levelname.lower()} {record.name}: {record.getMessage()}{kind}")


@contextmanager
def logged(ctx: click.Context) -> Iterator[None]:
    """The log of casework on stderr while a command runs: warnings, or more with ``--verbose``."""
    logger = logging.getLogger(PROJECT)
    handler = logging.StreamHandler(sys.stderr)
    settings = session_of(ctx).settings
    handler.setFormatter(JsonLines() if settings.one("log") == "json" else _OneLine())
    before, count = logger.level, settings.given.get("verbose", 0)
    logger.addHandler(handler)
    logger.setLevel((logging.WARNING, logging.INFO, logging.DEBUG)[min(count, 2)])
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def _show_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        session_of(ctx).screen.line(f"casework {upkeep.own_version()}")
        ctx.exit(0)


_VERSION = Option(
    ["--version"],
    told=Text("Show the version and stop.", "显示版本并结束。"),
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
)

root = Root(PROJECT, params=[*global_options(hidden=False), _VERSION])
for _command in COMMANDS:
    root.add_command(_command)
