"""Who is trying a message, and what came in from outside.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.storage.schema import text_type

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, text_type(), nullable=nullable)


def _big(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _bytes(name: str, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def upgrade() -> None:
    """Give messages a lease, a token and a place for what a person decides; make the inbox."""
    _messages()
    _inbox()


def _messages() -> None:
    added = (
        _big("leased_until", nullable=True),
        sa.Column("token", sa.BigInteger, nullable=False, server_default="0"),
        *(_text("decided_by", nullable=True), _big("decided_at", nullable=True), _text("because", nullable=True)),
    )
    for column in added:
        op.add_column("casework_message", column)
    op.drop_index("ix_casework_message_state_next_at", "casework_message")
    order = ["state", "channel", "next_at", "tenant", "case_id", "number", "line"]
    op.create_index("ix_casework_message_due", "casework_message", order)


def _inbox() -> None:
    op.create_table(
        "casework_inbox",
        *(_text("tenant"), _text("source"), _text("message_id"), _text("kind"), _big("sent_at"), _big("received_at")),
        *(_bytes("digest"), _text("state"), _bytes("body", nullable=True), _text("problem", nullable=True)),
        sa.Column("attempts", sa.Integer, nullable=False),
        *(_big("next_at"), _big("settled_at", nullable=True), _text("settled_by", nullable=True)),
        sa.PrimaryKeyConstraint("tenant", "source", "message_id"),
    )
    op.create_index("ix_casework_inbox_state_next_at", "casework_inbox", ["state", "next_at"])
