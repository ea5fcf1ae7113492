"""When the digests of a day or a week are due, by the calendar of the readers' zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from domain.recipient import Cadence


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a message may go out. A recipient gets one message for an `occasion`, however it comes about."""

    occasion: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DigestTimes:
    """The time of day of all digests, and the day of weekly ones: 0 for Monday. `at` is meant in `zone`."""

    at: time
    weekday: int
    zone: tzinfo

    def slots(self, cadence: Cadence, now: datetime) -> tuple[Slot, ...]:
        """The next two digests that are due later than `now`, in aware UTC; () for who is told immediately.

        An occasion is a local date, whatever the cadence: who changes from one to the other gets no two on one day.
        """
        if cadence is Cadence.IMMEDIATELY:
            return ()
        # From yesterday: a time that the clock skips comes later, and where it skips midnight on the next day.
        due = self._around("digest", cadence, now, range(-1, 15))
        return tuple(slot for slot in due if slot.due_at > now)[:2]

    def last_weekly(self, what: str, now: datetime) -> Slot:
        """The last weekly time at `now` or before, in aware UTC, as an occasion for `what`."""
        return [slot for slot in self._around(what, Cadence.WEEKLY, now, range(-15, 2)) if slot.due_at <= now][-1]

    def _around(self, what: str, cadence: Cadence, now: datetime, days: range) -> Iterator[Slot]:
        """The slots of the days that are so far from today, in order."""
        today = now.astimezone(self.zone).date()
        for day in (today + timedelta(days=number) for number in days):
            if cadence is Cadence.DAILY or day.weekday() == self.weekday:
                yield Slot(f"{what} of {day}", datetime.combine(day, self.at, self.zone).astimezone(UTC))
