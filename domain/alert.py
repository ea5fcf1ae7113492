"""What recipients are told, as values: alerts as the outbox keeps them, and the news that their messages are made of.

Who is owed an alert is `owed`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from domain.change import RecordedChange
from domain.recipient import Cadence, Recipient, Wants


class AlertState(StrEnum):
    """Where an alert stands in the outbox.

    A `FAILED` one is tried again only when somebody asks for it; a `CANCELLED` one never: its recipient has left, it
    has nothing left to tell, or somebody called it off.
    """

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AlertKind(StrEnum):
    """What an alert tells: changes to readers; to the administrator trouble and its end; a test to whom it is for.

    A heartbeat is a sign of life, once a week, for those who want it.
    """

    CHANGES = "changes"
    TROUBLE = "trouble"
    RECOVERY = "recovery"
    UNDELIVERED = "undelivered"
    LATE = "late"
    HEARTBEAT = "heartbeat"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert in the outbox. `message_id` is unique, made when the alert was stored, and never changes.

    `watches` are those it tells of, none for what concerns the installation; `wants` is what its reader asked for when
    it was made or, a digest, added to. It is not sent before `due_at`.
    `next_attempt_at` is None once it is no longer pending; `attempts` counts the tries so far.
    """

    id: int
    kind: AlertKind
    recipient: Recipient
    wants: Wants
    cadence: Cadence
    watches: tuple[str, ...]
    subject: str
    message_id: str
    created_at: datetime
    due_at: datetime
    state: AlertState
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class PageChanges:
    """The changes of one page that a message tells, oldest check first and each check's in the order of `compare`.

    `last_good` is when the last check that saw the page began, as of the time at which the message was due.
    """

    watch: str
    url: str
    title: str
    last_good: datetime
    changes: tuple[RecordedChange, ...]


@dataclass(frozen=True, slots=True)
class ChangesFound:
    """What a message to a reader tells: changes of one page or, in a digest, of several; () where none is left."""

    pages: tuple[PageChanges, ...]


@dataclass(frozen=True, slots=True)
class TroubleFound:
    """A page that cannot be had or believed. `since`: the trouble's first check; `last_good`: None for never."""

    watch: str
    page_url: str
    outcome: str
    reason: str
    since: datetime
    last_good: datetime | None


@dataclass(frozen=True, slots=True)
class TroubleOver:
    """A page that was in trouble is well again; `since` is when the trouble began, `seen_at` the good check."""

    watch: str
    page_url: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Stuck:
    """An alert that does not arrive, as the administrator is told of it."""

    alert: int
    recipient: Recipient
    subject: str
    failed: bool
    attempts: int
    since: datetime
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Alerts that do not arrive, the oldest first; `count` is how many they are, of which a few are named."""

    alerts: tuple[Stuck, ...]
    count: int


@dataclass(frozen=True, slots=True)
class WatchLate:
    """A page that nothing has looked at for too long, by its own schedule.

    `last_check` is when the last look began, `last_good` the last that saw the page, None for never.
    """

    watch: str
    page_url: str
    last_check: datetime
    last_good: datetime | None


@dataclass(frozen=True, slots=True)
class Week:
    """What was done in a time. `failed` and `suspect` are among the `checks`; `quiet` changes are not of `changes`."""

    since: datetime
    until: datetime
    checks: int
    failed: int
    suspect: int
    changes: int
    quiet: int


@dataclass(frozen=True, slots=True)
class Seen:
    """How a watch is, as a heartbeat tells it: when it was last seen, and how often in a row it was not since."""

    watch: str
    last_good: datetime | None
    late: bool
    failures: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life. `sent` are the messages to its recipient in the week, heartbeats left out.

    `watches` are the worst ones, the worst first, of `count`; `late` of those are late. They, and `undelivered`, are as
    they were when it was made. `seal` is the newest one of the chain of checks, with its check's number; None for none.
    """

    week: Week
    sent: int
    watches: tuple[Seen, ...]
    count: int
    late: int
    undelivered: int
    version: str
    seal: str | None = None

    @property
    def well(self) -> bool:
        """Whether nothing needs a look."""
        return not self.late and not self.undelivered


@dataclass(frozen=True, slots=True)
class Trial:
    """A test message: the pages that are watched, with the last check that saw each, None for never."""

    watches: tuple[tuple[str, datetime | None], ...]


Notice: TypeAlias = Undelivered | WatchLate | Heartbeat
News: TypeAlias = ChangesFound | TroubleFound | TroubleOver | Undelivered | WatchLate | Heartbeat | Trial


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a message is made of.

    `follows` are the Message-IDs of the first messages to this recipient about the reports that it tells of, in the
    order in which they were made; () for the first one. `token` stands for the recipient in an address to leave by,
    None for who has none.
    """

    alert: Alert
    news: News
    follows: tuple[str, ...] = ()
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Backoff:
    """When a failed try is repeated: after `first`, then twice as long each time up to `longest`."""

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=6)
    give_up_after: timedelta = timedelta(days=7)

    def next_attempt(self, alert: Alert, now: datetime) -> datetime | None:
        """When to repeat a try that just failed; None when the alert is due for so long that it is given up."""
        if now - alert.due_at >= self.give_up_after:
            return None
        doublings = min(alert.attempts, 16)
        return now + min(self.first * (1 << doublings), self.longest)
