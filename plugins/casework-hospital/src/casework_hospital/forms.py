"""What each step of a referral asks for.

A value that a form leaves out would clear the field it is kept in; what may be left out is kept by steps of
its own, or belongs to the round alone.
"""

from __future__ import annotations

from datetime import date, datetime

import attrs

from casework import Field, Text, fact
from casework_hospital.fields import BOTH_SIDES, CLINICAL, DISPOSITIONS, PRIORITIES, REJECTIONS, TOLD_AS_LIMIT
from casework_hospital.wards import Wards


def request_form(wards: Wards) -> tuple[Field, ...]:
    """The request for a bed in one of *wards*."""
    return (
        Field("ward", "choice", required=True, choices=wards, title=Text("ward", "病区")),
        Field("priority", "choice", required=True, choices=PRIORITIES, title=Text("priority", "紧急程度")),
        Field(
            "diagnosis",
            required=True,
            field_class="health",
            readers=CLINICAL,
            max_length=500,
            title=Text("reason for the referral", "转诊原因（诊断）"),
        ),
        Field(
            "told_as",
            field_class="personal",
            readers=BOTH_SIDES,
            max_length=TOLD_AS_LIMIT,
            title=Text("number that the ward is told for the person", "告知病区的人员编号"),
        ),
    )


@attrs.frozen(kw_only=True)
class Told:
    """Which version of which message says so; both are left out where somebody enters it by hand."""

    told_by: str | None = fact(default=None, en="message that says so", zh="消息来源", max_length=200)
    told_version: int | None = fact(default=None, en="its version", zh="消息版本", minimum=1)


@attrs.frozen(kw_only=True)
class Reject(Told):
    """Why the ward does not take the person."""

    rejection: str = fact(en="reason for rejecting", zh="退回原因", choices=REJECTIONS)
    rejection_note: str | None = fact(
        default=None, en="what the ward adds", zh="退回说明", field_class="health", readers=CLINICAL, max_length=500
    )


@attrs.frozen(kw_only=True)
class Withdraw:
    """Why the request is taken back."""

    withdrawn_because: str = fact(
        en="reason for withdrawing", zh="撤回原因", field_class="personal", readers=BOTH_SIDES, max_length=500
    )


@attrs.frozen(kw_only=True)
class Admit:
    """When the ward took the person in; left out, it is now."""

    since: datetime | None = fact(default=None, en="admitted at", zh="入院时间")


@attrs.frozen(kw_only=True)
class Visit:
    """A visit at the bedside: who was helped with what, what was asked, what was heard."""

    services: str = fact(en="services given", zh="现场救助服务", field_class="personal", max_length=500)
    condition: str = fact(en="condition", zh="身体状况", field_class="health", readers=CLINICAL, max_length=1000)
    enquiries: str | None = fact(
        default=None, en="what was asked", zh="查询情况", field_class="identity", max_length=1000
    )
    clue: str | None = fact(default=None, en="clue heard", zh="新获线索", field_class="identity", max_length=1000)


@attrs.frozen(kw_only=True)
class Clue:
    """Something that the ward heard and that may lead home."""

    clue: str = fact(en="clue heard", zh="新获线索", field_class="identity", max_length=1000)


@attrs.frozen(kw_only=True)
class Plan(Told):
    """What has to be ready when the person leaves the ward."""

    planned_for: date = fact(en="discharge planned for", zh="拟出院日期")
    needs: str = fact(
        en="needs after discharge", zh="出院后照护需求", field_class="health", readers=CLINICAL, max_length=1000
    )
    medication: str = fact(
        en="medication in hand", zh="带药情况", field_class="health", readers=CLINICAL, max_length=1000
    )


@attrs.frozen(kw_only=True)
class Discharge:
    """The end of the stay, with its certificate; *until* left out, it is now."""

    certificate: str = fact(
        en="discharge certificate", zh="出院证明编号", field_class="health", readers=BOTH_SIDES, max_length=60
    )
    disposition: str = fact(
        en="whereto discharged", zh="出院去向", field_class="personal", readers=BOTH_SIDES, choices=DISPOSITIONS
    )
    until: datetime | None = fact(default=None, en="discharged at", zh="出院时间")
