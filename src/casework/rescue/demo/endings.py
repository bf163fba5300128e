"""How a course ends: each outcome of the register with the papers that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from casework.rescue.demo.acts import Act, Beat, Scene
from casework.rescue.demo.chance import Chance
from casework.rescue.demo.generate import must_be_escorted
from casework.rescue.demo.register import STATION_TIME, Row
from casework.rescue.demo.slips import slip
from casework.rescue.demo.staff import RECEIVING
from casework.rescue.demo.times import DAY, Times


def preparing_beats(row: Row, times: Times, chance: Chance) -> Iterator[Beat]:
    """What an ending needs long before it: the plan and the approval of a settlement."""
    if row.outcome == "settled":
        yield Beat(times.arrived + chance.between(24 * 50, 24 * 80), lambda: slip(chance, "settled too soon", 0.2))
        yield Beat(times.arrived + 93 * DAY, _plan_settlement)


def ending(row: Row, times: Times, chance: Chance) -> Scene:
    """The last scene; nothing happens to somebody who is still there."""
    if chance.happens(0.02):
        yield from slip(chance, "beds in use", 0.2)
    if row.outcome in _ENDINGS:
        yield from _ENDINGS[row.outcome](row, times, chance)


def hand_over(receiver: str, receiver_is: str, chance: Chance) -> Scene:
    """Signed by who gives and, entered by somebody else, by who receives."""
    yield Act("caseworker", "sign_handover", {"handed_over_by": "本站护送人员"})
    yield from slip(chance, "one pair of eyes")
    yield Act("second", "countersign_handover", {"received_by": receiver, "receiver_is": receiver_is})


def _reunited(row: Row, times: Times, chance: Chance) -> Scene:
    if must_be_escorted(row.age, row.condition):
        yield from slip(chance, "leaves alone")
    if times.discharged is None:
        yield Act("nurse", "examine", {"fit_to_travel": True})
    yield from slip(chance, "unsigned")
    yield Act("caseworker", "serve", {"service": "travel", "quantity": 1})
    yield from hand_over("亲属到站接领", "亲属", chance)
    yield Act("caseworker", "reunite", after=chance.between(0.5, 2))


def _transferred(row: Row, times: Times, chance: Chance) -> Scene:
    """To a station nearer home; what that station then does is played too, as far as it knows who came."""
    to_unit = chance.rng.choice(RECEIVING)
    yield from hand_over("接收站值班员", "接收救助站", chance)
    yield Act("caseworker", "transfer", {"to_unit": to_unit}, after=chance.between(0.5, 2))
    yield from slip(chance, "undo a transfer")
    yield Act("caseworker", kind="follow", after=chance.between(2, 6))
    yield Act(
        "caseworker", "assess", {"urgent": False, "can_state_identity": row.can_state_identity}, may=("wrong-state",)
    )
    if row.name is None or not row.can_state_identity:
        yield Act("tracer", "quick_check")
        yield Act("tracer", "publish_notice", {"notice_channel": "national_site"}, after=chance.between(4, 20))
        return
    identity = {"name": row.name, "home": row.home or "不详"}
    yield Act("caseworker", "verify_identity", identity, after=chance.between(1, 5))
    yield Act("nurse", "examine", {"fit_to_travel": True})
    yield from hand_over("亲属到站接领", "亲属", chance)
    yield Act("caseworker", "reunite", after=chance.between(4, 30))


def _left(row: Row, times: Times, chance: Chance) -> Scene:
    """Alone, with a signed statement or without a word; one in thirty is back before long."""
    yield from _go(row, chance, "walk_out" if chance.happens(0.12) else "leave")
    if not row.in_station or not chance.slips("back again"):
        return
    yield Act("director", "reopen", {"reason": "再次求助"}, after=chance.between(30, 90))
    yield Act("caseworker", "return_to_station")
    yield Act("caseworker", "resume_tracing", may=("wrong-state",))
    yield Act("nurse", "check_arrival", {"urgent": False, "apparent_condition": "正常"})
    yield Act("caseworker", "serve", {"service": "food", "quantity": 2})
    yield from _go(row, chance, "leave")


def _go(row: Row, chance: Chance, trigger: str) -> Scene:
    number = f"离站{row.number[-4:]}"
    form = {"statement_number": number} if trigger == "leave" else {"closing_note": "查房时不在站，监控显示自行离开"}
    yield Act("caseworker", trigger, form, after=chance.between(0.1, 1))


def _refused(row: Row, times: Times, chance: Chance) -> Scene:
    yield from slip(chance, "caseworker refuses help", 0.3)
    yield Act("caseworker", "screen", {"minor": False, "needs_escort": False})
    reasons = ("self_supporting", "out_of_scope", "untruthful")
    reason = chance.rng.choice(reasons if row.can_state_identity else reasons[:2])
    yield Act("director", "refuse", {"refusal_reason": reason, "refusal_notice": f"不予{row.number[-4:]}"})


def _plan_settlement() -> Scene:
    yield Act("caseworker", "request_settlement", {"settlement_plan": "送社会福利院安置"})
    yield Act("director", "approve_settlement", after=timedelta(hours=20))


def _settled(row: Row, times: Times, chance: Chance) -> Scene:
    yield Act("caseworker", "settle", {"settled_at": "社会福利院"})


def _died(row: Row, times: Times, chance: Chance) -> Scene:
    died_on = times.ends.astimezone(STATION_TIME).date()
    yield Act("nurse", "record_death", {"died_on": died_on, "death_certificate": f"死亡{row.number[-4:]}"})


def _lost_contact(row: Row, times: Times, chance: Chance) -> Scene:
    yield Act("caseworker", "lose_contact", {"closing_note": "外出未归，多方查找无果", "police_told": True})


_ENDINGS: dict[str, Callable[[Row, Times, Chance], Scene]] = {
    "reunited": _reunited,
    "transferred": _transferred,
    "left": _left,
    "refused": _refused,
    "settled": _settled,
    "died": _died,
    "lost_contact": _lost_contact,
}
