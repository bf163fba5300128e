"""One case as one line of JSON, to be carried from store to store: written as somebody may see it, read strictly.

Values are JSON as it is; what JSON has no form for is text of one fixed shape: a date ``2026-01-31``, an
instant ``2026-01-31T08:00:00Z`` (or with its offset), a decimal ``12.50``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

import attrs

from casework.compiled import Compiled
from casework.condition.literal import Value, natural
from casework.deciding.extending import MOST
from casework.desk.requests import REQUEST_LIMIT
from casework.desk.viewing import note_shown
from casework.errors import InvalidValue, Refused
from casework.model.actor import is_identifier
from casework.model.case import Placed, Snapshot
from casework.model.fields import Field
from casework.model.reading import Shown
from casework.model.refusal import Problem, Refusal
from casework.model.term import Extension, Pause, Term
from casework.text import Text

FORMAT = "casework-case-1"
LINE_LIMIT = 1_048_576
"""The bytes that one record may have at most; a case of the largest allowed texts has a tenth of them."""

_PLACED = ("states", "marks", "dues", "terms", "acts", "roles", "opened_at", "closed_at")
KEYS = ("format", "id", "case_type", "unit", "subjects", "data", "withheld", "source", *_PLACED)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DECIMAL = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")


def record_of(
    shown: list[Shown], compiled: Compiled, snapshot: Snapshot, roles: frozenset[str], assigned: Mapping[str, str]
) -> dict[str, Any]:
    """A case as *roles* may read it; *withheld* names what is known and not theirs to read.

    Whom the case is about and who holds its local roles is told to those who may know persons.
    """
    visible = compiled.access.visible(snapshot.data, roles)
    note_shown(shown, compiled, snapshot.id, visible, roles)
    persons = {"subjects": dict(snapshot.subjects), "roles": dict(assigned)}
    known = compiled.access.knows_persons(roles)
    kept_back = () if known else tuple(f"{part}.{name}" for part, named in persons.items() for name in named)
    return {
        "format": FORMAT,
        "id": snapshot.id,
        "case_type": snapshot.case_type,
        "unit": snapshot.unit,
        "subjects": {} if kept_back else persons["subjects"],
        "data": {name: natural(value) for name, value in snapshot.data.items() if name in visible},
        "withheld": sorted([*(snapshot.data.keys() - visible), *kept_back]),
        "states": dict(snapshot.states),
        "marks": {mark: natural(at) for mark, at in snapshot.marks.items()},
        "dues": {name: natural(due) for name, due in snapshot.dues.items()},
        **({"terms": {name: _term(term) for name, term in snapshot.terms.items()}} if snapshot.terms else {}),
        "acts": dict(snapshot.acts),
        "roles": {} if kept_back else persons["roles"],
        "opened_at": natural(snapshot.opened_at),
        "closed_at": natural(snapshot.closed_at),
    }


@attrs.frozen(kw_only=True)
class Record:
    """A record that was read: what it says, every part of the type that it has to be. *data* are no values yet.

    *placed* is None where it says nothing of how a case stands, so that the case is opened like any other.
    """

    id: str
    case_type: str
    unit: str | None
    subjects: Mapping[str, str]
    data: Mapping[str, object]
    withheld: tuple[str, ...]
    source: str
    placed: Placed | None


def parse(line: bytes | str) -> dict[str, Any]:
    """The JSON object of one line. Raises Refused where it is none, or one that two readers may read differently."""
    raw = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else bytes(line)
    if len(raw) > LINE_LIMIT:
        raise refused("", f"a record has at most {LINE_LIMIT:,} bytes", f"每条记录最多{LINE_LIMIT:,}字节")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise refused(
            "",
            "it begins with a byte order mark; save the file without",
            "开头有字节顺序标记，请另存为不带该标记的文件",
        )
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError:
        raise refused("", "it is not UTF-8 text", "不是UTF-8文本") from None
    except (ValueError, RecursionError) as error:
        column = error.colno if isinstance(error, json.JSONDecodeError) else None
        en, zh = ("", "") if column is None else (f" (column {column})", f"（第{column}列）")
        raise refused("", f"it is not one JSON object{en}", f"不是一个JSON对象{zh}") from None
    if not isinstance(found, dict):
        raise refused("", "it is not one JSON object", "不是一个JSON对象")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise refused(
            _name(twice), "this key stands there twice; it may stand there once", "此键出现两次，只能出现一次"
        )
    return found


def _constant(_: str) -> NoReturn:
    raise refused("", "NaN and Infinity are not JSON", "NaN和Infinity不是JSON")


def refused(where: str, en: str, zh: str) -> Refused:
    """The refusal of one record for one mistake; *where* names its place."""
    return Refused(Refusal("invalid-form", trigger="import", problems=(Problem(where, Text(en, zh)),)))


class _Reader:
    """Takes a record apart and remembers every mistake."""

    def __init__(self, record: Mapping[str, object]) -> None:
        self._record = record
        self.problems: list[Problem] = []

    def wrong(self, where: str, en: str, zh: str) -> None:
        self.problems.append(Problem(where, Text(en, zh)))

    def name(self, key: str, limit: int = 128) -> str:
        """A printable text that has to be there."""
        value = self._record.get(key)
        if is_identifier(value, limit):
            return str(value)
        self.wrong(key, f"takes a printable text of 1 to {limit} characters", f"须为1至{limit}个可打印字符")
        return ""

    def table(self, key: str) -> Mapping[str, object]:
        value = self._record.get(key, {})
        if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
            return value
        self.wrong(key, "takes an object of names and values", "须为由名称和值组成的对象")
        return {}

    def names(self, key: str) -> dict[str, str]:
        found = {}
        for name, value in self.table(key).items():
            if is_identifier(value):
                found[name] = str(value)
            else:
                self.wrong(f"{key}.{_name(name)}", *_NAME)
        return found

    def instants(self, key: str) -> dict[str, datetime]:
        found = {}
        for name, value in self.table(key).items():
            at = self.instant(f"{key}.{_name(name)}", value)
            if at is not None:
                found[name] = at
        return found

    def instant(self, where: str, value: object) -> datetime | None:
        """An instant, or None with the mistake remembered."""
        try:
            found = value_of(Field(where, "instant"), value)
        except InvalidValue as error:
            self.wrong(where, error.problem, error.zh)
            return None
        assert isinstance(found, datetime)
        return found

    def listed(self, key: str) -> tuple[str, ...]:
        value = self._record.get(key, ())
        if isinstance(value, list | tuple) and all(is_identifier(item) for item in value):
            return tuple(value)
        self.wrong(key, "takes a list of names", "须为名称列表")
        return ()

    def keys(self, known: Iterable[str]) -> None:
        for key in self._record:
            if key not in known:
                told = ", ".join(known)
                self.wrong(_name(key), f"there is no such key; a record has {told}", f"没有此键；可用：{told}")

    def placed(self) -> Placed | None:
        if not any(key in self._record for key in _PLACED):
            return None
        told = {}
        for key in ("opened_at", "closed_at"):
            value = self._record.get(key)
            told[key] = None if value is None else self.instant(key, value)
        return Placed(
            states=self.names("states"),
            marks=self.instants("marks"),
            dues=self.instants("dues"),
            terms=self.terms(),
            acts=self.names("acts"),
            roles=self.names("roles"),
            **told,
        )

    def terms(self) -> dict[str, Term]:
        """How far the clocks of rules have come: since when, with which pauses, by how much longer."""
        found = {}
        for name, told in self.table("terms").items():
            where = f"terms.{_name(name)}"
            if not isinstance(told, Mapping) or set(told) - {"started", "pauses", "longer"} or "started" not in told:
                self.wrong(where, "takes started, pauses and longer", "须为 started、pauses、longer")
                continue
            started, longer = self.instant(f"{where}.started", told["started"]), told.get("longer", 0)
            pauses = self._pauses(f"{where}.pauses", told.get("pauses", []), started)
            if type(longer) is not int or not 0 <= longer <= MOST:
                self.wrong(f"{where}.longer", "takes a whole number", "须为整数")
            elif started is not None and pauses is not None:
                extensions = (Extension(longer, 1),) if longer else ()
                found[name] = Term(started=started, pauses=pauses, extensions=extensions)
        return found

    def _pauses(self, where: str, told: object, started: datetime | None) -> tuple[Pause, ...] | None:
        """Pauses one after the other, of which only the last may last on; None where they are none."""
        pairs = told if isinstance(told, list | tuple) else [None]
        read: list[Pause] = []
        last = started
        for pair in pairs:
            if not isinstance(pair, list | tuple) or len(pair) != 2 or last is None:
                break
            since = self.instant(where, pair[0])
            until = None if pair[1] is None else self.instant(where, pair[1])
            if since is None or since < last or (until is not None and until <= since):
                break
            read.append((since, until))
            last = until
        if len(read) == len(pairs):
            return tuple(read)
        self.wrong(where, "takes pairs of instants, one pause after the other", "须为依次排列的起止时刻")
        return None


def _term(term: Term) -> dict[str, Any]:
    longer = sum(item.value for item in term.extensions)
    return {
        "started": natural(term.started),
        "pauses": [[natural(since), natural(until)] for since, until in term.pauses],
        **({"longer": longer} if longer else {}),
    }


_NAME = ("takes a printable text of 1 to 128 characters", "须为1至128个可打印字符")


def read(record: Mapping[str, object]) -> Record:
    """What a record says. Raises Refused with every mistake of its structure at once."""
    reader = _Reader(record)
    reader.keys(KEYS)
    if record.get("format") != FORMAT:
        reader.wrong("format", f"has to be {FORMAT!r}", f"须为“{FORMAT}”")
    found = Record(
        id=reader.name("id", REQUEST_LIMIT),
        case_type=reader.name("case_type"),
        # A case may belong to no unit at all, which is the empty text.
        unit=reader.name("unit") if record.get("unit") else None if record.get("unit") is None else "",
        subjects=reader.names("subjects"),
        data=reader.table("data"),
        withheld=reader.listed("withheld"),
        source=reader.name("source") if "source" in record else "",
        placed=reader.placed(),
    )
    if reader.problems:
        raise Refused(Refusal("invalid-form", trigger="import", problems=tuple(reader.problems)))
    return found


def values_of(fields: Mapping[str, Field], data: Mapping[str, object]) -> tuple[dict[str, Value], tuple[Problem, ...]]:
    """The values of a record's data, and every mistake in them."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, told in data.items():
        field = fields.get(name)
        if field is None:
            known = ", ".join(fields) or "-"
            problem = Text(f"there is no such field; there is {known}", f"没有此字段；现有：{known}")
            problems.append(Problem(f"data.{_name(name)}", problem))
            continue
        try:
            values[name] = value_of(field, told)
        except InvalidValue as error:
            problems.append(Problem(f"data.{name}", Text(error.problem, error.zh)))
    return values, tuple(problems)


def value_of(field: Field, told: object) -> Value:
    """The value that *told* writes for *field*; InvalidValue where it is another type, form or value (F69)."""
    read = _SHAPES.get(field.type)
    if read is None:
        return field.accept(told if not isinstance(told, list | dict) and told is not None else _none(field, told))
    pattern, make, shape = read
    problem = InvalidValue(field.name, f"takes a text such as {shape}", f"须为文字，如 {shape}")
    if not isinstance(told, str) or pattern.fullmatch(told) is None or not told.isascii():
        raise problem
    try:
        return field.accept(make(told))
    except InvalidValue:
        raise
    except ValueError:
        raise problem from None


_SHAPES: dict[str, tuple[re.Pattern[str], Callable[[str], Value], str]] = {
    "date": (_DATE, date.fromisoformat, "2026-01-31"),
    "instant": (_INSTANT, datetime.fromisoformat, "2026-01-31T08:00:00Z"),
    "decimal": (_DECIMAL, Decimal, "12.50"),
}


def _none(field: Field, told: object) -> NoReturn:
    kind = "an object" if isinstance(told, dict) else "a list" if isinstance(told, list) else "null"
    raise InvalidValue(
        field.name, f"takes {field.type}, not {kind}; leave out what is not known", "值的类型不对；不详的请省略"
    )


def _name(key: object) -> str:
    """A name out of a record, in a form that every screen can show."""
    return str(key) if is_identifier(key) else ascii(key)[:40]
