"""What is told that no check finds: alerts that do not arrive, pages that nobody looks at, signs of life."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeAlias

from domain.alert import WatchLate
from domain.check import Standing
from domain.owed import Audience, owed_for_late, owed_for_stuck
from domain.recipient import Recipient, Role
from domain.watch import GRACE, Watch
from schedules.heartbeat import Heart, beat
from storage.archive import Archive
from storage.outbox import Outbox

Late: TypeAlias = Callable[[Watch, Standing, datetime], bool]
"""Whether a watch is left alone for too long: by `schedules.plan.left_alone`.

It is passed in so that a check which has just looked at its page need not import the scheduler.
"""


def notify(
    watches: Iterable[Watch],
    *,
    audience: Audience,
    outbox: Outbox,
    archive: Archive,
    spare: Recipient,
    late: Late,
    heart: Heart,
    now: datetime,
) -> int:
    """Queue the notices that are due now; gives how many. They go out with the next delivery.

    `spare` is told beside the administrators where all of theirs are the channels that fail.
    """
    queued = beat(heart, audience=audience, outbox=outbox, now=now)
    if not audience.of(Role.ADMIN):
        return queued
    stuck = outbox.stuck(now)
    if stuck:
        told = [alert.id for alert in stuck]
        queued += outbox.notify(owed_for_stuck(stuck, audience, spare), told, now, audience.message_domain)
    if unseen := tuple(_late_ones(watches, archive, late, now)):
        queued += outbox.notify(owed_for_late(unseen, audience), (), now, audience.message_domain)
    return queued


def _late_ones(watches: Iterable[Watch], archive: Archive, late: Late, now: datetime) -> Iterator[WatchLate]:
    """The pages that no check has looked at for too long. Looks that fail are told as trouble, by the check itself."""
    standings = archive.standings()
    for watch in watches:
        standing = standings[watch.name]
        last = standing.last_check
        if last is not None and now - last.started_at > GRACE and late(watch, standing, now):
            yield WatchLate(watch.name, watch.url, last.started_at, standing.last_good)
