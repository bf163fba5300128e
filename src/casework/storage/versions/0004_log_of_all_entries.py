"""The log of all entries and its checkpoints.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.storage.queueing import QUEUE_ALL, QUEUEING
from casework.storage.schema import text_type

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, text_type(), nullable=nullable)


def _big(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _bytes(name: str, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def upgrade() -> None:
    """Make the log, its checkpoints, and the queue of what is not in it yet: every entry that is there."""
    op.create_table(
        "casework_unlogged",
        *(_text("tenant"), _text("case_id"), _big("number")),
    )
    op.create_table(
        "casework_leaf",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        *(_bytes("hash"), _text("tenant"), _text("case_id"), _big("number")),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index(
        "ix_casework_leaf_tenant_case_id_number", "casework_leaf", ["tenant", "case_id", "number"], unique=True
    )
    op.create_table(
        "casework_checkpoint",
        _text("origin"),
        sa.Column("size", sa.BigInteger, nullable=False, autoincrement=False),
        *(_big("at"), _text("note"), _bytes("subtrees")),
        sa.PrimaryKeyConstraint("origin", "size"),
    )
    op.create_table(
        "casework_loss",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        _text("note"),
        sa.PrimaryKeyConstraint("position"),
    )
    op.execute(QUEUE_ALL)
    for statement in QUEUEING[op.get_bind().dialect.name]:
        op.execute(statement)
