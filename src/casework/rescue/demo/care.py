"""Bed, hospital and the five basic services: the part of a course that looks after body and mind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from casework import Refusal
from casework.rescue.demo import words
from casework.rescue.demo.acts import SOON, Act, Beat, Scene
from casework.rescue.demo.chance import Chance, in_office_hours
from casework.rescue.demo.generate import must_be_escorted
from casework.rescue.demo.register import CONDITIONS, Row
from casework.rescue.demo.slips import SLIPS, reused, slip
from casework.rescue.demo.times import DAY, Times

_CONDITION = {choice.name: choice.title.zh for choice in CONDITIONS}
_TRIES = 3
_TRY_AGAIN = timedelta(hours=5)
_CARELESS = ("no blankets", "home untraced", "discharge nobody", "next door", "auditor amends")


def care_beats(row: Row, times: Times, chance: Chance) -> Iterator[Beat]:
    """The arrival, the bed or the hospital, the services, and the papers of a long stay."""
    yield Beat(times.arrived, lambda: _arrival(row, chance))
    if row.needs_hospital:
        yield from _hospital(row, times, chance)
    elif row.in_station:
        yield Beat(times.arrived + chance.between(0.4, 1.5), lambda: _lodge(row))
    yield from _services(row, times, chance)
    if times.long:
        # Filed on the eighth or ninth day; now and then only when the ten are over.
        filed = 10.5 if chance.happens(0.08) else chance.rng.uniform(7.5, 9)
        yield Beat(in_office_hours(times.in_station_from + filed * DAY), _extend)


def _arrival(row: Row, chance: Chance) -> Scene:
    """Who comes alone and well is assessed at once; at all others somebody first takes a look."""
    if row.brought_by != "self" or row.condition != "well":
        yield from slip(chance, "check left empty")
        condition = _CONDITION[row.condition]
        yield Act("nurse", "check_arrival", {"urgent": row.needs_hospital, "apparent_condition": condition})
    yield Act("caseworker", "assess", {"urgent": row.needs_hospital, "can_state_identity": row.can_state_identity})
    minor = row.age is not None and row.age < 18
    yield Act("nurse", "screen", {"minor": minor, "needs_escort": must_be_escorted(row.age, row.condition)})
    yield from slip(chance, "old screen")
    yield Act("caseworker", "serve", {"service": "food", "quantity": 1})
    for name in _CARELESS:
        yield from slip(chance, name, 0.015)
    if chance.slips("used request", 0.01):
        yield reused(row.number)
    if row.age is not None and chance.happens(0.03):
        yield Act("caseworker", values={"age": min(row.age + 2, 130)}, kind="amend")


def _lodge(row: Row) -> Scene:
    """A bed among those of their sex. In a full house they wait, until the director sets up a camp bed."""
    if row.sex == "unknown":
        yield SLIPS["sex not settled"]
    sex = "female" if row.sex == "female" else "male"
    for number in count():
        if number >= _TRIES:
            yield Act("director", "add_beds", {"sex": sex, "count": 1}, about="station")
        # The camp bed may be gone again before they lie in it; then there is another.
        wait = _TRY_AGAIN if 0 < number < _TRIES else SOON
        answer = yield Act("caseworker", "shelter", {"sex": sex}, may=("limit-reached",), after=wait)
        if not isinstance(answer, Refusal):
            return


def _hospital(row: Row, times: Times, chance: Chance) -> Iterator[Beat]:
    """Admitted, visited each week (now and then too late), discharged into the station."""
    form = {"hospital": chance.rng.choice(words.HOSPITALS), "diagnosis": words.DIAGNOSES[row.condition]}
    yield Beat(times.arrived + chance.between(0.3, 1), lambda: _one(Act("nurse", "admit", form)))
    until, visit = times.discharged or times.ends, times.arrived
    while (visit := _next_visit(visit, chance)) < until:
        yield Beat(visit, lambda: _visit(row, chance))
    if times.discharged is not None:
        yield Beat(times.discharged, lambda: _discharge(row))


def _next_visit(last: datetime, chance: Chance) -> datetime:
    return in_office_hours(last + (8.2 * DAY if chance.happens(0.08) else chance.between(96, 146)))


def _visit(row: Row, chance: Chance) -> Scene:
    """Treat while tracing: whoever goes to the bedside helps, and asks."""
    who = "caseworker" if row.can_state_identity else "tracer"
    yield Act(who, "visit", {"note": "送去换洗衣物，询问家乡情况"})
    yield Act("caseworker", "serve", {"service": "clothing", "quantity": 1})
    if chance.happens(0.1):
        yield Act("nurse", kind="note", values={"text": "医生建议继续观察"})


def _discharge(row: Row) -> Scene:
    number = f"出院{row.number[-4:]}"
    yield Act("nurse", "discharge", {"discharge_certificate": number, "fit_to_travel": True})
    if row.in_station:
        yield from _lodge(row)


def _services(row: Row, times: Times, chance: Chance) -> Iterator[Beat]:
    """Clothing, a bed for the night, medicine and more meals: what a stay of that length brings with it."""
    base = times.in_station_from
    window = min(times.ends - base, 3 * DAY)
    wanted = ["clothing"] if chance.happens(0.5) else []
    wanted += ["medicine"] if row.condition in ("ill", "injured") or chance.happens(0.1) else []
    if row.in_station:
        wanted += ["lodging", *["food"] * min(row.days, 2)]
    for service in wanted:
        act = Act("nurse" if service == "medicine" else "caseworker", "serve", {"service": service, "quantity": 1})
        yield Beat(base + window * chance.rng.uniform(0.1, 0.6), partial(_one, act))


def _extend() -> Scene:
    yield Act("director", "file_extension", {"extension_reason": "身份尚在查询或身体尚未康复"})


def _one(act: Act) -> Scene:
    yield act
