"""The plot of a run: every ratio of its tables with its middle half, beside what it was measured against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Literal

from benchmarks.measure import Figure

COLOURS = {"holds": "#1b7f5c", "missed": "#b5482a", "none": "#5b6b7b"}
WORDS = {
    "en": (
        "Times what it is measured against (1 = as fast; further left is faster)",
        "holds its goal",
        "missed",
        "no goal",
    ),
    "zh": ("与对照相比的倍数（1为同样快，越靠左越快）", "达到目标", "未达到", "无目标"),
}


def plot(told: Mapping[str, Sequence[Figure]], language: Literal["en", "zh"]) -> str | None:
    """An SVG of all costs that are ratios; None where altair is not installed, or nothing is to be shown."""
    rows = [_row(name, figure) for name, figures in told.items() for figure in figures if _is_cost(figure)]
    if not rows or find_spec("altair") is None or find_spec("vl_convert") is None:
        return None
    import altair
    import vl_convert

    title, *said = WORDS[language]
    colours = altair.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    labels = " : ".join(f"datum.label == '{key}' ? '{word}'" for key, word in zip(COLOURS, said, strict=True)) + " : ''"
    chart = altair.Chart(altair.Data(values=rows))
    y = altair.Y("what:N", sort=None, title=None, axis=altair.Axis(labelLimit=420))
    x = altair.X("ratio:Q", scale=altair.Scale(type="log"), title=title)
    colour = altair.Color("verdict:N", scale=colours, legend=altair.Legend(title=None, labelExpr=labels, orient="top"))
    bars = chart.mark_rule(strokeWidth=2).encode(
        y=y, x=altair.X("low:Q", scale=altair.Scale(type="log")), x2="high:Q", color=colour
    )
    points = chart.mark_point(filled=True, size=60).encode(y=y, x=x, color=colour)
    one = altair.Chart(altair.Data(values=[{"one": 1}])).mark_rule(strokeDash=[4, 3], color="#999").encode(x="one:Q")
    layered: Any = altair.layer(one, bars, points).properties(width=460)
    return str(vl_convert.vegalite_to_svg(layered.to_dict()))


def _is_cost(figure: Figure) -> bool:
    """Whether a smaller ratio is a better one, and it is of something that is measured for itself."""
    return figure.ratio is not None and figure.unit != "/s" and figure.note != "part of the above"


def _row(benchmark: str, figure: Figure) -> dict[str, Any]:
    low, high = figure.spread or (figure.ratio, figure.ratio)
    verdict = "none" if figure.met is None else "holds" if figure.met else "missed"
    name = f"{benchmark}: {figure.name}" + (f", {figure.note}" if figure.note else "") + f" / {figure.against}"
    return {"what": name, "ratio": figure.ratio, "low": low, "high": high, "verdict": verdict}
