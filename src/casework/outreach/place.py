"""A place where people are known to sleep: looked at again and again, until nobody sleeps there any more."""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import (
    CaseType,
    Choice,
    Deadline,
    Now,
    Set,
    State,
    Text,
    Transition,
    Workflow,
    Worklist,
    days,
    fact,
    keep,
    overdue,
)
from casework.outreach.roles import DIRECTOR, OUT, OUT_AND_PLANNERS, STAFF

KINDS = (
    Choice("bridge", Text("bridge or underpass", "桥洞涵洞")),
    Choice("station", Text("railway or bus station", "车站码头")),
    Choice("square", Text("square or park", "广场公园")),
    Choice("bank", Text("bank lobby or shop front", "自助银行、门店檐下")),
    Choice("market", Text("market", "集贸市场")),
    Choice("building", Text("empty or unfinished building", "空置或在建房屋")),
    Choice("other", Text("other", "其他")),
)


@attrs.frozen(kw_only=True)
class Place:
    """Where it is, on which route, and who was seen there last."""

    where: str = fact(en="where", zh="具体位置", field_class="whereabouts", max_length=200)
    kind: str = fact(en="kind", zh="类别", choices=KINDS)
    route: str = fact(en="route", zh="巡查线路", max_length=200)
    hazards: bool = fact(en="dangerous to enter: water, tracks, ruins, heights", zh="存在危险")
    seen_at: datetime | None = fact(default=None, managed=True, en="last looked at", zh="最近查看时间")
    sleepers: int | None = fact(default=None, managed=True, en="people seen", zh="发现人数", minimum=0, maximum=500)


@attrs.frozen(kw_only=True)
class Look:
    """How many were seen; none is an answer too."""

    sleepers: int = fact(en="people seen", zh="发现人数", minimum=0, maximum=500)


_SEEN = (*keep("sleepers"), Set("seen_at", Now()))

place = CaseType(
    "sleeping_place",
    title=Text("sleeping place", "露宿点位"),
    chain=(
        Workflow(
            "sleeping_place",
            initial="known",
            title=Text("sleeping place", "露宿点位"),
            states=(
                State(
                    "known",
                    title=Text("known", "在册"),
                    grants={"edit": OUT_AND_PLANNERS, "note": OUT_AND_PLANNERS, "correct": DIRECTOR, "adopt": DIRECTOR},
                ),
                State("given_up", title=Text("nobody sleeps there any more", "已撤销"), final=True),
            ),
            transitions=(
                # Back into the same state: the week until the next look begins again.
                Transition(
                    "look", "known", "known", roles=OUT, form=Look, effects=_SEEN, title=Text("look", "查看点位")
                ),
                Transition(
                    "give_up", "known", "given_up", roles=OUT_AND_PLANNERS, title=Text("strike off", "撤销点位")
                ),
            ),
            deadlines=(Deadline("look", "known", days(7), title=Text("looked at every week", "每周查看")),),
        ),
    ),
    data=Place,
    subjects=(),
    roles=STAFF,
    opens=OUT_AND_PLANNERS,
    grants={"view": (*OUT_AND_PLANNERS, "auditor"), "import": DIRECTOR},
    readers={"whereabouts": OUT_AND_PLANNERS},
    worklists=(
        Worklist("known", "known", roles=OUT_AND_PLANNERS, title=Text("known places", "在册点位")),
        Worklist(
            "to_look_at",
            "known",
            condition=overdue("look"),
            roles=OUT_AND_PLANNERS,
            title=Text("not looked at for a week", "满一周未查看"),
        ),
    ),
)
