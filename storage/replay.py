"""What a replay reads of the past, and the history rewritten from it in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from domain.alert import AlertKind
from domain.change import Change
from domain.check import Answer, Snapshot
from domain.page import Page
from domain.rereading import Rereading
from storage.answers import answer_of, bringer_of
from storage.bodies import read_body
from storage.database import Database
from storage.owing import UNSENT, call_off, renew
from storage.recorded import CHANGES, read_changes
from storage.rewriting import Rewriting
from storage.rows import SNAPSHOTS, snapshot_of, watch_id, watch_row
from storage.snapshots import snapshot_row, stored_page
from storage.tables import alert_checks, alerts, changes, checks, snapshots
from storage.wanted import wants_of

_NOTHING_LEFT = "nothing is left to tell: a newer reader finds no such change in the page's bytes"


@dataclass(frozen=True, slots=True)
class Sight:
    """A check that confirmed a snapshot. `body` is None where the bytes were the same, or the server said so."""

    at: datetime
    body: int | None


class Replays:
    """The stored answers of every watch, to be read again, and the way to rewrite the history from them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def snapshots(self, watch: str) -> tuple[Snapshot, ...]:
        """The accepted states, in the order of time. Raises UnknownWatch."""
        with self._database.read() as connection:
            mine = SNAPSHOTS.where(snapshots.c.watch == watch_id(connection, watch)).order_by(snapshots.c.place)
            return tuple(snapshot_of(row) for row in connection.execute(mine).mappings())

    def page(self, snapshot_id: int) -> Page:
        """The page of a snapshot, as it was read."""
        with self._database.read() as connection:
            return stored_page(connection, snapshot_id)

    def changes(self, snapshot_id: int) -> tuple[Change, ...]:
        """What led to a snapshot from the one before, as `compare` gave it.

        So without `first_seen`, which follows from the lineages.
        """
        with self._database.read() as connection:
            led = CHANGES.where(changes.c.to_snapshot == snapshot_id).order_by(changes.c.position)
            return tuple(replace(recorded.change, first_seen=None) for recorded in read_changes(connection, led))

    def answer(self, snapshot_id: int) -> Answer:
        """The answer that a snapshot was read from."""
        with self._database.read() as connection:
            brought = bringer_of(connection, snapshot_row(connection, snapshot_id))
            return answer_of(connection, brought, self._database.path)

    def sights(self, snapshot_id: int) -> tuple[Sight, ...]:
        """The checks that confirmed a snapshot, in the order of time."""
        with self._database.read() as connection:
            snapshot = snapshot_row(connection, snapshot_id)
            confirming = checks.c.snapshot == snapshot_id, checks.c.id != snapshot["check"]
            looked = (
                select(checks.c.started_at, checks.c.body).where(*confirming).order_by(checks.c.started_at, checks.c.id)
            )
            return tuple(
                Sight(at, None if body == snapshot["body"] else body) for at, body in connection.execute(looked)
            )

    def body(self, number: int) -> bytes:
        """The bytes of a sight."""
        with self._database.read() as connection:
            return read_body(connection, number, self._database.path)

    def rewrite(self, watch: str, rereadings: Iterable[Rereading]) -> None:
        """Put what was read again in place of what is stored, from the first snapshot of a watch to its last.

        Snapshots keep their numbers, checks their outcomes, and alerts stay as many as they are: those not sent yet
        tell the new changes, or are called off where none is left. Others see the old history until all is done; after
        an error nothing is rewritten. Raises UnknownWatch, and ValueError where a snapshot is left out.
        """
        with self._database.write() as connection:
            row = watch_row(connection, watch)
            rewriting = Rewriting(connection, self._database.path, row)
            numbers = []
            for reread in rereadings:
                _without_validators(connection, reread)
                until = reread.confirmed_until
                rewriting.write(reread.snapshot.id, reread.page, reread.changes, reread.reader, until)
                numbers.append(reread.snapshot.id)
            mine = select(snapshots.c.id).where(snapshots.c.watch == row["id"]).order_by(snapshots.c.place)
            if numbers != list(connection.scalars(mine)):
                raise ValueError(f"{watch}: a replay must have every snapshot, in order")
            renew_alerts(connection, row["id"])


def _without_validators(connection: Connection, reread: Rereading) -> None:
    """Forget those that came with another state's body: sent again, the server would say that nothing is new."""
    if reread.confirmed_until < reread.snapshot.confirmed_until:
        mine = update(snapshots).where(snapshots.c.id == reread.snapshot.id)
        connection.execute(mine.values(etag=None, last_modified=None))


def renew_alerts(connection: Connection, watch: int) -> None:
    """Let the unsent alerts of a watch name what they will tell, and call off those with nothing left to tell."""
    telling = select(alert_checks.c.alert).join(checks, checks.c.id == alert_checks.c.check)
    mine = alerts.c.id.in_(telling.where(checks.c.watch == watch)), alerts.c.kind == AlertKind.CHANGES
    for alert in connection.execute(select(alerts).where(*mine, UNSENT)).mappings().all():
        if not renew(connection, alert["id"], wants_of(alert["wants"]), alert["created_at"]):
            call_off(connection, alerts.c.id == alert["id"], _NOTHING_LEFT)
