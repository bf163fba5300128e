from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from casework.condition.build import balance, elapsed_since, given, state
from casework.condition.tree import Optional
from casework.errors import DocumentError, InvalidValue
from casework.loader import dump, from_document, load, load_file, parse_text, to_document
from casework.model.casetype import CaseType
from casework.model.command import (
    Assign,
    Doer,
    Given,
    Held,
    Now,
    Open,
    Post,
    Recheck,
    Run,
    Send,
    Set,
    Settle,
    Unit,
    Void,
)
from casework.model.fields import Choice, Field
from casework.model.outfit import Account, Invariant, Role
from casework.model.workflow import State, Transition, Workflow
from casework.text import Text

DOCUMENTS = Path(__file__).parent.parent / "documents"

DOOR = Workflow(
    "door",
    initial="open",
    states=[State("open"), State("shut", final=True)],
    transitions=[Transition("shut", "open", "shut", roles="porter")],
)


@pytest.fixture(scope="module")
def visit() -> CaseType:
    definition = load_file(DOCUMENTS / "visit.yaml")
    assert isinstance(definition, CaseType)
    return definition


def report(visit: CaseType) -> Transition:
    return visit.main.transitions[0]


def test_a_document_with_states_is_a_workflow() -> None:
    text = """
name: door
initial: open
states: [{name: open}, {name: shut, final: true}]
transitions: [{trigger: shut, from: open, to: shut, roles: porter}]
"""

    assert load(text) == DOOR


def test_a_document_with_a_chain_is_a_case_type(visit: CaseType) -> None:
    assert ("visit", 2, Text("home visit", "入户探访")) == (visit.name, visit.version, visit.title)
    assert (Role("visitor"), Role("lead", title=Text("team lead", "组长")), Role("minder", local=True)) == visit.roles
    assert (("edit", ("lead",)), ("view", ("visitor", "lead"))) == visit.grants
    assert (Account("kits", "kit", minimum=0), Account("used", "kit", owner="case")) == visit.accounts


def test_fields_have_choices_classes_and_typed_bounds(visit: CaseType) -> None:
    mood = Field("mood", "choice", choices=("good", Choice("poor", Text(zh="较差"))))
    pulse = Field("pulse", "integer", field_class="health", minimum=20, maximum=250)
    cost = Field("cost", "decimal", minimum=Decimal("0"))

    assert (mood, pulse, cost) == visit.data[1:4]
    assert ("mood", "pulse") == visit.data[5].derived_from


def test_conditions_are_tables(visit: CaseType) -> None:
    expected = (
        (elapsed_since("planned") >= timedelta(hours=1))
        & given("mood").in_("good", "poor")
        & Optional("alarm", state("alarm") != "on")
        & (balance("kits") >= 1)
    )

    assert expected == report(visit).condition
    assert [Invariant] == [type(item) for item in visit.invariants]


def test_effects_are_one_key_tables(visit: CaseType) -> None:
    expected = (
        Set("mood", Given("mood")),
        Set("visited_at", Now()),
        Set("worried", True),
        Set("cost", Decimal("2.5")),
        Set("pulse", None),
        Post("kits", "used", Given("kits"), hold="spare"),
        Settle("spare"),
        Void("spare"),
        Send("sms", Held("person"), {"who": Doer(), "where": Unit(), "what": "已探访"}),
        Open("visit", {"person": Held("person")}),
        Assign("minder"),
        Assign("minder", None),
        Recheck(),
        Run("tell_family"),
    )

    assert expected == report(visit).effects


def test_what_was_read_is_written_and_read_again(visit: CaseType) -> None:
    assert load(dump(visit)) == visit
    assert from_document(to_document(visit)) == visit
    assert load(json.dumps(to_document(visit))) == visit


def test_a_dump_leaves_out_defaults_and_reads_well() -> None:
    expected = """\
name: door
initial: open
states:
  - {name: open}
  - {name: shut, final: true}
transitions:
  - {trigger: shut, from: open, to: shut, roles: porter}
"""

    assert expected == dump(DOOR)


def test_a_dump_writes_chinese_as_it_is_and_quotes_what_could_be_mistaken() -> None:
    titled = Workflow("on", title=Text("no", "门：开/关"), initial="1", states=[State("1")], transitions=[])

    assert 'name: "on"\ntitle: {en: "no", zh: 门：开/关}\ninitial: "1"\n' in dump(titled)
    assert titled == load(dump(titled))


def test_the_same_definition_always_gives_the_same_document(visit: CaseType) -> None:
    again = load(dump(visit))

    assert json.dumps(to_document(visit)) == json.dumps(to_document(again))


def test_a_name_that_stands_twice_is_not_lost_in_silence() -> None:
    twice = Transition("shut", "open", effects=[Send("sms", "", (("a", 1), ("a", 2)))])

    with pytest.raises(InvalidValue, match="stands there twice"):
        dump(Workflow("door", initial="open", states=[State("open")], transitions=[twice]))


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("2026-01-31", "2026-01-31"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("'7'", "7"),
        ("7", 7),
        ("-0x1F", "-0x1F"),
        ("0x1F", 31),
        ("0o17", 15),
        ("true", True),
        ('"true"', "true"),
        ("1.5e3", 1500.0),
        (r'"\ud83d\ude00"', "😀"),
        ("{date: 2026-01-31}", date(2026, 1, 31)),
        ("{instant: 2026-01-31T08:00:00+08:00}", datetime(2026, 1, 31, tzinfo=UTC)),
        ("~", None),
        ("", None),
    ],
)
def test_only_yaml_1_2_decides_what_a_plain_scalar_is(plain: str, value: Any) -> None:
    text = f"""
name: door
initial: open
states: [{{name: open}}]
transitions:
  - trigger: shut
    effects:
      - set:
          thing: {plain}
"""

    definition = load(text)

    assert isinstance(definition, Workflow)
    assert (Set("thing", value),) == definition.transitions[0].effects


def test_a_file_that_is_not_utf_8_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "door.yaml"
    path.write_bytes("name: door\ntitle: 门\n".encode("gb18030"))

    with pytest.raises(DocumentError) as caught:
        load_file(path)

    assert [("CW001", 2)] == [(finding.code, finding.line) for finding in caught.value.findings]
    assert str(path) == caught.value.source


KIND = Field("kind", "choice", choices=(Choice("city", Text("City", "城市")), Choice("town", Text("Town", "城镇"))))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Field("n", "integer"), " 42 ", 42),
        (Field("n", "integer"), "－４２", -42),
        (Field("d", "decimal"), "12.50", Decimal("12.5")),
        (Field("f", "float"), "36.6", 36.6),
        (Field("b", "boolean"), "Yes", True),
        (Field("b", "boolean"), "否", False),
        (Field("d", "date"), "2024-02-29", date(2024, 2, 29)),
        (Field("i", "instant"), "2026-01-31 08:00+08:00", datetime(2026, 1, 31, tzinfo=UTC)),
        (Field("i", "instant"), "2026-01-31T08:00:01Z", datetime(2026, 1, 31, 8, 0, 1, tzinfo=UTC)),
        (KIND, "town", "town"),
        (KIND, "CITY", "city"),
        (KIND, "城镇", "town"),
        (Field("t"), " 42 ", " 42 "),
    ],
)
def test_a_text_becomes_a_value_of_the_declared_type(field: Field, text: str, value: Any) -> None:
    parsed = parse_text(field, text)

    assert (type(value), value) == (type(parsed), parsed)


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        (Field("n", "integer"), "1.9", "'1.9' is not a whole number; write digits only"),
        (Field("n", "integer"), "1,000", "is not a whole number"),
        (Field("n", "integer"), "٤٢", "is not a whole number"),
        (Field("n", "integer"), "9" * 5000, "is not a whole number"),
        (Field("n", "integer"), "9" * 20, "limited to 64 bits"),
        (Field("n", "integer", maximum=5), "6", "takes at most 5"),
        (Field("n", "integer"), "  ", "is empty"),
        (Field("d", "decimal"), "NaN", "is not a decimal number"),
        (Field("f", "float"), "1e999", "NaN and infinity"),
        (Field("b", "boolean"), "1", "'1' is not yes or no"),
        (Field("d", "date"), "31.01.2026", "write year-month-day"),
        (Field("d", "date"), "2026-02-30", "is not a date"),
        (Field("i", "instant"), "2026-01-31T08:00", "names no time zone"),
        (KIND, "village", "write one of city, town"),
        (Field("t", max_length=3), "long", "at most 3 characters"),
    ],
)
def test_a_text_that_is_no_value_is_refused_with_what_to_write(field: Field, text: str, problem: str) -> None:
    with pytest.raises(InvalidValue, match=problem):
        parse_text(field, text)


def test_a_title_that_two_choices_share_is_not_guessed() -> None:
    twins = Field("kind", "choice", choices=(Choice("a", Text("same")), Choice("b", Text("same"))))

    with pytest.raises(InvalidValue, match="could be a or b"):
        parse_text(twins, "same")
