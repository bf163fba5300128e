"""Whatever can be defined can be written and read again, and no text whatever breaks the reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from strategies import conditions, definitions, fields, small_values, sound_case_types, values

from casework.condition.literal import from_plain, to_plain
from casework.condition.table import from_table, to_table
from casework.condition.tree import Condition
from casework.errors import DocumentError
from casework.loader import CODES, dump, from_document, load, parse_text, to_document
from casework.model.casetype import CaseType
from casework.model.fields import Field
from casework.model.finding import Finding
from casework.soundness import check


@given(definitions())
def test_a_dumped_definition_loads_as_the_same_value(definition: Any) -> None:
    assert definition == load(dump(definition))


@given(definitions())
def test_a_document_is_plain_and_gives_the_same_value(definition: Any) -> None:
    document = to_document(definition)

    assert definition == from_document(document)
    assert definition == from_document(json.loads(json.dumps(document)))


@given(definitions())
def test_an_independent_reader_sees_the_same_document(definition: Any) -> None:
    assert to_document(definition) == YAML(typ="safe", pure=True).load(dump(definition))


@given(definitions())
def test_json_is_read_like_yaml(definition: Any) -> None:
    document = to_document(definition)

    assert definition == load(json.dumps(document))
    assert definition == load(json.dumps(document, indent="\t"))


@given(sound_case_types())
def test_sound_case_types_pass_the_check_before_and_after(case_type: CaseType) -> None:
    again = load(dump(case_type))

    assert case_type == again
    assert isinstance(again, CaseType)
    assert [] == [finding for finding in check(again) if finding.level == "error"]


@given(conditions())
def test_a_condition_survives_its_table(condition: Condition) -> None:
    assert condition == from_table(to_table(condition))


@given(values())
def test_a_value_survives_its_plain_form_with_its_type(value: Any) -> None:
    again = from_plain(to_plain(value))

    assert (type(value), value) == (type(again), again)


@given(fields().filter(lambda field: field.type != "choice" or field.choices), st.data())
def test_what_a_field_holds_can_be_typed_in(field: Field, data: st.DataObject) -> None:
    plain = Field(field.name, field.type, choices=field.choices)
    value = data.draw(small_values(plain))

    assert value == parse_text(plain, value.isoformat() if hasattr(value, "isoformat") else str(value))


@given(st.text(st.characters(), max_size=60) | st.text("{}[]:,-?&*!|>'\"%@`#\n\t ab1~.\\u", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert all(finding.line for finding in _refusals(lambda: load(text)))


JUNK: list[Any] = [None, True, 0, 1.5, 10**30, "", "x", [], [[]], {}, {"a": 1}, {"all": {}}, {"set": []}, ["x", None]]


@given(definitions(), st.data())
def test_a_spoilt_document_is_read_or_refused_with_a_place(definition: Any, data: st.DataObject) -> None:
    document = to_document(definition)
    *way, last = data.draw(st.sampled_from(list(_places(document))))
    spoilt = document
    for step in way:
        spoilt = spoilt[step]
    spoilt[last] = data.draw(st.sampled_from(JUNK))

    assert all(finding.line for finding in _refusals(lambda: load(json.dumps(document))))
    assert all(finding.line is None for finding in _refusals(lambda: from_document(document)))


def _places(plain: Any, way: tuple[Any, ...] = ()) -> Any:
    steps = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for step, inner in steps:
        yield (*way, step)
        yield from _places(inner, (*way, step))


def _refusals(read: Callable[[], object]) -> tuple[Finding, ...]:
    """The findings of a document; none if it was read. Anything but DocumentError is a fault of the reader."""
    try:
        read()
    except DocumentError as error:
        findings = error.findings
    else:
        return ()
    assert findings
    assert all(finding.code in CODES and finding.path and finding.message for finding in findings)
    return findings
