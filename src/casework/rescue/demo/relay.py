"""The relay that the local press told of in April 2024, hop by hop; its days are kept, its month is July.

Lianyungang hands on to Xiaogan on the 24th, Xiaogan to Anlu on the 25th, Anlu by the street office to the
home, and from there the person comes to hospital. What follows after that is made up.
"""

from __future__ import annotations

from datetime import timedelta

from casework.rescue.demo import words
from casework.rescue.demo.acts import Act, Beat, Course, Scene
from casework.rescue.demo.chance import Chance
from casework.rescue.demo.endings import hand_over
from casework.rescue.demo.register import Row
from casework.rescue.demo.staff import ANLU

_MARK = "接力护送"
STARTS_BEFORE = timedelta(hours=44)
"""How long before the arrival in Anlu the story begins in Lianyungang."""


def is_relay(row: Row) -> bool:
    """Whether the remark of a line tells of the relay."""
    return row.note is not None and row.note.startswith(_MARK)


def relay(row: Row, chance: Chance) -> Course:
    """The three stations, the home, the hospital, and home again."""
    start = row.arrived_at - STARTS_BEFORE
    arrival = {"found_at": row.found_at, "found_by": "连云港火车站派出所", "brought_by": "police"}
    return Course(
        number=row.number,
        begins_in="lianyungang",
        arrival={**arrival, "sex": row.sex, "age": row.age},
        beats=(
            Beat(start, lambda: _first_hop(row, chance)),
            Beat(row.arrived_at - timedelta(hours=18), lambda: _second_hop(row, chance)),
            Beat(row.arrived_at, lambda: _in_anlu(row, chance)),
            Beat(row.arrived_at + timedelta(hours=30), lambda: _to_hospital(row)),
        ),
        unit=ANLU,
        outcome=row.outcome,
        followed=True,
    )


def _assessed() -> Scene:
    yield Act("nurse", "check_arrival", {"urgent": False, "apparent_condition": "疾病"})
    yield Act("caseworker", "assess", {"urgent": False, "can_state_identity": True})


def _first_hop(row: Row, chance: Chance) -> Scene:
    yield from _assessed()
    yield Act("caseworker", "shelter", {"sex": row.sex}, after=timedelta(hours=1))
    yield from hand_over("孝感市救助管理站值班员", "接收救助站", chance)
    yield Act("caseworker", "transfer", {"to_unit": "xiaogan"}, after=timedelta(hours=16))
    yield Act("caseworker", kind="follow", after=timedelta(hours=6))


def _second_hop(row: Row, chance: Chance) -> Scene:
    yield from _assessed()
    yield Act("caseworker", "shelter", {"sex": row.sex}, after=timedelta(hours=1))
    yield Act("caseworker", "serve", {"service": "food", "quantity": 2})
    yield from hand_over("安陆市救助管理站值班员", "接收救助站", chance)
    yield Act("caseworker", "transfer", {"to_unit": ANLU}, after=timedelta(hours=14))
    yield Act("caseworker", kind="follow", after=timedelta(minutes=90))


def _in_anlu(row: Row, chance: Chance) -> Scene:
    yield from _assessed()
    yield Act("caseworker", "verify_identity", {"name": row.name, "home": row.home})
    yield Act("nurse", "examine", {"fit_to_travel": True})
    yield Act("caseworker", "serve", {"service": "food", "quantity": 1})
    yield from hand_over("街道办事处工作人员", "街道办事处", chance)
    yield Act("caseworker", "reunite", after=timedelta(hours=2))


def _to_hospital(row: Row) -> Scene:
    """The day after the street office brings word that the person is ill; the same case goes on."""
    yield Act("director", "reopen", {"reason": "回家后病情加重，街道办事处来电求助"})
    yield Act("caseworker", "return_to_station")
    form = {"hospital": words.HOSPITALS[0], "diagnosis": words.DIAGNOSES["ill"]}
    yield Act("nurse", "admit", form)
    yield Act("caseworker", "visit", {"note": "探视并送去生活用品"}, after=timedelta(days=5))
    certificate = {"discharge_certificate": f"出院{row.number[-4:]}", "fit_to_travel": True}
    yield Act("nurse", "discharge", certificate, after=timedelta(days=4))
    yield Act("caseworker", "sign_handover", {"handed_over_by": "本站护送人员"})
    yield Act("second", "countersign_handover", {"received_by": "亲属", "receiver_is": "亲属"})
    yield Act("caseworker", "reunite", after=timedelta(hours=2))
