"""The four revisions of the watched page, and what changed between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.change import ChangeKind
from domain.compare import compare, loud
from domain.page import Contact, Page, Precision, Programme, ReportKind
from scraper.read import read

URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
REVISIONS = Path(__file__).parents[3] / "cli" / "demo_pages"


def revision(month: str) -> Page:
    return read((REVISIONS / f"{month}-child-protection.html").read_bytes(), URL, "text/html; charset=UTF-8")


def test_the_revision_of_february_2024_has_seven_dated_reports_in_page_order() -> None:
    listed = [(report.published, report.recommendations) for report in revision("2024-02").reports]
    assert [(published.iso, count) for published, count in listed if published] == [
        ("2024-02-09", 11),
        ("2023-12-08", 9),
        ("2023-04-05", 17),
        ("2020-02-27", None),
        ("2015-07-02", None),
        ("2015-07-02", None),
        ("2013-03-12", None),
    ]


def test_the_revision_of_february_2024_has_its_topics_contact_and_related_report() -> None:
    page = revision("2024-02")
    assert page.title == "Child abuse and child protection issues"
    assert [topic.title for topic in page.topics] == [
        "Protecting people from violence and abuse",
        "Protecting people online",
        "Victims and resolutions",
    ]
    assert page.contacts == (Contact("email", "contact@hmicfrs.gov.uk"),)
    assert [related.title for related in page.related] == [
        "Knife crime: safeguarding children and young people in education"
    ]


def test_the_sections_of_february_2024_have_their_paths_and_no_furniture() -> None:
    sections = revision("2024-02").sections
    ours = "Our child protection inspections"
    assert [section.path for section in sections] == [
        (),
        (ours,),
        (ours, "National child protection inspections (NCPI) – England and Wales"),
        (ours, "Joint targeted area inspections (JTAI) – England"),
        (ours, "Joint inspections of child protection arrangements (JICPA) – Wales"),
        ("Thematic reviews",),
        ("Future inspections",),
    ]
    assert sections[0].key == "introduction"
    assert sections[0].text.startswith("Protecting children is one")
    assert sections[1].text.endswith(
        "We do this through:\n\n"
        "• national child protection inspections in England and Wales;\n"
        "• joint targeted area inspections (JTAI) in England;\n"
        "• joint inspections of child protection arrangements (JICPA) in Wales; and\n"
        "• thematic reviews of key issues."
    )


def test_the_revision_of_june_2022_dates_two_reports_by_their_year_alone() -> None:
    reports = revision("2022-06").reports
    assert [report.published.iso for report in reports if report.published] == ["2015", "2015", "2020-02-27"]
    assert reports[0].section == ("Our child protection inspections",)
    assert reports[0].published is not None
    assert reports[0].published.precision is Precision.YEAR


def test_programme_and_kind_come_from_the_title() -> None:
    reports = {report.title.split(":")[0]: report for report in revision("2025-10").reports}
    cleveland = reports["Cleveland Police"]
    assert (cleveland.programme, cleveland.kind) == (Programme.NCPI, ReportKind.INSPECTION)
    assert (cleveland.causes_of_concern, cleveland.recommendations, cleveland.area) == (2, None, "Cleveland Police")
    progress = reports["Group-based child sexual exploitation"]
    assert revision("2025-10").reports[0].kind is ReportKind.PROGRESS_REPORT
    assert progress.programme is Programme.THEMATIC


def test_a_date_made_precise_is_the_same_report() -> None:
    changes = compare(revision("2022-06"), revision("2024-02"))
    of_it = [change for change in changes if change.title.startswith("In harm’s way")]
    assert {change.kind for change in of_it} == {ChangeKind.REPORT_CHANGED, ChangeKind.REPORT_MOVED}
    precise = next(change for change in of_it if "published" in change.fields)
    assert precise.quiet
    assert (precise.fields["published"].before, precise.fields["published"].after) == ("2015", "2015-07-02")


def test_january_2025_brings_exactly_the_cleveland_report() -> None:
    (change,) = compare(revision("2024-02"), revision("2025-01"))
    assert change.kind is ChangeKind.REPORT_ADDED
    assert change.title == "Cleveland Police: National child protection inspection"


def test_october_2025_brings_a_report_and_an_edited_word() -> None:
    added, edited = compare(revision("2025-01"), revision("2025-10"))
    assert added.kind is ChangeKind.REPORT_ADDED
    assert added.record == revision("2025-10").reports[0]
    assert revision("2025-10").reports[0].recommendations == 6
    assert edited.kind is ChangeKind.REPORT_CHANGED
    assert not edited.quiet
    assert edited.text is not None
    assert str(edited.text.before).replace("far outweighed", "outweighed") == edited.text.after


@pytest.mark.parametrize("month", ["2022-06", "2024-02", "2025-01", "2025-10"])
def test_reading_twice_gives_equal_pages(month: str) -> None:
    assert loud(compare(revision(month), revision(month))) == ()
    assert revision(month) == revision(month)


@pytest.mark.parametrize("name", ["error-blocked-403", "error-maintenance-200", "error-rate-limited-429"])
def test_an_error_page_is_read_as_what_it_says_and_lists_nothing(name: str) -> None:
    page = read((REVISIONS / f"{name}.html").read_bytes(), URL, "text/html")
    assert page.reports == ()
    assert page.title != "Child abuse and child protection issues"
