"""The command ``match``: who a case may be about, with the reasons, most likely first. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import click

from casework import Case, Desk, Text
from casework.cli.commands import Screen, Session, command, json_option, option
from casework_police.matching.adapters import ADAPTERS, of_case
from casework_police.matching.proposing import MOST, Proposal, candidates
from casework_police.matching.rejections import rejected_in
from casework_police.matching.weights import FLOOR

PAGE = 200
OTHERS = {"missing_person": "rescue"}
"""What a case is compared with where nothing is said; every other case with reports of missing persons."""
_BANDS = {"strong": Text("strong", "较强"), "possible": Text("possible", "可能")}


@command(
    "match",
    "Show who a case may be about, with the reasons, most likely first.\n"
    "Compares it with the open reports of missing persons, a report with the open rescue cases. Writes nothing.",
    "列出案件可能对应的人员及理由，最可能的在前。\n案件与未结的失踪报告比对，失踪报告与未结的救助案件比对。不写入任何内容。",
)
@click.argument("case")
@option("--with", "other_type", metavar="CASE_TYPE", en="Compare with cases of this type.", zh="与此类型的案件比对。")
@option(
    "--limit",
    type=click.IntRange(1, MOST),
    default=10,
    metavar="N",
    en="So many at most (10).",
    zh="最多几件（10）。",
)
@option(
    "--floor",
    type=click.FloatRange(0, 1),
    default=FLOOR,
    metavar="SCORE",
    en=f"None below this score, from 0 to 1 ({FLOOR}).",
    zh=f"最低分值，0至1（{FLOOR}）。",
)
@json_option
@click.pass_obj
def match(session: Session, case: str, other_type: str | None, limit: int, floor: float, as_json: bool) -> None:
    """Show candidates."""
    desk = session.desk
    found = desk.get(case)
    other = other_type or OTHERS.get(found.case_type, "missing_person")
    if other not in ADAPTERS:
        raise click.UsageError(f"--with takes one of {', '.join(ADAPTERS)}, not {other!r}")
    others = [of_case(item) for item in _open_cases(desk, other)]
    rejected = rejected_in(desk.history(found))
    proposals = candidates(of_case(found), others, limit=limit, floor=floor, rejected=rejected)
    if as_json:
        session.screen.json(
            {"case": found.id, "compared": len(others), "proposals": [item.plain() for item in proposals]}
        )
        return
    _show(session.screen, found, len(others), proposals)


def _open_cases(desk: Desk, case_type: str) -> Iterator[Case]:
    after: str | None = None
    while True:
        page = desk.find(case_type, open_only=True, after=after, limit=PAGE)
        yield from page.cases
        if page.after is None:
            return
        after = page.after


def _show(screen: Screen, case: Case, compared: int, proposals: tuple[Proposal, ...]) -> None:
    language = screen.language
    heading = Text(
        f"{case.id}: {len(proposals)} of {compared} may be the same person",
        f"{case.id}：比对{compared}件，{len(proposals)}件可能为同一人",
    )
    screen.line(heading.in_(language), "bold")
    for proposal in proposals:
        screen.line()
        screen.line(f"{proposal.theirs}  {proposal.score:.3f}  {_BANDS[proposal.band].in_(language)}", "bold")
        for line in proposal.explained(language).splitlines():
            screen.line(f"  {line}")
    screen.note(
        "a score proposes and decides nothing; evidence and a second person confirm",
        "分值仅供提示，不作认定；须有证据并由他人复核确认",
    )
