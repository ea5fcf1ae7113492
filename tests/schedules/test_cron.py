"""What a schedule may say, and how a bad one is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schedules.cron import BadSchedule, Cron, Every, parse_schedule


def cron(line: str) -> Cron:
    schedule = parse_schedule(line)
    assert isinstance(schedule, Cron)
    return schedule


def test_fields_are_spelled_out_as_numbers() -> None:
    found = cron("*/20 9-11,17 1-10/3 jan,mar mon-fri")
    assert found.minutes == (0, 20, 40)
    assert found.hours == (9, 10, 11, 17)
    assert found.days == (1, 4, 7, 10)
    assert found.months == (1, 3)
    assert found.weekdays == (1, 2, 3, 4, 5)


@pytest.mark.parametrize("line", ["0 0 * * 0", "0 0 * * 7", "0 0 * * sun", "0 0 * * Sunday", "@weekly"])
def test_sunday_has_many_names(line: str) -> None:
    assert cron(line).weekdays == (0,)


def test_a_range_may_end_on_sunday() -> None:
    assert cron("0 0 * * 5-7").weekdays == (0, 5, 6)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("every 30 minutes", timedelta(minutes=30)),
        ("Every hour", timedelta(hours=1)),
        ("every 2 days", timedelta(days=2)),
    ],
)
def test_an_interval_is_said_in_words(text: str, interval: timedelta) -> None:
    assert parse_schedule(text) == Every(interval)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "neither a cron line"),
        ("0 * * *", "neither a cron line"),
        ("every now and then", "neither a cron line"),
        ("every 0 minutes", "at least one minute"),
        ("60 * * * *", "minute '60'"),
        ("* 24 * * *", "hour '24'"),
        ("* * 0 * *", "day '0'"),
        ("* * * 13 *", "month '13'"),
        ("* * * * 8", "weekday '8'"),
        ("*/0 * * * *", "minute '*/0'"),
        ("5/ * * * *", "minute '5/'"),
        ("9-5 * * * *", "minute '9-5'"),
        ("1,,2 * * * *", "minute '1,,2'"),
        ("-1 * * * *", "minute '-1'"),
        ("² * * * *", "minute '²'"),
        ("* * * * funday", "weekday 'funday'"),
        ("0 0 30 feb *", "no such day"),
    ],
)
def test_a_bad_schedule_is_named(text: str, told: str) -> None:
    with pytest.raises(BadSchedule) as caught:
        parse_schedule(text)
    assert told in str(caught.value)
