"""The search for a missing person on the family's side: reported, searching, candidate, found; and every other end."""

from __future__ import annotations

from datetime import date

import attrs

from casework import Deadline, Held, Set, State, Text, Transition, Workflow, days, fact, hours, keep, state
from casework_police.consent import ASKED
from casework_police.evidence import EVIDENCE, LINK, evidence, link
from casework_police.fields import cleared, reason
from casework_police.roles import DIRECTOR, SEARCH, STAFF

WHILE_OPEN = {"edit": STAFF, "note": STAFF, "assign": DIRECTOR, "correct": DIRECTOR, "adopt": DIRECTOR}
WHEN_CLOSED = {"note": DIRECTOR, "correct": DIRECTOR}
_UNLINKED = cleared(*LINK, *EVIDENCE, "found_case")
_RUNNING = ("reported", "searching", "candidate")


@attrs.frozen(kw_only=True)
class Elsewhere:
    """Where the family found the person without us."""

    found_at: str = fact(en="found at", zh="发现地点", field_class="whereabouts", max_length=200)
    told_by: str = fact(en="told by", zh="告知人", field_class="personal", max_length=100)


@attrs.frozen(kw_only=True)
class Death:
    """A death and the paper that proves it."""

    died_on: date = fact(en="died on", zh="死亡日期", field_class="personal")
    paper_number: str = fact(en="number of the paper", zh="材料编号", field_class="identity", max_length=100)


_STATES = (
    State("reported", title=Text("reported missing", "已报失踪"), phases="open", grants=WHILE_OPEN),
    State("searching", title=Text("searched for", "查找中"), phases="open", grants=WHILE_OPEN),
    State("candidate", title=Text("candidate to judge", "疑似对象待核实"), phases="open", grants=WHILE_OPEN),
    State("found", title=Text("found", "已找到"), final=True, grants=WHEN_CLOSED),
    State("found_elsewhere", title=Text("found without us", "已由他处找到"), final=True, grants=WHEN_CLOSED),
    State("withdrawn", title=Text("report withdrawn", "已撤回报案"), final=True, grants=WHEN_CLOSED),
    State("died", title=Text("died", "已死亡"), final=True, grants=WHEN_CLOSED),
    State("expired", title=Text("no longer kept up", "已过期"), final=True, grants=WHEN_CLOSED),
)

_ACCEPTING = (
    Transition(
        "accept",
        "reported",
        "searching",
        roles=STAFF,
        condition=state("sharing").in_(*ASKED),
        title=Text("take the report on", "受理"),
        because=Text("the family is asked first what may be shared", "须先征询家属共享意愿"),
    ),
    Transition(
        "renew",
        "searching",
        # Into the same state anew: the time until the next renewal begins again.
        "searching",
        roles=STAFF,
        form=reason(),
        title=Text("the family still searches", "家属确认继续查找"),
    ),
)

_JUDGING = (
    Transition(
        "propose",
        "searching",
        "candidate",
        roles=(*STAFF, "police_officer"),
        form=(*link(SEARCH), *evidence(SEARCH)),
        effects=keep(*LINK, *EVIDENCE),
        title=Text("propose who it may be", "提出疑似对象"),
    ),
    Transition(
        "confirm",
        "candidate",
        "found",
        roles=SEARCH,
        form=evidence(SEARCH, proof=True),
        four_eyes="propose",
        effects=[keep(*EVIDENCE), Set("found_case", Held("candidate_case"))],
        title=Text("confirm the candidate", "确认疑似对象"),
        because=Text("somebody else than who proposed it confirms it", "须由提出人以外的人员核实"),
    ),
    Transition(
        "reject",
        "candidate",
        "searching",
        roles=SEARCH,
        form=(*reason(SEARCH), *evidence(SEARCH)),
        effects=_UNLINKED,
        title=Text("reject the candidate", "排除疑似对象"),
    ),
    Transition(
        "undo",
        "found",
        "searching",
        roles=SEARCH,
        form=(*reason(SEARCH), *evidence(SEARCH)),
        effects=_UNLINKED,
        title=Text("undo a wrong confirmation", "撤销错误的核实"),
    ),
)

_ENDING = (
    Transition(
        "record_found",
        phase="open",
        target="found_elsewhere",
        roles=STAFF,
        form=Elsewhere,
        effects=_UNLINKED,
        title=Text("the family found the person", "家属已自行找到"),
    ),
    Transition(
        "withdraw",
        phase="open",
        target="withdrawn",
        roles=STAFF,
        form=reason(),
        effects=_UNLINKED,
        title=Text("withdraw the report", "撤回报案"),
    ),
    Transition(
        "record_death",
        phase="open",
        target="died",
        roles=STAFF,
        form=Death,
        effects=_UNLINKED,
        title=Text("record a death", "登记死亡"),
    ),
    Transition(
        "expire",
        ("reported", "searching"),
        "expired",
        roles=SEARCH,
        form=reason(),
        title=Text("no longer keep the report up", "停止保存"),
    ),
    Transition(
        "resume",
        ("found_elsewhere", "withdrawn", "expired"),
        "reported",
        roles=SEARCH,
        form=reason(),
        # A consent that was given for the last search does not serve for the next one.
        effects=cleared("consent", "consent_paper"),
        title=Text("search again", "恢复查找"),
    ),
)

search = Workflow(
    "missing_person",
    initial="reported",
    title=Text("missing person", "失踪人员"),
    states=_STATES,
    transitions=(*_ACCEPTING, *_JUDGING, *_ENDING),
    deadlines=(
        # No rule asks for it: a report that nobody renews grows wrong, and is kept longer than needed (PIPL 19).
        Deadline(
            "renewal",
            ("searching", "candidate"),
            days(180),
            title=Text("ask the family every half year", "每半年向家属核实一次"),
        ),
        Deadline("taking_on", "reported", hours(24), title=Text("taken on within a day, as agreed", "约定一日内受理")),
    ),
)
