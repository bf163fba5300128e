"""The life of a rescue case: found, assessed, in hospital, identity traced, home.

Treatment and tracing run beside it, in workflows of their own, and the headline follows them by
automatic steps. Where both have something to say, tracing wins: somebody in hospital whose identity is
confirmed is "identity traced", for that is how far the case has come; that a hospital still treats them
stays visible in care, and keeps them from travelling.
"""

from __future__ import annotations

from casework import Assign, Deadline, Set, State, Text, Transition, Workflow, days, given, hours, keep
from casework.rescue import forms
from casework.rescue.endings import HANDING_OVER, LEAVING, REOPENING, SETTLING
from casework.rescue.roles import DESK, DIRECTOR, WHEN_CLOSED, WHILE_OPEN
from casework.rescue.states import UNTRACED, in_hospital, no, not_in_hospital, not_traced, traced, yes

_STATES = (
    State("found", title=Text("found", "已发现"), phases="living", grants=WHILE_OPEN),
    State("assessed", title=Text("assessed", "已甄别"), phases="living", grants=WHILE_OPEN),
    State("hospitalized", title=Text("in hospital", "住院救治"), phases="living", grants=WHILE_OPEN),
    State("identity_traced", title=Text("identity traced", "身份已查明"), phases="living", grants=WHILE_OPEN),
    State("reunited", title=Text("reunited", "已返乡团聚"), final=True, grants=WHEN_CLOSED),
    State("transferred", title=Text("transferred to a station", "已转送其他救助站"), final=True, grants=WHEN_CLOSED),
    State("left", title=Text("left of their own will", "自愿离站"), final=True, grants=WHEN_CLOSED),
    State("refused", title=Text("help refused", "不予救助"), final=True, grants=WHEN_CLOSED),
    State("settled", title=Text("settled", "已落户安置"), final=True, grants=WHEN_CLOSED),
    State("died", title=Text("died", "已死亡"), final=True, grants=WHEN_CLOSED),
    State("lost_contact", title=Text("contact lost", "失去联系"), final=True, grants=WHEN_CLOSED),
)

_FOLLOWING = (
    Transition(
        "follow_identity",
        UNTRACED,
        "identity_traced",
        automatic=True,
        condition=traced,
        title=Text("identity is confirmed", "身份确认后转为身份已查明"),
    ),
    Transition(
        "follow_admission",
        "assessed",
        "hospitalized",
        automatic=True,
        condition=in_hospital & not_traced,
        title=Text("a hospital has admitted the person", "入院后转为住院救治"),
    ),
    Transition(
        "follow_discharge",
        "hospitalized",
        "assessed",
        automatic=True,
        condition=not_in_hospital,
        title=Text("the hospital has discharged the person", "出院后转回已甄别"),
    ),
    Transition(
        "follow_revocation",
        "identity_traced",
        "assessed",
        automatic=True,
        condition=not_traced,
        title=Text("the identity turned out to be wrong", "身份撤销后转回已甄别"),
    ),
)

_ASSESSING = (
    Transition(
        "assess",
        "found",
        "assessed",
        roles=DESK,
        form=forms.Assess,
        effects=[keep("urgent", "can_state_identity"), Assign("owner")],
        title=Text("assess", "询问甄别"),
    ),
    Transition(
        "screen",
        phase="living",
        roles=(*DESK, "nurse"),
        form=forms.Screen,
        effects=keep("minor", "needs_escort"),
        title=Text("judge whether they may leave alone", "认定能否自行离站"),
    ),
    Transition(
        "judge_risk",
        phase="living",
        roles=(*DESK, "nurse"),
        form=forms.Risk,
        effects=keep("risk"),
        title=Text("judge the risk", "评估风险等级"),
    ),
    Transition(
        "suspect",
        phase="living",
        roles=(*DESK, "nurse", "tracer"),
        form=forms.Suspicion,
        effects=[keep("suspicion"), Set("to_report", True)],
        title=Text("write down what the police have to be told", "登记应报案情形"),
    ),
    Transition(
        "report_to_police",
        phase="living",
        roles=(*DESK, "tracer"),
        form=forms.Report,
        condition=yes("to_report"),
        effects=[keep("report_number"), Set("to_report", False), Set("police_told", True)],
        title=Text("report to the police", "向公安机关报案"),
        because=Text("what is suspected is written down first", "须先登记疑似情形"),
    ),
    Transition(
        "refuse",
        ("found", "assessed"),
        "refused",
        roles=DIRECTOR,
        form=forms.Refuse,
        # Help first, verify later: only who could say who they are, and does not, is refused for it.
        condition=no("minor") & (~(given("refusal_reason") == "untruthful") | yes("can_state_identity")),
        because=Text(
            "minors are helped always, and whoever cannot say who they are is helped first",
            "未成年人一律先行救助；无法说明身份的，先行救助、后予核实",
        ),
        effects=keep("refusal_reason", "refusal_notice"),
        title=Text("refuse help", "不予救助"),
    ),
)

_SETTLEMENT = Deadline(
    "settlement",
    ("found", *UNTRACED),
    rule="rescue.settlement",
    title=Text("three months unidentified: settlement", "滞留满三个月提出安置"),
)

# The station's own practice, besides what rules ask for: nobody is forgotten at the door, or once they have a name.
_PRACTICE = (
    Deadline("assessment", "found", hours(24), title=Text("assess within a day", "一日内完成甄别")),
    Deadline("bring_home", "identity_traced", days(7), title=Text("bring home in a week", "查明身份后一周内返乡")),
)

main = Workflow(
    "rescue",
    initial="found",
    title=Text("rescue", "救助"),
    states=_STATES,
    # The automatic steps come first, for order of declaration decides between them.
    transitions=(*_FOLLOWING, *_ASSESSING, *HANDING_OVER, *LEAVING, *SETTLING, *REOPENING),
    deadlines=(_SETTLEMENT, *_PRACTICE),
)
