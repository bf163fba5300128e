"""Draw what is done next: mostly what somebody can do, so that cases get on, and sometimes anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from casework.model.actor import Actor
from casework.model.fields import Field
from casework.model.workflow import Transition
from casework.testing.machine.bench import Bench
from casework.testing.machine.call import Call
from casework.testing.machine.compare import case_type_of
from casework.testing.reference.forms import enterable
from casework.testing.strategies import broken_forms, forms, optional

CASES = 3
NOTES = ("seen", "王芳来过", " ")
Chooser = Callable[[DrawFn, Bench], Call]


def drawn(choose: Chooser) -> SearchStrategy[Call]:
    """What *choose* makes of the example at hand; hypothesis calls the machine the runner of its rules."""

    @st.composite
    def choice(draw: DrawFn) -> Call:
        return choose(draw, draw(st.runner()).bench)

    return choice()


def calls(draw: DrawFn, bench: Bench) -> Call:
    """What is done next. Firing is what cases live by; without a case there is only opening one."""
    if not _begun(bench):
        return opening(draw, bench)
    choosers = [firing] * 14 + [waiting] * 4 + [amending, noting, assigning, correcting]
    choosers += [opening] if len(bench.world.cases) < CASES + bench.furnished else []
    choosers += [repeating] if bench.requests else []
    return draw(st.sampled_from(choosers))(draw, bench)


def opening(draw: DrawFn, bench: Bench) -> Call:
    """Open a case of any type, that under test above all."""
    names = [bench.setup.name] * 3 + list(bench.setup.composed)
    name = draw(st.sampled_from(names if _begun(bench) else names[:1]))
    values = draw(_mostly(bench.setup.openings(name), broken_forms(_entered(bench, name))))
    number, about = _about(draw, bench, name)
    who, request = _who(draw, bench), _request(draw, bench)
    return Call(verb="open", who=who, case=number, about=about, name=name, values=values, request=request)


def _begun(bench: Bench) -> bool:
    """Whether there is a case of the type under test."""
    return any(case["type"] == bench.setup.name for case in bench.world.cases.values())


def _about(draw: DrawFn, bench: Bench, name: str) -> tuple[int, tuple[str, ...]]:
    """The number of a case that a new one is about the same persons as, with the subjects that they share."""
    if not bench.named or draw(st.integers(0, 2)):
        return 0, ()
    number = draw(st.integers(1, len(bench.named)))
    known = bench.named[number - 1].subjects
    shared = tuple(subject for subject in bench.setup.composed[name].subjects if subject in known)
    return (number, shared) if shared else (0, ())


def firing(draw: DrawFn, bench: Bench) -> Call:
    """Fire what can be fired; sometimes something of the present states, or anything."""
    who, handle = _who(draw, bench), _handle(draw, bench)
    case_id = bench.named[handle["case"] - 1].id
    step = draw(st.sampled_from(_steps(draw, bench, who, case_id)))
    values = draw(_mostly(bench.setup.form_of(step), broken_forms(step)))
    return Call(verb="fire", who=who, **handle, name=step.trigger, values=values, request=_request(draw, bench))


def _steps(draw: DrawFn, bench: Bench, who: Actor, case_id: str) -> list[Transition]:
    """The steps to choose from, of the case's own type; there is at least one, for every workflow can end."""
    case, case_type = bench.world.cases[case_id], case_type_of(bench, case_id)
    manual = [(w, step) for w in case_type.chain for step in w.transitions if not step.automatic]
    near = [step for w, step in manual if case["states"][w.name] in w.sources(step)]
    able = set(bench.world.available(case_id, who, bench.clock.now()))
    can = [step for step in near if step.trigger in able]
    fresh = [step for step in can if (case_id, step.trigger) not in bench.fired]
    pools = [fresh or can] * 12 + [can] * 2 + [near, [step for _, step in manual]]
    return draw(st.sampled_from([pool for pool in pools if pool]))


def amending(draw: DrawFn, bench: Bench) -> Call:
    """Give some fields new values, or none; sometimes one that cannot be amended."""
    handle = _handle(draw, bench)
    fields = _entered(bench, case_type_of(bench, bench.named[handle["case"] - 1].id).name)
    some = draw(st.lists(st.sampled_from(fields), min_size=1, max_size=2, unique=True)) if fields else []
    values = draw(_mostly(forms(optional(some), bench.setup.near), broken_forms(optional(some))))
    if some and not draw(st.integers(0, 5)):
        values = {some[0].name: None}
    return Call(verb="amend", who=_who(draw, bench), **handle, values=values, request=_request(draw, bench))


def noting(draw: DrawFn, bench: Bench) -> Call:
    """Write a remark."""
    handle = _handle(draw, bench)
    return Call(verb="note", who=_who(draw, bench), **handle, name=draw(st.sampled_from(NOTES)))


def assigning(draw: DrawFn, bench: Bench) -> Call:
    """Give a role to somebody or claim it, mostly one that is local."""
    handle = _handle(draw, bench)
    roles = case_type_of(bench, bench.named[handle["case"] - 1].id).roles
    local = [role.name for role in roles if role.local]
    name = draw(st.sampled_from([*local * 3, *(role.name for role in roles), "nonsense"]))
    if draw(st.booleans()):
        return Call(verb="claim", who=_who(draw, bench), **handle, name=name)
    person = draw(st.sampled_from([None, *(actor.person for actor in bench.setup.cast)]))
    return Call(verb="assign", who=_who(draw, bench), **handle, name=name, person=person)


def correcting(draw: DrawFn, bench: Bench) -> Call:
    """Undo the last step, or the one before."""
    handle = _handle(draw, bench)
    entry = bench.world.cases[bench.named[handle["case"] - 1].id]["revision"] - draw(st.integers(0, 1))
    return Call(verb="correct", who=_who(draw, bench), **handle, entry=entry)


def waiting(draw: DrawFn, bench: Bench) -> Call:
    """Let time pass, as long as the definitions count and a moment less, and run what is due."""
    return Call(verb="wait", who=bench.seer, wait=draw(st.sampled_from(bench.setup.waits)))


def repeating(draw: DrawFn, bench: Bench) -> Call:
    """A call with a request id that was carried out before, again or with another content."""
    return attrs.evolve(draw(st.sampled_from(bench.requests)).call, repeats=draw(st.sampled_from(["same", "other"])))


def _who(draw: DrawFn, bench: Bench) -> Actor:
    return draw(bench.setup.actors)


def _handle(draw: DrawFn, bench: Bench) -> dict[str, Any]:
    """A case as it was last seen; sometimes by its id, and sometimes as it was seen long ago.

    Mostly one of the type under test, the latest first: others stand beside it.
    """
    every = range(len(bench.named), 0, -1)
    own = [number for number in every if case_type_of(bench, bench.named[number - 1].id).name == bench.setup.name]
    number = draw(st.sampled_from(draw(st.sampled_from([own, own, own, every]))))
    case_id = bench.named[number - 1].id
    how = draw(st.sampled_from(["latest"] * 5 + ["id", "id", "old"]))
    if how == "old":
        return {"case": number, "by_id": False}
    latest = max(n for n, case in enumerate(bench.named, 1) if case.id == case_id)
    current = bench.named[latest - 1].revision == bench.world.cases[case_id]["revision"]
    return {"case": latest, "by_id": how == "id" or not current}


def _request(draw: DrawFn, bench: Bench) -> str | None:
    return f"r{len(bench.lines)}" if draw(st.integers(0, 4)) == 4 else None


def _entered(bench: Bench, name: str) -> tuple[Field, ...]:
    return tuple(enterable(bench.setup.composed[name]).values())


def _mostly(right: SearchStrategy[Any], wrong: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.integers(0, 11).flatmap(lambda luck: wrong if luck == 11 else right)
