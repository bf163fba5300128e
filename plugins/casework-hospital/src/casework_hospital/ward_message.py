"""What a ward told and could not be done yet, as a case of its own: parked with its reason, never lost.

A message may come before what it builds on, or contradict what is known. It is kept as the step that it
means, with its form sealed, until it is done after all or a person dismisses it.
"""

from __future__ import annotations

from casework import (
    CaseType,
    Choice,
    Deadline,
    Field,
    Role,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    hours,
    keep,
    overdue,
)
from casework_hospital.fields import NURSE
from casework_hospital.outfit import nurse

LIAISON = "ward_liaison"
# A message may be about somebody whom its nurse treats no longer: a ward hands messages in, and reads none.
_HANDED_IN_BY = (NURSE, LIAISON)

STEPS = (
    Choice("receive", Text("receipt", "确认收到")),
    Choice("accept", Text("acceptance", "接收")),
    Choice("reject", Text("rejection", "退回")),
    Choice("admit", Text("admission", "收入病区")),
    Choice("plan_discharge", Text("plan of discharge", "出院计划")),
    Choice("discharge", Text("discharge", "出院")),
)


def _text(name: str, en: str, zh: str, limit: int = 200) -> Field:
    return Field(name, required=True, max_length=limit, title=Text(en, zh))


def _sealed(name: str, en: str, zh: str) -> Field:
    # A message tells 200 characters at most; put together as a case keeps them, each may become three.
    return Field(name, field_class="personal", readers=LIAISON, max_length=600, title=Text(en, zh))


_DATA = (
    _text("about", "about the case", "所涉案件"),
    Field("round", "integer", required=True, minimum=1, title=Text("referral number", "第几次转介")),
    Field("step", "choice", required=True, choices=STEPS, title=Text("what it means", "消息含义")),
    _text("source", "resource", "消息来源"),
    Field("version", "integer", required=True, minimum=1, title=Text("version", "版本")),
    _sealed("told_ward", "ward that it names", "消息所述病区"),
    _sealed("told_patient", "number of the person that it names", "消息所述人员编号"),
    _text("reason", "why it could not be done", "未能办理的原因代码"),
    Field(
        "explained",
        field_class="personal",
        readers=LIAISON,
        max_length=2_000,
        title=Text("the reason in words", "未能办理的说明"),
    ),
    Field(
        "form",
        required=True,
        field_class="health",
        readers=LIAISON,
        max_length=10_000,
        title=Text("what the ward told", "消息内容"),
    ),
    Field(
        "dismissed_because",
        managed=True,
        field_class="personal",
        readers=LIAISON,
        max_length=500,
        title=Text("why it was dismissed", "不予办理的原因"),
    ),
)

_DISMISS = (
    Field(
        "dismissed_because",
        required=True,
        field_class="personal",
        readers=LIAISON,
        max_length=500,
        title=Text("why it is dismissed", "不予办理的原因"),
    ),
)

_parked = Workflow(
    "ward_message",
    initial="parked",
    title=Text("message of a ward", "病区消息"),
    states=(
        State("parked", title=Text("parked", "待处理"), grants={"note": LIAISON}),
        State("applied", title=Text("done", "已办理"), final=True),
        State("dismissed", title=Text("dismissed", "不予办理"), final=True),
    ),
    transitions=(
        Transition("settle", "parked", "applied", roles=LIAISON, title=Text("it was done", "登记已办理")),
        Transition(
            "dismiss",
            "parked",
            "dismissed",
            roles=LIAISON,
            form=_DISMISS,
            effects=keep("dismissed_because"),
            title=Text("dismiss", "不予办理"),
        ),
    ),
    deadlines=(Deadline("looking", "parked", hours(24), title=Text("looked at within a day", "一日内处理")),),
)

ward_message = CaseType(
    "ward_message",
    title=Text("message of a ward", "病区消息"),
    chain=(_parked,),
    data=_DATA,
    subjects="patient",
    roles=(nurse, Role(LIAISON, title=Text("liaison with the wards", "医院联络员"))),
    opens=_HANDED_IN_BY,
    grants={"view": LIAISON},
    readers={"personal": LIAISON},
    worklists=(
        Worklist("parked_messages", "parked", roles=LIAISON, title=Text("messages to look at", "待处理病区消息")),
        Worklist(
            "messages_late",
            "parked",
            condition=overdue("looking"),
            roles=LIAISON,
            title=Text("messages that nobody looked at", "逾期未处理病区消息"),
        ),
    ),
)
