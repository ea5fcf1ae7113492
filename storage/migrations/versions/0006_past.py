"""Captures of others beside checks of our own, snapshots in the order of time, and the chain of checks.

Frozen: it says in its own words what `storage.tables` said when it was written. What is sealed of a check, and how, is
`domain.chain`'s, which can never change: the seals of yesterday would not hold.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from domain.capture import Source
from domain.chain import BEGINNING, Link, seal
from domain.check import Outcome
from storage.headers import PackedHeaders

revision = "0006"
down_revision = "0005"

_SOURCES = "live", "wayback", "file", "warc", "jsonl"
_STATES = "listed", "kept", "merged", "aside"
_CHECKED = {"native_enum": False, "create_constraint": True}
_VERSIONS = "page_version", "section_version", "report_version"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 1000
_MADE = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY type DESC")


def upgrade() -> None:
    """Add what is new, give the snapshots their places, and seal every check."""
    words = ", ".join(f"'{source}'" for source in _SOURCES)
    checked = f"CONSTRAINT ck_check_source CHECK (source IN ({words}))"
    op.execute(f"ALTER TABLE \"check\" ADD COLUMN source VARCHAR(7) DEFAULT 'live' NOT NULL {checked}")
    op.execute('ALTER TABLE "check" ADD COLUMN seal BLOB')
    op.execute('ALTER TABLE "check" ADD COLUMN seal_before BLOB')
    bind = op.get_bind()
    _remake_snapshots(bind, words)
    for table in _VERSIONS:
        held = f"\n\tCONSTRAINT ck_{table}_held CHECK (last_snapshot >= first_snapshot), "
        _remake(bind, table, [(held, "")], "*")
    _create_tables()
    _seal(bind)


def _remake_snapshots(bind: sa.Connection, words: str) -> None:
    # Each row that goes is looked for in all tables that may refer to it, and each that comes back again.
    references = [("check", "snapshot"), ("change", "from_snapshot"), ("change", "to_snapshot")]
    references += [(table, column) for table in _VERSIONS for column in ("first_snapshot", "last_snapshot")]
    for place, (table, column) in enumerate(references):
        op.execute(f'CREATE INDEX remaking_{place} ON "{table}" ({column})')
    edits = [
        ("source VARCHAR(4)", "source VARCHAR(7)"),
        ("CHECK (source IN ('live'))", f"CHECK (source IN ({words}))"),
        ("outline JSON NOT NULL, ", "outline JSON NOT NULL, \n\tplace INTEGER NOT NULL, "),
    ]
    _remake(bind, "snapshot", edits, "*, row_number() OVER (PARTITION BY watch ORDER BY id)")
    for place in range(len(references)):
        op.execute(f"DROP INDEX remaking_{place}")
    op.create_index(op.f("ix_snapshot_watch_place"), "snapshot", ["watch", "place"], unique=True)


def _remake(bind: sa.Connection, table: str, edits: Sequence[tuple[str, str]], columns: str) -> None:
    """Make a table anew with another definition: SQLite cannot change a CHECK. References to it hold at the end."""
    made = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :t AND sql IS NOT NULL ORDER BY type DESC"),
        {"t": table},
    )
    definition, *indexes = made.scalars().all()
    for before, after in edits:
        if before not in definition:
            raise RuntimeError(f"{table} is not as revision 0005 left it")
        definition = definition.replace(before, after)
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TEMP TABLE remade AS SELECT * FROM {table}")  # noqa: S608
    op.execute(f"DELETE FROM {table}")  # noqa: S608
    op.execute(f"DROP TABLE {table}")
    bind.exec_driver_sql(definition)
    op.execute(f"INSERT INTO {table} SELECT {columns} FROM remade")  # noqa: S608
    op.execute("DROP TABLE remade")
    for index in indexes:
        bind.exec_driver_sql(index)


def _create_tables() -> None:
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("source", sa.Enum(*_SOURCES, name="source", **_CHECKED), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("captured_at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("state", sa.Enum(*_STATES, name="capturestate", **_CHECKED), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("body", sa.Integer(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("hops", sa.JSON(), nullable=True),
        sa.Column("headers", sa.LargeBinary(), nullable=True),
        sa.Column("accepted", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("check", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["body"], ["body.id"], name=op.f("fk_capture_body")),
        sa.ForeignKeyConstraint(["check"], ["check.id"], name=op.f("fk_capture_check")),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_capture_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.UniqueConstraint("watch", "source", "key", name=op.f("uq_capture_watch_source_key")),
    )
    op.create_index(op.f("ix_capture_watch_state"), "capture", ["watch", "state"])
    op.create_index(op.f("ix_capture_watch_digest"), "capture", ["watch", "digest"])
    op.create_table(
        "listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("bounds", sa.Text(), nullable=False),
        sa.Column("resume", sa.Text(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["watch"], ["watch.id"], name=op.f("fk_listing_watch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("watch", "address", "bounds", name=op.f("uq_listing_watch_address_bounds")),
    )


_CHECKS = sa.text(
    "SELECT c.id, w.name, c.started_at, c.duration_ms, c.outcome, c.reason, c.http_status, c.hops, c.headers, c.etag,"
    ' c.last_modified, hex(b.sha256) AS sha256 FROM "check" c JOIN watch w ON w.id = c.watch'
    " LEFT JOIN body b ON b.id = c.body WHERE c.id > :after ORDER BY c.id LIMIT :most"
)


def _seal(bind: sa.Connection) -> None:
    """Seal the checks that are there, in the order of their numbers."""
    before, last = BEGINNING, 0
    while rows := bind.execute(_CHECKS, {"after": last, "most": _AT_ONCE}).all():
        sealed = []
        for row in rows:
            before = seal(_link(row), before)
            sealed.append({"seal": before, "number": row.id})
        last = rows[-1].id
        bind.execute(sa.text('UPDATE "check" SET seal = :seal WHERE id = :number'), sealed)


def _link(row: Any) -> Link:
    headers = PackedHeaders().process_result_value(row.headers, sa.Dialect())
    return Link(
        check=row.id,
        watch=row.name,
        source=Source.LIVE,
        started_at=_EPOCH + timedelta(microseconds=row.started_at),
        duration_ms=row.duration_ms,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        http_status=row.http_status,
        hops=None if row.hops is None else tuple(json.loads(row.hops)),
        headers=None if headers is None else tuple((name, value) for name, value in headers),
        etag=row.etag,
        last_modified=row.last_modified,
        body=row.sha256.lower() if row.sha256 else None,
    )
