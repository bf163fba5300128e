"""What is shipped is proven: nothing of it is refuted, alone or with every plugin beside it."""

from __future__ import annotations

from collections.abc import Mapping

import casework_hospital
import casework_hospital.rescue
import casework_police
import casework_police.rescue
import pytest

import casework.outreach
import casework.outreach.rescue
import casework.rescue
import casework.volunteering
from casework.collecting import collected
from casework.compiled import Compiled
from casework.exploring.proof import Proof
from casework.exploring.prove import prove

SETS = {
    "outreach": (casework.outreach,),
    "rescue": (casework.rescue,),
    "volunteering": (casework.volunteering,),
    "hospital": (casework_hospital,),
    "police": (casework_police,),
}
TOGETHER = (
    *(plugin for plugins in SETS.values() for plugin in plugins),
    casework_hospital.rescue,
    casework_police.rescue,
    casework.outreach.rescue,
)
LEAST = {"rescue": 5_000}
"""How many configurations there are at least of a case type with everything attached to it."""


def _proofs(plugins: tuple[object, ...], *, but: tuple[str, ...] = ()) -> Mapping[str, Proof]:
    made_of = collected((), (), (), (), plugins)
    ready = {name: Compiled(manifest, made_of.parts) for name, manifest in made_of.manifests.items() if name not in but}
    return {name: prove(compiled) for name, compiled in ready.items()}


@pytest.fixture(scope="session")
def together() -> Mapping[str, Proof]:
    """Everything installed together; it takes long, so that it is explored once."""
    return _proofs(TOGETHER)


def _told(proofs: Mapping[str, Proof]) -> list[str]:
    return [f"{name}: {p.answer}, {p.configurations} configurations, {p.moves} moves" for name, p in proofs.items()]


@pytest.mark.parametrize("name", SETS)
def test_each_plugin_alone_is_proven(name: str) -> None:
    proofs = _proofs(SETS[name])

    print("\n".join(_told(proofs)))
    assert {} == {name: [v.finding for v in proof.refuted] for name, proof in proofs.items() if proof.refuted}
    assert all(proof.complete for proof in proofs.values())


@pytest.mark.long
def test_everything_together_is_proven(together: Mapping[str, Proof]) -> None:
    print("\n".join(_told(together)))
    assert {} == {name: [v.finding for v in proof.refuted] for name, proof in together.items() if proof.refuted}
    assert all(proof.complete for proof in together.values())


@pytest.mark.long
def test_the_number_of_configurations_is_told(together: Mapping[str, Proof]) -> None:
    assert LEAST.keys() <= together.keys()
    assert [] == [name for name, least in LEAST.items() if together[name].configurations < least]
