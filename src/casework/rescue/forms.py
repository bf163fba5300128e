"""What each step of a rescue case asks for.

A value that a form leaves out would clear the field it is kept in; so whatever a form keeps is required.
"""

from __future__ import annotations

from datetime import date

import attrs

from casework import fact
from casework.rescue import data


@attrs.frozen(kw_only=True)
class Assess:
    """The first judgement: hospital or not, and whether the person can say who they are."""

    urgent: bool = fact(en="needs a hospital at once", zh="需立即送医")
    can_state_identity: bool = fact(en="can state who they are", zh="能够说明身份")


@attrs.frozen(kw_only=True)
class Screen:
    """Whether the person may leave alone."""

    minor: bool = fact(en="under age", zh="未成年人")
    needs_escort: bool = fact(en="needs an escort", zh="需要护送或接领")


@attrs.frozen(kw_only=True)
class Risk:
    """How much is at stake: it puts a case on the list of those that are looked at first."""

    risk: str = fact(en="risk", zh="风险等级", choices=data.RISKS)


@attrs.frozen(kw_only=True)
class Suspicion:
    """What has to be told to the police."""

    suspicion: str = fact(en="suspicion", zh="疑似情形", field_class="personal", choices=data.SUSPICIONS)


@attrs.frozen(kw_only=True)
class Report:
    """The receipt that the police gave for a report."""

    report_number: str = fact(en="number of the report", zh="报案回执编号", field_class="personal", max_length=60)


@attrs.frozen(kw_only=True)
class ArrivalCheck:
    """The look at body and mind, on arrival or anew."""

    urgent: bool = fact(en="needs a hospital at once", zh="需立即送医")
    apparent_condition: str = fact(en="apparent condition", zh="身心状况", field_class="health", max_length=500)


@attrs.frozen(kw_only=True)
class Lodge:
    """A bed in the rooms for men or for women; an unknown sex has to be settled first."""

    sex: str = fact(en="sex", zh="性别", field_class="personal", choices=data.SEXES)


@attrs.frozen(kw_only=True)
class Admit:
    """Admission to a hospital."""

    hospital: str = fact(en="hospital", zh="就诊医院", field_class="whereabouts", max_length=100)
    diagnosis: str = fact(en="diagnosis", zh="诊断情况", field_class="health", max_length=500)


@attrs.frozen(kw_only=True)
class Discharge:
    """Leaving the hospital with its certificate."""

    discharge_certificate: str = fact(
        en="discharge certificate", zh="出院证明编号", field_class="health", max_length=60
    )
    fit_to_travel: bool = fact(en="fit to travel", zh="身体状况适宜返乡")


@attrs.frozen(kw_only=True)
class Examine:
    """Whether the person can bear the way home."""

    fit_to_travel: bool = fact(en="fit to travel", zh="身体状况适宜返乡")


@attrs.frozen(kw_only=True)
class Visit:
    """A weekly visit in hospital: help and enquiries at the bedside."""

    note: str | None = fact(default=None, en="what was done", zh="探视情况", field_class="health", max_length=1000)


@attrs.frozen(kw_only=True)
class Serve:
    """One of the five basic services."""

    service: str = fact(en="service", zh="服务项目", choices=data.SERVICES)
    quantity: int = fact(en="quantity", zh="数量", minimum=1, maximum=1000)
    note: str | None = fact(default=None, en="note", zh="备注", field_class="personal", max_length=300)


@attrs.frozen(kw_only=True)
class Extend:
    """Why the stay has to be longer, for filing with the superior office."""

    extension_reason: str = fact(
        en="reason for a longer stay", zh="延长救助期限的原因", field_class="personal", max_length=500
    )


@attrs.frozen(kw_only=True)
class Clue:
    """Something heard, seen or found that may lead home."""

    clue: str = fact(en="clue", zh="线索内容", field_class="identity", max_length=1000)


@attrs.frozen(kw_only=True)
class Notice:
    """Where the tracing notice was published."""

    notice_channel: str = fact(en="published on", zh="发布渠道", choices=data.NOTICE_CHANNELS)


@attrs.frozen(kw_only=True)
class Dna:
    """The request to the police for a sample."""

    dna_reference: str = fact(en="request number", zh="申请编号", field_class="identity", max_length=60)


@attrs.frozen(kw_only=True)
class Sample:
    """The number under which the police keep the sample."""

    dna_sample: str = fact(en="number of the sample", zh="DNA样本编号", field_class="identity", max_length=60)


@attrs.frozen(kw_only=True)
class Candidate:
    """Who the person may be, and what led there."""

    candidate_name: str = fact(en="candidate's name", zh="疑似身份姓名", field_class="identity", max_length=60)
    identified_by: str = fact(en="found through", zh="查找途径", choices=data.WAYS)


@attrs.frozen(kw_only=True)
class Identity:
    """Who the person is."""

    name: str = fact(en="name", zh="姓名", field_class="identity", max_length=60)
    home: str = fact(en="home", zh="户籍或家庭住址", field_class="identity", max_length=200)


@attrs.frozen(kw_only=True)
class ConfirmCandidate:
    """Where the confirmed person is at home; the name is the candidate's."""

    home: str = fact(en="home", zh="户籍或家庭住址", field_class="identity", max_length=200)


@attrs.frozen(kw_only=True)
class Reason:
    """Why this is done."""

    reason: str = fact(en="reason", zh="原因", field_class="personal", max_length=500)


@attrs.frozen(kw_only=True)
class Sign:
    """The signature of whoever gives the person over."""

    handed_over_by: str = fact(en="handed over by", zh="移交人签字", field_class="personal", max_length=60)


@attrs.frozen(kw_only=True)
class Countersign:
    """The signature of whoever receives the person."""

    received_by: str = fact(en="received by", zh="接收人签字", field_class="personal", max_length=60)
    receiver_is: str = fact(
        en="receiver's relation or office", zh="接收人关系或单位", field_class="personal", max_length=100
    )


@attrs.frozen(kw_only=True)
class Transfer:
    """The unit that goes on with the case."""

    to_unit: str = fact(en="transfer to", zh="转送单位", max_length=100)


@attrs.frozen(kw_only=True)
class Leave:
    """The signed statement of leaving of one's own will."""

    statement_number: str = fact(en="statement number", zh="自行离站声明书编号", max_length=60)


@attrs.frozen(kw_only=True)
class Closing:
    """The written record of how it ended."""

    closing_note: str = fact(en="how it ended", zh="情况说明", field_class="personal", max_length=1000)


@attrs.frozen(kw_only=True)
class LoseContact(Closing):
    """Losing somebody is told to the police, or it is written down that it was not."""

    police_told: bool = fact(en="police told", zh="已告知公安机关")


@attrs.frozen(kw_only=True)
class Refuse:
    """The reason for refusing help and the notice that explains it."""

    refusal_reason: str = fact(en="reason for refusing help", zh="不予救助原因", choices=data.REFUSALS)
    refusal_notice: str = fact(en="refusal notice number", zh="不予救助通知书编号", max_length=60)


@attrs.frozen(kw_only=True)
class Death:
    """A death and the certificate for it."""

    died_on: date = fact(en="died on", zh="死亡日期", field_class="personal")
    death_certificate: str = fact(en="death certificate", zh="死亡证明编号", field_class="health", max_length=60)


@attrs.frozen(kw_only=True)
class Plan:
    """The plan for settling somebody whom nobody could identify."""

    settlement_plan: str = fact(en="settlement plan", zh="安置方案", field_class="personal", max_length=1000)


@attrs.frozen(kw_only=True)
class Settled:
    """Where the person is settled."""

    settled_at: str = fact(en="settled at", zh="安置去向", field_class="whereabouts", max_length=200)


@attrs.frozen(kw_only=True)
class Beds:
    """How many beds, in the rooms for whom."""

    sex: str = fact(en="rooms for", zh="住宿分区", choices=data.SEXES)
    count: int = fact(en="beds", zh="床位数", minimum=1, maximum=1000)


@attrs.frozen(kw_only=True)
class NightCount:
    """Who sleeps in the rooms for whom, as somebody went and saw."""

    sex: str = fact(en="rooms for", zh="住宿分区", choices=data.SEXES)
    counted: int = fact(en="people counted", zh="实到人数", minimum=0, maximum=1000)
    kept_by_a_woman: bool = fact(en="a woman is on duty there", zh="由女性工作人员值守")
