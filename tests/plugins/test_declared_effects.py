"""`@effect`: what it declared is done, what it did not is refused when it runs, with nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from errands import ANA, Bench, act, errand, refused

from casework import (
    Assign,
    Casework,
    Channel,
    Given,
    Held,
    Open,
    Post,
    Recheck,
    Run,
    Send,
    Set,
    Settle,
    View,
    Void,
    effect,
)

POST_OFFICE = Channel("post", lambda message, key: None, delivery="at_least_once")
DECLARED: dict[str, Any] = {
    "reads": ["count"],
    "writes": ["count", "remark"],
    "posts": ["outside", "stock", "shelf"],
    "sends": ["post"],
    "opens": ["parcel"],
    "assigns": ["minder"],
}
EVERY_KIND = [
    Set("remark", "seen"),
    Post("outside", "stock", Given("count")),
    Post("stock", "shelf", 1, "kept"),
    Send("post", "chief", {"count": Held("count")}),
    Open("parcel", {"count": Held("count")}),
    Assign("minder"),
    Recheck(),
]


def app_with(bench: Bench, run: Callable[[View], Iterable[Any]], **declared: Any) -> Casework:
    part = effect("work", **declared)(run)
    return bench.app(errand(act(Run("work"))), errand(name="parcel"), parts=[part, POST_OFFICE])


def test_an_effect_sees_what_is_left_where_it_may_post_and_nowhere_else(bench: Bench) -> None:
    seen: list[dict[str, int]] = []

    def look(view: View) -> list[Post]:
        seen.append(dict(view.balances))
        return []

    for posts in (["outside", "stock"], ["outside"], []):
        desk = app_with(bench, look, posts=posts).desk(ANA)
        desk.fire(desk.open("errand", count=2), "act")

    assert ["stock" in found for found in seen] == [True, False, False]
    assert all("shelf" not in found and "outside" not in found for found in seen)


def test_what_is_declared_is_done(bench: Bench) -> None:
    desk = app_with(bench, lambda view: EVERY_KIND, **DECLARED).desk(ANA)

    case = desk.fire(desk.open("errand", count=2), "act", count=2)

    entry = desk.history(case)[-1]
    assert ("seen", 2, 1, 1) == (case.data["remark"], len(entry.postings), len(entry.opened), len(entry.assigned))
    assert [("post", "chief")] == bench.ask("select channel, recipient from casework_message")


UNDECLARED = [
    ("writes", Set("remark", "seen"), "to write 'remark'"),
    ("posts", Post("outside", "stock"), "to post 'outside'"),
    ("posts", Settle("kept"), "to settle or void 'kept'"),
    ("posts", Void("kept"), "to settle or void 'kept'"),
    ("sends", Send("post"), "to send 'post'"),
    ("opens", Open("parcel"), "to open 'parcel'"),
    ("assigns", Assign("minder"), "to assign 'minder'"),
    ("reads", Set("remark", Held("count")), "to read 'count'"),
    ("reads", Send("post", Held("diagnosis")), "to read 'diagnosis'"),
    ("reads", Open("parcel", {"count": Held("count")}), "to read 'count'"),
    ("reads", Assign("minder", Held("remark")), "to read 'remark'"),
]


@pytest.mark.parametrize(("missing", "command", "problem"), UNDECLARED)
def test_what_is_not_declared_is_refused_and_nothing_is_written(
    bench: Bench, missing: str, command: object, problem: str
) -> None:
    declared = {name: () if name == missing else names for name, names in DECLARED.items()}
    desk = app_with(bench, lambda view: [command], **declared).desk(ANA)
    case = desk.open("errand", count=2)
    before = bench.rows()
    refusal = refused(desk.fire, case, "act")

    assert ("part-failed", "work") == (refusal.code, refusal.part)
    assert problem in refusal.sentence("en")
    assert before == bench.rows()


def test_a_part_settles_only_what_lies_between_accounts_that_it_declared(bench: Bench) -> None:
    part = effect("work", posts=["stock"])(lambda view: [Settle("kept")])
    steps = [
        act(Post("outside", "stock", 3), trigger="buy"),
        act(Post("stock", "shelf", 2, "kept"), trigger="reserve"),
        act(Run("work")),
    ]
    desk = bench.app(errand(*steps), parts=[part]).desk(ANA)
    case = desk.fire(desk.fire(desk.open("errand"), "buy"), "reserve")

    assert "to post 'shelf'" in refused(desk.fire, case, "act").sentence("en")


def test_a_part_may_settle_what_an_earlier_firing_reserved(bench: Bench) -> None:
    part = effect("work", posts=["stock", "shelf"])(lambda view: [Settle("kept")])
    steps = [
        act(Post("outside", "stock", 3), trigger="buy"),
        act(Post("stock", "shelf", 2, "kept"), trigger="reserve"),
        act(Run("work")),
    ]
    desk = bench.app(errand(*steps), parts=[part]).desk(ANA)
    desk.fire(desk.fire(desk.fire(desk.open("errand"), "buy"), "reserve"), "act")

    assert [("settled",)] == bench.ask("select state from casework_posting where hold = 'kept'")


def test_a_part_sees_only_what_it_declared_to_read(bench: Bench) -> None:
    seen: list[View] = []
    part = effect("work", reads="count")(lambda view: seen.append(view) or ())
    desk = bench.app(errand(act(Run("work"))), parts=[part]).desk(ANA)
    case = desk.open("errand", count=2, remark="r", diagnosis="d")
    desk.fire(case, "act", remark="form")

    (view,) = seen
    assert ({"count": 2}, {"remark": "form"}) == (dict(view.data), dict(view.form))
    assert (case.id, "act", "ana", "north", {"errand": "new"}) == (
        view.case_id,
        view.trigger,
        view.person,
        view.unit,
        dict(view.states),
    )
