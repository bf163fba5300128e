"""What pm4py says of nets: ``python pm4py_soundness.py < nets.json``, in an environment of its own, never in ours.

Reads a JSON object of nets by name and answers with one of verdicts. A net gets a source before its initial state and a
sink behind its endings, so that it is a workflow net wherever it can be one.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

with contextlib.redirect_stdout(io.StringIO()):
    import pm4py
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to


def verdict(told: dict[str, Any]) -> bool:
    """Whether the net is a sound workflow net."""
    net = PetriNet("net")
    places = {name: PetriNet.Place(name) for name in [*told["states"], "~source", "~sink"]}
    net.places.update(places.values())
    moves = [["~source", told["initial"]], *told["moves"], *([name, "~sink"] for name in told["finals"])]
    for number, (source, target) in enumerate(moves):
        step = PetriNet.Transition(f"t{number}", f"t{number}")
        net.transitions.add(step)
        add_arc_from_to(places[source], step, net)
        add_arc_from_to(step, places[target], net)
    with contextlib.redirect_stdout(io.StringIO()):
        found = pm4py.check_soundness(net, Marking({places["~source"]: 1}), Marking({places["~sink"]: 1}))
    return bool(found[0] if isinstance(found, tuple) else found)


def main() -> None:
    """Judge every net of the input."""
    nets = json.load(sys.stdin)
    print(json.dumps({name: verdict(net) for name, net in nets.items()}))


main()
