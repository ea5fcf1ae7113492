"""How the tests tell whether a watch is late: as the program does, by its schedule."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.check import Standing
from domain.watch import Watch
from schedules.cron import parse_schedule
from schedules.notices import Late
from schedules.plan import left_alone


def late_in(zone: ZoneInfo) -> Late:
    """Lateness by schedules that are meant in a zone."""

    def is_late(watch: Watch, standing: Standing, now: datetime) -> bool:
        return left_alone(parse_schedule(watch.schedule), zone, standing, now)

    return is_late
