"""The notice of a request: published, and taken down again before the request can end.

A tracing notice follows within 24 hours where a quick check finds nothing (民发〔2015〕158号, part one, paragraph two).
Here the clock runs from the preparation of the request; the host keeps the one that runs from the arrival.
"""

from __future__ import annotations

from casework import Deadline, Field, Now, Set, State, Text, Transition, Workflow, days, field, hours, keep, state
from casework_police.asking import closed
from casework_police.fields import reason
from casework_police.request_data import CHANNELS
from casework_police.roles import SEARCH

_STATES = (
    State("not_needed", title=Text("no notice asked for", "无需公告")),
    State("due", title=Text("notice to publish", "待发布公告")),
    State("up", title=Text("notice is up", "公告已发布")),
    State("down", title=Text("notice taken down", "公告已撤下")),
    State("over", title=Text("over", "已结束"), final=True),
)

_TRANSITIONS = (
    Transition(
        "end_publication",
        ("not_needed", "due", "down"),
        "over",
        automatic=True,
        condition=closed,
        title=Text("the request has ended", "协查已办结"),
    ),
    Transition(
        "need_notice",
        "not_needed",
        "due",
        automatic=True,
        condition=field("kind") == "notice",
        title=Text("a notice is asked for", "需发布公告"),
    ),
    Transition(
        "publish",
        ("due", "down"),
        "up",
        roles=(*SEARCH, "police_officer"),
        form=[
            Field("channel", "choice", required=True, choices=CHANNELS, title=Text("published on", "发布渠道")),
            Field("notice_text", required=True, field_class="identity", title=Text("text of the notice", "公告内容")),
        ],
        condition=state("police_request").in_("sent", "received"),
        effects=[
            keep("channel", "notice_text"),
            Set("published_at", Now()),
            Set("taken_down_at", None),
        ],
        title=Text("publish the notice", "发布公告"),
        because=Text("a notice is published with a request that was sent", "申请发送后方可发布公告"),
    ),
    Transition(
        "take_down",
        "up",
        "down",
        roles=(*SEARCH, "caseworker", "police_officer"),
        form=reason(),
        effects=Set("taken_down_at", Now()),
        title=Text("take the notice down", "撤下公告"),
    ),
    Transition(
        "keep_up",
        "up",
        # Into the same state anew: the time until somebody looks again begins anew.
        "up",
        roles=SEARCH,
        form=reason(),
        title=Text("the notice stays up", "继续发布公告"),
    ),
)

publication = Workflow(
    "publication",
    initial="not_needed",
    title=Text("notice", "协查公告"),
    states=_STATES,
    transitions=_TRANSITIONS,
    deadlines=(
        Deadline(
            "notice",
            "due",
            hours(24),
            title=Text("notice within 24 hours (2015 no. 158)", "二十四小时内发布公告（民发〔2015〕158号）"),
        ),
        # No rule asks for it: a case that ends by a death or a departure is not held up by a notice, nor tells of it.
        Deadline("notice_check", "up", days(30), title=Text("look at the notice every month", "每月核查一次公告")),
    ),
)
