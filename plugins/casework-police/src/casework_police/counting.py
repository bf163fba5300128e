"""Every request and every notice is counted for the person whom it is about, from its first moment to its last.

The count follows the states by automatic steps of its own, so that whatever opens, publishes, takes down or ends
a request keeps it. A request that is imported begins uncounted and is counted on arrival; one that claims to be
counted already cannot be placed, for the count that it means was kept in another store.
"""

from __future__ import annotations

from casework import Condition, Post, State, Text, Transition, Workflow, state
from casework_police.asking import closed
from casework_police.roles import DIRECTOR

_UP = state("publication") == "up"
_PLACED = {"import": DIRECTOR}


def _step(name: str, source: str, target: str, condition: Condition, title: Text, *posts: Post) -> Transition:
    return Transition(name, source, target, automatic=True, condition=condition, effects=list(posts), title=title)


counting = Workflow(
    "counting",
    initial="uncounted",
    title=Text("count", "在办计数"),
    states=(
        State("uncounted", title=Text("not counted yet", "未计数"), grants=_PLACED),
        State("counted", title=Text("counted as open", "已计入在办协查")),
        State("counted_up", title=Text("counted with its notice", "已计入在办协查和公告")),
        State("over", title=Text("over", "已结束"), final=True, grants=_PLACED),
    ),
    transitions=(
        _step("skip", "uncounted", "over", closed, Text("it had ended elsewhere", "转入前已办结")),
        _step(
            "count",
            "uncounted",
            "counted",
            ~closed,
            Text("a request is open", "计入在办协查"),
            Post("requests_ended", "requests_open"),
        ),
        _step(
            "count_notice",
            "counted",
            "counted_up",
            _UP & ~closed,
            Text("its notice is up", "计入发布中的公告"),
            Post("notices_down", "notices_up"),
        ),
        _step(
            "discount_notice",
            "counted_up",
            "counted",
            ~_UP,
            Text("its notice is down", "公告已撤下，不再计入"),
            Post("notices_up", "notices_down"),
        ),
        _step(
            "discount",
            "counted",
            "over",
            closed,
            Text("the request has ended", "协查已办结，不再计入"),
            Post("requests_open", "requests_ended"),
        ),
        _step(
            "discount_both",
            "counted_up",
            "over",
            closed,
            Text("the request has ended with its notice", "协查及公告均已办结，不再计入"),
            Post("notices_up", "notices_down"),
            Post("requests_open", "requests_ended"),
        ),
    ),
)
