"""The two statements on one service, and what is made of them.

Certifier and person served each state time, content and minutes, beside each other and blind to each other.
That the other one has spoken is open, for both are reminded by it; what was said is not. The comparison is a
firing of its own, a minute later: if it belonged to the second statement, whoever makes that could ask
beforehand what it would lead to, and so read the first. Each side fills in all of its form, whatever it says:
which fields are there and hidden is told to everybody, and would tell of a statement that left some out.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import (
    Condition,
    Deadline,
    Run,
    State,
    Text,
    Transition,
    Workflow,
    days,
    fact,
    field,
    keep,
    minutes,
    state,
)
from casework.volunteering.roles import STATION
from casework.volunteering.rules import LONGEST, USUAL, Rules
from casework.volunteering.taking_part_data import RATINGS

OPEN = ("signed_up", "waiting", "placed", "confirmed", "present", "done")
closed = ~state("service").in_(*OPEN)
both_awaited = state("settling") == "awaiting"


def settled() -> Condition:
    """Nothing more can come of the two statements."""
    return state("settling").in_("agreed", "decided", "lapsed")


@attrs.frozen(kw_only=True)
class Certify:
    """Time, content and minutes as the certifier states them; 0 minutes where nothing was done."""

    certified_start: datetime = fact(en="began", zh="开始时间", field_class="personal", readers="certifier")
    certified_end: datetime = fact(en="ended", zh="结束时间", field_class="personal", readers="certifier")
    certified_content: str = fact(
        en="what was done", zh="服务内容", field_class="personal", readers="certifier", max_length=500
    )
    certified_minutes: int = fact(
        en="minutes", zh="工时（分钟）", field_class="personal", readers="certifier", minimum=0, maximum=LONGEST
    )


@attrs.frozen(kw_only=True)
class Attest:
    """Time, content and minutes as the person served states them; 0 minutes where nothing was done."""

    confirmed_start: datetime = fact(en="began", zh="开始时间", field_class="personal", readers="recipient")
    confirmed_end: datetime = fact(en="ended", zh="结束时间", field_class="personal", readers="recipient")
    confirmed_content: str = fact(
        en="what was done", zh="服务内容", field_class="personal", readers="recipient", max_length=500
    )
    confirmed_minutes: int = fact(
        en="minutes", zh="工时（分钟）", field_class="personal", readers="recipient", minimum=0, maximum=LONGEST
    )
    rating: str = fact(
        en="rating in stars",
        zh="评价（星）",
        field_class="personal",
        readers=("recipient", "coordinator"),
        choices=RATINGS,
    )


@attrs.frozen(kw_only=True)
class Decide:
    """What is granted of the difference, and why."""

    granted_minutes: int = fact(en="granted minutes", zh="认定增加（分钟）", minimum=0, maximum=LONGEST)
    decision: str = fact(en="how it was decided", zh="复核说明", field_class="personal", max_length=500)


def _side(name: str, title: Text, *, step: Transition, end: Text) -> Workflow:
    """One of the two statements: awaited, made, or not needed any more when the service has closed."""
    not_needed = Transition(
        f"waive_{name}",
        "awaited",
        "not_needed",
        automatic=True,
        condition=closed,
        title=Text("the service has closed", "服务已结案"),
    )
    return Workflow(
        name,
        initial="awaited",
        title=title,
        states=(
            State("awaited", title=Text("awaited", "待填写")),
            State("stated", title=end, final=True),
            State("not_needed", title=Text("not needed", "无需填写"), final=True),
        ),
        transitions=(not_needed, step),
    )


_DONE = Text("only what is over is attested", "服务结束后方可填写")

certifying = _side(
    "certifying",
    Text("attestation by the certifier", "认证员认证"),
    end=Text("certified", "已认证"),
    step=Transition(
        "certify",
        "awaited",
        "stated",
        roles="certifier",
        form=Certify,
        condition=state("service") == "done",
        guards="volunteering.certified_minutes_fit",
        effects=keep("certified_start", "certified_end", "certified_content", "certified_minutes"),
        title=Text("certify the service", "认证服务"),
        because=_DONE,
    ),
)

confirming = _side(
    "confirming",
    Text("attestation by the person served", "服务对象确认"),
    end=Text("attested", "已确认"),
    step=Transition(
        "attest",
        "awaited",
        "stated",
        roles="recipient",
        form=Attest,
        condition=state("service") == "done",
        guards="volunteering.confirmed_minutes_fit",
        effects=keep("confirmed_start", "confirmed_end", "confirmed_content", "confirmed_minutes", "rating"),
        title=Text("attest to the service", "确认服务"),
        because=_DONE,
    ),
)

_STATES = (
    State("awaiting", title=Text("awaiting both statements", "待双方填写")),
    State("both_in", title=Text("both have spoken", "双方已填写"), phases="unsettled"),
    State("compared", title=Text("compared", "已比对"), phases="unsettled"),
    State("disputed", title=Text("disputed", "有争议"), phases="unsettled"),
    State("agreed", title=Text("agreed", "一致"), final=True),
    State("decided", title=Text("decided", "已复核"), final=True),
    State("lapsed", title=Text("difference lapsed", "差异失效"), final=True),
    State("none", title=Text("nothing to settle", "无需结算"), final=True),
)


def settling(rules: Rules = USUAL) -> Workflow:
    """What is made of the two statements, with a dispute where they lie further apart than *rules* tolerate."""
    return Workflow(
        "settling",
        initial="awaiting",
        title=Text("settling of minutes", "工时结算"),
        states=_STATES,
        transitions=(
            Transition(
                "drop",
                "awaiting",
                "none",
                phase="unsettled",
                automatic=True,
                condition=closed,
                title=Text("the service has closed", "服务已结案"),
            ),
            Transition(
                "both_have_spoken",
                "awaiting",
                "both_in",
                automatic=True,
                condition=(state("certifying") == "stated") & (state("confirming") == "stated") & ~closed,
                title=Text("both have spoken", "双方均已填写"),
            ),
            Transition(
                "compare",
                "both_in",
                "compared",
                # The clock fires it. Where that was refused, a part being absent, somebody can once it is back.
                roles=STATION,
                effects=Run("volunteering.compare_attestations"),
                title=Text("compare the statements", "比对双方填写"),
            ),
            *_after_comparing(rules),
            Transition(
                "decide",
                "disputed",
                "decided",
                roles="arbiter",
                form=Decide,
                four_eyes=("certify", "attest"),
                guards=("volunteering.no_party_decides", "volunteering.granted_within_contest"),
                effects=[Run("volunteering.grant_minutes"), *keep("decision")],
                title=Text("decide the dispute", "复核争议"),
                because=Text("whoever decides has attested nothing", "复核人不得为认证员或服务对象"),
            ),
            Transition("lapse", "disputed", "lapsed", title=Text("the difference lapses", "差异逾期失效")),
        ),
        deadlines=(
            Deadline("comparison", "both_in", minutes(1), trigger="compare", title=Text("comparison", "比对")),
            Deadline("dispute", "disputed", days(10), trigger="lapse", title=Text("time to decide", "复核期限")),
        ),
    )


def _after_comparing(rules: Rules) -> tuple[Transition, ...]:
    apart = field("contested_minutes") > rules.tolerance
    return (
        Transition(
            "find_dispute",
            "compared",
            "disputed",
            automatic=True,
            condition=apart & ~closed,
            title=Text("the statements lie too far apart", "双方填写差异过大"),
        ),
        Transition(
            "find_agreement",
            "compared",
            "agreed",
            automatic=True,
            condition=~apart,
            title=Text("the statements agree", "双方填写一致"),
        ),
    )
