"""The outbox at the command line: looked at, called off, tried, and kept to those who may be written to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import feedparser

from tests.cli.conftest import Installation
from tests.cli.test_outage import configured, free_port, mail_server


@contextmanager
def hook() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A server that takes what is posted; gives its port and what it took."""
    taken: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.server_port, taken
        finally:
            server.shutdown()
            thread.join()


def test_an_alert_is_shown_with_its_message(changed: Installation) -> None:
    shown = changed("alerts", "show", "1")
    assert shown.out.startswith("Alert: 1, sent, 1 tries")
    assert "NEW REPORT: Cleveland Police" in shown.out
    assert changed("alerts", "show", "1", "--json").json["state"] == "sent"
    assert "<!DOCTYPE html>" in changed("alerts", "show", "1", "--format", "html").out
    unknown = changed("alerts", "show", "9")
    assert (unknown.code, unknown.err) == (2, "hmicfrs-monitor: 9: no such alert; `alerts` lists them\n")


def test_a_preview_is_what_a_recipient_would_get(changed: Installation) -> None:
    changed("recipients", "add", "met@example.org", "--area", "Metropolitan")
    none = changed("alerts", "preview", "2", "--recipient", "met@example.org")
    assert none.code == 2
    assert "met@example.org wants no change of snapshot 2" in none.err
    changed.serve("2025-10-child-protection")
    changed("check")
    shown = changed("alerts", "preview", "--recipient", "met@example.org")
    assert "To: met@example.org\nSubject: HMICFRS page edited: The Metropolitan" in shown.out
    assert "NEW REPORT" not in shown.out
    assert "NEW REPORT" in changed("alerts", "preview").out


def test_a_test_goes_the_real_way_and_is_marked(changed: Installation) -> None:
    sent = changed("alerts", "test", "--to", "reader@localhost")
    assert (sent.code, sent.out) == (0, "a test was sent to reader@localhost (maildir)\n")
    assert "[Test]" in str(changed.mails()[-1]["Subject"]) + str(changed.mails()[0]["Subject"])
    assert len(changed("alerts", "--json").json["alerts"]) == 1
    assert changed("alerts", "test", "--to", "nobody").code == 2


def test_a_test_that_does_not_arrive_is_told(monitor: Installation) -> None:
    port = free_port()
    configured(monitor, port)
    failed = monitor("alerts", "test", "--to", "new@example.org")
    assert failed.code == 5
    assert failed.err == f"hmicfrs-monitor: 127.0.0.1:{port}: Connection refused\n"
    with mail_server(port) as mailbox:
        assert monitor("alerts", "test", "--to", "new@example.org").code == 0
    assert mailbox.mails[0]["X-RcptTo"] == "new@example.org"


def test_under_test_nobody_else_is_written_to_and_what_waits_is_not_forgotten(monitor: Installation) -> None:
    port = free_port()
    configured(monitor, port)
    monitor("recipients", "add", "me@test.example")
    monitor("check")
    monitor.serve("2025-01-child-protection")
    with mail_server(port) as mailbox:
        assert monitor("check", "--allow-only", "ME@test.example").code == 5
        assert [mail["X-RcptTo"] for mail in mailbox.mails] == ["me@test.example"]
        assert monitor("alerts", "test", "--to", "team@example.org", "--allow-only", "@test.example").code == 2
        assert monitor("deliver", "--allow-only", "@test.example").code == 5
        assert monitor("status").code == 5
        assert monitor("alerts", "cancel", "1").out == "1 cancelled\n"
        assert monitor("deliver").code == 0
        assert monitor("alerts", "cancel", "1").code == 2
    assert len(mailbox.mails) == 1


def test_alerts_that_do_not_arrive_are_told_to_the_administrator_another_way(monitor: Installation) -> None:
    port = free_port()
    configured(monitor, port, "[alerts]\ngive_up_after_days = 0.000000001")
    monitor("check")
    monitor.serve("2025-01-child-protection")
    assert monitor("check").code == 5
    (notice,) = monitor.mails()
    assert notice["Subject"] == "hmicfrs-monitor: an alert does not arrive"
    body = notice.get_body(("plain",))
    assert body is not None
    assert "to team@example.org (smtp)" in " ".join(str(body.get_content()).split())
    assert (monitor("check").code, monitor("status").code) == (0, 5)
    assert len(monitor.mails()) == 1
    states = [(alert["kind"], alert["channel"], alert["state"]) for alert in monitor("alerts", "--json").json["alerts"]]
    assert states == [
        ("undelivered", "maildir", "sent"),
        ("undelivered", "smtp", "failed"),
        ("changes", "smtp", "failed"),
    ]
    assert len(monitor("alerts", "list", "--state", "failed", "--json").json["alerts"]) == 2
    (newest,) = monitor("alerts", "list", "--limit", "1", "--json").json["alerts"]
    assert newest["id"] == 3


def test_a_change_reaches_a_feed_and_a_webhook_and_one_that_is_down_keeps_the_other_from_nothing(
    monitor: Installation, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    feed = tmp_path / "www" / "hmicfrs.xml"
    with hook() as (port, taken):
        recipients = f"""
[[recipient]]
channel = "feed"
name = "public"
address = "{feed}"

[[recipient]]
channel = "webhook"
name = "cases"
address = "http://127.0.0.1:{port}/hook?token=hush"
secret_file = "{secret}"
"""
        monitor.configure(recipients)
        monitor("check")
        monitor.serve("2025-01-child-protection")
        checked = monitor("check")
        assert checked.code == 5
        assert "undelivered: cases: New HMICFRS report: Cleveland Police" in checked.err
        assert "secret_file" in checked.err
        assert "hush" not in checked.err + monitor("alerts", "--json").out + monitor("recipients", "--json").out
        secret.write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", encoding="utf-8")
        assert monitor("alerts", "retry").code == 0
        assert monitor("doctor").code == 0
    (posted,) = taken
    (change,) = posted["data"]["pages"][0]["changes"]
    assert (posted["type"], change["kind"]) == ("changes.found", "report-added")
    read = feedparser.parse(feed.read_bytes())
    assert not read.bozo
    assert [entry.title for entry in read.entries] == [
        "New report: Cleveland Police: National child protection inspection"
    ]
