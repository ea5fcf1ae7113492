"""Snapshots found by number or by time, and the pages and bytes that they stand for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, RowMapping, func, select

from domain.page import Page
from storage.bodies import read_body
from storage.errors import UnknownSnapshot
from storage.rows import SNAPSHOTS, watch_id
from storage.tables import snapshots
from storage.versions import Outline, page_of


def snapshot_row(connection: Connection, snapshot_id: int) -> RowMapping:
    """A row of `SNAPSHOTS`. Raises UnknownSnapshot."""
    row = connection.execute(SNAPSHOTS.where(snapshots.c.id == snapshot_id)).mappings().one_or_none()
    if row is None:
        raise UnknownSnapshot(f"{snapshot_id}: no such snapshot; `snapshots` lists them")
    return row


def snapshot_row_at(connection: Connection, watch: str, at: datetime) -> RowMapping:
    """The row of the state that held at a time, by what was known then. Raises UnknownWatch, UnknownSnapshot."""
    mine = snapshots.c.watch == watch_id(connection, watch)
    newest_first = SNAPSHOTS.where(mine).order_by(snapshots.c.captured_at.desc(), snapshots.c.place.desc())
    row = connection.execute(newest_first.where(snapshots.c.captured_at <= at).limit(1)).mappings().one_or_none()
    if row is None:
        first = connection.scalar(select(func.min(snapshots.c.captured_at)).where(mine))
        begins = f"its history begins at {first:%Y-%m-%d %H:%M:%S} UTC" if first else "it has none yet"
        raise UnknownSnapshot(f"{watch}: no snapshot as old as {at:%Y-%m-%d %H:%M:%S %Z}; {begins}")
    return row


def stored_page(connection: Connection, snapshot_id: int) -> Page:
    """The page of a snapshot, exactly as it was read. Raises UnknownSnapshot."""
    return page_of(connection, Outline.of(snapshot_row(connection, snapshot_id)["outline"]))


def stored_body(connection: Connection, snapshot_id: int, path: Path) -> bytes:
    """The bytes that a snapshot was read from. Raises UnknownSnapshot, and NotADatabase where they are damaged."""
    return read_body(connection, snapshot_row(connection, snapshot_id)["body"], path)
