"""With the mail server down at the change, the alert waits, and is sent once when the server is back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage

from tests.cli.conftest import Installation


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Mailbox(AsyncMessage):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []

    async def handle_message(self, message: Any) -> None:
        self.mails.append(message)


@contextmanager
def mail_server(port: int) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def configured(monitor: Installation, port: int, more: str = "") -> None:
    monitor.configure(
        f"""
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "Monitor <monitor@example.org>"
to = ["team@example.org"]
admin = ["ops@example.org"]
{more}
"""
    )


def test_an_alert_outlives_a_mail_server_that_is_down(monitor: Installation) -> None:
    port = free_port()
    configured(monitor, port)
    monitor("check")
    monitor.serve("2025-01-child-protection")
    told = monitor("check", "--json")
    assert told.code == 5
    assert told.json["checks"][0]["alerts"] == {"queued": 1, "sent": 0, "undelivered": 1}
    (alert,) = monitor("alerts", "--json").json["alerts"]
    assert (alert["state"], alert["attempts"], alert["recipient"]) == ("pending", 1, "team@example.org")
    assert alert["next_attempt_at"]
    assert "127.0.0.1" in alert["last_error"]
    assert monitor("status", "--json").json["undelivered"] == 1
    assert monitor("status").code == 5

    with mail_server(port) as mailbox:
        told = monitor("check", "--json")
        assert told.code == 0
        assert told.json["checks"][0]["outcome"] == "unchanged"
        assert told.json["checks"][0]["alerts"] == {"queued": 0, "sent": 1, "undelivered": 0}
        assert monitor("deliver").code == 0
        assert monitor("check").code == 0
    (mail,) = mailbox.mails
    assert mail["X-RcptTo"] == "team@example.org"
    assert mail["Message-ID"] == alert["message_id"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"]
    assert monitor("alerts", "--json").json["alerts"][0]["state"] == "sent"


def test_the_administrator_is_told_once_of_a_suspect_page_and_of_its_end(monitor: Installation) -> None:
    port = free_port()
    configured(monitor, port)
    with mail_server(port) as mailbox:
        monitor("check")
        monitor.serve("error-maintenance-200")
        assert monitor("check").code == 4
        assert monitor("check").code == 4
        monitor.serve("2024-02-child-protection")
        assert monitor("check").code == 0
    assert [mail["X-RcptTo"] for mail in mailbox.mails] == ["ops@example.org", "ops@example.org"]
    assert [mail["Subject"] for mail in mailbox.mails] == [
        "hmicfrs-monitor: child-protection looks wrong and was not accepted",
        "hmicfrs-monitor: child-protection is well again",
    ]


def test_a_mail_can_be_read_before_it_is_sent(monitor: Installation) -> None:
    monitor("check")
    assert monitor("alerts", "preview").code == 2
    monitor.serve("2025-01-child-protection")
    monitor("check")
    (sent,) = monitor.mails()
    body = sent.get_body(("plain",))
    assert body is not None
    shown = monitor("alerts", "preview")
    assert shown.code == 0
    assert "Subject: New HMICFRS report: Cleveland Police" in shown.out
    assert "Recommendations: none stated" in shown.out
    assert "Cleveland Police" in monitor("alerts", "preview", "2", "--format", "html").out
    assert monitor("alerts", "preview", "1").code == 2
    assert len(monitor.mails()) == 1
