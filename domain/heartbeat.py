"""The sign of life that comes once a week: who is owed one, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.alert import Heartbeat, Seen, Week
from domain.digest import Slot
from domain.owed import Audience
from domain.recipient import Subscriber
from domain.subject import SUBJECT_LENGTH, one_line

MOST_WATCHES = 20

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OwedHeartbeat:
    """A heartbeat before it is stored."""

    subscriber: Subscriber
    subject: str
    heartbeat: Heartbeat


def slot_of(audience: Audience, now: datetime) -> Slot:
    """What a heartbeat is due for by now: the last weekly time of digests, however long ago that is."""
    return audience.digests.last_weekly("heartbeat", now)


def owed_heartbeats(audience: Audience, slot: Slot) -> tuple[Subscriber, ...]:
    """Who is owed a heartbeat for that time: those who are told, and wanted one when it came; each recipient once."""
    wanting = (
        one
        for one in audience.subscribers
        if not one.paused and one.left_at is None and one.heartbeat_since and one.heartbeat_since < slot.due_at
    )
    return tuple({one.subscription.recipient: one for one in wanting}.values())


def heartbeat(
    week: Week, sent: int, seen: Iterable[Seen], undelivered: int, version: str, seal: str | None = None
) -> Heartbeat:
    """A heartbeat of the worst watches, of those that are as bad the ones that were not seen for longest."""
    everything = sorted(seen, key=lambda one: (not one.late, not one.failures, one.last_good or _NEVER))
    late = sum(one.late for one in everything)
    return Heartbeat(week, sent, tuple(everything[:MOST_WATCHES]), len(everything), late, undelivered, version, seal)


def heartbeat_subject(told: Heartbeat) -> str:
    """The subject line: that all is well, or what is not."""
    parts = []
    if told.late:
        parts.append(f"{_counted(told.late, 'page')} need{'s' if told.late == 1 else ''} a look")
    if told.undelivered:
        parts.append(f"{_counted(told.undelivered, 'alert')} do{'es' if told.undelivered == 1 else ''} not arrive")
    if not parts:
        parts = [f"all is well: {_counted(told.week.checks, 'check')}", _counted(told.week.changes, "change")]
    return one_line(f"hmicfrs-monitor: {', '.join(parts)}", SUBJECT_LENGTH)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
