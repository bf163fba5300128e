"""Finding out who somebody is: the part of a course that traces, while care goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from casework.rescue.demo import words
from casework.rescue.demo.acts import Act, Beat, Scene
from casework.rescue.demo.chance import Chance, in_office_hours
from casework.rescue.demo.register import Row
from casework.rescue.demo.slips import slip
from casework.rescue.demo.times import DAY, Times

_MINUTES = timedelta(minutes=10)


def search_beats(row: Row, times: Times, chance: Chance) -> Iterator[Beat]:
    """Verify what somebody says, or look for who they are. Each step begins after the one before."""
    steps = _verifying(row, times, chance) if _stated(row) else _searching(row, times, chance)
    last = times.arrived
    for beat in steps:
        last = max(beat.at, last + _MINUTES)
        yield Beat(last, beat.scene)


def _stated(row: Row) -> bool:
    return row.can_state_identity and row.identified_by in (None, "stated")


def _verifying(row: Row, times: Times, chance: Chance) -> Iterator[Beat]:
    """Most are verified within hours; of those whose names the register has not, tracing is waived or stops."""
    stay = times.ends - times.arrived
    at = times.arrived + min(stay * 0.5, chance.between(1, 9))
    if chance.happens(0.05) and stay > 2 * DAY:
        at = times.arrived + chance.between(25, 36)
    if row.name is not None:
        yield Beat(at, lambda: _verify(row, chance))
    elif row.outcome == "left" and chance.happens(0.5):
        yield Beat(at, lambda: _one(Act("caseworker", "waive_tracing")))


def _verify(row: Row, chance: Chance) -> Scene:
    if chance.happens(0.3):
        yield Act("caseworker", "quick_check")
    yield Act("caseworker", "verify_identity", {"name": row.name, "home": row.home or "不详"})


def _searching(row: Row, times: Times, chance: Chance) -> Iterator[Beat]:
    """Quick check, notice, clues, DNA, and where the register knows a name the candidate who is confirmed."""
    arrived, found = times.arrived, _found(row, times, chance)
    yield Beat(arrived + chance.between(0.7, 2.5), lambda: _quick_check(chance))
    notice = _notice_at(arrived, chance)
    if notice < found or row.identified_by in ("national_site", "notice", "dna"):
        yield Beat(min(notice, arrived + (found - arrived) * 0.4), lambda: _publish(row))
    for share in (0.3, 0.5):
        if chance.happens(0.6):
            at = arrived + min((found - arrived) * share, chance.between(20, 120))
            yield Beat(at, lambda: _one(Act("caseworker", "record_clue", {"clue": chance.rng.choice(words.CLUES)})))
    dna = _dna_at(arrived, chance)
    if dna < found or row.identified_by == "dna":
        yield Beat(min(dna, arrived + (found - arrived) * 0.7), lambda: _request_dna(row, chance))
    if row.name is not None:
        yield Beat(found, lambda: _identify(row, chance))


def _found(row: Row, times: Times, chance: Chance) -> datetime:
    """When the search leads somewhere; where it never does, a day that is not reached."""
    if row.name is None:
        return times.ends
    return times.arrived + (times.ends - times.arrived) * chance.rng.uniform(0.6, 0.85)


def _notice_at(arrived: datetime, chance: Chance) -> datetime:
    """Within a day, as the rule asks; one in fourteen comes too late."""
    if chance.happens(0.07):
        return in_office_hours(arrived + chance.between(28, 40))
    return min(in_office_hours(arrived + chance.between(3, 9)), arrived + timedelta(hours=22))


def _dna_at(arrived: datetime, chance: Chance) -> datetime:
    late = chance.happens(0.1)
    return in_office_hours(arrived + (chance.between(175, 230) if late else chance.between(70, 140)))


def _quick_check(chance: Chance) -> Scene:
    yield Act("tracer", "quick_check")
    yield from slip(chance, "nurse traces")


def _publish(row: Row) -> Scene:
    channel = "newspaper" if row.identified_by == "notice" else "national_site"
    yield Act("tracer", "publish_notice", {"notice_channel": channel})


def _request_dna(row: Row, chance: Chance) -> Scene:
    yield Act("tracer", "request_dna", {"dna_reference": f"DNA-{row.number[-4:]}"})
    if chance.happens(0.3):
        yield Act("tracer", "record_clue", {"clue": chance.rng.choice(words.CLUES)})


def _identify(row: Row, chance: Chance) -> Scene:
    """A candidate, sometimes a wrong one before, confirmed by somebody else than who proposed."""
    way = row.identified_by or "interview"
    if chance.slips("wrong candidate", 0.07):
        wrong = {"candidate_name": chance.rng.choice(words.WRONG_NAMES), "identified_by": "national_site"}
        yield Act("caseworker", "propose_candidate", wrong)
        yield Act("tracer", "reject_candidate", {"reason": "家属到站辨认，不是"}, after=chance.between(5, 30))
    yield from _confirm(row, way, chance)
    if chance.slips("revoked", 0.03):
        yield Act("director", "revoke_identity", {"reason": "户籍地核实后发现同名"}, after=chance.between(2, 5))
        yield from _confirm(row, way, chance)


def _confirm(row: Row, way: str, chance: Chance) -> Scene:
    proposer, confirmer = ("tracer", "director") if chance.happens(0.5) else ("caseworker", "tracer")
    yield Act(proposer, "propose_candidate", {"candidate_name": row.name, "identified_by": way})
    if proposer == "tracer":
        yield from slip(chance, "own candidate", 0.2)
    yield Act(confirmer, "confirm_candidate", {"home": row.home or "不详"}, after=chance.between(0.5, 3))


def _one(act: Act) -> Scene:
    yield act
