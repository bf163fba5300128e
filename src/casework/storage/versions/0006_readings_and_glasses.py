"""The access log, and glasses that were broken.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.storage.schema import text_type

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, text_type(), nullable=False)


def _big(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "casework_reading",
        *(_text("tenant"), _big("at"), _big("token"), sa.Column("line", sa.Integer, nullable=False)),
        *(_text("actor"), _text("person"), _text("case_id"), _text("verb")),
        *(_text("classes"), _text("roles"), _text("purpose")),
        sa.PrimaryKeyConstraint("tenant", "at", "token", "line"),
    )
    op.create_index("ix_casework_reading_tenant_case_id_at", "casework_reading", ["tenant", "case_id", "at"])
    op.create_index("ix_casework_reading_tenant_person_at", "casework_reading", ["tenant", "person", "at"])
    op.create_table(
        "casework_glass",
        *(_text("tenant"), _text("case_id"), _big("number"), _text("person"), _big("until")),
        _big("review", nullable=True),
        sa.PrimaryKeyConstraint("tenant", "case_id", "number"),
    )
