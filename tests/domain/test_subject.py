"""What the subject lines say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.change import ChangeKind
from domain.compare import compare
from domain.page import PublicationDate
from domain.subject import changes_subject, is_newly_listed, one_line
from tests.domain.records import page, report, section

NOW = datetime(2025, 1, 15, 9, tzinfo=UTC)
CLEVELAND = report("cleveland", title="Cleveland Police", published=PublicationDate(2025, 1, 15))
OLD = report("old", published=PublicationDate(2015))


def test_a_subject_counts_what_happened() -> None:
    before = page(OLD, sections=(section("One", text="a"),))
    after = page(CLEVELAND, report("kent", title="Kent", published=None), sections=(section("One", text="b"),))
    subject = changes_subject(compare(before, after), NOW)
    assert subject.startswith("2 new reports, 1 report no longer listed and 1 edit: Cleveland")
    assert len(subject) <= 78


def test_a_subject_counts_each_sort_in_the_singular_and_the_plural() -> None:
    gone, edits = (OLD, report("older")), (section("One", text="a"), section("Two", text="a"))
    edited = tuple(replace(one, text="b") for one in edits)
    subject = changes_subject(compare(page(*gone, sections=edits), page(sections=edited)), NOW)
    assert subject == "2 reports no longer listed and 2 edits: Report old"
    listed = compare(page(), page(OLD, report("older")))
    assert changes_subject(listed, NOW) == "2 older reports newly listed: Report old"
    again = tuple(replace(change, first_seen=NOW) for change in listed)
    assert changes_subject(again, NOW) == "2 reports listed again: Report old"
    assert changes_subject(again[:1], NOW) == "HMICFRS report listed again: Report old"


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


def test_a_report_is_newly_listed_more_than_three_years_after_the_last_day_that_its_date_allows() -> None:
    (listed,) = compare(page(), page(report("kent", published=PublicationDate(2022, 1, 13))))
    assert not is_newly_listed(listed, NOW)  # 1,098 days
    assert is_newly_listed(listed, NOW.replace(day=16))
    assert not is_newly_listed(replace(listed, first_seen=NOW), NOW.replace(day=16))
    (edited,) = compare(page(OLD), page(replace(OLD, text="Edited.")))
    assert edited.kind is ChangeKind.REPORT_CHANGED
    assert not is_newly_listed(edited, NOW)


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
