"""A ward's answer carried out on the case: once, in order, and parked with its reason where that cannot be."""

from __future__ import annotations

from typing import Literal

import attrs

from casework import Case, Desk, Refusal, Refused, Text
from casework_hospital.fhir.exchange import Exchange
from casework_hospital.fhir.meaning import Meaning, from_text, meanings, to_text

PATH = ("requested", "received", "accepted", "admitted", "discharge_planned", "discharged")
LEADS_TO = {
    "receive": "received",
    "accept": "accepted",
    "reject": "rejected",
    "admit": "admitted",
    "plan_discharge": "discharge_planned",
    "discharge": "discharged",
}
_KEPT_AS = {"since": "admitted_at", "until": "discharged_at"}
_CONCLUSIVE = ("reject", "admit", "discharge")
_TRIES = 3
_PASSING = ("store-unavailable", "outcome-unknown")

Result = Literal["done", "already", "parked"]


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one *meaning*: done, so already, or parked in a case of its own for the *reason* told."""

    meaning: Meaning
    result: Result
    reason: Text = Text()
    code: str = ""
    parked: str = ""


class _Disagrees(Exception):
    """The message and the case do not say the same; *code* and *text* say in what."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(code)
        self.code, self.text = code, text


def receive(desk: Desk, content: bytes | str, exchange: Exchange) -> tuple[Outcome, ...]:
    """Read a ward's message and carry out what it means, each meaning in a transaction of its own.

    Raises UnreadableMessage, with nothing done, where it cannot be read; Refused where the store cannot be
    used, after which the same message may be given again.
    """
    return tuple(apply(desk, meaning) for meaning in meanings(content, exchange))


def apply(desk: Desk, meaning: Meaning) -> Outcome:
    """Fire what *meaning* says, or park it. The desk's actor answers for the ward: role ``ward_nurse``."""
    try:
        return Outcome(meaning=meaning, result=_carried_out(desk, meaning))
    except _Disagrees as no:
        return _park(desk, meaning, no.code, no.text)
    except Refused as no:
        if no.refusal.code in _PASSING:
            raise
        return _park(desk, meaning, no.refusal.code, Text(no.refusal.sentence("en"), no.refusal.sentence("zh")))


def retry(desk: Desk, parked: Case | str) -> Result:
    """Carry out a parked message after all, and close its case with it. Raises Refused where it still cannot be."""

    def work(inner: Desk) -> Result:
        case = inner.get(parked)
        inner.fire(case, "settle")
        try:
            return _carried_out(inner, parked_meaning(case))
        except _Disagrees as no:
            raise _refused(no, case) from no

    return desk.within(work)


def parked_meaning(case: Case) -> Meaning:
    """The meaning that a parked message keeps."""
    data = case.data
    return Meaning(
        case=str(data["about"]),
        round=int(str(data["round"])),
        trigger=str(data["step"]),
        source=str(data["source"]),
        version=int(str(data["version"])),
        form=from_text(str(data["form"])),
    )


def _refused(no: _Disagrees, case: Case) -> Refused:
    return Refused(Refusal("unmet", trigger="settle", case_id=case.id, text=no.text))


def _carried_out(desk: Desk, meaning: Meaning) -> Result:
    trigger, form = f"referral.{meaning.trigger}", dict(meaning.form)
    if desk.receipt(meaning.request_id) is not None:
        # The same again answers from the receipt; the same name with other content is refused.
        desk.fire(meaning.case, trigger, form, request_id=meaning.request_id)
        return "already"
    for left in reversed(range(_TRIES)):
        case = desk.get(meaning.case)
        if _so_already(case, meaning):
            return "already"
        try:
            desk.fire(case, trigger, form, request_id=meaning.request_id)
            return "done"
        except Refused as no:
            if no.refusal.code != "stale" or not left:
                raise
    raise AssertionError("the last try returns or raises")


def _so_already(case: Case, meaning: Meaning) -> bool:
    """Whether the case has come as far as *meaning* says, and says the same about it."""
    if case.data.get("referral.round") != meaning.round:
        raise _Disagrees(
            "another-round",
            Text(
                f"this is about request {meaning.round}; the case is at {case.data.get('referral.round')}",
                f"消息针对第{meaning.round}次转介，案件现为第{case.data.get('referral.round')}次",
            ),
        )
    here, there = case.states["referral"], LEADS_TO[meaning.trigger]
    if here != there and not (here in PATH and there in PATH and PATH.index(there) < PATH.index(here)):
        return False
    other = [name for name, value in meaning.form.items() if case.data.get(_field(name)) != value]
    if other and meaning.trigger in _CONCLUSIVE:
        listed = ", ".join(other)
        raise _Disagrees("contradicts", Text(f"the case says otherwise about {listed}", f"与案件记录不一致：{listed}"))
    # A plan may be changed for as long as it is one.
    return not (other and here == there == "discharge_planned")


def _field(name: str) -> str:
    return f"referral.{_KEPT_AS.get(name, name)}"


def _park(desk: Desk, meaning: Meaning, code: str, text: Text) -> Outcome:
    request_id = f"park {meaning.request_id}"
    earlier = desk.receipt(request_id)
    case_id = earlier.case_id if earlier is not None else _parked(desk, meaning, code, text, request_id)
    return Outcome(meaning=meaning, result="parked", reason=text, code=code, parked=case_id)


def _parked(desk: Desk, meaning: Meaning, code: str, text: Text, request_id: str) -> str:
    unit, subjects = _whose(desk, meaning)
    told = f"{text.en} / {text.zh}"
    return desk.open(
        "ward_message",
        request_id=request_id,
        unit=unit,
        subjects=subjects,
        about=meaning.case,
        round=meaning.round,
        step=meaning.trigger,
        source=meaning.source,
        version=meaning.version,
        reason=code,
        explained=told[:2_000],
        form=to_text(meaning.form),
    ).id


def _whose(desk: Desk, meaning: Meaning) -> tuple[str, dict[str, str]]:
    """Where a parked message belongs and whom it is about, as far as the ward may know."""
    try:
        case = desk.get(meaning.case)
    except Refused:
        return "", {}
    persons = tuple(case.subjects.values())
    return case.unit, {"patient": persons[0]} if len(persons) == 1 else {}
