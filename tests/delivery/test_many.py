"""A change that a thousand are told of: one transaction to owe it, one connection to send it, and nobody told twice."""

from __future__ import annotations

import subprocess
from collections import Counter
from contextlib import ExitStack

import pytest
from sqlalchemy import event

from domain.alert import AlertState
from domain.recipient import Recipient, Subscription
from tests.delivery.servers import PostOffice, Server
from tests.delivery.setting import Monitor
from tests.delivery.workers import say, started, told_by

MANY = 1000
ADDRESSES = [f"reader{number}@example.org" for number in range(MANY)]


@pytest.fixture
def monitor(monitor: Monitor) -> Monitor:
    """An installation with a thousand readers."""
    asked = [Subscription(Recipient(address, "smtp")) for address in ADDRESSES]
    monitor.recipients.register(asked, monitor.now, "smtp")
    return monitor


def test_a_check_owes_a_thousand_alerts_in_its_own_transaction(monitor: Monitor) -> None:
    commits: list[int] = []

    def count(_connection: object) -> None:
        with monitor.database.read() as beside:
            commits.append(beside.exec_driver_sql("SELECT count(*) FROM alert").scalar_one())

    event.listen(monitor.database._writing, "commit", count)
    assert monitor.check("a", "b").queued == MANY
    assert commits == [0]  # the only commit, before which nobody sees any of them
    assert len(monitor.outbox.alerts(AlertState.PENDING)) == MANY


def test_a_thousand_mails_leave_over_one_connection(monitor: Monitor, office: PostOffice) -> None:
    monitor.check("a", "b")
    delivery = monitor.round()
    assert (len(delivery.sent), delivery.undelivered) == (MANY, ())
    assert Counter(mail.recipient for mail in office.taken) == Counter(ADDRESSES)
    assert len({mail.message_id for mail in office.taken}) == MANY
    assert len({mail.peer for mail in office.taken}) == 1


def test_two_processes_at_once_send_each_of_a_thousand_mails_once(
    monitor: Monitor, office: PostOffice, server: Server
) -> None:
    monitor.check("a", "b")
    words = str(monitor.database.path), monitor.now.isoformat(), str(server.port)
    with ExitStack() as both:
        delivering = [both.enter_context(started("deliver", *words, stdin=subprocess.PIPE)) for _ in range(2)]
        assert [told_by(process) for process in delivering] == ["ready", "ready"]
        for process in delivering:
            say(process, "go")
        sent = [told_by(process) for process in delivering]
    assert Counter(mail.recipient for mail in office.taken) == Counter(ADDRESSES)
    assert sum(sent) == MANY
    assert min(sent) > 0
    assert Counter(Counter(mail.peer for mail in office.taken).values()) == Counter(sent)
    assert {alert.attempts for alert in monitor.outbox.alerts(AlertState.SENT)} == {1}
