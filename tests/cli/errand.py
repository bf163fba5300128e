"""A tiny domain as a plugin, and the command line as tests call it."""

from __future__ import annotations

import json
import types
from datetime import date
from typing import Any

import attrs
import click
from click.testing import CliRunner, Result

from casework import (
    CaseType,
    Channel,
    Choice,
    Deadline,
    Demo,
    DemoRun,
    Doer,
    Message,
    Send,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    days,
    fact,
    field,
    hookimpl,
    keep,
)
from casework.cli.root import root

WORKER = ("--as", "li", "--role", "worker", "--unit", "north")
BOSS = ("--as", "bo", "--role", "boss")
KINDS = (Choice("small", Text("small", "小事")), Choice("large", Text("large", "大事")))


@attrs.frozen(kw_only=True)
class Errand:
    what: str = fact(en="what to do", zh="事项", max_length=100)
    kind: str | None = fact(default=None, en="kind", zh="类别", choices=KINDS)
    diagnosis: str | None = fact(default=None, en="diagnosis", zh="诊断", field_class="health")
    weight: int | None = fact(default=None, en="weight", zh="分量", minimum=0, maximum=9)
    day: date | None = fact(default=None, en="day", zh="日期")


@attrs.frozen(kw_only=True)
class Start:
    weight: int = fact(en="weight", zh="分量", minimum=0, maximum=9)
    kind: str | None = fact(default=None, en="kind", zh="类别", choices=KINDS)


CHAIN = Workflow(
    "errand",
    title=Text("errand", "差事"),
    initial="new",
    states=(
        State("new", title=Text("waiting", "待办"), grants={"note": "worker"}),
        State("doing", title=Text("under way", "进行中"), grants={"edit": "boss"}),
        State("done", title=Text("done", "已办"), final=True),
    ),
    transitions=(
        Transition(
            "start",
            "new",
            "doing",
            roles="worker",
            form=Start,
            effects=keep("weight", "kind"),
            title=Text("start", "开始"),
        ),
        Transition(
            "finish",
            "doing",
            "done",
            roles=("worker", "boss"),
            condition=field("weight") < 5,
            effects=[Send("sms", Doer(), {"said": "done"})],
            because=Text("heavy errands are for two", "重活需两人"),
            title=Text("finish", "办结"),
        ),
    ),
    deadlines=(Deadline("late", ("new", "doing"), days(1), title=Text("one day", "一日内办结")),),
)

ERRAND = CaseType(
    "errand",
    title=Text("errand", "差事案件"),
    chain=(CHAIN,),
    data=Errand,
    opens=("worker", "boss"),
    grants={"view": ["worker", "boss"], "erase": ["worker", "boss"], "hold": "boss"},
    readers={"personal": ["worker", "boss"], "health": "boss"},
    worklists=(Worklist("todo", ("new", "doing"), roles="worker", title=Text("to do", "待办事项")),),
)


class Telling:
    """What was sent, and what the demo was asked."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.runs: list[DemoRun] = []
        self.problems = 0
        self.reads = True

    def deliver(self, message: Message, key: str) -> None:
        self.sent.append(message.to)

    def story(self, run: DemoRun) -> int:
        self.runs.append(run)
        run.progress(run.cases, run.cases, "\x1b[2Jhalf")
        run.say("a story\n\x1b[31mof errands")
        return self.problems


def tiny(told: Telling) -> types.ModuleType:
    """The domain as a module with hooks."""
    module: Any = types.ModuleType("tiny")
    module.casework_case_types = hookimpl(_named("casework_case_types", lambda: [ERRAND]))
    module.casework_parts = hookimpl(
        _named("casework_parts", lambda: [Channel("sms", told.deliver, delivery="at_least_once")])
    )
    module.casework_demos = hookimpl(
        _named(
            "casework_demos", lambda: [Demo("errands", Text("errands", "差事"), told.story, takes_register=told.reads)]
        )
    )

    def casework_commands(cli: click.Group) -> None:
        cli.add_command(click.Command("greet", callback=lambda: click.echo("hello"), help="Greet."))

    module.casework_commands = hookimpl(casework_commands)
    module.errand = ERRAND
    return module  # type: ignore[no-any-return]


def _named(name: str, function: Any) -> Any:
    function.__name__ = name
    return function


@attrs.frozen
class Line:
    """Calls ``casework`` on one store with the tiny domain; an answer to ``--json`` is read."""

    store: str
    env: dict[str, str | None]

    def __call__(self, *words: str, code: int = 0, bare: bool = False, **env: str | None) -> Result:
        more = () if bare else ("--store", self.store, "--plugin", "tiny", "--no-installed")
        result = CliRunner().invoke(root, [*more, *words], env={**self.env, **env})
        assert code == result.exit_code, (words, result.stdout, result.stderr, result.exception)
        assert "Traceback" not in result.output
        assert "\x1b" not in result.output
        return result

    def json(self, *words: str, code: int = 0, **env: str | None) -> Any:
        result = self(*words, "--json", code=code, **env)
        assert "" == result.stderr
        return json.loads(result.stdout)

    def opened(self, *values: str, actor: tuple[str, ...] = WORKER) -> str:
        """A new errand's id."""
        return str(self.json(*actor, "open", "errand", "what=water", *values)["case"]["id"])
