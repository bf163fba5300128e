"""What a case knows of a referral.

All of it is managed: only the steps of the referral write it. What the ledger and the conditions read is
open; what tells of somebody's health is sealed, and read by the ward and by those whom the host names as
carers, whatever else the host lets its roles read of that class.
"""

from __future__ import annotations

from typing import Any

from casework import Choice, Field, Text
from casework_hospital.wards import Wards

NURSE = "ward_nurse"

PRIORITIES = (
    Choice("routine", Text("routine", "常规")),
    Choice("urgent", Text("urgent", "加急")),
    Choice("asap", Text("as soon as possible", "尽快")),
    Choice("stat", Text("at once", "立即")),
)

REJECTIONS = (
    Choice("no_bed", Text("no bed free", "无空余床位")),
    Choice("not_indicated", Text("a stay is not indicated", "无需住院")),
    Choice("other_ward", Text("belongs to another ward", "应转其他病区")),
    Choice("papers_missing", Text("papers are missing", "材料不全")),
    Choice("other", Text("another reason", "其他原因")),
)

DISPOSITIONS = (
    Choice("station", Text("back to whoever referred them", "返回转介单位")),
    Choice("home", Text("home", "回家")),
    Choice("other_facility", Text("to another care facility", "转其他医疗机构")),
    Choice("long_term", Text("to long-term care", "转长期照护机构")),
    Choice("against_advice", Text("left against medical advice", "自动出院")),
    Choice("died", Text("died", "死亡")),
    Choice("other", Text("otherwise", "其他")),
)

BEDS = (Choice("reserved", Text("reserved", "已预留")), Choice("occupied", Text("occupied", "已占用")))

CLINICAL = (NURSE, "carer")
"""Who reads what tells of somebody's health."""

BOTH_SIDES = (NURSE, "carer", "desk")
"""Who reads what both sides have to know of how a referral ended."""


TOLD_AS_LIMIT = 64
"""Characters of the number that a ward is told for somebody."""


def _kept(name: str, kind: Any, en: str, zh: str, **more: Any) -> Field:
    return Field(name, kind, title=Text(en, zh), managed=True, **more)


def _clinical(name: str, en: str, zh: str, **more: Any) -> Field:
    return _kept(name, "text", en, zh, field_class="health", readers=CLINICAL, **more)


_ASKING = (
    _kept("round", "integer", "referral number", "第几次转介", minimum=1),
    _kept("priority", "choice", "priority", "紧急程度", choices=PRIORITIES, derived_from="diagnosis"),
    _clinical("diagnosis", "reason for the referral", "转诊原因（诊断）", max_length=500),
    _kept("requested_at", "instant", "requested", "申请时间"),
    _kept(
        "told_as",
        "text",
        "number that the ward is told for the person",
        "告知病区的人员编号",
        field_class="personal",
        readers=BOTH_SIDES,
        max_length=TOLD_AS_LIMIT,
    ),
    _kept("rejection", "choice", "reason for rejecting", "退回原因", choices=REJECTIONS),
    _clinical("rejection_note", "what the ward adds", "退回说明", max_length=500),
    _kept("answer_source", "text", "message that told the last answer", "最近答复的消息来源", max_length=200),
    _kept("answer_version", "integer", "its version", "最近答复的消息版本", minimum=1),
    _kept(
        "withdrawn_because",
        "text",
        "reason for withdrawing",
        "撤回原因",
        field_class="personal",
        readers=BOTH_SIDES,
        max_length=500,
    ),
)

_STAYING = (
    _kept("bed", "choice", "bed in the ward", "病区床位", choices=BEDS),
    _kept("admitted_at", "instant", "admitted", "入院时间"),
    _kept("week_began", "instant", "this week of visits began", "本周探视起算时间"),
    _kept("visited_at", "instant", "last visited in the ward", "最近一次到病区探视时间"),
    _kept("visits_made", "integer", "visits made", "已探视次数", minimum=0),
    _kept("visits_missed", "integer", "weeks without a visit", "未探视周数", minimum=0),
    _kept("missed_in_a_row", "integer", "weeks without a visit, since the last one", "上次探视后未探视周数", minimum=0),
    _clinical("condition", "condition at the last visit", "最近一次探视时身体状况", max_length=1000),
)

_LEAVING = (
    _kept("planned_for", "date", "discharge planned for", "拟出院日期"),
    _clinical("needs", "needs after discharge", "出院后照护需求", max_length=1000),
    _clinical("medication", "medication in hand", "带药情况", max_length=1000),
    _kept("plan_source", "text", "message that told the last plan", "最近出院计划的消息来源", max_length=200),
    _kept("plan_version", "integer", "its version", "最近出院计划的消息版本", minimum=1),
    _kept("plan_by_hand", "boolean", "the last plan was entered by hand", "最近出院计划为人工录入"),
    _kept("discharged_at", "instant", "discharged", "出院时间"),
    _kept(
        "certificate",
        "text",
        "discharge certificate",
        "出院证明编号",
        field_class="health",
        readers=BOTH_SIDES,
        max_length=60,
    ),
    _kept(
        "disposition",
        "choice",
        "whereto discharged",
        "出院去向",
        field_class="personal",
        readers=BOTH_SIDES,
        choices=DISPOSITIONS,
    ),
)


def referral_fields(wards: Wards) -> tuple[Field, ...]:
    """The fields of a referral to one of *wards*."""
    return (_kept("ward", "choice", "ward", "病区", choices=wards), *_ASKING, *_STAYING, *_LEAVING)


ROUND = ("round", "ward", "priority", "diagnosis", "requested_at", "told_as")
"""What a new request fills in; everything else that the last one left behind is cleared."""

LEFT_BEHIND = tuple(item.name for item in (*_ASKING, *_STAYING, *_LEAVING) if item.name not in ROUND)
