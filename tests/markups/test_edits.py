"""Eight markups by eleven edits: what is told, to the field, and silence where a reader must not be disturbed."""

from __future__ import annotations

from itertools import permutations

import pytest

from benchmarks.markups import table
from domain.change import ChangeKind
from domain.compare import compare, loud
from domain.page import Page
from tests.markups.content import CONTENT
from tests.markups.edits import EDITS, is_right, undated
from tests.markups.markups import MARKUPS, page_of


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return {markup: page_of(CONTENT, markup) for markup in MARKUPS}


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_markup_is_read_whole(markup: str, pages: dict[str, Page]) -> None:
    page = pages[markup]
    sections = [(section.title, *(below.title for below in section.subsections)) for section in CONTENT.sections]
    assert [section.title for section in page.sections] == [CONTENT.title, *(t for titles in sections for t in titles)]
    assert [report.title for report in page.reports] == [report.title for report in CONTENT.reports]
    assert [report.recommendations for report in page.reports] == [11, 9, 17, None, None, None, None]
    assert [report.published.text for report in page.reports if report.published] == [
        report.date for report in CONTENT.reports
    ]
    assert [topic.title for topic in page.topics] == [topic.title for topic in CONTENT.topics]
    assert [contact.value for contact in page.contacts] == ["contact@hmicfrs.gov.uk"]


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_told_as_what_it_is(name: str, markup: str, pages: dict[str, Page]) -> None:
    edit = EDITS[name]
    changes = compare(pages[markup], page_of(edit.make(CONTENT), markup))
    assert is_right(edit, changes), [(change.kind, change.title, change.fields) for change in loud(changes)]


@pytest.mark.parametrize(("before", "after"), list(permutations(MARKUPS, 2)), ids="->".join)
def test_another_markup_of_one_content_tells_nothing(before: str, after: str, pages: dict[str, Page]) -> None:
    assert loud(compare(pages[before], pages[after])) == ()


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_told_as_what_it_is_while_the_markup_changes_too(name: str, pages: dict[str, Page]) -> None:
    edit = EDITS[name]
    edited = {markup: page_of(edit.make(CONTENT), markup) for markup in MARKUPS}
    wrong = [pair for pair in permutations(MARKUPS, 2) if not is_right(edit, compare(pages[pair[0]], edited[pair[1]]))]
    assert wrong == []


@pytest.mark.parametrize("place", range(len(CONTENT.reports)))
@pytest.mark.parametrize("markup", MARKUPS)
def test_a_date_deleted_is_told_of_the_report(markup: str, place: int, pages: dict[str, Page]) -> None:
    (change,) = loud(compare(pages[markup], page_of(undated(CONTENT, place), markup)))
    assert (change.kind, change.title) == (ChangeKind.REPORT_CHANGED, CONTENT.reports[place].title)
    assert {name: sides.after for name, sides in change.fields.items()} == {"published": None}


def test_the_benchmark_finds_no_cell_wrong() -> None:
    rows, wrong = table()
    assert (len(rows), wrong) == (len(EDITS) + 1, 0)
