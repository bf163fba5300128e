"""The rescue plugin: definitions that are sound, speak both languages, and let each role do its part only."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType, ModuleType

import pytest

import casework
from casework import Actor, CaseType, Field, Refusal, Set, Text, check
from casework import rescue as plugin
from casework.access import Access
from casework.compiled import Compiled
from casework.deciding import available, decide
from casework.manifest import compose
from casework.model.case import Move, MoveKind, Snapshot
from casework.model.decision import Decision
from casework.rescue import rescue, station
from casework.rescue.states import SIGNATURES

BOTH = pytest.mark.parametrize("case_type", [rescue, station], ids=lambda case_type: str(case_type.name))
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
ALL_ROLES = frozenset(role.name for role in rescue.roles)
BEDS = {"beds|anlu|male": 1, "beds|anlu|female": 1}


def compiled() -> Compiled:
    manifest, findings = compose(rescue, (), ())
    assert findings == []
    return Compiled(manifest, {})


@BOTH
def test_it_is_sound(case_type: CaseType) -> None:
    assert [str(finding) for finding in check(case_type)] == []


def texts(case_type: CaseType) -> Iterator[tuple[str, Text]]:
    yield case_type.name, case_type.title
    for role in case_type.roles:
        yield role.name, role.title
    for worklist in case_type.worklists:
        yield worklist.name, worklist.title
    for account in case_type.accounts:
        yield account.name, account.title
    for invariant in case_type.invariants:
        yield invariant.name, invariant.because
    yield from field_texts(case_type.data)
    for workflow in case_type.chain:
        yield workflow.name, workflow.title
        for state in workflow.states:
            yield state.name, state.title
        for deadline in workflow.deadlines:
            yield deadline.name, deadline.title
        for transition in workflow.transitions:
            yield transition.trigger, transition.title
            yield from field_texts(transition.form)
            asks = transition.condition != casework.ALWAYS or transition.four_eyes
            if asks and not transition.automatic and transition.trigger != "reject_candidate":
                yield f"{transition.trigger}: because", transition.because


def field_texts(fields: tuple[Field, ...]) -> Iterator[tuple[str, Text]]:
    for field in fields:
        yield field.name, field.title
        for choice in field.choices:
            yield f"{field.name}.{choice.name}", choice.title


@BOTH
def test_everything_is_titled_in_both_languages(case_type: CaseType) -> None:
    missing = [name for name, text in texts(case_type) if not (text.en and text.zh)]
    assert missing == []


@BOTH
def test_chinese_titles_are_chinese(case_type: CaseType) -> None:
    latin = [name for name, text in texts(case_type) if not any("\u4e00" <= char <= "\u9fff" for char in text.zh)]
    assert latin == []


def test_it_is_a_plugin() -> None:
    assert isinstance(plugin, ModuleType)
    assert plugin.casework_case_types() == [rescue, station]


def test_shared_accounts_are_one() -> None:
    ours, theirs = ({account.name: account for account in case_type.accounts} for case_type in (rescue, station))
    assert {name: ours[name] for name in theirs} == theirs


PERMISSIONS = {
    # permission, state of the case: roles
    ("view", "found"): "auditor caseworker director nurse owner tracer",
    ("view", "died"): "auditor caseworker director nurse owner tracer",
    ("edit", "found"): "caseworker director owner",
    ("edit", "identity_traced"): "caseworker director owner",
    ("edit", "reunited"): "",
    ("note", "hospitalized"): "caseworker director nurse owner tracer",
    ("note", "reunited"): "director",
    ("assign", "assessed"): "director",
    ("assign", "left"): "",
    ("correct", "assessed"): "director",
    ("correct", "left"): "director",
}


@pytest.mark.parametrize(("asked", "roles"), PERMISSIONS.items(), ids=lambda value: "-".join(value).replace(" ", "+"))
def test_permissions(asked: tuple[str, str], roles: str) -> None:
    permission, state = asked
    assert " ".join(compiled().access.allowed(permission, {"rescue": state})) == roles


READERS = {
    "found_at": "caseworker director owner tracer",
    "age": "caseworker director nurse owner tracer",
    "room": "auditor caseworker director nurse owner tracer",
    "diagnosis": "director nurse owner",
    "name": "director owner tracer",
    "fit_to_travel": "auditor caseworker director nurse owner tracer",
}


@pytest.mark.parametrize(("field", "roles"), READERS.items())
def test_readers(field: str, roles: str) -> None:
    access: Access = compiled().access
    names = sorted(role.name for role in rescue.roles)
    assert " ".join(name for name in names if access.reads_name(field, frozenset({name}))) == roles


# A case that was found, screened as grown up, assessed as neither urgent nor able to say who it is, and nothing more.
TRIGGERS = {
    "caseworker": {"admit", "shelter", "screen", "serve", "sign_handover", "propose_candidate", "record_death"},
    "tracer": {"publish_notice", "quick_check", "record_clue", "propose_candidate"},
    "nurse": {"admit", "shelter", "screen", "serve", "examine", "record_death"},
    "director": {"admit", "shelter", "screen", "serve", "refuse", "file_extension", "sign_handover", "record_death"},
    "auditor": set(),
}
NEVER = {
    "caseworker": {"refuse", "publish_notice", "approve_settlement", "reunite", "leave", "assess", "settle"},
    "tracer": {"admit", "shelter", "serve", "sign_handover", "refuse", "request_dna", "verify_identity"},
    "nurse": {"publish_notice", "refuse", "sign_handover", "lose_contact"},
    "director": {"publish_notice", "quick_check", "record_clue", "reopen"},
    "auditor": {"serve", "screen", "record_clue"},
}


@pytest.mark.parametrize("role", TRIGGERS)
def test_what_each_role_may_fire_after_the_assessment(role: str) -> None:
    story = Story(compiled())
    story.open(found_at="Jiefang Road", found_by="street patrol")
    story.fire("screen", minor=False, needs_escort=True)
    story.fire("assess", urgent=False, can_state_identity=False)
    offered = set(available(story.compiled, story.snapshot(), story.move("fire", roles={role})))
    assert offered >= TRIGGERS[role]
    assert offered.isdisjoint(NEVER[role])
    assert role != "auditor" or offered == set()


class Story:
    """One case that lives in memory, and the beds of its station."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled, self.now, self.beds = compiled, NOW, dict(BEDS)
        self.last: Decision | None = None

    def snapshot(self) -> Snapshot:
        last = self.last
        return Snapshot(
            tenant="main",
            id="c",
            case_type="rescue",
            manifest="",
            revision=1,
            unit="anlu",
            opened_at=NOW,
            closed_at=last.closed_at if last else None,
            parent=None,
            head=b"",
            states=dict(last.states) if last else {},
            data=dict(last.data) if last else {},
            marks=dict(last.marks) if last else {},
            dues=dict(last.dues) if last else {},
            acts=dict(last.acts) if last else {},
            subjects={},
            balances=self.beds,
        )

    def move(
        self,
        kind: MoveKind,
        trigger: str = "",
        by: str = "li",
        roles: Iterable[str] = ALL_ROLES,
        form: Mapping[str, object] = MappingProxyType({}),
    ) -> Move:
        return Move(kind=kind, actor=Actor(by), now=self.now, roles=frozenset(roles), trigger=trigger, form=dict(form))

    def attempt(self, move: Move) -> Decision | Refusal:
        answer = decide(self.compiled, self.snapshot(), move)
        if isinstance(answer, Decision):
            self.last = answer
            for posting in answer.postings:
                for key, change in ((posting.debit, -posting.amount), (posting.credit, posting.amount)):
                    if key in self.beds:
                        self.beds[key] += change
        return answer

    def open(self, **form: object) -> None:
        answer = self.attempt(self.move("open", form=form))
        assert isinstance(answer, Decision), answer

    def fire(self, trigger: str, by: str = "li", **form: object) -> None:
        answer = self.attempt(self.move("fire", trigger, by, form=form))
        assert isinstance(answer, Decision), answer

    def refused(self, trigger: str, by: str = "li", **form: object) -> str:
        answer = self.attempt(self.move("fire", trigger, by, form=form))
        assert isinstance(answer, Refusal), answer
        return answer.code

    @property
    def states(self) -> tuple[str, ...]:
        assert self.last is not None
        return tuple(self.last.states.values())


@pytest.fixture
def story() -> Story:
    begun = Story(compiled())
    begun.open(found_at="解放路", found_by="巡查组")
    begun.fire("assess", urgent=False, can_state_identity=False)
    return begun


def test_home_by_way_of_hospital_and_a_notice(story: Story) -> None:
    story.fire("shelter", sex="male")
    assert story.beds["beds|anlu|male"] == 0
    story.fire("admit", hospital="安陆市中医院", diagnosis="肺炎")
    assert (story.states, story.beds) == (("hospitalized", "admitted", "unidentified"), BEDS)
    story.fire("publish_notice", notice_channel="national_site")
    story.fire("propose_candidate", candidate_name="周某", identified_by="national_site")
    assert story.refused("confirm_candidate", home="随州") == "unmet"
    story.fire("confirm_candidate", by="chen", home="随州")
    assert story.states == ("identity_traced", "admitted", "confirmed")
    story.fire("sign_handover", handed_over_by="李")
    assert story.refused("countersign_handover", received_by="周某某", receiver_is="兄") == "unmet"
    story.fire("countersign_handover", by="chen", received_by="周某某", receiver_is="兄")
    assert story.refused("reunite") == "unmet"
    story.fire("discharge", discharge_certificate="2026-17", fit_to_travel=True)
    story.fire("reunite")
    assert story.states == ("reunited", "gone", "confirmed")


def not_amended(story: Story, **form: object) -> bool:
    """Whether the case refuses these values, told of each of them."""
    answer = story.attempt(story.move("amend", form=form))
    return isinstance(answer, Refusal) and [problem.field for problem in answer.problems] == list(form)


def test_a_bed_cannot_be_moved_by_amending(story: Story) -> None:
    story.fire("shelter", sex="male")
    assert not_amended(story, room="female")
    assert isinstance(story.attempt(story.move("amend", form={"sex": "female"})), Decision)
    story.fire("check_out")
    assert story.beds == BEDS


def test_a_bed_cannot_be_moved_by_opening() -> None:
    answer = Story(compiled()).attempt(
        Story(compiled()).move("open", form={"found_at": "x", "found_by": "y", "room": "male"})
    )
    assert isinstance(answer, Refusal)
    assert [problem.field for problem in answer.problems] == ["room"]


# What comes to be known without a step, or may be mended by whoever may edit.
TOLD = {*(field.name for field in rescue.data if field.required), "brought_by", "alias", "sex", "age"}
TOLD |= {"apparent_condition", "says_who_they_are", "hospital", "diagnosis", "clue"}


@BOTH
def test_what_a_step_answers_for_is_written_by_steps_alone(case_type: CaseType) -> None:
    free = {field.name for field in case_type.data if not field.managed}
    assert free == (TOLD if case_type is rescue else {"name", "address"})
    assert free.isdisjoint(account.by for account in case_type.accounts)


def test_whoever_may_edit_cannot_sign_approve_or_identify(story: Story) -> None:
    values = {"settlement_approved": True, "handed_over_by": "李", "name": "周", "fit_to_travel": True}
    assert not_amended(story, **values, can_state_identity=True)


def test_nobody_alone_identifies_whom_the_assessment_found_unable_to_say_who_they_are(story: Story) -> None:
    assert isinstance(story.attempt(story.move("amend", form={"says_who_they_are": True})), Decision)
    assert story.refused("verify_identity", name="周", home="随州") == "unmet"
    assert story.refused("waive_tracing") == "unmet"
    story.fire("propose_candidate", candidate_name="周", identified_by="stated")
    assert story.refused("confirm_candidate", home="随州") == "unmet"
    story.fire("confirm_candidate", by="chen", home="随州")
    assert story.states[0] == "identity_traced"


def test_whoever_needs_a_hospital_is_lodged_after_another_look_and_by_no_amendment() -> None:
    ill = Story(compiled())
    ill.open(found_at="x", found_by="y")
    ill.fire("assess", urgent=True, can_state_identity=False)
    assert not_amended(ill, urgent=False)
    refusal = ill.attempt(ill.move("fire", "shelter", form={"sex": "male"}))
    assert isinstance(refusal, Refusal)
    assert [advice.trigger for advice in refusal.help] == ["check_arrival"]
    ill.fire("check_arrival", by="nurse", urgent=False, apparent_condition="正常")
    ill.fire("shelter", sex="male")


def test_nobody_counts_as_looked_at_by_what_was_written_at_the_door() -> None:
    told = Story(compiled())
    answer = told.attempt(told.move("open", form={"found_at": "x", "found_by": "y", "urgent": False}))
    assert isinstance(answer, Refusal)
    assert [problem.field for problem in answer.problems] == ["urgent"]


def test_what_was_said_at_the_door_identifies_nobody() -> None:
    told, door = Story(compiled()), {"found_at": "x", "found_by": "y"}
    answer = told.attempt(told.move("open", form={**door, "can_state_identity": True}))
    assert isinstance(answer, Refusal)
    assert [problem.field for problem in answer.problems] == ["can_state_identity"]
    told.open(**door, says_who_they_are=True)
    assert told.refused("verify_identity", name="周", home="随州") == "unmet"
    told.fire("assess", urgent=False, can_state_identity=True)
    told.fire("verify_identity", name="周", home="随州")


def signed(story: Story, receiver_is: str) -> None:
    story.fire("sign_handover", handed_over_by="李")
    story.fire("countersign_handover", by="chen", received_by="王", receiver_is=receiver_is)


def identified(story: Story, name: str) -> None:
    story.fire("propose_candidate", candidate_name=name, identified_by="interview")
    story.fire("confirm_candidate", by="chen", home="随州")


def test_a_receipt_does_not_outlive_the_identity_that_it_was_signed_for(story: Story) -> None:
    story.fire("examine", fit_to_travel=True)
    identified(story, "张三")
    signed(story, "张三之子")
    story.fire("revoke_identity", by="director", reason="其子否认")
    assert story.refused("transfer", to_unit="suizhou") == "unmet"
    assert story.refused("countersign_handover", by="chen", received_by="王", receiver_is="子") == "unmet"
    identified(story, "李四")
    assert story.refused("reunite") == "unmet"
    signed(story, "李四之女")
    story.fire("reunite")
    assert story.last is not None
    assert (story.last.data["name"], story.last.data["receiver_is"]) == ("李四", "李四之女")


def test_what_was_signed_for_a_transfer_does_not_serve_a_reunion(story: Story) -> None:
    story.fire("examine", fit_to_travel=True)
    signed(story, "随州市救助管理站")
    identified(story, "李四")
    assert story.refused("reunite") == "unmet"


def test_whatever_changes_the_name_takes_the_signatures_back() -> None:
    named = [
        [effect for effect in transition.effects if isinstance(effect, Set)]
        for workflow in rescue.chain
        for transition in workflow.transitions
        if any(isinstance(effect, Set) and effect.field == "name" for effect in transition.effects)
    ]
    assert len(named) == 3
    assert [sets for sets in named if not {Set(name, None) for name in SIGNATURES} <= set(sets)] == []


def test_closing_frees_the_bed(story: Story) -> None:
    story.fire("shelter", sex="female")
    story.fire("lose_contact", closing_note="夜间离开", police_told=True)
    assert (story.states, story.beds) == (("lost_contact", "gone", "stopped"), BEDS)


def test_the_last_bed_is_the_last(story: Story) -> None:
    story.beds["beds|anlu|male"] = 0
    assert story.refused("shelter", sex="male") == "limit-reached"


def test_a_wrong_identity_takes_the_headline_back(story: Story) -> None:
    story.fire("admit", hospital="h", diagnosis="d")
    story.fire("propose_candidate", candidate_name="周", identified_by="interview")
    story.fire("confirm_candidate", by="chen", home="h")
    story.fire("revoke_identity", reason="家属否认")
    assert story.states == ("hospitalized", "admitted", "unidentified")


def test_settlement_needs_three_months_and_two_people(story: Story) -> None:
    assert story.refused("request_settlement", settlement_plan="p") == "unmet"
    story.now += timedelta(days=93)
    story.fire("request_settlement", settlement_plan="p")
    assert story.refused("approve_settlement") == "unmet"
    story.fire("approve_settlement", by="director")
    assert not_amended(story, settlement_plan="another")
    story.fire("request_settlement", settlement_plan="another")
    assert story.refused("settle", settled_at="福利院") == "unmet"
    story.fire("approve_settlement", by="director")
    story.fire("settle", settled_at="福利院")
    assert story.states == ("settled", "gone", "stopped")


def test_transfer_hands_the_person_on(story: Story) -> None:
    story.fire("sign_handover", handed_over_by="李")
    story.fire("countersign_handover", by="chen", received_by="王", receiver_is="随州市救助管理站")
    story.fire("transfer", to_unit="suizhou")
    assert story.last is not None
    (child,) = story.last.openings
    assert (child.case_type, child.unit) == ("rescue", "suizhou")
    assert dict(child.values)["found_at"] == "解放路"
    # The next station hears what this one found out, and judges for itself.
    assert dict(child.values)["says_who_they_are"] is False
    assert "can_state_identity" not in dict(child.values)


def test_back_after_reopening(story: Story) -> None:
    assert story.refused("leave", statement_number="1") == "unmet"
    story.fire("screen", minor=False, needs_escort=False)
    story.fire("leave", statement_number="1")
    story.fire("reopen", reason="再次求助")
    assert story.states == ("assessed", "gone", "stopped")
    story.fire("return_to_station")
    story.fire("resume_tracing")
    story.fire("check_arrival", urgent=False, apparent_condition="正常")
    assert story.states == ("assessed", "checked", "unidentified")


SAMPLES = {"text": "甲", "integer": 3, "date": date(2026, 7, 1), "instant": NOW}


def sample(rng: random.Random, field: Field) -> object:
    if field.type == "boolean":
        return rng.random() < 0.5
    return rng.choice(field.choices).name if field.choices else SAMPLES[field.type]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_fired_the_invariants_hold_and_no_bed_is_lost(seed: int) -> None:
    rng, walk = random.Random(seed), Story(compiled())
    walk.open(found_at="x", found_by="y")
    for _ in range(30):
        walk.now += timedelta(days=rng.choice((0, 0, 1, 5, 40)))
        by = rng.choice(("li", "chen"))
        offered = available(walk.compiled, walk.snapshot(), walk.move("fire", by=by))
        if not offered:
            break
        trigger = walk.compiled.triggers[rng.choice(offered)]
        form = {field.name: sample(rng, field) for field in trigger.form.values()}
        answer = walk.attempt(walk.move("fire", trigger.name, by, form=form))
        assert not isinstance(answer, Refusal) or answer.code in ("unmet", "limit-reached"), answer
        assert sum(walk.beds.values()) == 2 - ("sheltered" in walk.states)
