"""F65: whatever people ask for in whatever order, nobody is erased by one person, against a hold or while a case runs.

A model of a few sets says what each call has to answer, and of which cases the values have to be there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from oracle import assert_inv
from shelter import HAN, LI, WU, meeting, shelter, stay
from stores import quick

from casework import Actor, Refused
from casework.keys import KeyMemory
from casework.model.retention import Retention, Shared

CLERKS = st.sampled_from([LI, WU, attrs.evolve(LI, id="li-at-home", person="li")])


@attrs.define
class _Case:
    """A case as the model knows it."""

    subjects: tuple[str, ...]
    open: bool = True
    known: bool = True


class ErasingMachine(RuleBasedStateMachine):
    """One policy for cases about two, with or without keys."""

    shared: Shared = "refuse"
    sealed = False

    people, cases = Bundle("people"), Bundle("cases")

    @initialize()
    def begin(self) -> None:
        types = [stay(), meeting(Retention(shared=self.shared))]
        self.app = shelter(quick(), case_types=types, keys=KeyMemory() if self.sealed else None)
        self.all: dict[str, _Case] = {}
        self.asked: dict[str, str] = {}
        self.gone: set[str] = set()
        self.held: set[str] = set()

    def answer(self, call: Callable[[], Any]) -> str:
        try:
            call()
        except Refused as no:
            return no.refusal.code
        return ""

    def about(self, person: str) -> list[_Case]:
        return [case for case in self.all.values() if person in case.subjects]

    def goes(self, case: _Case, person: str) -> bool:
        return self.shared != "first" or case.subjects[0] == person

    def obstacle(self, person: str, *, confirming: bool) -> bool:
        going = {person, *(other for case in self.about(person) if self.goes(case, person) for other in case.subjects)}
        wanted = {person, *self.gone, *self.asked}
        lonely = any(len(case.subjects) == 2 and not wanted.issuperset(case.subjects) for case in self.about(person))
        return (
            any(case.open for case in self.about(person))
            or not self.held.isdisjoint(going)
            or (confirming and self.shared == "refuse" and lonely)
        )

    @rule(target=cases)
    def open_about_somebody_new(self) -> str:
        case = self.app.desk(LI).open("stay", {"name": "Xu Mei", "place": "canal"})
        self.all[case.id] = _Case((case.subjects["person"],))
        return case.id

    @rule(target=people, case=cases)
    def meet_a_person(self, case: str) -> str:
        return self.all[case].subjects[0]

    @rule(target=cases, first=people, second=people)
    def open_about_two(self, first: str, second: str) -> str:
        subjects, made = {"host": first, "visitor": second}, []
        values = {"about": "Xu Mei", "room": "3"}
        told = self.answer(lambda: made.append(self.app.desk(LI).open("meeting", values, subjects=subjects)))

        assert ("erased" if self.gone & {first, second} else "") == told
        if not made:
            return next(case_id for case_id, case in self.all.items() if first in case.subjects)
        self.all[made[0].id] = _Case((first, second))
        return str(made[0].id)

    @rule(case=cases)
    def close(self, case: str) -> None:
        known = self.all[case]
        trigger = "leave" if len(known.subjects) == 1 else "meet"

        assert ("" if known.open else "wrong-state") == self.answer(lambda: self.app.desk(LI).fire(case, trigger))
        known.open = False

    @rule(case=cases)
    def write_a_remark(self, case: str) -> None:
        known = self.all[case]
        whose = known.subjects[:1] if self.shared == "first" and len(known.subjects) == 2 else known.subjects
        gone = not known.open and not self.gone.isdisjoint(whose)

        assert ("erased" if gone else "") == self.answer(lambda: self.app.desk(LI).note(case, "Xu Mei called"))

    @rule(person=people, clerk=CLERKS)
    def ask(self, person: str, clerk: Actor) -> None:
        told = self.answer(lambda: self.app.desk(clerk).erase(person, because="request"))
        if person in self.gone:
            assert "erased" == told
        elif person in self.asked:
            assert "" == told
        elif self.obstacle(person, confirming=False):
            assert "not-erasable" == told
        else:
            assert "" == told
            self.asked[person] = clerk.person

    @rule(person=people, clerk=CLERKS)
    def confirm(self, person: str, clerk: Actor) -> None:
        told = self.answer(lambda: self.app.desk(clerk).confirm_erasure(person))
        if person in self.gone:
            assert "erased" == told
        elif person not in self.asked:
            assert "not-found" == told
        elif self.asked[person] == clerk.person:
            assert "not-permitted" == told
        elif self.obstacle(person, confirming=True):
            assert "not-erasable" == told
        else:
            assert "" == told
            del self.asked[person]
            self.gone.add(person)
            for case in self.about(person):
                case.known = case.known and not self.goes(case, person)

    @rule(person=people)
    def drop(self, person: str) -> None:
        told = self.answer(lambda: self.app.desk(WU).drop_erasure(person))

        assert ("erased" if person in self.gone else "" if person in self.asked else "not-found") == told
        self.asked.pop(person, None)

    @rule(person=people)
    def place_a_hold(self, person: str) -> None:
        told = self.answer(lambda: self.app.desk(HAN).place_legal_hold(person, because="lawsuit"))

        assert ("erased" if person in self.gone else "") == told
        if not told:
            self.held.add(person)

    @rule(person=people)
    def lift_the_hold(self, person: str) -> None:
        told = self.answer(lambda: self.app.desk(HAN).lift_legal_hold(person))

        assert ("" if person in self.held else "not-found") == told
        self.held.discard(person)

    @invariant()
    def values_are_there_or_not(self) -> None:
        desk = self.app.desk(LI)
        for case_id, case in getattr(self, "all", {}).items():
            data = desk.get(case_id).data

            assert case.known == bool({"name", "about"} & set(data))
            assert {"place", "room"} & set(data), "what is open stays"

    def teardown(self) -> None:
        if hasattr(self, "app"):
            assert_inv(self.app)
            self.app.dispose()


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
@pytest.mark.parametrize("policy", ["refuse", "first", "each"])
def test_f65_nobody_is_erased_but_as_the_rules_say(policy: Shared, sealed: bool) -> None:
    machine = type("Machine", (ErasingMachine,), {"shared": policy, "sealed": sealed})

    few = max(5, settings().max_examples // 6)

    run_state_machine_as_test(machine, settings=settings(settings(), stateful_step_count=30, max_examples=few))
