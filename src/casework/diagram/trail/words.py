"""The few words of a picture that are its own, in both languages."""

from __future__ import annotations

from casework.diagram.trail.stops import Aside, Stop, Trail
from casework.text import Language, Text

BESIDE = Text("grey: what else some case may do there", "灰色：处于该组合状态的案件还可能的操作")
BARRED = Text("asked for here, and refused to this case:", "在此可申请，但本案会被拒绝：")
END = Text("the path ends here", "路径到此为止")
BROKEN = Text("so far deciding went; no value was found that leads on", "走到此处；未找到能继续的取值")


def more(stop: Stop, language: Language) -> str:
    """How many asides were left out."""
    return Text(f"and {stop.more} more", f"另有 {stop.more} 项").in_(language)


def legend(trail: Trail, language: Language) -> str:
    """What the asides are, where there are any that this case may take."""
    stops = [stride.stop for stride in trail.strides if stride.stop is not None]
    return BESIDE.in_(language) if any(stop.asides and not stop.barred for stop in stops) else ""


def said(stop: Stop, aside: Aside, language: Language) -> str:
    """An aside with what it leads to, or with what it asks for where it is refused."""
    if not aside.then:
        return aside.text
    between = Text(", which asks that ", "，须") if stop.barred else Text(" → ", " → ")
    return f"{aside.text}{between.in_(language)}{aside.then}"
