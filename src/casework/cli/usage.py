"""A wrong call, told in both languages."""

from __future__ import annotations

import click

from casework import Text


class Usage(click.UsageError):
    """The call is wrong; *told* says how, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.told = Text(en, zh)
