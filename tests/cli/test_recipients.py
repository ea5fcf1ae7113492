"""Recipients by hand and in the settings, each told what they asked for and nothing when they are gone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from tests.cli.conftest import Installation


@pytest.fixture
def seen(monitor: Installation) -> Installation:
    """An installation that has seen the page once."""
    assert monitor("check").code == 0
    return monitor


def told(monitor: Installation) -> list[str]:
    return sorted(str(mail["To"]) for mail in monitor.mails())


def test_a_reader_by_hand_is_told_what_they_asked_for(seen: Installation) -> None:
    added = seen("recipients", "add", "PCC <pcc@example.org>", "--area", "cleveland police", "--json")
    assert added.code == 0
    assert added.json["recipient"] == "pcc@example.org"
    assert seen("recipients", "add", "met@example.org", "--area", "Metropolitan").code == 0
    seen.serve("2025-01-child-protection")
    assert seen("check", "--json").json["checks"][0]["alerts"] == {"queued": 2, "sent": 2, "undelivered": 0}
    assert told(seen) == ["pcc@example.org", "reader@localhost"]
    seen.serve("2025-10-child-protection")
    seen("check")
    assert told(seen) == ["met@example.org", "pcc@example.org", "reader@localhost", "reader@localhost"]
    (mail,) = (mail for mail in seen.mails() if mail["To"] == "met@example.org")
    assert str(mail["Subject"]).startswith("HMICFRS page edited: The Metropolitan Police")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "changes to reports on Metropolitan" in " ".join(str(body.get_content()).split())


def test_a_list_shows_those_of_the_settings_and_those_by_hand(seen: Installation) -> None:
    seen.configure('[[recipient]]\naddress = "office@example.org"\nwhen = "weekly"\nprogrammes = ["ncpi"]')
    seen("recipients", "add", "later@example.org", "--when", "daily", "--word", "cause of concern")
    listed = seen("recipients", "list", "--json").json["recipients"]
    assert [(one["recipient"], one["when"], one["origin"]) for one in listed] == [
        ("office@example.org", "weekly", "settings"),
        ("later@example.org", "daily", "database"),
    ]
    assert listed[0]["programmes"] == ["NCPI"]
    shown = seen("recipients")
    assert "changes with the words “cause of concern”" in " ".join(shown.out.split())
    assert "reader@localhost" in seen("recipients", "list", "--gone").out
    token = listed[1]["token"]
    assert seen("recipients", "show", token, "--json").json["recipient"] == "later@example.org"
    assert "Told of: changes to reports of the programme NCPI" in seen("recipients", "show", "office@example.org").out


def test_a_digest_waits_for_its_time_is_no_debt_until_then_and_comes_once(seen: Installation) -> None:
    seen.configure('[[recipient]]\naddress = "daily@example.org"\nwhen = "daily"')
    seen.serve("2025-01-child-protection")
    checked = seen("check", "--json")
    assert (checked.code, checked.json["checks"][0]["alerts"]) == (0, {"queued": 1, "sent": 0, "undelivered": 0})
    seen.serve("2025-10-child-protection")
    assert seen("check").code == 0
    assert seen("status").code == 0
    (alert,) = seen("alerts", "--json").json["alerts"]
    assert (alert["cadence"], alert["due_at"], alert["attempts"]) == ("daily", "2025-11-04T08:30:00Z", 0)
    with time_machine.travel(datetime(2025, 11, 4, 8, 29, tzinfo=UTC)):
        assert seen("deliver", "--json").json == {"sent": [], "undelivered": []}
    with time_machine.travel(datetime(2025, 11, 4, 8, 30, tzinfo=UTC)):
        assert len(seen("deliver", "--json").json["sent"]) == 1
        assert len(seen("deliver", "--json").json["sent"]) == 0
    (mail,) = seen.mails()
    assert str(mail["Subject"]).startswith("2 new reports and 1 edit: Cleveland Police")
    assert mail["Date"] == "Tue, 04 Nov 2025 08:30:00 +0000"


def test_nobody_is_told_who_has_left_or_is_paused(seen: Installation) -> None:
    for name in ("gone", "paused", "here"):
        seen("recipients", "add", f"{name}@example.org", "--when", "daily")
    seen.serve("2025-01-child-protection")
    seen("check")
    assert seen("recipients", "remove", "GONE@example.org").code == 0
    assert seen("recipients", "pause", "paused@example.org").code == 0
    with time_machine.travel(datetime(2025, 11, 4, 9, 0, tzinfo=UTC)):
        assert seen("deliver").code == 0
        assert told(seen) == ["here@example.org", "reader@localhost"]
        assert seen("status").out.endswith("Undelivered alerts: 0\n")
        seen.serve("2025-10-child-protection")
        seen("check")
        assert seen("recipients", "resume", "paused@example.org").code == 0
        seen("deliver")
    mails = [str(mail["Subject"]) for mail in seen.mails() if mail["To"] == "paused@example.org"]
    assert mails == ["New HMICFRS report: Cleveland Police: National child protection inspection"]
    states = {alert["recipient"]: alert["state"] for alert in seen("alerts", "--json").json["alerts"]}
    assert states["gone@example.org"] == "cancelled"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "nobody"], "'nobody' is not a mail address"),
        (["add", "a@example.org\nBcc: b@example.org"], "has a line break"),
        (["add", "a@example.org", "--programme", "NCP"], "'NCP' is none of NCPI, JTAI"),
        (["add", "a@example.org", "--kind", "report"], "'report' is none of report-added"),
        (["add", "a@example.org", "--watch", "x"], "unknown watch 'x'; the settings have child-protection"),
        (["add", "a@example.org", "--area", "…"], "'…' has no word in it"),
        (["add", "a@example.org", "--when", "hourly"], "'hourly' is not one of"),
        (["add", "reader@localhost"], "reader@localhost: is a recipient already"),
        (["add", "Reader@localhost"], "Reader@localhost: is a recipient already"),
        (["remove", "reader@localhost"], "reader@localhost: stands in the settings; take it out there"),
        (["remove", "x@example.org"], "x@example.org: no such recipient; `recipients list` names them"),
        (["pause", "x"], "x: no such recipient"),
        (["show", "7"], "7: no such recipient"),
    ],
)
def test_a_mistake_is_told_in_a_line(seen: Installation, arguments: list[str], words: str) -> None:
    told = seen("recipients", *arguments)
    assert told.code == 2
    assert words in told.err
    assert "Traceback" not in told.err
    assert len(seen("recipients", "--json").json["recipients"]) == 1


def test_readers_by_hand_move_from_the_maildir_to_a_mail_server_that_is_set_later(seen: Installation) -> None:
    seen("recipients", "add", "pcc@example.org")
    seen.configure('[mail]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nto = []')
    listed = seen("recipients", "--json").json["recipients"]
    assert [(one["recipient"], one["channel"]) for one in listed] == [("pcc@example.org", "smtp")]


def test_a_heartbeat_comes_to_those_who_want_it_once_a_week(seen: Installation) -> None:
    seen.configure('[[recipient]]\naddress = "office@example.org"\nheartbeat = true')
    assert seen("recipients", "add", "pcc@example.org", "--heartbeat", "--json").json["heartbeat"]
    assert not seen("recipients", "add", "other@example.org", "--json").json["heartbeat"]
    assert "every change; once a week a heartbeat" in seen("recipients", "show", "office@example.org").out
    assert seen("deliver").out == "0 sent, 0 undelivered\n"
    with time_machine.travel(datetime(2025, 11, 10, 8, 31, tzinfo=UTC)):
        assert seen("check").code == 0
        assert seen("deliver").out == "0 sent, 0 undelivered\n"
        assert seen("recipients", "pause", "pcc@example.org").code == 0
    with time_machine.travel(datetime(2025, 11, 19, 12, tzinfo=UTC)):
        assert seen("deliver").out == "1 sent, 0 undelivered\n"
        assert seen("deliver").out == "0 sent, 0 undelivered\n"
    assert told(seen) == ["office@example.org", "office@example.org", "pcc@example.org"]
    assert {str(mail["Subject"]) for mail in seen.mails()} == {
        "hmicfrs-monitor: all is well: 1 check, 0 changes",
        "hmicfrs-monitor: 1 page needs a look",
    }
    assert seen("alerts", "list", "--json").json["alerts"][0]["kind"] == "heartbeat"
    assert "1 page needs a look" in seen("alerts", "show", "3").out
