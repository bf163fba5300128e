"""What a rescue case knows: found whom, where, in which condition, and what became of it.

Only where and by whom somebody was found is asked at the door; the rest is learnt on the way. What
conditions decide on is open and a plain yes or no (``minor``, ``fit_to_travel``), so that the sealed
fact behind it need not be read; erasing that fact clears the answer too.

What a step answers for is managed: which room a bed was taken in, what was judged, found out, signed,
approved or written down at the end. Opening and amending could set it without the step, its roles and
its second pair of eyes; a wrong one is mended by the step again, or by ``correct``. Where the same
question is asked at the door and judged later, these are two fields: ``says_who_they_are`` is what was
heard there, ``can_state_identity`` what the assessment found.
"""

from __future__ import annotations

from datetime import date, datetime

import attrs

from casework import Choice, Text, fact

SEXES = (Choice("male", Text("male", "男")), Choice("female", Text("female", "女")))
SEXES_OR_UNKNOWN = (*SEXES, Choice("unknown", Text("not known", "不详")))

BRINGERS = (
    Choice("street_patrol", Text("street patrol of the station", "本站街头巡查")),
    Choice("police", Text("police", "公安民警")),
    Choice("city_management", Text("city management officers", "城管队员")),
    Choice("citizen", Text("citizen", "热心群众")),
    Choice("self", Text("came alone", "本人来站")),
    Choice("hospital", Text("hospital", "医疗机构")),
    Choice("other_station", Text("another station", "其他救助站")),
)

SERVICES = (
    Choice("clothing", Text("clothing", "衣")),
    Choice("food", Text("food", "食")),
    Choice("lodging", Text("lodging", "住")),
    Choice("travel", Text("travel", "行")),
    Choice("medicine", Text("medicine", "医")),
)

WAYS = (
    Choice("interview", Text("talks and clues", "谈话甄别与线索核查")),
    Choice("national_site", Text("national tracing site", "全国救助寻亲网")),
    Choice("notice", Text("other notices", "其他寻亲公告")),
    Choice("dna", Text("DNA comparison", "DNA比对")),
    Choice("face", Text("face comparison", "人像比对")),
    Choice("police", Text("police enquiry", "公安机关协查")),
    Choice("stated", Text("stated by the person and verified", "本人陈述并经核实")),
)

NOTICE_CHANNELS = (
    Choice("national_site", Text("national tracing site", "全国救助寻亲网")),
    Choice("newspaper", Text("newspaper", "报纸")),
    Choice("broadcast", Text("radio or television", "广播电视")),
    Choice("new_media", Text("news apps and social media", "新媒体平台")),
)

RISKS = (
    Choice("high", Text("high", "高")),
    Choice("medium", Text("medium", "中")),
    Choice("low", Text("low", "低")),
)

SUSPICIONS = (
    Choice("lost", Text("lost", "疑似走失")),
    Choice("abandoned", Text("abandoned", "疑似被遗弃")),
    Choice("trafficked", Text("trafficked", "疑似被拐卖")),
    Choice("harmed", Text("harmed, or in danger of it", "疑似受侵害或面临危险")),
    Choice("dangerous", Text("a danger to others", "有危害他人的现实危险")),
    Choice("wanted", Text("suspected of drugs or a crime", "疑似吸毒或在逃")),
)

REFUSALS = (
    Choice("untruthful", Text("refuses to state the facts truthfully", "拒不如实提供情况")),
    Choice("self_supporting", Text("able to support himself or herself", "自身有能力解决食宿")),
    Choice("out_of_scope", Text("not within the scope of relief", "不属于救助对象")),
)

EXITS = (
    Choice("statement", Text("signed the statement of leaving", "签署自行离站声明书")),
    Choice("walked_out", Text("walked out, which gives up the help", "擅自离站，视同放弃救助")),
)


@attrs.frozen(kw_only=True)
class Arrival:
    """What is known of a person at the door."""

    found_at: str = fact(en="found at", zh="发现地点", field_class="whereabouts", max_length=200)
    found_by: str = fact(en="found by", zh="发现人", field_class="personal", max_length=100)
    brought_by: str | None = fact(default=None, en="brought by", zh="护送来站方式", choices=BRINGERS)
    alias: str | None = fact(default=None, en="called", zh="登记称呼", max_length=60)
    sex: str | None = fact(default=None, en="sex", zh="性别", field_class="personal", choices=SEXES_OR_UNKNOWN)
    age: int | None = fact(
        default=None, en="estimated age", zh="估计年龄", field_class="personal", minimum=0, maximum=130
    )
    apparent_condition: str | None = fact(
        default=None, en="apparent condition", zh="身心状况", field_class="health", max_length=500
    )
    says_who_they_are: bool | None = fact(default=None, en="says who they are, at the door", zh="到站时自述身份")


@attrs.frozen(kw_only=True)
class Care(Arrival):
    """What care and medical help add."""

    urgent: bool | None = fact(
        default=None, managed=True, en="needs a hospital at once", zh="需立即送医", derived_from="apparent_condition"
    )
    minor: bool | None = fact(default=None, managed=True, en="under age", zh="未成年人", derived_from="age")
    needs_escort: bool | None = fact(
        default=None,
        managed=True,
        en="needs an escort",
        zh="需要护送或接领",
        derived_from=("age", "apparent_condition"),
    )
    risk: str | None = fact(default=None, managed=True, en="risk", zh="风险等级", choices=RISKS)
    # What it is about is personal; that the police have to be told is not.
    suspicion: str | None = fact(
        default=None, managed=True, en="suspicion", zh="疑似情形", field_class="personal", choices=SUSPICIONS
    )
    to_report: bool | None = fact(default=None, managed=True, en="to be reported to the police", zh="应向公安机关报告")
    report_number: str | None = fact(
        default=None, managed=True, en="number of the report", zh="报案回执编号", field_class="personal", max_length=60
    )
    fit_to_travel: bool | None = fact(
        default=None,
        managed=True,
        en="fit to travel",
        zh="身体状况适宜返乡",
        derived_from=("apparent_condition", "diagnosis"),
    )
    room: str | None = fact(default=None, managed=True, en="room for", zh="住宿分区", choices=SEXES, derived_from="sex")
    hospital: str | None = fact(default=None, en="hospital", zh="就诊医院", field_class="whereabouts", max_length=100)
    diagnosis: str | None = fact(default=None, en="diagnosis", zh="诊断情况", field_class="health", max_length=500)
    discharge_certificate: str | None = fact(
        default=None, managed=True, en="discharge certificate", zh="出院证明编号", field_class="health", max_length=60
    )
    visited_at: datetime | None = fact(
        default=None, managed=True, en="last visited in hospital", zh="最近一次到院探视时间"
    )
    last_service: str | None = fact(
        default=None, managed=True, en="last service", zh="最近一次救助服务", choices=SERVICES
    )
    extension_reason: str | None = fact(
        default=None,
        managed=True,
        en="reason for a longer stay",
        zh="延长救助期限的原因",
        field_class="personal",
        max_length=500,
    )


@attrs.frozen(kw_only=True)
class Tracing(Care):
    """What the search for home and kin adds."""

    # The answer of the assessment: with a yes one person alone verifies an identity, so nothing else may give it.
    can_state_identity: bool | None = fact(default=None, managed=True, en="can state who they are", zh="能够说明身份")
    clue: str | None = fact(default=None, en="latest clue", zh="最新线索", field_class="identity", max_length=1000)
    notice_channel: str | None = fact(
        default=None, managed=True, en="notice published on", zh="寻亲公告发布渠道", choices=NOTICE_CHANNELS
    )
    notice_published_at: datetime | None = fact(
        default=None, managed=True, en="notice published", zh="寻亲公告发布时间"
    )
    dna_requested_at: datetime | None = fact(
        default=None, managed=True, en="DNA sampling requested", zh="提请采集DNA时间"
    )
    dna_reference: str | None = fact(
        default=None, managed=True, en="DNA request number", zh="DNA采集申请编号", field_class="identity", max_length=60
    )
    dna_sampled_at: datetime | None = fact(default=None, managed=True, en="DNA sampled", zh="采集DNA时间")
    dna_sample: str | None = fact(
        default=None, managed=True, en="number of the sample", zh="DNA样本编号", field_class="identity", max_length=60
    )
    candidate_name: str | None = fact(
        default=None, managed=True, en="candidate's name", zh="疑似身份姓名", field_class="identity", max_length=60
    )
    identified_by: str | None = fact(
        default=None, managed=True, en="identified through", zh="身份查明途径", choices=WAYS
    )
    name: str | None = fact(default=None, managed=True, en="name", zh="姓名", field_class="identity", max_length=60)
    home: str | None = fact(
        default=None, managed=True, en="home", zh="户籍或家庭住址", field_class="identity", max_length=200
    )


@attrs.frozen(kw_only=True)
class Rescue(Tracing):
    """A rescue case in full, with the papers that end it."""

    handed_over_by: str | None = fact(
        default=None, managed=True, en="handed over by", zh="移交人签字", field_class="personal", max_length=60
    )
    received_by: str | None = fact(
        default=None, managed=True, en="received by", zh="接收人签字", field_class="personal", max_length=60
    )
    receiver_is: str | None = fact(
        default=None,
        managed=True,
        en="receiver's relation or office",
        zh="接收人关系或单位",
        field_class="personal",
        max_length=100,
    )
    to_unit: str | None = fact(default=None, managed=True, en="transferred to", zh="转送单位", max_length=100)
    settlement_plan: str | None = fact(
        default=None, managed=True, en="settlement plan", zh="安置方案", field_class="personal", max_length=1000
    )
    settlement_approved: bool | None = fact(default=None, managed=True, en="settlement approved", zh="安置已获批准")
    settled_at: str | None = fact(
        default=None, managed=True, en="settled at", zh="安置去向", field_class="whereabouts", max_length=200
    )
    left_by: str | None = fact(default=None, managed=True, en="way of leaving", zh="离站方式", choices=EXITS)
    statement_number: str | None = fact(
        default=None, managed=True, en="statement number", zh="自行离站声明书编号", max_length=60
    )
    refusal_reason: str | None = fact(
        default=None, managed=True, en="reason for refusing help", zh="不予救助原因", choices=REFUSALS
    )
    refusal_notice: str | None = fact(
        default=None, managed=True, en="refusal notice number", zh="不予救助通知书编号", max_length=60
    )
    died_on: date | None = fact(default=None, managed=True, en="died on", zh="死亡日期", field_class="personal")
    death_certificate: str | None = fact(
        default=None, managed=True, en="death certificate", zh="死亡证明编号", field_class="health", max_length=60
    )
    police_told: bool | None = fact(default=None, managed=True, en="police told", zh="已告知公安机关")
    closing_note: str | None = fact(
        default=None, managed=True, en="how it ended", zh="结案说明", field_class="personal", max_length=1000
    )
