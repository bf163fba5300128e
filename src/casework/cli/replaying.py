"""Retell recorded cases under a proposed definition: who would have been stopped, waited, lost what they may do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from casework import Actor, Case, CaseType, InvalidValue
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.looks import moment
from casework.cli.screen import Column
from casework.cli.selecting import of_type
from casework.cli.session import Session, document
from casework.cli.usage import Usage
from casework.hindsight import AccessChange, Replay, Replayed, Waited

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN = 20
"""How many cases of each kind are shown where a person looks; JSON has all of them."""


@command(
    "replay",
    "Retell recorded cases under a proposed definition: named ones, or all of its case type that you may view.\n"
    "Says which would have been stopped, where and why; whose deadlines would have been others; who would have lost\n"
    "or gained what they did. What the log does not tell is counted, never guessed. Nothing is written.",
    "按拟议的定义重演已记录的案件：指定案件，或您可查看的该类型全部案件。\n"
    "说明哪些案件会在何处因何被拒、哪些期限会不同、谁会失去或获得所办事项的权限。\n"
    "记录中无法得知的只计数，不猜测。不写入任何内容。",
)
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@option("--against", required=True, metavar="FILE", en="The proposal: a case type in YAML or JSON.", zh="拟议的定义。")
@option("--open", "open_only", is_flag=True, en="Open cases only.", zh="仅未结案件。")
@option(
    "--staff",
    type=FILE,
    metavar="FILE",
    en='Who had which roles, as a JSON list such as [{"id": "li", "roles": ["clerk"], "unit": "north"}].',
    zh='人员及其角色的 JSON 列表，如 [{"id": "li", "roles": ["clerk"], "unit": "north"}]。',
)
@json_option
@click.pass_obj
def replay(
    session: Session, cases: tuple[str, ...], against: str, open_only: bool, staff: Path | None, as_json: bool
) -> None:
    """Replay cases."""
    proposal = document(against)
    if not isinstance(proposal, CaseType):
        raise Usage("--against takes a case type, not a workflow", "--against 须为案件类型，不能是流程")
    chosen: Iterable[Case | str] = cases or of_type(session.desk, proposal.name, open_only=open_only)
    people = () if staff is None else _staff(staff, session.actor.tenant)
    found = session.opened.hindsight.replay(session.actor, chosen, proposal=proposal, staff=people)
    if as_json:
        session.screen.json(_json(found))
    else:
        _Report(session, found).show()


def _staff(path: Path, tenant: str) -> tuple[Actor, ...]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Actor(**{**item, "tenant": tenant}) for item in told)
    except (ValueError, TypeError, RecursionError) as error:
        more = error if isinstance(error, InvalidValue) else type(error).__name__
        raise Usage(f"--staff: {path} is no list of persons ({more})", f"--staff：{path} 不是人员列表") from None


def _json(found: Replay) -> dict[str, Any]:
    return {
        "case_type": found.case_type,
        "proposal": found.proposal,
        "counts": dict(found.counts),
        "access": [
            {"what": what, "role": role, "change": change, "entries": count}
            for (what, role, change), count in found.access.items()
        ],
        "cases": [_case(item) for item in found.cases],
    }


def _case(item: Replayed) -> dict[str, Any]:
    stop = item.stopped
    return {
        "case": item.case_id,
        "verdict": item.verdict,
        "entries": item.entries,
        "stopped": None
        if stop is None
        else {
            "entry": stop.entry,
            "at": plain.value(stop.at),
            "what": stop.what,
            "refusal": plain.refusal(stop.refusal),
        },
        "untold": [
            {
                "entry": one.entry,
                "cause": one.cause,
                "name": one.name,
                "en": one.sentence("en"),
                "zh": one.sentence("zh"),
            }
            for one in item.untold
        ],
        "waited": [_waited(one) for one in item.waited],
        "access": [_access(one) for one in item.access],
        "states": dict(item.states),
        "states_proposed": dict(item.states_proposed),
    }


def _waited(one: Waited) -> dict[str, Any]:
    def at(due: datetime | None) -> Any:
        return None if due is None else plain.value(due)

    return {
        "deadline": one.deadline,
        "began": at(one.began),
        "due": at(one.due),
        "breached": one.breached,
        "due_proposed": at(one.due_proposed),
        "breached_proposed": one.breached_proposed,
    }


def _access(one: AccessChange) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "what": one.what,
        "person": one.person,
        "lost": list(one.lost),
        "gained": list(one.gained),
        "concerned": one.concerned,
    }


class _Report:
    """What a person reads of a replay."""

    def __init__(self, session: Session, found: Replay) -> None:
        self._screen, self._found = session.screen, found

    def show(self) -> None:
        """Counts first, then the cases of each kind."""
        screen, counts = self._screen, self._found.counts
        screen.line(
            screen.told(
                f"{len(self._found.cases)} cases: {counts['same']} as they went, {counts['stopped']} stopped, "
                f"{counts['otherwise']} otherwise, {counts['untold']} that cannot be told",
                f"共 {len(self._found.cases)} 件：不变 {counts['same']}，被拒 {counts['stopped']}，"
                f"有变化 {counts['otherwise']}，无法得知 {counts['untold']}",
            )
        )
        self._stopped()
        self._waited()
        self._access()
        self._untold()

    def _table(self, en: str, zh: str, headings: list[tuple[str, str]], rows: list[list[str]]) -> None:
        if not rows:
            return
        self._screen.heading(self._screen.told(en, zh))
        columns = [Column(self._screen.told(*heading), whole=place == 0) for place, heading in enumerate(headings)]
        self._screen.table(columns, rows[:SHOWN])
        if len(rows) > SHOWN:
            more = len(rows) - SHOWN
            self._screen.note(f"and {more} more; --json shows all", f"另有 {more} 项；--json 可查看全部")

    def _stopped(self) -> None:
        rows = [
            [case.case_id, str(stop.entry), stop.what, stop.sentence(self._screen.language)]
            for case in self._found.cases
            if (stop := case.stopped) is not None
        ]
        headings = [("case", "案件"), ("entry", "记录"), ("what", "事项"), ("why", "原因")]
        self._table("Would have been stopped", "会被拒绝", headings, rows)

    def _waited(self) -> None:
        """Those that would have run out or been kept where they were not come first."""
        found = [(case.case_id, one) for case in self._found.cases for one in case.waited]
        found.sort(key=lambda item: item[1].breached == item[1].breached_proposed)
        rows = [
            [
                case_id,
                one.deadline,
                self._due(one.due, one.breached),
                self._due(one.due_proposed, one.breached_proposed),
            ]
            for case_id, one in found
        ]
        headings = [("case", "案件"), ("deadline", "期限"), ("was due", "原定"), ("would be due", "拟定")]
        self._table("Other deadlines", "期限不同", headings, rows)

    def _due(self, due: datetime | None, breached: bool | None) -> str:
        if due is None:
            return "-"
        over = {True: self._screen.told("ran out", "逾期"), False: self._screen.told("kept", "未逾期"), None: "?"}
        return f"{moment(due)} ({over[breached]})"

    def _access(self) -> None:
        change = {"lost": self._screen.told("loses it", "失去"), "gained": self._screen.told("gains it", "获得")}
        rows = [[what, role, change[kind], str(count)] for (what, role, kind), count in self._found.access.items()]
        headings = [("what was done", "所办事项"), ("role", "角色"), ("change", "变化"), ("entries", "记录数")]
        self._table("Who may do it", "权限变化", headings, rows)

    def _untold(self) -> None:
        rows = [
            [case.case_id, str(one.entry), one.sentence(self._screen.language)]
            for case in self._found.cases
            for one in case.untold
        ]
        headings = [("case", "案件"), ("from entry", "自记录"), ("why", "原因")]
        self._table("Cannot be told", "无法得知", headings, rows)
