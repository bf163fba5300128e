"""What a migration would make of the cases that are there: certified for each older manifest, counted; none moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from casework.compiled import Compiled
from casework.desk.engine import Engine
from casework.desk.migrating import older
from casework.desk.opening import registered
from casework.exploring.prove import explored
from casework.migrating import Route
from casework.migrating.certificate import Certificate, Fate, Kind, certify, fate_of, totals
from casework.migrating.checking import check_rules
from casework.migrating.landing import Configuration, configuration
from casework.migrating.reaching import CONFIGURATIONS_LIMIT, Configurations, Reached, reached
from casework.migrating.rules import Rules
from casework.migrating.skeleton import skeleton, skeleton_python, skeleton_yaml
from casework.model.finding import Finding
from casework.model.migration import Migration
from casework.storage.sql.transaction import Transaction


@attrs.frozen(kw_only=True)
class CasePlan:
    """What becomes of the cases under one older manifest.

    *standing* are the configurations in which open cases of all tenants stand, with how many there are; *holding*
    are the fields for which there is an obstacle, with how many open cases know them. *findings*
    are what is wrong with the migration; with an error among them no case moves. *yaml* and *python* are what it
    lacks, to be filled in; both are empty where it lacks nothing.
    """

    certificate: Certificate
    standing: tuple[tuple[Fate, int], ...]
    holding: Mapping[str, int]
    findings: tuple[Finding, ...]
    yaml: str = ""
    python: str = ""

    @property
    def totals(self) -> Mapping[Kind, int]:
        """How many open cases are safe, mapped, dependent on what they hold, impossible."""
        return totals(iter(self.standing))

    @property
    def open(self) -> int:
        """How many open cases there are under that manifest."""
        return sum(count for _, count in self.standing)


def plans(
    engine: Engine, transaction: Transaction, migration: Migration, configurations: Mapping[str, Configurations]
) -> Iterator[CasePlan]:
    """The plan of every older manifest that *migration* is for, in the order of their hashes.

    *configurations* by manifest are those to be certified, where somebody has explored it.
    """
    right = registered(engine, migration.case_type)
    for left in older(engine, transaction, right, Route(migration)):
        yield _plan(engine, transaction, Rules(left, right, migration), configurations.get(left.manifest.hash))


def _plan(engine: Engine, transaction: Transaction, rules: Rules, looked: Configurations | None) -> CasePlan:
    projection = engine.store.cases(rules.left).projection
    found = engine.store.pinned.standing(transaction, projection)
    errors = tuple(check_rules(rules))
    stood_in = (configuration(dict(item.states)) for item in found)
    certificate = certify(rules, _together(looked or _explored(rules.left), stood_in))
    made = skeleton(rules, certificate)
    return CasePlan(
        certificate=certificate,
        standing=tuple((fate_of(rules, dict(item.states)), item.count) for item in found),
        holding=engine.store.pinned.holding(transaction, projection, _obstructed(certificate)),
        findings=errors,
        yaml="" if made is None else skeleton_yaml(rules, made),
        python="" if made is None else skeleton_python(rules, made),
    )


def _explored(left: Compiled) -> Configurations:
    """What the explorer finds of an older definition; what follows states alone where that has no answer.

    A part that is gone by now may have let cases through, of which the explorer knows nothing.
    """
    items = (item for workflow in left.workflows.values() for item in workflow.transitions)
    if not any(item.absent for item in items):
        result = explored(left, limit=CONFIGURATIONS_LIMIT)
        if result.complete:
            states = map(result.alphabet.states_of, (each for each in result.found if not result.final(each)))
            return Reached(tuple(map(configuration, states)), True)
    return reached(left)


def _together(looked: Configurations, stood_in: Iterable[Configuration]) -> Reached:
    """The configurations with those in which cases stand; an import may have put one where no step leads."""
    found = {*map(configuration, looked), *stood_in}
    return Reached(tuple(sorted(found)), looked.complete)


def _obstructed(certificate: Certificate) -> list[str]:
    """The fields that some cases may hold and cannot take along."""
    return [item.path.removeprefix("fields.") for item in certificate.obstacles if item.path.startswith("fields.")]


def unmapped(compiled: Compiled) -> Migration:
    """The migration that maps nothing: what adopting would do."""
    return Migration(
        name=f"{compiled.case_type.name}_to_{compiled.case_type.version}", case_type=compiled.case_type.name
    )
