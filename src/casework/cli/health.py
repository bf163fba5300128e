"""Whether an application can serve just now, as an exit code."""

from __future__ import annotations

import click

from casework.cli import plain
from casework.cli.command import command, json_option
from casework.cli.faults import OK, STORE
from casework.cli.session import Session


@command(
    "health",
    "Say whether the store answers, fits, may be written to, and is not behind its checkpoints.\n"
    "Ends with 0 if people can be served, else with 5. Late workers are told, and end with 0.",
    "查看存储是否可用、版本相符、可写入且未落后于检查点。\n"
    "可提供服务时以 0 结束，否则以 5 结束。后台进程滞后仅作提示。",
)
@json_option
@click.pass_obj
def health(session: Session, as_json: bool) -> int:
    """Say whether people can be served."""
    found, screen = session.opened.health(), session.screen
    if as_json:
        screen.json(
            {
                "ready": found.ready,
                "alive": found.alive,
                "codes": list(found.codes),
                "why": [plain.text(text) for text in found.why],
                "seconds": round(found.seconds, 4),
                "late_seconds": int(found.late.total_seconds()),
            }
        )
    else:
        screen.line(screen.told("ready", "可用") if found.ready else screen.told("not ready", "不可用"))
        for code, text in zip(found.codes, found.why, strict=True):
            screen.line(f"  {code}: {text.in_(screen.language)}")
    return OK if found.ready else STORE
