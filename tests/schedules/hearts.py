"""What the tests' heartbeats are made of: as the program gathers it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.watch import Watch
from schedules.heartbeat import Heart
from schedules.lateness import late_after
from schedules.vitals import Vitals, gather
from storage.database import Database
from storage.history import History
from storage.outbox import Outbox

LONDON = ZoneInfo("Europe/London")


def heart(database: Database, watches: Iterable[Watch], now: datetime) -> Heart:
    """The heart of an installation in London."""
    history = History(database)

    def late(watch: Watch, last_good: datetime, at: datetime) -> bool:
        return at > late_after(watch.schedule, LONDON, last_good)

    def vitals() -> Vitals:
        outbox = Outbox(database)
        return gather(watches, history=history, outbox=outbox, late=late, now=now, database_bytes=database.octets())

    return Heart(history, vitals, "1.0")
