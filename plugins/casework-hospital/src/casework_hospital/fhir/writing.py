"""A referral as a FHIR R4B message: a Bundle of header, patient, request, task, stay and the two organisations.

The Bundle is of type *message*, for it is sent once, to somebody, because something happened; its header
names the event and the task in its focus, and the answer comes back in the same form. A collection would
carry the same resources and say nothing of that.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from casework_hospital.fhir import codes
from casework_hospital.fhir.checked import check_shape
from casework_hospital.fhir.exchange import Exchange
from casework_hospital.fhir.value import Patient, Referral

Resource = dict[str, Any]


def to_bundle(referral: Referral, exchange: Exchange, sent_at: datetime) -> Resource:
    """The message that tells *referral*; its ids follow from the referral, so that sending twice says the same.

    Raises InvalidValue where the values do not fit, SetupError where fhir.resources is not installed.
    """
    bundle = _Message(referral, exchange).bundle(sent_at)
    check_shape(bundle, "Bundle")
    return bundle


def to_json(referral: Referral, exchange: Exchange, sent_at: datetime) -> str:
    """The same as JSON text."""
    return json.dumps(to_bundle(referral, exchange, sent_at), ensure_ascii=False, indent=2)


def instant(value: datetime) -> str:
    """An instant as FHIR writes it."""
    return value.isoformat()


class _Message:
    """Builds the resources of one message, which name each other by their place in it."""

    def __init__(self, referral: Referral, exchange: Exchange) -> None:
        self._referral, self._of = referral, exchange.systems.of
        self._base, self._station = exchange.base, exchange.station
        self._told = codes.STATES[referral.state]

    def bundle(self, sent_at: datetime) -> Resource:
        resources = [self._header(), self._patient(self._referral.patient), self._request(), self._task()]
        if self._told.encounter:
            resources.append(self._encounter())
        resources += [self._organization("station", self._station), self._organization("ward", self._referral.ward)]
        entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
        return {
            "resourceType": "Bundle",
            "identifier": {
                "system": self._of("message"),
                "value": f"{self._referral.number}.{self._referral.revision}",
            },
            "type": "message",
            "timestamp": instant(sent_at),
            "entry": entries,
        }

    def _id(self, kind: str) -> str:
        name = self._referral.ward if kind == "ward" else self._referral.number
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._of('referral')}/{name}/{kind}"))

    def _at(self, kind: str) -> Resource:
        return {"reference": f"urn:uuid:{self._id(kind)}"}

    def _resource(self, kind: str, what: str, /, **content: Any) -> Resource:
        version = {"versionId": str(self._referral.revision)}
        return {"resourceType": kind, "id": self._id(what), "meta": version, **content}

    def _numbered(self) -> list[Resource]:
        return [{"system": self._of("referral"), "value": self._referral.number}]

    def _coded(self, part: str, code: str) -> Resource:
        return {"coding": [{"system": self._of(part), "code": code}]}

    def _header(self) -> Resource:
        return self._resource(
            "MessageHeader",
            "header",
            eventCoding={"system": self._of("event"), "code": "referral"},
            source={"endpoint": self._base},
            sender=self._at("station"),
            focus=[self._at("task")],
        )

    def _patient(self, patient: Patient) -> Resource:
        number = {"use": "temp", "system": self._of("person"), "value": patient.number}
        content = self._resource(
            "Patient",
            "person",
            identifier=[number],
            name=list(_names(patient)),
            gender=patient.gender,
            _birthDate=_absent("unknown"),
        )
        if patient.basis is not None:
            tag = {"system": self._of("ground"), "code": patient.basis.ground, "display": patient.basis.paper}
            content["meta"]["tag"] = [tag]
        return content

    def _request(self) -> Resource:
        referral = self._referral
        # The only place of the whole message where a diagnosis stands.
        reason = {} if referral.diagnosis is None else {"reasonCode": [{"text": referral.diagnosis}]}
        return self._resource(
            "ServiceRequest",
            "request",
            identifier=self._numbered(),
            status=self._told.request,
            intent="order",
            priority=referral.priority,
            subject=self._at("person"),
            authoredOn=instant(referral.requested_at),
            requester=self._at("station"),
            performer=[self._at("ward")],
            **reason,
        )

    def _task(self) -> Resource:
        referral = self._referral
        content = self._resource(
            "Task",
            "task",
            identifier=self._numbered(),
            status=self._told.task,
            businessStatus=self._coded("state", referral.state),
            intent="order",
            focus=self._at("request"),
            **{"for": self._at("person")},
            requester=self._at("station"),
            owner=self._at("ward"),
        )
        if referral.rejection is not None:
            content["statusReason"] = self._coded("rejection", referral.rejection)
        if referral.rejection_note is not None:
            content.setdefault("statusReason", {})["text"] = referral.rejection_note
        outputs = [self._output(name) for name in codes.OUTPUTS if getattr(referral, name) is not None]
        return {**content, "output": outputs} if outputs else content

    def _output(self, name: str) -> Resource:
        value = getattr(self._referral, name)
        told = {"valueDate": value.isoformat()} if name == "planned_for" else {"valueString": value}
        return {"type": self._coded("output", name), **told}

    def _encounter(self) -> Resource:
        referral = self._referral
        content = self._resource(
            "Encounter",
            "stay",
            status=self._told.encounter,
            **{"class": {"system": codes.ACT_CODE, "code": "IMP"}},
            subject=self._at("person"),
            basedOn=[self._at("request")],
            serviceProvider=self._at("ward"),
        )
        if referral.certificate is not None:
            content["identifier"] = [{"system": self._of("certificate"), "value": referral.certificate}]
        period = {"start": referral.admitted_at, "end": referral.discharged_at}
        known = {side: instant(value) for side, value in period.items() if value is not None}
        if known:
            content["period"] = known
        stay: Resource = {"admitSource": {"coding": [{"system": codes.ADMIT_SOURCE, "code": "other"}]}}
        if referral.disposition is not None:
            code = codes.DISPOSITION[referral.disposition]
            stay["dischargeDisposition"] = {"coding": [{"system": codes.DISCHARGE_DISPOSITION, "code": code}]}
        return {**content, "hospitalization": stay}

    def _organization(self, kind: str, number: str) -> Resource:
        return self._resource("Organization", kind, identifier=[{"system": self._of(kind), "value": number}])


def _absent(reason: str) -> Resource:
    return {"extension": [{"url": codes.DATA_ABSENT, "valueCode": reason}]}


def _names(patient: Patient) -> list[Resource]:
    """The name that may be told, or the alias with the reason why no name is told; a name's own alias beside it."""
    if patient.identity == "shared":
        names: list[Resource] = [{"use": "official", "text": patient.name}]
        return names if patient.alias is None else [*names, {"use": "nickname", "text": patient.alias}]
    name: Resource = {"use": codes.NAME_USE[patient.identity], **_absent(codes.ABSENT[patient.identity])}
    return [name if patient.alias is None else {**name, "text": patient.alias}]
