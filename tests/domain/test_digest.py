"""When digests are due, over the changes of the clock and in other zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.digest import DigestTimes, Slot
from domain.recipient import Cadence

LONDON = ZoneInfo("Europe/London")
MONDAY, SATURDAY, SUNDAY = 0, 5, 6
INSTANT = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(slots: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.due_at:%Y-%m-%d %H:%M}" for slot in slots]


def daily(at: str, now: str, zone: str = "Europe/London") -> list[str]:
    return due(DigestTimes(time.fromisoformat(at), MONDAY, ZoneInfo(zone)).slots(Cadence.DAILY, utc(now)))


def weekly(at: str, weekday: int, now: str, zone: str = "Europe/London") -> list[str]:
    return due(DigestTimes(time.fromisoformat(at), weekday, ZoneInfo(zone)).slots(Cadence.WEEKLY, utc(now)))


def test_who_is_told_immediately_waits_for_no_digest() -> None:
    assert DigestTimes(time(8, 30), MONDAY, LONDON).slots(Cadence.IMMEDIATELY, utc("2026-01-14 12:00")) == ()


def test_daily_digests_are_the_next_two_days_and_weekly_ones_the_next_two_such_weekdays() -> None:
    assert daily("08:30", "2026-01-14 07:00") == ["2026-01-14 08:30", "2026-01-15 08:30"]
    assert daily("08:30", "2026-01-14 12:00") == ["2026-01-15 08:30", "2026-01-16 08:30"]
    assert weekly("08:30", MONDAY, "2026-01-14 12:00") == ["2026-01-19 08:30", "2026-01-26 08:30"]
    assert weekly("08:30", SUNDAY, "2026-01-14 12:00") == ["2026-01-18 08:30", "2026-01-25 08:30"]


def test_a_time_is_in_utc_whatever_the_zone_of_the_question() -> None:
    digests = DigestTimes(time(8, 30), MONDAY, LONDON)
    elsewhere = utc("2026-07-01 12:00").astimezone(timezone(timedelta(hours=9)))
    slots = digests.slots(Cadence.DAILY, elsewhere)
    assert slots == digests.slots(Cadence.DAILY, utc("2026-07-01 12:00"))
    assert {slot.due_at.tzinfo for slot in slots} == {UTC}


@pytest.mark.parametrize(
    ("cadence", "following"), [(Cadence.DAILY, timedelta(days=1)), (Cadence.WEEKLY, timedelta(days=7))]
)
def test_at_its_very_time_a_digest_is_no_longer_to_come(cadence: Cadence, following: timedelta) -> None:
    digests, monday = DigestTimes(time(8, 30), MONDAY, LONDON), utc("2026-01-19 08:30")
    for now, first in (
        (monday - INSTANT, monday),
        (monday, monday + following),
        (monday + INSTANT, monday + following),
    ):
        one, two = digests.slots(cadence, now)
        assert (one.due_at, two.due_at) == (first, first + following)


def test_an_occasion_is_the_local_date_whatever_the_cadence() -> None:
    digests = DigestTimes(time(0, 30), SATURDAY, LONDON)
    friday_night = utc("2026-07-03 23:00")  # half an hour before it is due, as London is an hour ahead
    (day, next_day), (week, next_week) = (digests.slots(one, friday_night) for one in (Cadence.DAILY, Cadence.WEEKLY))
    assert day == week == Slot("digest of 2026-07-04", utc("2026-07-03 23:30"))
    assert (next_day.occasion, next_week.occasion) == ("digest of 2026-07-05", "digest of 2026-07-11")


def test_a_digest_keeps_its_local_time_when_summer_time_begins() -> None:
    assert daily("08:30", "2026-03-28 08:00") == ["2026-03-28 08:30", "2026-03-29 07:30"]
    assert weekly("08:30", MONDAY, "2026-03-23 08:00") == ["2026-03-23 08:30", "2026-03-30 07:30"]


def test_a_digest_keeps_its_local_time_when_summer_time_ends() -> None:
    assert daily("08:30", "2026-10-24 07:00") == ["2026-10-24 07:30", "2026-10-25 08:30"]
    assert weekly("08:30", MONDAY, "2026-10-19 07:00") == ["2026-10-19 07:30", "2026-10-26 08:30"]


def test_a_time_that_the_clock_skips_comes_as_much_later() -> None:
    assert daily("01:30", "2026-03-28 12:00") == ["2026-03-29 01:30", "2026-03-30 00:30"]
    assert utc("2026-03-29 01:30").astimezone(LONDON).time() == time(2, 30)
    assert daily("01:30", "2026-03-29 01:30") == ["2026-03-30 00:30", "2026-03-31 00:30"]
    assert weekly("01:30", SUNDAY, "2026-03-29 01:29") == ["2026-03-29 01:30", "2026-04-05 00:30"]


def test_of_a_time_that_the_clock_has_twice_only_the_first_counts() -> None:
    assert daily("01:30", "2026-10-25 00:00") == ["2026-10-25 00:30", "2026-10-26 01:30"]
    assert daily("01:30", "2026-10-25 00:30") == ["2026-10-26 01:30", "2026-10-27 01:30"]
    assert daily("01:30", "2026-10-25 01:10") == ["2026-10-26 01:30", "2026-10-27 01:30"]


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("America/New_York", "2026-03-07 14:00", ["2026-03-08 12:30", "2026-03-09 12:30"]),
        ("America/New_York", "2026-10-31 12:00", ["2026-10-31 12:30", "2026-11-01 13:30"]),
        ("Pacific/Apia", "2026-06-01 19:00", ["2026-06-01 19:30", "2026-06-02 19:30"]),
        ("Pacific/Pago_Pago", "2026-06-01 19:00", ["2026-06-01 19:30", "2026-06-02 19:30"]),
        ("Asia/Kathmandu", "2026-06-01 02:45", ["2026-06-02 02:45", "2026-06-03 02:45"]),
        ("Australia/Lord_Howe", "2026-04-04 12:00", ["2026-04-04 22:00", "2026-04-05 22:00"]),
    ],
)
def test_a_digest_is_due_by_the_clock_of_its_zone(zone: str, now: str, expected: list[str]) -> None:
    assert daily("08:30", now, zone) == expected


def test_the_weekday_is_that_of_the_zone() -> None:
    assert weekly("08:30", MONDAY, "2026-05-29 12:00", "Pacific/Apia") == ["2026-05-31 19:30", "2026-06-07 19:30"]
    assert weekly("20:30", MONDAY, "2026-05-29 12:00", "America/New_York") == ["2026-06-02 00:30", "2026-06-09 00:30"]


def test_a_time_skipped_around_midnight_is_still_to_come_on_the_next_day() -> None:
    nuuk = "America/Nuuk"  # in 2026 the clock goes from 22:59 on 28 March to 00:00 on 29 March
    assert utc("2026-03-29 01:00").astimezone(ZoneInfo(nuuk)).date() == date(2026, 3, 29)
    assert daily("23:30", "2026-03-29 01:10", nuuk) == ["2026-03-29 01:30", "2026-03-30 00:30"]
    assert weekly("23:30", SATURDAY, "2026-03-29 01:10", nuuk) == ["2026-03-29 01:30", "2026-04-05 00:30"]


ZONES = ("Europe/London", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "America/Nuuk", "Asia/Kathmandu")


def between(first: str, last: str) -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime.fromisoformat(first), datetime.fromisoformat(last), timezones=st.just(UTC))


TIMES = st.times() | st.sampled_from([time(0), time(0, 30), time(1, 30), time(2, 30), time(23, 30)])
DIGESTS = st.builds(DigestTimes, TIMES, st.integers(0, 6), st.sampled_from(ZONES).map(ZoneInfo))
MOMENTS = (
    between("2026-03-07", "2026-04-06") | between("2026-10-24", "2026-11-02") | between("2025-01-01", "2035-01-01")
)


@given(DIGESTS, st.sampled_from([Cadence.DAILY, Cadence.WEEKLY]), MOMENTS)
def test_the_two_next_digests_are_to_come_in_order_on_days_of_their_own(
    digests: DigestTimes, cadence: Cadence, now: datetime
) -> None:
    one, two = digests.slots(cadence, now)
    assert now < one.due_at < two.due_at
    days = [date.fromisoformat(slot.occasion.removeprefix("digest of ")) for slot in (one, two)]
    assert (days[1] - days[0]).days == (1 if cadence is Cadence.DAILY else 7)
    longest = timedelta(days=1 if cadence is Cadence.DAILY else 7, hours=1)
    assert one.due_at - now <= longest
    for slot, day in zip((one, two), days, strict=True):
        assert cadence is Cadence.DAILY or day.weekday() == digests.weekday
        assert_due_at_the_stated_time(digests, slot, day)


def assert_due_at_the_stated_time(digests: DigestTimes, slot: Slot, day: date) -> None:
    """Where that time exists: what the clock skips reads otherwise on the way back from UTC."""
    local = slot.due_at.astimezone(digests.zone)
    stated = datetime.combine(day, digests.at, digests.zone)
    if stated.astimezone(UTC).astimezone(digests.zone).replace(tzinfo=None) == stated.replace(tzinfo=None):
        assert (local.date(), local.time()) == (day, digests.at)
    else:
        assert timedelta() < local.replace(tzinfo=None) - stated.replace(tzinfo=None) <= timedelta(hours=1)


@given(DIGESTS, MOMENTS)
def test_every_day_has_its_digest_once(digests: DigestTimes, now: datetime) -> None:
    days = []
    for _ in range(5):
        slot = digests.slots(Cadence.DAILY, now)[0]
        days.append(date.fromisoformat(slot.occasion.removeprefix("digest of ")))
        now = slot.due_at
    assert days == [days[0] + timedelta(days=number) for number in range(5)]
