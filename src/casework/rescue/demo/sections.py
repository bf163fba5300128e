"""The figures of the month as sections of the page."""

from __future__ import annotations

from casework import Text
from casework.report import Markup, bar, el, join, note, plot, section, table
from casework.rescue.demo import plots
from casework.rescue.demo.figures import (
    AUTHORITIES,
    DEADLINES,
    NATIONAL,
    NATIONAL_SOURCE,
    NATIONAL_TOTAL,
    OUTCOME,
    RESCUE,
    SERVICE,
    SEX,
    WAY,
    percent,
)
from casework.rescue.demo.register import STATION_TIME
from casework.rescue.demo.results import Results


def tiles(results: Results) -> Markup:
    """The key figures."""
    census, seen = results.census, results.tally.seen
    over = [census.clocks.judged[name] for name in ("notice", "dna_request", "hospital_visit")]
    kept, late = sum(one.kept for one in over), sum(one.late for one in over)
    told: tuple[tuple[str, Text], ...] = (
        (f"{results.tally.people}", Text("people who arrived", "到站人员")),
        (f"{census.outcomes['reunited']}", Text("brought home", "护送返乡")),
        (f"{sum(census.ways.get(way, 0) for way in NATIONAL)}", Text("nameless people identified", "无名人员查明身份")),
        (f"{census.hospital}", Text("treated in hospital", "住院救治")),
        (
            percent(kept, kept + late),
            Text(
                "of the clocks for notices, DNA requests and visits ended before they ran out",
                "寻亲公告、DNA、探视期限届满前结束",
            ),
        ),
        (f"{seen.counts.total()}", Text("mistakes refused, with reasons", "误操作被拒绝并说明原因")),
        (
            f"{census.services.total()}",
            Text("services given: clothing, food, lodging, travel, medicine", "次衣食住行医服务"),
        ),
        (f"{results.verdict.entries}", Text("entries of the log verified", "条记录通过核验")),
    )
    return el(
        "div", [el("div", el("b", figure), el("small", what), class_="tile") for figure, what in told], class_="tiles"
    )


def outcomes(results: Results) -> Markup:
    """How the cases ended, and what people were given."""
    census = results.census
    top = max(census.outcomes.values(), default=1)
    rows = [
        (OUTCOME[name], bar(count / top), str(count), percent(count, census.cases))
        for name, count in census.outcomes.most_common()
    ]
    most = max(census.services.values(), default=1)
    given = [
        (SERVICE[name], bar(count / most), str(count)) for name in SERVICE if (count := census.services.get(name, 0))
    ]
    heads = (Text("outcome", "去向"), "", Text("cases", "人次"), Text("share", "占比"))
    return section(
        Text("How the cases ended", "去向与服务"),
        el(
            "div",
            table(heads, rows, numbers=2),
            table((Text("service", "服务"), "", Text("given", "次数")), given, numbers=1),
            class_="pair",
        ),
    )


def identified(results: Results) -> Markup:
    """What led to the names of those who could not say them, beside the nation."""
    ways = results.census.ways
    total = sum(ways.get(way, 0) for way in NATIONAL)
    rows = [
        (WAY[way], str(ways.get(way, 0)), percent(ways.get(way, 0), total), percent(count, NATIONAL_TOTAL))
        for way, count in NATIONAL.items()
    ]
    others = [(WAY[way], str(ways[way]), "", "") for way in sorted(ways.keys() - NATIONAL.keys())]
    heads = (Text("way", "途径"), Text("people", "人数"), Text("share", "占比"), Text("nation", "全国"))
    return section(
        Text("How people were identified", "身份如何查明"),
        note(
            f"Shares among the {total} who could not say who they were. {NATIONAL_SOURCE.en}.",
            f"占不能说明身份的{total}人的比例。对照：{NATIONAL_SOURCE.zh}。",
        ),
        el(
            "div",
            plot(lambda language: plots.ways_plot(ways, language)),
            table(heads, rows + others, numbers=3),
            class_="pair",
        ),
    )


def beds(results: Results) -> Markup:
    """Beds over the month, by sex."""
    rows = []
    for sex, title in SEX.items():
        level = results.peak(sex)
        if level is not None:
            rows.append((title, f"{level.used} / {level.beds}", f"{level.at.astimezone(STATION_TIME):%m-%d %H:00}"))
    refused = results.tally.seen.counts["limit-reached"]
    heads = (Text("rooms", "分区"), Text("in use / set up", "已用／启用"), Text("fullest hour", "高峰时刻"))
    told = note(
        "Beds in use by the hour; the dashed line is the beds set up. Each bed taken or given back is a posting of "
        f"the ledger, so no bed is counted twice. It refused {refused} times to go below zero; whoever found the "
        "house full three times got a camp bed, which lifts the line.",
        "按小时统计的在用床位，虚线为启用床位。每次入住、退出都记入台账，床位不会重复计算。"
        f"余量不足被拒{refused}次；三次未排上的，由站长加设临时床位，虚线随之上移。",
    )
    drawn = plot(lambda language: plots.beds_plot(results.levels, language))
    beside = el("div", table(heads, rows, numbers=2), told)
    return section(Text("Beds", "床位"), el("div", drawn, beside, class_="pair"))


def deadlines(results: Results) -> Markup:
    """Each deadline with the rule behind it: ended before it ran out, ran out, still running."""
    rows = []
    for name in DEADLINES:
        judged = results.census.clocks.judged[name]
        rail = el("span", el("span", "", class_="bar", style=f"width:{judged.share * 100:.0f}%"), class_="rail")
        share = percent(judged.kept, judged.kept + judged.late)
        what = join(RESCUE.deadlines[name], el("div", AUTHORITIES[name], class_="note"))
        rows.append((what, rail, share, str(judged.kept), str(judged.late), str(judged.running)))
    heads = (
        Text("deadline and rule", "期限与依据"),
        "",
        Text("ended before it ran out", "届满前结束占比"),
        Text("before", "届满前结束"),
        Text("ran out", "届满"),
        Text("running", "未到期"),
    )
    extended = results.census.triggers["file_extension"]
    return section(
        Text("Deadlines", "期限"),
        table(heads, rows, numbers=4, kind="keep"),
        note(
            "Judged from the log: cases, restarts counted. A deadline ends before it runs out when the step was taken "
            "or was no longer called for: whoever says who they are needs no DNA request, whoever is home no "
            f"settlement. For stays of more than ten days {extended} extensions were filed.",
            "依据记录逐案核算，按案件计，重新起算的另计。届满前结束，是指已办理，或不再需要办理："
            f"本人能说明身份的不必采集DNA，已返乡的不必安置。在站超过十日的，共报备延长{extended}次。",
        ),
    )


def refusals(results: Results) -> Markup:
    """What was refused, how often, and in which words."""
    seen = results.tally.seen
    cards = [
        el(
            "div",
            el("span", sample.code, class_="code"),
            f" ×{seen.tries[key]} ",
            el("span", sample.why, class_="why"),
            el("p", sample.answer, class_="soft"),
            class_="no",
        )
        for key, sample in sorted(seen.samples.items(), key=lambda item: (item[1].code, item[0]))
    ]
    return section(
        Text("Mistakes refused, and why", "被拒绝的误操作及原因"),
        note(
            f"{seen.counts.total()} attempts of {len(seen.counts)} kinds, made on purpose as staff would make them. "
            "A refusal precedes every write; the sentence is the engine's own.",
            f"按工作人员常见失误有意设置，共{len(seen.counts)}类{seen.counts.total()}次。"
            "拒绝发生在写入之前；以下为系统原话。",
        ),
        cards,
    )
