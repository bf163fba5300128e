"""Write well-formed HTML: text is escaped unless it is markup already, and both languages stand side by side."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from casework.text import Language, Text

LANGUAGES: tuple[Language, ...] = ("zh", "en")
_EMPTY = frozenset({"meta", "input", "br", "hr", "col"})


class Markup(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


Child = str | Text | None | Iterable["Child"]


def el(name: str, /, *children: Child, **attributes: str | int | None) -> Markup:
    """An element. ``class_`` stands for class, ``data_x`` for data-x; an attribute that is None is left out."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY:
        return Markup(f"<{name}{told}/>")
    return Markup(f"<{name}{told}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Children one after the other."""
    return Markup("".join(map(_child, children)))


def _child(child: Child) -> str:
    match child:
        case None:
            return ""
        case Markup():
            return child
        case str():
            return escape(child)
        case Text():
            return both("span", child.in_("zh"), child.in_("en"))
        case _:
            return join(*child)


def both(name: str, zh: Child, en: Child) -> Markup:
    """The same in Chinese and in English; the switch of the page shows one of them."""
    if zh == en:
        return join(zh)
    return Markup(el(name, zh, class_="zh", lang="zh-CN") + el(name, en, class_="en", lang="en"))


def table(heads: Iterable[Child], rows: Iterable[Iterable[Child]], *, kind: str = "", numbers: int = 0) -> Markup:
    """A table that scrolls in a box of its own where the screen is narrow.

    The last *numbers* columns are figures; one without a heading holds bars.
    """
    head = list(heads)
    kinds = ["n" if at >= len(head) - numbers else None if cell else "b" for at, cell in enumerate(head)]

    def line(cells: Iterable[Child], tag: str) -> Markup:
        return el("tr", [el(tag, cell, class_=told) for cell, told in zip(cells, kinds, strict=True)])

    body = el("tbody", [line(row, "td") for row in rows])
    return el("div", el("table", el("thead", line(head, "th")), body), class_=f"scroll {kind}".strip(), tabindex=0)


def section(title: Text, *children: Child) -> Markup:
    """A card of the page."""
    return el("section", el("h2", title), *children)


def note(en: str, zh: str) -> Markup:
    """A remark below a heading or a table."""
    return el("p", Text(en, zh), class_="note")


def bar(share: float) -> Markup:
    """A bar as long as its share of the widest one."""
    return el("span", "", class_="bar", style=f"width:{max(share, 0) * 100:.0f}%")


def document(title: Text, style: str, language: Language, *children: Child) -> str:
    """The whole page: nothing is loaded from elsewhere, and the languages are switched by style alone."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"{title.zh} · {title.en}"),
        el("style", Markup(style)),
    )
    picks = [
        el(
            "input",
            type="radio",
            name="language",
            id=f"to-{one}",
            class_="pick",
            checked="checked" if one == language else None,
            aria_label={"zh": "中文", "en": "English"}[one],
        )
        for one in LANGUAGES
    ]
    body = el("body", picks, el("main", *children))
    return "<!DOCTYPE html>\n" + el("html", head, body, lang="zh-CN" if language == "zh" else "en") + "\n"


def heading(title: Text, below: Text) -> Markup:
    """The title of a page, what it is about, and the switch of languages."""
    told = el("div", el("h1", title), el("div", below, class_="soft"))
    switch = el("div", el("label", "中文", for_="to-zh"), el("label", "English", for_="to-en"), class_="switch")
    return el("header", told, switch)
