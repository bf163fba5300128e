"""A FHIR R4B message read back as a referral: the inverse of writing, value by value."""

from __future__ import annotations

from typing import Any

from casework import InvalidValue
from casework_hospital.fhir import codes
from casework_hospital.fhir.bundle import Opened, opened
from casework_hospital.fhir.exchange import Exchange
from casework_hospital.fhir.node import Node
from casework_hospital.fhir.value import GENDERS, GROUNDS, IDENTITIES, STATES, Basis, Patient, Referral
from casework_hospital.fhir.violation import UnreadableMessage, wrong
from casework_hospital.fields import PRIORITIES, REJECTIONS


def from_json(content: bytes | str, exchange: Exchange) -> Referral:
    """The referral that a message tells. Raises UnreadableMessage with every place that is wrong."""
    message = opened(content)
    try:
        return _Reader(message, exchange).referral()
    except UnreadableMessage:
        raise
    except InvalidValue as error:
        raise UnreadableMessage([wrong(error.where, error.problem, error.zh)]) from None


class _Reader:
    def __init__(self, message: Opened, exchange: Exchange) -> None:
        self._message, self._of = message, exchange.systems.of

    def referral(self) -> Referral:
        message = self._message
        request, task = message.only("ServiceRequest"), message.only("Task")
        patient, stay = message.only("Patient"), message.only("Encounter", required=False)
        message.stop()
        assert request is not None
        assert task is not None
        assert patient is not None
        told: dict[str, Any] = {**self._asked(request), **self._answered(task)}
        if stay is not None:
            told |= stayed(stay, self._of("certificate"))
        self._agree(told, request, task, stay)
        who = self._patient(patient)
        message.stop()
        assert who is not None
        return Referral(patient=who, **told)

    def _asked(self, request: Node) -> dict[str, Any]:
        reasons = list(request.objects("reasonCode", 1))
        return {
            "ward": self._ward(request),
            "priority": request.code("priority", [item.name for item in PRIORITIES]),
            "requested_at": request.instant("authoredOn", required=True),
            "diagnosis": reasons[0].text("text") if reasons else None,
        }

    def _ward(self, request: Node) -> str | None:
        for performer in request.objects("performer", 1):
            found = self._message.by_address.get(str(performer.value.get("reference")))
            if found is not None:
                return found.numbered("identifier", self._of("ward"))
        request.note("performer", "names the ward", "应指明病区")
        return None

    def _answered(self, task: Node) -> dict[str, Any]:
        case, number = numbered(task, self._of("referral"))
        told: dict[str, Any] = {"case": case, "round": number, "revision": version(task)}
        told["state"] = task.coded("businessStatus", self._of("state"), STATES)
        if told["state"] is None:
            task.note("businessStatus", "says which state the referral is in", "应说明转诊状态")
        return told | answered(task, self._of)

    def _agree(self, told: dict[str, Any], request: Node, task: Node, stay: Node | None) -> None:
        """The three resources say the same as the state that the task names."""
        expected = codes.STATES.get(str(told["state"]))
        if expected is None:
            return
        for node, known, meant in (
            (request, codes.REQUEST_STATUS, expected.request),
            (task, codes.TASK_STATUS, expected.task),
            (stay, codes.ENCOUNTER_STATUS, expected.encounter),
        ):
            if node is None:
                if meant:
                    task.note("businessStatus", "asks for an Encounter", "该状态须附 Encounter")
            elif node.code("status", known) not in (None, meant):
                node.note("status", f"does not fit {told['state']}", f"与转诊状态 {told['state']} 不符")

    def _patient(self, patient: Node) -> Patient | None:
        number = patient.numbered("identifier", self._of("person"))
        if number is None:
            patient.note("identifier", "holds the temporary number", "应有临时编号")
        gender = patient.code("gender", GENDERS)
        names = list(patient.objects("name", 2))
        if not names:
            patient.note("name", "is told, or why not", "应有姓名或缺失原因")
        if number is None or gender is None or not names:
            return None
        told: dict[str, Any] = {"number": number, "gender": gender}
        use = names[0].code("use", tuple(codes.NAME_USE.values()))
        identity = next((one for one in IDENTITIES if codes.NAME_USE[one] == use), None)
        if identity == "shared":
            told |= {"name": names[0].text("text", required=True), "basis": self._basis(patient)}
            told["alias"] = names[1].text("text") if len(names) > 1 else None
        else:
            told["alias"] = names[0].text("text")
        return None if identity is None else Patient(identity=identity, **told)

    def _basis(self, patient: Node) -> Basis | None:
        meta = patient.object("meta")
        for tag in () if meta is None else meta.objects("tag"):
            if tag.value.get("system") == self._of("ground"):
                ground, paper = tag.code("code", GROUNDS), tag.text("display", required=True)
                if ground is not None and paper is not None:
                    return Basis(ground=ground, paper=paper)  # type: ignore[arg-type]
        patient.note("meta.tag", "says on which basis the name is told", "应说明告知姓名的依据")
        return None


def numbered(node: Node, system: str) -> tuple[str | None, int | None]:
    """The case and the round of a resource, from its number of *system*."""
    number = node.numbered("identifier", system)
    if number is None:
        node.note("identifier", f"holds the number of {system}", f"应有 {system} 的编号")
        return None, None
    case, _, count = number.rpartition(".")
    counts = count.isascii() and count.isdigit() and 1 <= int(count[:9]) == int(count)
    if not case or not case.isprintable() or not counts:
        node.note("identifier", "is no number of a referral", "不是有效的转诊编号")
        return None, None
    return case, int(count)


def version(node: Node) -> int | None:
    """The version of a resource, as its sender counts."""
    meta = node.object("meta")
    told = None if meta is None else meta.text("versionId", limit=64)
    if told is None or not told.isascii() or not told.isdigit() or len(told) > 9 or int(told) < 1:
        node.note("meta.versionId", "counts the versions from 1", "应为从1起的版本号")
        return None
    return int(told)


def answered(task: Node, of: Any) -> dict[str, Any]:
    """What the ward says in a task: why it rejects, and what it hands back."""
    told: dict[str, Any] = {}
    reason = task.object("statusReason")
    if reason is not None:
        told["rejection"] = task.coded("statusReason", of("rejection"), [item.name for item in REJECTIONS])
        told["rejection_note"] = reason.text("text")
    for output in task.objects("output"):
        name = output.coded("type", of("output"), codes.OUTPUTS)
        if name == "planned_for":
            told[name] = output.date("valueDate")
        elif name is not None:
            told[name] = output.text("valueString", required=True)
    return told


def stayed(stay: Node, certificate: str) -> dict[str, Any]:
    """What an Encounter says of the stay; it is one of an inpatient."""
    kind = stay.object("class")
    if kind is None or (kind.value.get("system"), kind.value.get("code")) != (codes.ACT_CODE, "IMP"):
        stay.note("class", "is IMP, an inpatient's", "应为住院（IMP）")
    period, hospitalization = stay.object("period"), stay.object("hospitalization")
    told: dict[str, Any] = {
        "admitted_at": None if period is None else period.instant("start"),
        "discharged_at": None if period is None else period.instant("end"),
        "certificate": stay.numbered("identifier", certificate),
    }
    if hospitalization is not None:
        code = hospitalization.coded("dischargeDisposition", codes.DISCHARGE_DISPOSITION, tuple(codes.DISPOSITION_READ))
        told["disposition"] = None if code is None else codes.DISPOSITION_READ[code]
    return told
