"""The files that cases enclose.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.storage.schema import text_type

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table that says which case keeps which blob."""
    op.create_table(
        "casework_enclosure",
        *(sa.Column(name, text_type(), nullable=False) for name in ("tenant", "case_id")),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("digest", text_type(), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "case_id", "number"),
    )
    op.create_index("ix_casework_enclosure_digest", "casework_enclosure", ["digest"])
