"""One volunteer's part in one task: signed up, placed, come, done, attested by two, credited."""

from __future__ import annotations

import attrs

from casework import (
    Assign,
    CaseType,
    Condition,
    Deadline,
    Given,
    Held,
    Invariant,
    Now,
    Post,
    Retention,
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
    hours,
    keep,
    overdue,
    state,
)
from casework.volunteering import accounts, roles
from casework.volunteering.attesting import both_awaited, certifying, confirming, settled, settling
from casework.volunteering.roles import DESK, NOTING, STATION
from casework.volunteering.rulebook import RULES
from casework.volunteering.rules import USUAL, Rules
from casework.volunteering.taking_part_data import Service


@attrs.frozen(kw_only=True)
class Reason:
    """Why this is done."""

    reason: str = fact(en="reason", zh="原因", field_class="personal", max_length=500)


@attrs.frozen(kw_only=True)
class NameCertifier:
    """Who certifies."""

    certifier_is: str = fact(en="certifier's number", zh="认证员编号", field_class="personal", max_length=128)


@attrs.frozen(kw_only=True)
class NameRecipient:
    """Who was served, or speaks for those who were."""

    recipient_is: str = fact(
        en="number of the person served", zh="服务对象编号", field_class="personal", max_length=128
    )


_STATES = (
    State("signed_up", title=Text("signed up", "已报名"), phases="open", grants=NOTING),
    State("waiting", title=Text("on the waiting list", "候补"), phases="open", grants=NOTING),
    State("placed", title=Text("placed", "已录用"), phases=("open", "holding"), grants=NOTING),
    State("confirmed", title=Text("coming", "已确认参加"), phases=("open", "holding"), grants=NOTING),
    State("present", title=Text("on the spot", "服务中"), phases="open", grants=NOTING),
    State(
        "done",
        title=Text("done, to be attested", "已完成待认证"),
        phases="open",
        grants={"note": DESK, "adopt": STATION},
    ),
    State("credited", title=Text("credited", "已记入"), final=True),
    State("not_credited", title=Text("not credited", "未记入"), final=True),
    State("absent", title=Text("did not come", "未到岗"), final=True),
    State("withdrawn", title=Text("withdrawn", "已退出"), final=True),
    State("not_placed", title=Text("no place came free", "候补未录用"), final=True),
    State("called_off", title=Text("called off", "已取消"), final=True),
)

_TAKE = Post("places", "taken")
_GIVE_BACK = Post("taken", "places")
_DRAW = Post("tickets", "queue")
_RETURN = Post("queue", "tickets")


def _suits() -> Condition:
    """Registered; insured where there are risks, and qualified where a qualification is asked for."""
    return (
        (balance("registered") >= 1)
        & ((balance("open_to_uninsured") >= 1) | (balance("insured") >= 1))
        & ((balance("open_to_unqualified") >= 1) | (balance("qualified") >= 1))
    )


_SUITS = Text(
    "who takes part is registered; risks are insured beforehand, and who needs a qualification has one "
    "(Regulation 685, art. 16 and 17)",
    "参加者须已注册；存在风险的须事先投保，须具备资格的应当取得资格（国务院令第685号第十六、十七条）",
)
_ANNOUNCED = balance("planned") >= 1

_PLACING = (
    Transition(
        "place",
        "signed_up",
        "placed",
        roles=DESK,
        guards="volunteering.own_service",
        condition=_ANNOUNCED & _suits() & (balance("places") >= 1) & (balance("queue") < 1),
        effects=[_TAKE, Run("volunteering.take_terms"), Assign("participant", Held("volunteer"))],
        title=Text("place, or put on the waiting list", "录用或列入候补"),
        because=_SUITS,
    ),
    Transition(
        "place",
        "signed_up",
        "waiting",
        roles=DESK,
        guards="volunteering.own_service",
        condition=_ANNOUNCED & _suits() & ((balance("places") < 1) | (balance("queue") >= 1)),
        effects=[_DRAW, Run("volunteering.take_terms"), Assign("participant", Held("volunteer"))],
        title=Text("place, or put on the waiting list", "录用或列入候补"),
        because=_SUITS,
    ),
    Transition(
        "move_up",
        "waiting",
        "placed",
        roles=DESK,
        condition=_suits() & (balance("places") >= 1),
        effects=[_RETURN, _TAKE],
        title=Text("move up from the waiting list", "候补递补"),
        because=_SUITS,
    ),
    Transition(
        "confirm",
        "placed",
        "confirmed",
        roles=("participant", *DESK),
        title=Text("say that one comes", "确认参加"),
    ),
    Transition(
        "let_go", "waiting", "not_placed", roles=DESK, effects=_RETURN, title=Text("the wait is over", "候补结束")
    ),
)


def _leaving(trigger: str, target: str, who: tuple[str, ...], title: Text) -> tuple[Transition, ...]:
    """The same ending from wherever somebody stands, each time giving back what is held."""
    return tuple(
        Transition(trigger, source, target, roles=who, form=Reason, effects=[*effects, *keep("reason")], title=title)
        for source, effects in (
            (("signed_up",), ()),
            (("waiting",), (_RETURN,)),
            (("placed", "confirmed"), (_GIVE_BACK,)),
        )
    )


# Attested is what lies between checking in and out, so nobody's hours count in two services.
_OUT = (Post("on_duty", "marks"), Set("left_at", Now()))
_ATTENDING = (
    Transition(
        "check_in",
        phase="holding",
        target="present",
        roles=(*DESK, "certifier"),
        condition=balance("on_duty") < 1,
        effects=[Post("taken", "came"), Post("marks", "on_duty"), Set("came_at", Now())],
        title=Text("check in", "签到"),
        because=Text(
            "nobody is in two services at once; whoever is still checked in elsewhere is checked out there first",
            "同一时间只能参加一项服务；仍在其他服务签到的，须先在该处签退",
        ),
    ),
    Transition(
        "record_absence",
        phase="holding",
        target="absent",
        roles=DESK,
        effects=Post("taken", "missed"),
        title=Text("record that nobody came", "登记未到岗"),
    ),
    Transition(
        "check_out",
        "present",
        "done",
        roles=(*DESK, "certifier"),
        effects=_OUT,
        title=Text("check out", "签退"),
    ),
    Transition("time_out", "present", "done", effects=_OUT, title=Text("checked out by the clock", "逾时自动签退")),
    Transition(
        "call_off",
        "present",
        "called_off",
        roles=DESK,
        form=Reason,
        effects=[Post("came", "uncounted"), Post("on_duty", "marks"), *keep("reason")],
        title=Text("call off", "取消服务"),
    ),
)

_APPOINTING = (
    Transition(
        "name_certifier",
        phase="open",
        roles=STATION,
        form=NameCertifier,
        condition=state("certifying") == "awaited",
        guards="volunteering.three_different_people",
        effects=[*keep("certifier_is"), Assign("certifier", Given("certifier_is"))],
        title=Text("name the certifier", "指定认证员"),
        because=Text("a statement that was made stays with who made it", "已认证的不再更换认证员"),
    ),
    Transition(
        "name_recipient",
        phase="open",
        roles=STATION,
        form=NameRecipient,
        condition=state("confirming") == "awaited",
        guards="volunteering.three_different_people",
        effects=[*keep("recipient_is"), Assign("recipient", Given("recipient_is"))],
        title=Text("name the person served", "登记服务对象"),
        because=Text("a statement that was made stays with who made it", "已确认的不再更换服务对象"),
    ),
)

_CREDITING = (
    Transition(
        "credit",
        "done",
        "credited",
        automatic=True,
        condition=settled() & (field("credited_minutes") >= 1),
        effects=Post("came", "counted"),
        title=Text("the minutes are credited", "工时已记入"),
    ),
    Transition(
        "credit_nothing",
        "done",
        "not_credited",
        automatic=True,
        condition=settled() & (field("credited_minutes") < 1),
        effects=Post("came", "uncounted"),
        title=Text("there is nothing to credit", "无工时可记入"),
    ),
    Transition(
        "reject",
        "done",
        "not_credited",
        roles=STATION,
        form=Reason,
        condition=both_awaited,
        effects=[Post("came", "uncounted"), Set("credited_minutes", 0), *keep("reason")],
        title=Text("reject: this was no volunteering", "不予记录：不属于志愿服务"),
        because=Text("once both have spoken their statements decide", "双方均已填写的，以填写结果为准"),
    ),
)

_MAIN = Workflow(
    "service",
    initial="signed_up",
    title=Text("taking part", "参加服务"),
    states=_STATES,
    transitions=(
        *_CREDITING,
        *_PLACING,
        *_leaving("withdraw", "withdrawn", ("participant", *DESK), Text("withdraw", "退出")),
        *_leaving("call_off", "called_off", DESK, Text("call off", "取消服务")),
        *_ATTENDING,
        *_APPOINTING,
    ),
    deadlines=(
        Deadline("wait", "waiting", days(30), trigger="let_go", title=Text("time on the waiting list", "候补期限")),
        Deadline("check_out", "present", hours(24), trigger="time_out", title=Text("check out", "签退期限")),
        Deadline(
            "recording",
            "done",
            rule="vol.record_deadline",
            title=Text("recorded within ten working days", "十个工作日内记录"),
        ),
    ),
)

_WORKLISTS = (
    Worklist("to_place", "signed_up", roles=DESK, title=Text("to place", "待录用")),
    Worklist("waiting", "waiting", roles=DESK, title=Text("waiting list", "候补名单")),
    Worklist("coming", ("placed", "confirmed"), roles=DESK, title=Text("coming", "待服务")),
    Worklist("to_attest", "done", roles=(*DESK, "auditor"), title=Text("to be attested", "待认证确认")),
    Worklist(
        "attested_late",
        "done",
        condition=overdue("recording"),
        roles=(*DESK, "auditor"),
        title=Text("not recorded in time", "逾期未记录"),
    ),
    Worklist(
        "not_compared",
        "both_in",
        workflow="settling",
        condition=overdue("comparison"),
        roles=STATION,
        title=Text("the comparison failed", "比对未成功"),
    ),
    Worklist(
        "disputes", "disputed", workflow="settling", roles="arbiter", title=Text("disputes to decide", "待复核争议")
    ),
)

_INVARIANTS = (
    Invariant(
        "credited_by_two",
        (state("service") != "credited") | ((state("certifying") == "stated") & (state("confirming") == "stated")),
        because=Text("nothing is credited on one word alone", "须经认证员和服务对象双方填写方可记入"),
    ),
    Invariant(
        "credited_is_settled",
        (state("service") != "credited") | settled(),
        because=Text("only what is settled is credited", "结算完成方可记入"),
    ),
)

_READERS = ("coordinator", "leader", "arbiter", "certifier", "recipient", "participant")


def service(rules: Rules = USUAL) -> CaseType:
    """The case type of services in a time bank that is run by *rules*."""
    return RULES.applied_to(
        CaseType(
            "service",
            title=Text("service", "志愿服务"),
            chain=(_MAIN, certifying, confirming, settling(rules)),
            data=Service,
            subjects=(accounts.VOLUNTEER, accounts.TASK),
            roles=(*roles.STAFF, roles.arbiter, roles.certifier, roles.recipient, roles.participant),
            opens=DESK,
            grants={"view": (*_READERS, "auditor"), **roles.ERASING},
            # A task is no person: what a service tells is the volunteer's, and goes with them.
            retention=Retention(shared="first"),
            readers={"personal": _READERS},
            worklists=_WORKLISTS,
            accounts=(
                *accounts.PLACES,
                accounts.marks,
                *accounts.TERMS,
                *accounts.standing("participant"),
                *accounts.bank(rules, whose="participant"),
            ),
            invariants=_INVARIANTS,
        )
    )
