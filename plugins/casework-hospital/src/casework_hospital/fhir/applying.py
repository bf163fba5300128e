"""A ward's answer carried out on the case: once, in order, and parked with its reason where that cannot be."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

import attrs

from casework import Case, Desk, Refusal, Refused, Text
from casework_hospital.fhir.exchange import Exchange
from casework_hospital.fhir.meaning import Meaning, from_text, meanings, to_text
from casework_hospital.fhir.value import NAMESPACE, TOLD_AS

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
_VERSIONED = {"receive": "answer", "accept": "answer", "reject": "answer", "plan_discharge": "plan"}
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
    return tuple(apply(desk, meaning, unit=exchange.unit) for meaning in meanings(content, exchange))


def apply(desk: Desk, meaning: Meaning, *, unit: str = "") -> Outcome:
    """Fire what *meaning* says, or park it. The desk's actor answers for the ward: role ``ward_nurse``.

    It is parked in the actor's unit; without one in that of the case, or in *unit* where the actor does not see it.
    """
    try:
        return Outcome(meaning=meaning, result=_carried_out(desk, meaning))
    except _Disagrees as no:
        return _park(desk, meaning, no.code, no.text, unit)
    except Refused as no:
        if no.refusal.code in _PASSING:
            raise
        told = Text(no.refusal.sentence("en"), no.refusal.sentence("zh"))
        return _park(desk, meaning, no.refusal.code, told, unit)


def retry(desk: Desk, parked: Case | str) -> Result:
    """Carry out a parked message after all, and close its case with it. Raises Refused where it still cannot be.

    The desk's actor both handles messages and answers for the ward: roles ``ward_liaison`` and ``ward_nurse``.
    """

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
        ward=_told(data.get("told_ward")),
        patient=_told(data.get("told_patient")),
    )


def _told(value: object) -> str | None:
    return None if value is None else str(value)


def _refused(no: _Disagrees, case: Case) -> Refused:
    return Refused(Refusal("unmet", trigger="settle", case_id=case.id, text=no.text))


def _carried_out(desk: Desk, meaning: Meaning) -> Result:
    trigger, form = f"referral.{meaning.trigger}", _form(meaning)
    if desk.receipt(meaning.request_id) is not None:
        # The same again answers from the receipt; the same name with other content is refused.
        desk.fire(meaning.case, trigger, form, request_id=meaning.request_id)
        _still_about_the_same(desk, meaning)
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


def _form(meaning: Meaning) -> dict[str, object]:
    """What is fired: the form, and which version of which message says so where a later one may say otherwise."""
    told = {"told_by": meaning.source, "told_version": meaning.version} if meaning.trigger in _VERSIONED else {}
    return {**meaning.form, **told}


def _so_already(case: Case, meaning: Meaning) -> bool:
    """Whether there is nothing to do: the case has come as far as *meaning* says, and says the same about it.

    Raises _Disagrees where *meaning* is not known to be newer than what it says otherwise than.
    """
    _about_this_round(case, meaning)
    _about_this_referral(case, meaning)
    here, there = case.states["referral"], LEADS_TO[meaning.trigger]
    reached = here == there or (here in PATH and there in PATH and PATH.index(there) < PATH.index(here))
    other = [name for name, value in meaning.form.items() if case.data.get(_field(name)) != value]
    heard = _heard(case, meaning)
    if reached and not other:
        # That a newer version says the same is kept as well, or one between the two would pass for newer.
        return not (here == there in ("accepted", "discharge_planned") and 0 < heard < meaning.version)
    if heard >= meaning.version:
        listed = Text(f"version {heard} of it was heard before", f"此前已收到第{heard}版")
        raise _Disagrees("outdated", listed)
    if reached and not (here == there == "discharge_planned"):
        listed = Text(f"the case says otherwise about {', '.join(other)}", f"与案件记录不一致：{', '.join(other)}")
        raise _Disagrees("contradicts", listed)
    if _order_is_open(case, meaning, heard):
        raise _Disagrees(
            "order-unknown",
            Text(
                "what stands was entered by hand or told by another message; which is newer, a person has to ask",
                "现有记录为人工录入或由其他消息告知，孰新孰旧须人工核实",
            ),
        )
    return False


def _about_this_round(case: Case, meaning: Meaning) -> None:
    now = case.data.get("referral.round")
    if now != meaning.round:
        en = f"this is about request {meaning.round}; the case is at {now}"
        raise _Disagrees("another-round", Text(en, f"消息针对第{meaning.round}次转介，案件现为第{now}次"))


def _about_this_referral(case: Case, meaning: Meaning) -> None:
    """The ward and the person that the message names are those of the referral; what it does not name is not asked."""
    for told, kept, en, zh in (
        (meaning.ward, "ward", "the message names another ward than the referral", "消息所述病区与转诊不一致"),
        (meaning.patient, TOLD_AS, "the message names another person than the referral", "消息所述人员与转诊不一致"),
    ):
        if told is not None and told != case.data.get(f"{NAMESPACE}.{kept}"):
            raise _Disagrees("contradicts", Text(en, zh))


def _still_about_the_same(desk: Desk, meaning: Meaning) -> None:
    """A message heard before that names somebody else this time is not let pass, as far as the ward still sees it."""
    try:
        case = desk.get(meaning.case)
    except Refused:
        return
    if case.data.get("referral.round") == meaning.round:
        _about_this_referral(case, meaning)


def _heard(case: Case, meaning: Meaning) -> int:
    """The version of the very message that was heard last, whoever passed it on; 0 where none was, or another."""
    kept = _VERSIONED.get(meaning.trigger)
    if kept is None or case.data.get(f"referral.{kept}_source") != meaning.source:
        return 0
    return int(str(case.data[f"referral.{kept}_version"]))


def _order_is_open(case: Case, meaning: Meaning, heard: int) -> bool:
    """Whether *meaning* would undo what nobody can tell to be older.

    That is to take an acceptance back, or to change or renew a plan, that another message told or a person entered.
    """
    here, by_hand = case.states["referral"], case.data.get("referral.plan_by_hand")
    if meaning.trigger == "plan_discharge":
        return by_hand is not None and (not heard or (here == "discharge_planned" and by_hand is True))
    return meaning.trigger == "reject" and here == "accepted" and not heard


def _field(name: str) -> str:
    return f"referral.{_KEPT_AS.get(name, name)}"


def _park(desk: Desk, meaning: Meaning, code: str, text: Text, unit: str) -> Outcome:
    # What says otherwise under the same version is a message of its own, and is lost no more than the first.
    said = json.dumps([to_text(meaning.form), meaning.ward, meaning.patient])
    content = hashlib.sha256(said.encode()).hexdigest()[:16]
    request_id = f"park {meaning.request_id} {content}"
    earlier = desk.receipt(request_id)
    case_id = earlier.case_id if earlier is not None else _parked(desk, meaning, code, text, request_id, unit)
    return Outcome(meaning=meaning, result="parked", reason=text, code=code, parked=case_id)


def _parked(desk: Desk, meaning: Meaning, code: str, text: Text, request_id: str, otherwise: str) -> str:
    unit, subjects = _whose(desk, meaning, otherwise)
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
        told_ward=meaning.ward,
        told_patient=meaning.patient,
        reason=code,
        explained=told[:2_000],
        form=to_text(meaning.form),
    ).id


def _whose(desk: Desk, meaning: Meaning, otherwise: str) -> tuple[str, dict[str, str]]:
    """Where a parked message belongs and whom it is about, as far as the ward may know.

    Nobody opens cases outside their own unit, so theirs it is; without one that of the case, where they see it.
    """
    mine = desk.actor.unit
    try:
        case = desk.get(meaning.case)
    except Refused:
        return otherwise if mine is None else mine, {}
    persons = tuple(case.subjects.values())
    return case.unit if mine is None else mine, {"patient": persons[0]} if len(persons) == 1 else {}
