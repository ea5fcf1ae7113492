"""When checks are due, over changes of the clock, and when a watch is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from domain.check import Check, Outcome, Standing, Trouble
from domain.watch import backoff
from schedules.cron import Schedule, parse_schedule
from schedules.plan import DueTimes, is_due, late, left_alone, next_look, stable_offset, times

LONDON = ZoneInfo("Europe/London")
HOURLY = parse_schedule("0 * * * *")
HALF_HOURLY = parse_schedule("every 30 minutes")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEGAN = datetime(2026, 11, 22, 10, 0, 20, tzinfo=UTC)


def standing(
    began: datetime | None = BEGAN,
    *,
    failures: int = 0,
    outcome: Outcome = Outcome.FAILED,
    status: int | None = 503,
    fresh_until: datetime | None = None,
) -> Standing:
    """How a watch stands after a check that began then."""
    if began is None:
        return Standing("a", None, None, None, None)
    trouble = Trouble(began - failures * HOUR, failures, told=False) if failures else None
    ended = (outcome, status) if failures else (Outcome.UNCHANGED, 304)
    last = Check(1, "a", began, 500, ended[0], None, ended[1], None)
    return Standing("a", None, last, None, trouble, fresh_until=fresh_until)


def look(schedule: Schedule, how: Standing, paused: datetime | None = None) -> str | None:
    due = next_look(schedule, LONDON, how, paused)
    return None if due is None else f"{due:%d %H:%M:%S}"


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


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("30 1 * * *", ["25 01:30 BST", "26 01:30 GMT"]),
        ("*/30 1 * * *", ["25 01:00 BST", "25 01:30 BST", "26 01:00 GMT"]),
        ("30 * * * *", ["25 00:30 BST", "25 01:30 BST", "25 01:30 GMT", "25 02:30 GMT"]),
        ("@daily", ["25 00:00 BST", "26 00:00 GMT"]),
    ],
)
def test_a_time_of_day_comes_once_in_october_and_a_line_for_all_hours_goes_on(
    schedule: str, expected: list[str]
) -> None:
    assert due(schedule, datetime(2026, 10, 24, 22, 50, tzinfo=UTC), len(expected)) == expected


def test_two_times_that_the_clock_makes_one_are_one() -> None:
    found = due("*/30 1,2 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), 3)
    assert found == ["29 02:00 BST", "29 02:30 BST", "30 01:00 BST"]


def test_both_days_restricted_means_either_as_in_cron() -> None:
    found = due("0 0 13 * 5", datetime(2026, 12, 10, tzinfo=UTC), 3)
    assert found == ["11 00:00 GMT", "13 00:00 GMT", "18 00:00 GMT"]


def test_what_fell_due_since_the_last_check_is_overdue() -> None:
    now = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    assert is_due(HOURLY, LONDON, standing(None), now)
    assert is_due(HOURLY, LONDON, standing(now - timedelta(minutes=31)), now)
    assert not is_due(HOURLY, LONDON, standing(now - timedelta(minutes=29)), now)


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        (1, "22 11:00:00"),
        (3, "22 11:00:00"),
        (4, "22 12:00:00"),
        (5, "22 14:00:00"),
        (7, "23 02:00:00"),
        (8, "23 10:00:00"),
        (500, "23 10:00:00"),
    ],
)
def test_a_page_that_keeps_failing_is_asked_less_and_less_often_but_daily(failures: int, expected: str) -> None:
    assert look(HOURLY, standing(failures=failures)) == expected
    assert look(HOURLY, standing(failures=failures, outcome=Outcome.SUSPECT, status=200)) == expected


def test_where_no_server_answers_a_page_is_asked_every_hour_at_least() -> None:
    assert look(HOURLY, standing(failures=500, status=None)) == "22 11:00:00"
    assert look(HALF_HOURLY, standing(failures=500, status=None)) == "22 10:57:20"


@pytest.mark.parametrize("schedule", ["0 9 * * *", "0 9 * * 1", "0 9 1 * *"])
def test_a_page_that_is_asked_once_a_day_or_less_loses_no_turn_by_failing(schedule: str) -> None:
    rare = parse_schedule(schedule)
    assert look(rare, standing(failures=500)) == look(rare, standing())


def test_backoff_grows_twofold_and_never_beyond_a_day() -> None:
    pauses = [backoff(failures, 10 * MINUTE, answered=True) for failures in range(14)]
    assert pauses[:6] == [timedelta()] * 4 + [20 * MINUTE, 40 * MINUTE]
    assert pauses[-1] == DAY
    assert backoff(10**9, MINUTE, answered=True) == DAY


@pytest.mark.parametrize(
    ("schedule", "fresh_for", "expected"),
    [
        (HOURLY, 20 * MINUTE, "22 11:00:00"),
        (HOURLY, HOUR, "22 11:00:00"),  # over a moment after the next look: that one is made
        (HOURLY, 30 * DAY, "22 11:00:00"),
        (parse_schedule("*/10 * * * *"), 15 * MINUTE, "22 10:20:00"),
        (parse_schedule("*/10 * * * *"), 30 * DAY, "22 10:20:00"),  # no more than one look is put off
        (HALF_HOURLY, 40 * MINUTE, "22 10:37:20"),
    ],
)
def test_a_look_is_put_off_while_the_answer_is_fresh_but_never_two(
    schedule: Schedule, fresh_for: timedelta, expected: str
) -> None:
    assert look(schedule, standing(fresh_until=BEGAN + fresh_for)) == expected


def test_a_host_that_wants_to_be_left_alone_is() -> None:
    until = BEGAN + timedelta(hours=3)
    assert look(HOURLY, standing(), until) == "22 14:00:00"
    assert look(HALF_HOURLY, standing(), until) == "22 13:00:20"
    assert look(HOURLY, standing(), BEGAN - DAY) == "22 11:00:00"
    assert look(HOURLY, standing(None), until) == "22 13:00:20"
    assert look(HOURLY, standing(None)) is None


@pytest.mark.parametrize(
    ("seconds_early", "timed", "expected"), [(50, False, True), (70, False, False), (800, True, True)]
)
def test_an_interval_may_be_a_little_short(seconds_early: int, timed: bool, expected: bool) -> None:
    now = BEGAN + 30 * MINUTE - timedelta(seconds=seconds_early)
    assert is_due(HALF_HOURLY, LONDON, standing(), now, timed=timed) is expected


def fired(trigger: DueTimes, now: datetime, count: int) -> list[str]:
    found, previous = [], None
    for _ in range(count):
        previous = trigger.get_next_fire_time(previous, now)
        found.append(f"{previous.astimezone(UTC):%H:%M:%S}")
    return found


def test_the_service_asks_a_little_after_the_time_always_by_as_much() -> None:
    late_by = DueTimes(HOURLY, LONDON, BEGAN, timedelta(seconds=25))
    assert fired(late_by, BEGAN, 3) == ["10:00:25", "11:00:25", "12:00:25"]
    assert fired(late_by, BEGAN + timedelta(seconds=5), 1) == ["11:00:25"]


def test_an_interval_goes_on_from_the_last_check_over_a_restart() -> None:
    assert fired(DueTimes(HALF_HOURLY, LONDON, BEGAN), BEGAN + 12 * MINUTE, 2) == ["10:30:20", "11:00:20"]
    assert fired(DueTimes(HALF_HOURLY, LONDON, BEGAN), BEGAN + 95 * MINUTE, 2) == ["12:00:20", "12:30:20"]
    assert fired(DueTimes(HALF_HOURLY, LONDON), BEGAN, 1) == ["10:30:20"]


def test_offsets_are_spread_and_stay() -> None:
    offsets = [stable_offset(f"watch-{number}", 30 * timedelta(seconds=1)) for number in range(300)]
    assert offsets == [stable_offset(f"watch-{number}", timedelta(seconds=30)) for number in range(300)]
    assert {offset.total_seconds() for offset in offsets} == set(range(31))
    assert stable_offset("watch", timedelta()) == timedelta()


@pytest.mark.parametrize(
    ("how", "hours", "expected"),
    [
        (standing(), 2.1, False),
        (standing(), 2.3, True),
        (standing(failures=5), 5.1, False),
        (standing(failures=5), 5.3, True),
        (standing(None), 99, False),
    ],
)
def test_a_watch_is_left_alone_when_two_looks_that_were_due_are_missing(
    how: Standing, hours: float, expected: bool
) -> None:
    assert left_alone(HOURLY, LONDON, how, BEGAN + hours * HOUR) is expected


@pytest.mark.parametrize(("minutes_ago", "expected"), [(11, False), (71, False), (72, True), (600, True)])
def test_a_watch_is_late_when_two_checks_should_have_seen_it(minutes_ago: int, expected: bool) -> None:
    now = datetime(2026, 11, 22, 15, 11, tzinfo=UTC)
    assert late(HOURLY, LONDON, now - timedelta(minutes=minutes_ago), now) is expected


def test_a_watch_that_was_never_seen_is_late() -> None:
    assert late(HOURLY, LONDON, None, datetime(2026, 11, 22, tzinfo=UTC))
