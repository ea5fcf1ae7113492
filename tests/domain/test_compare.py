"""Which changes two states of a page give, and which of them are quiet."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.change import ChangeKind, FieldChange
from domain.compare import compare, compare_matched, edits, loud
from domain.identity import Matching
from domain.page import Contact, Link, Page, PublicationDate, RelatedReport, Report, Section, Topic
from domain.rebuild import rebuild, reverse
from tests.domain.records import HOME, page, pages, report, section

MET = report(
    "met",
    title="The Metropolitan Police Service’s handling of exploitation",
    published=PublicationDate(2024, 2, 9),
    text="The evidence far outweighed the positive. We made 11 recommendations.",
    recommendations=11,
)
HARM = report("in-harms-way", title="In harm’s way: The role of the police", published=PublicationDate(2015))


def kinds(before: Page, after: Page) -> list[tuple[str, bool]]:
    return [(change.kind.value, change.quiet) for change in compare(before, after)]


@given(pages)
def test_a_page_compared_with_itself_gives_nothing(one: Page) -> None:
    assert compare(one, one) == ()


@given(pages, pages)
def test_the_changes_rebuild_both_pages(one: Page, two: Page) -> None:
    changes = compare(one, two)
    assert rebuild(one, changes) == two
    assert rebuild(two, reverse(changes)) == one


@given(pages, st.randoms(use_true_random=False))
def test_any_reordering_is_quiet(one: Page, chance: random.Random) -> None:
    reports, sections = list(one.reports), list(one.sections)
    chance.shuffle(reports)
    chance.shuffle(sections)
    assert loud(compare(one, replace(one, reports=tuple(reports), sections=tuple(sections)))) == ()


def reset(text: str) -> str:
    """The same words in other type: straight quotes and hyphens, no-break and double spaces, soft hyphens."""
    plain = text.replace("–", "-").replace("’", "'").replace(" ", "\u00a0 ")
    return "\u00ad".join(plain[:2]) + plain[2:] + " "


@given(pages)
def test_any_retypesetting_is_quiet(one: Page) -> None:
    def typeset_report(record: Report) -> Report:
        return replace(record, title=reset(record.title), text=reset(record.text))

    def typeset_section(record: Section) -> Section:
        path = tuple(reset(title) for title in record.path)
        return replace(record, path=path, title=reset(record.title), text=reset(record.text))

    other = replace(
        one,
        title=reset(one.title),
        reports=tuple(typeset_report(record) for record in one.reports),
        sections=tuple(typeset_section(record) for record in one.sections),
        topics=tuple(Topic(reset(topic.title), topic.url) for topic in one.topics),
    )
    assert loud(compare(one, other)) == ()


def test_a_new_report_is_one_change_and_moves_no_other() -> None:
    new = report("cleveland", published=PublicationDate(2025, 1, 15))
    (change,) = compare(page(MET, HARM), page(new, MET, HARM))
    assert (change.kind, change.quiet, change.before, change.after) == (ChangeKind.REPORT_ADDED, False, None, new)
    assert change.text == FieldChange(None, new.text)


def test_a_date_made_precise_is_quiet_and_the_report_the_same() -> None:
    precise = replace(HARM, title="In harm's way: the role of the police", published=PublicationDate(2015, 7, 2))
    (change,) = compare(page(HARM), page(precise))
    assert (change.kind, change.quiet) == (ChangeKind.REPORT_CHANGED, True)
    assert change.fields["published"] == FieldChange("2015", "2015-07-02")


def test_a_date_that_contradicts_the_one_before_is_loud() -> None:
    (change,) = compare(page(HARM), page(replace(HARM, published=PublicationDate(2016, 7, 2))))
    assert (change.quiet, change.fields) == (False, {"published": FieldChange("2015", "2016-07-02")})


def test_an_edit_that_is_loud_and_quiet_gives_one_change_of_each_sort() -> None:
    edited = replace(
        HARM, published=PublicationDate(2015, 7, 2), text="We made one promise.", section=("Thematic Reviews",)
    )
    assert kinds(page(HARM), page(edited)) == [
        ("report-changed", False),
        ("report-changed", True),
        ("report-moved", True),
    ]


def test_one_edited_word_is_loud_and_carries_both_texts() -> None:
    edited = replace(MET, text=MET.text.replace("far outweighed", "outweighed"))
    (change,) = compare(page(MET), page(edited))
    assert change.text == FieldChange(MET.text, edited.text)
    assert (change.kind, change.quiet, change.fields) == (ChangeKind.REPORT_CHANGED, False, {})


def test_a_recommendation_count_is_a_loud_field() -> None:
    (change,) = compare(page(MET), page(replace(MET, recommendations=12)))
    assert (change.quiet, change.fields) == (False, {"recommendations": FieldChange(11, 12)})


def test_a_list_set_as_paragraphs_is_quiet() -> None:
    listed = section("One", text="We look at:\n\n• forces;\n• bodies.")
    set_flat = section("One", text="We look at: forces;\n\nbodies.")
    assert kinds(page(sections=(listed,)), page(sections=(set_flat,))) == [("section-changed", True)]


@pytest.mark.parametrize(
    ("url", "quiet"),
    [
        ("http://www.hmic.gov.uk/publications/met/", True),
        ("https://www.justiceinspectorates.gov.uk/hmicfrs/publications/met?utm_source=x#top", True),
        (f"{HOME}/publications/met-2/", False),
        (None, False),
    ],
)
def test_a_moved_host_is_quiet_and_a_new_address_loud(url: str | None, quiet: bool) -> None:
    (change,) = compare(page(MET), page(replace(MET, url=url)))
    assert (change.kind, change.quiet) == (ChangeKind.REPORT_CHANGED, quiet)
    assert change.fields["url"] == FieldChange(MET.url, url)


def test_a_report_in_another_section_is_told_and_in_a_renamed_one_is_not() -> None:
    one, two = section("Thematic reviews", text="a b c d"), section("Archive", text="e f g h")
    renamed = section("Reviews by theme", text="a b c d")
    before = page(MET, sections=(one, two))
    assert kinds(before, page(replace(MET, section=("Archive",)), sections=(one, two))) == [("report-moved", False)]
    within = page(replace(MET, section=("Reviews by theme",)), sections=(renamed, two))
    assert kinds(before, within) == [("report-moved", True), ("section-renamed", False)]


def test_sections_are_told_as_added_removed_renamed_and_edited() -> None:
    one = section("Future inspections", text="We will publish updates here as relevant.")
    assert kinds(page(), page(sections=(one,))) == [("section-added", False)]
    assert kinds(page(sections=(one,)), page()) == [("section-removed", False)]
    renamed = replace(one, title="What comes next", path=("What comes next",))
    assert kinds(page(sections=(one,)), page(sections=(renamed,))) == [("section-renamed", False)]
    edited = replace(one, text="We will not publish updates here as relevant.")
    assert kinds(page(sections=(one,)), page(sections=(edited,))) == [("section-changed", False)]


def test_a_link_to_another_page_is_loud_and_a_retyped_one_quiet() -> None:
    one = section("One", links=(Link("evaluation", f"{HOME}/publications/a/"),))
    other = section("One", links=(Link("evaluation", f"{HOME}/publications/b/"),))
    retyped = section("One", links=(Link("the evaluation", "http://www.hmic.gov.uk/publications/a"),))
    assert kinds(page(sections=(one,)), page(sections=(other,))) == [("section-changed", False)]
    assert kinds(page(sections=(one,)), page(sections=(retyped,))) == [("section-changed", True)]


def test_the_pages_title_topics_and_contacts_are_told_and_its_furniture_is_not() -> None:
    before = replace(page(), topics=(Topic("Online", None),), contacts=(Contact("email", "a@example.org"),))
    after = replace(before, title="Other", topics=(Topic("Victims", None),), contacts=())
    (change,) = compare(before, after)
    assert (change.kind, change.quiet) == (ChangeKind.PAGE_CHANGED, False)
    assert set(change.fields) == {"title", "topics", "contacts"}
    related = replace(before, related=(RelatedReport("Knife crime", f"{HOME}/publications/knife/"),), url=f"{HOME}/x/")
    assert kinds(before, related) == [("page-changed", True)]


def test_the_introductions_title_is_told_once_as_the_pages() -> None:
    before = replace(page(title="Old words"), sections=(Section("introduction", 1, (), "Old words", "text"),))
    after = replace(page(title="New name"), sections=(Section("introduction", 1, (), "New name", "text"),))
    assert kinds(before, after) == [("section-changed", True), ("page-changed", False)]


def test_what_is_known_to_belong_together_is_compared_however_unlike() -> None:
    one, two = MET, report("other", title="Quite another", text="Nothing is as it was.")
    assert kinds(page(one), page(two)) == [("report-added", False), ("report-removed", False)]
    (change, quiet) = compare_matched(page(one), page(two), Matching(((one, two),), (), ()), Matching((), (), ()))
    assert (change.kind, change.before, change.after) == (ChangeKind.REPORT_CHANGED, one, two)
    assert edits(one, two) == (change, quiet)


def test_two_states_of_a_section_are_compared_alone() -> None:
    one, two = section("Reviews", text="One."), section("Reviews", text="Quite another.")
    assert edits(one, two) == compare(page(sections=(one,)), page(sections=(two,)))
    assert edits(one, one) == ()


def test_a_report_and_a_section_are_never_two_states_of_one() -> None:
    with pytest.raises(TypeError, match="never the same"):
        edits(report("a"), section("Reviews"))
