"""From a schedule to times: when a check is due next, and which of those times have passed. Zones are the settings'."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from domain.watch import LATE_AFTER_MISSED, is_late
from schedules.cron import Cron, Every, Schedule

_INSTANT = timedelta(microseconds=1)
_DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def trigger(schedule: Schedule, zone: ZoneInfo) -> BaseTrigger:
    """The schedule as APScheduler takes it; a cron line is meant in `zone`."""
    match schedule:
        case Every(interval):
            return IntervalTrigger(seconds=int(interval.total_seconds()), timezone=zone)
        case Cron(any_day=True) | Cron(any_weekday=True):
            return _cron_trigger(schedule, zone, days=True, weekdays=True)
        case Cron():
            by_day = _cron_trigger(schedule, zone, days=True, weekdays=False)
            return OrTrigger([by_day, _cron_trigger(schedule, zone, days=False, weekdays=True)])


def times(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The times when a check is due, later than `after`, in order and in `zone`, without end.

    An interval counts from `after` itself.
    """
    moment = after.astimezone(UTC)  # sums in local time would lose an hour, or never leave it, when clocks change
    if isinstance(schedule, Every):
        while True:
            moment += schedule.interval
            yield moment.astimezone(zone)
    due = trigger(schedule, zone)
    while (fire := due.get_next_fire_time(None, (moment + _INSTANT).astimezone(zone))) is not None:
        moment = fire.astimezone(UTC)
        yield moment.astimezone(zone)  # by way of UTC: a time that the clock skips is shown as the one it becomes


def overdue(schedule: Schedule, zone: ZoneInfo, last_check: datetime | None, now: datetime) -> bool:
    """Whether a check fell due since the last one; True where there was none yet."""
    return last_check is None or next(times(schedule, zone, last_check)) <= now


def late(schedule: Schedule, zone: ZoneInfo, last_good: datetime | None, now: datetime) -> bool:
    """Whether a watch has gone unseen for too long, by its own schedule."""
    if last_good is None:
        return True
    due = next(islice(times(schedule, zone, last_good), LATE_AFTER_MISSED - 1, None))
    return is_late(last_good, due, now)


def _cron_trigger(cron: Cron, zone: ZoneInfo, *, days: bool, weekdays: bool) -> CronTrigger:
    """Fields are spelled out as lists of numbers, and of names for weekdays, which APScheduler counts from Monday."""
    return CronTrigger(
        month=_list(cron.months),
        day=_list(cron.days) if days else "*",
        day_of_week=",".join(_DAY_NAMES[day] for day in cron.weekdays) if weekdays else "*",
        hour=_list(cron.hours),
        minute=_list(cron.minutes),
        timezone=zone,
    )


def _list(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))
