"""What is known of a person when two records are compared, and why the rest is not known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Literal, get_args

import attrs

from casework import InvalidValue
from casework_police.matching.accents import accent_named

NameKind = Literal["stated", "alias", "former", "heard"]
ClueKind = Literal["surname", "place"]
Sex = Literal["male", "female", "other"]
Topic = Literal["name", "sex", "age", "home", "place", "date"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
LONGEST = 500
"""No name or place is longer; what is, is refused rather than compared."""


class Missing(StrEnum):
    """Why a value is missing: each says something else of whether two records are one person's."""

    NOT_ASKED = "not_asked"
    REFUSED = "refused"
    UNABLE = "unable"
    UNKNOWN = "unknown"
    BLANK = "blank"


def _one_of(where: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidValue(where, f"takes one of {', '.join(allowed)}, not {value!r}", f"只能是：{'、'.join(allowed)}")


def _told(where: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise InvalidValue(where, f"takes a text of 1 to {LONGEST} characters", f"应为1至{LONGEST}个字符的文字")


@attrs.frozen
class Name:
    """A name and where it comes from: stated or on paper, an alias, a former one, or heard on a ward."""

    text: str
    kind: NameKind = "stated"

    def __attrs_post_init__(self) -> None:
        _told("Name.text", self.text)
        _one_of("Name.kind", self.kind, get_args(NameKind))


@attrs.frozen
class Clue:
    """Something that was heard: how the surname sounds, or a place that the person named."""

    kind: ClueKind
    text: str

    def __attrs_post_init__(self) -> None:
        _one_of("Clue.kind", self.kind, get_args(ClueKind))
        _told("Clue.text", self.text)


@attrs.frozen
class Born:
    """The days between which somebody was born, both included; the same day twice where it is known."""

    earliest: date
    latest: date

    def __attrs_post_init__(self) -> None:
        if self.earliest > self.latest:
            raise InvalidValue("Born", "the earliest day comes after the latest", "最早日期晚于最晚日期")

    @classmethod
    def partial(cls, text: str) -> Born:
        """The days that ``1955``, ``1955-03`` or ``1955-03-12`` names; InvalidValue for anything else."""
        try:
            parts = [int(part) for part in text.split("-")]
            if len(parts) == 1:
                return cls(date(parts[0], 1, 1), date(parts[0], 12, 31))
            if len(parts) == 2:
                following = date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
                return cls(date(parts[0], parts[1], 1), date.fromordinal(following.toordinal() - 1))
            return cls(date(*parts), date(*parts))
        except (ValueError, TypeError, OverflowError):
            raise InvalidValue(
                "Born", f"takes yyyy, yyyy-mm or yyyy-mm-dd, not {text!r}", "应为 年、年-月 或 年-月-日"
            ) from None


@attrs.frozen(kw_only=True)
class Age:
    """An age in whole years, from *low* to *high*, on the day *at*; *estimated* where nobody stated it."""

    low: int
    high: int
    at: date
    estimated: bool = True

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 130:
            raise InvalidValue("Age", "takes 0 <= low <= high <= 130", "应为0至130岁，且最小不大于最大")


def _missing(value: Mapping[Topic, Missing] | Iterable[tuple[Topic, Missing]]) -> tuple[tuple[Topic, Missing], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    found = []
    for topic, reason in pairs:
        _one_of("missing", topic, TOPICS)
        _one_of(f"missing.{topic}", reason, tuple(Missing))
        found.append((topic, Missing(reason)))
    return tuple(sorted(found))


@attrs.frozen(kw_only=True)
class Description:
    """A person as one record describes them. *reference* names the record, for instance by the id of its case.

    *home* and the two places are addresses as somebody wrote them; *accent* is the name of one of ``ACCENTS``.
    *missing* says for each topic (name, sex, age, home, place, date) why nothing is known; a topic that is neither
    known nor mentioned is blank. Raises InvalidValue where something contradicts itself.
    """

    reference: str
    names: tuple[Name, ...] = attrs.field(default=(), converter=tuple)
    sex: Sex | None = None
    born: Born | None = None
    age: Age | None = None
    home: str | None = None
    last_seen_at: str | None = None
    last_seen_on: date | None = None
    found_at: str | None = None
    found_on: date | None = None
    clues: tuple[Clue, ...] = attrs.field(default=(), converter=tuple)
    accent: str | None = None
    missing: tuple[tuple[Topic, Missing], ...] = attrs.field(default=(), converter=_missing)

    def __attrs_post_init__(self) -> None:
        _told("reference", self.reference)
        for field in ("home", "last_seen_at", "found_at"):
            if getattr(self, field) is not None:
                _told(field, getattr(self, field))
        if self.sex is not None:
            _one_of("sex", self.sex, get_args(Sex))
        if self.accent is not None:
            accent_named(self.accent)
        if self.last_seen_on is not None and self.found_on is not None and self.found_on < self.last_seen_on:
            raise InvalidValue("found_on", "is before last_seen_on", "发现日期早于最后出现日期")
        for topic, reason in self.missing:
            if self.knows(topic):
                raise InvalidValue(
                    f"missing.{topic}", f"is {reason}, but {topic} is known", "该项已有内容，不应注明缺失原因"
                )

    def knows(self, topic: Topic) -> bool:
        """Whether anything is known of *topic*."""
        match topic:
            case "name":
                return bool(self.names) or any(clue.kind == "surname" for clue in self.clues)
            case "sex":
                return self.sex is not None
            case "age":
                return self.born is not None or self.age is not None
            case "home":
                return self.home is not None or any(clue.kind == "place" for clue in self.clues)
            case "place":
                return self.last_seen_at is not None or self.found_at is not None
            case _:
                return self.last_seen_on is not None or self.found_on is not None

    def why_missing(self, topic: Topic) -> Missing | None:
        """Why nothing is known of *topic*, or None where something is."""
        return None if self.knows(topic) else dict(self.missing).get(topic, Missing.BLANK)

    @property
    def digest(self) -> str:
        """A digest of all that is compared, in hexadecimals: another one as soon as anything of it changes."""
        told = attrs.asdict(
            self, value_serializer=lambda _, __, value: str(value) if isinstance(value, date) else value
        )
        canonical = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
