"""What is known of one person who was met in the street, and what the steps of a contact ask for.

The fields that a rescue case asks for at the door have the names that they have there, so that they go along with it.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import Choice, Text, fact
from casework.outreach.accounts import ITEMS

SEXES = (
    Choice("male", Text("male", "男")),
    Choice("female", Text("female", "女")),
    Choice("unknown", Text("not known", "不详")),
)
ANSWERS = (
    Choice("wants_to_stay", Text("wants to stay where they are", "不愿离开现居处")),
    Choice("has_work", Text("has work or a bed for the night", "有工作或住处")),
    Choice("waits_for_somebody", Text("waits for somebody", "等候他人")),
    Choice("no_reason", Text("gives no reason", "未说明原因")),
    Choice("other", Text("another reason", "其他")),
)


@attrs.frozen(kw_only=True)
class Contact:
    """One person, perhaps nameless, met on one patrol."""

    found_at: str = fact(en="met at", zh="发现地点", field_class="whereabouts", max_length=200)
    found_by: str = fact(en="met by", zh="发现人", field_class="personal", max_length=100)
    patrol_id: str | None = fact(default=None, en="patrol", zh="巡查编号", max_length=64)
    met_when: datetime | None = fact(default=None, en="when", zh="接触时间")
    alias: str | None = fact(default=None, en="called", zh="登记称呼", max_length=60)
    sex: str | None = fact(default=None, en="sex", zh="性别", field_class="personal", choices=SEXES)
    age: int | None = fact(
        default=None, en="estimated age", zh="估计年龄", field_class="personal", minimum=0, maximum=130
    )
    apparent_condition: str | None = fact(
        default=None, en="apparent condition", zh="身心状况", field_class="health", max_length=500
    )
    says_who_they_are: bool | None = fact(default=None, en="says who they are", zh="自述身份")
    # Both are asked in every meeting. What may be done depends on `minor` and `urgent`, which begin as they were
    # answered and change by a step alone: amending an answer lets nobody off.
    looks_minor: bool = fact(en="looks under age, at first sight", zh="初步判断疑似未成年", derived_from="age")
    needs_doctor: bool = fact(
        en="needs a doctor, at first sight", zh="初步判断需立即送医", derived_from="apparent_condition"
    )
    minor: bool | None = fact(default=None, managed=True, en="looks under age", zh="疑似未成年人", derived_from="age")
    urgent: bool | None = fact(
        default=None, managed=True, en="needs a doctor at once", zh="需立即送医", derived_from="apparent_condition"
    )
    met_before: str | None = fact(
        default=None, en="earlier meeting", zh="前次接触编号", field_class="personal", max_length=64
    )
    leaflet_left: bool | None = fact(default=None, managed=True, en="leaflet or card left", zh="已留下求助方式")
    declined_because: str | None = fact(
        default=None, managed=True, en="why help was declined", zh="不接受救助原因", choices=ANSWERS
    )
    item: str | None = fact(default=None, managed=True, en="goods last handed out", zh="最近发放物资", choices=ITEMS)
    brought_to: str | None = fact(
        default=None, managed=True, en="brought to", zh="送往", field_class="whereabouts", max_length=200
    )
    ended_because: str | None = fact(
        default=None, managed=True, en="how it ended", zh="结束说明", field_class="personal", max_length=500
    )


@attrs.frozen(kw_only=True)
class HandOut:
    """So many pieces of one kind."""

    item: str = fact(en="goods", zh="物资", choices=ITEMS)
    count: int = fact(en="pieces", zh="件数", minimum=1, maximum=100)


@attrs.frozen(kw_only=True)
class Decline:
    """Whoever declines is told once more where help is to be had."""

    declined_because: str = fact(en="why", zh="原因", choices=ANSWERS)
    leaflet_left: bool = fact(en="leaflet or card left", zh="已留下求助方式")


@attrs.frozen(kw_only=True)
class Judge:
    """How the person is, looked at anew."""

    urgent: bool = fact(en="needs a doctor at once", zh="需立即送医")


@attrs.frozen(kw_only=True)
class JudgeAge:
    """How old the person looks, or says they are."""

    minor: bool = fact(en="looks under age", zh="疑似未成年人")


@attrs.frozen(kw_only=True)
class Brought:
    """Where to, so that it can be asked there."""

    brought_to: str = fact(en="brought to", zh="送往", field_class="whereabouts", max_length=200)


@attrs.frozen(kw_only=True)
class Ended:
    """How it ended."""

    ended_because: str = fact(en="how it ended", zh="结束说明", field_class="personal", max_length=500)
