"""F77, F79: what people, definitions and plugins write is never a template, never code, never a pickle."""

from __future__ import annotations

import pickle

import pytest
from errands import ANA, Bench, act, errand, offering, refused

from casework import (
    Channel,
    Doer,
    Field,
    Given,
    Guard,
    Held,
    Require,
    Send,
    Set,
    Text,
    Transition,
    Workflow,
    field,
    guard,
    keep,
)

HOSTILE = [
    "{0.__class__.__init__.__globals__}",
    "{}",
    "{0}",
    "{unknown}",
    "%s %(x)s %n",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "a\r\nSet-Cookie: b",
    "\x1b[31mred",
    "'; drop table case_errand; --",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_titles_and_reasons_of_plugins_are_shown_as_they_are(bench: Bench, text: str) -> None:
    told = Require("errand.start", field("remark").in_(text), because=Text(text, text))
    titled = errand(act(title=text, guards="work"), data=[Field("remark", title=text), Field("count", "integer")])
    parts = [Guard("work", lambda view: False, because=text)]
    ana = bench.app(titled, parts=parts, plugins=[offering("p", requirements=[told])]).desk(ANA)
    case = ana.open("errand", remark="other")

    for language in ("en", "zh"):
        assert text in refused(ana.fire, case, "start").sentence(language)
        assert [text] == [clause.text.in_(language) for clause in refused(ana.fire, case, "act").unmet]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_passes_through_every_door_unchanged(bench: Bench, text: str) -> None:
    steps = act(keep("remark"), Send("post", Doer(), {"a": Held("remark"), "b": Given("remark")}))
    sent: list[object] = []
    channel = Channel("post", lambda message, key: sent.append(message.body), delivery="at_least_once")
    app = bench.app(errand(steps), parts=[channel])
    desk = app.desk(ANA)
    case = desk.fire(desk.open("errand"), "act", remark=text)
    app.send_waiting()

    assert text == desk.get(case).data["remark"] == desk.history(case)[-1].form["remark"]
    assert [(("a", text), ("b", text))] == sent
    assert [case.id] == [found.id for found in desk.find("errand", field("remark") == text).cases]


def test_no_byte_of_the_store_is_a_pickle(bench: Bench) -> None:
    desk = bench.app(errand(act(Set("ready", True), keep("count", "remark")))).desk(ANA)
    desk.fire(desk.open("errand", diagnosis="flu"), "act", count=1, remark="r", request_id="k")
    blobs = [value for rows in bench.rows().values() for row in rows for value in row if isinstance(value, bytes)]

    assert blobs
    assert [] == [blob for blob in blobs if _unpickles(blob)]


def _unpickles(blob: bytes) -> bool:
    try:
        pickle.loads(blob)
    except Exception:
        return False
    return True


def test_a_definition_holds_no_code_that_a_manifest_could_carry(bench: Bench) -> None:
    part = guard("work")(lambda view: True)
    manifest = bench.app(errand(act(guards="work")), parts=[part]).manifests["errand"]

    assert "lambda" not in manifest.document
    assert Transition in {type(step) for step in manifest.case_type.main.transitions}
    assert Workflow is type(manifest.case_type.main)
