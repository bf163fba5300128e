"""What every example of a machine starts from: the definitions, who acts, what is filled in, what is claimed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from casework.app import Casework
from casework.clock import FrozenClock
from casework.condition import tree
from casework.errors import SetupError
from casework.ids import Entropy
from casework.model.actor import Actor
from casework.model.attachment import Attachment, Require
from casework.model.casetype import CaseType
from casework.model.workflow import Deadline, Transition
from casework.parts import Part
from casework.plugins import Plugins
from casework.testing.cast import cast_of
from casework.testing.claims import Claim, asked, check_claims
from casework.testing.machine.before import Before
from casework.testing.machine.stage import Stage
from casework.testing.reference import World
from casework.testing.strategies import Near, data, forms, literals

Values = dict[str, Any]


@attrs.frozen(kw_only=True)
class Given:
    """What the author of a test gives, before anything is made of it."""

    case_types: tuple[CaseType, ...]
    parts: tuple[Part, ...]
    plugins: tuple[Any, ...]
    attachments: tuple[Attachment, ...]
    requirements: tuple[Require, ...]

    def build(self, clock: FrozenClock, entropy: Entropy) -> Casework:
        """An app in memory."""
        return Casework(**attrs.asdict(self, recurse=False), clock=clock, entropy=entropy)


@attrs.frozen(kw_only=True)
class Setup:
    """The definitions as they were given, made into an app and a second interpreter for each example."""

    name: str
    given: Given
    stage: Stage
    claims: tuple[Claim, ...]
    cast: tuple[Actor, ...]
    actors: SearchStrategy[Actor]
    data: SearchStrategy[Values] | None
    forms: Mapping[str, SearchStrategy[Values]]
    near: Near
    composed: Mapping[str, CaseType]
    waits: tuple[timedelta, ...]
    before: Before | None

    def world(self, app: Casework) -> World:
        """The second interpreter for what the app has composed."""
        manifests = app.manifests
        return World(
            app.case_types,
            parts=(*self.given.parts, *(part for _, part in Plugins(self.given.plugins).parts())),
            requirements={name: manifest.requirements for name, manifest in manifests.items()},
            own={name: manifest.own for name, manifest in manifests.items()},
        )

    def openings(self, case_type: str) -> SearchStrategy[Values]:
        """What a case of that type is opened with."""
        if case_type == self.name and self.data is not None:
            return self.data
        return data(self.composed[case_type], self.near)

    def form_of(self, step: Transition) -> SearchStrategy[Values]:
        """What is filled in for a step."""
        # A strategy has no truth to be asked for.
        given = self.forms.get(step.trigger)
        return forms(step, self.near) if given is None else given


def prepared(
    name: str,
    given: Given,
    *,
    actors: Iterable[Actor] | SearchStrategy[Actor] | None,
    data: SearchStrategy[Values] | None,
    forms: Mapping[str, SearchStrategy[Values]],
    claims: tuple[Claim, ...],
    before: Before | None,
) -> Setup:
    """Compose once, to raise what is unsound at once, and to invent what was not given."""
    stage = Stage(given.build)
    composed = {case_type.name: case_type for case_type in stage.begin().case_types}
    if name not in composed:
        raise SetupError(f"there is no case type {name!r}; there is {', '.join(composed) or 'none'}")
    if before is not None and not callable(before):
        raise SetupError(f"before takes a function of a function that gives desks, not {before!r}")
    _known_triggers(composed.values(), forms)
    check_claims(composed[name], claims)
    cast = cast_of(composed.values()) if actors is None or isinstance(actors, SearchStrategy) else tuple(actors)
    return Setup(
        name=name,
        given=given,
        stage=stage,
        claims=claims,
        cast=cast,
        actors=actors if isinstance(actors, SearchStrategy) else _mostly_able(cast),
        data=data,
        forms=forms,
        near=literals(composed.values(), [condition for claim in claims for condition in asked(claim)]),
        composed=composed,
        waits=_waits(composed.values(), claims),
        before=before,
    )


def _known_triggers(case_types: Iterable[CaseType], forms: Mapping[str, object]) -> None:
    known = {step.trigger for case_type in case_types for workflow in case_type.chain for step in workflow.transitions}
    strange = sorted(set(forms) - known)
    if strange:
        raise SetupError(f"forms are given for {', '.join(strange)}; there is {', '.join(sorted(known))}")


def _mostly_able(cast: tuple[Actor, ...]) -> SearchStrategy[Actor]:
    """Mostly those who have the most roles, so that the walk gets on; of them two, for four-eyes."""
    able = sorted(cast, key=lambda actor: (actor.unit is not None, -len(actor.roles)))
    return st.sampled_from([*able[:1] * 12, *able[:2] * 6, *cast])


def _spans(deadline: Deadline) -> tuple[timedelta, ...]:
    """About how long a deadline runs: as it says, or as long as its rule takes where nothing is in its way."""
    lengths = {"hours": timedelta(hours=1), "days": timedelta(days=1), "working days": timedelta(days=1.5)}
    ruled = [lengths.get(rule.unit or "", timedelta(days=31)) * rule.value for rule in deadline.versions]
    return (deadline.after, *ruled)


def _waits(case_types: Iterable[CaseType], claims: Iterable[Claim]) -> tuple[timedelta, ...]:
    """An hour, and what the definitions and claims count, exactly and a moment less."""
    conditions = [condition for claim in claims for condition in asked(claim)]
    counted = {timedelta(hours=1)}
    for case_type in case_types:
        for workflow in case_type.chain:
            counted |= {span for deadline in workflow.deadlines for span in _spans(deadline)}
            conditions += [step.condition for step in workflow.transitions]
    nodes = [node for condition in conditions for node in tree.walk(condition)]
    counted |= {n.right for n in nodes if isinstance(n, tree.Compare) and isinstance(n.right, timedelta)}
    exact = sorted(span for span in counted if span > timedelta(0))
    return (*exact, *(span - timedelta.resolution for span in exact), timedelta(0))
