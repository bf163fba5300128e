"""The season's report as one page: no script, no font, no picture from elsewhere; both languages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from casework import CaseType, HistoryEntry, Language, Text, Workflow, svg
from casework.report import CSS, LANGUAGES, Child, Markup, both, document, el, heading, note, section, table
from casework.volunteering.demo.plan import SEASON
from casework.volunteering.demo.results import Results
from casework.volunteering.demo.sections import (
    bank,
    grid,
    helping,
    refusals,
    statements,
    taking_part,
    tiles,
    yearly,
)
from casework.volunteering.demo.stage import TICK
from casework.volunteering.demo.titles import ACCOUNT, SERVICE, SETTLING, STEP, TYPES
from casework.volunteering.demo.words import HOUSEHOLDS, RESIDENTS, as_entered
from casework.volunteering.yearly import CHINA

TITLE = Text("A season of Changhe community", "昌和社区志愿服务一季")
_KINDS = {"open": Text("signed up", "报名"), "timer": Text("by the clock", "期限触发")}
_STATEMENTS = ("certify", "attest")


def write_page(results: Results, path: Path, language: Language) -> Path:
    """Write the page to *path*, opened in *language*."""
    path.write_text(page(results, language), encoding="utf-8", newline="\n")
    return path


def page(results: Results, language: Language) -> str:
    """The whole page as text."""
    first, last = SEASON
    below = Text(
        f"{first} to {last}, followed until {results.until.astimezone(CHINA):%Y-%m-%d}. {HOUSEHOLDS:,} households and "
        f"{RESIDENTS:,} residents in four estates. Made up from seed {results.seed}: nobody in it exists.",
        f"{first}至{last}，跟踪至{results.until.astimezone(CHINA):%Y-%m-%d}。四个小区，{HOUSEHOLDS:,}户、{RESIDENTS:,}人。"
        f"由种子{results.seed}虚构，人物均不存在。",
    )
    parts = [part(results) for part in _PARTS]
    return document(TITLE, CSS, language, heading(TITLE, below), parts, _footer())


def _verdict(results: Results) -> Markup:
    verdict = results.verdict
    good = Text("Verified: the records are whole", "核验结果：记录完整")
    bad = Text(
        f"Not whole: {len(verdict.faults)} faults, {len(results.problems)} problems",
        f"核验结果：{len(verdict.faults)}处损坏，{len(results.problems)}处不符",
    )
    told = Text(
        f"{verdict.cases} cases and {verdict.entries} entries were read again: every chain of hashes, every sealed "
        "value against its commitment, every current row against its log, every minute and every place against its "
        "postings. What the players counted, what the records say and what the ledger holds is the same. To repeat "
        "it: casework verify.",
        f"重新读取{verdict.cases}件案件、{verdict.entries}条记录：逐条核对哈希链、密封内容与其承诺值、当前数据与记录、"
        "每一分钟和每一个名额与台账；演示所计、记录所载与台账所存三者一致。可用casework verify复核。",
    )
    lines = [el("p", line, class_="soft") for line in (*map(str, verdict.faults), *results.problems)[:20]]
    box = el("div", el("strong", good if results.whole else bad), el("div", told, class_="soft"), lines)
    return el("section", box, class_="verdict" if results.whole else "verdict bad")


def _story(results: Results) -> Markup:
    if results.followed is None:
        return Markup("")
    case, log = results.followed
    every = TICK // timedelta(hours=1)
    return section(
        Text("One service, two words, one decision", "一次服务，两份填写，一次复核"),
        note(
            "The log of a service whose two statements lay apart, as an auditor sees it: who did what and when, and "
            "not a word of what either side wrote. Statements are orange. The comparison is the clock's: due a "
            "minute after the second one, and made when deadlines are next worked off, here every "
            f"{every} hours. So nobody can ask beforehand what a statement would lead to.",
            "一次双方填写不一致的服务，监督人员所见的全部记录：何人何时做了什么，不含任何一方所写内容。橙色为双方填写。"
            f"比对在第二份填写一分钟后到期，由系统在下一次处理到期事项时进行（本演示每{every}小时处理一次），任何人无法事先试探。",
        ),
        el("p", el("code", case.id[-12:]), " ", SERVICE[case.state], " · ", SETTLING[case.states["settling"]]),
        el("ol", [_entry(entry) for entry in log], class_="line"),
    )


def _entry(entry: HistoryEntry) -> Markup:
    at = entry.at.astimezone(CHINA)
    entered = [step for step in entry.steps if step.entered]
    told = [el("span", _state(step.workflow, step.target), class_="to") for step in entered]
    posts: list[Child] = [
        el(
            "span",
            ACCOUNT[debit.partition("|")[0]],
            " → ",
            ACCOUNT[credit.partition("|")[0]],
            f" {amount}",
            class_="to",
        )
        for debit, credit, _, amount in entry.postings
    ]
    kind = "sign" if entry.trigger in _STATEMENTS else "move" if entered else None
    return el(
        "li",
        el("time", f"{at:%m-%d %H:%M}", datetime=at.isoformat()),
        el("b", STEP.get(entry.trigger) or _KINDS.get(entry.kind, Text(entry.kind, entry.kind))),
        " ",
        el("span", f"#{entry.number} {entry.actor}", class_="by"),
        el("div", told, posts),
        el("span", entry.hash, class_="hash"),
        class_=kind,
    )


def _state(workflow: str, name: str) -> Text:
    of = next(one for one in TYPES["service"].chain if one.name == workflow)
    title = of.state(name).title
    return Text(f"{of.title.en}: {title.en}", f"{of.title.zh}：{title.zh}")


def _diagrams(results: Results) -> Markup:
    def drawn(language: Language) -> Child:
        main, *sides, settling = [
            el("div", Markup(svg(_alone(workflow), language=language)), class_="diagram", tabindex=0)
            for workflow in TYPES["service"].chain
        ]
        return [main, el("div", sides, class_="pair small"), settling]

    zh, en = (drawn(language) for language in LANGUAGES)
    return section(
        Text("The chain of a service", "一次服务的流程链"),
        note(
            "Taking part, the two statements beside each other, and what is made of them.",
            "参加服务、并行的双方填写，以及结算。",
        ),
        both("div", zh, en),
    )


def _alone(workflow: Workflow) -> CaseType:
    """One workflow of a service as a picture of its own, with the titles of the roles."""
    return CaseType(workflow.name, title=workflow.title, chain=[workflow], roles=TYPES["service"].roles)


def _cases(results: Results) -> Markup:
    rows = [
        (
            el("code", case.id[-12:]),
            f"{case.opened_at.astimezone(CHINA):%m-%d %H:%M}",
            as_entered(str(case.data["what"])),
            SERVICE[case.state],
            SETTLING[case.states["settling"]],
            str(case.data.get("credited_minutes", "–")),
        )
        for case in results.census.lines
    ]
    heads = (
        Text("service", "服务"),
        Text("signed up", "报名"),
        Text("task", "任务"),
        Text("state", "状态"),
        Text("settled", "结算"),
        Text("minutes", "分钟"),
    )
    return section(
        Text("Some services", "部分服务"),
        note(
            f"{len(rows)} of {results.census.cases['service']}, a few of each ending; without anybody's name.",
            f"共{results.census.cases['service']}人次，每种结果列出若干，不含姓名。",
        ),
        table(heads, rows, kind="wide", numbers=1),
    )


def _footer() -> Markup:
    return el(
        "footer",
        Text(
            "The size of the community, its teams and its calendar are those of a published report; people and events "
            "are made up. Tasks and employers were entered in Chinese and are translated for this page, which loads "
            "nothing from elsewhere.",
            "社区规模、服务队和活动日历取自公开报告，人物和事件均为虚构。本页不加载任何外部内容。",
        ),
    )


_PARTS = (
    _verdict,
    tiles,
    bank,
    statements,
    taking_part,
    helping,
    grid,
    yearly,
    refusals,
    _story,
    _diagrams,
    _cases,
)
