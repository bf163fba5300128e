"""Descriptions of what records hold: rescue cases, reports of missing persons, PFIF persons.

Each takes a mapping of field names to values, so that no package but this one is needed; names that are absent are
unknown, and *hidden* names those that the asker may not read: they count as not asked, never as blank.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from casework import Case, InvalidValue
from casework_police.matching.description import LONGEST, Age, Born, Clue, Description, Missing, Name, NameKind, Topic
from casework_police.matching.places import place

Values = Mapping[str, Any]

_RESCUE_TOPICS: Mapping[str, Topic] = MappingProxyType(
    {"name": "name", "alias": "name", "sex": "sex", "age": "age", "home": "home", "found_at": "place"}
)
_REPORT_TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "name": "name",
        "sex": "sex",
        "born_from": "age",
        "age_from": "age",
        "home": "home",
        "home_city": "home",
        "home_province": "home",
        "last_seen_at": "place",
        "last_seen_on": "date",
    }
)


def of_rescue(reference: str, values: Values, *, on: date, hidden: Collection[str] = ()) -> Description:
    """A rescue case: *on* is the day on which the person was found, and the age estimated."""
    # What the station assessed, or else what was noted at the door.
    unable = values.get("can_state_identity", values.get("says_who_they_are")) is False
    names = (_named(values.get("name"), "stated"), _named(values.get("alias"), "heard"))
    told = _text(values.get("clue"))
    reasons: dict[Topic, Missing] = {"name": Missing.UNABLE, "home": Missing.UNABLE} if unable else {}
    return _described(
        reasons,
        {topic for name, topic in _RESCUE_TOPICS.items() if name in hidden},
        reference=reference,
        names=tuple(name for name in names if name is not None),
        sex=values.get("sex"),
        age=_aged(values.get("age"), values.get("age"), on, estimated=True),
        home=_text(values.get("home")),
        found_at=_text(values.get("found_at")),
        found_on=on,
        clues=(Clue("place", told),) if told is not None and place(told).units else (),
    )


def of_report(reference: str, values: Values, *, on: date, hidden: Collection[str] = ()) -> Description:
    """A report of a missing person: *on* is the day of the report, where nothing says when they were last seen."""
    seen_on = values.get("last_seen_on")
    return _described(
        {},
        {topic for name, topic in _REPORT_TOPICS.items() if name in hidden},
        reference=reference,
        names=tuple(_names(values.get("name"), values.get("other_names"))),
        sex=values.get("sex"),
        born=_born(values.get("born_from"), values.get("born_to")),
        age=_aged(values.get("age_from"), values.get("age_to"), seen_on or on, estimated=False),
        home=_address(values.get("home_province"), values.get("home_city"), values.get("home")),
        last_seen_at=_text(values.get("last_seen_at")),
        last_seen_on=seen_on,
    )


def of_person(values: Values, *, on: date) -> Description:
    """A PFIF person, for instance by ``attrs.asdict``; *on* is the day on which the record says how old they are."""
    born = values.get("date_of_birth")
    low, _, high = str(values.get("age") or "").partition("-")
    return _described(
        {},
        set(),
        reference=values["person_record_id"],
        names=tuple(_names(values.get("full_name"), values.get("alternate_names"))),
        sex=values.get("sex"),
        born=None if not born else Born.partial(str(born)),
        age=_aged(int(low), int(high or low), on, estimated=False) if low.isdecimal() else None,
        home=_address(values.get("home_state"), values.get("home_city"), values.get("home_neighborhood")),
    )


ADAPTERS: Mapping[str, Callable[..., Description]] = MappingProxyType(
    {"rescue": of_rescue, "missing_person": of_report}
)
"""How to describe a case, by the name of its case type."""


def of_case(case: Case) -> Description:
    """A case as its reader may see it. Raises InvalidValue for a case type that nobody told how to describe."""
    if case.case_type not in ADAPTERS:
        known = ", ".join(ADAPTERS)
        raise InvalidValue(
            "case", f"{case.case_type!r} cannot be compared; cases of {known} can", f"只能比对以下类型的案件：{known}"
        )
    return ADAPTERS[case.case_type](case.id, case.data, on=case.opened_at.date(), hidden=case.hidden)


def _described(reasons: Mapping[Topic, Missing], hidden: Collection[Topic], **known: Any) -> Description:
    """A description whose missing topics have their reasons; what is hidden was not asked as far as we can tell."""
    told: dict[Topic, Missing] = dict(reasons)
    if known["sex"] == "unknown":
        known["sex"], told["sex"] = None, Missing.UNKNOWN
    told |= dict.fromkeys(hidden, Missing.NOT_ASKED)
    bare = Description(**known)
    return Description(**known, missing={topic: reason for topic, reason in told.items() if not bare.knows(topic)})


def _text(value: Any) -> str | None:
    return str(value).strip()[:LONGEST] or None if value is not None else None


def _named(value: Any, kind: NameKind) -> Name | None:
    text = _text(value)
    return None if text is None else Name(text, kind)


def _names(stated: Any, others: Any) -> Iterator[Name]:
    """The name, then the other names that stand one a line."""
    first = _named(stated, "stated")
    if first is not None:
        yield first
    for line in str(others or "").splitlines():
        found = _named(line, "alias")
        if found is not None:
            yield found


def _born(earliest: date | None, latest: date | None) -> Born | None:
    return None if earliest is None or latest is None or latest < earliest else Born(earliest, latest)


def _aged(low: int | None, high: int | None, at: date, *, estimated: bool) -> Age | None:
    known = [age for age in (low, high) if age is not None]
    return Age(low=min(known), high=max(known), at=at, estimated=estimated) if known else None


def _address(*parts: Any) -> str | None:
    """Province, city and street as one address; a part that repeats what came before is left as it is."""
    whole = ""
    for text in (_text(part) for part in parts):
        if text is not None:
            whole = text if whole and text.startswith(whole) else whole + text if text not in whole else whole
    return whole[:LONGEST] or None
