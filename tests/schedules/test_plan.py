"""When checks are due, over changes of the clock, and when a watch is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from schedules.cron import parse_schedule
from schedules.plan import late, overdue, times

LONDON = ZoneInfo("Europe/London")
HOURLY = parse_schedule("0 * * * *")


def due(schedule: str, after: datetime, count: int) -> list[str]:
    found = islice(times(parse_schedule(schedule), LONDON, after), count)
    return [moment.strftime("%d %H:%M %Z") for moment in found]


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ("0 * * * *", datetime(2026, 10, 24, 23, 30, tzinfo=UTC), ["25 01:00 BST", "25 01:00 GMT", "25 02:00 GMT"]),
        ("0 * * * *", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), ["29 00:00 GMT", "29 02:00 BST", "29 03:00 BST"]),
        ("30 1 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), ["29 02:30 BST", "30 01:30 BST"]),
        ("0 9 * * 7", datetime(2026, 11, 20, 12, tzinfo=UTC), ["22 09:00 GMT", "29 09:00 GMT"]),
        ("every 12 hours", datetime(2026, 10, 24, 12, tzinfo=UTC), ["25 01:00 BST", "25 12:00 GMT"]),
        ("0 0 13 * 5", datetime(2026, 11, 10, tzinfo=UTC), ["13 00:00 GMT", "20 00:00 GMT", "27 00:00 GMT"]),
    ],
)
def test_due_times_follow_the_zone_over_changes_of_the_clock(
    schedule: str, after: datetime, expected: list[str]
) -> None:
    assert due(schedule, after, len(expected)) == expected


def test_a_time_that_comes_twice_in_october_ends() -> None:
    found = due("30 1 * * *", datetime(2026, 10, 24, 22, tzinfo=UTC), 3)
    assert found == ["25 01:30 BST", "25 01:30 GMT", "26 01:30 GMT"]


def test_both_days_restricted_means_either_as_in_cron() -> None:
    found = due("0 0 13 * 5", datetime(2026, 12, 10, tzinfo=UTC), 3)
    assert found == ["11 00:00 GMT", "13 00:00 GMT", "18 00:00 GMT"]


def test_what_fell_due_since_the_last_check_is_overdue() -> None:
    now = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    assert overdue(HOURLY, LONDON, None, now)
    assert overdue(HOURLY, LONDON, now - timedelta(minutes=31), now)
    assert not overdue(HOURLY, LONDON, now - timedelta(minutes=29), now)


@pytest.mark.parametrize(("minutes_ago", "expected"), [(11, False), (71, False), (72, True), (600, True)])
def test_a_watch_is_late_when_two_checks_should_have_seen_it(minutes_ago: int, expected: bool) -> None:
    now = datetime(2026, 11, 22, 15, 11, tzinfo=UTC)
    assert late(HOURLY, LONDON, now - timedelta(minutes=minutes_ago), now) is expected


def test_a_watch_that_was_never_seen_is_late() -> None:
    assert late(HOURLY, LONDON, None, datetime(2026, 11, 22, tzinfo=UTC))
