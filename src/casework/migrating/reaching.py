"""The configurations that cases of a definition may stand in: what the certificate goes through.

Whoever has a better explorer gives its own; this one follows states alone and takes every fact to lie as it may,
so that it finds rather too many configurations than too few.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Protocol

import attrs

from casework.compiled import Compiled
from casework.migrating.landing import Configuration, asked, at_rest, configuration
from casework.migrating.outcomes import outcomes

CONFIGURATIONS_LIMIT = 30_000


class Configurations(Protocol):
    """Configurations, each as states by workflow; *complete* where no other one can be reached."""

    @property
    def complete(self) -> bool:
        """Whether these are all that can be reached."""

    def __iter__(self) -> Iterator[Mapping[str, str]]: ...


@attrs.frozen
class Reached:
    """What was found within the limit."""

    found: tuple[Configuration, ...]
    complete: bool

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        return map(dict, self.found)


def reached(compiled: Compiled, *, limit: int = CONFIGURATIONS_LIMIT) -> Reached:
    """The configurations of open cases, at rest; those of closed ones never move."""
    start = configuration({name: workflow.workflow.initial for name, workflow in compiled.workflows.items()})
    seen, queue, complete = {start}, deque([start]), True
    while queue:
        here = queue.popleft()
        for there in _next(compiled, dict(here)):
            if there in seen:
                continue
            if len(seen) >= limit:
                complete = False
                continue
            seen.add(there)
            queue.append(there)
    finals = compiled.workflows[compiled.main].finals
    found = (here for here in seen if dict(here)[compiled.main] not in finals and at_rest(compiled, dict(here)))
    return Reached(tuple(sorted(found)), complete)


def _next(compiled: Compiled, states: Mapping[str, str]) -> Iterator[Configuration]:
    for name, workflow in compiled.workflows.items():
        for item in workflow.transitions:
            if item.target is not None and states[name] in item.sources and True in outcomes(asked(item), states):
                yield configuration({**states, name: item.target})
