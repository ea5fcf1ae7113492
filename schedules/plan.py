"""From a schedule to times: when a check is due next, and which of those times have passed. Zones are the settings'."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zlib import crc32
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from domain.check import Outcome, Standing
from domain.watch import LATE_AFTER_MISSED, LONGEST_FRESH, backoff, is_late
from schedules.cron import Cron, Every, Schedule

_INSTANT = timedelta(microseconds=1)
_DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_ALL_HOURS = 24
_NEARLY = 10
"""A tenth of the time between two looks: so much too early, a look is made rather than left to the next time."""


def times(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The times when a check is due, later than `after`, in order and in `zone`, without end.

    An interval counts from `after` itself. As in cron(8), an hour that comes twice counts once, but for a line that
    goes on through all hours; a time that the clock skips is the one that it becomes.
    """
    moment = after.astimezone(UTC)  # sums in local time would lose an hour, or never leave it, when clocks change
    if isinstance(schedule, Every):
        while True:
            moment += schedule.interval
            yield moment.astimezone(zone)
    due = _trigger(schedule, zone)
    all_day = len(schedule.hours) == _ALL_HOURS
    while (fire := due.get_next_fire_time(None, (moment + _INSTANT).astimezone(zone))) is not None:
        moment = fire.astimezone(UTC)
        local = moment.astimezone(zone)  # by way of UTC: a time that the clock skips is shown as the one it becomes
        if all_day or not local.fold:
            yield local


class DueTimes(BaseTrigger):  # type: ignore[misc]
    """The times of a schedule as APScheduler asks for them, each `offset` later, in UTC.

    In a zone of its own it would compare them as the clock on the wall has them, and hang for an hour in October. An
    interval counts from `anchor`, which is when its last check began, None for never.
    """

    def __init__(
        self,
        schedule: Schedule,
        zone: ZoneInfo,
        anchor: datetime | None = None,
        offset: timedelta = timedelta(),
    ) -> None:
        self._schedule = schedule
        self._zone = zone
        self._anchor = anchor
        self._offset = offset

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first time after the previous one, or after now."""
        if previous_fire_time is not None:
            after = previous_fire_time - self._offset
        elif isinstance(self._schedule, Every) and self._anchor is not None:
            missed = max(0, (now - self._anchor) // self._schedule.interval)
            after = self._anchor + missed * self._schedule.interval
        else:
            after = now - self._offset
        return next(times(self._schedule, self._zone, after)).astimezone(UTC) + self._offset


def stable_offset(name: str, within: timedelta) -> timedelta:
    """How much after its due time a watch is looked at, so that not all are at once: always the same, to the second."""
    seconds = int(within.total_seconds())
    return timedelta(seconds=crc32(name.encode()) % (seconds + 1))


def next_look(
    schedule: Schedule, zone: ZoneInfo, standing: Standing, host_pause: datetime | None = None
) -> datetime | None:
    """When a watch is to be looked at next, in aware UTC; None for at once, as it never was.

    It is a time of the schedule: the first one that is not put off by failures in a row, by the server's word that its
    answer is fresh, which puts off one look at most, or by `host_pause`, until when the host wants to be left alone.
    """
    last = standing.last_check
    if last is None:
        return host_pause
    began = last.started_at
    first, second = (due.astimezone(UTC) for due in islice(times(schedule, zone, began), 2))
    interval = first - began
    earliest = first
    if standing.trouble is not None:
        answered = last.outcome is Outcome.SUSPECT or last.http_status is not None
        pause = backoff(standing.trouble.failures, interval, answered=answered)
        earliest = max(earliest, began + pause - interval / _NEARLY)
    if standing.fresh_until is not None:
        fresh = min(standing.fresh_until, began + LONGEST_FRESH, second)
        earliest = max(earliest, fresh - interval / _NEARLY)
    earliest = max(earliest, host_pause or earliest)
    if earliest <= first:
        return first
    if isinstance(schedule, Every):
        return earliest
    return next(times(schedule, zone, earliest - _INSTANT)).astimezone(UTC)


def is_due(
    schedule: Schedule,
    zone: ZoneInfo,
    standing: Standing,
    now: datetime,
    host_pause: datetime | None = None,
    *,
    timed: bool = False,
) -> bool:
    """Whether a watch is to be looked at by now.

    An interval may be a little short, as its check began a moment after cron had started us; and by half where we are
    asked at its own times (`timed`), as checks may have waited for their turn.
    """
    due = next_look(schedule, zone, standing, host_pause)
    slack = timedelta()
    if isinstance(schedule, Every):
        slack = schedule.interval / 2 if timed else min(schedule.interval / _NEARLY, timedelta(minutes=1))
    return due is None or due - slack <= now


def late(schedule: Schedule, zone: ZoneInfo, last_good: datetime | None, now: datetime) -> bool:
    """Whether a watch has gone unseen for too long, by its own schedule."""
    if last_good is None:
        return True
    due = next(islice(times(schedule, zone, last_good), LATE_AFTER_MISSED - 1, None))
    return is_late(last_good, due, now)


def left_alone(
    schedule: Schedule, zone: ZoneInfo, standing: Standing, now: datetime, host_pause: datetime | None = None
) -> bool:
    """Whether nothing has looked at a watch for too long, by its schedule and by what puts looks off.

    Looks that fail are looks. False for a watch that was never looked at: nothing promised to.
    """
    due = next_look(schedule, zone, standing, host_pause)
    last = standing.last_check
    if due is None or last is None:
        return False
    missed = next(islice(times(schedule, zone, due), LATE_AFTER_MISSED - 2, None))
    return is_late(last.started_at, missed, now)


@lru_cache(maxsize=1024)  # a thousand watches have few schedules, and a trigger keeps nothing of what it was asked
def _trigger(cron: Cron, zone: ZoneInfo) -> BaseTrigger:
    if cron.any_day or cron.any_weekday:
        return _cron_trigger(cron, zone, days=True, weekdays=True)
    by_day = _cron_trigger(cron, zone, days=True, weekdays=False)
    return OrTrigger([by_day, _cron_trigger(cron, zone, days=False, weekdays=True)])


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
