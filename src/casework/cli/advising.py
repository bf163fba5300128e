"""What would help: why a trigger or a state is out of reach, the way to it, who could take it, and from when."""

from __future__ import annotations

from typing import Any

import click

from casework.advising import Advice, Lack, NextStep
from casework.cli import plain
from casework.cli.command import command, json_option, option
from casework.cli.faults import OK, REFUSED
from casework.cli.session import Session
from casework.text import Text


@command(
    "what-helps",
    "Say what would lead a case to where a trigger can be fired, or to a state (--reach).\n"
    "Tells what is missing, the shortest way, who could take each step, and from when time alone allows it.\n"
    "Ends with 0 if it can be done or a way was found, with 3 if not. Nothing is written.",
    "说明案件如何才能办理某项操作，或到达某一状态（--reach）。\n"
    "列出尚缺条件、最短办法、各步骤由谁办理，以及仅凭时间推移何时可行。\n"
    "可以办理或找到办法则以 0 结束，否则以 3 结束。不写入任何内容。",
)
@click.argument("case")
@click.argument("trigger", required=False)
@option("--reach", metavar="STATE", en="A state, or workflow.state, instead of a trigger.", zh="以状态代替操作。")
@option("--limit", type=int, metavar="N", en="How many configurations are looked at.", zh="最多查看多少种情况。")
@json_option
@click.pass_obj
def what_helps(
    session: Session, case: str, trigger: str | None, reach: str | None, limit: int | None, as_json: bool
) -> int:
    """Ask what would help."""
    more = {} if limit is None else {"limit": limit}
    advice = session.desk.what_helps(case, trigger or "", reach=reach or "", **more)
    if as_json:
        session.screen.json({"advice": _advice(advice)})
    else:
        _show(session, advice)
    return OK if advice.answer in ("now", "steps") else REFUSED


def _show(session: Session, advice: Advice) -> None:
    language, line = session.screen.language, session.screen.line
    way = advice.way(language)
    for lead, items in advice.parts(language):
        line(f"{lead}{session.screen.told(':', '：')}" if items else lead)
        for item in items:
            line(f"  {item}" if items == way else f"  - {item}")


def _advice(advice: Advice) -> dict[str, Any]:
    sentence = Text(advice.sentence("en"), advice.sentence("zh"))
    return {
        "case": advice.case_id,
        "revision": advice.revision,
        "trigger": advice.trigger,
        "reach": advice.reach,
        "answer": advice.answer,
        "sentence": plain.text(sentence),
        "yours": advice.yours,
        "roles": list(advice.roles),
        "units": list(advice.units),
        "lacks": [_lack(item) for item in advice.lacks],
        "steps": [_step(item) for item in advice.steps],
        "at": None if advice.at is None else plain.value(advice.at),
        "shortest": advice.shortest,
        "sure": advice.sure,
        "looked": advice.looked,
        "limit": advice.limit,
    }


def _lack(lack: Lack) -> dict[str, Any]:
    return {
        "text": plain.text(lack.told(reason=True)),
        "unknown": lack.unknown,
        "hidden": lack.hidden,
        "source": lack.source,
        "until": None if lack.until is None else plain.value(lack.until),
    }


def _step(step: NextStep) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "name": step.name,
        "text": plain.text(step.text),
        "roles": list(step.roles),
        "together": list(step.together),
        "form": plain.values(step.form),
        "matters": list(step.matters),
        "others_than": list(step.others_than),
        "at": None if step.at is None else plain.value(step.at),
    }
