"""What is owed to whom: alerts claimed for delivery, and what became of them. Sending is the notifier's business.

A claim is a lease: the process that has it may be killed, and after `LEASE` another may deliver the alert.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select, update

from domain.alert import Alert, AlertState, Letter
from storage.database import Database
from storage.letters import letter_of
from storage.rows import ALERTS, alert_of
from storage.tables import alerts

LEASE = timedelta(minutes=10)


class Outbox:
    """The alerts, sent and unsent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now: datetime, not_tried_since: datetime, *, due_only: bool) -> Letter | None:
        """Take the oldest alert that is to be delivered, so that no other process does; None when there is none.

        An alert that was tried at `not_tried_since` or later is left for another run. With `due_only`, so is one whose
        next try lies in the future. The claim ends with `sent`, `deferred` or `refused`, or by itself after `LEASE`.
        """
        wanted = [
            alerts.c.state == AlertState.PENDING,
            or_(alerts.c.last_attempt_at.is_(None), alerts.c.last_attempt_at < not_tried_since),
            _unclaimed(now),
        ]
        if due_only:
            wanted.append(alerts.c.next_attempt_at <= now)
        oldest = select(alerts.c.id).where(*wanted).order_by(alerts.c.id).limit(1)
        with self._database.write() as connection:
            number = connection.scalar(oldest)
            if number is None:
                return None
            connection.execute(update(alerts).where(alerts.c.id == number).values(claimed_until=now + LEASE))
            return letter_of(connection, number)

    def sent(self, alert_id: int, now: datetime) -> None:
        """The channel took the message."""
        self._tried(alert_id, now, AlertState.SENT, None, None)

    def deferred(self, alert_id: int, now: datetime, next_attempt_at: datetime | None, error: str) -> None:
        """The channel did not take the message now; `next_attempt_at` is None when it is given up."""
        state = AlertState.FAILED if next_attempt_at is None else AlertState.PENDING
        self._tried(alert_id, now, state, next_attempt_at, error)

    def refused(self, alert_id: int, now: datetime, error: str) -> None:
        """The channel will never take the message."""
        self._tried(alert_id, now, AlertState.FAILED, None, error)

    def alerts(self, state: AlertState | None = None) -> tuple[Alert, ...]:
        """The alerts, or those of one state, newest first."""
        statement = ALERTS.order_by(alerts.c.id.desc())
        if state is not None:
            statement = statement.where(alerts.c.state == state)
        with self._database.read() as connection:
            return tuple(alert_of(row) for row in connection.execute(statement).mappings())

    def letter(self, alert_id: int) -> Letter:
        """An alert with all that its message is made of. Raises UnknownAlert."""
        with self._database.read() as connection:
            return letter_of(connection, alert_id)

    def undelivered(self) -> int:
        """How many alerts are pending or failed."""
        statement = select(func.count()).where(_undelivered())
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one()

    def retry(self, now: datetime, alert_id: int | None = None) -> int:
        """Make what is undelivered, or one alert of it, due now; gives how many. A claim that still holds is kept."""
        statement = update(alerts).where(_undelivered())
        if alert_id is not None:
            statement = statement.where(alerts.c.id == alert_id)
        claim = case((_unclaimed(now), None), else_=alerts.c.claimed_until)
        with self._database.write() as connection:
            due = {"state": AlertState.PENDING, "next_attempt_at": now, "claimed_until": claim}
            return connection.execute(statement.values(due)).rowcount

    def _tried(
        self, alert_id: int, now: datetime, state: AlertState, next_attempt_at: datetime | None, error: str | None
    ) -> None:
        outcome = {
            "state": state,
            "attempts": alerts.c.attempts + 1,
            "next_attempt_at": next_attempt_at,
            "last_attempt_at": now,
            "claimed_until": None,
            "last_error": error,
        }
        # A process whose claim ran out may come back late: what another has sent stays sent.
        unsent = (alerts.c.id == alert_id, alerts.c.state != AlertState.SENT)
        with self._database.write() as connection:
            connection.execute(update(alerts).where(*unsent).values(outcome))


def _unclaimed(now: datetime) -> ColumnElement[bool]:
    return or_(alerts.c.claimed_until.is_(None), alerts.c.claimed_until <= now)


def _undelivered() -> ColumnElement[bool]:
    return alerts.c.state.in_((AlertState.PENDING, AlertState.FAILED))
