"""The first tables. Frozen: it says in its own words what `storage.tables` said when it was written.

Moments are whole microseconds since 1970 UTC.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_CHECKED = {"native_enum": False, "create_constraint": True}


def upgrade() -> None:
    """Make every table; the order does not matter to SQLite."""
    op.create_table(
        "body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.Enum("zstd", "zstd-dict", name="encoding", **_CHECKED), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(encoding = 'zstd-dict') = (base IS NOT NULL)", name=op.f("ck_body_base")),
        sa.ForeignKeyConstraint(["base"], ["body.id"], name=op.f("fk_body_base")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("sha256", name=op.f("uq_body_sha256")),
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots")),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("last_check", sa.Integer(), nullable=True),
        sa.Column("latest_snapshot", sa.Integer(), nullable=True),
        sa.Column("last_good_at", sa.BigInteger(), nullable=True),
        sa.Column("consecutive_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("trouble_since", sa.BigInteger(), nullable=True),
        sa.Column("trouble_told", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["last_check"], ["check.id"], name=op.f("fk_watch_last_check"), use_alter=True),
        sa.ForeignKeyConstraint(
            ["latest_snapshot"], ["snapshot.id"], name=op.f("fk_watch_latest_snapshot"), use_alter=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("name", name=op.f("uq_watch_name")),
    )
    op.create_table(
        "check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("baseline", "unchanged", "changed", "failed", "suspect", name="outcome", **_CHECKED),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("hops", sa.JSON(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body", sa.Integer(), nullable=True),
        sa.Column("snapshot", sa.Integer(), nullable=True),
        sa.Column("trouble_since", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["body"], ["body.id"], name=op.f("fk_check_body")),
        sa.ForeignKeyConstraint(["snapshot"], ["snapshot.id"], name=op.f("fk_check_snapshot"), use_alter=True),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_check_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check")),
    )
    op.create_index(op.f("ix_check_watch_started_at"), "check", ["watch", "started_at"])
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("check", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("changes", "trouble", "recovery", name="alertkind", **_CHECKED), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Enum("pending", "sent", "failed", name="alertstate", **_CHECKED), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("last_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'pending') = (next_attempt_at IS NOT NULL)", name=op.f("ck_alert_next_attempt")),
        sa.ForeignKeyConstraint(["check"], ["check.id"], name=op.f("fk_alert_check")),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_alert_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "check", "kind", "recipient", "channel", name=op.f("uq_alert_check_kind_recipient_channel")
        ),
        sa.UniqueConstraint("message_id", name=op.f("uq_alert_message_id")),
    )
    op.create_index(op.f("ix_alert_state_next_attempt_at"), "alert", ["state", "next_attempt_at"])
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("check", sa.Integer(), nullable=False),
        sa.Column("body", sa.Integer(), nullable=False),
        sa.Column("captured_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_until", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Enum("live", name="source", **_CHECKED), nullable=False),
        sa.Column("reader", sa.Integer(), nullable=False),
        sa.Column("sections", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("outline", sa.JSON(), nullable=False),
        sa.CheckConstraint("confirmed_until >= captured_at", name=op.f("ck_snapshot_confirmed")),
        sa.ForeignKeyConstraint(["body"], ["body.id"], name=op.f("fk_snapshot_body")),
        sa.ForeignKeyConstraint(["check"], ["check.id"], name=op.f("fk_snapshot_check")),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_snapshot_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_watch_captured_at"), "snapshot", ["watch", "captured_at"])
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("check", sa.Integer(), nullable=False),
        sa.Column("from_snapshot", sa.Integer(), nullable=False),
        sa.Column("to_snapshot", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report-added",
                "report-removed",
                "report-changed",
                "report-moved",
                "section-added",
                "section-removed",
                "section-changed",
                "section-renamed",
                "section-moved",
                "page-changed",
                name="changekind",
                **_CHECKED,
            ),
            nullable=False,
        ),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("before_version", sa.Integer(), nullable=True),
        sa.Column("after_version", sa.Integer(), nullable=True),
        sa.Column("place_before", sa.Integer(), nullable=True),
        sa.Column("place_after", sa.Integer(), nullable=True),
        sa.Column("has_text", sa.Boolean(), nullable=False),
        sa.Column("last_seen_before", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_after", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("before_version IS NOT NULL OR after_version IS NOT NULL", name=op.f("ck_change_sides")),
        sa.ForeignKeyConstraint(["check"], ["check.id"], name=op.f("fk_change_check")),
        sa.ForeignKeyConstraint(["from_snapshot"], ["snapshot.id"], name=op.f("fk_change_from_snapshot")),
        sa.ForeignKeyConstraint(["to_snapshot"], ["snapshot.id"], name=op.f("fk_change_to_snapshot")),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_change_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("check", "position", name=op.f("uq_change_check_position")),
    )
    op.create_index(op.f("ix_change_first_seen_after"), "change", ["first_seen_after"])
    op.create_index(op.f("ix_change_watch_first_seen_after"), "change", ["watch", "first_seen_after"])
    op.create_table(
        "page_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Integer(), nullable=False),
        sa.Column("first_snapshot", sa.Integer(), nullable=False),
        sa.Column("last_snapshot", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("related", sa.JSON(), nullable=False),
        sa.Column("contacts", sa.JSON(), nullable=False),
        sa.CheckConstraint("last_snapshot >= first_snapshot", name=op.f("ck_page_version_held")),
        sa.CheckConstraint("lineage <= id", name=op.f("ck_page_version_lineage")),
        sa.ForeignKeyConstraint(["first_snapshot"], ["snapshot.id"], name=op.f("fk_page_version_first_snapshot")),
        sa.ForeignKeyConstraint(["last_snapshot"], ["snapshot.id"], name=op.f("fk_page_version_last_snapshot")),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_page_version_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_version")),
    )
    op.create_index(op.f("ix_page_version_watch_lineage"), "page_version", ["watch", "lineage"])
    op.create_table(
        "report_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Integer(), nullable=False),
        sa.Column("first_snapshot", sa.Integer(), nullable=False),
        sa.Column("last_snapshot", sa.Integer(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("published_year", sa.Integer(), nullable=True),
        sa.Column("published_month", sa.Integer(), nullable=True),
        sa.Column("published_day", sa.Integer(), nullable=True),
        sa.Column("published_text", sa.Text(), nullable=True),
        sa.Column(
            "programme",
            sa.Enum(
                "NCPI", "JTAI", "JICPA", "thematic", "evaluation", "review", "related", name="programme", **_CHECKED
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "inspection",
                "post-inspection review",
                "re-inspection",
                "quarterly update",
                "revisit",
                "progress report",
                "methodology",
                "terms of reference",
                "evaluation",
                "review",
                name="reportkind",
                **_CHECKED,
            ),
            nullable=False,
        ),
        sa.Column("recommendations", sa.Integer(), nullable=True),
        sa.Column("causes_of_concern", sa.Integer(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("section", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("last_snapshot >= first_snapshot", name=op.f("ck_report_version_held")),
        sa.CheckConstraint("lineage <= id", name=op.f("ck_report_version_lineage")),
        sa.ForeignKeyConstraint(["first_snapshot"], ["snapshot.id"], name=op.f("fk_report_version_first_snapshot")),
        sa.ForeignKeyConstraint(["last_snapshot"], ["snapshot.id"], name=op.f("fk_report_version_last_snapshot")),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_report_version_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
    )
    op.create_index(op.f("ix_report_version_watch_key"), "report_version", ["watch", "key"])
    op.create_index(op.f("ix_report_version_watch_lineage"), "report_version", ["watch", "lineage"])
    op.create_table(
        "section_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Integer(), nullable=False),
        sa.Column("first_snapshot", sa.Integer(), nullable=False),
        sa.Column("last_snapshot", sa.Integer(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.CheckConstraint("last_snapshot >= first_snapshot", name=op.f("ck_section_version_held")),
        sa.CheckConstraint("lineage <= id", name=op.f("ck_section_version_lineage")),
        sa.ForeignKeyConstraint(["first_snapshot"], ["snapshot.id"], name=op.f("fk_section_version_first_snapshot")),
        sa.ForeignKeyConstraint(["last_snapshot"], ["snapshot.id"], name=op.f("fk_section_version_last_snapshot")),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_section_version_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_version")),
    )
    op.create_index(op.f("ix_section_version_watch_key"), "section_version", ["watch", "key"])
    op.create_index(op.f("ix_section_version_watch_lineage"), "section_version", ["watch", "lineage"])
