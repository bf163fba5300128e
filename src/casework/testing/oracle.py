"""INV: what must hold of a store after every fault, told from its tables alone.

(a) every acknowledged call is present, exactly once; (b) refused calls left nothing (``untouched``);
(c) revision = number of entries, row = fold of the entries; (d) ``verify`` finds the store whole;
(e) timers, messages, postings, enclosures and children stand as the entries say.

Only (d) asks the engine. The rest reads SQL, entry bytes and manifest documents with code of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs

from casework.app import Casework
from casework.errors import Refused
from casework.model.case import Case, Receipt
from casework.model.refusal import Refusal
from casework.storage.rows import Row, Tables, every_row
from casework.testing.sealed import opened

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def tables(app: Casework) -> Tables:
    """Every row of every table, in a fixed order."""
    with app.reading() as transaction:
        return every_row(transaction)


@contextmanager
def untouched(app: Casework) -> Iterator[None]:
    """Whatever happens inside leaves every table as it was; that somebody read something may have been logged."""
    before = tables(app)
    yield
    assert before == {**tables(app), "casework_reading": before.get("casework_reading", [])}


def refused(app: Casework, call: Callable[[], object]) -> Refusal:
    """The refusal of *call*, which has to leave nothing behind; AssertionError where it is accepted."""
    before = tables(app)
    try:
        call()
    except Refused as no:
        left = [name for name, rows in tables(app).items() if rows != before.get(name)]
        assert not left, f"a call that was refused has changed {', '.join(left)}"
        return no.refusal
    raise AssertionError("the call was accepted")


def assert_inv(
    app: Casework,
    acknowledged: Iterable[Case | Receipt | tuple[str, int]] = (),
    *,
    all_of_it: bool = False,
    rows: Tables | None = None,
    verify: bool = True,
) -> None:
    """INV. With *all_of_it* the entries are the acknowledged ones and no others (nothing but people acted).

    *rows* are those of ``tables``, where they were read already. Without *verify* (d) is left out.
    """
    store = _Store(opened(app, tables(app) if rows is None else rows))
    told = Counter(_place(item) for item in acknowledged)
    present = Counter((case_id, number) for case_id, entries in store.entries.items() for number in entries)

    assert {place: n for place, n in told.items() if n > 1} == {}, "(a) two calls were told the same entry"
    assert set() == set(told) - set(present), "(a) acknowledged, but not there"
    assert not all_of_it or set() == set(present) - set(told), "(a) there, but acknowledged to nobody"
    for case in store.cases.values():
        _same_as_log(store, case)
        _timers(store, case)
    _requests(store)
    _beside(store)
    _balances(store)
    if not verify:
        return
    verdict = app.verify()
    assert verdict.faults == (), "(d)"
    assert (len(store.cases), sum(present.values())) == (verdict.cases, verdict.entries), "(d) it looked at all"


def _place(item: Case | Receipt | tuple[str, int]) -> tuple[str, int]:
    if isinstance(item, Case):
        return item.id, item.entry
    return item if isinstance(item, tuple) else (item.case_id, item.entry)


def unframed(body: bytes) -> tuple[datetime, Row]:
    """The instant and the content of an entry, from its length-prefixed parts."""
    parts, place = [], 1
    while place < len(body):
        size = int.from_bytes(body[place : place + 4], "big")
        parts.append(body[place + 4 : place + 4 + size])
        place += 4 + size
    at = EPOCH + timedelta(microseconds=int.from_bytes(parts[5], "big", signed=True))
    return at, json.loads(parts[7])


class _Store:
    """The rows that belong together, found by case."""

    def __init__(self, rows: Tables) -> None:
        self.rows = rows
        self.cases = {row["id"]: row for row in rows["casework_case"]}
        self.manifests = {row["hash"]: json.loads(row["document"]) for row in rows["casework_manifest"]}
        self.current = {row["case__id"]: row for name in rows if name.startswith("case_") for row in rows[name]}
        self.entries: dict[str, dict[int, tuple[datetime, Row, Row]]] = {case_id: {} for case_id in self.cases}
        for row in sorted(rows["casework_entry"], key=lambda row: row["number"]):
            at, content = unframed(row["body"])
            self.entries[row["case_id"]][row["number"]] = at, content, _apart(row["values"])

    def chain(self, manifest: str) -> list[Row]:
        """The workflows of a manifest."""
        found: list[Row] = self.manifests[manifest]["case_type"]["chain"]
        return found

    def pinned(self, case: Row) -> str:
        """The manifest that the log pins a case to in the end."""
        entries = [content for _, content, _ in self.entries[case["id"]].values()]
        adopted = [content["adopts"]["to"] for content in entries if "adopts" in content]
        return str([entries[0]["case"]["manifest"], *adopted][-1])

    def definition(self, case: Row) -> Row:
        """The composed case type that a case is pinned to, as its document says."""
        found: Row = self.manifests[case["manifest"]]["case_type"]
        return found


def _apart(values: bytes | None) -> Row:
    merged: Row = {}
    for part in json.loads(values).values() if values else ():
        merged.update(json.loads(part["values"]))
    return merged


@attrs.define
class _Folded:
    """What the entries of a case add up to."""

    states: dict[str, str]
    data: Row

    def copy(self) -> _Folded:
        return _Folded(dict(self.states), dict(self.data))


def _fold(store: _Store, case: Row) -> _Folded:
    opened = store.entries[case["id"]][1][1]["case"]["manifest"]
    told = _Folded({workflow["name"]: workflow["initial"] for workflow in store.chain(opened)}, {})
    past: list[_Folded] = []
    for _, content, apart in store.entries[case["id"]].values():
        if "corrects" in content:
            told = past[content["corrects"] - 2].copy()
        else:
            told.states.update(content.get("placed", {}).get("states", {}))
            _mapped(told, content.get("adopts", {}).get("map", {}))
            told.states = {n: s for n, s in told.states.items() if n not in content.get("adopts", {}).get("gone", ())}
            told.states.update({workflow: target for workflow, _, _, target, _ in content.get("steps", ())})
            changes = {**content.get("set", {}), **apart.get("set", {})}
            told.data = {name: v for name, v in {**told.data, **changes}.items() if v is not None}
        if content.get("erases", {}).get("step") == "erased":
            gone = _lost(store.definition(case))
            told.data = {name: value for name, value in told.data.items() if name not in gone}
        past.append(told.copy())
    return told


def _mapped(told: _Folded, by: Row) -> None:
    """Other names for states and fields, as the entry of a migration says."""
    told.states = {name: by.get("states", {}).get(name, {}).get(state, state) for name, state in told.states.items()}
    called = [(by.get("fields", {}).get(name, name), value) for name, value in told.data.items()]
    told.data = {name: value for name, value in called if name is not None}


def _lost(definition: Row) -> set[str]:
    """What an erasure empties: all that is not open, and what was derived from that, however far."""
    owners = [definition.get("data", ()), *(workflow.get("fields", ()) for workflow in definition["chain"])]
    fields = [field for some in owners for field in some]
    gone = {field["name"] for field in fields if field.get("field_class", "open") != "open"}
    for _ in fields:
        gone |= {field["name"] for field in fields if gone & set(_many(field.get("derived_from", [])))}
    return gone


def _same_as_log(store: _Store, case: Row) -> None:
    entries, row = store.entries[case["id"]], store.current[case["id"]]
    assert [*range(1, case["revision"] + 1)] == [*entries], "(c) revision = number of entries"
    told, fields = _fold(store, case), _fields(store.definition(case))
    assert store.pinned(case) == case["manifest"], "(c) manifest"
    assert set(told.states) == {workflow["name"] for workflow in store.chain(case["manifest"])}, "(c) workflows"
    sealed = json.loads(row["case__sealed"] or b"{}")
    held = {name: row.get(column(name)) for name, kind in fields.items() if kind[1] not in _SEALED}
    open_values = {name: _stored(value) for name, value in told.data.items() if fields[name][1] not in _SEALED}

    assert told.states == {name: row[column(f"state.{name}")] for name in told.states}, "(c) states"
    assert open_values == {name: value for name, value in held.items() if value is not None}, "(c) data"
    assert {n: v for n, v in told.data.items() if n not in open_values} == sealed, "(c) sealed data"
    assert (case["closed_at"] is None) == bool(row["case__open"]), "(c) open"


_SEALED = ("health", "whereabouts", "identity")


def column(name: str) -> str:
    """The column of a qualified name."""
    return name.replace(".", "__")


def _fields(definition: Row) -> dict[str, tuple[str, str]]:
    owners = [definition.get("data", ()), *(workflow.get("fields", ()) for workflow in definition["chain"])]
    return {f["name"]: (f.get("type", "text"), f.get("field_class", "open")) for fields in owners for f in fields}


def _stored(plain: Any) -> Any:
    match plain:
        case bool():
            return int(plain)
        case {"decimal": told}:
            return int(Decimal(told) * 1_000_000)
        case {"date": told}:
            return date.fromisoformat(told).toordinal()
        case {"instant": told}:
            return (datetime.fromisoformat(told) - EPOCH) // timedelta(microseconds=1)
        case {"float": told}:
            return float(told)
    return plain


def _timers(store: _Store, case: Row) -> None:
    """A deadline has a due date exactly while its state holds, and a timer until it has rung."""
    row = store.current[case["id"]]
    armed = {t["name"]: t["due_at"] for t in store.rows["casework_timer"] if t["case_id"] == case["id"]}
    rung = [
        (content["cause"][1], at) for at, content, _ in store.entries[case["id"]].values() if content["kind"] == "timer"
    ]
    for at, content, _ in store.entries[case["id"]].values():
        rung += [(name, at) for name in content.get("adopts", {}).get("map", {}).get("rung", ())]
    known = set()
    for workflow in store.definition(case)["chain"]:
        for deadline in workflow.get("deadlines", ()):
            name, due = deadline["name"], row[column(f"due.{deadline['name']}")]
            known.add(name)
            runs, due_at_all = row[column(f"state.{workflow['name']}")] in _many(deadline["during"]), due is not None
            if "rule" in deadline:
                term = json.loads(row[column(f"term.{name}")] or "null")
                assert due == (term or {}).get("due"), "(e) a due date that is not of its term"
                due_at_all = term is not None
            assert runs == due_at_all, "(e)"
            assert due is not None or name not in armed, "(e) a timer without its state"
            if due is not None and armed.get(name) != due:
                assert name not in armed, "(e) a timer of another time"
                assert any(n == name and (at - EPOCH) // timedelta(microseconds=1) >= due for n, at in rung), "(e)"
    strays = {name for name in armed if name not in known and not name.startswith(("~", "?", "recheck "))}
    assert set() == strays, "(e) timers without a deadline"


def _many(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _requests(store: _Store) -> None:
    for row in store.rows["casework_request"]:
        assert row["number"] in store.entries[row["case_id"]], "(a) a request names an entry that is not there"


def _beside(store: _Store) -> None:
    """Messages, postings and children are those that the entries name, one for one."""
    said: Counter[Any] = Counter()
    posted: Counter[Any] = Counter()
    opened: dict[str, str] = {}
    for case_id, entries in store.entries.items():
        for number, (_, content, _) in entries.items():
            said.update((case_id, number, n, s[0]) for n, s in enumerate(content.get("sends", ())))
            posted.update((case_id, number, n, *p) for n, p in enumerate(content.get("posts", ())))
            opened.update({child: case_id for _, child, _ in content.get("opens", ())})
    keys = ("case_id", "number", "line")
    messages = store.rows["casework_message"]
    assert said == Counter(_values(row, *keys, "channel") for row in messages), "(e) messages"
    postings = store.rows["casework_posting"]
    lines = Counter(_values(p, *keys, "debit", "credit", "commodity", "amount", "hold") for p in postings)
    assert posted == lines, "(e) postings"
    assert _enclosed(store) == Counter(
        _values(r, *keys[:2], "digest", "size") for r in store.rows["casework_enclosure"]
    ), "(e) enclosures"
    parents = {case["id"]: case["parent"] for case in store.cases.values() if case["parent"] is not None}
    assert opened == parents, "(e) a child and its parent name each other"
    for child, parent in parents.items():
        assert parent == store.entries[child][1][1]["cause"][2], "(e) a child's first entry names its parent"


def _enclosed(store: _Store) -> Counter[Any]:
    """The files that were enclosed, and neither withdrawn since nor erased."""
    kept: dict[tuple[str, int], tuple[Any, ...]] = {}
    for case_id, entries in store.entries.items():
        for number, (_, content, apart) in entries.items():
            kept.pop((case_id, content.get("withdraws", 0)), None)
            if content.get("erases", {}).get("step") == "erased":
                kept = {key: file for key, file in kept.items() if key[0] != case_id}
            if "encloses" in content and "enclosure" in apart:
                told = apart["enclosure"]["digest"], content["encloses"]["size"]
                kept[case_id, number] = (case_id, number, *content["encloses"].get("sealed", told))
    return Counter(kept.values())


def _values(row: Row, *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def _balances(store: _Store) -> None:
    """Every account with limits holds what its postings say, within its limits; a commodity sums to nothing."""
    held: Counter[Any] = Counter()
    for row in store.rows["casework_posting"]:
        if row["state"] != "voided":
            held[row["tenant"], row["debit"]] -= row["amount"]
        if row["state"] in ("posted", "settled"):
            held[row["tenant"], row["credit"]] += row["amount"]
    for row in store.rows["casework_balance"]:
        low, high = row["minimum"], row["maximum"]
        assert held[row["tenant"], row["account"]] == row["amount"], "(e) a balance is the sum of its postings"
        assert (low is None or row["amount"] >= low) and (high is None or row["amount"] <= high), "(e) limits"


def balances(app: Casework) -> Mapping[str, int]:
    """What every account with limits has left."""
    return {row["account"]: row["amount"] for row in tables(app)["casework_balance"]}


def entries_of(app: Casework, case_id: str) -> list[tuple[datetime, Row]]:
    """The instant and content of each entry of a case."""
    rows = [row for row in tables(app)["casework_entry"] if row["case_id"] == case_id]
    return [unframed(row["body"]) for row in sorted(rows, key=lambda row: int(row["number"]))]
