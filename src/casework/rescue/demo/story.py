"""The person who is followed from station to station: every entry of every case, with its hash."""

from __future__ import annotations

from casework import HistoryEntry, Text
from casework.report import Child, Markup, el
from casework.rescue.casetype import rescue
from casework.rescue.demo.figures import RESCUE
from casework.rescue.demo.register import STATION_TIME
from casework.rescue.demo.results import Hop
from casework.rescue.demo.staff import UNITS

SIGNATURES = ("sign_handover", "countersign_handover")
_KINDS = {
    "open": Text("case opened", "受理登记"),
    "timer": Text("deadline ran out", "期限届满"),
    "amend": Text("fields amended", "修改内容"),
    "note": Text("remark", "备注"),
    "correct": Text("undone", "撤销"),
}


def story(hops: tuple[Hop, ...]) -> Markup:
    """One timeline for each station, in the order in which they had the person."""
    return el("div", [_hop(number, hop) for number, hop in enumerate(hops, 1)], class_="hops")


def _hop(number: int, hop: Hop) -> Markup:
    title = el(
        "h3",
        f"{number}. ",
        UNITS[hop.unit],
        el(
            "small",
            Text("case", "案件"),
            " ",
            el("code", hop.case.id[-12:]),
            " · ",
            RESCUE.states["rescue", hop.case.state],
        ),
    )
    return el("div", title, el("ol", [_entry(entry) for entry in hop.entries], class_="line"), class_="hop")


def _entry(entry: HistoryEntry) -> Markup:
    at = entry.at.astimezone(STATION_TIME)
    kind = "sign" if entry.trigger in SIGNATURES else "move" if _main(entry) else None
    return el(
        "li",
        el("time", f"{at:%m-%d %H:%M}", datetime=at.isoformat()),
        el("b", _what(entry)),
        " ",
        el("span", f"#{entry.number} {entry.actor}", class_="by"),
        el("div", [_step(step.workflow, step.target) for step in entry.steps if step.entered], _opened(entry)),
        el("span", entry.hash, class_="hash"),
        class_=kind,
    )


def _main(entry: HistoryEntry) -> bool:
    return any(step.entered and step.workflow == rescue.main.name for step in entry.steps)


def _what(entry: HistoryEntry) -> Child:
    if entry.kind == "fire":
        return RESCUE.triggers.get(entry.trigger, Text(entry.trigger, entry.trigger))
    if entry.cause is not None and entry.kind == "open":
        return Text("case opened by the transfer", "因转送自动受理")
    return _KINDS.get(entry.kind, Text(entry.kind, entry.kind))


def _step(workflow: str, state: str) -> Markup:
    of, now = RESCUE.workflows[workflow], RESCUE.states[workflow, state]
    return el("span", Text(f"{of.en}: {now.en}", f"{of.zh}：{now.zh}"), class_="to")


def _opened(entry: HistoryEntry) -> Child:
    return [
        el(
            "span",
            Text("opens case ", "开立案件"),
            el("code", case_id[-12:]),
            " → ",
            UNITS.get(unit, Text(unit, unit)),
            class_="to",
        )
        for _, case_id, unit in entry.opened
    ]


def configuration(hop: Hop, trigger: str) -> dict[str, str]:
    """The states of a case just after *trigger* was fired for the last time; its latest ones if it never was."""
    states = {workflow.name: workflow.initial for workflow in rescue.chain}
    found = dict(hop.case.states)
    for entry in hop.entries:
        states.update({step.workflow: step.target for step in entry.steps})
        if entry.trigger == trigger:
            found = dict(states)
    return found
