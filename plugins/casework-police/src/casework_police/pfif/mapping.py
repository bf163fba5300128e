"""Reports of missing persons as PFIF persons, and back. The tables are in ``docs/pfif.md``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

import attrs

from casework import Case, InvalidValue
from casework_police.pfif.birth import age_between, born, born_by_age, born_by_date
from casework_police.pfif.kinds import COUNTRY, EMAIL, PHONE, URL, Age, PartialDate, ahead
from casework_police.pfif.record import Person
from casework_police.pfif.within import Within
from casework_police.reports import missing_person

_FIELDS = MappingProxyType({field.name: field for field in missing_person.data})
_SAME = MappingProxyType(
    {
        "source_name": "source_name",
        "source_date": "source_date",
        "source_url": "source_url",
        "author_email": "reporter_email",
        "author_phone": "reporter_phone",
        "family_name": "family_name",
        "given_name": "given_name",
        "sex": "sex",
        "description": "description",
        "home_city": "home_city",
        "home_state": "home_province",
        "home_country": "home_country",
        "photo_url": "photo_url",
    }
)
_STRICT = MappingProxyType(
    {"author_email": EMAIL, "author_phone": PHONE, "source_url": URL, "photo_url": URL, "home_country": COUNTRY}
)
_UNMAPPED = ("home_postal_code", "profile_urls")
# What a register told of somebody, and no more may be kept of when it says so; the identifier finds it again.
CLEARED = (
    *(name for name in _SAME.values() if name != "source_date"),
    "reporter_address",
    "other_names",
    "born_from",
    "born_to",
    "age_from",
    "age_to",
    "document_number",
    "height_cm",
    "speech",
    "condition",
    "photo_digest",
    "home",
    "last_seen_at",
    "last_seen_on",
)


@attrs.frozen
class Kept:
    """What a report keeps of a person record: *values* by field, and the *rest* that has no field, line by line."""

    values: Mapping[str, Any]
    rest: tuple[str, ...]


def values_of(person: Person, *, on: date | None = None) -> Kept:
    """The fields of a report that mirrors a person record of another register; None is a field that it leaves open.

    An age is that *on* a day: that of the record's source date, unless another one is given.
    """
    first, _, others = person.full_name.partition("\n")
    told: dict[str, Any] = {field: getattr(person, name) for name, field in _SAME.items()}
    told |= {
        "source_record_id": person.person_record_id,
        "reporter": person.author_name or person.source_name or person.person_record_id.partition("/")[0],
        "relation": "register",
        "expires_on": None if person.expiry_date is None else last_day(person.expiry_date),
        "name": first.strip(),
        "other_names": "\n".join(part for part in (others, person.alternate_names) if part) or None,
        "home": _home(person),
    }
    rest = [f"{name}: {getattr(person, name)}" for name in _UNMAPPED if getattr(person, name) is not None]
    told["born_from"], told["born_to"] = _born(person, on or person.source_date.date(), rest)
    return Kept(MappingProxyType({name: _fitting(name, value, rest) for name, value in told.items()}), tuple(rest))


def _home(person: Person) -> str | None:
    if person.home_neighborhood is None:
        return person.home_street
    return f"{person.home_street or ''}\n{person.home_neighborhood}"


def _born(person: Person, on: date, rest: list[str]) -> tuple[date | None, date | None]:
    if person.date_of_birth is not None:
        if person.age is not None:
            rest.append(f"age: {person.age}")
        return born_by_date(person.date_of_birth)
    found = None if person.age is None else born_by_age(person.age, on)
    if person.age is not None and found is None:
        rest.append(f"age: {person.age}")
    return found or (None, None)


def _fitting(name: str, value: Any, rest: list[str]) -> Any:
    """The value, if the field holds it; else it goes to the rest in full, and a required text is cut."""
    field = _FIELDS[name]
    try:
        return None if value is None else field.accept(value)
    except InvalidValue:
        rest.append(f"{name}: {value}")
        return f"{str(value)[: field.max_length - 1]}…" if field.required else None


def last_day(expiry: datetime) -> date:
    """The last day on which a record may be kept, in UTC; the standard gives one day after the instant."""
    return (expiry - timedelta(microseconds=1)).astimezone(UTC).date()


def expiry_of(day: date) -> datetime:
    """The instant at which a last day is over, in UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def own_id(case: Case, domain: str) -> str:
    """The identifier of a report: that of its register, or ours."""
    return str(case.data.get("source_record_id") or f"{domain}/{case.id}")


def person_of(
    case: Case,
    *,
    within: Within,
    domain: str,
    source_name: str,
    changed_at: datetime,
    came_at: datetime | None = None,
) -> Person:
    """A report as the person record that may leave *within* those bounds; *changed_at* is its last change.

    A report that mirrors another register keeps that register's identifier, name and date. A date that lay in the
    future when it *came*, at the last change unless another instant is given, is not passed on; that instant is.
    Raises InvalidValue for a value that XML cannot hold.
    """
    data: Mapping[str, Any] = case.data
    changed = changed_at.replace(microsecond=0)
    came = (came_at or changed_at).replace(microsecond=0)
    dated = data.get("source_date") or changed
    expires = data.get("expires_on")
    told: dict[str, Any] = {name: data.get(field) for name, field in _SAME.items()}
    told |= {
        "person_record_id": own_id(case, domain),
        "entry_date": changed,
        "expiry_date": None if expires is None else expiry_of(expires),
        "source_name": data.get("source_name") or source_name,
        "source_date": came if ahead(dated, came) else dated,
        "full_name": data.get("name", ""),
        "alternate_names": data.get("other_names"),
        "author_name": data.get("reporter"),
        "sex": data.get("sex") if data.get("sex") in ("male", "female", "other") else None,
    }
    told["home_street"], told["home_neighborhood"] = _streets(data.get("home"))
    told |= _age_of(case, told["source_date"].date(), exact=within.allows("date_of_birth"))
    return Person(**{name: _writable(name, value) for name, value in told.items() if within.allows(name)})


def _streets(home: Any) -> tuple[str | None, str | None]:
    street, _, neighborhood = str(home or "").partition("\n")
    return street or None, neighborhood or None


def _age_of(case: Case, on: date, *, exact: bool) -> dict[str, PartialDate | Age]:
    """The date of birth where it may be told, else the age on the day of the record."""
    data: Mapping[str, Any] = case.data
    first, last = data.get("born_from"), data.get("born_to")
    if first is None or last is None:
        if data.get("age_from") is None or data.get("age_to") is None or data["age_from"] > data["age_to"]:
            return {}
        seen = data.get("last_seen_on") or case.opened_at.date()
        first, last = born_by_age(Age(data["age_from"], data["age_to"]), seen) or (None, None)
    if first is None or last is None or first > last:
        return {}
    told = born(first, last, on)
    if isinstance(told, PartialDate) and exact:
        return {"date_of_birth": told}
    if isinstance(told, PartialDate):
        told = age_between(first, last, on)
    return {"age": told} if isinstance(told, Age) else {}


def _writable(name: str, value: Any) -> Any:
    """Contacts, pages and countries as PFIF wants them; what is not so is left out, for families write as they like."""
    if value is None or name not in _STRICT:
        return value
    try:
        return _STRICT[name].accept(value, name)
    except InvalidValue:
        return None
