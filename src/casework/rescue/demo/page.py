"""The report as one page: no script, no font, no picture from elsewhere; both languages, switched by style alone."""

from __future__ import annotations

from pathlib import Path

from casework import Language, Text, svg
from casework.report import (
    CSS,
    LANGUAGES,
    Child,
    Markup,
    both,
    document,
    el,
    heading,
    join,
    note,
    section,
    table,
)
from casework.rescue.casetype import rescue
from casework.rescue.demo.census import SHOWN, Line
from casework.rescue.demo.figures import BRINGER, RESCUE, WAY
from casework.rescue.demo.reading import Problem
from casework.rescue.demo.register import COLUMNS, STATION_TIME
from casework.rescue.demo.results import Results
from casework.rescue.demo.sections import (
    beds,
    deadlines,
    identified,
    outcomes,
    refusals,
    tiles,
)
from casework.rescue.demo.story import configuration, story

TITLE = Text("A month of Anlu rescue station", "安陆市救助站一个月")


def write_page(results: Results, path: Path, language: Language) -> Path:
    """Write the page to *path*, opened in *language*."""
    path.write_text(page(results, language), encoding="utf-8", newline="\n")
    return path


def page(results: Results, language: Language) -> str:
    """The whole page as text."""
    parts = [part(results) for part in _PARTS]
    return document(TITLE, CSS, language, _header(results), parts, _footer())


def _header(results: Results) -> Markup:
    tally = results.tally
    first, last = (f"{at.astimezone(STATION_TIME):%Y-%m-%d}" if at else "–" for at in (tally.first, tally.arrived))
    until = f"{results.until.astimezone(STATION_TIME):%Y-%m-%d}"
    below = Text(
        f"Arrivals {first} to {last}, followed until {until}. Made up from seed {results.seed}: nobody in it exists.",
        f"到站时间{first}至{last}，跟踪至{until}。由种子{results.seed}虚构，人物均不存在。",
    )
    return heading(TITLE, below)


def _verdict(results: Results) -> Markup:
    verdict = results.verdict
    good = Text("Verified: the records are whole", "核验结果：记录完整")
    bad = Text(
        f"Not whole: {len(verdict.faults)} faults, {len(results.problems)} problems",
        f"核验结果：{len(verdict.faults)}处损坏，{len(results.problems)}处不符",
    )
    told = Text(
        f"{verdict.cases} cases and {verdict.entries} entries were read again: every chain of hashes, every sealed "
        "value against its commitment, every current row against its log, every bed against its postings. "
        "To repeat it: casework verify.",
        f"重新读取{verdict.cases}件案件、{verdict.entries}条记录：逐条核对哈希链、密封内容与其承诺值、"
        "当前数据与记录、床位与台账。可用casework verify复核。",
    )
    lines = [el("p", line, class_="soft") for line in (*map(str, verdict.faults), *results.problems)[:20]]
    box = el("div", el("strong", good if results.whole else bad), el("div", told, class_="soft"), lines)
    return el("section", box, class_="verdict" if results.whole else "verdict bad")


def _story(results: Results) -> Markup:
    if not results.hops:
        return Markup("")
    return section(
        Text("Three hand-overs, and a hospital", "三程接力与住院"),
        note(
            "The relay that the local press told of in April 2024: Lianyungang → Xiaogan → Anlu → street office and "
            "home → hospital. Its days are kept, its month is July; from the hospital on it is made up. One case for "
            "each station; each hand-over is signed by one person and countersigned by another (orange). "
            "Below each entry stands its hash, which covers the entry before.",
            "再现当地媒体2024年4月报道的接力护送：连云港→孝感→安陆→街道办事处和家中→医院。保留日期，月份改为7月；"
            "住院之后的经过为虚构。每站一案，每次交接由一人签字、另一人登记接收（橙色）。"
            "每条下方为其哈希，哈希涵盖前一条。",
        ),
        story(results.hops),
    )


def _diagrams(results: Results) -> Markup:
    hop = results.hops[-1] if results.hops else None
    states = configuration(hop, "admit") if hop is not None else None

    def drawn(language: Language) -> Child:
        pictures = [
            svg(
                workflow,
                language=language,
                states=None if states is None else {workflow.name: states[workflow.name]},
            )
            for workflow in rescue.chain
        ]
        return [el("div", Markup(picture), class_="diagram", tabindex=0) for picture in pictures]

    zh, en = (drawn(language) for language in LANGUAGES)
    return section(
        Text("Where the case stands in its workflows", "案件在各流程中的位置"),
        note(
            "The chain of the rescue case. Blue: where the person who is followed stood on the day of the hospital.",
            "救助案件的流程链。蓝色为所跟踪人员入院当日所处的状态。",
        ),
        both("div", zh, en),
    )


def _cases(results: Results) -> Markup:
    lines = results.census.lines
    heads = (
        Text("case", "案件"),
        Text("arrived", "到站"),
        Text("brought by", "护送来站方式"),
        Text("state", "状态"),
        Text("identified through", "查明途径"),
        Text("closed", "结案"),
        Text("entries", "记录"),
        Text("latest hash", "最新哈希"),
    )
    told = note(
        f"{len(lines)} of {results.census.cases} cases, as an auditor sees them: no names, no health, no places.",
        f"共{results.census.cases}件，列出{len(lines)}件；为监督人员所见，不含姓名、健康和地点信息。",
    )
    return section(
        Text("Cases", "案件一览"), told, table(heads, [_case(line) for line in list(lines)[:SHOWN]], kind="wide")
    )


def _case(line: Line) -> tuple[Child, ...]:
    case = line.case
    closed = f"{case.closed_at.astimezone(STATION_TIME):%m-%d}" if case.closed_at is not None else "–"
    way = case.data.get("identified_by")
    return (
        el("code", case.id[-12:]),
        f"{case.opened_at.astimezone(STATION_TIME):%m-%d %H:%M}",
        BRINGER.get(str(case.data.get("brought_by")), Text("–", "–")),
        RESCUE.states["rescue", case.state],
        WAY[str(way)] if way is not None else "–",
        closed,
        str(line.entries),
        el("code", line.head[:12]),
    )


# What stands in these columns is personal; the page says that it is wrong, not what it was.
_SHOWN_COLUMNS = frozenset(
    {"number", "arrived_at", "brought_by", "can_state_identity", "needs_hospital", "in_station", "outcome", "days"}
)
_SHOWN_TITLES = frozenset(column.title for column in COLUMNS if column.name in _SHOWN_COLUMNS)


def _errors(results: Results) -> Markup:
    imported = results.imported
    if imported is None:
        return Markup("")
    rows = [
        (str(item.line), problem.column, _wrong(problem), problem.right)
        for item in imported.rejected
        for problem in item.problems
    ]
    heads = (
        Text("line", "行"),
        Text("column", "栏目"),
        Text("what is wrong", "差错"),
        Text("what would be right", "应填"),
    )
    return section(
        Text("A register with mistakes", "有差错的登记表"),
        note(
            f"{imported.taken} lines were taken over as they are and read back; {len(imported.rejected)} were not, "
            "and left nothing behind. What stood in personal columns is shown on the terminal only.",
            f"{imported.taken}行原样导入并读回核对；{len(imported.rejected)}行退回，未留下任何内容。"
            "涉及个人信息的栏目，原内容只在终端显示。",
        ),
        table(heads, rows, kind="stack"),
    )


def _wrong(problem: Problem) -> Text:
    if problem.column in _SHOWN_TITLES or "“" not in problem.wrong.en:
        return problem.wrong
    return Text("what stands there cannot be taken", "所填内容无法接受")


def _footer() -> Markup:
    return el(
        "footer",
        join(
            Text(
                "Streets and townships are those of Anlu; people, names and complaints are made up. "
                "The page loads nothing from elsewhere.",
                "街道乡镇为安陆真实地名，人物、姓名、病情均为虚构。本页不加载任何外部内容。",
            )
        ),
    )


_PARTS = (
    _verdict,
    tiles,
    outcomes,
    identified,
    beds,
    deadlines,
    refusals,
    _story,
    _diagrams,
    _errors,
    _cases,
)
