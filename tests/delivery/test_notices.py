"""What administrators are told: alerts that do not arrive and pages that nobody looks at, once, by a way that works."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from itertools import pairwise

import pytest

from domain.alert import Alert, AlertKind, AlertState, Undelivered
from domain.recipient import Role
from tests.delivery.servers import PostOffice, nobody
from tests.delivery.setting import SPARE, WATCH, Monitor, london, smtp

READER, OTHER = "reader@example.org", "other@example.org"
OPS, ARCHIVIST = "ops@example.org", "archivist@example.org"
NO_SUCH_USER = "550 5.1.1 no such user"


def notices(monitor: Monitor, kind: AlertKind = AlertKind.UNDELIVERED) -> list[Alert]:
    """The notices so far, oldest first."""
    return [alert for alert in reversed(monitor.outbox.alerts()) if alert.kind is kind]


def recipients(alerts: list[Alert]) -> list[str]:
    return sorted(alert.recipient.address for alert in alerts)


def told_of(monitor: Monitor, notice: Alert) -> list[int]:
    """The numbers of the alerts that a notice tells of."""
    news = monitor.outbox.letter(notice.id).news
    assert isinstance(news, Undelivered)
    return [stuck.alert for stuck in news.alerts]


def local_mails(monitor: Monitor) -> list[EmailMessage]:
    """What lies in the Maildir, by recipient."""
    files = monitor.maildir.glob("new/*")
    found = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return sorted(found, key=lambda mail: str(mail["To"]))


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def monitor(monitor: Monitor) -> Monitor:
    """An installation with two readers."""
    monitor.subscribe(READER)
    monitor.subscribe(OTHER)
    return monitor


def test_an_alert_that_failed_is_told_once_and_by_another_channel(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(OPS, role=Role.ADMIN)
    office.refused = {READER: NO_SUCH_USER}
    monitor.check("a", "b")
    monitor.round()
    assert recipients(notices(monitor)) == [SPARE.address, OPS]
    (mail,) = local_mails(monitor)
    assert mail["Subject"] == "hmicfrs-monitor: an alert does not arrive"
    assert READER in text(mail)
    assert NO_SUCH_USER in text(mail)
    assert len(office.of(OPS)) == 1
    for _ in range(20):
        monitor.wait(hours=6)
        monitor.round(due_only=False)
    assert (len(local_mails(monitor)), len(office.of(OPS))) == (1, 1)


def test_an_administrator_by_another_channel_is_told_and_nobody_in_his_stead(
    monitor: Monitor, office: PostOffice
) -> None:
    monitor.subscribe(ARCHIVIST, role=Role.ADMIN, channel="maildir")
    office.refused = {READER: NO_SUCH_USER}
    monitor.check("a", "b")
    monitor.round()
    assert recipients(notices(monitor)) == [ARCHIVIST]
    (mail,) = local_mails(monitor)
    assert parseaddr(mail["To"])[1] == ARCHIVIST


def test_trouble_of_the_same_sort_is_told_once_a_day_at_most_and_then_all_of_it(
    monitor: Monitor, office: PostOffice
) -> None:
    monitor.subscribe(OPS, role=Role.ADMIN)
    office.refused = {READER: NO_SUCH_USER}
    told_after: list[int] = []
    for hour in range(60):
        if hour in {0, 3, 10, 30}:
            monitor.check("a", *(f"r{number}" for number in range(hour + 1)))
        before = len(office.of(OPS))
        monitor.round()
        told_after += [hour] * (len(office.of(OPS)) - before)
        monitor.wait(hours=1)
    assert told_after == [0, 24, 48]
    assert [alert.subject for alert in notices(monitor) if alert.recipient.address == OPS] == [
        "hmicfrs-monitor: an alert does not arrive",
        "hmicfrs-monitor: 2 alerts do not arrive",
        "hmicfrs-monitor: an alert does not arrive",
    ]


def test_an_alert_that_was_tried_for_more_than_an_hour_is_told_and_arrives_all_the_same(
    monitor: Monitor, office: PostOffice
) -> None:
    monitor.subscribe(OPS, role=Role.ADMIN)
    office.refused = {READER: "451 4.3.0 try later"}
    monitor.check("a", "b")
    told_after: list[int] = []
    for minutes in range(0, 180, 5):
        before = len(notices(monitor))
        monitor.round()
        told_after += [minutes] * (len(notices(monitor)) - before)
        monitor.wait(minutes=5)
    assert told_after == [60, 60]
    assert recipients(notices(monitor)) == [SPARE.address, OPS]
    assert "451 4.3.0 try later" in text(*local_mails(monitor))
    office.refused = {}
    monitor.wait(hours=6)
    monitor.round()
    assert (len(office.of(READER)), len(local_mails(monitor)), len(office.of(OPS))) == (1, 1, 1)


def test_with_the_mail_server_down_for_days_one_notice_a_day_at_most_lies_in_the_maildir(monitor: Monitor) -> None:
    monitor.subscribe(OPS, role=Role.ADMIN)
    monitor.mail = smtp(nobody().port)
    for hour in range(10 * 24):
        if hour % 24 == 5 and hour < 9 * 24:
            monitor.check("a", *(f"r{number}" for number in range(hour // 24 + 1)))
        monitor.round()
        monitor.wait(hours=1)
    told = [notice for notice in notices(monitor) if notice.recipient == SPARE]
    assert len(local_mails(monitor)) == len(told) > 5
    assert all(later.created_at - earlier.created_at >= timedelta(days=1) for earlier, later in pairwise(told))
    times = Counter(number for notice in told for number in told_of(monitor, notice))
    assert len(times) > 5
    assert set(times.values()) == {1, 2}  # that it waits, and a week later that it is given up


def test_with_the_mail_server_down_all_that_wait_for_it_are_told_of(monitor: Monitor) -> None:
    monitor.subscribe(OPS, role=Role.ADMIN)
    monitor.mail = smtp(nobody().port)
    monitor.check("a", "b")
    for _ in range(3):
        monitor.round()
        monitor.wait(hours=1)
    (notice,) = (notice for notice in notices(monitor) if notice.recipient == SPARE)
    assert told_of(monitor, notice) == [alert.id for alert in notices(monitor, AlertKind.CHANGES)]


def test_a_notice_that_does_not_arrive_makes_no_notice(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(OPS, role=Role.ADMIN)
    office.refused = {READER: NO_SUCH_USER, OPS: NO_SUCH_USER}
    monitor.check("a", "b")
    for _ in range(12):
        monitor.round(due_only=False)
        monitor.wait(hours=6)
    states = {alert.recipient.address: alert.state for alert in notices(monitor)}
    assert states == {OPS: AlertState.FAILED, SPARE.address: AlertState.SENT}
    assert len(notices(monitor)) == 2


def test_nobody_is_told_where_there_is_no_administrator(monitor: Monitor, office: PostOffice) -> None:
    office.refused = {READER: NO_SUCH_USER}
    monitor.check("a", "b")
    monitor.round()
    monitor.wait(days=40)
    monitor.round()
    assert [alert.kind for alert in monitor.outbox.alerts()] == [AlertKind.CHANGES] * 2
    assert local_mails(monitor) == []


def test_no_administrator_is_told_who_pauses_or_has_left(monitor: Monitor, office: PostOffice) -> None:
    monitor.subscribe(OPS, role=Role.ADMIN)
    monitor.recipients.pause(OPS)
    office.refused = {READER: NO_SUCH_USER}
    monitor.check("a", "b")
    monitor.round()
    assert notices(monitor) == []
    monitor.recipients.register([], monitor.now, "smtp")
    monitor.round()
    assert notices(monitor) == []


def test_a_page_that_nobody_looks_at_is_told_once_a_day(monitor: Monitor, office: PostOffice) -> None:
    monitor.watch = WATCH  # looked at every hour, so that two were missed at eleven
    monitor.subscribe(OPS, role=Role.ADMIN)
    told_at = []
    for minutes in range(0, 3 * 24 * 60, 10):
        monitor.now = london("2026-02-03", "09:00") + timedelta(minutes=minutes)
        if monitor.round().sent:
            told_at.append(f"{monitor.now:%d %H:%M}")
    assert told_at == ["03 11:20", "04 11:20", "05 11:20"]
    assert {alert.kind for alert in monitor.outbox.alerts()} == {AlertKind.LATE}
    assert "child-protection" in office.of(OPS)[0].text
    monitor.check()
    monitor.wait(hours=1)
    assert monitor.round().sent == ()


def test_looks_that_fail_are_no_missed_looks(monitor: Monitor, office: PostOffice) -> None:
    monitor.watch = WATCH
    monitor.subscribe(OPS, role=Role.ADMIN)
    for _ in range(30):
        monitor.wait(hours=1)
        monitor.check(status=503)
        monitor.round()
    assert {alert.kind for alert in monitor.outbox.alerts()} == {AlertKind.TROUBLE}
    assert len(office.of(OPS)) == 1
