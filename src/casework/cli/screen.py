"""Two streams: data to stdout, messages to stderr; tables that are right with Chinese, JSON that is one document."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from casework import Language, Text
from casework.cli.clean import clean, clean_json

PIPED_WIDTH = 160
"""Columns where nobody looks: wide enough that a table read by a program is seldom folded."""

Cell = str | Sequence[str]


def console(*, error: bool = False) -> Console:
    """A console without markup or emoji: what is printed is what was meant. Colours only on a terminal."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else PIPED_WIDTH
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False, soft_wrap=False)


@attrs.frozen(eq=False)
class Column:
    """A column by its heading; a *whole* one is never folded, for it is copied."""

    heading: str
    whole: bool = False
    style: str = ""
    right: bool = False


class Screen:
    """Where a command shows what it found, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def told(self, en: str, zh: str) -> str:
        """The one of the two that this screen speaks."""
        return Text(en, zh).in_(self.language)

    def line(self, text: str = "", style: str = "") -> None:
        """One line of data."""
        console().print(Styled(clean(text), style=style), soft_wrap=True)

    def heading(self, text: str) -> None:
        """The title of what follows, after an empty line."""
        self.line()
        self.line(text, "bold")

    def note(self, en: str, zh: str, style: str = "") -> None:
        """A message beside the data."""
        self.error_line(self.told(en, zh), style)

    @staticmethod
    def error_line(text: str, style: str = "") -> None:
        """One line on stderr."""
        console(error=True).print(Styled(clean(text), style=style), soft_wrap=True)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, indent: int = 0) -> None:
        """A table; a cell may hold several lines."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        for column in columns:
            fold: Any = {"no_wrap": True, "overflow": "fold"} if column.whole else {"overflow": "fold"}
            justify: Any = "right" if column.right else "left"
            table.add_column(column.heading, style=column.style, justify=justify, **fold)
        for row in rows:
            table.add_row(*(_cell(cell) for cell in row))
        _print(table, indent)

    def pairs(self, rows: Iterable[tuple[str, Cell]], *, indent: int = 0) -> None:
        """Names and what they hold, without headings."""
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, cell in rows:
            table.add_row(_cell(name), _cell(cell))
        _print(table, indent)

    @staticmethod
    def raw(text: str) -> None:
        """Text for programs, such as a picture, as it is."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def json(self, document: object) -> None:
        """The one JSON document of this call."""
        self.raw(clean_json(json.dumps(document, ensure_ascii=False, indent=2)) + "\n")


def _print(table: Table, indent: int) -> None:
    """Without the blanks that only fill a table up, where no terminal shows them."""
    shown = console()
    with shown.capture() as captured:
        shown.print(Padding(table, (0, 0, 0, indent), expand=False))
    lines = captured.get().splitlines()
    sys.stdout.write("\n".join(line if shown.is_terminal else line.rstrip() for line in lines) + "\n")


def _cell(cell: Cell) -> Styled:
    return Styled(clean(cell)) if isinstance(cell, str) else Styled("\n").join(Styled(clean(line)) for line in cell)
