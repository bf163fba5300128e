"""inbox list, retry, drop."""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

import pytest
from channels.laboratory import LAB, NOW, SAMPLE, SECRET, TAKES, Laboratory
from cli.errand import WORKER, Line

from casework import Actor, Casework, FrozenClock, hookimpl
from casework.channels import inbound

POST = ("--plugin", "post")


@pytest.fixture
def lab(cli: Line, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three messages that are parked, one that was applied."""

    def casework_parts() -> list[Any]:
        return [inbound("lab", secret=lambda: SECRET, actor=LAB, takes=TAKES)]

    def casework_case_types() -> list[Any]:
        return [SAMPLE]

    module = ModuleType("post")
    for hook in (casework_parts, casework_case_types):
        setattr(module, hook.__name__, hookimpl(hook))
    monkeypatch.setitem(sys.modules, "post", module)
    clock = FrozenClock(NOW)
    app = Casework(cli.store, plugins=[module], clock=clock)
    app.create_tables()
    lab = Laboratory(app, clock)
    lab.send("m1", {"type": "take", "data": {"ref": "s1"}})
    lab.send("m2", {"type": "burnt", "data": {"name": "canary"}})
    lab.send("m3", {"type": "confused"})
    lab.send("m4", {"type": "ordered", "data": {"ref": "s2"}})
    yield lab
    app.dispose()


def test_what_waits_is_listed_with_its_reason_and_never_its_content(cli: Line, lab: Laboratory) -> None:
    told = cli.json("inbox", "list")["messages"]
    shown = {lang: cli("inbox", "list", "--lang", lang).stdout for lang in ("en", "zh")}

    problems = ["asked: there is no case about this sample yet", "kind-unknown", "failed: KeyError"]
    assert problems == [row["problem"] for row in told]
    assert ("lab", "m1", "take", "parked", 1) == tuple(
        told[0][key] for key in ("source", "id", "kind", "state", "attempts")
    )
    assert "nothing here takes this kind" in shown["en"] and "此处不接收这种消息" in shown["zh"]
    assert "处理程序出错：KeyError" in shown["zh"].replace(" ", "").replace("\n", "")
    assert all("canary" not in text for text in (*shown.values(), str(told)))


def test_other_states_and_sources_are_listed_where_asked_for(cli: Line, lab: Laboratory) -> None:
    assert ["m4"] == [row["id"] for row in cli.json("inbox", "list", "--state", "applied")["messages"]]
    assert [] == cli.json("inbox", "list", "--source", "nobody")["messages"]
    assert [] == cli.json("inbox", "list", "--tenant", "other")["messages"]
    assert "没有已放弃的消息" in cli("inbox", "list", "--state", "dropped", "--lang", "zh").stderr


def test_what_fits_by_now_is_applied_and_the_rest_stays(cli: Line, lab: Laboratory) -> None:
    lab.app.desk(Actor("c", {"clerk"})).open("sample", ref="s1")

    assert {"applied": 1, "failed": 2} == json.loads(cli(*POST, "inbox", "retry", "--json", code=3).stdout)
    assert {"s1": "taken", "s2": "ordered"} == lab.states()
    assert "仍待处理 2" in cli(*POST, "inbox", "retry", "--lang", "zh", code=3).stdout
    assert {"applied": 0, "failed": 0} == cli.json(*POST, "inbox", "retry", "--source", "nobody")


def test_one_is_dropped_by_whoever_says_why(cli: Line, lab: Laboratory) -> None:
    assert {"dropped": True} == cli.json(*WORKER, "inbox", "drop", "lab", "m2", "--because", "wrong address")
    cli(*WORKER, "inbox", "drop", "lab", "m2", "--because", "again", code=3)
    cli("inbox", "drop", "lab", "m3", "--because", "x", code=2)
    cli(*WORKER, "inbox", "drop", "lab", "m3", code=2)

    (row,) = cli.json("inbox", "list", "--state", "dropped")["messages"]
    assert ("m2", "wrong address", "li") == (row["id"], row["problem"], row["settled_by"])
    assert "wrong address (li)" in cli("inbox", "list", "--state", "dropped").stdout
