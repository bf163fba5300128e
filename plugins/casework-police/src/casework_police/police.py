"""The police workflow: what the police are asked about the person of a case, and whom they may be.

It attaches to any case type. The host says in slots who asks, who judges, who answers, when it takes an
identity for confirmed, and when the case is over.
"""

from __future__ import annotations

from casework import (
    Deadline,
    Field,
    Invariant,
    Outfit,
    Slot,
    State,
    Text,
    Workflow,
    Worklist,
    days,
    field,
    hours,
    overdue,
    slot,
    state,
)
from casework_police.accounts import COUNTED
from casework_police.bases import sharing
from casework_police.evidence import evidence, link
from casework_police.fields import kept
from casework_police.judging import CANDIDATES, STOOD
from casework_police.requesting import ENDING, REQUESTING
from casework_police.roles import ASKING, JUDGING, OFFICER

# The officer sees the case as long as the police are asked, and no longer.
_ASKED = {"view": "officer"}

_STATES = (
    State("not_asked", title=Text("police not asked", "未提请公安协查")),
    State("requested", title=Text("police asked", "已提请公安协查"), phases="asked", grants=_ASKED),
    State("acknowledged", title=Text("taken on by the police", "公安机关已受理"), phases="asked", grants=_ASKED),
    State("searching", title=Text("police are searching", "公安机关查找中"), phases="asked", grants=_ASKED),
    State("candidate", title=Text("candidate to judge", "疑似对象待核实"), phases="judging", grants=_ASKED),
    State("suggested", title=Text("candidate without the police", "未经公安协查的疑似对象"), phases="judging"),
    State("to_confirm", title=Text("candidate to confirm", "疑似对象待确认"), phases="judging"),
    State("outdated", title=Text("candidate of a revoked identity", "身份撤销后的疑似对象")),
    State("confirmed", title=Text("candidate confirmed", "疑似对象已核实")),
    State("not_found", title=Text("police found nobody", "公安协查无结果")),
    State("refused", title=Text("police declined", "公安机关不予受理")),
    State("withdrawn", title=Text("request withdrawn", "已撤回协查")),
    State("closed", title=Text("police part over", "公安协查已结束"), final=True),
)

_FIELDS = (
    *kept(sharing(ASKING)),
    Field(
        "police_reference",
        managed=True,
        field_class="personal",
        readers=ASKING,
        title=Text("number with the police", "公安受理编号"),
        max_length=60,
    ),
    Field(
        "declined_because",
        managed=True,
        field_class="personal",
        readers=ASKING,
        title=Text("why the police declined", "不予受理原因"),
        max_length=500,
    ),
    *kept(link(JUDGING)),
    *kept(evidence(JUDGING)),
    STOOD,
    Field(
        "confirmed_case",
        managed=True,
        field_class="identity",
        readers=JUDGING,
        title=Text("case of the confirmed candidate", "已核实的对应案件"),
        max_length=128,
    ),
)

_SLOTS = (
    Slot("person", "subject", title=Text("whom the police are asked about", "协查对象")),
    Slot("asker", "role", title=Text("who asks the police", "提请协查人员")),
    Slot("tracer", "role", title=Text("who judges candidates", "核实人员")),
    Slot("officer", "role", title=Text("who answers for the police", "公安办理人员")),
    Slot("identified", title=Text("the host takes the identity for confirmed", "本案已确认身份")),
    Slot("over", title=Text("the case is over", "案件已办结")),
)

# Neither period is law: no rule names one for an enquiry. They are what a station and its police agree on.
_DEADLINES = (
    Deadline("taken_on", "requested", hours(24), title=Text("taken on within a day, as agreed", "约定一日内受理")),
    Deadline(
        "answer",
        ("requested", "acknowledged", "searching"),
        days(30),
        title=Text("answered within thirty days, as agreed", "约定三十日内答复"),
    ),
)

_POLICE = state("police")
_OPEN = ("requested", "acknowledged", "searching")
_JUDGED = ("candidate", "suggested", "to_confirm", "outdated")

_OUTFIT = Outfit(
    roles=(OFFICER,),
    accounts=COUNTED,
    worklists=(
        Worklist("to_answer", _OPEN, roles="officer", title=Text("requests to the police", "待公安机关办理的协查")),
        Worklist(
            "not_taken_on",
            "requested",
            condition=overdue("taken_on"),
            roles=("tracer", "asker"),
            title=Text("requests that nobody took on", "逾期未受理的协查"),
        ),
        Worklist(
            "to_judge",
            _JUDGED,
            roles=("tracer", "asker"),
            title=Text("candidates to judge", "待核实的疑似对象"),
        ),
        Worklist(
            "unanswered",
            _OPEN,
            condition=overdue("answer"),
            roles=("tracer", "asker"),
            title=Text("answers overdue", "公安答复逾期"),
        ),
    ),
    invariants=(
        Invariant(
            "shared_on_a_basis",
            ~_POLICE.in_(*_OPEN) | (field("shared").known & field("basis").known),
            because=Text("what the police are told has a basis", "向公安机关提供信息须有依据"),
        ),
        Invariant(
            "judged_is_linked",
            ~_POLICE.in_(*_JUDGED) | field("candidate_case").known,
            because=Text("a candidate is a link to a case", "疑似对象须对应案件"),
        ),
        Invariant(
            "linked_is_identified",
            ~field("confirmed_case").known | slot("identified"),
            because=Text("no link outlives the identity that it led to", "身份认定撤销后不得保留对应关系"),
        ),
    ),
)

police = Workflow(
    "police",
    initial="not_asked",
    title=Text("police", "公安协查"),
    states=_STATES,
    transitions=(*ENDING, *REQUESTING, *CANDIDATES),
    deadlines=_DEADLINES,
    fields=_FIELDS,
    slots=_SLOTS,
    outfit=_OUTFIT,
)
"""Attach it with ``attach(police, "your_case_type", person=…, asker=…, tracer=…, officer=…, identified=…, over=…)``."""
