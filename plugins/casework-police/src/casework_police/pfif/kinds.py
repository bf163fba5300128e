"""The kinds of value that PFIF 1.4 knows, each with how it is read, checked and written.

Patterns are those of the RELAX NG schema in section 5 of the PFIF 1.4 specification (zesty.ca/pfif/1.4); where its
prose is stricter (lower-case domains, URLs), the prose holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypeAlias

import attrs

from casework import InvalidValue

Sex: TypeAlias = Literal["female", "male", "other"]
Status: TypeAlias = Literal[
    "information_sought", "is_note_author", "believed_alive", "believed_missing", "believed_dead"
]

SEXES = ("female", "male", "other")
STATUSES = ("information_sought", "is_note_author", "believed_alive", "believed_missing", "believed_dead")
AGE_LIMIT = 999
# How far the clock of another register may be ahead of ours.
SKEW = timedelta(days=1)

# Characters that XML 1.0 cannot hold, not even as references.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_LOCAL = re.compile(r"[\x20-\x7e]+")
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?Z")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_AGE = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?")
_EMAIL = re.compile(r"[^\s@][^\r\n]*@[^\r\n]+")
_PHONE = re.compile(r"[-+() 0-9]+")
_URL = re.compile(r"(?:https?|ftp)://\S+", re.IGNORECASE)
_COUNTRY = re.compile(r"[A-Z]{2}")


def _no(problem: str, zh: str) -> InvalidValue:
    return InvalidValue("", problem, zh)


@attrs.frozen
class PartialDate:
    """A date of birth as far as it is known: a year, a month of a year, or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    def __attrs_post_init__(self) -> None:
        parts = (self.year, self.month, self.day)
        whole = all(part is None or type(part) is int for part in parts) and type(self.year) is int
        if not whole or (self.day is not None and self.month is None):
            raise InvalidValue("PartialDate", "takes a year, then a month, then a day", "应依次给出年、月、日")
        try:
            date(self.year, self.month or 1, self.day or 1)
            possible = self.month != 0 and self.day != 0
        except ValueError:
            possible = False
        if not possible:
            raise InvalidValue("PartialDate", f"there is no date {self}", f"没有 {self} 这一日期")

    def __str__(self) -> str:
        rest = "".join(f"-{part:02d}" for part in (self.month, self.day) if part is not None)
        return f"{self.year:04d}{rest}"


@attrs.frozen
class Age:
    """An age in years at the record's source date: from *minimum* to *maximum*, both included."""

    minimum: int
    maximum: int = attrs.field(default=attrs.Factory(lambda self: self.minimum, takes_self=True))

    def __attrs_post_init__(self) -> None:
        whole = type(self.minimum) is int and type(self.maximum) is int
        if not whole or not 0 <= self.minimum <= self.maximum <= AGE_LIMIT:
            raise InvalidValue("Age", "takes years from the least to the most", "应为从小到大的周岁范围")

    def __str__(self) -> str:
        return str(self.minimum) if self.minimum == self.maximum else f"{self.minimum}-{self.maximum}"


@attrs.frozen(eq=False)
class Kind:
    """A kind of value: its Python *type*, how text becomes one, and how one becomes text again.

    *code* is the finding of a text that is not of this kind; *parse* raises InvalidValue for it.
    """

    code: str
    type: type
    parse: Callable[[str], Any]
    show: Callable[[Any], str] = str

    def read(self, text: str) -> Any:
        """The value that *text* stands for; blanks around it count only where it is free text."""
        return self.parse(text) if self is TEXT else self.parse(text.strip(" \t\r\n"))

    def accept(self, value: object, where: str) -> Any:
        """*value*, if it is of this kind and can be written; else InvalidValue naming *where*."""
        if type(value) is not self.type:
            kind = type(value).__name__
            raise InvalidValue(where, f"takes {self.type.__name__}, not {kind}", f"类型应为 {self.type.__name__}")
        try:
            if self.parse(self.show(value)) != value:
                raise _no("cannot be written as it is", "无法原样写出")
        except InvalidValue as error:
            raise InvalidValue(where, error.problem, error.zh) from None
        return value


def unwritable(text: str) -> str | None:
    """The first character of *text* that no XML document can hold, as ``U+0008``; None where there is none."""
    found = _UNWRITABLE.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def utc(value: object) -> object:
    """An aware instant in UTC; anything else as it is, for its kind to refuse."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise _no("lies outside of the years 1 to 9999, in UTC", "不在公元1年至9999年之间") from None
    return value


def ahead(value: datetime, now: datetime) -> bool:
    """Whether an instant at which something was written lies further in the future than clocks differ: it cannot be."""
    return value - now > SKEW


def domain_of(value: object, where: str) -> str:
    """*value*, if record identifiers may begin with it; else InvalidValue naming *where*."""
    if not isinstance(value, str) or not _DOMAIN.fullmatch(value):
        problem = f"takes a lower-case domain in ASCII, such as anlu.example, not {ascii(value)[:120]}"
        raise InvalidValue(where, problem, "应为小写域名（ASCII），如 anlu.example")
    return value


def _text(text: str) -> str:
    character = unwritable(text)
    if character is not None:
        raise _no(f"holds {character}, which XML cannot hold", f"含有 XML 不允许的字符 {character}")
    return text


def _matching(pattern: re.Pattern[str], problem: str, zh: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not pattern.fullmatch(text):
            raise _no(problem, zh)
        return _text(text)

    return parse


def _among(names: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in names:
            raise _no(f"takes one of {', '.join(names)}", f"只能是以下之一：{'、'.join(names)}")
        return text

    return parse


def _record_id(text: str) -> str:
    domain, slash, local = text.partition("/")
    if not slash or not _DOMAIN.fullmatch(domain) or not _LOCAL.fullmatch(local) or text != text.strip():
        raise _no(
            "takes a lower-case domain, a slash and a local identifier, in ASCII, such as anlu.example/person.7",
            "应为小写域名、斜杠和本地编号（ASCII），如 anlu.example/person.7",
        )
    return text


def _instant(text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if found is None:
        raise _no("takes an instant in UTC, such as 2026-03-01T08:30:00Z", "应为世界标准时间，如 2026-03-01T08:30:00Z")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction = int((found[7] or "0").ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, second, fraction, tzinfo=UTC)
    except ValueError:
        raise _no(f"there is no instant {text}", f"没有 {text} 这一时刻") from None


def _show_instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise _no("a naive datetime names no instant; give it a time zone", "时刻须带时区")
    value = value.astimezone(UTC)
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return f"{value.year:04d}-{value:%m-%dT%H:%M:%S}{fraction}Z"


def _partial_date(text: str) -> PartialDate:
    found = _DATE.fullmatch(text)
    if found is None:
        raise _no("takes yyyy, yyyy-mm or yyyy-mm-dd", "应为 年、年-月 或 年-月-日，如 1950-07")
    return PartialDate(*(None if part is None else int(part) for part in found.groups()))  # type: ignore[arg-type]


def _age(text: str) -> Age:
    found = _AGE.fullmatch(text)
    if found is None:
        raise _no("takes years, or a range such as 35-45", "应为周岁，或如 35-45 的范围")
    return Age(int(found[1]), int(found[2] or found[1]))


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise _no("takes true or false", "只能是 true 或 false")
    return text == "true"


def _show_boolean(value: bool) -> str:
    return "true" if value else "false"


def _urls(text: str) -> str:
    if not all(_URL.fullmatch(line.strip(" \t\r")) for line in text.split("\n")):
        raise _no(*_URL_PROBLEM)
    return _text(text)


_URL_PROBLEM = ("takes an absolute http, https or ftp address", "应为完整的 http、https 或 ftp 网址")

TEXT = Kind("bad-text", str, _text)
RECORD_ID = Kind("bad-record-id", str, _record_id)
INSTANT = Kind("bad-time", datetime, _instant, _show_instant)
EMAIL = Kind("bad-email", str, _matching(_EMAIL, "takes an e-mail address", "应为电子邮箱地址"))
PHONE = Kind(
    "bad-phone", str, _matching(_PHONE, "takes digits, blanks, + - ( and )", "只能含数字、空格、+、- 和半角括号")
)
URL = Kind("bad-url", str, _matching(_URL, *_URL_PROBLEM))
URLS = Kind("bad-url", str, _urls)
SEX = Kind("bad-sex", str, _among(SEXES))
STATUS = Kind("bad-status", str, _among(STATUSES))
DATE = Kind("bad-date", PartialDate, _partial_date)
AGE = Kind("bad-age", Age, _age)
COUNTRY = Kind(
    "bad-country", str, _matching(_COUNTRY, "takes two capitals of ISO 3166-1", "应为 ISO 3166-1 两位大写代码")
)
BOOLEAN = Kind("bad-boolean", bool, _boolean, _show_boolean)
