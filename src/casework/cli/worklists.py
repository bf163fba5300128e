"""What waits for whoever asks: all their worklists with counts, or the cases of one."""

from __future__ import annotations

from collections.abc import Iterator

import click

from casework import Case, CaseType, Desk, Page, Worklist
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.looks import Looks, moment
from casework.cli.screen import Column
from casework.cli.session import Session
from casework.cli.usage import Usage

COUNTED = 1_000
"""The engine counts no further."""


@command(
    "worklist",
    "Show the cases of a worklist, the most urgent first; without a name, your worklists.",
    "查看待办列表中的案件，最紧急的在前；不给名称时列出您的待办列表。",
)
@click.argument("name", required=False)
@option(
    "--type",
    "case_type",
    metavar="CASE_TYPE",
    en="Of which case type, if several have it.",
    zh="案件类型（有重名时）。",
)
@option(
    "--limit", type=click.IntRange(1, 200), default=50, metavar="N", en="So many at most (50).", zh="最多几件（50）。"
)
@option("--after", metavar="CURSOR", en="Those after the page that ended with it.", zh="接着上一页。")
@json_option
@click.pass_obj
def worklist(
    session: Session, name: str | None, case_type: str | None, limit: int, after: str | None, as_json: bool
) -> None:
    """Show what waits."""
    if name is None:
        _overview(session, case_type, as_json)
        return
    owner = owner_of(session, name, case_type)
    page = session.desk.worklist(owner, name, after=after, limit=limit)
    if as_json:
        session.screen.json({"case_type": owner, "worklist": name, **plain.page(page)})
        return
    _show(session, session.opened.manifests[owner].case_type, name, page)


def owner_of(session: Session, name: str, case_type: str | None) -> str:
    """The case type that has the worklist; the engine says no where none has."""
    if case_type is not None:
        return case_type
    owners = [item.name for item in session.opened.case_types if any(name == w.name for w in item.worklists)]
    if len(owners) > 1:
        both = ", ".join(owners)
        raise Usage(f"several case types have it ({both}); add --type", f"多个案件类型有此列表（{both}），请加 --type")
    if not owners:
        known = ", ".join(w.name for item in session.opened.case_types for w in item.worklists) or "-"
        raise Usage(f"there is no worklist {name!r}; there is {known}", f"没有待办列表“{name}”；现有：{known}")
    return owners[0]


def _overview(session: Session, case_type: str | None, as_json: bool) -> None:
    desk, screen = session.desk, session.screen
    found = [(item, listed, _count(desk, item, listed)) for item, listed in _mine(session, case_type)]
    if as_json:
        told = [
            {"case_type": item.name, "worklist": listed.name, "title": plain.text(listed.title), "waiting": count}
            for item, listed, count in found
        ]
        screen.json({"worklists": told, "counted_to": COUNTED})
        return
    if not found:
        screen.note("none of your roles has a worklist", "您的角色没有待办列表")
        return
    columns = (
        Column(screen.told("worklist", "待办列表"), whole=True),
        Column(screen.told("title", "标题")),
        Column(screen.told("waiting", "件数"), right=True, whole=True),
        Column(screen.told("case type", "案件类型")),
    )
    rows = [
        (
            listed.name,
            Looks(screen, item).title("worklist", listed.name),
            f"{count:,}{'+' if count >= COUNTED else ''}",
            Looks(screen, item).title("case_type", item.name),
        )
        for item, listed, count in found
    ]
    screen.table(columns, rows)


def _mine(session: Session, case_type: str | None) -> Iterator[tuple[CaseType, Worklist]]:
    for item in session.opened.case_types:
        for listed in item.worklists if case_type in (None, item.name) else ():
            if not session.actor.all_roles.isdisjoint(listed.roles):
                yield item, listed


def _count(desk: Desk, item: CaseType, listed: Worklist) -> int:
    return desk.waiting(item.name, listed.name)


def _show(session: Session, case_type: CaseType, name: str, page: Page) -> None:
    screen, looks = session.screen, Looks(session.screen, case_type)
    title, count = looks.title("worklist", name), f"{len(page.cases)}{'+' if page.more else ''}"
    cases = "case" if count == "1" else "cases"
    screen.line(screen.told(f"{title}: {count} {cases}", f"{title}：{count} 件"), "bold")
    if page.cases:
        screen.line()
        screen.table(_columns(session), (_row(session, looks, case) for case in page.cases))
    if page.damaged:
        screen.note(
            f"cannot be read: {page.damaged}; run `casework verify`",
            f"无法读取：{page.damaged} 件；请运行 casework verify",
        )
    if page.after is not None:
        screen.note(f"there are more: --after {page.after}", f"还有更多：--after {page.after}")


def _columns(session: Session) -> tuple[Column, ...]:
    told = session.screen.told
    return (
        Column(told("case", "案件"), whole=True),
        Column(told("states", "状态")),
        Column(told("next deadline", "最近期限")),
    )


def _row(session: Session, looks: Looks, case: Case) -> tuple[list[str], str, list[str]]:
    """Three columns, so that the id, which people copy, stays whole on a narrow terminal."""
    states = [looks.title("state", f"{workflow}.{state}") for workflow, state in case.states.items()]
    opened = session.screen.told(f"opened {moment(case.opened_at)}", f"立案 {moment(case.opened_at)}")
    about = f"{case.unit}, {opened}" if case.unit else opened
    if not case.dues:
        return [case.id, about], " · ".join(states), ["-"]
    name, due = min(case.dues.items(), key=lambda item: item[1])
    return [case.id, about], " · ".join(states), [looks.due(due, session.now()), looks.title("deadline", name)]
