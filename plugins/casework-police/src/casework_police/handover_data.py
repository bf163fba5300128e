"""The form by which police or city management hand a person over to a relief station.

Its contents follow the form for persons escorted by the police (公安机关护送流浪乞讨人员交接表), annex 1 of
民发〔2015〕158号; that dangerous goods are handed over on entry is article 6 of decree no. 381 of the State Council.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import Choice, Text, fact

FROM = (
    Choice("police", Text("police", "公安民警")),
    Choice("city_management", Text("city management officers", "城管队员")),
)
SEXES = (
    Choice("male", Text("male", "男")),
    Choice("female", Text("female", "女")),
    Choice("unknown", Text("not known", "不详")),
)


@attrs.frozen(kw_only=True)
class Bringing:
    """Who brings the person, and where and when they were found."""

    referred_by: str = fact(en="brought by", zh="护送部门", choices=FROM)
    office: str = fact(en="office", zh="护送单位", max_length=100)
    brought_by: str = fact(en="name of the officer", zh="护送人员姓名", field_class="personal", max_length=60)
    badge_number: str | None = fact(
        default=None, en="badge number", zh="警号或工号", field_class="personal", max_length=30
    )
    telephone: str | None = fact(default=None, en="telephone", zh="联系电话", field_class="personal", max_length=60)
    found_at: str = fact(en="found at", zh="发现地点", field_class="whereabouts", max_length=200)
    found_when: datetime = fact(en="found", zh="发现时间")
    circumstances: str | None = fact(
        default=None, en="circumstances", zh="发现经过", field_class="personal", max_length=1000
    )


@attrs.frozen(kw_only=True)
class Person(Bringing):
    """The person as the officer found them; nothing but the state of body and mind is asked for at once."""

    alias: str | None = fact(default=None, en="called", zh="登记称呼", max_length=60)
    name: str | None = fact(default=None, en="name stated", zh="自述姓名", field_class="identity", max_length=60)
    sex: str | None = fact(default=None, en="sex", zh="性别", field_class="personal", choices=SEXES)
    age: int | None = fact(
        default=None, en="estimated age", zh="估计年龄", field_class="personal", minimum=0, maximum=130
    )
    can_state_identity: bool | None = fact(default=None, en="can state who they are", zh="能够说明身份")
    apparent_condition: str = fact(en="apparent condition", zh="身心状况", field_class="health", max_length=500)


@attrs.frozen(kw_only=True)
class Handover(Person):
    """The whole form, with what the two sides sign."""

    belongings: str | None = fact(default=None, en="belongings", zh="随身物品", field_class="personal", max_length=1000)
    dangerous_goods: bool = fact(en="carries dangerous goods", zh="携带危险物品")
    dangerous_list: str | None = fact(
        default=None, en="which dangerous goods", zh="危险物品清单", field_class="personal", max_length=500
    )
    signed_by: str | None = fact(
        default=None, managed=True, en="signed by", zh="移交人签字", field_class="personal", max_length=60
    )
    signed_before: bool | None = fact(default=None, managed=True, en="was signed before", zh="曾经签字")
    countersigned_by: str | None = fact(
        default=None, managed=True, en="countersigned by", zh="接收人签字", field_class="personal", max_length=60
    )
    goods_kept_by: str | None = fact(
        default=None,
        managed=True,
        en="dangerous goods kept by",
        zh="危险物品处置",
        field_class="personal",
        max_length=100,
    )
    not_received_because: str | None = fact(
        default=None, managed=True, en="why not received", zh="未接收原因", field_class="personal", max_length=500
    )
