"""F106: three hundred hostile payloads for the condition language are refused by type; none is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from errands import errand

from casework import Casework, Condition, DocumentError, InvalidValue, Transition, UnsoundDefinition, load
from casework.condition.table import from_table
from casework.soundness import check_condition

MARK = "f106-was-here"
CODE = [
    f"__import__('pathlib').Path('{MARK}').touch()",
    f"open('{MARK}', 'w')",
    "().__class__.__bases__[0].__subclasses__()",
    "{0.__class__.__init__.__globals__}",
    "{{7*7}}",
    "${7*7}",
    f"$(touch {MARK})",
    f"`touch {MARK}`",
    f"'; ATTACH DATABASE '{MARK}' AS x; --",
    "count) OR 1=1 --",
    'count" OR "1"="1',
    "lambda: 0",
    "count.__class__",
    "count.real",
    "../../etc/passwd",
    "%(x)s%n",
    "count\0",
    "\ud800",
    "\u202ecount",
    "ｃｏｕｎｔ",
]
REFERENCES = ("field", "given", "state", "balance", "elapsed_since")
ATOMS = ("known", "known_given", "overdue", "role", "differs_from", "slot")


def nested(kind: str, depth: int) -> Any:
    """A condition inside conditions, *depth* times."""
    table: Any = {"field": "count", "eq": 1}
    for _ in range(depth):
        table = {"not": table} if kind == "not" else {kind: [table]}
    return table


def payloads() -> Iterator[Any]:
    """Tables that are no conditions of a sound definition."""
    for text in CODE:
        yield from ({reference: text, "eq": 1} for reference in REFERENCES)
        yield from ({atom: text} for atom in ATOMS)
        yield from ({"field": "count", text: 1}, {text: "count"}, {"python": text}, text, [text])
        yield {"field": "count", "eq": {"eval": text}}
    for value in (float("nan"), float("inf"), 10**40, {"decimal": "1e999999999"}, {"decimal": "NaN"}, None, [], {}):
        yield {"field": "count", "eq": value}
    for value in ({"date": "2026-13-40"}, {"instant": "2026-01-01T00:00:00"}, {"float": "0x"}, "x" * 20_000, True, 1.5):
        yield {"field": "count", "lt": value}
    for kind in ("not", "all", "any"):
        yield from (nested(kind, depth) for depth in (33, 100, 200))
    yield from ({"all": [{"field": "count", "eq": 1}] * 501}, {"any": {"field": "count", "eq": 1}}, {"all": "x"})
    yield from ({"field": "count", "in": "abc"}, {"field": "count", "in": {"eq": 1}}, {"field": ["count"], "eq": 1})
    yield from ({"elapsed_since": "new", "ge": f"{9**40}d"}, {"elapsed_since": "new", "ge": "-1d"}, {"optional": "x"})
    yield from (
        {},
        [],
        None,
        1,
        "",
        {"all": [None]},
        {"not": []},
        {"field": "count"},
        {"eq": 1},
        {"field": "count", "eq": 1, "ne": 1},
    )


PAYLOADS = list(payloads())
HOST = errand(Transition("act", "new", roles="clerk"))


def test_there_are_three_hundred() -> None:
    assert 300 <= len(PAYLOADS)


def refusal_of(table: Any) -> str:
    """How the table is refused, by the reader or by the check; empty where it is let through."""
    try:
        condition = from_table(table)
    except InvalidValue:
        return "invalid"
    assert isinstance(condition, Condition)
    return "unsound" if check_condition(Casework(case_types=[HOST]).case_types[0], condition) else ""


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 25))
def test_every_payload_is_refused_as_a_table(start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    through = [table for table in PAYLOADS[start : start + 25] if not refusal_of(table)]

    assert [] == through
    assert [] == list(tmp_path.iterdir())


def document(table: Any) -> str:
    """A case type as YAML (JSON is YAML) with the payload for a condition."""
    transition = {"trigger": "act", "from": "new", "roles": "clerk", "condition": table}
    states = [{"name": "new"}, {"name": "done", "final": True}]
    through = {"trigger": "end", "from": "new", "to": "done", "roles": "clerk"}
    workflow = {"name": "errand", "initial": "new", "states": states, "transitions": [transition, through]}
    data = [{"name": "count", "type": "integer"}]
    whole = {"name": "errand", "opens": "clerk", "roles": ["clerk"], "data": data, "chain": [workflow]}
    whole["grants"] = {"view": "clerk"}
    return json.dumps(whole, ensure_ascii=True)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 25))
def test_every_payload_is_refused_as_a_document(start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for table in PAYLOADS[start : start + 25]:
        with pytest.raises((DocumentError, UnsoundDefinition, InvalidValue)):
            Casework(case_types=[load(document(table))])

    assert [] == list(tmp_path.iterdir())


def test_the_frame_around_the_payloads_is_sound() -> None:
    assert Casework(case_types=[load(document({"field": "count", "eq": 1}))]).case_types
    assert "" == refusal_of({"field": "count", "eq": 1})


BOMBS = {
    "aliases": "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a tag": "!!python/object/apply:os.system ['touch f106-was-here']\n",
    "a merge": "base: &base {a: 1}\nname: {<<: *base}\n",
    "depth": "[" * 20_000,
    "size": "name: " + "x" * 2_000_000,
    "a huge number": "name: errand\nversion: " + "9" * 10_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_yaml_is_refused_at_once(name: str) -> None:
    with pytest.raises(DocumentError):
        load(BOMBS[name])
