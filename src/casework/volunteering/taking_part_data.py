"""What a service knows: who takes part in which task, what each side attests, and what came of it."""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import Choice, Text, fact
from casework.volunteering.rules import LONGEST

UNRATED = "none"
# Not to rate is said as well: a field that is not there would tell whoever may not read it.
RATINGS = (*(Choice(str(stars)) for stars in range(1, 6)), Choice(UNRATED, Text("no rating", "不评价")))
_ONLY_CERTIFIER = ("certifier",)
_ONLY_RECIPIENT = ("recipient",)


@attrs.frozen(kw_only=True)
class SignUp:
    """Who signs up for which task, both by the numbers that the accounts have; the task's length once placed."""

    volunteer: str = fact(en="volunteer's number", zh="志愿者编号", field_class="personal", max_length=128)
    task: str = fact(en="number of the task", zh="任务编号", max_length=128)
    what: str = fact(en="what is to be done", zh="服务内容", max_length=500)
    planned_minutes: int | None = fact(
        default=None, managed=True, en="planned minutes", zh="计划时长（分钟）", minimum=1, maximum=LONGEST
    )


@attrs.frozen(kw_only=True)
class Attendance(SignUp):
    """Who attests, and when somebody came and went."""

    certifier_is: str | None = fact(
        default=None, managed=True, en="certifier's number", zh="认证员编号", field_class="personal", max_length=128
    )
    recipient_is: str | None = fact(
        default=None,
        managed=True,
        en="number of the person served",
        zh="服务对象编号",
        field_class="personal",
        max_length=128,
    )
    came_at: datetime | None = fact(default=None, managed=True, en="checked in at", zh="签到时间")
    left_at: datetime | None = fact(default=None, managed=True, en="checked out at", zh="签退时间")


@attrs.frozen(kw_only=True)
class Certified(Attendance):
    """What the certifier states; nobody else reads it."""

    certified_start: datetime | None = fact(
        default=None, managed=True, en="began", zh="开始时间", field_class="personal", readers=_ONLY_CERTIFIER
    )
    certified_end: datetime | None = fact(
        default=None, managed=True, en="ended", zh="结束时间", field_class="personal", readers=_ONLY_CERTIFIER
    )
    certified_content: str | None = fact(
        default=None,
        managed=True,
        en="what was done, by the certifier",
        zh="服务内容（认证员填写）",
        field_class="personal",
        readers=_ONLY_CERTIFIER,
        max_length=500,
    )
    certified_minutes: int | None = fact(
        default=None,
        managed=True,
        en="minutes by the certifier",
        zh="工时（认证员填写，分钟）",
        field_class="personal",
        readers=_ONLY_CERTIFIER,
        minimum=0,
        maximum=LONGEST,
    )


@attrs.frozen(kw_only=True)
class Confirmed(Certified):
    """What the person served states; nobody else reads it."""

    confirmed_start: datetime | None = fact(
        default=None, managed=True, en="began", zh="开始时间", field_class="personal", readers=_ONLY_RECIPIENT
    )
    confirmed_end: datetime | None = fact(
        default=None, managed=True, en="ended", zh="结束时间", field_class="personal", readers=_ONLY_RECIPIENT
    )
    confirmed_content: str | None = fact(
        default=None,
        managed=True,
        en="what was done, by the person served",
        zh="服务内容（服务对象填写）",
        field_class="personal",
        readers=_ONLY_RECIPIENT,
        max_length=500,
    )
    confirmed_minutes: int | None = fact(
        default=None,
        managed=True,
        en="minutes by the person served",
        zh="工时（服务对象填写，分钟）",
        field_class="personal",
        readers=_ONLY_RECIPIENT,
        minimum=0,
        maximum=LONGEST,
    )
    rating: str | None = fact(
        default=None,
        managed=True,
        en="rating by the person served",
        zh="服务对象评价（星）",
        field_class="personal",
        readers=("recipient", "coordinator"),
        choices=RATINGS,
    )


@attrs.frozen(kw_only=True)
class Service(Confirmed):
    """A service in full. What each side said is told to both once both have spoken and were compared."""

    told_certified: int | None = fact(
        default=None, managed=True, en="the certifier said (minutes)", zh="认证员所报（分钟）", field_class="personal"
    )
    told_confirmed: int | None = fact(
        default=None,
        managed=True,
        en="the person served said (minutes)",
        zh="服务对象所报（分钟）",
        field_class="personal",
    )
    told_by_certifier: str | None = fact(
        default=None, managed=True, en="the certifier wrote", zh="认证员所填", field_class="personal", max_length=500
    )
    told_by_recipient: str | None = fact(
        default=None,
        managed=True,
        en="the person served wrote",
        zh="服务对象所填",
        field_class="personal",
        max_length=500,
    )
    agreed_minutes: int | None = fact(default=None, managed=True, en="agreed minutes", zh="一致认可（分钟）")
    contested_minutes: int | None = fact(default=None, managed=True, en="contested minutes", zh="差异（分钟）")
    credited_minutes: int | None = fact(default=None, managed=True, en="credited minutes", zh="记入（分钟）")
    decision: str | None = fact(
        default=None, managed=True, en="how it was decided", zh="复核说明", field_class="personal", max_length=500
    )
    reason: str | None = fact(
        default=None, managed=True, en="reason", zh="原因", field_class="personal", max_length=500
    )
