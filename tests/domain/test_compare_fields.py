"""Each field by itself: under which name its change is told, with which two sides, and whether readers hear of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.change import ChangeKind, FieldChange, Places
from domain.compare import compare, loud
from domain.page import (
    Contact,
    Link,
    Page,
    Programme,
    PublicationDate,
    RelatedReport,
    Report,
    ReportKind,
    Section,
    Topic,
)
from tests.domain.records import HOME, page, report, section

MARCH = PublicationDate(2013, 3, None, "March 2013")
REPORT = replace(report("mistakes", title="Mistakes were made", published=MARCH), causes_of_concern=1, area="Kent")
LINK = Link("the evaluation", f"{HOME}/publications/a/")
SECTION = section("Our inspections", text="We inspect all forces.", links=(LINK,))
INTRODUCTION = Section("introduction", 1, (), "Child abuse", "What we do.")
PAGE = replace(
    page(REPORT, sections=(SECTION,)),
    topics=(Topic("Online", f"{HOME}/our-work/cat/online/"),),
    related=(RelatedReport("Knife crime", f"{HOME}/publications/knife-crime/"),),
    contacts=(Contact("email", "contact@example.org"),),
)

FORMER = "http://www.hmic.gov.uk/publications/mistakes"

QUIET, LOUD = True, False


@pytest.mark.parametrize(
    ("edit", "name", "before", "after", "quiet"),
    [
        ({"key": "other"}, "key", REPORT.key, "other", QUIET),
        ({"title": "Mistakes were – made"}, "title", "Mistakes were made", "Mistakes were – made", QUIET),
        ({"title": "Mistakes"}, "title", "Mistakes were made", "Mistakes", LOUD),
        ({"url": FORMER}, "url", REPORT.url, FORMER, QUIET),
        ({"url": f"{HOME}/publications/b/"}, "url", REPORT.url, f"{HOME}/publications/b/", LOUD),
        ({"url": None}, "url", REPORT.url, None, LOUD),
        ({"published": PublicationDate(2013, 3, 12, "March 2013")}, "published", "2013-03", "2013-03-12", QUIET),
        ({"published": PublicationDate(2013, 4, None, "March 2013")}, "published", "2013-03", "2013-04", LOUD),
        ({"programme": Programme.REVIEW}, "programme", "thematic", "review", QUIET),
        ({"kind": ReportKind.REVIEW}, "kind", "inspection", "review", QUIET),
        ({"recommendations": 0}, "recommendations", None, 0, LOUD),
        ({"causes_of_concern": 2}, "causes_of_concern", 1, 2, LOUD),
        ({"area": None}, "area", "Kent", None, QUIET),
    ],
)
def test_a_field_of_a_report_is_told_by_its_name(
    edit: dict[str, Any], name: str, before: object, after: object, *, quiet: bool
) -> None:
    edited = replace(REPORT, **edit)
    (change,) = compare(page(REPORT), page(edited))
    assert change.kind is ChangeKind.REPORT_CHANGED
    assert (change.before, change.after, change.text) == (REPORT, edited, None)
    assert change.fields == {name: FieldChange(before, after)}  # type: ignore[arg-type]
    assert change.quiet is quiet


def test_a_date_that_is_taken_away_is_loud_and_its_text_told_beside_it() -> None:
    told = compare(page(REPORT), page(replace(REPORT, published=None)))
    assert [(change.quiet, change.fields) for change in told] == [
        (LOUD, {"published": FieldChange("2013-03", None)}),
        (QUIET, {"published_text": FieldChange("March 2013", None)}),
    ]
    given = compare(page(replace(REPORT, published=None)), page(REPORT))
    assert [(change.quiet, dict(change.fields)) for change in given] == [
        (LOUD, {"published": FieldChange(None, "2013-03")}),
        (QUIET, {"published_text": FieldChange(None, "March 2013")}),
    ]


def test_a_report_that_is_linked_for_the_first_time_has_a_loud_address() -> None:
    (change,) = compare(page(replace(REPORT, url=None)), page(REPORT))
    assert (change.quiet, change.fields) == (LOUD, {"url": FieldChange(None, REPORT.url)})


@pytest.mark.parametrize(
    ("edit", "name", "before", "after", "quiet"),
    [
        ({"key": "other"}, "key", SECTION.key, "other", QUIET),
        ({"level": 3}, "level", 2, 3, QUIET),
        ({"links": ()}, "links", [LINK.url], [], LOUD),
        ({"links": (LINK, LINK)}, "links", [LINK.url], [LINK.url, LINK.url], QUIET),
        ({"links": (replace(LINK, text="it"),)}, "link_texts", ["the evaluation"], ["it"], QUIET),
        ({"links": (replace(LINK, url=LINK.url + "#top"),)}, "links", [LINK.url], [LINK.url + "#top"], QUIET),
    ],
)
def test_a_field_of_a_section_is_told_by_its_name(
    edit: dict[str, Any], name: str, before: object, after: object, *, quiet: bool
) -> None:
    edited = replace(SECTION, **edit)
    (change,) = compare(page(sections=(SECTION,)), page(sections=(edited,)))
    assert change.kind is ChangeKind.SECTION_CHANGED
    assert (change.before, change.after, change.text) == (SECTION, edited, None)
    assert change.fields == {name: FieldChange(before, after)}  # type: ignore[arg-type]
    assert change.quiet is quiet


def test_a_new_link_is_told_by_its_address_and_not_its_text_too() -> None:
    other = Link("a review", f"{HOME}/publications/b/")
    (change,) = compare(page(sections=(SECTION,)), page(sections=(replace(SECTION, links=(other,)),)))
    assert change.fields == {"links": FieldChange([LINK.url], [other.url])}


@pytest.mark.parametrize(("text", "quiet"), [("We inspect most forces.", LOUD), ("We inspect all\u00a0forces.", QUIET)])
def test_a_text_stands_apart_from_the_fields(text: str, *, quiet: bool) -> None:
    (change,) = compare(page(sections=(SECTION,)), page(sections=(replace(SECTION, text=text),)))
    assert (change.quiet, change.fields, change.text) == (quiet, {}, FieldChange(SECTION.text, text))
    (change,) = compare(page(replace(REPORT, text=SECTION.text)), page(replace(REPORT, text=text)))
    assert (change.quiet, change.fields, change.text) == (quiet, {}, FieldChange(SECTION.text, text))


def test_the_introduction_tells_its_title_quietly() -> None:
    renamed = replace(INTRODUCTION, title="Child abuse today")
    (change,) = compare(page(sections=(INTRODUCTION,)), page(sections=(renamed,)))
    assert (change.kind, change.quiet) == (ChangeKind.SECTION_CHANGED, QUIET)
    assert change.fields == {"title": FieldChange("Child abuse", "Child abuse today")}


@pytest.mark.parametrize(
    ("edit", "name", "before", "after", "quiet"),
    [
        ({"url": f"{HOME}/x/"}, "url", PAGE.url, f"{HOME}/x/", QUIET),
        ({"title": "Child–abuse"}, "title", "Child abuse", "Child–abuse", QUIET),
        ({"title": "Abuse"}, "title", "Child abuse", "Abuse", LOUD),
        ({"topics": (replace(PAGE.topics[0], title="online"),)}, "topics", ["Online"], ["online"], QUIET),
        ({"topics": ()}, "topics", ["Online"], [], LOUD),
        ({"topics": (Topic("Online", None),)}, "topic_urls", [PAGE.topics[0].url], [""], QUIET),
        ({"related": (RelatedReport("Guns", PAGE.related[0].url),)}, "related", ["Knife crime"], ["Guns"], QUIET),
        ({"related": (RelatedReport("Knife crime", None),)}, "related_urls", [PAGE.related[0].url], [""], QUIET),
        ({"contacts": ()}, "contacts", ["contact@example.org"], [], LOUD),
        ({"contacts": PAGE.contacts * 2}, "contacts", ["contact@example.org"], ["contact@example.org"] * 2, QUIET),
    ],
)
def test_a_field_of_the_page_is_told_by_its_name(
    edit: dict[str, Any], name: str, before: object, after: object, *, quiet: bool
) -> None:
    told = compare(PAGE, replace(PAGE, **edit))
    change = next(change for change in told if name in change.fields)
    assert (change.kind, change.quiet, change.places) == (ChangeKind.PAGE_CHANGED, quiet, Places(None, None))
    assert change.fields[name] == FieldChange(before, after)  # type: ignore[arg-type]
    assert bool(loud(told)) is not quiet
    for side, whole in ((change.before, PAGE), (change.after, replace(PAGE, **edit))):
        assert isinstance(side, Page)
        assert side == replace(whole, reports=(), sections=())


OTHER = report("other", title="Something else", published=PublicationDate(2020), text="Of another matter.")
ASIDE = section("Aside", text="Quite different words here.")


@pytest.mark.parametrize(
    ("fewer", "more", "record", "kind"),
    [
        (page(OTHER), page(OTHER, REPORT), REPORT, "report"),
        (page(sections=(ASIDE,)), page(sections=(ASIDE, SECTION)), SECTION, "section"),
    ],
)
def test_what_comes_or_goes_has_its_text_and_its_place_on_one_side(
    fewer: Page, more: Page, record: Report | Section, kind: str
) -> None:
    (added,) = compare(fewer, more)
    (removed,) = compare(more, fewer)
    assert (added.kind.value, added.quiet) == (f"{kind}-added", LOUD)
    assert (removed.kind.value, removed.quiet) == (f"{kind}-removed", LOUD)
    assert (added.before, added.after, added.text) == (None, record, FieldChange(None, record.text))
    assert (removed.before, removed.after, removed.text) == (record, None, FieldChange(record.text, None))
    assert (added.places, removed.places) == (Places(None, 1), Places(1, None))


def test_a_report_that_moved_tells_both_sections_both_sides_and_both_places() -> None:
    moved = replace(REPORT, section=("Archive",))
    (change,) = compare(page(OTHER, REPORT), page(OTHER, moved))
    assert (change.kind, change.quiet) == (ChangeKind.REPORT_MOVED, LOUD)
    assert (change.before, change.after, change.places) == (REPORT, moved, Places(1, 1))
    assert change.fields == {"section": FieldChange(["Thematic reviews"], ["Archive"])}


def test_a_report_that_changed_its_place_alone_has_no_fields() -> None:
    (change,) = compare(page(OTHER, REPORT), page(REPORT, OTHER))
    assert (change.kind, change.quiet, change.fields) == (ChangeKind.REPORT_MOVED, QUIET, {})
    assert sorted([change.places.before or 0, change.places.after or 0]) == [0, 1]


def test_a_section_that_changed_its_place_or_its_path_moved_quietly() -> None:
    (change,) = compare(page(sections=(ASIDE, SECTION)), page(sections=(SECTION, ASIDE)))
    assert (change.kind, change.quiet, change.fields) == (ChangeKind.SECTION_MOVED, QUIET, {})
    under = replace(SECTION, path=("Aside", "Our inspections"))
    (change,) = compare(page(sections=(ASIDE, SECTION)), page(sections=(ASIDE, under)))
    assert (change.kind, change.quiet) == (ChangeKind.SECTION_MOVED, QUIET)
    assert (change.before, change.after, change.places) == (SECTION, under, Places(1, 1))
    assert change.fields == {"path": FieldChange(["Our inspections"], ["Aside", "Our inspections"])}


@pytest.mark.parametrize(("title", "quiet"), [("Our work", LOUD), ("Our – inspections", QUIET)])
def test_a_section_that_is_renamed_tells_both_titles(title: str, *, quiet: bool) -> None:
    renamed = replace(SECTION, title=title, path=(title,), key="other")
    (change,) = compare(page(sections=(SECTION,)), page(sections=(renamed,)))
    assert (change.kind, change.quiet) == (ChangeKind.SECTION_RENAMED, quiet)
    assert (change.before, change.after, change.places) == (SECTION, renamed, Places(0, 0))
    assert change.fields == {"title": FieldChange("Our inspections", title)}


def test_changes_come_reports_first_and_additions_before_edits_before_removals() -> None:
    before = replace(PAGE, reports=(OTHER, REPORT), sections=(ASIDE, SECTION))
    new, part = report("new", title="Entirely new"), section("New part", text="Nothing of the sort before.")
    after = replace(
        before,
        title="Abuse",
        reports=(new, replace(REPORT, recommendations=3)),
        sections=(part, replace(SECTION, text="We inspect most forces.")),
    )
    assert [change.kind.value for change in compare(before, after)] == [
        *("report-added", "report-changed", "report-removed"),
        *("section-added", "section-changed", "section-removed"),
        "page-changed",
    ]
