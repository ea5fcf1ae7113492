"""Recipients with what they want; alerts that may tell of several checks, or of none, at a time of their own.

Frozen: it says in its own words what `storage.tables` said when it was written. What was pending stays pending, and
goes to whom it was meant for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_CHECKED = {"native_enum": False, "create_constraint": True}
_CADENCES = "immediately", "daily", "weekly"
_KINDS = "changes", "trouble", "recovery", "undelivered", "late", "test"
_STATES = "pending", "sent", "failed", "cancelled"

_COPY_ALERTS = """
INSERT INTO alert (
    id, kind, recipient, channel, cadence, occasion, watches, subject, message_id, created_at, due_at, state, attempts,
    next_attempt_at, last_attempt_at, claimed_until, last_error
)
SELECT
    old.id, old.kind, recipient, channel, 'immediately', old.kind || ' of check ' || old."check",
    json_array(watch.name), subject, message_id, created_at, created_at, state, attempts,
    next_attempt_at, last_attempt_at, claimed_until, last_error
FROM alert_before AS old JOIN watch ON watch.id = old.watch
"""
_COPY_CHECKS = 'INSERT INTO alert_check (alert, "check") SELECT id, "check" FROM alert_before'


def upgrade() -> None:
    """Make the new tables, and fill the alerts' from the old one."""
    op.add_column("watch", sa.Column("trouble_told_at", sa.BigInteger(), nullable=True))
    op.rename_table("alert", "alert_before")
    _create_recipients()
    _create_alerts()
    op.execute(_COPY_ALERTS)
    op.execute(_COPY_CHECKS)
    op.drop_table("alert_before")


def _create_recipients() -> None:
    op.create_table(
        "recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("role", sa.Enum("reader", "admin", name="role", **_CHECKED), nullable=False),
        sa.Column("origin", sa.Enum("settings", "database", name="origin", **_CHECKED), nullable=False),
        sa.Column("wants", sa.JSON(), nullable=True),
        sa.Column("cadence", sa.Enum(*_CADENCES, name="cadence", **_CHECKED), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint("address", "channel", "role", name=op.f("uq_recipient_address_channel_role")),
        sa.UniqueConstraint("token", name=op.f("uq_recipient_token")),
    )


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
