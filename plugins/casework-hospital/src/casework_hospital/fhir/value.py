"""What is exchanged about a referral, as plain values: nothing of FHIR, and nothing of a case, is in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

import attrs

from casework import Case, InvalidValue
from casework_hospital.fields import DISPOSITIONS, PRIORITIES, REJECTIONS

Identity = Literal["unknown", "withheld", "shared"]
IDENTITIES: tuple[Identity, ...] = ("unknown", "withheld", "shared")

Gender = Literal["unknown", "male", "female", "other"]
GENDERS: tuple[Gender, ...] = ("unknown", "male", "female", "other")

Grounds = Literal["consent", "life_or_health", "statutory_duty"]
GROUNDS: tuple[Grounds, ...] = ("consent", "life_or_health", "statutory_duty")

STATES = (
    "requested",
    "received",
    "accepted",
    "rejected",
    "admitted",
    "discharge_planned",
    "discharged",
    "withdrawn",
    "ended",
)
"""The states of a referral that can be told; before the first request there is nothing to tell."""

TEXT_LIMIT = 2_000


def _text(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """A text with something to see in it, as FHIR asks of every string."""
    if value is None:
        return
    told = isinstance(value, str) and value.strip() and len(value) <= TEXT_LIMIT
    if not told or any(ord(sign) < 32 and sign not in "\t\n\r" for sign in str(value)):
        raise InvalidValue(
            attribute.name,
            f"takes a text of 1 to {TEXT_LIMIT} characters, none of them for control",
            f"应为1至{TEXT_LIMIT}个字符的文字，且不含控制字符",
        )


def _instant(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not isinstance(value, datetime) or value.utcoffset() is None):
        raise InvalidValue(attribute.name, "takes an instant with its time zone", "应为带时区的时刻")


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.utcoffset() is not None else value


def _choice(*names: str) -> Any:
    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None and value not in names:
            listed = ", ".join(names)
            raise InvalidValue(attribute.name, f"takes one of {listed}", f"只能是以下之一：{listed}")

    return check


@attrs.frozen(kw_only=True)
class Basis:
    """Why a name may be told: on which *ground*, and the number of the paper that says so."""

    ground: Grounds = attrs.field(validator=_choice(*GROUNDS))
    paper: str = attrs.field(validator=_text)


@attrs.frozen(kw_only=True)
class Patient:
    """Who is referred, as far as the ward is told.

    *number* is temporary and means something to the sender alone; left out, it is the one that the case keeps for
    this referral. *alias* is what the person is called for the time being. A real *name* needs a *basis*.
    """

    number: str | None = attrs.field(default=None, validator=_text)
    identity: Identity = attrs.field(default="unknown", validator=_choice(*IDENTITIES))
    alias: str | None = attrs.field(default=None, validator=_text)
    gender: Gender = attrs.field(default="unknown", validator=_choice(*GENDERS))
    name: str | None = attrs.field(default=None, validator=_text)
    basis: Basis | None = None

    def __attrs_post_init__(self) -> None:
        shared = self.identity == "shared"
        if shared != (self.name is not None) or shared != (self.basis is not None):
            raise InvalidValue(
                "patient.name",
                "is told exactly where the identity is shared, and then on a basis",
                "仅在有依据共享身份时方可告知姓名",
            )


@attrs.frozen(kw_only=True)
class Referral:
    """One request for a bed and what became of it; *case* and *round* together are its number."""

    case: str = attrs.field(validator=_text)
    round: int
    revision: int
    state: str = attrs.field(validator=_choice(*STATES))
    patient: Patient
    ward: str = attrs.field(validator=_text)
    priority: str = attrs.field(validator=_choice(*(item.name for item in PRIORITIES)))
    requested_at: datetime = attrs.field(converter=_utc, validator=_instant)
    diagnosis: str | None = attrs.field(default=None, validator=_text)
    rejection: str | None = attrs.field(default=None, validator=_choice(*(item.name for item in REJECTIONS)))
    rejection_note: str | None = attrs.field(default=None, validator=_text)
    admitted_at: datetime | None = attrs.field(default=None, converter=_utc, validator=_instant)
    discharged_at: datetime | None = attrs.field(default=None, converter=_utc, validator=_instant)
    certificate: str | None = attrs.field(default=None, validator=_text)
    disposition: str | None = attrs.field(default=None, validator=_choice(*(item.name for item in DISPOSITIONS)))
    planned_for: date | None = None
    needs: str | None = attrs.field(default=None, validator=_text)
    medication: str | None = attrs.field(default=None, validator=_text)

    def __attrs_post_init__(self) -> None:
        if type(self.round) is not int or type(self.revision) is not int or self.round < 1 or self.revision < 1:
            raise InvalidValue("referral.round", "round and revision count from 1", "转介次数与版本号从1起计")
        if self.patient.number is None:
            raise InvalidValue("patient.number", "is needed", "不能缺少")
        stayed = self.state in ("admitted", "discharge_planned", "discharged", "ended")
        if stayed != (self.admitted_at is not None):
            raise InvalidValue(
                "referral.admitted_at", "is known exactly where the person was in the ward", "仅在曾入住病区时填写"
            )
        _only_in(self, ("rejected",), "rejection", "rejection_note")
        _only_in(self, ("discharge_planned", "discharged", "ended"), "planned_for", "needs", "medication")
        _only_in(self, ("discharged",), "discharged_at", "certificate", "disposition")
        if self.state == "discharged" and self.discharged_at is None:
            raise InvalidValue("referral.discharged_at", "is known where the person was discharged", "出院时必须填写")

    @property
    def number(self) -> str:
        """What both sides call this referral."""
        return f"{self.case}.{self.round}"


def _only_in(referral: Referral, states: tuple[str, ...], *names: str) -> None:
    for name in names:
        if getattr(referral, name) is not None and referral.state not in states:
            raise InvalidValue(f"referral.{name}", f"belongs to {' or '.join(states)}", f"仅适用于{'、'.join(states)}")


NAMESPACE = "referral"

TOLD_AS = "told_as"
"""The field that is told as the number of the Patient."""

TAKEN = (
    "ward",
    "priority",
    "requested_at",
    "diagnosis",
    "rejection",
    "rejection_note",
    "admitted_at",
    "discharged_at",
    "certificate",
    "disposition",
    "planned_for",
    "needs",
    "medication",
)
"""The fields of the referral that are told, so far as the actor may read them; nothing of the host's is."""

WITHHELD = (
    "withdrawn_because",
    "bed",
    "week_began",
    "visited_at",
    "visits_made",
    "visits_missed",
    "missed_in_a_row",
    "condition",
    "answer_source",
    "answer_version",
    "plan_source",
    "plan_version",
    "plan_by_hand",
)
"""The fields of the referral that stay at home."""


def referral_of(case: Case, patient: Patient | None = None) -> Referral:
    """What may be told of *case*, as its actor sees it. *patient* says who; the number is the one the case keeps.

    Raises InvalidValue where no ward was ever asked, where the actor may not read that number, and where *patient*
    has another: an answer about them could not be told from one about somebody else.
    """
    state = case.states.get(NAMESPACE, "")
    if state not in STATES:
        raise InvalidValue("case", "no ward has been asked", "尚未向病区申请转诊")
    known = {name: case.data.get(f"{NAMESPACE}.{name}") for name in (*TAKEN, "round")}
    told: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
    who = Patient() if patient is None else patient
    who = attrs.evolve(who, number=_number(case, who.number))
    return Referral(case=case.id, revision=case.revision, state=state, patient=who, **told)


def _number(case: Case, given: str | None) -> str:
    """The number by which the ward knows the person of *case*."""
    kept = case.data.get(f"{NAMESPACE}.{TOLD_AS}")
    if kept is None:
        problem = "is told by whoever asks for the bed or treats the person; this login does not read it"
        raise InvalidValue("patient.number", problem, "仅限申请转诊或参与治疗的人员告知，当前账号无权读取")
    if given not in (None, kept):
        problem = f"is '{kept}' in this referral; leave it out here, or choose it as 'told_as' in the request"
        raise InvalidValue(
            "patient.number", problem, f"本次转诊的编号为“{kept}”，请勿另填；可在申请转诊时以 told_as 指定"
        )
    return str(kept)
