"""The tables that every store has, whatever its case types. Plain types only: the hot path binds them raw.

Every key starts with the tenant; instants are whole microseconds since 1970 in UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    event,
)
from sqlalchemy.types import TypeEngine

from casework.storage.queueing import QUEUEING

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s"}
)


def text_type() -> TypeEngine[str]:
    """Text that compares byte by byte everywhere, as Python compares it after NFC."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def _text(name: str, nullable: bool = False) -> Column[str]:
    return Column(name, text_type(), nullable=nullable)


def _big(name: str, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


manifest = Table(
    "casework_manifest",
    metadata,
    _text("hash"),
    _text("case_type"),
    _text("document"),
    _big("stored_at"),
    PrimaryKeyConstraint("hash"),
)

case = Table(
    "casework_case",
    metadata,
    _text("tenant"),
    _text("id"),
    _text("case_type"),
    _text("manifest"),
    _big("revision"),
    _text("unit"),
    _big("opened_at"),
    _big("closed_at", nullable=True),
    _text("parent", nullable=True),
    Column("head", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
)

entry = Table(
    "casework_entry",
    metadata,
    _text("tenant"),
    _text("case_id"),
    _big("number"),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("values", LargeBinary, nullable=True),
    PrimaryKeyConstraint("tenant", "case_id", "number"),
)

request = Table(
    "casework_request",
    metadata,
    _text("tenant"),
    _text("actor"),
    _text("request_id"),
    Column("digest", LargeBinary, nullable=False),
    _text("case_id"),
    _big("number"),
    PrimaryKeyConstraint("tenant", "actor", "request_id"),
)

timer = Table(
    "casework_timer",
    metadata,
    _text("tenant"),
    _text("case_id"),
    _text("name"),
    _big("due_at"),
    PrimaryKeyConstraint("tenant", "case_id", "name"),
    Index(None, "due_at", "tenant", "case_id"),
)

message = Table(
    "casework_message",
    metadata,
    _text("tenant"),
    _text("case_id"),
    _big("number"),
    Column("line", Integer, nullable=False),
    _text("channel"),
    _text("recipient"),
    Column("body", LargeBinary, nullable=False),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    _big("next_at"),
    _text("problem", nullable=True),
    # Whoever tries it holds it until then; each try has a token of its own, and only the newest one may report.
    _big("leased_until", nullable=True),
    Column("token", BigInteger, nullable=False, server_default="0"),
    # What a person decided about it last: to try it again, or to drop it.
    _text("decided_by", nullable=True),
    _big("decided_at", nullable=True),
    _text("because", nullable=True),
    PrimaryKeyConstraint("tenant", "case_id", "number", "line"),
    # The whole order in which they are taken, so that the next one is found without sorting a million.
    Index("ix_casework_message_due", "state", "channel", "next_at", "tenant", "case_id", "number", "line"),
)

inbox = Table(
    "casework_inbox",
    metadata,
    _text("tenant"),
    _text("source"),
    _text("message_id"),
    _text("kind"),
    _big("sent_at"),
    _big("received_at"),
    Column("digest", LargeBinary, nullable=False),
    _text("state"),
    # Only while it is parked: what has been applied stands in a case, and what was dropped is gone.
    Column("body", LargeBinary, nullable=True),
    _text("problem", nullable=True),
    Column("attempts", Integer, nullable=False),
    _big("next_at"),
    _big("settled_at", nullable=True),
    _text("settled_by", nullable=True),
    PrimaryKeyConstraint("tenant", "source", "message_id"),
    Index(None, "state", "next_at"),
)

assignment = Table(
    "casework_assignment",
    metadata,
    _text("tenant"),
    _text("case_id"),
    _text("role"),
    _text("person"),
    _big("number"),
    PrimaryKeyConstraint("tenant", "case_id", "role", "person"),
    Index(None, "tenant", "person"),
)

enclosure = Table(
    "casework_enclosure",
    metadata,
    _text("tenant"),
    _text("case_id"),
    _big("number"),
    _text("digest"),
    _big("size"),
    PrimaryKeyConstraint("tenant", "case_id", "number"),
    Index(None, "digest"),
)

balance = Table(
    "casework_balance",
    metadata,
    _text("tenant"),
    _text("account"),
    _big("amount"),
    _big("minimum", nullable=True),
    _big("maximum", nullable=True),
    PrimaryKeyConstraint("tenant", "account"),
    CheckConstraint("minimum IS NULL OR amount >= minimum", name="minimum"),
    CheckConstraint("maximum IS NULL OR amount <= maximum", name="maximum"),
)

posting = Table(
    "casework_posting",
    metadata,
    _text("tenant"),
    _text("case_id"),
    _big("number"),
    Column("line", Integer, nullable=False),
    _text("debit"),
    _text("credit"),
    _text("commodity"),
    _big("amount"),
    _text("state"),
    _text("hold", nullable=True),
    PrimaryKeyConstraint("tenant", "case_id", "number", "line"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("state IN ('posted', 'pending', 'settled', 'voided')", name="state"),
)

unlogged = Table(
    "casework_unlogged",
    metadata,
    *(_text("tenant"), _text("case_id"), _big("number")),
)
"""Entries that are not in the log of all entries yet. Without a key: each firing writes here, and it stays small."""

leaf = Table(
    "casework_leaf",
    metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    _text("tenant"),
    _text("case_id"),
    _big("number"),
    PrimaryKeyConstraint("position"),
    Index(None, "tenant", "case_id", "number", unique=True),
)

checkpoint = Table(
    "casework_checkpoint",
    metadata,
    _text("origin"),
    Column("size", BigInteger, nullable=False, autoincrement=False),
    _big("at"),
    _text("note"),
    # The hashes of the tree that its next leaf needs; what they come to is in the signed note.
    Column("subtrees", LargeBinary, nullable=False),
    PrimaryKeyConstraint("origin", "size"),
)

loss = Table(
    "casework_loss",
    metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    _text("note"),
    PrimaryKeyConstraint("position"),
)
"""Statements of what of the log is gone, by the leaf that each of them is."""

key = Table(
    "casework_key",
    metadata,
    _text("tenant"),
    _text("subject"),
    # Nothing where the key is kept outside the database; the proof tells whether it is still the same one.
    Column("wrapped", LargeBinary, nullable=True),
    _text("master", nullable=True),
    Column("proof", LargeBinary, nullable=True),
    _big("made_at"),
    _big("destroyed_at", nullable=True),
    PrimaryKeyConstraint("tenant", "subject"),
    Index(None, "made_at"),
)

erasure = Table(
    "casework_erasure",
    metadata,
    _text("tenant"),
    _text("subject"),
    _big("asked_at"),
    _text("asked_by"),
    _text("because"),
    Column("leaves_balances", Integer, nullable=False),
    _text("confirmed_by", nullable=True),
    _big("confirmed_at", nullable=True),
    _text("state"),
    PrimaryKeyConstraint("tenant", "subject", "asked_at"),
    Index(None, "state", "asked_at"),
)

legal_hold = Table(
    "casework_legal_hold",
    metadata,
    _text("tenant"),
    _text("subject"),
    _big("placed_at"),
    _text("placed_by"),
    _text("because"),
    _text("lifted_by", nullable=True),
    _big("lifted_at", nullable=True),
    PrimaryKeyConstraint("tenant", "subject", "placed_at"),
)

reading = Table(
    "casework_reading",
    metadata,
    _text("tenant"),
    _big("at"),
    # Two calls may be answered at one instant: a random number tells them apart, and the lines of each are counted.
    _big("token"),
    Column("line", Integer, nullable=False),
    _text("actor"),
    _text("person"),
    _text("case_id"),
    _text("verb"),
    _text("classes"),
    _text("roles"),
    _text("purpose"),
    PrimaryKeyConstraint("tenant", "at", "token", "line"),
    Index(None, "tenant", "case_id", "at"),
    Index(None, "tenant", "person", "at"),
)
"""The access log: who was shown values of watched classes. It outlives the values, and never says one."""

glass = Table(
    "casework_glass",
    metadata,
    _text("tenant"),
    _text("case_id"),
    _big("number"),
    _text("person"),
    _big("until"),
    _big("review", nullable=True),
    PrimaryKeyConstraint("tenant", "case_id", "number"),
)

for _dialect, _statements in QUEUEING.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(unlogged, "after_create", _ddl.execute_if(dialect=_dialect))
