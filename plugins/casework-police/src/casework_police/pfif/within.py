"""How much of a report may leave, to whom and on which basis. Deny by default: what is not named here stays.

Articles are those of the Personal Information Protection Law of the People's Republic of China (个人信息保护法):
13 on lawful bases, 23 on handing data to others, 29 on sensitive data. Nothing about health has a field in PFIF's map.
"""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import Literal, TypeAlias

import attrs

from casework import Case, HistoryEntry, InvalidValue
from casework_police.bases import BASES, CONSENTS

Audience: TypeAlias = Literal["agencies", "public"]

_ALWAYS = ("person_record_id", "entry_date", "expiry_date", "source_name", "source_date", "full_name")
_PUBLIC = (
    "given_name",
    "family_name",
    "alternate_names",
    "description",
    "sex",
    "age",
    "home_city",
    "home_state",
    "home_country",
    "photo_url",
)
_AGENCIES = (
    *_PUBLIC,
    "author_name",
    "author_email",
    "author_phone",
    "source_url",
    "date_of_birth",
    "home_street",
    "home_neighborhood",
)
FIELDS = MappingProxyType({"public": frozenset(_PUBLIC), "agencies": frozenset(_AGENCIES)})
_COVERED = MappingProxyType({"public": ("public",), "agencies": ("agencies", "public")})


@attrs.frozen(kw_only=True)
class Within:
    """What may be shared with *recipient*, one of an *audience*, on a *basis* (a name of ``bases.BASES``).

    With a consent as the basis only reports whose family consented to that audience leave. A statutory duty or an
    emergency needs no consent, serves agencies alone, and only while the report is open. *fields* narrows what the
    audience may have; it never widens it. *notes* passes on what other registers noted about the person.
    *after_end* is how long a report stays readable once the person was found, so that others learn of it.
    Raises InvalidValue where these do not go together.
    """

    recipient: str
    audience: Audience = "agencies"
    basis: str = "separate_consent"
    fields: frozenset[str] | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(frozenset),
    )
    notes: bool = False
    after_end: timedelta = timedelta(days=30)

    def __attrs_post_init__(self) -> None:
        known = [choice.name for choice in BASES]
        if self.audience not in FIELDS:
            raise InvalidValue("within.audience", "takes agencies or public", "只能是 agencies 或 public")
        if self.basis not in known:
            raise InvalidValue("within.basis", f"takes one of {', '.join(known)}", f"只能是：{'、'.join(known)}")
        if not self.consented and self.audience == "public":
            raise InvalidValue("within.basis", "only a consent lets data be published", "向公众发布须以同意为依据")
        beyond = sorted((self.fields or frozenset()) - FIELDS[self.audience])
        if beyond:
            told = ", ".join(beyond)
            raise InvalidValue("within.fields", f"may not go to {self.audience}: {told}", f"不得提供：{told}")
        if not self.recipient.strip():
            raise InvalidValue("within.recipient", "whoever receives data has a name", "须写明接收方")
        if self.notes and self.audience == "public":
            raise InvalidValue("within.notes", "notes of others are not published", "他人的备注不得公开")

    @property
    def consented(self) -> bool:
        """Whether the basis is a consent."""
        return self.basis in CONSENTS

    def allows(self, name: str) -> bool:
        """Whether a field of a person record may leave."""
        allowed = FIELDS[self.audience]
        return name in _ALWAYS or name in (allowed if self.fields is None else self.fields)

    def covers(self, case: Case) -> bool:
        """Whether a report may leave at all."""
        if self.consented:
            return case.data.get("consent") in _COVERED[self.audience]
        return case.closed_at is None

    def was_shareable(self, history: tuple[HistoryEntry, ...]) -> bool:
        """Whether the family ever consented to this audience: then somebody may hold the report, and has to be told."""
        return any(entry.changes.get("consent") in _COVERED[self.audience] for entry in history)
