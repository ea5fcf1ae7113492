"""Who is owed a sign of life, when, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from domain.alert import Seen, Week
from domain.digest import DigestTimes
from domain.heartbeat import MOST_WATCHES, heartbeat, heartbeat_subject, owed_heartbeats, slot_of
from domain.recipient import Role, Subscriber
from tests.domain.readers import audience, subscriber
from tests.domain.test_digest import DIGESTS, MOMENTS, utc

MONDAY = utc("2026-01-05 08:30")
WEEK = Week(MONDAY - timedelta(days=7), MONDAY, 1_344, 3, 1, 2, 5)


def wanting(number: int, since: datetime = MONDAY - timedelta(hours=1), **more: object) -> Subscriber:
    return replace(subscriber(number, **more), heartbeat_since=since)  # type: ignore[arg-type]


def seen(name: str, *, late: bool = False, failures: int = 0, hours: int | None = 1) -> Seen:
    return Seen(name, None if hours is None else MONDAY - timedelta(hours=hours), late, failures)


@pytest.mark.parametrize(
    ("now", "due", "occasion"),
    [
        ("2026-01-05 08:30", "2026-01-05 08:30", "heartbeat of 2026-01-05"),
        ("2026-01-05 08:29", "2025-12-29 08:30", "heartbeat of 2025-12-29"),
        ("2026-01-11 23:00", "2026-01-05 08:30", "heartbeat of 2026-01-05"),
        ("2026-03-30 07:30", "2026-03-30 07:30", "heartbeat of 2026-03-30"),  # summer time began the day before
        ("2026-03-30 07:29", "2026-03-23 08:30", "heartbeat of 2026-03-23"),
        ("2026-10-26 08:29", "2026-10-19 07:30", "heartbeat of 2026-10-19"),
    ],
)
def test_a_heartbeat_is_due_at_the_time_of_weekly_digests(now: str, due: str, occasion: str) -> None:
    slot = slot_of(audience(), utc(now))
    assert (slot.due_at, slot.occasion) == (utc(due), occasion)


@given(DIGESTS, MOMENTS)
def test_the_last_weekly_time_is_of_this_week_and_on_its_day(digests: DigestTimes, now: datetime) -> None:
    slot = digests.last_weekly("heartbeat", now)
    assert timedelta() <= now - slot.due_at <= timedelta(days=7, hours=1)
    assert date.fromisoformat(slot.occasion.removeprefix("heartbeat of ")).weekday() == digests.weekday
    assert digests.last_weekly("heartbeat", slot.due_at) == slot
    assert slot.due_at.tzinfo is UTC


def test_those_who_want_it_are_owed_one_and_nobody_else() -> None:
    people = (
        wanting(1),
        subscriber(2),
        wanting(3, role=Role.ADMIN),
        wanting(4, paused=True),
        wanting(5, left_at=MONDAY),
        wanting(6, since=MONDAY),
        wanting(7, since=MONDAY + timedelta(days=1)),
    )
    everybody = audience(*people)
    assert [one.id for one in owed_heartbeats(everybody, slot_of(everybody, MONDAY + timedelta(days=2)))] == [1, 3]


def test_who_reads_and_administers_gets_one() -> None:
    both = audience(wanting(1, address="a@example.org"), wanting(2, address="a@example.org", role=Role.ADMIN))
    assert len(owed_heartbeats(both, slot_of(both, MONDAY))) == 1


def test_an_audience_is_concerned_by_administrators_and_by_who_wants_heartbeats() -> None:
    assert not audience(subscriber(1), wanting(2, paused=True), wanting(3, left_at=MONDAY)).concerned
    assert audience(wanting(1)).concerned
    assert audience(subscriber(1, role=Role.ADMIN)).concerned


def test_the_worst_watches_come_first_and_a_few_are_named() -> None:
    watches = [
        seen("well"),
        seen("failing", failures=1),
        seen("late", late=True, failures=9, hours=70),
        seen("older", hours=2),
        seen("never", late=True, hours=None),
        *(seen(f"w{number}") for number in range(100)),
    ]
    told = heartbeat(WEEK, 0, watches, 0, "1.0")
    assert [one.watch for one in told.watches[:5]] == ["late", "never", "failing", "older", "well"]
    assert (len(told.watches), told.count, told.late) == (MOST_WATCHES, 105, 2)


@pytest.mark.parametrize(
    ("late", "undelivered", "subject"),
    [
        (0, 0, "hmicfrs-monitor: all is well: 1,344 checks, 2 changes"),
        (1, 0, "hmicfrs-monitor: 1 page needs a look"),
        (3, 0, "hmicfrs-monitor: 3 pages need a look"),
        (0, 1, "hmicfrs-monitor: 1 alert does not arrive"),
        (1_200, 3_400, "hmicfrs-monitor: 1,200 pages need a look, 3,400 alerts do not arrive"),
    ],
)
def test_the_subject_says_that_all_is_well_or_what_is_not(late: int, undelivered: int, subject: str) -> None:
    told = heartbeat(WEEK, 0, [seen(f"w{number}", late=True) for number in range(late)], undelivered, "1.0")
    assert heartbeat_subject(told) == subject
    assert told.well == ("well" in subject)


def test_one_of_each_is_said_in_the_singular() -> None:
    told = heartbeat(replace(WEEK, checks=1, changes=1), 0, [], 0, "1.0")
    assert heartbeat_subject(told) == "hmicfrs-monitor: all is well: 1 check, 1 change"
