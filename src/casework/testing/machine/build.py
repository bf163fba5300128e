"""Build the state machine of a case type: a class for hypothesis, nothing to inherit from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis.stateful import RuleBasedStateMachine, rule
from hypothesis.strategies import SearchStrategy

from casework.errors import SetupError
from casework.model.actor import Actor
from casework.model.attachment import Attachment, Require
from casework.model.casetype import CaseType
from casework.parts import Part
from casework.testing.claims import Claim
from casework.testing.machine.bench import Bench
from casework.testing.machine.call import Call
from casework.testing.machine.choosing import calls, drawn
from casework.testing.machine.setup import Given, Setup, Values, prepared
from casework.testing.machine.shorten import shortened, signature

STEPS = 25
EXAMPLES = 40
PROGRAM = "The program that led here:"
"""What the note begins with that tells how a failure came about."""

Machine = type[RuleBasedStateMachine]


def workflow_machine(
    case_type: CaseType | str,
    /,
    *,
    beside: Iterable[CaseType] = (),
    parts: Iterable[Part] = (),
    plugins: Iterable[Any] = (),
    attachments: Iterable[Attachment] = (),
    requirements: Iterable[Require] = (),
    actors: Iterable[Actor] | SearchStrategy[Actor] | None = None,
    data: SearchStrategy[Values] | None = None,
    forms: Mapping[str, SearchStrategy[Values]] | None = None,
    claims: Iterable[Claim] = (),
) -> Machine:
    """A hypothesis state machine that runs cases of *case_type* every way there is; its ``TestCase`` is the test.

    A case type that a plugin brings is given by its name. *beside* are others that the first one opens.
    Who acts and what is filled in is invented from the definitions where it is not given: *actors* one by one
    or as a strategy, *data* for opening, *forms* by trigger. After each step both interpreters must agree,
    the store must be whole, and the *claims* must hold.

    Raises UnsoundDefinition where the definitions or the claims are, and SetupError where a name is unknown.
    """
    named = isinstance(case_type, str)
    own = () if isinstance(case_type, str) else (case_type,)
    given = Given(
        case_types=(*own, *beside),
        parts=tuple(parts),
        plugins=tuple(plugins),
        attachments=tuple(attachments),
        requirements=tuple(requirements),
    )
    if named and not given.plugins and not given.case_types:
        raise SetupError(f"{case_type!r} is the name of a case type; give the plugin that brings it, or the case type")
    name = case_type if isinstance(case_type, str) else case_type.name
    return _machine(prepared(name, given, actors=actors, data=data, forms=dict(forms or {}), claims=tuple(claims)))


def _machine(setup: Setup) -> Machine:
    class CaseMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.bench = Bench(setup)

        @rule(call=drawn(calls))
        def step(self, call: Call) -> None:
            with told(self.bench):
                self.bench.do(call)
            event(f"{call.verb} {call.name}".strip() if call.verb in ("open", "fire") else call.verb)

        def teardown(self) -> None:
            if not self.bench.failed:
                with told(self.bench):
                    self.bench.end()

    CaseMachine.__name__ = CaseMachine.__qualname__ = "".join(word.title() for word in setup.name.split("_"))
    CaseMachine.TestCase.settings = settings(
        max_examples=min(settings().max_examples, EXAMPLES),
        stateful_step_count=STEPS,
        # The programs are shortened here, which takes fewer runs than hypothesis would.
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return CaseMachine


@contextmanager
def told(bench: Bench) -> Iterator[None]:
    """Whatever fails says by which program it came about, shortened once for each kind of failure."""
    try:
        yield
    except Exception as error:
        bench.failed = True
        programs, kind = bench.setup.stage.programs, signature(error)
        if kind not in programs:
            programs[kind] = shortened(bench.setup, bench.steps, kind) or bench.program
        error.add_note(f"{PROGRAM}\n{programs[kind]}")
        raise
    except BaseException:
        bench.failed = True
        raise
