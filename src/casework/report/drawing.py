"""Plots of a report, drawn by Vega-Lite into SVG without a network; they need the extra ``report``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from casework.report.html import LANGUAGES, Markup, both, el
from casework.text import Language, Text

EXTRA = Text(
    "The plots need the extra “report”: pip install 'casework[report]'. The tables say the same.",
    "图表需要安装附加组件“report”：pip install 'casework[report]'。下表内容相同。",
)
FONTS = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',Arial,sans-serif"
BLUE, AMBER, GREY, INK = "#2563a8", "#c2620a", "#b6bfca", "#3d4756"


def available() -> bool:
    """Whether plots can be drawn here."""
    try:
        import altair  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError:
        return False
    return True


def plot(draw: Callable[[Language], Markup]) -> Markup:
    """A plot in each language, or what it takes to have one."""
    if not available():
        return el("p", EXTRA, class_="note")
    zh, en = (draw(language) for language in LANGUAGES)
    return el("div", both("div", zh, en), class_="plot")


def drawn(chart: Any, name: str) -> Markup:
    """The chart as SVG that takes the width of its box; ids get *name*, for several charts share one page."""
    import vl_convert

    shown = (
        chart.configure(font=FONTS, background="transparent")
        .configure_axis(labelFontSize=12, titleFontSize=12, labelColor=INK, titleColor=INK, gridColor="#e7ebf0")
        .configure_legend(labelFontSize=12, labelColor=INK, symbolType="square")
        .configure_title(fontSize=13, color=INK, anchor="start", frame="group", fontWeight="bold")
        .configure_view(stroke=None)
    )
    picture: str = vl_convert.vegalite_to_svg(json.dumps(shown.to_dict()))
    # Vega counts its clips through all pictures of a process; here each picture counts its own.
    places = {clip: place for place, clip in enumerate(dict.fromkeys(re.findall(r"\bclip[0-9]+\b", picture)))}
    picture = re.sub(r"\bclip[0-9]+\b", lambda found: f"clip{places[found[0]]}", picture)
    picture = re.sub(r'\b(id="|url\(#|href="#)', rf"\g<1>{name}-", picture)
    return Markup(re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\g<1>", picture, count=1))
