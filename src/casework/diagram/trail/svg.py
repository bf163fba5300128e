"""A path as SVG: downwards from stop to stop, so that it prints on paper; what lies beside it, to the right."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from casework.diagram.measure import clean, width, wrap
from casework.diagram.shapes import BACK, BAD, INK, LINE, LIVE, MUTED, attribute, icon, n, rectangle, written
from casework.diagram.svg import FONTS
from casework.diagram.trail.stops import Aside, Stop, Stride, Trail
from casework.diagram.trail.words import BARRED, BROKEN, END, legend, more, said
from casework.text import Language

MARGIN, BOX, GAP, BESIDE = 24.0, 320.0, 56.0, 330.0
LEFT, RIGHT = MARGIN, MARGIN + BOX + GAP
SPINE = MARGIN + 18
WORDS, SMALL, HEAD = 12.0, 11.0, 15.0
LINE_HEIGHT, SMALL_LINE, ROW = 16.0, 14.0, 18.0
WIDE = RIGHT + BESIDE + MARGIN
_TONES = {"bad": (BAD, "#fef2f2"), "odd": (BACK, "#fffbeb"), "plain": (LIVE, "#eff6ff")}


def trail_svg(trail: Trail, *, language: Language = "en") -> str:
    """*trail* as one SVG picture."""
    body = _Body(trail, language)
    parts = list(body.drawn())
    size = f"{n(WIDE)} {n(body.y + MARGIN)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={attribute(trail.title)} lang="{language}" '
        f'width="{n(WIDE)}" height="{n(body.y + MARGIN)}" viewBox="0 0 {size}" font-family="{FONTS}" '
        f'font-size="{WORDS:g}">\n<rect width="100%" height="100%" fill="#ffffff"/>\n{"".join(parts)}</svg>\n'
    )


@attrs.define
class _Body:
    """What is drawn from above to below; *y* is how far it has come."""

    trail: Trail
    language: Language
    y: float = MARGIN

    def drawn(self) -> Iterator[str]:
        colour, _ = _TONES[self.trail.tone]
        for line in wrap(clean(self.trail.title), HEAD, WIDE - 2 * MARGIN):
            self.y += 19
            yield written(LEFT, self.y, line, HEAD, colour, bold=True, anchor="start")
        for line in wrap(clean(self.trail.subtitle), SMALL, WIDE - 2 * MARGIN):
            self.y += SMALL_LINE + 2
            yield written(LEFT, self.y, line, SMALL, MUTED, anchor="start")
        self.y += 12
        for number, stride in enumerate(self.trail.strides, start=1):
            yield from self._stride(number, stride)
            if stride.stop is not None:
                yield from self._stop(stride.stop, last=stride.stop is self.trail.last)
        if self.trail.strides and self.trail.strides[-1].stop is not None:
            self.y += SMALL_LINE + 4
            end = (END if self.trail.whole else BROKEN).in_(self.language)
            yield written(LEFT + 4, self.y, end, SMALL, colour, anchor="start")
        told = legend(self.trail, self.language)
        if told:
            self.y += 28
            yield written(LEFT, self.y, told, SMALL, MUTED, anchor="start")

    def _stride(self, number: int, stride: Stride) -> Iterator[str]:
        """The way down from the stop before, with its number, and beside it what is done."""
        colour = BAD if stride.refused else LIVE
        lines = wrap(clean(stride.text), WORDS, WIDE - SPINE - 26 - MARGIN, 4)
        top, high = self.y, max(len(lines) * LINE_HEIGHT + 14, 34.0)
        self.y += high
        middle = top + high / 2 - 2
        dash = ' stroke-dasharray="4 3"' if stride.refused else ""
        yield f'<path d="M{n(SPINE)} {n(top)}V{n(self.y)}" stroke="{colour}" stroke-width="1.6" fill="none"{dash}/>'
        if stride.stop is not None:
            yield f'<path d="M{n(SPINE)} {n(self.y)}l-4.5 -8h9z" fill="{colour}"/>'
        elif stride.refused:
            yield _cross(SPINE - 3, self.y + 4)
        yield f'<circle cx="{n(SPINE)}" cy="{n(middle)}" r="9" fill="#fff" stroke="{colour}" stroke-width="1.4"/>'
        yield written(SPINE, middle + 4, str(number), SMALL, colour, bold=True)
        x = SPINE + 18
        if stride.by != "person":
            yield icon(stride.by, x + 5, middle, colour)
            x += 15
        y = middle + WORDS - len(lines) * LINE_HEIGHT / 2
        for line in lines:
            yield written(x, y, line, WORDS, BAD if stride.refused else INK, anchor="start")
            y += LINE_HEIGHT

    def _stop(self, stop: Stop, *, last: bool) -> Iterator[str]:
        """The configuration in a box; the states that are new stand out."""
        asides = [(aside, self._lines(stop, aside)) for aside in stop.asides]
        head = SMALL_LINE + 4 if stop.barred and asides else 0.0
        beside = head + sum(len(lines) * SMALL_LINE + 5 for _, lines in asides) + (SMALL_LINE if stop.more else 0)
        box, top = len(stop.rows) * ROW + 14, self.y
        self.y += max(box, beside)
        stroke, fill = _TONES[self.trail.tone] if last else (LIVE, "#ffffff")
        if not last and top + box < self.y:
            # The way goes on beside what stands to the right of the box.
            yield f'<path d="M{n(SPINE)} {n(top + box)}V{n(self.y)}" stroke="{LIVE}" stroke-width="1.6"/>'
        yield rectangle(LEFT, top, BOX, box, 8, fill, stroke, 2.2 if last else 1.4)
        yield from self._rows(stop, top, stroke)
        yield from self._asides(stop, asides, top + box / 2, top, head)

    def _rows(self, stop: Stop, top: float, colour: str) -> Iterator[str]:
        longest = max(width(clean(row.workflow), SMALL) for row in stop.rows)
        at = min(longest + 14, BOX / 2)
        y = top + 7 + WORDS
        for row in stop.rows:
            name = wrap(clean(row.workflow), SMALL, at - 10, 1)[0]
            state = wrap(clean(row.state), WORDS, BOX - at - 24, 1)[0]
            yield written(LEFT + 12, y, name, SMALL, MUTED, anchor="start")
            yield written(LEFT + 12 + at, y, state, WORDS, colour if row.fresh else INK, bold=row.fresh, anchor="start")
            y += ROW

    def _lines(self, stop: Stop, aside: Aside) -> tuple[str, ...]:
        return wrap(clean(said(stop, aside, self.language)), SMALL, BESIDE - 22, 3)

    def _asides(
        self, stop: Stop, asides: list[tuple[Aside, tuple[str, ...]]], start: float, y: float, head: float
    ) -> Iterator[str]:
        if head:
            yield written(RIGHT, y + SMALL, BARRED.in_(self.language), SMALL, BAD, anchor="start")
            y += head
        for aside, lines in asides:
            middle, half = y + SMALL_LINE * 0.55, (LEFT + BOX + RIGHT) / 2
            way = f"M{n(LEFT + BOX)} {n(start)}C{n(half)} {n(start)} {n(half)} {n(middle)} {n(RIGHT - 8)} {n(middle)}"
            dash = ' stroke-dasharray="3 3"' if stop.barred else ""
            yield f'<path d="{way}" stroke="{LINE}" stroke-width="0.9" fill="none"{dash}/>'
            yield _cross(RIGHT - 8, middle) if stop.barred else _tip(RIGHT - 8, middle)
            x = RIGHT + 4
            if aside.by != "person":
                yield icon(aside.by, x + 4, middle, MUTED)
                x += 14
            for line in lines:
                yield written(x, y + SMALL, line, SMALL, MUTED, anchor="start")
                y += SMALL_LINE
            y += 5
        if stop.more:
            yield written(RIGHT + 4, y + SMALL, more(stop, self.language), SMALL, MUTED, anchor="start")


def _tip(x: float, y: float) -> str:
    return f'<path d="M{n(x + 7)} {n(y)}l-7 -3.5v7z" fill="{LINE}"/>'


def _cross(x: float, y: float) -> str:
    """The end of a way that is refused."""
    return f'<path d="M{n(x)} {n(y - 3)}l6 6m0 -6l-6 6" stroke="{BAD}" stroke-width="1.4" fill="none"/>'
