"""What a service must remember between runs: who asked for a pause, what is fresh, which version wrote what.

Frozen: it says in its own words what `storage.tables` said when it was written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add a column and two tables."""
    op.add_column("watch", sa.Column("fresh_until", sa.BigInteger(), nullable=True))
    op.create_table(
        "host",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_host")),
    )
    op.create_table(
        "upgrade",
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_upgrade")),
    )
