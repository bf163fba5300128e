"""The commands of the plugin, together under ``casework police``."""

from __future__ import annotations

import click

from casework.cli.commands import group
from casework_police.matching.commands import match
from casework_police.pfif.commands import COMMANDS


def police_commands() -> click.Group:
    """What ``casework police`` can do."""
    return group(
        "police",
        "Reports of missing persons: exchange them, and see who somebody may be.",
        "失踪人员报告的交换与比对。",
        [match, *COMMANDS],
    )
