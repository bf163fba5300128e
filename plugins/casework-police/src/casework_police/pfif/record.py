"""The records of PFIF 1.4 as values: persons, notes about them, and what is left of an expired person.

A record that exists can be written: every value is checked when it is made. The order of the fields is the
standard's (PFIF 1.4, section 4), and the writer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs

from casework import InvalidValue
from casework_police.pfif.kinds import (
    AGE,
    BOOLEAN,
    COUNTRY,
    DATE,
    EMAIL,
    INSTANT,
    PHONE,
    RECORD_ID,
    SEX,
    STATUS,
    TEXT,
    URL,
    URLS,
    Age,
    Kind,
    PartialDate,
    Sex,
    Status,
    utc,
)

_KIND = "pfif"


def _held(kind: Kind, *, required: bool = False) -> Any:
    """An element of *kind*; one that is not *required* is None where it is absent or empty, which means the same."""

    def convert(value: object) -> object:
        return None if value == "" and not required else utc(value)

    def check(record: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None or required:
            kind.accept(value, f"{type(record).__name__.lower()}.{attribute.name}")

    default: Any = attrs.NOTHING if required else None
    return attrs.field(default=default, converter=convert, validator=check, metadata={_KIND: kind})


@attrs.frozen(kw_only=True)
class Person:
    """Who somebody is: a person record, missing or found. *full_name* is empty where no name is known."""

    person_record_id: str = _held(RECORD_ID, required=True)
    entry_date: datetime | None = _held(INSTANT)
    expiry_date: datetime | None = _held(INSTANT)
    author_name: str | None = _held(TEXT)
    author_email: str | None = _held(EMAIL)
    author_phone: str | None = _held(PHONE)
    source_name: str | None = _held(TEXT)
    source_date: datetime = _held(INSTANT, required=True)
    source_url: str | None = _held(URL)
    full_name: str = _held(TEXT, required=True)
    given_name: str | None = _held(TEXT)
    family_name: str | None = _held(TEXT)
    alternate_names: str | None = _held(TEXT)
    description: str | None = _held(TEXT)
    sex: Sex | None = _held(SEX)
    date_of_birth: PartialDate | None = _held(DATE)
    age: Age | None = _held(AGE)
    home_street: str | None = _held(TEXT)
    home_neighborhood: str | None = _held(TEXT)
    home_city: str | None = _held(TEXT)
    home_state: str | None = _held(TEXT)
    home_postal_code: str | None = _held(TEXT)
    home_country: str | None = _held(COUNTRY)
    photo_url: str | None = _held(URL)
    profile_urls: str | None = _held(URLS)


@attrs.frozen(kw_only=True)
class Note:
    """What somebody says about a person at an instant: a note record. Notes are added, never changed.

    *linked_person_record_id* says that its author believes two records to be about one person.
    """

    note_record_id: str = _held(RECORD_ID, required=True)
    person_record_id: str = _held(RECORD_ID, required=True)
    linked_person_record_id: str | None = _held(RECORD_ID)
    entry_date: datetime | None = _held(INSTANT)
    author_name: str = _held(TEXT, required=True)
    author_email: str | None = _held(EMAIL)
    author_phone: str | None = _held(PHONE)
    source_date: datetime = _held(INSTANT, required=True)
    author_made_contact: bool | None = _held(BOOLEAN)
    status: Status | None = _held(STATUS)
    email_of_found_person: str | None = _held(EMAIL)
    phone_of_found_person: str | None = _held(PHONE)
    last_known_location: str | None = _held(TEXT)
    text: str = _held(TEXT, required=True)
    photo_url: str | None = _held(URL)


@attrs.frozen(kw_only=True)
class Tombstone:
    """What is left of a person record past its expiry: who it was for the machines, and when. Nothing else may be kept.

    Whoever reads one clears what they hold of the record and of its notes (PFIF 1.4, section 3.3).
    *placeholder* is False where the file still told the whole record: a copy from before its expiry, no placeholder.
    """

    person_record_id: str = _held(RECORD_ID, required=True)
    entry_date: datetime | None = _held(INSTANT)
    expiry_date: datetime = _held(INSTANT, required=True)
    source_date: datetime = _held(INSTANT, required=True)
    placeholder: bool = attrs.field(default=True, eq=False, validator=attrs.validators.instance_of(bool))


Record: TypeAlias = Person | Note | Tombstone


def kinds_of(record: type[Record]) -> Mapping[str, Kind]:
    """The elements of a record in the order of the standard, with their kinds."""
    return MappingProxyType(
        {field.name: field.metadata[_KIND] for field in attrs.fields(record) if _KIND in field.metadata}
    )


def required_of(record: type[Record]) -> tuple[str, ...]:
    """The elements that no record of that type may lack."""
    return tuple(field.name for field in attrs.fields(record) if field.default is attrs.NOTHING)


def expired(person: Person, now: datetime) -> bool:
    """Whether nothing but a tombstone may be shown of *person* at *now*."""
    return person.expiry_date is not None and person.expiry_date <= aware(now)


def tombstone_of(person: Person, now: datetime) -> Tombstone:
    """What may be shown of an expired person. Its dates are those of its making, as the standard asks.

    Raises InvalidValue where the person has no expiry date.
    """
    if person.expiry_date is None:
        raise InvalidValue(
            "person.expiry_date", "a record that never expires leaves no tombstone", "该记录没有失效日期"
        )
    return Tombstone(
        person_record_id=person.person_record_id,
        entry_date=aware(now),
        expiry_date=person.expiry_date,
        source_date=aware(now),
    )


def aware(now: datetime) -> datetime:
    """*now*, refused with InvalidValue where it names no instant."""
    if not isinstance(now, datetime) or now.tzinfo is None:
        raise InvalidValue("now", "a naive datetime names no instant; give it a time zone", "时刻须带时区")
    return now
