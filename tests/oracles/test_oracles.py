"""Independent packages say the same: Products.DCWorkflow of offers, pm4py of soundness and of logs.

What they said is kept as golden results, so that every run compares with it; with ``--oracles DIR`` they are asked
anew. To keep new answers, delete the golden file first.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import histories
import pytest
from interchange.offers import DEFINITIONS, GOLDEN, SITE
from oracles.asking import HERE, answer
from oracles.nets import digest, net_of, sound, variants

from casework import Actor, FrozenClock

NETS = HERE / "golden" / "pm4py_soundness.json"


@pytest.fixture
def environments(request: pytest.FixtureRequest) -> str:
    """The folder with the environments of the oracles."""
    return str(request.config.getoption("--oracles"))


def kept(path: Path, found: Any) -> Any:
    """The golden results; where there are none, these become them."""
    if not path.exists():
        path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_check_finds_a_net_sound_where_pm4py_did() -> None:
    golden = json.loads(NETS.read_text(encoding="utf-8"))
    found = {name: (golden.get(digest(net_of(flow))), sound(flow)) for name, flow in variants()}

    judged = {name: both for name, both in found.items() if both[0] is not None}
    assert {} == {name: both for name, both in judged.items() if both[0] != both[1]}
    assert {True, False} == {both[1] for both in judged.values()}
    assert len(judged) > len(found) / 2, "most workflows have changed since: delete the golden file, ask the oracles"


@pytest.mark.oracle
def test_pm4py_finds_a_net_sound_where_the_check_does(environments: str) -> None:
    flows = dict(variants())
    nets = {digest(net_of(flow)): net_of(flow) for flow in flows.values()}

    verdicts = answer(environments, "pm4py", "pm4py_soundness.py", given=json.dumps(nets))

    assert {} == {name: sound(flow) for name, flow in flows.items() if verdicts[digest(net_of(flow))] != sound(flow)}
    golden = kept(NETS, verdicts)
    assert {} == {name: found for name, found in verdicts.items() if golden.get(name, found) != found}


@pytest.mark.oracle
def test_dcworkflow_offers_what_was_recorded_of_it(environments: str) -> None:
    files = map(str, sorted(DEFINITIONS.glob("*.xml")))

    found = answer(environments, "dcworkflow", "dcworkflow_offers.py", json.dumps(SITE), *files)

    assert kept(GOLDEN, found) == found


@pytest.mark.oracle
def test_pm4py_reads_an_exported_log_whole(environments: str, tmp_path: Path) -> None:
    clock = FrozenClock(histories.START)
    app = histories.opened("sqlite://", clock)
    app.create_tables()
    ids = histories.happen(app, clock, random.Random(3), 60)
    text = "".join(app.hindsight.ocel(Actor("li", histories.STAFF), ids))
    path, log = tmp_path / "log.json", json.loads(text)
    path.write_text(text, encoding="utf-8")
    app.dispose()

    found = answer(environments, "pm4py", "pm4py_log.py", str(path))

    assert (len(log["events"]), len(log["objects"])) == (found["events"], found["objects"])
    assert sum(len(event["relationships"]) for event in log["events"]) == found["relations"]
    assert sorted(item["name"] for item in log["objectTypes"]) == sorted(found["types"])
    assert len(ids) == found["traces"]
