"""Signs of life: one a week for those who want it, whatever is restarted, switched off, set back or asked twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from domain.alert import Alert, AlertKind, AlertState, Heartbeat
from domain.digest import DigestTimes
from domain.recipient import Cadence, Role
from storage.database import Database
from tests.delivery.servers import PostOffice
from tests.delivery.setting import HALF_PAST_EIGHT, LONDON, WATCH, Monitor, london, url_of

READER, OTHER, OPS = "reader@example.org", "other@example.org", "ops@example.org"


def beats(monitor: Monitor) -> list[Alert]:
    """The heartbeats so far, oldest first."""
    return [alert for alert in reversed(monitor.outbox.alerts()) if alert.kind is AlertKind.HEARTBEAT]


def told(monitor: Monitor, number: int = -1) -> Heartbeat:
    news = monitor.outbox.letter(beats(monitor)[number].id).news
    assert isinstance(news, Heartbeat)
    return news


def subjects(office: PostOffice, address: str) -> list[str]:
    return [str(message_from_bytes(mail.content, policy=default)["Subject"]) for mail in office.of(address)]


def go_on(monitor: Monitor, until: str, *, hours: float = 1) -> list[str]:
    """A round of delivery every hour until a day; gives when heartbeats were made, on the clocks of London."""
    made = len(beats(monitor))
    while monitor.now < london(until, "00:00"):
        monitor.round()
        monitor.wait(hours=hours)
    return [f"{alert.created_at.astimezone(LONDON):%a %d %b %H:%M}" for alert in beats(monitor)[made:]]


def test_who_wants_it_gets_one_on_each_day_of_weekly_digests_and_nobody_else(
    monitor: Monitor, office: PostOffice
) -> None:
    monitor.subscribe(READER, heartbeat=True)
    monitor.subscribe(OTHER)
    monitor.subscribe(OPS, role=Role.ADMIN)
    assert go_on(monitor, "2026-02-24") == ["Mon 09 Feb 09:00", "Mon 16 Feb 09:00", "Mon 23 Feb 09:00"]
    assert subjects(office, READER) == [
        "hmicfrs-monitor: all is well: 1 check, 0 changes",
        "hmicfrs-monitor: all is well: 0 checks, 0 changes",
        "hmicfrs-monitor: all is well: 0 checks, 0 changes",
    ]
    assert (office.of(OTHER), office.of(OPS)) == ([], [])


def test_administrators_too_and_who_is_both_gets_one(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(OPS, role=Role.ADMIN, heartbeat=True)
    monitor.subscribe(READER, heartbeat=True)
    monitor.subscribe(READER, role=Role.ADMIN, heartbeat=True)
    go_on(monitor, "2026-02-10")
    assert (len(office.of(OPS)), len(office.of(READER))) == (1, 1)


def test_it_tells_of_the_week_up_to_its_time_and_of_how_things_are(monitor: Monitor, office: PostOffice) -> None:
    monitor.watch = WATCH
    monitor.subscribe(READER, heartbeat=True)
    monitor.check("a", "b")
    monitor.check(status=503)
    monitor.round()
    monitor.now = london("2026-02-09", "08:00")
    monitor.check("a", "b", "c")
    monitor.round()
    monitor.now = london("2026-02-09", "08:31")
    monitor.check("a", "b", "c", "d")
    monitor.round()
    news = told(monitor)
    assert (news.week.since, news.week.until) == (london("2026-02-02", "08:30"), london("2026-02-09", "08:30"))
    assert (news.week.checks, news.week.failed, news.week.changes, news.sent) == (4, 1, 2, 2)
    assert [(seen.watch, seen.last_good, seen.late) for seen in news.watches] == [
        ("child-protection", monitor.now, False)
    ]
    assert (news.undelivered, news.version) == (0, "1.0")
    assert office.of(READER)[-1].text.startswith("All is well: one page is being watched.")


def test_a_page_that_nobody_looks_at_is_in_the_subject(monitor: Monitor, office: PostOffice) -> None:
    monitor.watch = WATCH
    monitor.subscribe(READER, heartbeat=True)
    go_on(monitor, "2026-02-10")
    assert subjects(office, READER) == ["hmicfrs-monitor: 1 page needs a look"]


def test_what_was_missed_while_the_machine_was_off_is_made_up_for_by_the_latest(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    monitor.now = london("2026-03-12", "14:00")
    assert go_on(monitor, "2026-03-17") == ["Thu 12 Mar 14:00", "Mon 16 Mar 09:00"]
    assert told(monitor, 0).week.until == london("2026-03-09", "08:30")
    assert beats(monitor)[0].due_at == london("2026-03-12", "14:00")


def test_neither_a_restart_nor_another_process_makes_two(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    monitor.now = london("2026-02-09", "08:30")
    with Database.open(url_of(monitor.database.path)) as other:
        both = [monitor, Monitor(other, monitor.mail, monitor.now)]
        with ThreadPoolExecutor(8) as pool:
            queued = list(pool.map(Monitor.notify, both * 8))
    assert sum(queued) == 1
    assert len(beats(monitor)) == 1


def test_the_clocks_going_forward_and_back_make_neither_two_nor_none(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    monitor.digests = DigestTimes(HALF_PAST_EIGHT.at.replace(hour=1), 6, LONDON)  # Sundays at 01:30
    monitor.now = london("2026-03-23", "00:00")
    assert go_on(monitor, "2026-04-06", hours=0.5) == ["Mon 23 Mar 00:00", "Sun 29 Mar 02:30", "Sun 05 Apr 01:30"]
    monitor.now = london("2026-10-19", "00:00")
    assert go_on(monitor, "2026-11-02", hours=0.5) == ["Mon 19 Oct 00:00", "Sun 25 Oct 01:30", "Sun 01 Nov 01:30"]


def test_one_that_was_not_taken_is_tried_again_and_no_second_is_made(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(READER, heartbeat=True)
    office.refused = {READER: "451 4.3.0 later"}
    monitor.now = london("2026-02-09", "09:00")
    for _ in range(5):
        monitor.round()
        monitor.wait(hours=6)
    office.refused = {}
    monitor.round()
    assert [alert.state for alert in beats(monitor)] == [AlertState.SENT]
    assert len(office.of(READER)) == 1


def test_who_is_paused_gets_none_and_none_for_the_time_in_between(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    monitor.recipients.pause(READER)
    assert go_on(monitor, "2026-02-11") == []
    assert monitor.recipients.resume(READER, monitor.now).subscription.heartbeat
    assert go_on(monitor, "2026-02-17") == ["Mon 16 Feb 09:00"]


def test_to_resume_who_was_not_paused_skips_none(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    monitor.now = london("2026-02-09", "12:00")
    monitor.recipients.resume(READER, monitor.now)
    assert go_on(monitor, "2026-02-10") == ["Mon 09 Feb 12:00"]


@pytest.mark.parametrize("again", [False, True])
def test_who_asks_for_it_later_gets_the_next_one(monitor: Monitor, again: bool) -> None:
    monitor.subscribe(READER, heartbeat=again)
    if again:
        monitor.subscribe(READER)
    monitor.now = london("2026-02-11", "12:00")
    monitor.subscribe(READER, heartbeat=True)
    monitor.wait(hours=1)
    monitor.subscribe(READER, Cadence.DAILY, heartbeat=True)
    assert go_on(monitor, "2026-02-17") == ["Mon 16 Feb 09:00"]


def test_who_left_and_came_back_gets_the_next_one(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    monitor.recipients.register([], monitor.now, "smtp")
    assert go_on(monitor, "2026-02-11") == []
    monitor.subscribe(READER, heartbeat=True)
    assert go_on(monitor, "2026-02-17") == ["Mon 16 Feb 09:00"]


def test_another_day_or_time_of_digests_makes_no_second(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    assert go_on(monitor, "2026-02-11") == ["Mon 09 Feb 09:00"]
    monitor.digests = DigestTimes(HALF_PAST_EIGHT.at, 4, LONDON)
    assert go_on(monitor, "2026-02-14") == ["Fri 13 Feb 09:00"]
    monitor.digests = DigestTimes(HALF_PAST_EIGHT.at.replace(hour=22), 4, LONDON)
    assert go_on(monitor, "2026-02-15") == []


def test_a_change_of_the_mail_channel_makes_no_second(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    go_on(monitor, "2026-02-11")
    asked = [one.subscription for one in monitor.recipients.subscribers()]
    moved = [type(one)(type(one.recipient)(READER, "maildir"), one.role, heartbeat=True) for one in asked]
    monitor.recipients.register(moved, monitor.now, "maildir")
    assert go_on(monitor, "2026-02-12") == []


def test_heartbeats_are_not_counted_among_the_messages(monitor: Monitor) -> None:
    monitor.subscribe(READER, heartbeat=True)
    monitor.check("a", "b")
    monitor.round()
    go_on(monitor, "2026-02-24")
    assert [told(monitor, number).sent for number in range(3)] == [1, 0, 0]


def test_where_nobody_wants_it_nothing_is_looked_up(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monitor.subscribe(READER)
    monitor.now += timedelta(days=30)
    audience, outbox = monitor.audience(), monitor.outbox

    def closed(*_: object) -> None:
        raise AssertionError("the database was asked")

    with monkeypatch.context() as shut:
        shut.setattr(Monitor, "audience", lambda _: audience)
        shut.setattr(Monitor, "outbox", outbox)
        shut.setattr(Database, "read", closed)
        shut.setattr(Database, "write", closed)
        assert monitor.notify() == 0
