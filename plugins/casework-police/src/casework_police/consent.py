"""How far the family lets a report be shared, as a workflow beside the search: who may see it follows from that."""

from __future__ import annotations

import attrs

from casework import Condition, State, Text, Transition, Workflow, fact, given, keep, state
from casework_police.missing_person import CONSENTS
from casework_police.roles import STAFF

ENDINGS = ("found", "found_elsewhere", "withdrawn", "died", "expired")
ASKED = ("withheld", "agencies", "public")
closed = state("missing_person").in_(*ENDINGS)

_OFFICERS = {"view": "police_officer"}


@attrs.frozen(kw_only=True)
class Consent:
    """How far the report may be shared, and the paper that says so."""

    consent: str = fact(en="consent to share", zh="信息共享意愿", choices=CONSENTS)
    consent_paper: str | None = fact(
        default=None, en="where the consent is kept", zh="同意书编号", field_class="personal", max_length=100
    )


def _answer(target: str, condition: Condition) -> Transition:
    return Transition(
        "record_consent",
        ("not_asked", *ASKED, "over"),
        target,
        roles=STAFF,
        form=Consent,
        condition=condition & ~closed,
        effects=keep("consent", "consent_paper"),
        title=Text("record the family's consent", "登记家属共享意愿"),
        because=Text("a consent is on paper, and the report runs", "须为未结束的报告，同意共享的须填写同意书编号"),
    )


sharing = Workflow(
    "sharing",
    initial="not_asked",
    title=Text("sharing", "信息共享"),
    states=(
        State("not_asked", title=Text("family not asked", "未征询家属")),
        State("withheld", title=Text("shared with nobody", "不共享")),
        State("agencies", title=Text("shared with agencies", "仅供救助和公安机关使用"), grants=_OFFICERS),
        State("public", title=Text("may be published", "可公开发布"), grants=_OFFICERS),
        State("over", title=Text("over", "已结束"), final=True),
    ),
    transitions=(
        Transition(
            "end_sharing",
            ("not_asked", *ASKED),
            "over",
            automatic=True,
            condition=closed,
            title=Text("the report has ended", "报告已结束"),
        ),
        _answer("withheld", given("consent") == "none"),
        _answer("agencies", (given("consent") == "agencies") & given("consent_paper").known),
        _answer("public", (given("consent") == "public") & given("consent_paper").known),
    ),
)
