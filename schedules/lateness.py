"""When a watch becomes late, worked out once for each last look: a thousand schedules take a second to go through."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from domain.watch import GRACE, LATE_AFTER_MISSED
from schedules.cron import parse_schedule
from schedules.plan import times


@lru_cache(maxsize=4096)
def late_after(schedule: str, zone: ZoneInfo, last_good: datetime) -> datetime:
    """Until when a watch is not late, in aware UTC, unless it is seen again before: as `plan.late` has it."""
    due = next(islice(times(parse_schedule(schedule), zone, last_good), LATE_AFTER_MISSED - 1, None))
    return due.astimezone(UTC) + GRACE
