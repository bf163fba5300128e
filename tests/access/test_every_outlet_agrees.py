"""F81, F82: every outlet says of a case what the reference decides from the definition and plain rows, and no more.

Definitions, units, actors, cases, local roles and broken glasses are drawn; reading, listing, searching, counting,
exporting, history, files, previews and refusals are asked, and the access log has to name what was shown by them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from access.ward import MOVER, NOW, TREE, Ward, code, made
from files import PNG
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import tables

from casework import (
    Actor,
    BreakGlass,
    CaseType,
    Desk,
    Field,
    Role,
    State,
    Transition,
    Workflow,
    Worklist,
    field,
    hours,
    state,
)
from casework.clock import from_micros
from casework.model.fields import FIELD_CLASSES
from casework.testing.reference.sight import Row, Sight

ROLES = ("ra", "rb", "rc")
UNITS = ("city", "north", "south", "team", "elsewhere")
FIELDS = ("one", "two", "three", "four")
MOVES = ("turn", "swap")
WALKS = settings(max_examples=max(settings().max_examples // 2, 5))


def some(draw: Callable[..., Any], *, local: bool = True) -> list[str]:
    """A few roles, and the one that opens and moves every case."""
    pool = (*ROLES, "owner") if local else ROLES
    return [*draw(st.lists(st.sampled_from(pool), max_size=2, unique=True)), "mover"]


def granting(draw: Callable[..., Any]) -> dict[str, list[str]]:
    """What a state or the case type grants."""
    wanted = draw(st.lists(st.sampled_from(["view", "view", "edit", "note", "audit"]), max_size=3))
    return {permission: some(draw) for permission in wanted}


@st.composite
def sheets(draw: Callable[..., Any]) -> CaseType:
    """Case types of two workflows and four fields, with whatever access."""
    fields = [Field(name, field_class=draw(st.sampled_from(FIELD_CLASSES))) for name in FIELDS[:-1]]
    fields.append(Field(FIELDS[-1], field_class="personal", readers=some(draw)))
    main = Workflow(
        "main",
        initial="a",
        states=[State("a", grants=granting(draw)), State("b", grants=granting(draw)), State("end", final=True)],
        transitions=[
            Transition("turn", "a", "b", roles=some(draw)),
            Transition("close", ("a", "b"), "end", roles="mover"),
        ],
    )
    care = Workflow(
        "care",
        initial="x",
        states=[State("x", grants=granting(draw)), State("y", final=True, grants=granting(draw))],
        transitions=[
            Transition("swap", "x", "y", roles=some(draw)),
            Transition("done", "x", "y", automatic=True, condition=state("main") == "end"),
        ],
    )
    return CaseType(
        "ward",
        data=fields,
        roles=[*ROLES, "mover", Role("owner", local=True)],
        opens="mover",
        grants={**granting(draw), "break_glass": some(draw, local=False), "review": "mover", "assign": "mover"}
        | draw(st.sampled_from([{}, {"view": ["mover"]}, {"view": ["mover", "ra"]}])),
        readers={name: some(draw) for name in FIELD_CLASSES[1:]},
        worklists=[
            Worklist("all", ("a", "b"), roles=some(draw, local=False)),
            Worklist("cared", "x", workflow="care", roles="ra"),
        ],
        watched=draw(st.lists(st.sampled_from(FIELD_CLASSES[1:]), unique=True)),
        break_glass=BreakGlass(classes=draw(st.sampled_from(["health", "identity"])), channel="pager"),
        chain=[main, care],
    )


@st.composite
def people(draw: Callable[..., Any], name: str) -> Actor:
    """Actors with roles in some units, or everywhere; now and then they claim what is not theirs to claim."""
    roles = st.frozensets(st.sampled_from((*ROLES, "owner", "break glass")), max_size=2)
    where = st.sampled_from(UNITS)
    return Actor(
        name,
        draw(roles),
        unit=draw(st.none() | where),
        roles_in=draw(st.dictionaries(where, roles, max_size=2)),
        person=draw(st.sampled_from(["li", "wang"])),
    )


def rows_of(there: Ward, case_type: CaseType) -> list[Row]:
    """The cases as plain rows say; values that are sealed stand together, as JSON where there are no keys."""
    found, store = [], tables(there.app)
    for case in store["casework_case"]:
        (now,) = (row for row in store["case_ward"] if row["case__id"] == case["id"])
        data = {name: now[name] for name in FIELDS if now.get(name) is not None}
        data |= json.loads(now["case__sealed"] or b"{}")
        found.append(
            Row(
                id=case["id"],
                unit=case["unit"],
                states={workflow.name: now[f"state__{workflow.name}"] for workflow in case_type.chain},
                data=data,
                local={r["role"]: r["person"] for r in store["casework_assignment"] if r["case_id"] == case["id"]},
                glasses=tuple(
                    (r["person"], from_micros(r["until"]))
                    for r in store["casework_glass"]
                    if r["case_id"] == case["id"]
                ),
                closed=case["closed_at"] is not None,
            )
        )
    return found


class Asked:
    """One person's questions about every case, answered by the engine and by the reference."""

    def __init__(self, there: Ward, sight: Sight, rows: list[Row], actor: Actor) -> None:
        self.there, self.sight, self.rows, self.actor = there, sight, rows, actor
        self.desk: Desk = there.desk(actor)
        self.lines: Counter[tuple[str, str, str, tuple[str, ...]]] = Counter()

    def ask(self) -> None:
        """Everything."""
        self._lists()
        for row in self.rows:
            self._one(row)

    def _shown(self, verb: str, *rows: Row, also: frozenset[str] = frozenset()) -> None:
        for row in rows:
            classes = also.union(self.sight.logged(self.actor, row, self.there.clock.now()))
            if classes:
                self.lines[self.actor.id, verb, row.id, tuple(sorted(classes))] += 1

    def _lists(self) -> None:
        everything = self.desk.find("ward")
        self._same(self.sight.finds(self.actor, self.rows), everything.cases, "find")
        for told in self.sight.fields():
            call = lambda told=told: self.desk.find("ward", field(told.name).known)  # noqa: E731
            if self.sight.asks(self.actor, told):
                self._same(self.sight.finds(self.actor, self.rows, told), call().cases, "find")
            else:
                assert "not-permitted" == code(call)
        for name in ("all", "cared"):
            waiting = self.sight.lists(self.actor, self.rows, name)
            if waiting is None:
                assert "not-permitted" == code(lambda name=name: self.desk.worklist("ward", name))
                assert "not-permitted" == code(lambda name=name: self.desk.waiting("ward", name))
            else:
                assert len(waiting) == self.desk.waiting("ward", name)
                self._same(waiting, self.desk.worklist("ward", name).cases, "worklist")

    def _same(self, ids: set[str], cases: tuple[Any, ...], verb: str) -> None:
        assert ids == {case.id for case in cases}
        for case in cases:
            row = next(row for row in self.rows if row.id == case.id)
            assert self.sight.sees(self.actor, row, self.there.clock.now()) == dict(case.data)
            self._shown(verb, row)

    def _one(self, row: Row) -> None:
        desk, sight, now = self.desk, self.sight, self.there.clock.now()
        seen, roles = sight.sees(self.actor, row, now), sight.roles(self.actor, row, now)
        if seen is None:
            self._not_there(row, sight.may("audit", row, roles))
            return
        hidden = tuple(sorted(row.data.keys() - seen))
        case = desk.get(row.id)
        (record,) = desk.export([row.id])
        self._shown("get", row)
        self._shown("export", row)
        assert (seen, hidden) == (dict(case.data), case.hidden)
        assert (seen, set(hidden)) == (record["data"], {n for n in record["withheld"] if "." not in n})
        self._history(row, seen)
        self._files(row, roles)
        self._steps(row, roles)
        self._rights(row, roles)

    def _history(self, row: Row, seen: dict[str, object]) -> None:
        entry = self.desk.history(row.id)[0]
        assert entry.withheld or (seen == dict(entry.changes) and set(row.data) - set(seen) == set(entry.hidden))
        if not entry.withheld:
            self._shown("history", row, also=self._names_of_files(row))

    def _files(self, row: Row, roles: set[str]) -> None:
        kept = self._kept(row)
        assert (len(kept) if self._reads_files(roles) else 0) == len(self.desk.enclosures(row.id))
        if self._names_of_files(row):
            self.lines[self.actor.id, "enclosures", row.id, ("personal",)] += 1

    def _names_of_files(self, row: Row) -> frozenset[str]:
        """The class of the names of files where somebody who is asked for is shown them."""
        roles = self.sight.roles(self.actor, row, self.there.clock.now())
        shown = self._kept(row) and self._reads_files(roles) and "personal" in self.sight.case_type.watched
        return frozenset({"personal"} if shown else ())

    def _kept(self, row: Row) -> list[dict[str, Any]]:
        return [file for file in tables(self.there.app)["casework_enclosure"] if file["case_id"] == row.id]

    def _reads_files(self, roles: set[str]) -> bool:
        return self.sight.reads(Field("file", field_class="personal"), roles)

    def _steps(self, row: Row, roles: set[str]) -> None:
        fires = self.sight.fires(row, roles)
        assert fires == set(self.desk.available(row.id))
        for trigger in MOVES:
            no = self.desk.why_not(row.id, trigger)
            assert (trigger in fires) is (no is None)
            if no is None:
                assert self.desk.what_if(row.id, trigger).data.keys() <= row.data.keys()
                self._shown("what_if", row)

    def _rights(self, row: Row, roles: set[str]) -> None:
        """Calls that fail on their form tell whether they were allowed, and change nothing."""
        edits, notes, audits = (self.sight.may(name, row, roles) for name in ("edit", "note", "audit"))
        for told in self.sight.fields():
            allowed = edits and self.sight.reads(told, roles)
            answer = code(lambda told=told: self.desk.amend(row.id, **{told.name: 7}))
            assert ("invalid-form" if allowed else "not-permitted") == answer
        assert ("invalid-form" if notes else "not-permitted") == code(lambda: self.desk.note(row.id, ""))
        assert ("" if audits else "not-permitted") == code(lambda: self.desk.readings(row.id))

    def _not_there(self, row: Row, audits: bool) -> None:
        """Of what may not be viewed every verb says the same as of what is not there."""
        calls: list[Callable[[str], object]] = [
            self.desk.get,
            self.desk.history,
            self.desk.available,
            self.desk.balances,
            self.desk.enclosures,
            lambda case: list(self.desk.export([case])),
            lambda case: self.desk.fire(case, "turn"),
            lambda case: self.desk.what_if(case, "turn"),
            lambda case: self.desk.amend(case, one="x"),
            lambda case: self.desk.note(case, "x"),
            lambda case: self.desk.claim(case),
            lambda case: self.desk.review(case, 1, finding="x"),
            lambda case: self.desk.adopt(case),
        ]
        assert {"not-found"} == {code(lambda call=call: call(row.id)) for call in calls}
        assert ("" if audits else "not-found") == code(lambda: self.desk.readings(row.id))


@WALKS
@given(st.data())
def test_f81_f82_every_outlet_says_what_the_reference_says(data: st.DataObject) -> None:
    case_type = data.draw(sheets())
    there = made(case_type=case_type)
    mover, actors = there.desk(MOVER), [data.draw(people(f"actor-{n}")) for n in range(2)]
    for n in range(3):
        values = {name: f"{name}-{n}" for name in FIELDS if data.draw(st.booleans())}
        case = mover.open("ward", unit=data.draw(st.sampled_from(UNITS)), **values)
        if data.draw(st.booleans()):
            code(lambda case=case: mover.enclose(case.id, PNG, name="a.png", field_class="personal"))
        code(lambda case=case: mover.assign(case.id, "owner", data.draw(st.sampled_from(["li", "wang"]))))
        for trigger in MOVES:
            if data.draw(st.booleans()):
                code(lambda case=case, trigger=trigger: mover.fire(case.id, trigger))
        for actor in actors:
            code(lambda case=case, actor=actor: there.desk(actor).break_glass(case.id, reason="urgent"))
    there.clock.advance(data.draw(st.sampled_from([timedelta(0), hours(1)])))
    before = logged(there)
    rows, sight = rows_of(there, case_type), Sight(case_type, TREE)
    asked = [Asked(there, sight, rows, actor) for actor in actors]
    for one in asked:
        one.ask()

    assert sum((one.lines for one in asked), Counter()) == logged(there) - before
    assert NOW <= there.clock.now()
    there.app.dispose()


def logged(there: Ward) -> Counter[tuple[str, str, str, tuple[str, ...]]]:
    """The access log, without whoever opens the cases."""
    lines = tables(there.app)["casework_reading"]
    told = ((r["actor"], r["verb"], r["case_id"], tuple(r["classes"].split())) for r in lines)
    return Counter(line for line in told if line[0] != "mover")
