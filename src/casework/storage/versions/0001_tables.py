"""The first tables.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.storage.schema import text_type

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, text_type(), nullable=nullable)


def _big(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _bytes(name: str, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def upgrade() -> None:
    """Make every fixed table and index."""
    key = sa.PrimaryKeyConstraint
    op.create_table(
        "casework_manifest", _text("hash"), _text("case_type"), _text("document"), _big("stored_at"), key("hash")
    )
    op.create_table(
        "casework_case",
        *(_text(name) for name in ("tenant", "id", "case_type", "manifest")),
        _big("revision"),
        _text("unit"),
        _big("opened_at"),
        _big("closed_at", nullable=True),
        _text("parent", nullable=True),
        _bytes("head"),
        key("tenant", "id"),
    )
    op.create_table(
        "casework_entry",
        *(_text("tenant"), _text("case_id"), _big("number"), _bytes("body"), _bytes("hash")),
        _bytes("values", nullable=True),
        key("tenant", "case_id", "number"),
    )
    op.create_table(
        "casework_request",
        *(_text("tenant"), _text("actor"), _text("request_id"), _bytes("digest"), _text("case_id"), _big("number")),
        key("tenant", "actor", "request_id"),
    )
    _timers_and_messages()
    _roles_and_ledger()


def _timers_and_messages() -> None:
    key = sa.PrimaryKeyConstraint
    op.create_table(
        "casework_timer",
        *(_text("tenant"), _text("case_id"), _text("name"), _big("due_at")),
        key("tenant", "case_id", "name"),
    )
    op.create_index("ix_casework_timer_due_at_tenant_case_id", "casework_timer", ["due_at", "tenant", "case_id"])
    op.create_table(
        "casework_message",
        *(_text("tenant"), _text("case_id"), _big("number"), _small("line"), _text("channel"), _text("recipient")),
        *(_bytes("body"), _text("state"), _small("attempts"), _big("next_at"), _text("problem", nullable=True)),
        key("tenant", "case_id", "number", "line"),
    )
    op.create_index("ix_casework_message_state_next_at", "casework_message", ["state", "next_at"])


def _roles_and_ledger() -> None:
    key, check = sa.PrimaryKeyConstraint, sa.CheckConstraint
    op.create_table(
        "casework_assignment",
        *(_text("tenant"), _text("case_id"), _text("role"), _text("person"), _big("number")),
        key("tenant", "case_id", "role", "person"),
    )
    op.create_index("ix_casework_assignment_tenant_person", "casework_assignment", ["tenant", "person"])
    op.create_table(
        "casework_balance",
        *(_text("tenant"), _text("account"), _big("amount")),
        *(_big("minimum", nullable=True), _big("maximum", nullable=True)),
        key("tenant", "account"),
        check("minimum IS NULL OR amount >= minimum", name=op.f("ck_casework_balance_minimum")),
        check("maximum IS NULL OR amount <= maximum", name=op.f("ck_casework_balance_maximum")),
    )
    op.create_table(
        "casework_posting",
        *(_text("tenant"), _text("case_id"), _big("number"), _small("line"), _text("debit"), _text("credit")),
        *(_text("commodity"), _big("amount"), _text("state"), _text("hold", nullable=True)),
        key("tenant", "case_id", "number", "line"),
        check("amount > 0", name=op.f("ck_casework_posting_amount")),
        check("state IN ('posted', 'pending', 'settled', 'voided')", name=op.f("ck_casework_posting_state")),
    )
