"""Who wants a weekly sign of life, and the alert that it is.

Frozen: it says in its own words what `storage.tables` said when it was written. Alerts move to a table that takes one
more kind; their numbers, and what they tell of, stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_CHECKED = {"native_enum": False, "create_constraint": True}
_CADENCES = "immediately", "daily", "weekly"
_KINDS = "changes", "trouble", "recovery", "undelivered", "late", "heartbeat", "test"
_STATES = "pending", "sent", "failed", "cancelled"


def upgrade() -> None:
    """Add what is new, and let alerts be heartbeats."""
    op.add_column("recipient", sa.Column("heartbeat_since", sa.BigInteger(), nullable=True))
    _move_alerts()


def _move_alerts() -> None:
    """Make both tables anew: SQLite cannot change a CHECK, nor drop a table that rows of another refer to."""
    op.drop_index(op.f("ix_alert_state_due_at"), "alert")
    op.drop_index(op.f("ix_alert_subscriber"), "alert")
    op.drop_index(op.f("ix_alert_check_check"), "alert_check")
    op.rename_table("alert_check", "alert_check_before")
    op.rename_table("alert", "alert_before")
    _create_alerts()
    op.execute("INSERT INTO alert SELECT * FROM alert_before")
    op.execute("INSERT INTO alert_check SELECT * FROM alert_check_before")
    op.drop_table("alert_check_before")
    op.drop_table("alert_before")


def _create_alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*_KINDS, name="alertkind", **_CHECKED), nullable=False),
        sa.Column("subscriber", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("wants", sa.JSON(), nullable=True),
        sa.Column("cadence", sa.Enum(*_CADENCES, name="cadence", **_CHECKED), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("watches", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("notice", sa.JSON(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="alertstate", **_CHECKED), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("last_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("told", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("(state = 'pending') = (next_attempt_at IS NOT NULL)", name=op.f("ck_alert_next_attempt")),
        sa.ForeignKeyConstraint(["subscriber"], ["recipient.id"], name=op.f("fk_alert_subscriber")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("recipient", "channel", "occasion", name=op.f("uq_alert_recipient_channel_occasion")),
        sa.UniqueConstraint("message_id", name=op.f("uq_alert_message_id")),
    )
    op.create_index(op.f("ix_alert_state_due_at"), "alert", ["state", "due_at"])
    op.create_index(op.f("ix_alert_subscriber"), "alert", ["subscriber"])
    op.create_table(
        "alert_check",
        sa.Column("alert", sa.Integer(), nullable=False),
        sa.Column("check", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alert.id"], name=op.f("fk_alert_check_alert")),
        sa.ForeignKeyConstraint(["check"], ["check.id"], name=op.f("fk_alert_check_check")),
        sa.PrimaryKeyConstraint("alert", "check", name=op.f("pk_alert_check")),
    )
    op.create_index(op.f("ix_alert_check_check"), "alert_check", ["check"])
