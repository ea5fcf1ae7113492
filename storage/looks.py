"""The looks that saw a page around a time. Found by the index of the checks, whose rows are many."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from domain.sighting import Known
from storage.rows import snapshot_of
from storage.snapshots import snapshot_row_at
from storage.tables import checks, snapshots


def known_at(connection: Connection, watch: str, at: datetime) -> Known:
    """What is known of a page at a time. Raises UnknownWatch, UnknownSnapshot."""
    state = snapshot_row_at(connection, watch, at)
    before = last_look(connection, state, at)
    after, same = _next_look(connection, state, at)
    return Known(snapshot_of(state), before, after, same)


def last_look(connection: Connection, state: RowMapping, at: datetime) -> datetime:
    """The last look by then that saw a state; a replay may have found that later ones saw another."""
    confirmed: datetime = state["confirmed_until"]
    if confirmed <= at:
        return confirmed
    by_then = (checks.c.watch == state["watch"], checks.c.started_at <= at, checks.c.snapshot == state["id"])
    last = select(checks.c.started_at).where(*by_then).order_by(checks.c.started_at.desc()).limit(1)
    seen: datetime = connection.execute(last).scalar_one()
    return seen


def _next_look(connection: Connection, state: RowMapping, at: datetime) -> tuple[datetime | None, bool | None]:
    """The first look after a time that saw the page, and whether it saw the same state."""
    later = (checks.c.watch == state["watch"], checks.c.started_at > at, checks.c.snapshot.is_not(None))
    columns = (checks.c.started_at, checks.c.snapshot, snapshots.c.outline)
    first = select(*columns).join(snapshots, snapshots.c.id == checks.c.snapshot).where(*later)
    row = connection.execute(first.order_by(checks.c.started_at).limit(1)).one_or_none()
    if row is None:
        return None, None
    # Where a capture was put in before a check, two snapshots that follow each other may be one state.
    same = (
        row.started_at <= state["confirmed_until"] if row.snapshot == state["id"] else row.outline == state["outline"]
    )
    return row.started_at, same
