"""Digests from the check to the mail: when they leave, what goes into which, and that none comes twice or empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from domain.alert import AlertState
from domain.digest import DigestTimes
from domain.page import Page
from domain.recipient import Cadence, Recipient, Subscription
from schedules.replay import Reader, replay
from scraper.read import read
from storage.replay import Replays
from tests.delivery.servers import PostOffice
from tests.delivery.setting import LONDON, WATCH, Monitor, london, named

READER = "reader@example.org"


def at(monitor: Monitor, day: str, clock: str) -> Monitor:
    """The monitor when the clocks of London show that."""
    monitor.now = london(day, clock)
    return monitor


def told(office: PostOffice) -> list[list[str]]:
    """The reports that each mail to the reader told of, in the order of the mails."""
    return [named(mail) for mail in office.of(READER)]


def test_a_daily_digest_leaves_at_half_past_eight_with_all_that_changed(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    at(monitor, "2026-02-03", "23:00").check("a", "b", "c")
    at(monitor, "2026-02-04", "08:00").check("a", "b", "c", "d")
    assert at(monitor, "2026-02-04", "08:29").deliver().undelivered == ()
    assert told(office) == []
    at(monitor, "2026-02-04", "08:30").deliver()
    for _ in range(30):
        monitor.wait(hours=1)
        monitor.check()
        monitor.deliver(due_only=False)
    assert told(office) == [["b", "c", "d"]]
    assert len(monitor.outbox.alerts()) == 1  # and none for the day on which nothing changed


def test_a_weekly_digest_leaves_on_monday_at_half_past_eight(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(READER, Cadence.WEEKLY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    left = []
    for hours in range(14 * 24):
        monitor.now = london("2026-02-03", "10:30") + timedelta(hours=hours)
        if hours == 90:
            monitor.check("a", "b", "c")
        if monitor.deliver(due_only=False).sent:
            left.append(monitor.now)
    assert left == [london("2026-02-09", "08:30")]
    assert told(office) == [["b", "c"]]


HALF_PAST_ONE = DigestTimes(time(1, 30), 0, LONDON)
HALF_PAST_EIGHT_ON_SUNDAY = DigestTimes(time(8, 30), 6, LONDON)
HALF_PAST_ONE_ON_SUNDAY = DigestTimes(time(1, 30), 6, LONDON)
SPRING = [
    # Half past one is skipped on 29 March: what is due then is due when it would be, by the clocks of the winter.
    (HALF_PAST_ONE, Cadence.DAILY, ["28T01:30", "29T01:30", "30T00:30"]),
    (HALF_PAST_ONE_ON_SUNDAY, Cadence.WEEKLY, ["29T01:30"]),
    (DigestTimes(time(8, 30), 0, LONDON), Cadence.DAILY, ["28T08:30", "29T07:30", "30T07:30"]),
    (HALF_PAST_EIGHT_ON_SUNDAY, Cadence.WEEKLY, ["29T07:30"]),
]
AUTUMN = [
    # It comes twice on 25 October: the first is meant.
    (HALF_PAST_ONE, Cadence.DAILY, ["24T00:30", "25T00:30", "26T01:30"]),
    (HALF_PAST_ONE_ON_SUNDAY, Cadence.WEEKLY, ["25T00:30"]),
    (DigestTimes(time(8, 30), 0, LONDON), Cadence.DAILY, ["24T07:30", "25T08:30", "26T08:30"]),
    (HALF_PAST_EIGHT_ON_SUNDAY, Cadence.WEEKLY, ["25T08:30"]),
]


@pytest.mark.parametrize(
    ("first_day", "digests", "cadence", "leave"),
    [("2026-03-27", *row) for row in SPRING] + [("2026-10-23", *row) for row in AUTUMN],
)
def test_a_digest_leaves_once_for_each_date_when_the_clocks_change(
    monitor: Monitor, office: PostOffice, first_day: str, digests: DigestTimes, cadence: Cadence, leave: list[str]
) -> None:
    monitor.digests = digests
    monitor.subscribe(READER, cadence)
    begin, left, seen = london(first_day, "12:00"), [], ["a"]
    for minutes in range(0, 70 * 60, 30):
        monitor.now = begin + timedelta(minutes=minutes)
        left += [f"{monitor.now:%dT%H:%M}" for _ in monitor.deliver().sent]
        if minutes % 120 == 0:
            monitor.wait(minutes=10)
            seen.append(f"r{len(seen):02}")
            monitor.check(*seen)
    assert left == leave
    reports = [report for mail in told(office) for report in mail]
    assert reports == seen[1 : len(reports) + 1]
    assert len(reports) > 10


def test_the_digest_of_a_date_is_sent_once_though_its_time_is_put_off_on_that_day(
    monitor: Monitor, office: PostOffice
) -> None:
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    at(monitor, "2026-02-04", "08:30").deliver()
    monitor.digests = DigestTimes(time(17), 0, LONDON)
    at(monitor, "2026-02-04", "12:00").check("a", "b", "c")
    at(monitor, "2026-02-04", "17:00").deliver()
    assert told(office) == [["b"]]
    at(monitor, "2026-02-05", "17:00").deliver()
    assert told(office) == [["b"], ["c"]]


def test_the_digest_of_a_date_is_sent_once_though_its_time_is_put_forward_on_that_day(
    monitor: Monitor, office: PostOffice
) -> None:
    monitor.digests = DigestTimes(time(17), 0, LONDON)
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "18:00").check("a", "b")
    monitor.digests = DigestTimes(time(14), 0, LONDON)
    at(monitor, "2026-02-04", "12:00").check("a", "b", "c")
    for hour in range(24):
        at(monitor, "2026-02-04", f"{hour:02}:59").deliver()
    assert told(office) == [["b", "c"]]


@pytest.mark.parametrize(
    ("first", "second", "next_digest"),
    [
        (Cadence.DAILY, Cadence.WEEKLY, "2026-02-16"),
        (Cadence.WEEKLY, Cadence.DAILY, "2026-02-10"),
        (Cadence.DAILY, Cadence.DAILY, "2026-02-10"),
        (Cadence.WEEKLY, Cadence.WEEKLY, "2026-02-16"),
    ],
)
def test_who_changes_the_cadence_gets_no_second_digest_on_that_day(
    monitor: Monitor, office: PostOffice, first: Cadence, second: Cadence, next_digest: str
) -> None:
    monitor.subscribe(READER, first)
    at(monitor, "2026-02-08", "12:00").check("a", "b")
    at(monitor, "2026-02-09", "08:30").deliver()
    monitor.subscribe(READER, second)
    monitor.digests = DigestTimes(time(17), 0, LONDON)
    at(monitor, "2026-02-09", "12:00").check("a", "b", "c")
    at(monitor, next_digest, "16:59").deliver()
    assert told(office) == [["b"]]
    at(monitor, next_digest, "17:00").deliver()
    assert told(office) == [["b"], ["c"]]


def test_what_waits_for_monday_and_what_for_today_come_each_in_their_time_to_who_turns_to_daily(
    monitor: Monitor, office: PostOffice
) -> None:
    monitor.subscribe(READER, Cadence.WEEKLY)
    at(monitor, "2026-02-05", "12:00").check("a", "b")
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-05", "13:00").check("a", "b", "c")
    at(monitor, "2026-02-08", "13:00").check("a", "b", "c", "d")
    left = []
    for day in range(5, 12):
        left += [f"{monitor.now:%d}" for _ in at(monitor, f"2026-02-{day:02}", "08:30").deliver().sent]
    assert (left, told(office)) == (["06", "09"], [["c"], ["b", "d"]])


def test_a_digest_with_nothing_left_after_a_replay_is_called_off(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    reread(monitor, without="b")
    at(monitor, "2026-02-04", "08:30").deliver()
    assert told(office) == []
    assert [alert.state for alert in monitor.outbox.alerts()] == [AlertState.CANCELLED]


def test_a_digest_tells_what_a_replay_has_left_of_it(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    at(monitor, "2026-02-03", "11:00").check("a", "b", "c")
    reread(monitor, without="b")
    at(monitor, "2026-02-04", "08:30").deliver()
    assert told(office) == [["c"]]


def reread(monitor: Monitor, *, without: str) -> None:
    """Read the whole history again with a reader that does not see a report."""

    def blind(body: bytes, url: str, content_type: str | None) -> Page:
        page = read(body, url, content_type)
        return replace(page, reports=tuple(one for one in page.reports if one.title != f"Report {without}"))

    assert replay(
        WATCH.name, replays=Replays(monitor.database), reader=Reader(99, blind), apply=True, note=lambda _: None
    )


def test_who_was_removed_gets_no_digest(monitor: Monitor, office: PostOffice) -> None:
    monitor.recipients.add(Subscription(Recipient(READER, "smtp"), cadence=Cadence.DAILY), monitor.now)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    monitor.recipients.remove(READER, monitor.now)
    at(monitor, "2026-02-03", "11:00").check("a", "b", "c")
    at(monitor, "2026-02-04", "08:30").deliver(due_only=False)
    assert told(office) == []
    assert [alert.state for alert in monitor.outbox.alerts()] == [AlertState.CANCELLED]


def test_who_left_the_settings_gets_no_digest_unless_back_within_a_week(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    monitor.recipients.register([], monitor.now, "smtp")
    at(monitor, "2026-02-03", "11:00").check("a", "b", "c")
    at(monitor, "2026-02-04", "08:30").deliver(due_only=False)
    assert told(office) == []
    at(monitor, "2026-02-05", "12:00").subscribe(READER, Cadence.DAILY)
    monitor.deliver()
    assert told(office) == [["b"]]


def test_who_pauses_gets_no_digest_until_the_pause_is_over(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    monitor.recipients.pause(READER)
    at(monitor, "2026-02-03", "11:00").check("a", "b", "c")
    for day in range(4, 8):
        at(monitor, f"2026-02-{day:02}", "08:30").deliver(due_only=False)
    assert told(office) == []
    monitor.recipients.resume(READER, monitor.now)
    at(monitor, "2026-02-07", "12:00").deliver()
    assert told(office) == [["b"]]


def test_a_digest_that_was_begun_to_be_sent_takes_in_no_further_check(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    office.refused = {READER: "451 4.3.0 not just now"}
    at(monitor, "2026-02-04", "08:30").deliver()
    at(monitor, "2026-02-04", "08:40").check("a", "b", "c")
    office.refused = {}
    at(monitor, "2026-02-04", "09:00").deliver()
    assert told(office) == [["b"]]
    at(monitor, "2026-02-05", "08:30").deliver()
    assert told(office) == [["b"], ["c"]]


def test_a_check_that_ends_while_its_digest_is_being_sent_goes_into_the_next(
    monitor: Monitor, office: PostOffice
) -> None:
    """The check began before half past eight, and the delivery was quicker."""
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    claim_at = london("2026-02-04", "08:30")
    assert monitor.outbox.claim(claim_at, claim_at, due_only=True) is not None
    at(monitor, "2026-02-04", "08:29").check("a", "b", "c")
    at(monitor, "2026-02-04", "09:00").deliver()
    assert told(office) == [["b"]]
    at(monitor, "2026-02-05", "08:30").deliver()
    assert told(office) == [["b"], ["c"]]


def test_a_digest_that_nobody_was_there_to_send_is_sent_once_later_that_day(
    monitor: Monitor, office: PostOffice
) -> None:
    monitor.subscribe(READER, Cadence.DAILY)
    at(monitor, "2026-02-03", "10:00").check("a", "b")
    at(monitor, "2026-02-04", "11:00").check("a", "b", "c")
    for hour in range(11, 24):
        at(monitor, "2026-02-04", f"{hour}:01").deliver()
    assert told(office) == [["b"]]
    at(monitor, "2026-02-05", "08:30").deliver()
    assert told(office) == [["b"], ["c"]]
