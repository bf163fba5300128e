"""A volunteer's file: registration by themselves or with consent, qualification, insurance, and their minutes.

The fields are those that Order 67, articles 5 and 6, asks for. A qualification and an insurance hold for a year; each
is a clock of its own beside the registration.
"""

from __future__ import annotations

from datetime import date

import attrs

from casework import (
    Assign,
    CaseType,
    Choice,
    Deadline,
    Given,
    Held,
    Invariant,
    Post,
    Role,
    Run,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    balance,
    days,
    fact,
    field,
    keep,
    state,
)
from casework.volunteering import accounts
from casework.volunteering.project import FIELDS
from casework.volunteering.roles import DESK, ERASING, NOTING, STAFF, STATION, VIEWERS
from casework.volunteering.rules import USUAL, Rules

_YES, _NO = True, False
SEXES = (Choice("male", Text("male", "男")), Choice("female", Text("female", "女")))
SKILLS = (
    Choice("nursing", Text("nursing", "医疗护理")),
    Choice("law", Text("law", "法律")),
    Choice("repair", Text("repair", "家电维修")),
    Choice("teaching", Text("teaching", "教学辅导")),
    Choice("art", Text("art and culture", "文艺")),
    Choice("hands", Text("a pair of hands", "一般劳动")),
)


@attrs.frozen(kw_only=True)
class Volunteer:
    """Who registers, what they can and would like to do, and what they agreed to."""

    name: str = fact(en="name", zh="姓名", field_class="identity", max_length=60)
    id_number: str | None = fact(default=None, en="id number", zh="身份证件号码", field_class="identity", max_length=30)
    sex: str = fact(en="sex", zh="性别", field_class="personal", choices=SEXES)
    born: date = fact(en="born", zh="出生日期", field_class="personal")
    phone: str = fact(en="phone", zh="联系方式", field_class="personal", max_length=40)
    area: str = fact(en="area", zh="服务地域", max_length=100)
    skill: str = fact(en="skill", zh="服务技能", choices=SKILLS)
    strengths: str | None = fact(default=None, en="strengths", zh="服务特长", max_length=300)
    intention: str = fact(en="would like to serve in", zh="服务意向", choices=FIELDS)
    consent: bool = fact(en="agrees to be registered", zh="同意登记个人信息")
    minor: bool = fact(en="under age", zh="未成年人", derived_from="born")
    guardian_agrees: bool | None = fact(default=None, en="guardian agrees", zh="监护人同意")
    employer: str | None = fact(
        default=None, en="employer or school", zh="所在单位", field_class="personal", max_length=100
    )
    employer_told: bool | None = fact(
        default=None, en="agrees that the employer is told", zh="同意向所在单位反馈", derived_from="employer"
    )
    team: str | None = fact(default=None, managed=True, en="team", zh="服务队", max_length=128)
    login: str | None = fact(
        default=None, managed=True, en="number", zh="志愿者编号", field_class="personal", max_length=128
    )
    licence: str | None = fact(
        default=None, managed=True, en="qualification", zh="资格证书", field_class="personal", max_length=200
    )
    policy: str | None = fact(
        default=None, managed=True, en="insurance policy", zh="保险单号", field_class="personal", max_length=60
    )
    reason: str | None = fact(
        default=None, managed=True, en="reason", zh="原因", field_class="personal", max_length=500
    )


@attrs.frozen(kw_only=True)
class Registration:
    """The number under which the volunteer is known, which is also how they sign in."""

    login: str = fact(en="number", zh="志愿者编号", field_class="personal", max_length=128)


@attrs.frozen(kw_only=True)
class Team:
    """The team that somebody joins."""

    team: str = fact(en="team", zh="服务队", max_length=128)


@attrs.frozen(kw_only=True)
class Licence:
    """The paper that proves a qualification."""

    licence: str = fact(en="qualification", zh="资格证书", field_class="personal", max_length=200)


@attrs.frozen(kw_only=True)
class Policy:
    """The policy of an accident insurance."""

    policy: str = fact(en="insurance policy", zh="保险单号", field_class="personal", max_length=60)


@attrs.frozen(kw_only=True)
class Why:
    """Why this is done."""

    reason: str = fact(en="reason", zh="原因", field_class="personal", max_length=500)


@attrs.frozen(kw_only=True)
class Donation:
    """How much of one's own minutes is given away."""

    minutes: int = fact(en="minutes", zh="分钟", minimum=1, maximum=100_000)


_AT_WORK = {**NOTING, "edit": STATION}
closed = state("volunteer").in_("left", "rejected")
_NOT_YET = balance("registered") < 1

_main = Workflow(
    "volunteer",
    initial="applied",
    title=Text("registration", "注册"),
    states=(
        State("applied", title=Text("applied", "已申请"), grants=_AT_WORK),
        State("registered", title=Text("registered", "已注册"), grants=_AT_WORK),
        State("suspended", title=Text("suspended", "已暂停"), grants=_AT_WORK),
        State("left", title=Text("left", "已退出"), final=True),
        State("rejected", title=Text("rejected", "未予注册"), final=True),
    ),
    transitions=(
        Transition(
            "register",
            # A file that was taken over as registered has no marks yet, and is registered once more.
            ("applied", "registered"),
            "registered",
            roles=STATION,
            form=Registration,
            guards="volunteering.own_file",
            condition=(field("consent") == _YES)
            & ((field("minor") == _NO) | (field("guardian_agrees") == _YES))
            & _NOT_YET,
            effects=[*keep("login"), Assign("self", Given("login")), Run("volunteering.mark_registered")],
            title=Text("register", "注册"),
            because=Text(
                "by oneself or with consent (Order 67, art. 5), and in one file only",
                "本人登记或征得同意（民政部令第67号第五条），且一人一档",
            ),
        ),
        Transition(
            "reject",
            "applied",
            "rejected",
            roles=STATION,
            form=Why,
            effects=keep("reason"),
            title=Text("reject", "不予注册"),
        ),
        Transition(
            "join_team",
            "registered",
            roles=DESK,
            form=Team,
            effects=keep("team"),
            title=Text("join a team", "加入服务队"),
        ),
        Transition(
            "suspend",
            "registered",
            "suspended",
            roles=STATION,
            form=Why,
            effects=[Run("volunteering.unmark_registered"), *keep("reason")],
            title=Text("suspend", "暂停"),
        ),
        Transition(
            "resume",
            "suspended",
            "registered",
            roles=STATION,
            condition=_NOT_YET,
            effects=[Set("reason", None), Assign("self", Held("login")), Run("volunteering.mark_registered")],
            title=Text("resume", "恢复"),
            because=Text("somebody is registered in one file only", "一人一档"),
        ),
        Transition(
            "leave",
            "registered",
            "left",
            roles=("self", *STATION),
            form=Why,
            effects=[Run("volunteering.unmark_registered"), *keep("reason")],
            title=Text("leave", "退出"),
        ),
        Transition(
            "leave",
            ("applied", "suspended"),
            "left",
            roles=("self", *STATION),
            form=Why,
            effects=keep("reason"),
            title=Text("leave", "退出"),
        ),
        Transition(
            "donate",
            "registered",
            roles=("self",),
            form=Donation,
            effects=Post("time_bank", "donated", Given("minutes")),
            title=Text("donate minutes", "捐赠时间"),
        ),
    ),
)


def _yearly(name: str, title: Text, *, marked: str, step: Transition, valid: Text, over: Text) -> Workflow:
    """Something that holds for a year and is then to be renewed; as long as it does the volunteer is *marked*."""
    unmark = Run(f"volunteering.unmark_{marked}")
    ends = (
        Transition(
            f"end_{name}",
            sources,
            "ended",
            automatic=True,
            condition=closed,
            effects=effects,
            title=Text("the file has closed", "档案已结案"),
        )
        for sources, effects in (("valid", unmark), (("none", "over"), ()))
    )
    expire = Transition(f"expire_{name}", "valid", "over", effects=unmark, title=Text("the year is over", "已满一年"))
    return Workflow(
        name,
        initial="none",
        title=title,
        states=(
            State("none", title=Text("none", "无")),
            State("valid", title=valid),
            State("over", title=over),
            State("ended", title=Text("file closed", "已结案"), final=True),
        ),
        transitions=(*ends, step, expire),
        deadlines=(Deadline(name, "valid", days(365), trigger=f"expire_{name}", title=title),),
    )


qualification = _yearly(
    "qualification",
    Text("qualification", "资格"),
    marked="qualified",
    step=Transition(
        "verify_licence",
        ("none", "valid", "over"),
        "valid",
        roles=STATION,
        form=Licence,
        effects=[*keep("licence"), Run("volunteering.mark_qualified")],
        title=Text("verify a qualification", "核验资格证书"),
    ),
    valid=Text("qualified", "资格有效"),
    over=Text("to be renewed", "资格待续"),
)

insurance = _yearly(
    "insurance",
    Text("insurance", "保险"),
    marked="insured",
    step=Transition(
        "insure",
        ("none", "valid", "over"),
        "valid",
        roles=STATION,
        form=Policy,
        effects=[*keep("policy"), Run("volunteering.mark_insured")],
        title=Text("insure", "投保"),
    ),
    valid=Text("insured", "已投保"),
    over=Text("insurance is over", "保险到期"),
)

_WHOLE = ("coordinator", "self")


def volunteer(rules: Rules = USUAL) -> CaseType:
    """The case type of volunteers' files in a time bank that is run by *rules*."""
    return CaseType(
        "volunteer",
        title=Text("volunteer", "志愿者"),
        chain=(_main, qualification, insurance),
        data=Volunteer,
        subjects=(accounts.VOLUNTEER,),
        roles=(*STAFF, Role("self", title=Text("the volunteer", "志愿者本人"), local=True)),
        opens=DESK,
        grants={"view": (*VIEWERS, "self"), "import": STATION, **ERASING},
        readers={"personal": (*_WHOLE, "leader"), "identity": _WHOLE},
        accounts=(*accounts.bank(rules, whose="self"), accounts.marks, *accounts.standing("self")),
        worklists=(
            Worklist("to_register", "applied", roles=DESK, title=Text("to register", "待注册")),
            Worklist(
                "to_insure", ("none", "over"), workflow="insurance", roles=STATION, title=Text("to insure", "待投保")
            ),
            Worklist("to_renew", "over", workflow="qualification", roles=STATION, title=Text("to renew", "资格待续")),
        ),
        invariants=(
            Invariant(
                "registered_by_consent",
                (state("volunteer") != "registered") | (field("consent") == _YES),
                because=Text("nobody is registered against their will", "未经同意不得登记"),
            ),
        ),
    )
