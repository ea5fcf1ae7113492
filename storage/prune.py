"""Old rows that nothing stands on, counted and taken away: checks that found nothing new, their bytes, sent alerts.

Snapshots, their bytes, records and changes are never taken away, nor a check or time by which they are proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Delete,
    Select,
    and_,
    bindparam,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    union,
    update,
)

from domain.alert import AlertState
from domain.capture import Source
from domain.check import Outcome
from domain.recipient import Cadence
from storage.database import Database
from storage.errors import StorageError
from storage.tables import alert_checks, alerts, bodies, captures, changes, checks, snapshots, watches

ASKED_AGAIN_WITHIN = timedelta(days=30)
"""An occasion, that of a digest or a notice, may be asked for again so long: its alert must be there."""

_ROW = 60
"""What the row of a check costs beside its texts, in bytes, with its place in an index."""

_BAD = checks.c.outcome.in_((Outcome.FAILED, Outcome.SUSPECT))
_NOTHING_NEW = checks.c.outcome.in_((Outcome.UNCHANGED, Outcome.FAILED, Outcome.SUSPECT))


@dataclass(frozen=True, slots=True)
class Limits:
    """What is old: begun before a time. None takes nothing of a kind away."""

    checks: datetime | None
    alerts: datetime | None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was taken away, or would be; `size` is about what it takes in the file."""

    checks: int
    bodies: int
    alerts: int
    size: int


def prunable(database: Database, limits: Limits, now: datetime) -> Pruned:
    """Count what `prune` would take away; changes nothing."""
    with database.read() as connection:
        return _counted(connection, limits, now)


def prune(database: Database, limits: Limits, now: datetime) -> Pruned:
    """Take it away, in one transaction; the caller holds the run lock. The file keeps its size, with room in it."""
    with _unchecked(database) as connection:
        pruned = _counted(connection, limits, now)
        gone = select(_old_alerts(limits, now).c.id)
        connection.execute(delete(alert_checks).where(alert_checks.c.alert.in_(gone)))
        _expect(connection, delete(alerts).where(alerts.c.id.in_(gone)), pruned.alerts)
        # What is kept for the alerts that stay is the same now that the others are gone.
        _keep_seals(connection, limits, now)
        _expect(connection, delete(checks).where(checks.c.id.in_(select(_old_checks(limits, now).c.id))), pruned.checks)
        needed = select(_needed_bodies(select(checks.c.body)).c.id)
        _expect(connection, delete(bodies).where(bodies.c.id.not_in(needed)), pruned.bodies)
        return pruned


def give_back(database: Database) -> None:
    """Let the file be as small as what is in it; needs as much room again, and nobody else writing. Raises Busy."""
    with database.alone() as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _unchecked(database: Database) -> Iterator[Connection]:
    """A transaction whose references are looked at once, at its end.

    SQLite would look for each deleted row through all the rows that may refer to it.
    """
    with database.write_unchecked() as connection:
        yield connection
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            where = f"{broken[0]} {broken[1]}"
            raise StorageError(f"{database.path}: {where} would refer to nothing; nothing was taken away")


def _keep_seals(connection: Connection, limits: Limits, now: datetime) -> None:
    """Let each check whose predecessor goes keep that one's seal, so that the chain can be followed over the gap."""
    old = select(_old_checks(limits, now).c.id)
    before = func.lag(checks.c.id).over(order_by=checks.c.id).label("before")
    seal = func.lag(checks.c.seal).over(order_by=checks.c.id).label("seal")
    with_before = select(checks.c.id, before, seal).subquery()
    gaps = select(with_before.c.id, with_before.c.seal).where(
        with_before.c.before.in_(old), with_before.c.id.not_in(old)
    )
    kept = [{"number": row.id, "kept": row.seal} for row in connection.execute(gaps)]
    if kept:
        keep = update(checks).where(checks.c.id == bindparam("number")).values(seal_before=bindparam("kept"))
        connection.execute(keep, kept)


def _expect(connection: Connection, statement: Delete, count: int) -> None:
    connection.execute(statement)
    gone = connection.exec_driver_sql("SELECT changes()").scalar_one()  # the driver counts no statement with a WITH
    if gone != count:
        raise StorageError(f"{gone} rows would go and not {count}; nothing was taken away")


def _counted(connection: Connection, limits: Limits, now: datetime) -> Pruned:
    old, gone = _old_checks(limits, now), _old_alerts(limits, now)
    told = (func.coalesce(func.length(said), 0) for said in (checks.c.headers, checks.c.hops, checks.c.reason))
    per_check = sum(told, literal(_ROW))
    rows = select(func.count(), func.coalesce(func.sum(per_check), 0)).where(checks.c.id.in_(select(old.c.id)))
    staying = select(checks.c.body).where(checks.c.id.not_in(select(old.c.id)))
    needed = _needed_bodies(staying)
    size = func.coalesce(func.sum(func.length(bodies.c.bytes)), 0)
    bytes_gone = select(func.count(), size).where(bodies.c.id.not_in(select(needed.c.id)))
    if limits.checks is None:
        bytes_gone = bytes_gone.where(false())
    count, room = connection.execute(rows).one()
    body_count, body_room = connection.execute(bytes_gone).one()
    alert_count = connection.execute(select(func.count()).select_from(gone)).scalar_one()
    return Pruned(count, body_count, alert_count, room + body_room)


def _old_alerts(limits: Limits, now: datetime) -> CTE:
    """Sent and called-off alerts whose occasion is past; never the newest, or its number would be given again."""
    if limits.alerts is None:
        return select(alerts.c.id).where(false()).cte("gone")
    over = alerts.c.state.in_((AlertState.SENT, AlertState.CANCELLED))
    last = func.max(alerts.c.created_at, alerts.c.due_at, func.coalesce(alerts.c.last_attempt_at, alerts.c.created_at))
    asked_again = or_(alerts.c.notice.is_not(None), alerts.c.cadence != Cadence.IMMEDIATELY)
    before = and_(last < limits.alerts, or_(~asked_again, last < now - ASKED_AGAIN_WITHIN))
    newest = select(func.max(alerts.c.id)).scalar_subquery()
    return select(alerts.c.id).where(over, before, alerts.c.id != newest).cte("gone")


def _old_checks(limits: Limits, now: datetime) -> CTE:
    if limits.checks is None:
        return select(checks.c.id).where(false()).cte("old")
    kept = select(_kept_checks(limits, now).c.id)
    return (
        select(checks.c.id)
        .where(
            checks.c.started_at < limits.checks,
            _NOTHING_NEW,
            checks.c.source == Source.LIVE,
            checks.c.id.not_in(kept),
        )
        .cte("old")
    )


def _kept_checks(limits: Limits, now: datetime) -> CTE:
    """The checks that something refers to, or by which a time is proved."""
    told = select(alert_checks.c.check.label("id")).where(
        alert_checks.c.alert.not_in(select(_old_alerts(limits, now).c.id))
    )
    referring = (
        told,
        select(snapshots.c.check),
        select(changes.c.check),
        select(watches.c.last_check).where(watches.c.last_check.is_not(None)),
    )
    return union(*referring, *_sights(), *_troubles(), _told_of()).cte("kept")


def _told_of() -> Select[Any]:
    """The checks between an unsent alert and its time: it tells which of them was good last, at each try the same."""
    waits = alerts.c.state.in_((AlertState.PENDING, AlertState.FAILED))
    return select(checks.c.id).join(
        alerts, and_(waits, checks.c.started_at.between(alerts.c.created_at, alerts.c.due_at))
    )


def _sights() -> tuple[Select[Any], ...]:
    """The first and the last check that confirmed each snapshot, by number and by time, and when all was well last."""
    seen = checks.c.snapshot.is_not(None)
    confirming = and_(seen, checks.c.outcome == Outcome.UNCHANGED)
    until = and_(snapshots.c.id == checks.c.snapshot, snapshots.c.confirmed_until == checks.c.started_at)
    last_good = and_(watches.c.id == checks.c.watch, watches.c.last_good_at == checks.c.started_at)
    return (
        _ends(func.min, confirming, checks.c.snapshot),
        _ends(func.max, confirming, checks.c.snapshot),
        _latest(confirming),
        select(checks.c.id).join(snapshots, until),
        select(checks.c.id).join(watches, last_good),
    )


def _troubles() -> tuple[Select[Any], ...]:
    """The first and the last check of each run of trouble, those around it, and all of one that is not over."""
    run = checks.c.watch, checks.c.trouble_since
    around = select(
        checks.c.id,
        _BAD.label("bad"),
        func.lead(_BAD).over(partition_by=checks.c.watch, order_by=checks.c.id).label("before_bad"),
        func.lag(_BAD).over(partition_by=checks.c.watch, order_by=checks.c.id).label("after_bad"),
    ).subquery()
    not_over = and_(watches.c.id == checks.c.watch, watches.c.trouble_since == checks.c.trouble_since)
    return (
        _ends(func.min, _BAD, *run),
        _ends(func.max, _BAD, *run),
        select(around.c.id).where(~around.c.bad, or_(around.c.before_bad, around.c.after_bad)),
        select(checks.c.id).join(watches, not_over),
    )


def _ends(end: Any, which: ColumnElement[bool], *group: ColumnElement[Any]) -> Select[Any]:
    """The check with the lowest or highest number of each group."""
    return select(end(checks.c.id).label("id")).where(which).group_by(*group)


def _latest(which: ColumnElement[bool]) -> Select[Any]:
    """The check that began last of those that saw each snapshot."""
    place = func.row_number().over(partition_by=checks.c.snapshot, order_by=checks.c.started_at.desc())
    placed = select(checks.c.id, place.label("place")).where(which).subquery()
    return select(placed.c.id).where(placed.c.place == 1)


def _needed_bodies(of_checks: Select[Any]) -> CTE:
    """The bodies of snapshots, of checks and of captures, and all those that they lean on."""
    of_captures = select(captures.c.body).where(captures.c.body.is_not(None))
    named = union(of_checks.where(checks.c.body.is_not(None)), select(snapshots.c.body), of_captures).subquery()
    needed = select(named.c[0].label("id")).cte("needed", recursive=True)
    below = select(bodies.c.base).join(needed, bodies.c.id == needed.c.id).where(bodies.c.base.is_not(None))
    return needed.union(below)
