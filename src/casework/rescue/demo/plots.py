"""The plots of the report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework import Language, Text
from casework.report import AMBER, BLUE, GREY, INK, Markup, drawn
from casework.rescue.demo.census import Level
from casework.rescue.demo.figures import NATIONAL, NATIONAL_TOTAL, SEX, WAY
from casework.rescue.demo.register import STATION_TIME

_WIDTH = 340
_LABELS = {
    "share": Text("share of those traced", "占查明人数的比例"),
    "here": Text("this month", "本月"),
    "nation": Text("nation, 2016 H1", "全国2016年上半年"),
}


def ways_plot(ways: Mapping[str, int], language: Language) -> Markup:
    """How people who could not say who they are were identified, beside the national shares."""
    total = sum(ways.get(way, 0) for way in NATIONAL)
    here, nation = (_LABELS[name].in_(language) for name in ("here", "nation"))
    rows: list[dict[str, Any]] = []
    for way, count in NATIONAL.items():
        mine = ways.get(way, 0)
        rows.append({"way": WAY[way].in_(language), "who": here, "share": mine / total if total else 0, "n": mine})
        rows.append({"way": WAY[way].in_(language), "who": nation, "share": count / NATIONAL_TOTAL, "n": count})
    import altair as alt

    order = [WAY[way].in_(language) for way in NATIONAL]
    top = max(row["share"] for row in rows)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("way:N", sort=order, title=None, axis=alt.Axis(labelLimit=160, ticks=False, domain=False)),
        yOffset=alt.YOffset("who:N", sort=[here, nation]),
        x=alt.X(
            "share:Q",
            title=_LABELS["share"].in_(language),
            scale=alt.Scale(domain=[0, top * 1.18]),
            axis=alt.Axis(format=".0%", tickCount=4),
        ),
    )
    colour = alt.Color("who:N", sort=[here, nation], scale=alt.Scale(domain=[here, nation], range=[BLUE, GREY]))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=colour.legend(orient="top", title=None))
    text = base.mark_text(align="left", dx=4, color=INK, fontSize=12).encode(text=alt.Text("share:Q", format=".0%"))
    return drawn((bars + text).properties(width=_WIDTH - 100, height=alt.Step(18)), f"ways-{language}")


def beds_plot(levels: tuple[Level, ...], language: Language) -> Markup:
    """Beds in use from hour to hour below the dashed line of the beds that there are, men above women."""
    import altair as alt

    panels = [_panel(levels, sex, colour, language) for sex, colour in (("male", BLUE), ("female", AMBER))]
    return drawn(alt.vconcat(*panels, spacing=14), f"beds-{language}")


def _panel(levels: tuple[Level, ...], sex: str, colour: str, language: Language) -> Any:
    import altair as alt

    rows, span = _steps(levels, sex)
    top = max((row["beds"] for row in rows), default=1)
    x = alt.X(
        "at:T", title=None, scale=alt.Scale(domain=span), axis=alt.Axis(format="%-m/%-d", tickCount=7, grid=False)
    )
    y = alt.Y("used:Q", title=None, scale=alt.Scale(domain=[0, top * 1.12]), axis=alt.Axis(tickCount=4, tickMinStep=1))
    base = alt.Chart(alt.InlineData(values=rows), title=SEX[sex].in_(language)).encode(x=x)
    area = base.mark_area(interpolate="step-after", color=colour, opacity=0.28).encode(y=y)
    line = base.mark_line(interpolate="step-after", color=colour, strokeWidth=1.6).encode(y=y)
    limit = base.mark_line(interpolate="step-after", color=INK, strokeDash=[5, 3], strokeWidth=1.4)
    limit = limit.encode(y=alt.Y("beds:Q", title=None))
    return (area + line + limit).properties(width=_WIDTH - 40, height=110)


def _steps(levels: tuple[Level, ...], sex: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The levels of one sex from the first day on which anybody lay in a bed, and the span of the whole plot."""
    first = min((level.at for level in levels if level.used), default=None)
    last = max((level.at for level in levels), default=None)
    if first is None or last is None:
        return [], []
    mine = [level for level in levels if level.sex == sex]
    # The step before the span begins is where its first line starts.
    before = [level for level in mine if level.at < first][-1:]
    rows = [{"at": _local(max(one.at, first)), "used": one.used, "beds": one.beds} for one in before]
    rows += [{"at": _local(one.at), "used": one.used, "beds": one.beds} for one in mine if one.at >= first]
    rows += [{**rows[-1], "at": _local(last)}] if rows else []
    return rows, [_local(first), _local(last)]


def _local(at: datetime) -> str:
    # Without a zone: Vega takes it as local time and shows the hours of the station.
    return at.astimezone(STATION_TIME).strftime("%Y-%m-%dT%H:%M:%S")
