"""What carried-over definitions offer, in the names of the definitions that they come from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from casework.condition.evaluate import Facts, reader
from casework.interchange import Carried, load_dcworkflow, read
from casework.interchange.naming import names_of

HERE = Path(__file__).resolve().parent
DEFINITIONS = HERE / "definitions"
GOLDEN = HERE / "golden" / "dcworkflow_offers.json"
SITE: dict[str, list[str]] = json.loads((HERE / "golden" / "site.json").read_text(encoding="utf-8"))
PLONE = (
    "comment_one_state_workflow",
    "comment_review_workflow",
    "folder_workflow",
    "intranet_folder_workflow",
    "intranet_workflow",
    "one_state_workflow",
    "plone_workflow",
    "simple_publication_workflow",
)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@cache
def recorded() -> Any:
    """What Products.DCWorkflow offered: by definition, state and single role."""
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def carried(path: Path, **more: Any) -> Carried:
    """The definition carried over, on the site of these tests."""
    return load_dcworkflow(path, acquired=SITE, **more)


_carried = cache(carried)


@cache
def ways_of(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The states and the transitions of a definition, each with its name here."""
    source = read(path.read_bytes())
    return names_of(item.name for item in source.states), names_of(item.name for item in source.transitions)


def offered(path: Path, state: str, who: str) -> list[str]:
    """What a role or group alone may fire in a state, and what goes by itself; expressions say yes."""
    found = _carried(path)
    role = dict(found.roles)[who]
    states, triggers = ways_of(path)
    theirs = {name: told for told, name in triggers.items()}
    flow = found.case_type.main
    facts = Facts(
        now=NOW,
        data={name: True for name, _ in found.facts},
        states={flow.name: states[state]},
        marks={},
        dues={},
        balances={},
        acts={},
        form={},
        person="somebody",
        roles=frozenset({role}),
    )
    names = set()
    for step in flow.transitions:
        if states[state] in flow.sources(step) and reader(step.condition)(facts):
            if step.automatic:
                names.add(f"{theirs[step.trigger]} by itself")
            elif role in step.roles:
                names.add(theirs[step.trigger])
    return sorted(names)
