"""Proposals: who of many a description may be, most likely first. A proposal is a value; nothing here writes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import Any, Literal

import attrs

from casework import Case, Desk, InvalidValue, Language, Text
from casework_police.matching.comparing import parts, parts_worth, score
from casework_police.matching.description import Description
from casework_police.matching.explanation import TITLES, MayRead, Part
from casework_police.matching.libraries import needed
from casework_police.matching.pool import Pool
from casework_police.matching.prepared import Prepared, prepared
from casework_police.matching.rejections import marked
from casework_police.matching.weights import FLOOR, STRONG

Band = Literal["strong", "possible"]
MOST = 200


@attrs.frozen(kw_only=True)
class Proposal:
    """Two records that may be one person's, with the score from 0 to 1 and its explanation.

    *digest* names both records and all that was compared; whoever rejects the pair keeps it, so that it is proposed
    again only once something has changed.
    """

    ours: str
    theirs: str
    score: float
    parts: tuple[Part, ...]
    digest: str = attrs.field(repr=False)

    @property
    def band(self) -> Band:
        """*strong* where the score is and no part contradicts; a contradiction is explained by a person first."""
        return "strong" if self.score >= STRONG and not any(part.contradicts for part in self.parts) else "possible"

    @property
    def thousandths(self) -> int:
        """The score as a whole number from 0 to 1000, rounded down."""
        return int(self.score * 1000)

    def redacted(self, may_read: MayRead) -> Proposal:
        """The proposal for somebody who may not read everything that was compared."""
        return attrs.evolve(self, parts=tuple(part.redacted(may_read) for part in self.parts))

    def explained(self, language: Language) -> str:
        """The explanation as lines of text, with the weight of each part in bits."""
        return "\n".join(
            part.text.in_(language) + ("" if part.hidden else f" [{part.weight:+.1f}]") for part in self.parts
        )

    def plain(self) -> dict[str, Any]:
        """The proposal for JSON; without its digest where something is hidden, as values can be guessed by it."""
        return {
            "ours": self.ours,
            "theirs": self.theirs,
            "score": round(self.score, 3),
            "band": self.band,
            "digest": None if any(part.hidden for part in self.parts) else self.digest,
            "parts": [part.plain() for part in self.parts],
        }


def compared(one: Description, other: Description) -> Proposal:
    """Two descriptions side by side, whatever comes of it. Raises SetupError where a library is missing."""
    needed()
    ours, theirs = prepared(one), prepared(other)
    return _proposal(ours, theirs, parts(ours, theirs))


def candidates(
    description: Description,
    others: Pool | Iterable[Description],
    *,
    limit: int = 10,
    floor: float = FLOOR,
    rejected: Collection[str] = (),
    may_read: MayRead | None = None,
) -> tuple[Proposal, ...]:
    """Whom *description* may be among *others*, the best first, *limit* at most, none below *floor* (0 to 1).

    *rejected* holds digests of proposals that were turned down. The record itself is never its own candidate.
    Raises InvalidValue for a limit or floor out of range, SetupError where a library is missing.
    """
    if not 1 <= limit <= MOST:
        raise InvalidValue("limit", f"takes 1 to {MOST}, not {limit}", f"应为1至{MOST}")
    if not 0 <= floor <= 1:
        raise InvalidValue("floor", f"takes 0 to 1, not {floor}", "应为0至1")
    pool = others if isinstance(others, Pool) else Pool(others)
    asked = prepared(description)
    worth = [
        proposal
        for other, sounds in pool.near(asked)
        if other.description.reference != description.reference
        for found in [parts_worth(asked, other, floor, one_sound=sounds <= 1)]
        if found is not None and score(found) >= floor
        for proposal in [_proposal(asked, other, found)]
        if proposal.digest not in rejected
    ]
    best = sorted(worth, key=lambda proposal: (-proposal.score, proposal.theirs))[:limit]
    return tuple(best if may_read is None else (proposal.redacted(may_read) for proposal in best))


def _proposal(one: Prepared, other: Prepared, found: tuple[Part, ...]) -> Proposal:
    return Proposal(
        ours=one.description.reference,
        theirs=other.description.reference,
        score=score(found),
        parts=found,
        digest=_digest(one.description, other.description),
    )


def _digest(one: Description, other: Description) -> str:
    """The same both ways round, so that a pair that was rejected from one side stays rejected from the other."""
    return hashlib.sha256("".join(sorted((one.digest, other.digest))).encode("ascii")).hexdigest()


def propose(
    desk: Desk,
    case: Case | str,
    proposal: Proposal,
    *,
    asked: str,
    trigger: str = "police.propose",
    request_id: str | None = None,
) -> Case:
    """Fire the trigger that records a proposal, as the actor of *desk*; to judge it is another person's trigger.

    *asked* says who was asked about it. Raises Refused where the actor may not propose or the case stands elsewhere.
    """
    return desk.fire(case, trigger, proposal_form(proposal, asked=asked), request_id=request_id)


def proposal_form(proposal: Proposal, *, asked: str) -> dict[str, object]:
    """What a form for proposing asks for: the other case, the score in thousandths, why, what was compared."""
    topics = [TITLES[part.topic] for part in proposal.parts if part.verdict not in ("missing", "incomparable")]
    both = Text("records: " + ", ".join(t.en for t in topics), "登记信息：" + "、".join(t.zh for t in topics))
    return {
        "candidate_case": proposal.theirs,
        "candidate_score": proposal.thousandths,
        "candidate_reasons": marked(f"{proposal.explained('zh')}\n{proposal.explained('en')}", proposal.digest),
        "compared": f"{both.zh}\n{both.en}",
        "found_through": "record_match",
        "asked": asked,
    }
