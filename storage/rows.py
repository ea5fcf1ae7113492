"""Rows of watches, checks, snapshots and alerts as the domain's values."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, bindparam, select

from domain.alert import Alert
from domain.check import Check, Snapshot, Standing, Trouble, Validators
from domain.recipient import Recipient
from storage.errors import UnknownWatch
from storage.tables import alerts, bodies, checks, snapshots, watches
from storage.wanted import wants_of

CHECKS = (
    select(checks, watches.c.name.label("watch_name"), bodies.c.sha256)
    .join(watches, checks.c.watch == watches.c.id)
    .outerjoin(bodies, checks.c.body == bodies.c.id)
)
SNAPSHOTS = (
    select(snapshots, watches.c.name.label("watch_name"), bodies.c.sha256)
    .join(watches, snapshots.c.watch == watches.c.id)
    .join(bodies, snapshots.c.body == bodies.c.id)
)
ALERTS = select(alerts)

# Made once: what a check asks for is asked for thousands of times.
_WATCH = select(watches).where(watches.c.name == bindparam("name"))
_CHECK = CHECKS.where(checks.c.id == bindparam("number"))
_SNAPSHOT = SNAPSHOTS.where(snapshots.c.id == bindparam("number"))


def watch_row(connection: Connection, name: str) -> RowMapping:
    """A watch's row. Raises UnknownWatch."""
    row = connection.execute(_WATCH, {"name": name}).mappings().one_or_none()
    if row is None:
        raise UnknownWatch(f"{name}: no such watch in the database; it is known after its first check")
    return row


def watch_id(connection: Connection, name: str) -> int:
    """A watch's number. Raises UnknownWatch."""
    return int(watch_row(connection, name)["id"])


def standing(connection: Connection, name: str) -> Standing:
    """How a watch stands. Raises UnknownWatch."""
    row = watch_row(connection, name)
    snapshot, check = row["latest_snapshot"], row["last_check"]
    seen = snapshot_of(connection.execute(_SNAPSHOT, {"number": snapshot}).mappings().one()) if snapshot else None
    looked = check_of(connection.execute(_CHECK, {"number": check}).mappings().one()) if check else None
    return _standing(row, seen, looked)


def standings(connection: Connection) -> tuple[Standing, ...]:
    """How all watches stand, in the order in which they were first known."""
    rows = connection.execute(select(watches).order_by(watches.c.id)).mappings().all()
    seen = connection.execute(SNAPSHOTS.where(snapshots.c.id.in_(select(watches.c.latest_snapshot)))).mappings()
    latest = {row["watch"]: snapshot_of(row) for row in seen}
    looked = connection.execute(CHECKS.where(checks.c.id.in_(select(watches.c.last_check)))).mappings()
    last = {row["watch"]: check_of(row) for row in looked}
    return tuple(_standing(row, latest.get(row["id"]), last.get(row["id"])) for row in rows)


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
        source=row["source"].value,
        sha256=None if row["sha256"] is None else row["sha256"].hex(),
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


def _standing(row: RowMapping, snapshot: Snapshot | None, last: Check | None) -> Standing:
    return Standing(
        watch=row["name"],
        snapshot=snapshot,
        last_check=last,
        last_good=row["last_good_at"],
        trouble=_trouble(row),
        trouble_told_at=row["trouble_told_at"],
        fresh_until=row["fresh_until"],
    )


def _trouble(row: RowMapping) -> Trouble | None:
    if row["trouble_since"] is None:
        return None
    return Trouble(row["trouble_since"], row["consecutive_failures"], row["trouble_told"])
