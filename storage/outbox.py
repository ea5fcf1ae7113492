"""What is owed to whom: alerts claimed for delivery, and what became of them. Sending is the notifier's business.

A claim is a lease: the process that has it may be killed, and after `LEASE` another may deliver the alert.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true, update

from domain.alert import Alert, AlertKind, AlertState, Letter
from domain.digest import Slot
from domain.heartbeat import OwedHeartbeat
from domain.owed import STUCK_AFTER, OwedNotice
from domain.recipient import Recipient
from storage.database import Database
from storage.letters import letter_of
from storage.owing import Desk, call_off, heartbeats_made
from storage.rows import ALERTS, alert_of
from storage.tables import alerts, recipients

LEASE = timedelta(minutes=10)

_PENDING = alerts.c.state == AlertState.PENDING
_FAILED = alerts.c.state == AlertState.FAILED


class Outbox:
    """The alerts, sent and unsent. `allow_only`, where not None, are all the recipients that anything is sent to.

    An entry of it is an address or name or, with "@" in front, a domain of mail addresses.
    """

    def __init__(self, database: Database, allow_only: Collection[str] | None = None) -> None:
        self._database = database
        self._allow_only = allow_only

    def allows(self, recipient: Recipient) -> bool:
        """Whether anything may be sent to somebody."""
        if self._allow_only is None:
            return True
        address = recipient.address.casefold()
        allowed = map(str.casefold, self._allow_only)
        return any(address.endswith(entry) if entry.startswith("@") else address == entry for entry in allowed)

    def is_idle(self, now: datetime) -> bool:
        """Whether nothing is due, for anybody: what most checks find, with one look."""
        due = select(alerts.c.id).where(_due(now)).limit(1)
        with self._database.read() as connection:
            return connection.scalar(due) is None

    def claim(
        self, now: datetime, not_tried_since: datetime, *, due_only: bool, without: Collection[str] = ()
    ) -> Letter | None:
        """Take the oldest alert that is to be delivered, so that no other process does; None when there is none.

        An alert that was tried at `not_tried_since` or later is left for another run, and so are those of the channels
        `without`, those whose recipient has left or is paused and those before their due time. With `due_only`, so is
        one whose next try lies in the future. The claim ends with `sent`, `deferred`, `refused` or `cancel`, or by
        itself after `LEASE`.
        """
        wanted = [
            _due(now),
            self._allowed(),
            or_(alerts.c.last_attempt_at.is_(None), alerts.c.last_attempt_at < not_tried_since),
            _unclaimed(now),
            alerts.c.channel.not_in(without),
        ]
        if due_only:
            wanted.append(alerts.c.next_attempt_at <= now)
        # One whose claim ran out comes last: what killed its process would keep all others from being sent.
        in_turn = alerts.c.claimed_until.nulls_first(), alerts.c.due_at, alerts.c.id
        oldest = _with_recipients(alerts.c.id).where(*wanted).order_by(*in_turn).limit(1)
        with self._database.write() as connection:
            number = connection.scalar(oldest)
            if number is None:
                return None
            connection.execute(update(alerts).where(alerts.c.id == number).values(claimed_until=now + LEASE))
            return letter_of(connection, number)

    def sent(self, alert_id: int, now: datetime) -> None:
        """The channel took the message: whatever became of the alert meanwhile, it was sent."""
        self._tried(alert_id, now, AlertState.SENT, None, None, alerts.c.state != AlertState.SENT)

    def deferred(self, alert_id: int, now: datetime, next_attempt_at: datetime | None, error: str) -> None:
        """The channel did not take the message now; `next_attempt_at` is None when it is given up."""
        state = AlertState.FAILED if next_attempt_at is None else AlertState.PENDING
        self._tried(alert_id, now, state, next_attempt_at, error, _PENDING)

    def refused(self, alert_id: int, now: datetime, error: str) -> None:
        """The channel will never take the message."""
        self._tried(alert_id, now, AlertState.FAILED, None, error, _PENDING)

    def alerts(self, state: AlertState | None = None, limit: int | None = None) -> tuple[Alert, ...]:
        """The alerts, or those of one state, newest first; at most so many."""
        statement = ALERTS.order_by(alerts.c.id.desc()).limit(limit)
        return self._found(statement if state is None else statement.where(alerts.c.state == state))

    def waiting(self, now: datetime) -> tuple[Alert, ...]:
        """What is due and was not sent yet, newest first; not what waits for a recipient who is paused or gone."""
        return self._found(_with_recipients(alerts).where(_due(now)).order_by(alerts.c.id.desc()))

    def numbered(self, numbers: Iterable[int]) -> tuple[Alert, ...]:
        """The alerts with these numbers, newest first."""
        return self._found(ALERTS.where(alerts.c.id.in_(list(numbers))).order_by(alerts.c.id.desc()))

    def stuck(self, now: datetime) -> tuple[Alert, ...]:
        """What does not arrive and the administrator was not told of, the oldest first: failed, or due for long.

        Tried or not: of a channel that is down, a round tries one alert. What is being sent just now, or held back on
        purpose, is not stuck.
        """
        waits = and_(_due(now - STUCK_AFTER), _unclaimed(now), self._allowed())
        wanted = or_(_FAILED, waits), ~alerts.c.told, alerts.c.kind != AlertKind.UNDELIVERED
        return self._found(_with_recipients(alerts).where(*wanted).order_by(alerts.c.id))

    def letter(self, alert_id: int) -> Letter:
        """An alert with all that its message is made of. Raises UnknownAlert."""
        with self._database.read() as connection:
            return letter_of(connection, alert_id)

    def undelivered(self, now: datetime) -> int:
        """How many alerts have failed, or are due and were not sent yet."""
        statement = _with_recipients(func.count()).where(or_(_FAILED, _due(now)))
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def retry(self, now: datetime, alert_id: int | None = None) -> int:
        """Make what is undelivered, or one alert of it, due now; gives how many. A claim that still holds is kept."""
        statement = update(alerts).where(or_(_FAILED, and_(_PENDING, alerts.c.due_at <= now)))
        if alert_id is not None:
            statement = statement.where(alerts.c.id == alert_id)
        claim = case((_unclaimed(now), None), else_=alerts.c.claimed_until)
        again = {"state": AlertState.PENDING, "next_attempt_at": now, "claimed_until": claim, "told": False}
        with self._database.write() as connection:
            return connection.execute(statement.values(again)).rowcount

    def cancel(self, numbers: Sequence[int], reason: str) -> tuple[int, ...]:
        """Call off alerts that are not sent yet; gives which of them were."""
        with self._database.write() as connection:
            return call_off(connection, alerts.c.id.in_(numbers), reason)

    def notify(self, owed: Sequence[OwedNotice], told: Iterable[int], now: datetime, message_domain: str) -> int:
        """Queue notices to administrators; gives how many of them were not told within a day already.

        Where there is any, they are told of the alerts with the numbers `told`.
        """
        with self._database.write() as connection:
            queued = Desk(connection, now, message_domain).notify(owed)
            if queued:
                connection.execute(update(alerts).where(alerts.c.id.in_(list(told))).values(told=True))
        return queued

    def heartbeats_made(self, slot: Slot) -> frozenset[int | Recipient]:
        """To whom heartbeats were made for a time or since: subscribers, by number, and recipients."""
        with self._database.read() as connection:
            return heartbeats_made(connection, slot)

    def beat(self, owed: Sequence[OwedHeartbeat], slot: Slot, now: datetime, message_domain: str) -> int:
        """Queue heartbeats for a time, each once; gives how many were not made already."""
        with self._database.write() as connection:
            return Desk(connection, now, message_domain).beat(owed, slot)

    def count_sent(self, recipient: Recipient, since: datetime, until: datetime) -> int:
        """How many messages somebody was sent from the one time on until the other, heartbeats left out."""
        statement = select(func.count()).where(
            alerts.c.recipient == recipient.address,
            alerts.c.channel == recipient.channel,
            alerts.c.state == AlertState.SENT,
            alerts.c.kind != AlertKind.HEARTBEAT,
            alerts.c.last_attempt_at >= since,
            alerts.c.last_attempt_at < until,
        )
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def _found(self, statement: Select[Any]) -> tuple[Alert, ...]:
        with self._database.read() as connection:
            return tuple(alert_of(row) for row in connection.execute(statement).mappings())

    def _allowed(self) -> ColumnElement[bool]:
        if self._allow_only is None:
            return true()
        address = func.casefolded(alerts.c.recipient)
        allowed = map(str.casefold, self._allow_only)
        return or_(
            false(),
            *(address.endswith(one, autoescape=True) if one.startswith("@") else address == one for one in allowed),
        )

    def _tried(
        self,
        alert_id: int,
        now: datetime,
        state: AlertState,
        next_attempt_at: datetime | None,
        error: str | None,
        still: ColumnElement[bool],
    ) -> None:
        outcome: dict[str, object] = {
            "state": state,
            "attempts": alerts.c.attempts + 1,
            "next_attempt_at": next_attempt_at,
            "last_attempt_at": now,
            "claimed_until": None,
            "last_error": error,
        }
        if state is AlertState.FAILED:
            outcome["told"] = False  # that it was tried in vain may have been told, that it is given up is news
        # A process whose claim ran out may come back late: what another has sent stays sent.
        with self._database.write() as connection:
            connection.execute(update(alerts).where(alerts.c.id == alert_id, still).values(outcome))


def _with_recipients(*columns: Any) -> Select[Any]:
    """Alerts of those who are to be told: of subscribers that are here, and of recipients without a subscription."""
    here = and_(recipients.c.left_at.is_(None), ~recipients.c.paused)
    return (
        select(*columns)
        .select_from(alerts.outerjoin(recipients, alerts.c.subscriber == recipients.c.id))
        .where(or_(alerts.c.subscriber.is_(None), here))
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(_PENDING, alerts.c.due_at <= now)


def _unclaimed(now: datetime) -> ColumnElement[bool]:
    return or_(alerts.c.claimed_until.is_(None), alerts.c.claimed_until <= now)
