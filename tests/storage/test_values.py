"""What a case is given is taken in its one canonical form or refused with the field named; nothing is coerced."""

from __future__ import annotations

import enum
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from histories import STAFF
from rows import CHOICES, NOW, SAMPLE

from casework import Actor, Case, Casework, FrozenClock, Refused
from casework.desk import Desk
from casework.model.actor import is_identifier
from casework.model.fields import FIELD_CLASSES, Field
from casework.model.refusal import Refusal

pytestmark = pytest.mark.both

BAD_TEXTS = {
    "NUL": "a\0b",
    "only NUL": "\0",
    "a lone high surrogate": "a\ud800b",
    "a lone low surrogate": "\udfff",
    "surrogates the wrong way round": "\udc00\ud800",
    "a CESU pair": "\ud83d\ude00",
    "too long": "x" * 10_001,
    "too many graphemes": "e\u0301" * 10_000,
    "NUL beyond ASCII": "中\0",
}
GOOD_TEXTS = {
    "nothing": "",
    "a space": " ",
    "NFD": "e\u0301cole",
    "NFD Hangul": "\u1112\u1161\u11ab",
    "a look-alike": "раураl",
    "bidi": "abc\u202edef\u2066ghi\u2069",
    "zero width": "a\u200b\u200d\ufeffb",
    "non-characters": "\ufffe\uffff\U0001ffff",
    "private use": "\ue000\U0010fffd",
    "emoji with joiners": "👨‍👩‍👧‍👦🏳️‍🌈",
    "beyond the basic plane": "𠮷野家\U0001f600",
    "a compatibility ideograph": "\uf900",
    "a thousand combining marks": "a" + "\u0301" * 1_000,
    "long": "中" * 2_000,
    "control characters": "\x01\x1b[31m\x7f\x85\r\n\t",
    "line separators": "a\u2028b\u2029c",
    "like SQL": "'; DROP TABLE casework_case; --",
    "like a format": "{0.__class__.__init__.__globals__} %s %(x)s ${x} {{x}}",
    "like a formula": "=1+1",
    "like JSON": '{"instant":"2026-01-01T00:00:00Z"}',
    "an expanding composition": "\u0958" * 100,
    "ligatures": "\ufb01\u00c5\u212b",
}
TEXTS = BAD_TEXTS | GOOD_TEXTS
TEXT_FIELDS = tuple(field.name for field in SAMPLE.data if field.type == "text")


@pytest.fixture(scope="module")
def app(database: str) -> Iterator[Casework]:
    made = Casework(database, case_types=[SAMPLE], clock=FrozenClock(NOW))
    made.create_tables()
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def desk(app: Casework) -> Desk:
    return app.desk(Actor("li", {"clerk", "nurse", "chief"}, unit="anlu"))


Way = Callable[[Desk, dict[str, Any]], Case]


def _opened(desk: Desk, values: dict[str, Any]) -> Case:
    return desk.open("sample", **values)


def _fired(desk: Desk, values: dict[str, Any]) -> Case:
    return desk.fire(desk.open("sample"), "begin", values)


def _amended(desk: Desk, values: dict[str, Any]) -> Case:
    return desk.amend(desk.open("sample"), **values)


WAYS: dict[str, Way] = {"open": _opened, "fire": _fired, "amend": _amended}


def refusal(way: str, desk: Desk, values: dict[str, Any]) -> Refusal:
    with pytest.raises(Refused) as no:
        WAYS[way](desk, values)
    return no.value.refusal


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", TEXTS)
def test_f68_a_text_is_kept_in_nfc_or_refused_with_its_field(desk: Desk, way: str, text: str) -> None:
    for name in TEXT_FIELDS:
        if text in BAD_TEXTS or (len(TEXTS[text]) > 2_000 and name != "a_text"):
            found = refusal(way, desk, {name: TEXTS[text]})

            assert ("invalid-form", (name,)) == (found.code, tuple(problem.field for problem in found.problems))
        else:
            case = WAYS[way](desk, {name: TEXTS[text]})

            assert {name: unicodedata.normalize("NFC", TEXTS[text])} == dict(case.data)
            assert dict(case.data) == dict(desk.get(case.id).data)
            last = desk.history(case)[-1]
            assert dict(case.data) == dict(last.changes)


def test_f68_nothing_of_a_refused_text_is_stored(app: Casework, desk: Desk) -> None:
    case = desk.open("sample", a_text="before")
    found = refusal("open", desk, {"a_text": "a\0b", "a_integer": 1, "name": "\ud800"})
    with pytest.raises(Refused):
        desk.amend(case.id, a_integer=1, name="\ud800")

    assert ("a_text", "name") == tuple(problem.field for problem in found.problems)
    assert {"a_text": "before"} == dict(desk.get(case.id).data)
    assert () == app.verify().faults


class Level(enum.IntEnum):
    one = 1


class Mood(enum.Enum):
    male = "male"


WRONG: list[tuple[str, Any]] = [
    # finding 5 of the fault catalogue: what a lenient converter takes
    ("a_boolean", "false"),
    ("a_boolean", "true"),
    ("a_boolean", "no"),
    ("a_boolean", 0),
    ("a_boolean", 1),
    ("a_boolean", 1.0),
    ("a_integer", 1.9),
    ("a_integer", 1.0),
    ("a_integer", "1"),
    ("a_integer", "١٢"),
    ("a_integer", True),
    ("a_integer", Decimal(1)),
    ("a_integer", Fraction(1)),
    ("a_integer", 2**63),
    ("a_integer", -(2**63) - 1),
    ("a_integer", 10**4_301),
    ("a_text", 1),
    ("a_text", [1]),
    ("a_text", {}),
    ("a_text", b"a"),
    ("a_text", True),
    ("a_text", date(2026, 1, 1)),
    ("a_choice", "Male"),
    ("a_choice", ""),
    ("a_choice", "other"),
    ("a_choice", 1),
    ("a_choice", Level.one),
    ("a_float", 1),
    ("a_float", "1.0"),
    ("a_float", float("nan")),
    ("a_float", float("inf")),
    ("a_float", -float("inf")),
    ("a_float", Decimal("1.5")),
    ("a_float", True),
    ("a_decimal", 1),
    ("a_decimal", 1.5),
    ("a_decimal", "1.5"),
    ("a_decimal", Decimal("NaN")),
    ("a_decimal", Decimal("sNaN")),
    ("a_decimal", Decimal("Infinity")),
    ("a_decimal", Decimal("0.0000001")),
    ("a_decimal", Decimal("9223372036854.775808")),
    ("a_decimal", Decimal("1e400")),
    ("a_date", "2026-01-01"),
    ("a_date", datetime(2026, 1, 1, tzinfo=UTC)),
    ("a_date", 20_260_101),
    ("a_instant", datetime(2026, 1, 1)),
    ("a_instant", date(2026, 1, 1)),
    ("a_instant", "2026-01-01T00:00:00Z"),
    ("a_instant", 0),
    ("a_instant", datetime.max.replace(tzinfo=UTC)),
    ("a_instant", datetime.fromisoformat("0001-01-01T00:00:00+08:00")),
    ("a_instant", datetime.fromisoformat("9999-12-31T23:59:59-08:00")),
    ("a_text", ...),
    ("a_text", ("a",)),
]


def _shown(item: object) -> str:
    huge = isinstance(item, int) and item.bit_length() > 100
    return "huge" if huge else ascii(item)[:40]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda item: _shown(item))
def test_f69_nothing_is_coerced(desk: Desk, way: str, name: str, value: Any) -> None:
    found = refusal(way, desk, {name: value})

    assert ("invalid-form", (name,)) == (found.code, tuple(problem.field for problem in found.problems))


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda item: _shown(item))
def test_f69_a_request_id_changes_nothing(desk: Desk, name: str, value: Any) -> None:
    found = refusal("open", desk, {name: value, "request_id": "wrong"})

    assert ("invalid-form", (name,)) == (found.code, tuple(problem.field for problem in found.problems))
    assert desk.receipt("wrong") is None


@pytest.mark.parametrize("way", WAYS)
def test_f69_an_enumeration_stands_for_its_value(desk: Desk, way: str) -> None:
    case = WAYS[way](desk, {"a_choice": Mood.male, "a_integer": Level.one})

    assert {"a_choice": "male", "a_integer": 1} == dict(case.data)
    assert (str, int) == (type(case.data["a_choice"]), type(case.data["a_integer"]))


NOT_THERE = (
    "role",
    "id",
    "tenant",
    "revision",
    "case__open",
    "state__alpha",
    "known__diagnosis",
    "__class__",
    "a_Text",
    "\ud800",
    "a_text ",
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NOT_THERE, ids=ascii)
def test_f69_what_nobody_declared_is_refused(desk: Desk, way: str, name: str) -> None:
    found = refusal(way, desk, {name: "x", "a_text": "ok"})

    assert ("invalid-form", (name,)) == (found.code, tuple(problem.field for problem in found.problems))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [True, False])
def test_f69_a_managed_field_cannot_be_reached(desk: Desk, way: str, value: bool) -> None:
    found = refusal(way, desk, {"approved": value})

    assert ("invalid-form", ("approved",)) == (found.code, tuple(problem.field for problem in found.problems))


@pytest.mark.parametrize(
    "wrong", [*BAD_TEXTS.values(), "", "x" * 257, "a\nb", 5, None], ids=lambda item: ascii(item)[:20]
)
def test_f68_a_request_id_is_a_name(desk: Desk, wrong: Any) -> None:
    if wrong is None:
        assert desk.open("sample", request_id=wrong).id
        return
    for ask in (
        lambda: desk.open("sample", request_id=wrong),
        lambda: desk.note(desk.open("sample"), "x", request_id=wrong),
    ):
        with pytest.raises(Refused) as no:
            ask()

        assert ("invalid-form", "request_id") == (no.value.refusal.code, no.value.refusal.problems[0].field)


@pytest.mark.parametrize("wrong", [*BAD_TEXTS.values(), "x" * 129, "a\nb"], ids=lambda item: ascii(item)[:20])
def test_f68_a_unit_is_a_name(app: Casework, wrong: str) -> None:
    chief = app.desk(Actor("li", STAFF))
    with pytest.raises(Refused) as no:
        chief.open("sample", unit=wrong)

    assert ("invalid-form", "unit") == (no.value.refusal.code, no.value.refusal.problems[0].field)


@pytest.mark.parametrize("text", ["NUL", "a lone high surrogate", "too long"])
def test_f68_a_note_is_a_text(desk: Desk, text: str) -> None:
    case = desk.open("sample")
    with pytest.raises(Refused) as no:
        desk.note(case, BAD_TEXTS[text])

    assert "invalid-form" == no.value.refusal.code
    assert 1 == desk.get(case.id).revision


@pytest.mark.parametrize("person", ["a\0b", "\ud800", "x" * 129, "", " "], ids=ascii)
def test_f68_a_person_is_a_text(desk: Desk, person: str) -> None:
    with pytest.raises(Refused) as no:
        desk.assign(desk.open("sample"), "owner", person)

    assert "invalid-form" == no.value.refusal.code


@pytest.mark.parametrize("text", GOOD_TEXTS)
def test_f77_what_people_write_is_never_a_template(desk: Desk, text: str) -> None:
    words = GOOD_TEXTS[text]
    found = refusal("open", desk, {words: 1, "a_choice": words})

    assert (
        words in found.sentence("en")
        or unicodedata.normalize("NFC", words) in found.sentence("en")
        or repr(words)[1:-1] in found.sentence("en")
    )


@pytest.mark.parametrize("field_class", FIELD_CLASSES)
@pytest.mark.parametrize("choice", [choice.name for choice in CHOICES])
def test_a_field_takes_the_same_whatever_its_class(field_class: Any, choice: str) -> None:
    assert choice == Field("x", "choice", choices=CHOICES, field_class=field_class).accept(choice)


def test_what_names_a_person_is_printable() -> None:
    assert [True, False, False, False, False] == [is_identifier(item) for item in ("李", "", "a\0", "x" * 129, 5)]


BAD_SUBJECTS: dict[str, tuple[Any, str, str]] = {
    "not text": ({"person": 5}, "subjects.person", "printable text of 1 to 128"),
    "nothing": ({"person": None}, "subjects.person", "printable text of 1 to 128"),
    "empty": ({"person": ""}, "subjects.person", "printable text of 1 to 128"),
    "a lone surrogate": ({"person": "\ud800"}, "subjects.person", "printable text of 1 to 128"),
    "huge": ({"person": "x" * 100_000}, "subjects.person", "printable text of 1 to 128"),
    "an unknown subject": ({"dog": "rex"}, "subjects.dog", "no such subject; there is person"),
    "a name that is none": ({"\ud800": "rex"}, "subjects.'\\ud800'", "no such subject"),
    "not a mapping": ("li", "subjects", "a mapping from subject to person"),
    "an empty text": ("", "subjects", "a mapping from subject to person"),
}


@pytest.mark.parametrize("request_id", [None, "one"])
@pytest.mark.parametrize(("subjects", "where", "told"), BAD_SUBJECTS.values(), ids=BAD_SUBJECTS)
def test_a_subject_is_named_as_a_person_is(
    desk: Desk, subjects: Any, where: str, told: str, request_id: str | None
) -> None:
    with pytest.raises(Refused) as no:
        desk.open("sample", subjects=subjects, request_id=request_id)

    assert ("invalid-form", [where]) == (no.value.refusal.code, [item.field for item in no.value.refusal.problems])
    assert told in no.value.refusal.problems[0].text.en
    assert where.encode() and no.value.refusal.sentence("zh").encode()


@pytest.mark.parametrize("name", ["\ud800", "a\0b", "", None, [], 5, "x" * 100_000])
def test_a_name_that_nothing_can_have_is_not_there(desk: Desk, name: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: desk.find(name),
        lambda: desk.open(name),
        lambda: desk.worklist(name, "mine"),
        lambda: desk.worklist("sample", name),
        lambda: desk.waiting("sample", name),
    ]
    for call in calls:
        with pytest.raises(Refused) as no:
            call()
        assert "not-found" == no.value.refusal.code
        assert no.value.refusal.sentence("zh").encode()
    assert None is desk.receipt(name)


@pytest.mark.parametrize("case", [None, uuid.uuid4(), 5, ["x"]])
def test_a_case_is_given_as_one_or_by_its_id(desk: Desk, case: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: desk.get(case),
        lambda: desk.fire(case, "begin"),
        lambda: desk.history(case),
        lambda: desk.available(case),
        lambda: desk.note(case, "x", request_id="one"),
        lambda: desk.bulk([case], "begin", batch="b"),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=f"a Case or by its id, a text; this is {type(case).__name__}"):
            call()
