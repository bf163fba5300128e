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
    """Give messages a lease and a token; make the inbox."""
    op.add_column("casework_message", _big("leased_until", nullable=True))
    op.add_column("casework_message", sa.Column("token", sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "casework_inbox",
        *(_text("tenant"), _text("source"), _text("message_id"), _big("received_at"), _bytes("digest")),
        *(_text("state"), _bytes("body", nullable=True), _text("problem", nullable=True)),
        sa.PrimaryKeyConstraint("tenant", "source", "message_id"),
    )
    op.create_index("ix_casework_inbox_state_received_at", "casework_inbox", ["state", "received_at"])
