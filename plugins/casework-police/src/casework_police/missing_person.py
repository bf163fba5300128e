"""What a family's report of a missing person says."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from casework import Choice, Text, fact
from casework_police.evidence import WAYS
from casework_police.roles import SEARCH

RELATIONS = (
    Choice("spouse", Text("spouse", "配偶")),
    Choice("parent", Text("parent", "父母")),
    Choice("child", Text("child", "子女")),
    Choice("sibling", Text("brother or sister", "兄弟姐妹")),
    Choice("other_kin", Text("other kin", "其他亲属")),
    Choice("guardian", Text("guardian", "监护人")),
    Choice("acquaintance", Text("friend or neighbour", "朋友或邻居")),
    Choice("organisation", Text("village, employer or institution", "村（居）委会、单位或机构")),
    Choice("register", Text("taken over from another register", "由其他登记系统转入")),
)

SEXES = (
    Choice("male", Text("male", "男")),
    Choice("female", Text("female", "女")),
    Choice("other", Text("other", "其他")),
    Choice("unknown", Text("not known", "不详")),
)

CONSENTS = (
    Choice("none", Text("share with nobody", "不同意提供给他人")),
    Choice("agencies", Text("share with relief stations and police only", "仅同意提供给救助机构和公安机关")),
    Choice("public", Text("may be published", "同意公开发布")),
)


@attrs.frozen(kw_only=True)
class Reported:
    """Who reports, how they are reached, and where the report comes from."""

    reporter: str = fact(en="reporter", zh="报告人", field_class="personal", max_length=100)
    relation: str = fact(en="relation to the missing person", zh="与失踪人员关系", choices=RELATIONS)
    reporter_phone: str | None = fact(
        default=None, en="reporter's telephone", zh="报告人电话", field_class="personal", max_length=60
    )
    reporter_email: str | None = fact(
        default=None, en="reporter's e-mail", zh="报告人电子邮箱", field_class="personal", max_length=200
    )
    reporter_address: str | None = fact(
        default=None, en="reporter's address", zh="报告人住址", field_class="personal", max_length=200
    )
    source_name: str | None = fact(default=None, en="register of origin", zh="来源登记系统", max_length=200)
    # The identifier of another register names a person there, so it is no open value.
    source_record_id: str | None = fact(
        default=None, en="number in the register of origin", zh="来源记录编号", field_class="personal", max_length=200
    )
    source_url: str | None = fact(
        default=None, en="page in the register of origin", zh="来源网页", field_class="personal", max_length=500
    )
    source_date: datetime | None = fact(default=None, en="written in the register of origin", zh="来源记录时间")
    expires_on: date | None = fact(default=None, en="not to be kept after", zh="保存期限")


@attrs.frozen(kw_only=True)
class Described(Reported):
    """The missing person: names, age, looks and habits as the family tells them.

    A birth date is a range of days, the same day twice where it is known; an age is a range of whole
    years on the day on which the person was last seen, or reported where that is unknown.
    Several other names stand one a line.
    """

    name: str = fact(en="name", zh="姓名", field_class="personal", max_length=100)
    family_name: str | None = fact(default=None, en="family name", zh="姓", field_class="personal", max_length=60)
    given_name: str | None = fact(default=None, en="given name", zh="名", field_class="personal", max_length=60)
    other_names: str | None = fact(
        default=None,
        en="former names and names used (one a line)",
        zh="曾用名、别名（每行一个）",
        field_class="personal",
        max_length=500,
    )
    sex: str | None = fact(default=None, en="sex", zh="性别", field_class="personal", choices=SEXES)
    born_from: date | None = fact(default=None, en="born on or after", zh="出生日期（最早）", field_class="personal")
    born_to: date | None = fact(default=None, en="born on or before", zh="出生日期（最晚）", field_class="personal")
    age_from: int | None = fact(
        default=None, en="age, at least", zh="年龄（最小）", field_class="personal", minimum=0, maximum=130
    )
    age_to: int | None = fact(
        default=None, en="age, at most", zh="年龄（最大）", field_class="personal", minimum=0, maximum=130
    )
    document_number: str | None = fact(
        default=None, en="identity document number", zh="证件号码", field_class="identity", max_length=60
    )
    height_cm: int | None = fact(
        default=None, en="height in centimetres", zh="身高（厘米）", field_class="personal", minimum=30, maximum=260
    )
    speech: str | None = fact(
        default=None, en="dialect or language", zh="方言口音或语言", field_class="personal", max_length=200
    )
    description: str | None = fact(
        default=None, en="looks, clothing, marks, habits", zh="体貌、衣着、特征、习惯", field_class="personal"
    )
    condition: str | None = fact(
        default=None, en="state of health", zh="健康状况", field_class="health", max_length=500
    )
    photo_url: str | None = fact(default=None, en="photograph", zh="照片地址", field_class="personal", max_length=500)
    photo_digest: str | None = fact(
        default=None, en="SHA-256 of the photograph", zh="照片摘要（SHA-256）", field_class="personal", max_length=64
    )


@attrs.frozen(kw_only=True)
class Lost(Described):
    """Where the person lived and was last seen."""

    home: str | None = fact(
        default=None, en="home: street or village", zh="家庭住址", field_class="identity", max_length=200
    )
    home_city: str | None = fact(
        default=None, en="home: city or county", zh="家乡市县", field_class="identity", max_length=100
    )
    home_province: str | None = fact(
        default=None, en="home: province", zh="家乡省份", field_class="identity", max_length=100
    )
    home_country: str | None = fact(
        default=None, en="home: country", zh="国籍或家乡国家", field_class="identity", max_length=60
    )
    last_seen_at: str | None = fact(
        default=None, en="last seen at", zh="最后出现地点", field_class="whereabouts", max_length=300
    )
    last_seen_on: date | None = fact(default=None, en="last seen on", zh="最后出现日期", field_class="personal")


@attrs.frozen(kw_only=True)
class MissingPerson(Lost):
    """A report in full, with what steps write: the consent, the candidate, how it ended."""

    consent: str | None = fact(default=None, managed=True, en="consent to share", zh="信息共享意愿", choices=CONSENTS)
    consent_paper: str | None = fact(
        default=None,
        managed=True,
        en="where the consent is kept",
        zh="同意书编号",
        field_class="personal",
        max_length=100,
    )
    # Which case it is says who and where a person is, so the link is sealed.
    candidate_case: str | None = fact(
        default=None,
        managed=True,
        en="case that may be this person's",
        zh="疑似对应案件",
        field_class="identity",
        readers=SEARCH,
        max_length=128,
    )
    candidate_score: int | None = fact(
        default=None, managed=True, en="score, in thousandths", zh="匹配分值（千分）", minimum=0, maximum=1000
    )
    candidate_reasons: str | None = fact(
        default=None,
        managed=True,
        en="why it may be",
        zh="匹配说明",
        field_class="identity",
        readers=SEARCH,
        max_length=4000,
    )
    compared: str | None = fact(
        default=None, managed=True, en="what was compared", zh="比对内容", field_class="identity", readers=SEARCH
    )
    found_through: str | None = fact(default=None, managed=True, en="found through", zh="查找途径", choices=WAYS)
    paper_number: str | None = fact(
        default=None,
        managed=True,
        en="number of the paper",
        zh="材料编号",
        field_class="identity",
        readers=SEARCH,
        max_length=100,
    )
    asked: str | None = fact(
        default=None,
        managed=True,
        en="who was asked",
        zh="询问对象",
        field_class="personal",
        readers=SEARCH,
        max_length=200,
    )
    found_case: str | None = fact(
        default=None,
        managed=True,
        en="case of the person found",
        zh="已找到人员案件",
        field_class="identity",
        readers=SEARCH,
        max_length=128,
    )
