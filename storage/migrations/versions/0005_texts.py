"""The texts of records packed against the bytes of their page, instead of whole in every row; headers packed too.

Frozen: it says in its own words what `storage.tables` said when it was written. Of one snapshot, the texts of sections
come first, then those of reports, each in the order of their numbers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.headers import packed_headers
from storage.zstd import SHORTEST_BASE, pack, pack_against, unpack, unpack_against

revision = "0005"
down_revision = "0004"

_TABLES = "section_version", "report_version"


def upgrade() -> None:
    """Move every text and all headers; only then the old columns go."""
    op.create_table(
        "text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["base"], ["body.id"], name=op.f("fk_text_base")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text")),
    )
    for table in _TABLES:
        # Alembic cannot add a reference to a table of SQLite's; SQLite itself can, where it is NULL at first.
        op.execute(f"ALTER TABLE {table} ADD COLUMN texts INTEGER CONSTRAINT fk_{table}_texts REFERENCES text (id)")
        op.add_column(table, sa.Column("text_place", sa.Integer(), nullable=True))
    bind = op.get_bind()
    for snapshot, body in bind.execute(sa.text("SELECT id, body FROM snapshot ORDER BY id")).all():
        _move_texts(bind, snapshot, body)
    for table in _TABLES:
        op.drop_column(table, "text")
        op.drop_index(op.f(f"ix_{table}_watch_key"), table)  # which no question ever used

    _pack_headers(bind)


def _pack_headers(bind: sa.Connection) -> None:
    op.execute('ALTER TABLE "check" RENAME COLUMN headers TO headers_before')
    op.add_column("check", sa.Column("headers", sa.LargeBinary(), nullable=True))
    kept = bind.execute(sa.text('SELECT id, headers_before FROM "check" WHERE headers_before IS NOT NULL')).all()
    for number, headers in kept:
        row = {"number": number, "headers": packed_headers(json.loads(headers))}
        bind.execute(sa.text('UPDATE "check" SET headers = :headers WHERE id = :number'), row)
    op.drop_column("check", "headers_before")


def _move_texts(bind: sa.Connection, snapshot: int, body: int) -> None:
    """The texts of the versions that begin with one snapshot."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    said: list[str] = []
    for table in _TABLES:
        mine = f"SELECT id, text FROM {table} WHERE first_snapshot = :snapshot AND text <> '' ORDER BY id"  # noqa: S608
        for number, text in bind.execute(sa.text(mine), {"snapshot": snapshot}):
            found[table].append({"number": number, "place": len(said)})
            said.append(text)
    if not said:
        return
    content = _content(bind, body)
    joined = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    leans = len(content) >= SHORTEST_BASE
    row = {"base": body if leans else None, "bytes": pack_against(content, joined) if leans else pack(joined)}
    kept = bind.execute(sa.text("INSERT INTO text (base, bytes) VALUES (:base, :bytes)"), row).lastrowid
    for table, places in found.items():
        moved = f"UPDATE {table} SET texts = {kept}, text_place = :place WHERE id = :number"  # noqa: S608
        bind.execute(sa.text(moved), places)


def _content(bind: sa.Connection, body: int) -> bytes:
    chain = []
    above: int | None = body
    while above is not None:
        packed, above = bind.execute(sa.text("SELECT bytes, base FROM body WHERE id = :id"), {"id": above}).one()
        chain.append(packed)
    content = unpack(chain.pop())
    while chain:
        content = unpack_against(content, chain.pop())
    return content
