"""What pages of domains are made of, public: HTML in two languages, one style, plots; calendars."""

from __future__ import annotations

from casework.report.agenda import Event, agenda
from casework.report.drawing import AMBER, BLUE, GREY, INK, drawn, plot
from casework.report.html import LANGUAGES, Child, Markup, bar, both, document, el, heading, join, note, section, table
from casework.report.style import CSS

__all__ = [
    "AMBER",
    "BLUE",
    "CSS",
    "GREY",
    "INK",
    "LANGUAGES",
    "Child",
    "Event",
    "Markup",
    "agenda",
    "bar",
    "both",
    "document",
    "drawn",
    "el",
    "heading",
    "join",
    "note",
    "plot",
    "section",
    "table",
]
