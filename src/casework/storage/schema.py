"""The tables that every store has, whatever its case types. Plain types only: the hot path binds them raw.

Every key starts with the tenant; instants are whole microseconds since 1970 in UTC.
"""

from __future__ import annotations

from sqlalchemy import (
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
)
from sqlalchemy.types import TypeEngine

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
    PrimaryKeyConstraint("tenant", "case_id", "number", "line"),
    Index(None, "state", "next_at"),
)

inbox = Table(
    "casework_inbox",
    metadata,
    _text("tenant"),
    _text("source"),
    _text("message_id"),
    _big("received_at"),
    Column("digest", LargeBinary, nullable=False),
    _text("state"),
    Column("body", LargeBinary, nullable=True),
    _text("problem", nullable=True),
    PrimaryKeyConstraint("tenant", "source", "message_id"),
    Index(None, "state", "received_at"),
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
    _text("tenant"),
    _text("case_id"),
    _big("number"),
    PrimaryKeyConstraint("tenant", "case_id", "number"),
)
"""Entries that are not in the log of all entries yet; the database itself fills it, so that no writer forgets."""

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
    Column("size", BigInteger, nullable=False, autoincrement=False),
    _big("at"),
    _text("note"),
    PrimaryKeyConstraint("size"),
)

key = Table(
    "casework_key",
    metadata,
    _text("tenant"),
    _text("subject"),
    Column("wrapped", LargeBinary, nullable=True),
    _text("master"),
    _big("made_at"),
    _big("destroyed_at", nullable=True),
    PrimaryKeyConstraint("tenant", "subject"),
)

erasure = Table(
    "casework_erasure",
    metadata,
    _text("tenant"),
    _text("subject"),
    _big("asked_at"),
    _text("asked_by"),
    _text("because"),
    _text("confirmed_by", nullable=True),
    _big("confirmed_at", nullable=True),
    _text("state"),
    PrimaryKeyConstraint("tenant", "subject", "asked_at"),
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
