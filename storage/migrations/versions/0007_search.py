"""What the full-text index holds. Frozen: it says in its own words what `storage.search_tables` said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table; the index is made and filled at the first search."""
    kinds = sa.Enum("report", "section", "page", name="recordkind", native_enum=False, create_constraint=True)
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_search_document_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_search_document_kind_version")),
        sqlite_autoincrement=True,
    )
