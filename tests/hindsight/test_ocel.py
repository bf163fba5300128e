"""Logs for process mining: valid, without what the asker may not see, and accepted by the definitions they ran on."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import histories
import leave
import pytest
import shelter
from stores import quick

from casework import Actor, Casework, FrozenClock, InvalidValue, Refused, days
from casework.hindsight.ocel import ACTOR, SUBJECT
from casework.keys import KeyMemory

TEXT = {"type": "string"}
ATTRIBUTES = {"type": "array", "items": {"type": "object", "properties": {"name": TEXT, "type": TEXT}}}
SEED = 11


def log_of(app: Casework, asker: Actor, cases: Any, **more: Any) -> dict[str, Any]:
    found = json.loads("".join(app.hindsight.ocel(asker, cases, **more)))
    assert isinstance(found, dict)
    return found


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(histories.START)


@pytest.fixture
def lived(clock: FrozenClock) -> Casework:
    """Random histories of all kinds of entries: corrections, timers, children, automatic steps."""
    app = histories.opened(quick(), clock)
    app.create_tables()
    histories.happen(app, clock, random.Random(SEED), 60)
    return app


ASKER = Actor("li", histories.STAFF)


def everything(app: Casework) -> dict[str, Any]:
    desk = app.desk(ASKER)
    return log_of(app, ASKER, [case for name in ("visit", "task") for case in desk.find(name).cases])


def problems(log: dict[str, Any]) -> list[str]:
    """What the JSON schema of OCEL 2.0 asks, and that nothing is named which is not there."""
    found = [f"no {part}" for part in ("eventTypes", "objectTypes", "events", "objects") if part not in log]
    events = {item["name"]: {one["name"] for one in item["attributes"]} for item in log["eventTypes"]}
    kinds = {item["name"]: {one["name"] for one in item["attributes"]} for item in log["objectTypes"]}
    ids = [item["id"] for item in log["objects"]]
    for item in [*log["events"], *log["objects"]]:
        declared = events if "time" in item else kinds
        shapes = [isinstance(item[name], str) for name in ("id", "type", *(["time"] if "time" in item else []))]
        shapes += [isinstance(one["value"], str) for one in item["attributes"]]
        shapes += ["time" in item or one["time"].endswith("Z") for one in item["attributes"]]
        found += [] if all(shapes) else [f"{item['id']} is of another shape"]
        found += [f"{item['type']} is not declared"] if item["type"] not in declared else []
        found += [
            f"{one['name']} is not declared" for one in item["attributes"] if one["name"] not in declared[item["type"]]
        ]
        found += [f"{one['objectId']} is not there" for one in item["relationships"] if one["objectId"] not in ids]
    found += ["an id stands there twice"] if len(set(ids)) < len(ids) else []
    names = [item["id"] for item in log["events"]]
    return found + (["an event stands there twice"] if len(set(names)) < len(names) else [])


def test_every_trace_is_valid_and_accepted(lived: Casework) -> None:
    log = everything(lived)

    assert [] == problems(log)
    assert () == lived.hindsight.departures(log)
    assert {"visit.correct", "visit.wake", "task.open"} <= {item["name"] for item in log["eventTypes"]}
    assert {"parent"} <= {one["qualifier"] for item in log["objects"] for one in item["relationships"]}


def _told(event: dict[str, Any], name: str) -> dict[str, str] | None:
    return next((item for item in event["attributes"] if item["name"] == name), None)


def _moved(log: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = luck.choice([event for event in log["events"] if _told(event, "workflow")])
    return found


def _dropped(log: dict[str, Any], luck: random.Random) -> None:
    log["events"].remove(luck.choice(log["events"]))


def _elsewhere(log: dict[str, Any], luck: random.Random) -> None:
    event = _moved(log, luck)
    target = _told(event, "target")
    assert target is not None
    target["value"] = luck.choice(
        [name for name in ("asked", "running", "ended", "nowhere") if name != target["value"]]
    )


def _renamed(log: dict[str, Any], luck: random.Random) -> None:
    event = luck.choice([item for item in log["events"] if _told(item, "workflow") and "correct" not in item["type"]])
    event["type"] = "visit.elope"


def _by_itself(log: dict[str, Any], luck: random.Random) -> None:
    event = luck.choice([item for item in log["events"] if _told(item, "automatic") and "correct" not in item["type"]])
    automatic = _told(event, "automatic")
    assert automatic is not None
    automatic["value"] = "false" if automatic["value"] == "true" else "true"


def _otherwise_defined(log: dict[str, Any], luck: random.Random) -> None:
    manifest = _told(luck.choice(log["events"]), "manifest")
    assert manifest is not None
    manifest["value"] = "0" * 64


def _cut_off(log: dict[str, Any], luck: random.Random) -> None:
    case = luck.choice([item["id"] for item in log["objects"] if item["type"] == "visit"])
    last = max(
        (item for item in log["events"] if item["id"].startswith(case)), key=lambda item: log["events"].index(item)
    )
    log["events"].remove(last)


@pytest.mark.sqlite("what is tampered with is a document")
def test_a_doctored_log_is_told_from_a_true_one(lived: Casework) -> None:
    log = everything(lived)
    for tamper in (_dropped, _elsewhere, _renamed, _by_itself, _otherwise_defined, _cut_off):
        for seed in range(8):
            doctored = copy.deepcopy(log)
            tamper(doctored, random.Random(seed))
            assert lived.hindsight.departures(doctored), (tamper.__name__, seed)


def test_what_is_no_log_is_an_error(lived: Casework) -> None:
    for document in ({}, {"events": [{}], "objects": []}, {"events": 3, "objects": []}):
        with pytest.raises(InvalidValue):
            lived.hindsight.departures(document)


@pytest.mark.parametrize("keys", [None, KeyMemory()], ids=["plain", "sealed"])
def test_no_value_of_a_person_leaves_and_persons_have_pseudonyms(keys: KeyMemory | None) -> None:
    app = shelter.shelter(keys=keys)
    case = shelter.left(app.desk(shelter.LI))

    text = "".join(app.hindsight.ocel(shelter.LI, [case.id]))

    for told in ("Xu Mei", "asthma", "bridge 4", "4403-1999", "13800001111", case.subjects["person"], '"li"'):
        assert told not in text
    assert "canal" in text and "children" in text
    assert [] == problems(json.loads(text))


def test_a_key_makes_the_same_pseudonyms_and_no_key_new_ones() -> None:
    app = shelter.shelter()
    case = shelter.left(app.desk(shelter.LI))

    def persons(**more: Any) -> set[str]:
        log = log_of(app, shelter.LI, [case.id], **more)
        return {item["id"] for item in log["objects"] if item["type"] in (SUBJECT, ACTOR)}

    assert persons(key=b"ours") == persons(key=b"ours") != persons(key=b"theirs")
    assert persons().isdisjoint(persons())


def test_whoever_may_not_know_persons_is_told_of_none() -> None:
    app = shelter.shelter()
    case = shelter.left(app.desk(shelter.LI))

    log = log_of(app, shelter.HAN, [case.id])

    assert SUBJECT not in {item["type"] for item in log["objects"]}
    with pytest.raises(Refused):
        log_of(app, shelter.GUEST, [case.id])


def test_what_was_before_a_lent_view_is_only_there(clock: FrozenClock) -> None:
    app = leave.opened(clock)
    case = leave.granted(app.desk(leave.EI))
    clock.advance(days(1))

    log = log_of(app, leave.STAFF, [case.id])

    assert [] == problems(log)
    assert () == app.hindsight.departures(log)
