"""The plots of the season's report."""

from __future__ import annotations

from typing import Any

from casework import Language, Text
from casework.report import AMBER, BLUE, GREY, Markup, drawn
from casework.volunteering.demo.census import Census
from casework.volunteering.demo.results import level_rates
from casework.volunteering.demo.titles import LEVEL, REASON
from casework.volunteering.rules import USUAL

_WIDTH = 330
_EARNED, _SPENT = Text("credited", "记入"), Text("spent on help", "兑换帮扶")
_WEEK, _HOURS = Text("week of service", "服务所在周"), Text("hours", "小时")
_CERTIFIED = Text("certifier (minutes)", "认证员所报（分钟）")
_CONFIRMED = Text("person served (minutes)", "服务对象所报（分钟）")
_CLOSE, _APART = Text("agreed", "一致"), Text("disputed", "有争议")
_SOLVED, _PASSED = Text("solved here", "本级办结"), Text("passed on", "向上转出")
_DAYS = Text("days until matched", "等候天数")


def weeks_plot(census: Census, language: Language) -> Markup:
    """Hours credited and spent, week by week."""
    import altair as alt

    rows: list[dict[str, Any]] = []
    for what, weeks in ((_EARNED, census.weeks), (_SPENT, census.spent_weeks)):
        rows += [
            {"week": f"{week:%Y-%m-%d}T00:00:00", "hours": minutes / 60, "what": what.in_(language)}
            for week, minutes in sorted(weeks.items())
        ]
    names = [_EARNED.in_(language), _SPENT.in_(language)]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(width=7)
        .encode(
            x=alt.X("week:T", title=_WEEK.in_(language), axis=alt.Axis(format="%-m/%-d", tickCount=8, grid=False)),
            xOffset=alt.XOffset("what:N", sort=names),
            y=alt.Y("hours:Q", title=_HOURS.in_(language), axis=alt.Axis(tickCount=4)),
            color=alt.Color("what:N", sort=names, scale=alt.Scale(domain=names, range=[BLUE, AMBER])).legend(
                orient="top", title=None
            ),
        )
    )
    return drawn(chart.properties(width=_WIDTH, height=150), f"weeks-{language}")


def statements_plot(census: Census, language: Language) -> Markup:
    """What both said of each service: on the line they agree; the larger the dot, the more services."""
    import altair as alt

    rows: list[dict[str, Any]] = [
        {
            "certified": certified,
            "confirmed": confirmed,
            "n": count,
            "what": (_APART if abs(certified - confirmed) > USUAL.tolerance else _CLOSE).in_(language),
        }
        for (certified, confirmed), count in sorted(census.statements.items())
    ]
    names = [_CLOSE.in_(language), _APART.in_(language)]
    top = max((max(row["certified"], row["confirmed"]) for row in rows), default=60) + 10
    scale = alt.Scale(domain=[0, top])
    x = alt.X("certified:Q", title=_CERTIFIED.in_(language), scale=scale, axis=alt.Axis(tickCount=5))
    y = alt.Y("confirmed:Q", title=_CONFIRMED.in_(language), scale=scale, axis=alt.Axis(tickCount=5))
    dots = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_circle(opacity=0.75)
        .encode(
            x=x,
            y=y,
            size=alt.Size("n:Q", scale=alt.Scale(range=[18, 420]), legend=None),
            color=alt.Color("what:N", sort=names, scale=alt.Scale(domain=names, range=[BLUE, AMBER])).legend(
                orient="top", title=None
            ),
        )
    )
    ends = alt.InlineData(values=[{"certified": 0, "confirmed": 0}, {"certified": top, "confirmed": top}])
    line = alt.Chart(ends).mark_line(color=GREY, strokeDash=[4, 3]).encode(x=x, y=y)
    layered = alt.layer(line, dots).properties(width=_WIDTH, height=270)
    return drawn(layered, f"statements-{language}")


def waits_plot(census: Census, language: Language) -> Markup:
    """How long requests for help waited, by the reason for their place in the queue."""
    import altair as alt

    order = [REASON[name].in_(language) for name in ("urgent", "record", "order")]
    rows = [
        {"reason": REASON[name].in_(language), "days": round(wait, 3)}
        for name in ("urgent", "record", "order")
        for wait in census.waits.get(name, ())
    ]
    y = alt.Y("reason:N", sort=order, title=None, axis=alt.Axis(labelLimit=170, ticks=False, domain=False))
    x = alt.X("days:Q", title=_DAYS.in_(language), axis=alt.Axis(tickCount=6, tickMinStep=1, format="d"))
    base = alt.Chart(alt.InlineData(values=rows))
    ticks = base.mark_tick(color=BLUE, opacity=0.5, thickness=2, size=20).encode(x=x, y=y)
    middle = base.mark_point(color=AMBER, filled=True, size=80).encode(
        x=alt.X("median(days):Q", title=_DAYS.in_(language)), y=y
    )
    return drawn((ticks + middle).properties(width=_WIDTH - 130, height=alt.Step(38)), f"waits-{language}")


def grid_plot(census: Census, language: Language) -> Markup:
    """How much of what came up each level solved itself."""
    import altair as alt

    rows: list[dict[str, Any]] = []
    for level, (ended, solved) in level_rates(census).items():
        for order, (what, count) in enumerate(((_SOLVED, solved), (_PASSED, ended - solved))):
            rows.append({"level": LEVEL[level].in_(language), "what": what.in_(language), "n": count, "order": order})
    names = [_SOLVED.in_(language), _PASSED.in_(language)]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(cornerRadius=2)
        .encode(
            y=alt.Y(
                "level:N",
                sort=[text.in_(language) for text in LEVEL.values()],
                title=None,
                axis=alt.Axis(ticks=False, domain=False),
            ),
            x=alt.X("n:Q", title=Text("matters", "事项").in_(language), axis=alt.Axis(tickCount=5)),
            order="order:Q",
            color=alt.Color("what:N", sort=names, scale=alt.Scale(domain=names, range=[BLUE, GREY])).legend(
                orient="top", title=None
            ),
        )
    )
    return drawn(chart.properties(width=_WIDTH - 20, height=alt.Step(34)), f"grid-{language}")
