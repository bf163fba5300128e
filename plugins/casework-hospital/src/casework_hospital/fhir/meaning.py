"""What a ward's answer means for a case: which triggers with which forms, each to be done once."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import attrs

from casework_hospital.fhir import codes
from casework_hospital.fhir.bundle import Opened, opened
from casework_hospital.fhir.exchange import Exchange
from casework_hospital.fhir.node import Node
from casework_hospital.fhir.reading import answered, numbered, stayed, version

FormValue = str | date | datetime

TOLD_LIMIT = 200
"""Characters of a ward's or person's number in a message, as many as a parked message keeps."""

_NEEDED = {
    "reject": ("rejection",),
    "admit": ("since",),
    "plan_discharge": codes.OUTPUTS,
    "discharge": ("until", "certificate", "disposition"),
}
TRIGGERS = ("receive", "accept", "reject", "admit", "plan_discharge", "discharge")


def _composed(value: Any) -> Any:
    # As a case keeps it: text written the other way is no other text.
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _form(value: Mapping[str, FormValue]) -> Mapping[str, FormValue]:
    return MappingProxyType({name: _composed(item) for name, item in value.items()})


@attrs.frozen(kw_only=True)
class Meaning:
    """Fire ``referral.<trigger>`` with *form* on *case*; *source* and *version* name the resource that says so.

    *ward* and *patient* are the ward and the number of the person that the message names, where it names any.
    """

    case: str
    round: int
    trigger: str
    source: str
    version: int
    form: Mapping[str, FormValue] = attrs.field(factory=dict, converter=_form)
    ward: str | None = attrs.field(default=None, converter=_composed)
    patient: str | None = attrs.field(default=None, converter=_composed)

    @property
    def request_id(self) -> str:
        """The name under which it is done once, however often it arrives."""
        return f"fhir {self.source}/{self.version} {self.trigger} {self.round}"


def meanings(content: bytes | str, exchange: Exchange) -> tuple[Meaning, ...]:
    """What a ward's message means, in the order in which it has to be done; nothing, where it only confirms.

    Raises UnreadableMessage with every place that is wrong. Nothing is looked up: whether a case is ready for
    it, applying finds out.
    """
    message = opened(content)
    found = _Answer(message, exchange).meanings()
    message.stop()
    return found


class _Answer:
    def __init__(self, message: Opened, exchange: Exchange) -> None:
        self._message, self._of = message, exchange.systems.of
        self._task = message.only("Task", required=False)
        self._stay = message.only("Encounter", required=False)
        self._ward = self._one("ward", "is about two wards", "涉及两个不同的病区")
        self._patient = self._one("person", "is about two persons", "涉及两名不同的人员")

    def meanings(self) -> tuple[Meaning, ...]:
        self._about()
        task, stay = self._task, self._stay
        status = None if task is None else task.code("status", tuple(codes.HEEDED))
        beside = None if stay is None else stay.code("status", ("planned", *codes.STAYS))
        if None not in (status, beside) and beside not in codes.HEEDED[str(status)]:
            self._message.bundle.note(
                "entry",
                f"contradicts itself: the Task is {status}, the Encounter {beside}",
                f"前后矛盾：Task 为 {status}，Encounter 为 {beside}",
            )
        if status == "completed" and beside is None and task is not None:
            task.note("status", "completed asks for an Encounter that is finished", "completed 须附已结束的 Encounter")
        self._own_state(status)
        return tuple(sorted(self._found(status, beside), key=lambda one: TRIGGERS.index(one.trigger)))

    def _about(self) -> None:
        header = self._message.only("MessageHeader")
        event = None if header is None else header.object("eventCoding")
        if event is None or (event.value.get("system"), event.value.get("code")) != (self._of("event"), "referral"):
            self._message.bundle.note("entry[0].resource.eventCoding", "is about no referral", "不是转诊消息")
        if self._task is None and self._stay is None:
            self._message.bundle.note("entry", "holds a Task or an Encounter", "应有 Task 或 Encounter")
        for node in (self._task, self._stay):
            if node is not None:
                self._number(node)
        self._one("referral", "is about two referrals", "涉及两次不同的转诊")

    def _one(self, part: str, en: str, zh: str) -> str | None:
        """What the message calls our referral, ward or person, wherever it stands; all places have to say the same."""
        found = {_composed(value) for value in _identified(self._message.bundle, self._of(part))}
        if len(found) > 1:
            self._message.bundle.note("entry", en, zh)
        return next(iter(found)) if len(found) == 1 else None

    def _own_state(self, status: str | None) -> None:
        """The Task's status and our own state beside it, where it is told, say the same."""
        if self._task is None:
            return
        beside = self._task.object("businessStatus")
        for coding in () if beside is None else beside.objects("coding"):
            if coding.value.get("system") != self._of("state"):
                continue
            state = coding.code("code", codes.STATES)
            if None not in (status, state) and codes.STATES[str(state)].task != status:
                en, zh = f"contradicts the status: {state} is not {status}", f"与 status 矛盾：{state} 与 {status} 不符"
                self._task.note("businessStatus", en, zh)

    def _found(self, status: str | None, beside: str | None) -> Iterator[Meaning]:
        if self._task is not None:
            told = answered(self._task, self._of)
            if status is not None and status in codes.ANSWERS:
                kept = ("rejection", "rejection_note") if status == "rejected" else ()
                yield from self._meaning(self._task, codes.ANSWERS[status], {name: told.get(name) for name in kept})
            elif status == "in-progress" and any(name in told for name in codes.OUTPUTS):
                yield from self._meaning(self._task, "plan_discharge", {name: told.get(name) for name in codes.OUTPUTS})
        if self._stay is not None:
            told = stayed(self._stay, self._of("certificate"))
            if beside == "in-progress":
                yield from self._meaning(self._stay, "admit", {"since": told["admitted_at"]})
            elif beside == "finished":
                kept = ("certificate", "disposition")
                form = {name: told.get(name) for name in kept} | {"until": told["discharged_at"]}
                yield from self._meaning(self._stay, "discharge", form)

    def _meaning(self, node: Node, trigger: str, form: Mapping[str, Any]) -> Iterator[Meaning]:
        known = {name: value for name, value in form.items() if value is not None}
        missing = [name for name in _NEEDED.get(trigger, ()) if name not in known]
        if missing:
            listed = ", ".join(missing)
            node.note("", f"means '{trigger}', which asks for {listed}", f"表示“{trigger}”，但缺少 {listed}")
        (case, number), counted = self._number(node), version(node)
        if not missing and case is not None and number is not None and counted is not None:
            source = f"{node.value['resourceType']}/{node.value['id']}"
            yield Meaning(
                case=case,
                round=number,
                trigger=trigger,
                source=source,
                version=counted,
                form=known,
                ward=self._ward,
                patient=self._patient,
            )

    def _number(self, node: Node) -> tuple[str | None, int | None]:
        """The number of the referral: the resource's own, or that of the request that it is based on."""
        system = self._of("referral")
        holds = [one.value.get("system") for one in node.objects("identifier")]
        if system in holds:
            return numbered(node, system)
        for based in node.objects("basedOn", 1):
            request = self._message.by_address.get(str(based.value.get("reference")))
            if request is not None:
                return numbered(request, system)
            logical = based.object("identifier")
            if logical is not None:
                alone = attrs.evolve(based, value={"identifier": [logical.value]})
                return numbered(alone, system)
        return numbered(node, system)


def _identified(node: Node, system: str) -> Iterator[str]:
    """The value of every Identifier of *system*, in a resource or in a reference to one."""
    if node.value.get("system") == system and "value" in node.value:
        told = node.text("value", limit=TOLD_LIMIT)
        if told is not None:
            yield told
    for name, held in node.value.items():
        if isinstance(held, Mapping):
            yield from _identified(Node(held, f"{node.path}.{name}", node.violations), system)
        for i, item in enumerate(held if isinstance(held, list) else ()):
            if isinstance(item, Mapping):
                yield from _identified(Node(item, f"{node.path}.{name}[{i}]", node.violations), system)


def to_text(form: Mapping[str, FormValue]) -> str:
    """A form as text that can be kept."""
    told = {name: value if isinstance(value, str) else value.isoformat() for name, value in form.items()}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def from_text(text: str) -> dict[str, FormValue]:
    """The form that was kept as text."""
    read: dict[str, Any] = {
        "since": datetime.fromisoformat,
        "until": datetime.fromisoformat,
        "planned_for": date.fromisoformat,
    }
    told: dict[str, str] = json.loads(text)
    return {name: read.get(name, str)(value) for name, value in told.items()}
