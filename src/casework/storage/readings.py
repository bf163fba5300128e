"""The access log: a line for each time that somebody was shown values of watched classes, never the values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Dialect, bindparam, select, tuple_

from casework.clock import from_micros, to_micros
from casework.ids import Entropy
from casework.model.reading import Reading
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

TOKEN_BYTES = 7
"""Of the number that tells two calls at one instant apart; it fits into 64 bits with a sign."""

Place = tuple[int, int, int]
"""Where a line stands in the log of its tenant: instant, call, line of the call."""


@attrs.frozen(kw_only=True)
class About:
    """Which lines: of one case, by one person, from an instant on and before another."""

    case_id: str | None = None
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Readings:
    """Writes lines of the access log, finds them, and forgets old ones."""

    def __init__(self, dialect: Dialect, entropy: Entropy) -> None:
        table = schema.reading
        self._entropy = entropy
        self._insert = Prepared(inserting(table), dialect)
        self._forget = Prepared(table.delete().where(keyed(table, "tenant"), table.c.at < bindparam("b_at")), dialect)

    def write(self, transaction: Transaction, tenant: str, lines: Sequence[Reading]) -> None:
        """Add the lines of one call; the caller shows nothing before they are committed."""
        token = int.from_bytes(self._entropy(TOKEN_BYTES), "big")
        for number, line in enumerate(lines):
            row = {
                "tenant": tenant,
                "at": to_micros(line.at),
                "token": token,
                "line": number,
                "actor": line.actor,
                "person": line.person,
                "case_id": line.case_id,
                "verb": line.verb,
                "classes": " ".join(line.classes),
                "roles": "\n".join(line.roles),
                "purpose": line.purpose,
            }
            transaction.put(self._insert, bound(row))

    def write_alone(self, transaction: Transaction, tenant: str, lines: Sequence[Reading]) -> None:
        """The same in a transaction that writes nothing else: whoever reads waits for no standby that is gone."""
        if transaction.dialect.name == "postgresql":
            transaction.send("SET LOCAL synchronous_commit = local")
        self.write(transaction, tenant, lines)

    def find(
        self, transaction: Transaction, tenant: str, about: About, *, after: Place | None, limit: int
    ) -> list[tuple[Place, Reading]]:
        """The lines of a tenant, the newest first, behind the place *after*."""
        c: Any = schema.reading.c
        asked = [c.tenant == tenant]
        asked += [c.case_id == about.case_id] if about.case_id is not None else []
        asked += [c.person == about.person] if about.person is not None else []
        asked += [c.at >= to_micros(about.since)] if about.since is not None else []
        asked += [c.at < to_micros(about.until)] if about.until is not None else []
        place = (c.at, c.token, c.line)
        if after is not None:
            asked.append(tuple_(*place) < tuple_(*after))
        told = (c.actor, c.person, c.case_id, c.verb, c.classes, c.roles, c.purpose)
        statement = select(*place, *told).where(*asked).order_by(*(column.desc() for column in place)).limit(limit)
        return [((row[0], row[1], row[2]), _reading(row)) for row in transaction.ask(statement)]

    def forget(self, transaction: Transaction, tenant: str, before: datetime) -> int:
        """Remove the lines from before an instant; answers with how many they were."""
        return transaction.run(self._forget, {"b_tenant": tenant, "b_at": to_micros(before)}).rowcount


def _reading(row: Sequence[Any]) -> Reading:
    at, _, _, actor, person, case_id, verb, classes, roles, purpose = row
    return Reading(
        at=from_micros(at),
        actor=actor,
        person=person,
        case_id=case_id,
        verb=verb,
        classes=tuple(classes.split()),
        roles=tuple(roles.split("\n")),
        purpose=purpose,
    )
