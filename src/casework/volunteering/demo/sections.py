"""The figures of the season as sections of the page."""

from __future__ import annotations

from casework import Text
from casework.report import Markup, bar, el, note, plot, section, table
from casework.volunteering.demo import plots
from casework.volunteering.demo.census import RECORDING
from casework.volunteering.demo.results import Results, level_rates
from casework.volunteering.demo.titles import (
    HELP,
    LACK,
    LEVEL,
    PAID,
    REASON,
    SERVICE,
    SETTLING,
    exact,
    hours,
    percent,
)
from casework.volunteering.demo.words import TEAMS, as_entered

_EXACT = Text("hours:minutes", "小时:分钟")


def tiles(results: Results) -> Markup:
    """The key figures."""
    census = results.census
    stated = sum(census.statements.values())
    disputed = census.settled["decided"] + census.settled["lapsed"] + census.settled["disputed"]
    told: tuple[tuple[str, Text], ...] = (
        (f"{results.volunteers}", Text("volunteers in 6 teams", "名志愿者，六支服务队")),
        (
            f"{census.activities['closed']}",
            Text(
                f"activities with {census.people_served:,} people served, {census.clinics} of them free clinics",
                f"场活动，服务{census.people_served:,}人次，其中义诊{census.clinics}次",
            ),
        ),
        (f"{census.services['credited']}", Text("services credited", "人次服务记入")),
        (hours(census.credited), Text("hours banked, each attested by two", "小时存入志愿服务银行，均经双方填写")),
        (percent(disputed, stated), Text("of the statements lay too far apart", "双方填写差异过大")),
        (f"{census.help['helped']}", Text("requests for help fulfilled", "次求助获得帮扶")),
        (f"{results.tally.codes.total()}", Text("refusals, each with its reason", "次拒绝，均说明原因")),
        (f"{results.verdict.entries}", Text("entries of the log verified", "条记录通过核验")),
    )
    return el(
        "div", [el("div", el("b", figure), el("small", what), class_="tile") for figure, what in told], class_="tiles"
    )


def bank(results: Results) -> Markup:
    """Minutes in and out, and where they are."""
    census, given = results.census, results.tally.given
    own, donated = census.paid["own"], census.paid["donated"]
    held = (census.ledger["time_bank"] - own, census.ledger["donated"] - donated)
    rows = (
        (Text("credited, both agreeing or decided", "记入（双方一致或经复核）"), exact(census.credited)),
        (Text("spent by those who had saved them", "本人兑换"), exact(own)),
        (Text("given away to the donated minutes", "捐入公益时间池"), exact(given)),
        (Text("of these spent for people without any", "其中用于无储蓄者"), exact(donated)),
        (Text("still saved by volunteers", "志愿者账户结余"), exact(held[0])),
        (Text("still among the donated minutes", "公益时间池结余"), exact(held[1])),
    )
    told = note(
        "Every minute is a posting from one account to another: what is credited is issued, what is spent is taken "
        "from where it was saved. The sum over all accounts is zero. Help that was asked for and is not over yet "
        "holds its minutes reserved.",
        "每一分钟都是账户之间的一笔记账：记入即发放，兑换即从储蓄中转出，所有账户之和为零。尚未结束的帮扶所需时间处于预留状态。",
    )
    return section(
        Text("The time bank", "志愿服务银行"),
        el(
            "div",
            plot(lambda language: plots.weeks_plot(census, language)),
            el("div", table((Text("posted", "时间"), _EXACT), rows, numbers=1), told),
            class_="pair",
        ),
    )


def statements(results: Results) -> Markup:
    """What the two sides said, and what came of it."""
    census = results.census
    names = ("agreed", "decided", "lapsed", "disputed", "awaiting", "none")
    top = max(census.settled.values(), default=1)
    rows = [(SETTLING[name], bar(count / top), str(count)) for name in names if (count := census.settled.get(name, 0))]
    told = note(
        "One dot for each pair of statements, larger the more there are; on the line both say the same. The certifier "
        "and the person served state time, content and minutes blind to each other. What both say is "
        "posted; a difference of more than fifteen minutes is a dispute, decided by somebody who is neither, or it "
        f"lapses after ten days. {census.late} services were settled more than {RECORDING.days} plain days after they "
        "were done; these stand for the ten working days of the rule, without regard to public holidays.",
        "每点为一组双方填写，越大越多，线上为两者相同。认证员与服务对象互不可见地填写时间、内容和工时。双方一致的部分记入；相差超过十五分钟的进入争议，"
        f"由第三人复核，十日未复核的差异失效。{census.late}人次在服务完成满{RECORDING.days}个自然日后才结清"
        "（以自然日代替规定的十个工作日，未扣除法定节假日）。",
    )
    heads = (Text("settled", "结算"), "", Text("services", "人次"))
    return section(
        Text("Two attestations", "双方认证"),
        el(
            "div",
            plot(lambda language: plots.statements_plot(census, language)),
            el("div", table(heads, rows, numbers=1), told),
            class_="pair",
        ),
    )


def taking_part(results: Results) -> Markup:
    """How the sign-ups ended, and what each team did."""
    census = results.census
    top = max(census.services.values(), default=1)
    rows = [(SERVICE[name], bar(count / top), str(count)) for name, count in census.services.most_common()]
    teams = [
        (title, str(team.services), exact(team.minutes), percent(team.absences, team.services + team.absences))
        for name, (title, _) in TEAMS.items()
        if (team := census.teams.get(name)) is not None
    ]
    heads = (Text("team", "服务队"), Text("services", "人次"), _EXACT, Text("absent", "未到岗"))
    return section(
        Text("Signing up and taking part", "报名与参加"),
        note(
            f"{census.waited} sign-ups went to a waiting list; {census.moved_up} of them moved up when somebody "
            "withdrew, first come first. A newcomer is not placed while anybody waits.",
            f"{census.waited}人次进入候补，其中{census.moved_up}人次在他人退出后按先后递补；有人候补时，新报名者不得插队。",
        ),
        el(
            "div",
            table((Text("ending", "结果"), "", Text("services", "人次")), rows, numbers=1),
            table(heads, teams, numbers=3),
            class_="pair",
        ),
    )


def helping(results: Results) -> Markup:
    """Requests for help, by priority."""
    census = results.census
    rows = [
        (REASON[name], str(len(census.waits[name])), f"{wait:.1f}", f"{max(census.waits[name]):.1f}")
        for name in ("urgent", "record", "order")
        if (wait := results.wait(name)) is not None
    ]
    paid = [(PAID[name], exact(census.paid[name])) for name in PAID if census.paid[name]]
    ended = [(HELP[name], str(count)) for name, count in census.help.most_common()]
    heads = (
        Text("why in this order", "排序依据"),
        Text("requests", "件"),
        Text("median days", "等候中位数（天）"),
        Text("longest", "最长"),
    )
    return section(
        Text("Help for hours, and the floor", "以时间换帮扶与兜底"),
        note(
            "Urgent need is due within a day, a good record within five, everybody else within ten; the list is read "
            "by that date. So a record brings forward, and nobody is overtaken for ever. Who has no minutes is paid "
            "for from donated ones, and after three days is helped without any.",
            "紧急需求一日内、有服务记录者五日内、其他十日内安排，按此期限排序：有记录者优先，但任何人不会被无限后排。"
            "本人没有储蓄的，由公益时间池支付；已等候三日的，不再以时间为条件。",
        ),
        el(
            "div",
            plot(lambda language: plots.waits_plot(census, language)),
            el(
                "div",
                table(heads, rows, numbers=3),
                table((Text("paid from", "时间来源"), _EXACT), paid, numbers=1),
                table((Text("ending", "结果"), Text("requests", "件")), ended, numbers=1),
            ),
            class_="pair",
        ),
    )


def grid(results: Results) -> Markup:
    """What each level of the grid solved, and what was missing."""
    census = results.census
    rates = level_rates(census)
    rows = [(LEVEL[level], str(ended), str(solved), percent(solved, ended)) for level, (ended, solved) in rates.items()]
    lacks = [(LACK[name], str(count)) for name, count in census.missing.most_common()]
    heads = (Text("level", "层级"), Text("had", "受理"), Text("solved", "办结"), Text("share", "占比"))
    return section(
        Text("Corridor, estate, community", "楼道、小区、社区三级网格"),
        note(
            "“Small matters stay in the grid, large ones in the community”, as a figure: a matter that cannot be "
            "solved passes upward with what was missing, and by itself after five days.",
            "把“小事不出网格，大事不出社区”变成数字：本级解决不了的写明所缺后上报，五日未办结的自动上报。",
        ),
        el(
            "div",
            plot(lambda language: plots.grid_plot(census, language)),
            el(
                "div",
                table(heads, rows, numbers=3),
                table((Text("what was missing", "所缺"), Text("matters", "件")), lacks, numbers=1),
            ),
            class_="pair",
        ),
    )


def yearly(results: Results) -> Markup:
    """Who is honoured by rule, and what employers are told."""
    rows = [
        (
            el("code", year.volunteer),
            exact(year.minutes),
            str(year.services),
            str(year.absences),
            "–" if year.rating is None else f"{year.rating:.1f}",
        )
        for year in results.honoured[:8]
    ]
    employers = [
        (as_entered(name), str(len(found)), exact(sum(year.minutes for year in found)))
        for name, found in results.employers.items()
    ]
    heads = (
        Text("volunteer", "志愿者"),
        _EXACT,
        Text("services", "人次"),
        Text("absent", "未到岗"),
        Text("rating", "评价"),
    )
    return section(
        Text("Honours by rule, and word to employers", "按标准表彰与向单位反馈"),
        note(
            f"{len(results.honoured)} volunteers meet the standard of the season: ten hours, at most five absences in "
            "a hundred, four stars. Employers hear only of those who agreed to it.",
            f"{len(results.honoured)}名志愿者达到本季标准：十小时以上，未到岗不超过百分之五，评价四星以上。"
            "仅向本人同意的单位反馈。",
        ),
        el(
            "div",
            table(heads, rows, numbers=4),
            table((Text("employer", "单位"), Text("volunteers", "人数"), _EXACT), employers, numbers=2),
            class_="pair",
        ),
    )


def refusals(results: Results) -> Markup:
    """What was refused, how often, and in which words."""
    tally = results.tally
    cards = [
        el(
            "div",
            el("span", sample.code, class_="code"),
            f" ×{tally.tries[key]} ",
            el("span", sample.why, class_="why"),
            el("p", sample.answer, class_="soft"),
            class_="no",
        )
        for key, sample in sorted(tally.samples.items())
    ]
    return section(
        Text("Refused, and why", "被拒绝的操作及原因"),
        note(
            f"{tally.codes.total()} attempts of {len(tally.codes)} kinds. Some are made on purpose, as people make "
            "them; others are the season's own, such as minutes that nobody has saved. A refusal precedes every "
            "write; the sentence is the engine's own.",
            f"共{len(tally.codes)}类{tally.codes.total()}次。一部分按常见失误有意设置，一部分是本季自然发生，如时间余额不足。"
            "拒绝发生在写入之前；以下为系统原话。",
        ),
        cards,
    )
