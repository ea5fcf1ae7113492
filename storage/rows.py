"""Rows of watches, checks, snapshots and alerts as the domain's values."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from domain.alert import Alert
from domain.check import Check, Snapshot, Standing, Trouble, Validators
from domain.recipient import Recipient
from storage.errors import UnknownWatch
from storage.tables import alerts, bodies, checks, snapshots, watches
from storage.wanted import wants_of

CHECKS = select(checks, watches.c.name.label("watch_name")).join(watches, checks.c.watch == watches.c.id)
SNAPSHOTS = (
    select(snapshots, watches.c.name.label("watch_name"), bodies.c.sha256)
    .join(watches, snapshots.c.watch == watches.c.id)
    .join(bodies, snapshots.c.body == bodies.c.id)
)
ALERTS = select(alerts)


def watch_row(connection: Connection, name: str) -> RowMapping:
    """A watch's row. Raises UnknownWatch."""
    row = connection.execute(select(watches).where(watches.c.name == name)).mappings().one_or_none()
    if row is None:
        raise UnknownWatch(f"{name}: no such watch in the database; it is known after its first check")
    return row


def watch_id(connection: Connection, name: str) -> int:
    """A watch's number. Raises UnknownWatch."""
    return int(watch_row(connection, name)["id"])


def standings(connection: Connection, *where: ColumnElement[bool]) -> tuple[Standing, ...]:
    """How the watches stand that conditions on their table select, in the order in which they were first known."""
    rows = connection.execute(select(watches).where(*where).order_by(watches.c.id)).mappings().all()
    snapshot_ids = select(watches.c.latest_snapshot).where(*where)
    check_ids = select(watches.c.last_check).where(*where)
    seen = connection.execute(SNAPSHOTS.where(snapshots.c.id.in_(snapshot_ids))).mappings()
    latest = {row["watch"]: snapshot_of(row) for row in seen}
    looked = connection.execute(CHECKS.where(checks.c.id.in_(check_ids))).mappings()
    last = {row["watch"]: check_of(row) for row in looked}
    return tuple(
        Standing(
            watch=row["name"],
            snapshot=latest.get(row["id"]),
            last_check=last.get(row["id"]),
            last_good=row["last_good_at"],
            trouble=_trouble(row),
            trouble_told_at=row["trouble_told_at"],
            fresh_until=row["fresh_until"],
        )
        for row in rows
    )


def check_of(row: RowMapping) -> Check:
    """A row of `CHECKS`."""
    return Check(
        id=row["id"],
        watch=row["watch_name"],
        started_at=row["started_at"],
        duration_ms=row["duration_ms"],
        outcome=row["outcome"],
        reason=row["reason"],
        http_status=row["http_status"],
        snapshot=row["snapshot"],
    )


def snapshot_of(row: RowMapping) -> Snapshot:
    """A row of `SNAPSHOTS`."""
    return Snapshot(
        id=row["id"],
        watch=row["watch_name"],
        captured_at=row["captured_at"],
        confirmed_until=row["confirmed_until"],
        source=row["source"].value,
        sha256=row["sha256"].hex(),
        reader=row["reader"],
        sections=row["sections"],
        reports=row["reports"],
        validators=Validators(row["etag"], row["last_modified"]),
    )


def alert_of(row: RowMapping) -> Alert:
    """A row of `ALERTS`."""
    return Alert(
        id=row["id"],
        kind=row["kind"],
        recipient=Recipient(row["recipient"], row["channel"]),
        wants=wants_of(row["wants"]),
        cadence=row["cadence"],
        watches=tuple(row["watches"]),
        subject=row["subject"],
        message_id=row["message_id"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        state=row["state"],
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        last_error=row["last_error"],
    )


def _trouble(row: RowMapping) -> Trouble | None:
    if row["trouble_since"] is None:
        return None
    return Trouble(row["trouble_since"], row["consecutive_failures"], row["trouble_told"])
