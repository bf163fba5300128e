"""Two people attest a service, blind to each other; what both say is posted, and what they differ in is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import attrs
import pytest
from stores import Stores, fresh, serving
from volunteering.community import (
    ANN,
    CERTIFIER,
    RECIPIENT,
    Community,
    code,
)

from casework import Actor, Case, Casework, Desk, field, minutes
from casework.testing import assert_inv
from casework.volunteering import Rules, case_types, parts

SECRET = 97
"""What the certifier says; nothing that the person served can see may hold it before both have spoken."""


@pytest.fixture
def community() -> Community:
    return Community()


@pytest.fixture
def done(community: Community) -> Case:
    return community.done(community.file(ANN), community.task())


def posted(desk: Desk, case: Case) -> int:
    return sum(
        amount
        for entry in desk.history(case.id)
        for debit, _, _, amount in entry.postings
        if debit.startswith("issued|")
    )


def test_what_both_say_is_posted_and_nothing_before_both_have(community: Community, done: Case) -> None:
    community.certify(done, 120)
    community.wait(timedelta(days=3))
    one_word = posted(community.coordinator, done)
    community.attest(done, 110)
    at_once = posted(community.coordinator, done)
    community.wait(minutes(1))
    case = community.coordinator.get(done.id)

    assert (0, 0, 110) == (one_word, at_once, posted(community.coordinator, done))
    assert ("credited", "agreed", 110) == (case.state, case.states["settling"], case.data["credited_minutes"])
    assert_inv(community.app)


OUTLETS: dict[str, Callable[[Desk, Case, dict[str, object]], object]] = {
    "get": lambda desk, case, form: desk.get(case.id),
    "find": lambda desk, case, form: desk.find("service"),
    "find mine": lambda desk, case, form: desk.find("service", mine=True),
    "history": lambda desk, case, form: desk.history(case.id),
    "export": lambda desk, case, form: list(desk.export([case.id])),
    "available": lambda desk, case, form: desk.available(case.id),
    "why not": lambda desk, case, form: desk.why_not(case.id, "attest", form),
    "why not certify": lambda desk, case, form: desk.why_not(case.id, "certify", {**form, "certified_minutes": 1}),
    "what if": lambda desk, case, form: desk.what_if(case.id, "attest", form),
}


@pytest.fixture(scope="module")
def alike(stores: Stores) -> Iterator[list[tuple[Community, Case]]]:
    """The same story over again, but for what the certifier said."""
    with serving(stores):
        found = []
        for said in (SECRET, 31, 0):
            community = Community()
            case = community.done(community.file(ANN), community.task())
            community.certify(case, said)
            found.append((community, case))
        yield found


@pytest.mark.parametrize("outlet", OUTLETS)
def test_the_second_to_speak_learns_nothing_of_what_the_first_said(
    alike: list[tuple[Community, Case]], outlet: str
) -> None:
    for probe in (0, SECRET - 1, SECRET, SECRET + 1, 120):
        told = {
            _without_hashes(OUTLETS[outlet](to.person(RECIPIENT), case, to.statement("confirmed", probe, case)))
            for to, case in alike
        }

        assert 1 == len(told), "the answer depends on what the certifier said"


def test_nor_by_speaking(alike: list[tuple[Community, Case]]) -> None:
    told = {
        repr(to.person(RECIPIENT).fire(case.id, "attest", to.statement("confirmed", 97, case))) for to, case in alike
    }

    assert 1 == len(told)


def test_what_is_hidden_is_the_same_whatever_was_said() -> None:
    told = set()
    for said, rating in ((0, "none"), (SECRET, "1"), (120, "5")):
        community = Community()
        case = community.done(community.file(ANN), community.task())
        form = {**community.statement("confirmed", said, case), "rating": rating}
        community.person(RECIPIENT).fire(case.id, "attest", form)
        for who in (community.person(CERTIFIER), community.person(ANN), community.leader, community.auditor):
            told.add((who.actor.id, repr(sorted(who.get(case.id).hidden)), repr(who.history(case.id)[-1].hidden)))

    assert 4 == len(told)


@pytest.mark.parametrize("left_out", ["certified_start", "certified_end", "certified_content", "certified_minutes"])
def test_a_statement_leaves_nothing_out(community: Community, done: Case, left_out: str) -> None:
    form = community.statement("certified", 0, done)
    del form[left_out]

    assert "invalid-form" == code(lambda: community.person(CERTIFIER).fire(done.id, "certify", form))


def _without_hashes(told: object) -> str:
    """The answer as text; the hash of an entry commits to what was said, under a salt that nobody is shown."""
    entries = told if isinstance(told, tuple) else ()
    return repr([attrs.evolve(item, hash="") if attrs.has(type(item)) else item for item in entries] or told)


@pytest.mark.parametrize("who", [RECIPIENT, "zhou", "audit", "qian", "wu", ANN])
def test_only_who_made_a_statement_reads_it_before_both_have_spoken(community: Community, done: Case, who: str) -> None:
    community.certify(done, SECRET)
    roles = {"zhou": {"coordinator"}, "audit": {"auditor"}, "qian": {"leader"}, "wu": {"arbiter"}}.get(who, set())
    desk = community.app.desk(Actor(who, roles))

    assert "certified_minutes" in desk.get(done.id).hidden
    assert str(SECRET) not in repr(desk.get(done.id).data)
    assert all(SECRET not in {*entry.changes.values(), *entry.form.values()} for entry in desk.history(done.id))
    assert SECRET == community.person(CERTIFIER).get(done.id).data["certified_minutes"]


@pytest.mark.parametrize("who", [RECIPIENT, "zhou"])
def test_searching_by_what_the_other_said_tells_nothing(community: Community, done: Case, who: str) -> None:
    community.certify(done, SECRET)
    desk = community.app.desk(Actor(who, {"coordinator"} if who == "zhou" else ()))
    answers = []
    for guess in (SECRET, SECRET + 1):
        found: list[Case] = []
        refused = code(lambda: found.extend(desk.find("service", field("certified_minutes") == guess).cases))  # noqa: B023
        answers.append((refused, found))

    assert answers[0] == answers[1]


def test_once_compared_both_read_what_each_said(community: Community, done: Case) -> None:
    community.settled(done, 120, 60)

    for who in (CERTIFIER, RECIPIENT, ANN):
        data = community.person(who).get(done.id).data
        assert (120, 60) == (data["told_certified"], data["told_confirmed"])


@pytest.mark.parametrize(
    ("who", "trigger", "side", "refused"),
    [
        (ANN, "certify", "certified", "not-permitted"),
        (ANN, "attest", "confirmed", "not-permitted"),
        (CERTIFIER, "attest", "confirmed", "not-permitted"),
        (RECIPIENT, "certify", "certified", "not-permitted"),
        ("stranger", "attest", "confirmed", "not-found"),
    ],
)
def test_nobody_attests_for_another(
    community: Community, done: Case, who: str, trigger: str, side: str, refused: str
) -> None:
    form = community.statement(side, 60, done)

    assert refused == code(lambda: community.person(who).fire(done.id, trigger, form))


def test_volunteer_certifier_and_person_served_are_three_people(community: Community) -> None:
    file, task = community.file(ANN), community.task()
    desk = community.coordinator
    case = community.done(file, task)

    assert "unmet" == code(lambda: desk.fire(case.id, "name_certifier", certifier_is=ANN))
    assert "unmet" == code(lambda: desk.fire(case.id, "name_certifier", certifier_is=RECIPIENT))
    assert "unmet" == code(lambda: desk.fire(case.id, "name_recipient", recipient_is=CERTIFIER))


def test_a_guard_refuses_in_the_language_of_who_reads(community: Community, done: Case) -> None:
    refusal = community.coordinator.why_not(done.id, "name_certifier", certifier_is=ANN)

    assert refusal is not None
    assert "三个不同的人" in refusal.sentence("zh") and "three different people" in refusal.sentence("en")


def test_a_statement_is_made_once_and_stays_with_who_made_it(community: Community, done: Case) -> None:
    community.certify(done, 60)
    form = community.statement("certified", 90, done)

    assert "wrong-state" == code(lambda: community.person(CERTIFIER).fire(done.id, "certify", form))
    assert "unmet" == code(lambda: community.coordinator.fire(done.id, "name_certifier", certifier_is="cert-2"))
    assert "not-permitted" == code(lambda: community.coordinator.correct(done.id, done.entry + 1, because="?"))


@pytest.mark.parametrize("minutes_said", [121, 720])
def test_no_more_minutes_than_lie_between_beginning_and_end(
    community: Community, done: Case, minutes_said: int
) -> None:
    form = {**community.statement("certified", 120, done), "certified_minutes": minutes_said}

    assert "unmet" == code(lambda: community.person(CERTIFIER).fire(done.id, "certify", form))


def test_never_more_than_a_quarter_above_what_was_planned(community: Community) -> None:
    case = community.done(community.file(ANN), community.task(planned_minutes=60), stayed=300)
    case = community.settled(case, 300, 300)

    assert (75, "agreed") == (case.data["credited_minutes"], case.states["settling"])


@pytest.mark.parametrize(("granted", "credited"), [(0, 60), (25, 85), (60, 120)])
def test_a_difference_is_decided_by_a_third_person(
    community: Community, done: Case, granted: int, credited: int
) -> None:
    case = community.settled(done, 120, 60)
    form = {"granted_minutes": granted, "decision": "核对签到记录"}
    disputed = [one.id for one in community.arbiter.worklist("service", "disputes").cases]
    case = community.arbiter.fire(case.id, "decide", form)

    assert [done.id] == disputed
    assert ("credited", credited) == (case.state, case.data["credited_minutes"])
    assert credited == posted(community.coordinator, case)


def test_no_more_is_granted_than_is_contested(community: Community, done: Case) -> None:
    case = community.settled(done, 120, 60)

    assert "unmet" == code(lambda: community.arbiter.fire(case.id, "decide", granted_minutes=61, decision="?"))


@pytest.mark.parametrize("party", [CERTIFIER, RECIPIENT, ANN])
def test_no_party_decides_the_dispute(community: Community, done: Case, party: str) -> None:
    case = community.settled(done, 120, 60)
    desk = community.app.desk(Actor(party, {"arbiter"}))

    assert "unmet" == code(lambda: desk.fire(case.id, "decide", granted_minutes=60, decision="?"))


def test_a_difference_that_nobody_decides_lapses_and_the_agreed_part_stays(community: Community, done: Case) -> None:
    case = community.settled(done, 120, 60)
    community.wait(timedelta(days=10))
    case = community.coordinator.get(case.id)

    assert ("credited", "lapsed", 60) == (case.state, case.states["settling"], case.data["credited_minutes"])
    assert 60 == posted(community.coordinator, case)


def test_what_one_side_denies_is_not_credited(community: Community, done: Case) -> None:
    case = community.settled(done, 120, 0)
    community.wait(timedelta(days=10))
    case = community.coordinator.get(case.id)

    assert ("not_credited", 0) == (case.state, posted(community.coordinator, case))


def test_what_is_no_volunteering_is_rejected_until_both_have_spoken(community: Community, done: Case) -> None:
    community.certify(done, 120)
    other = community.done(community.file("vol-9"), community.task())
    case = community.coordinator.fire(done.id, "reject", reason="有偿服务")
    community.certify(other, 60)
    community.attest(other, 60)

    assert ("not_credited", "none") == (case.state, case.states["settling"])
    assert "unmet" == code(lambda: community.coordinator.fire(other.id, "reject", reason="?"))


def test_late_is_listed_not_lost(community: Community, done: Case) -> None:
    community.wait(timedelta(days=15))
    late = [case.id for case in community.auditor.worklist("service", "attested_late").cases]
    case = community.settled(done, 60, 60)

    assert [done.id] == late
    assert "credited" == case.state


def test_a_comparison_that_the_clock_could_not_make_is_made_by_hand() -> None:
    url = fresh()
    community = Community(url, Rules(cap=10))
    case = community.done(community.file(ANN), community.task())
    # An application that gives the parts other rules than the case types: the account takes less than they post.
    torn = Casework(url, case_types=case_types(Rules(cap=10)), parts=parts(Rules(cap=100)), clock=community.clock)
    community.certify(case, 60)
    community.attest(case, 60)
    community.clock.set(community.clock.now() + minutes(1))
    torn.run_due()
    stuck = [one.id for one in community.coordinator.worklist("service", "not_compared").cases]
    case = community.coordinator.fire(case.id, "compare")
    torn.dispose()

    assert [case.id] == stuck
    assert ("credited", 60) == (case.state, case.data["credited_minutes"])
    community.app.dispose()
