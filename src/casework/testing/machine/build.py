"""Build the state machine of a case type: a class for hypothesis, nothing to inherit from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis.stateful import RuleBasedStateMachine, rule
from hypothesis.strategies import SearchStrategy

from casework.errors import SetupError
from casework.model.actor import Actor
from casework.model.attachment import Attachment, Require
from casework.model.casetype import CaseType
from casework.parts import Part
from casework.testing.claims import Claim, several_claims
from casework.testing.machine.before import Before
from casework.testing.machine.bench import Bench
from casework.testing.machine.call import Call
from casework.testing.machine.choosing import calls, drawn
from casework.testing.machine.setup import Given, Setup, Values, prepared
from casework.testing.machine.shorten import shortened, signature
from casework.testing.machine.tally import Tally, wanted_of

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
    claims: Claim | Iterable[Claim] = (),
    before: Before | None = None,
    reached: str | Iterable[str] = (),
) -> Machine:
    """A hypothesis state machine that runs cases of *case_type* every way there is; its ``TestCase`` is the test.

    A case type that a plugin brings is given by its name. *beside* are others that the first one opens.
    Who acts and what is filled in is invented from the definitions where it is not given: *actors* one by one
    or as a strategy, *data* for opening, *forms* by trigger. After each step both interpreters must agree,
    the store must be whole, and the *claims* must hold.

    *before* is a function that is called at the start of each program with a function ``desk(actor)``: what it does
    at those desks is the ground that cases stand on, such as amounts in accounts. *reached* is ``"all"`` or names of
    triggers; the ``TestCase`` fails where one of them was never accepted in the whole run.

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
    setup = prepared(
        name,
        given,
        actors=actors,
        data=data,
        forms=dict(forms or {}),
        claims=several_claims(claims),
        before=before,
    )
    tally = Tally(setup.composed[name])
    return _machine(setup, tally, wanted_of(tally, reached))


def _machine(setup: Setup, counted: Tally, wanted: tuple[str, ...]) -> Machine:
    class CaseMachine(RuleBasedStateMachine):
        tally = counted

        def __init__(self) -> None:
            super().__init__()
            self.tally.programs += 1
            self.bench = Bench(setup)
            with told(self.bench):
                self.bench.begin()

        @rule(call=drawn(calls))
        def step(self, call: Call) -> None:
            with told(self.bench):
                self.bench.do(call)
            self.tally.count(self.bench)
            event(_happened(self.bench, call))

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
    if wanted:
        # Nothing is told to hypothesis's machine after its last program, only to the test that runs it.
        test: Any = CaseMachine.TestCase
        test.runTest = _reaching(test.runTest, counted, wanted)
    return CaseMachine


def _reaching(run: Callable[[Any], None], tally: Tally, wanted: tuple[str, ...]) -> Callable[[Any], None]:
    """The run of a test case, after which every trigger of *wanted* has to have been accepted."""

    @wraps(run)
    def run_and_count(test: Any) -> None:
        tally.clear()
        run(test)
        tally.check(wanted)

    return run_and_count


def _happened(bench: Bench, call: Call) -> str:
    """What the statistics of hypothesis say of a step: what was done, apart from what was refused."""
    if call.repeats:
        return f"repeated a request with {'the same' if call.repeats == 'same' else 'another'} content"
    what = f"{call.verb} {call.name}" if call.verb == "open" else call.name if call.verb == "fire" else call.verb
    if bench.said is not None:
        return f"refused {what}: {bench.said.code}"
    return f"fired {what}" if call.verb == "fire" else f"did {what}"


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
