"""Keys of subjects, their erasure, and what forbids it.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.storage.schema import text_type

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, text_type(), nullable=nullable)


def _big(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _bytes(name: str, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def upgrade() -> None:
    """Make the tables of keys, erasures and legal holds."""
    op.create_table(
        "casework_key",
        *(_text("tenant"), _text("subject"), _bytes("wrapped", nullable=True), _text("master", nullable=True)),
        *(_bytes("proof", nullable=True), _big("made_at"), _big("destroyed_at", nullable=True)),
        sa.PrimaryKeyConstraint("tenant", "subject"),
    )
    op.create_index("ix_casework_key_made_at", "casework_key", ["made_at"])
    op.create_table(
        "casework_erasure",
        *(_text("tenant"), _text("subject"), _big("asked_at"), _text("asked_by"), _text("because")),
        sa.Column("leaves_balances", sa.Integer, nullable=False),
        *(_text("confirmed_by", nullable=True), _big("confirmed_at", nullable=True), _text("state")),
        sa.PrimaryKeyConstraint("tenant", "subject", "asked_at"),
    )
    op.create_index("ix_casework_erasure_state_asked_at", "casework_erasure", ["state", "asked_at"])
    op.create_table(
        "casework_legal_hold",
        *(_text("tenant"), _text("subject"), _big("placed_at"), _text("placed_by"), _text("because")),
        *(_text("lifted_by", nullable=True), _big("lifted_at", nullable=True)),
        sa.PrimaryKeyConstraint("tenant", "subject", "placed_at"),
    )
