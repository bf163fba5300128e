"""Random cases of the sample type in a real store, with the app that serves them and what a filter in Python finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import attrs
from rows import NOW, PEOPLE, SAMPLE, UNITS, Row, Rows

from casework import Actor, Casework, FrozenClock
from casework.access import general_roles
from casework.condition.evaluate import Facts, reader
from casework.condition.tree import ALWAYS, Condition
from casework.storage.projection import next_due

TENANTS = ("main", "other")
_WORDS = ("a", "b", "甲")


def random_row(luck: random.Random, tenant: str) -> Row:
    """A case somewhere in its life; many are due or opened at the same instant."""
    alpha = luck.choice(["new", "new", "going", "going", "waiting", "done"])
    instants = [NOW + timedelta(hours=luck.randint(-3, 3)) for _ in range(3)]
    held = {(role, luck.choice(PEOPLE)) for role in ("owner", "helper") if luck.random() < 0.4}
    return Row(
        tenant=tenant,
        unit=luck.choice((*UNITS, "third")),
        states={"alpha": alpha, "beta": "over" if alpha == "done" else luck.choice(["idle", "busy", "over"])},
        closed=alpha == "done",
        data={
            **({"a_integer": luck.randint(0, 4)} if luck.random() < 0.8 else {}),
            **({"name": luck.choice(_WORDS)} if luck.random() < 0.6 else {}),
            **({"diagnosis": "x"} if luck.random() < 0.3 else {}),
        },
        dues={name: at for name, at in zip(("soon", "late"), instants, strict=False) if luck.random() < 0.6},
        acts={"begin": luck.choice(PEOPLE)} if luck.random() < 0.5 else {},
        roles=frozenset(held),
        opened_at=instants[2],
    )


@attrs.frozen(eq=False)
class Population:
    """The rows that were written, by tenant and id."""

    rows: Rows
    app: Casework
    cases: dict[tuple[str, str], Row]
    _cache: dict[Actor, list[tuple[str, Row, Facts]]] = attrs.field(factory=dict, eq=False)

    def holding(self, actor: Actor, condition: Condition = ALWAYS) -> dict[str, Row]:
        """What a filter in Python over all cases of the tenant leaves: seen, and true."""
        read = reader(self.rows.compiled.located(condition))
        return {case_id: row for case_id, row, facts in self._facts(actor) if read(facts) is True}

    def _facts(self, actor: Actor) -> list[tuple[str, Row, Facts]]:
        """Whatever the actor may view, with what a condition looks at."""
        if actor not in self._cache:
            with self.rows.store.transactions.read() as transaction:
                self._cache[actor] = [
                    (case_id, row, self.rows.facts(transaction, tenant, case_id, actor, NOW))
                    for (tenant, case_id), row in self.cases.items()
                    if tenant == actor.tenant and self.seen(actor, row)
                ]
        return self._cache[actor]

    def roles(self, actor: Actor, row: Row) -> frozenset[str]:
        """What the actor is to the case."""
        return general_roles(actor, row.unit) | {role for role, person in row.roles if person == actor.person}

    def seen(self, actor: Actor, row: Row) -> bool:
        """Whether the actor may view the case."""
        return self.rows.compiled.access.may("view", row.states, self.roles(actor, row))


@contextmanager
def populated(url: str, count: int = 60, seed: int = 7) -> Iterator[Population]:
    """A store with *count* cases in each tenant; both tenants use the same ids."""
    luck, rows = random.Random(seed), Rows(url)
    app = Casework(url, case_types=[SAMPLE], clock=FrozenClock(NOW))
    cases = {}
    with rows.store.transactions.write() as transaction:
        for tenant in TENANTS:
            for number in range(count):
                row = random_row(luck, tenant)
                cases[tenant, rows.add(transaction, number, row)] = row
    try:
        yield Population(rows, app, cases)
    finally:
        app.dispose()
        rows.store.engine.dispose()


def order(row: Row) -> int:
    """What worklists are sorted by, before the id."""
    return next_due(row.dues)
