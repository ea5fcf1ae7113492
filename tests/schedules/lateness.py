"""How the tests tell whether a watch is late: as the program does, by its schedule."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.watch import Watch
from schedules.cron import parse_schedule
from schedules.notices import Late
from schedules.plan import late


def late_in(zone: ZoneInfo) -> Late:
    """Lateness by schedules that are meant in a zone."""

    def is_late(watch: Watch, last_check: datetime, now: datetime) -> bool:
        return late(parse_schedule(watch.schedule), zone, last_check, now)

    return is_late
