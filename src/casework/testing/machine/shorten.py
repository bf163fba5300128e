"""Make the program of a failure short: leave out one step after the other for as long as it still fails so.

Hypothesis would come to the same by trying values, hundreds of runs; here a step is left out whole, and what the
others were about is found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from casework.testing.machine.bench import Bench, Taken
from casework.testing.machine.call import Call
from casework.testing.machine.setup import Setup

Signature = tuple[str, str, int]


def signature(error: BaseException) -> Signature:
    """What two failures share that are the same: the kind, and the line that raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else trace.tb_frame.f_code.co_filename
    return type(error).__name__, where, 0 if trace is None else trace.tb_lineno


def shortened(setup: Setup, steps: Sequence[Taken], wanted: Signature) -> str | None:
    """The program of fewest steps that fails as *wanted*; None where it does not fail again at all."""
    program = _failing(setup, steps, wanted)
    if program is None:
        return None
    kept, place = list(steps), len(steps) - 1
    while place >= 0:
        for fewer in _without(kept, place):
            found = _failing(setup, fewer, wanted)
            if found is not None:
                kept, program = fewer, found
                break
        place -= 1
    plain = [attrs.evolve(step, call=attrs.evolve(step.call, request=None)) for step in kept if not step.call.repeats]
    return _failing(setup, plain, wanted) or program


def _without(steps: list[Taken], place: int) -> Iterator[list[Taken]]:
    """The steps but one; where that was to wait, also with another one waiting as long as both did."""
    left = steps[:place] + steps[place + 1 :]
    yield left
    for number, other in enumerate(left):
        if steps[place].call.verb == other.call.verb == "wait":
            longer = attrs.evolve(other.call, wait=other.call.wait + steps[place].call.wait)
            yield [*left[:number], attrs.evolve(other, call=longer), *left[number + 1 :]]


def _failing(setup: Setup, steps: Sequence[Taken], wanted: Signature) -> str | None:
    bench = Bench(setup, thorough=True)
    try:
        bench.begin()
        for step in steps:
            call = _found_again(bench, step)
            if call is not None:
                bench.do(call, at=step.at)
        bench.end()
    except Exception as error:
        return bench.program if signature(error) == wanted else None
    return None


def _found_again(bench: Bench, step: Taken) -> Call | None:
    """The call about the same case as it is named now; None where what it was about is no longer there."""
    call = step.call
    if call.repeats:
        return call if any(done.call.request == call.request for done in bench.requests) else None
    if not call.case:
        return call
    case_id = bench.births.get(step.birth)
    numbers = [number for number, case in enumerate(bench.named, 1) if case.id == case_id]
    if call.verb == "open":
        return attrs.evolve(call, case=numbers[0]) if numbers else attrs.evolve(call, case=0, about=())
    if case_id is None or not numbers:
        return None
    revision = bench.world.cases[case_id]["revision"]
    number = numbers[-1] if step.current or call.by_id else numbers[0]
    stale = bench.named[number - 1].revision != revision
    by_id = call.by_id or (step.current and stale)
    return attrs.evolve(call, case=number, by_id=by_id, entry=revision - step.back if call.verb == "correct" else 0)
