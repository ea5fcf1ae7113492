"""Who is told, under which subject, and when a failed try is repeated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.alert import (
    Alert,
    AlertKind,
    AlertState,
    Recipient,
    changes_subject,
    next_attempt,
    one_line,
    owed_to_admin,
    owed_to_readers,
)
from domain.check import Answer, Failed, Finding, Suspected, Trouble, Unchanged
from domain.compare import compare
from domain.page import PublicationDate
from tests.domain.records import page, report, section

NOW = datetime(2025, 1, 15, 9, tzinfo=UTC)
READER, ADMIN = Recipient("team@example.org", "smtp"), Recipient("ops@example.org", "smtp")
CLEVELAND = report(
    "cleveland",
    title="Cleveland Police: National child protection inspection",
    published=PublicationDate(2025, 1, 15),
)
OLD = report("old", published=PublicationDate(2015))


def test_readers_are_owed_one_alert_each_for_all_loud_changes() -> None:
    changes = compare(page(OLD), page(CLEVELAND, OLD))
    (owed,) = owed_to_readers(changes, [READER], NOW)
    assert owed.subject == "New HMICFRS report: Cleveland Police: National child protection inspection"
    assert (owed.kind, owed.recipient) == (AlertKind.CHANGES, READER)


def test_quiet_changes_are_owed_to_nobody() -> None:
    changes = compare(page(OLD, CLEVELAND), page(CLEVELAND, OLD))
    assert changes
    assert owed_to_readers(changes, [READER], NOW) == ()


def test_a_subject_counts_what_happened() -> None:
    before = page(OLD, sections=(section("One", text="a"),))
    after = page(CLEVELAND, report("kent", title="Kent", published=None), sections=(section("One", text="b"),))
    subject = changes_subject(compare(before, after), NOW)
    assert subject.startswith("2 new reports, 1 report no longer listed and 1 edit: Cleveland")
    assert len(subject) <= 78


@pytest.mark.parametrize(
    ("published", "subject"),
    [
        (PublicationDate(2013, 3, 12), "Older HMICFRS report newly listed: Kent"),
        (PublicationDate(2013), "Older HMICFRS report newly listed: Kent"),
        (PublicationDate(2013, 12), "Older HMICFRS report newly listed: Kent"),
        (PublicationDate(2024), "New HMICFRS report: Kent"),
        (PublicationDate(2024, 3), "New HMICFRS report: Kent"),
        (None, "New HMICFRS report: Kent"),
    ],
)
def test_a_report_of_long_ago_is_not_called_new(published: PublicationDate | None, subject: str) -> None:
    assert changes_subject(compare(page(), page(report("kent", title="Kent", published=published))), NOW) == subject


@pytest.mark.parametrize(
    ("text", "length", "line"),
    [
        ("a\r\nBcc: b@example.org", 40, "a Bcc: b@example.org"),
        ("one two three", 8, "one two…"),
        ("x" * 50, 10, "x" * 9 + "…"),
        ("a\x1b[31mb\u202ec", 20, "a [31mb c"),
    ],
)
def test_one_line_is_short_printable_and_one_line(text: str, length: int, line: str) -> None:
    assert one_line(text, length) == line


BODY = Answer(200, ("https://example.org/",), (), b"x")


@pytest.mark.parametrize(
    ("finding", "trouble", "kind"),
    [
        (Failed("down"), None, None),
        (Failed("down"), Trouble(NOW, 1, told=False), None),
        (Failed("down"), Trouble(NOW, 2, told=False), AlertKind.TROUBLE),
        (Failed("down"), Trouble(NOW, 3, told=True), None),
        (Suspected("odd", BODY), None, AlertKind.TROUBLE),
        (Suspected("odd", BODY), Trouble(NOW, 1, told=True), None),
        (Unchanged(None), Trouble(NOW, 3, told=True), AlertKind.RECOVERY),
        (Unchanged(None), Trouble(NOW, 1, told=False), None),
        (Unchanged(None), None, None),
    ],
)
def test_the_administrator_hears_of_trouble_once_and_of_its_end(
    finding: Finding, trouble: Trouble | None, kind: AlertKind | None
) -> None:
    owed = owed_to_admin("child-protection", finding, trouble, [ADMIN])
    assert [one.kind for one in owed] == ([kind] if kind else [])


def test_tries_back_off_to_six_hours_and_end_after_a_week() -> None:
    def after(attempts: int, age: timedelta) -> timedelta | None:
        alert = Alert(
            1, "w", AlertKind.CHANGES, READER, "s", "<1@x>", NOW - age, AlertState.PENDING, attempts, NOW, None
        )
        again = next_attempt(alert, NOW)
        return again - NOW if again else None

    waits = [after(attempts, timedelta(hours=1)) for attempts in range(11)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[9:] == [timedelta(hours=6), timedelta(hours=6)]
    assert after(60, timedelta(days=6, hours=23)) == timedelta(hours=6)
    assert after(60, timedelta(days=7)) is None
