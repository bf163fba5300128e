"""Who can bring a rescue case where, and who may ever see what of it: over all paths, written down by hand."""

from __future__ import annotations

import pytest

import casework.rescue
from casework import Casework
from casework.exploring import Proofs, Proving
from casework.model.fields import FIELD_CLASSES

ENDINGS = ("reunited", "transferred", "left", "refused", "settled", "died", "lost_contact")
REACHED = {
    "caseworker": {"reunited", "transferred", "left", "died", "lost_contact"},
    "director": set(ENDINGS),
    "nurse": {"died"},
    "tracer": set[str](),
    "auditor": set[str](),
}
"""The endings that somebody with the role alone brings a case to; tracers and nurses work on what others assess."""
SEEN = {
    "caseworker": {"open", "personal", "health", "whereabouts", "identity"},
    "director": {"open", "personal", "health", "whereabouts", "identity"},
    "nurse": {"open", "personal", "health"},
    "tracer": {"open", "personal", "whereabouts", "identity"},
    "auditor": {"open"},
}
"""The classes that somebody with the role may ever see; a caseworker sees health where they have taken on the case."""


@pytest.fixture(scope="module")
def proofs() -> Proofs:
    return Casework(plugins=[casework.rescue], proving=Proving(limit=0)).proofs


@pytest.mark.parametrize("role", REACHED)
def test_each_role_alone_brings_a_case_only_where_it_should(proofs: Proofs, role: str) -> None:
    assert REACHED[role] == {end for end in ENDINGS if proofs.can("rescue", roles={role}, reach=end)}


@pytest.mark.parametrize("role", SEEN)
def test_each_role_ever_sees_only_what_it_should(proofs: Proofs, role: str) -> None:
    assert SEEN[role] == {name for name in FIELD_CLASSES if proofs.may_ever_see("rescue", role, name)}


@pytest.mark.parametrize("what", ["settle", "reunite", "rescue.transferred", "rescue.settled"])
def test_what_ends_a_rescue_for_good_takes_two_persons(proofs: Proofs, what: str) -> None:
    found = proofs.needs_two_persons("rescue", what)

    assert (True, "proven") == (found.holds, found.answer)


def test_a_caseworker_sees_health_only_having_taken_on_the_case(proofs: Proofs) -> None:
    found = proofs.may_ever_see("rescue", "caseworker", "health")

    assert found.text.en.endswith("having taken on the case as responsible caseworker")
    assert "担任本案案件经办人" in found.text.zh
