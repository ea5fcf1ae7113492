"""The sign of life that comes once a week: queued at the first delivery after its time, once, for those who want it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.alert import Seen
from domain.heartbeat import OwedHeartbeat, heartbeat, heartbeat_subject, owed_heartbeats, slot_of
from domain.owed import Audience
from schedules.vitals import Vitals, WatchVitals
from storage.history import History
from storage.outbox import Outbox

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Heart:
    """What heartbeats are made of; `vitals` and `seal`, the newest of the chain, are asked only where one is owed."""

    history: History
    vitals: Callable[[], Vitals]
    version: str
    seal: Callable[[], str | None] = lambda: None


def beat(heart: Heart, *, audience: Audience, outbox: Outbox, now: datetime) -> int:
    """Queue the heartbeats that are due now; gives how many. Where nobody wants any, nothing is looked up.

    One tells of the week up to its time. What was missed while nothing ran is made up for by the latest.
    """
    slot = slot_of(audience, now)
    wanting = owed_heartbeats(audience, slot)
    if not wanting:
        return 0
    made = outbox.heartbeats_made(slot)
    left = [one for one in wanting if one.id not in made and one.subscription.recipient not in made]
    if not left:
        return 0
    since = audience.digests.last_weekly("heartbeat", slot.due_at - _INSTANT).due_at
    week, vitals, seal = heart.history.week(since, slot.due_at), heart.vitals(), heart.seal()
    seen = tuple(_seen(vitals.watches))
    owed = []
    for one in left:
        sent = outbox.count_sent(one.subscription.recipient, since, slot.due_at)
        told = heartbeat(week, sent, seen, vitals.undelivered, heart.version, seal)
        owed.append(OwedHeartbeat(one, heartbeat_subject(told), told))
    return outbox.beat(owed, slot, now, audience.message_domain)


def _seen(watches: Iterable[WatchVitals]) -> Iterable[Seen]:
    for one in watches:
        standing = one.standing
        failures = standing.trouble.failures if standing.trouble else 0
        yield Seen(standing.watch, standing.last_good, one.late, failures)
