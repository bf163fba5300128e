"""Prove that a manifest fits: explore everything that a case of it can come to, and ask the questions."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache

import attrs

from casework.compiled import Compiled
from casework.errors import UnsoundDefinition
from casework.exploring import oversights, questions, watch
from casework.exploring.alphabet import Alphabet
from casework.exploring.move import Moves
from casework.exploring.offer import World
from casework.exploring.proof import Proof, Verdict
from casework.exploring.reach import CONFIGURATION_LIMIT, Reached, reached
from casework.model.finding import Finding

log = logging.getLogger("casework.exploring")

START_LIMIT = 100
"""How many configurations of a case type an application looks at before it starts, unless it asks for more or less."""
STUCK = ("CW601", "CW602", "CW608", "CW609")
"""What leaves a case that can never be closed: a deadlock, no way to an ending, automatic steps without end."""

QUESTIONS = (questions.endings, questions.final_states, questions.transitions, questions.rules)
OVERSIGHTS = (oversights.deadlines, oversights.owners, oversights.widened, oversights.shared_accounts)
WAITS = (watch.owners, watch.clocks)


def explored(compiled: Compiled, *, world: World | None = None, limit: int = CONFIGURATION_LIMIT) -> Reached:
    """Everything that a case can come to, in a *world* of people; by default there is somebody for everything."""
    return reached(Moves(Alphabet(compiled), world), limit=limit)


@attrs.frozen(kw_only=True)
class Accepted:
    """A finding that somebody takes upon themselves: its code, what it is about, why, and who says so.

    *about* is as the finding tells it; empty, it is every finding of that code about the case type.
    """

    case_type: str
    code: str
    because: str
    by: str
    about: str = ""

    def covers(self, case_type: str, verdict: Verdict) -> bool:
        """Whether *verdict* is what was accepted."""
        return self.case_type == case_type and self.code == verdict.code and self.about in ("", verdict.about)


@attrs.frozen(kw_only=True)
class Proving:
    """How far an application looks before it starts: at most *limit* configurations of a case type; 0 is not at all.

    What lies beyond is left to ``prove``, which looks at everything. *refuses* are the codes of what keeps it from
    starting where it is refuted; empty, it is every error. *accepted* are findings that do not; each is written to
    the application's log at every start, as is whatever else is refuted.
    """

    limit: int = START_LIMIT
    refuses: tuple[str, ...] = attrs.field(default=STUCK, converter=tuple)
    accepted: tuple[Accepted, ...] = attrs.field(default=(), converter=tuple)


def hold_proof(manifests: Iterable[Compiled], proving: Proving) -> None:
    """Raise UnsoundDefinition where something is refuted within the limit of *proving* and nobody accepted it."""
    found: list[Finding] = []
    for compiled in manifests if proving.limit else ():
        name = compiled.case_type.name
        for verdict in _remembered(_Question(compiled, proving.limit)).refuted:
            extra = {"code": verdict.code, "case_type": name}
            accepted = next((each for each in proving.accepted if each.covers(name, verdict)), None)
            if accepted is not None:
                extra["by"] = accepted.by
                log.warning("accepted by %s: %s %s", accepted.by, verdict.code, accepted.because, extra=extra)
            elif proving.refuses and verdict.code not in proving.refuses:
                log.info("refuted: %s %s", verdict.code, verdict.about, extra=extra)
            else:
                found.append(attrs.evolve(verdict.finding, path=f"{name}: {verdict.about}"))
    if found:
        raise UnsoundDefinition(found)


@attrs.frozen
class _Question:
    """The same manifest with the same parts has the same proof."""

    compiled: Compiled = attrs.field(eq=lambda compiled: (compiled.manifest.hash, compiled.part_names))
    limit: int


@lru_cache(maxsize=128)
def _remembered(question: _Question) -> Proof:
    return prove(question.compiled, limit=question.limit)


def prove(compiled: Compiled, *, limit: int = CONFIGURATION_LIMIT, waits: bool = False) -> Proof:
    """Every question about a manifest, answered. *limit* is how many configurations are looked at.

    With *waits* it is also asked whether somebody can move on, and a clock runs, wherever a case waits.

    A refutation is a path that deciding accepts step by step; what is not named by any verdict is proven.
    """
    result = explored(compiled, limit=limit)
    inquiry = questions.inquiry(result)
    asked = (*QUESTIONS, *OVERSIGHTS, *(WAITS if waits else ()))
    verdicts = tuple(verdict for ask in asked for verdict in ask(inquiry))
    opaque = tuple(dict.fromkeys(name for each in result.moves.passages for name in each.opaque))
    return Proof(
        case_type=compiled.case_type.name,
        manifest=compiled.manifest.hash,
        configurations=result.configurations,
        moves=sum(map(len, result.out.values())),
        complete=result.complete,
        verdicts=verdicts,
        opaque=opaque,
    )
