"""What is said of a change, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.change import Bounds, ChangeKind, FieldChange, RecordedChange
from domain.page import Programme, PublicationDate, Report, ReportKind
from notifier.facts import Fact, facts, what_happened
from tests.notifier.letters import (
    ADDED,
    BOUNDS,
    CLEVELAND,
    EDITED,
    FUTURE,
    LONDON,
    MOVED,
    NEWLY_LISTED,
    PAGE_EDITED,
    REMOVED,
    SECTION_EDITED,
    changed,
)


def told(label: str, report: Report = CLEVELAND, bounds: Bounds = BOUNDS) -> str | None:
    found = facts(changed(ChangeKind.REPORT_ADDED, None, report, bounds=bounds), LONDON)
    return next((fact.value for fact in found if fact.label == label), None)


def test_the_facts_of_a_new_report_come_in_the_order_that_a_reader_needs() -> None:
    assert [fact.label for fact in facts(ADDED, LONDON)] == [
        "Published",
        "Commissioner’s comments due by",
        "Programme and kind",
        "Force or area",
        "Recommendations",
        "Causes of concern",
        "Link",
        "The page says",
        "Where on the page",
        "When",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (ADDED, "last seen without it 3 March 2025, 09:00 GMT, first seen with it 3 March 2025, 15:00 GMT"),
        (REMOVED, "last seen with it 3 March 2025, 09:00 GMT, first seen without it 3 March 2025, 15:00 GMT"),
        (EDITED, "last seen as it was 3 March 2025, 09:00 GMT, first seen changed 3 March 2025, 15:00 GMT"),
    ],
)
def test_bounds_are_told_and_not_claims(change: RecordedChange, words: str) -> None:
    assert facts(change, LONDON)[-1] == Fact("When", words)


def test_an_edited_field_has_its_old_and_its_new_value() -> None:
    assert Fact("Recommendations", "12", was="11") in facts(EDITED, LONDON)
    assert Fact("Published", "19 February 2024", was="9 February 2024") in facts(EDITED, LONDON)
    assert Fact("Force or area", "Metropolitan Police Service") in facts(EDITED, LONDON)


def test_a_count_that_is_no_longer_stated_says_so() -> None:
    after = replace(CLEVELAND, causes_of_concern=None)
    change = changed(ChangeKind.REPORT_CHANGED, CLEVELAND, after, {"causes_of_concern": FieldChange(2, None)})
    assert Fact("Causes of concern", "none stated", was="2") in facts(change, LONDON)


def test_lists_are_told_by_what_came_and_what_went() -> None:
    found = facts(PAGE_EDITED, LONDON)
    assert Fact("Topic removed", "Victims and resolutions") in found
    assert Fact("Contact added", "children@hmicfrs.gov.uk") in found
    assert Fact("Link added", "javascript:alert(1)") in facts(SECTION_EDITED, LONDON)


def test_a_move_tells_both_places() -> None:
    after = "Our child protection inspections › National child protection inspections (NCPI)"
    assert Fact("Where on the page", after, was="Thematic reviews") in facts(MOVED, LONDON)


def test_quiet_fields_are_told_on_request() -> None:
    after = replace(CLEVELAND, key="new", programme=Programme.THEMATIC)
    fields = {
        "key": FieldChange("cleveland", "new"),
        "programme": FieldChange("NCPI", "thematic"),
        "published_text": FieldChange("15 January 2025", None),
    }
    found = facts(changed(ChangeKind.REPORT_CHANGED, CLEVELAND, after, fields), LONDON)
    assert Fact("Known as", "new", was="cleveland") in found
    assert Fact("Date as published", "none", was="15 January 2025") in found
    was = "National child protection inspection (NCPI)"
    assert Fact("Programme and kind", "Thematic: inspection", was=was) in found


def test_a_thousand_new_links_are_counted_and_not_listed() -> None:
    links = FieldChange([], [f"https://example.org/{number}" for number in range(1_000)])
    found = facts(changed(ChangeKind.SECTION_CHANGED, FUTURE, FUTURE, {"links": links}), LONDON)
    assert Fact("Link added", "and 980 more") in found
    assert len(found) < 30


@pytest.mark.parametrize(
    ("seen", "due"),
    [
        (datetime(2025, 1, 14, 23, 59, tzinfo=UTC), None),
        (datetime(2025, 1, 15, 9, tzinfo=UTC), "11 March 2025 (56 days, counting the day of publication)"),
        (datetime(2025, 3, 11, 9, tzinfo=UTC), "11 March 2025 (56 days, counting the day of publication)"),
        (datetime(2025, 3, 12, 0, tzinfo=UTC), None),
    ],
)
def test_comments_are_due_56_days_from_publication_counting_its_day(seen: datetime, due: str | None) -> None:
    bounds = Bounds(seen - timedelta(hours=6), seen)
    assert told("Commissioner’s comments due by", bounds=bounds) == due


@pytest.mark.parametrize(
    "report",
    [
        replace(CLEVELAND, kind=ReportKind.TERMS_OF_REFERENCE),
        replace(CLEVELAND, kind=ReportKind.QUARTERLY_UPDATE),
        replace(CLEVELAND, published=PublicationDate(2025, 2)),
        replace(CLEVELAND, published=PublicationDate(2025)),
        replace(CLEVELAND, published=None),
    ],
)
def test_no_day_for_comments_is_invented(report: Report) -> None:
    assert told("Commissioner’s comments due by", report) is None


@pytest.mark.parametrize(
    ("published", "happened"),
    [
        (PublicationDate(2025, 1, 15), "New report"),
        (PublicationDate(2022, 3, 4), "New report"),
        (PublicationDate(2022, 2, 27), "Newly listed report"),
        (PublicationDate(2022), "New report"),
        (PublicationDate(2022, 2), "Newly listed report"),
        (PublicationDate(2021, 12), "Newly listed report"),
        (PublicationDate(2015), "Newly listed report"),
        (None, "New report"),
    ],
)
def test_a_report_of_long_ago_is_newly_listed_and_not_new(published: PublicationDate | None, happened: str) -> None:
    change = changed(ChangeKind.REPORT_ADDED, None, replace(CLEVELAND, published=published))
    assert what_happened(change) == happened


def test_removed_reports_are_told_with_all_that_they_were() -> None:
    found = {fact.label: fact.value for fact in facts(REMOVED, LONDON)}
    assert found["Published"] == "2 July 2015"
    assert found["The page said"].startswith("“Between January 2014")
    assert what_happened(NEWLY_LISTED) == "Newly listed report"
