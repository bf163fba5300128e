"""The same round in other libraries, in memory, against one bare trigger; those that are not installed are told.

None of them checks a form or a role, explains a refusal or writes a log; the figures say what a state
change alone costs there.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.decide import BARE, bare
from benchmarks.measure import Batch, Figure, Sizes, interleaved
from benchmarks.workload import MOVES, STATES, TRIGGERS


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Every peer that is here, by turns with the bare trigger."""
    contenders: dict[str, Batch] = {BARE: bare(sizes.decisions)}
    for module, name, make in PEERS:
        if find_spec(module) is None:
            print(f"peers: {name} is not installed, left out")
        else:
            contenders[name] = make(max(1, sizes.decisions // 5))
    taken = interleaved(contenders, max(2, sizes.rounds // 2), time.thread_time)
    for name in contenders:
        yield taken.figure(name, "" if name == BARE else BARE)


def _batch(fire: Callable[[str], object], number: int) -> Batch:
    def batch() -> int:
        for _ in range(number):
            for trigger in TRIGGERS:
                fire(trigger)
        return number * len(TRIGGERS)

    return batch


def _nested(number: int) -> Batch:
    extensions = importlib.import_module("transitions.extensions")
    machine = extensions.HierarchicalMachine(states=list(STATES), initial="assessed", auto_transitions=False)
    for trigger, source, target in MOVES:
        machine.add_transition(trigger, source, target, conditions=[lambda: True])
    return _batch(lambda trigger: machine.trigger(trigger), number)


def _statemachine(number: int) -> Batch:
    library = importlib.import_module("statemachine")
    names: dict[str, Any] = {
        state: library.State(initial=state == "found", final=state in ("transferred", "left")) for state in STATES
    }
    for trigger, source, target in MOVES:
        names[trigger] = names[source].to(names[target], cond="permitted")
    names["permitted"] = lambda self: True
    machine = type("Rescue", (library.StateMachine,), names)()
    machine.send("assess")
    return _batch(machine.send, number)


PEERS: tuple[tuple[str, str, Callable[[int], Batch]], ...] = (
    ("transitions", "transitions HierarchicalMachine", _nested),
    ("statemachine", "python-statemachine", _statemachine),
)
