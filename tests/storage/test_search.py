"""Full text over all times: what is found, in which order, and between which looks it stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.page import Page, RecordKind
from domain.query import QueryError
from domain.search import Found, Fragment, Hit
from storage.database import Database
from storage.errors import UnknownWatch
from storage.history import History
from tests.domain.records import page, report, section
from tests.storage.pages import ADDRESS, Story, hour, url_of
from tests.storage.renumbered import renumber

A = report("a", title="Cleveland Police", text="The force made a promise to children. A café’s naïve owner said so.")
B = report("b", title="Norfolk Constabulary", text="Local authorities were inspected; responsibility was shared.")
EDITED = replace(A, text="The force broke its promise to children.")
INTRODUCTION = replace(
    section("Child abuse", text="How children are protected."), level=1, path=(), title="Child abuse"
)
REVIEWS = section("Thematic reviews", text="Reviews of cause and concern, and of causes of concern.")


@pytest.fixture
def past(story: Story, history: History) -> History:
    """A and B at 0; A edited at 10; A as it was at 20; A gone at 30; A back at 40, and two sections."""
    story.reads(page(A, B), 0)
    story.sees_the_same(5)
    story.reads(page(EDITED, B), 10)
    story.sees_the_same(15)
    story.reads(page(A, B), 20)
    story.reads(page(B), 30)
    story.reads(page(A, B, sections=(INTRODUCTION, REVIEWS)), 40)
    story.sees_the_same(45)
    return history


def times(hit: Hit) -> tuple[datetime | None, ...]:
    seen = hit.sighting
    return seen.absent_until, seen.first_seen, seen.last_seen, seen.absent_from


def titles(found: Found) -> list[str]:
    return [hit.record.title for hit in found.hits]


def marked(fragments: tuple[Fragment, ...]) -> str:
    return "".join(f"[{part.text}]" if part.match else part.text for part in fragments)


def test_a_text_is_found_with_the_time_in_which_it_stood(past: History) -> None:
    (hit,) = past.search("broke").hits
    assert (hit.watch, hit.kind, hit.record) == (ADDRESS, RecordKind.REPORT, EDITED)
    assert times(hit) == (hour(5), hour(10), hour(15), hour(20))
    assert (hit.stands, hit.versions, hit.first_snapshot, hit.last_snapshot) == (False, 1, 2, 2)
    assert marked(hit.title) == "Cleveland Police"
    assert marked(hit.snippet) == "The force [broke] its promise to children."


def test_states_that_follow_each_other_are_one_result_and_others_are_apart(past: History) -> None:
    again, whole = sorted(past.search("promise").hits, key=lambda hit: hit.sighting.first_seen, reverse=True)
    assert times(again) == (hour(30), hour(40), hour(45), None)
    assert times(whole) == (None, hour(0), hour(20), hour(30))
    assert again.stands
    assert (whole.versions, whole.first_snapshot, whole.last_snapshot, whole.record) == (3, 1, 3, A)
    assert [times(hit)[1:3] for hit in past.search("café").hits if not hit.stands] == [
        (hour(20), hour(20)),
        (hour(0), hour(5)),
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("PROMISES", {"Cleveland Police"}),
        ("cafe", {"Cleveland Police"}),
        ("CAFÉ naive", {"Cleveland Police"}),
        ("inspection", {"Norfolk Constabulary"}),
        ("cleveland promise", {"Cleveland Police"}),
        ("cleveland responsibility", set()),
        ('"responsibility was"', {"Norfolk Constabulary"}),
        ("“was responsibility”", set()),
        ("cafe's", {"Cleveland Police"}),
        ("cleveland OR norfolk", {"Cleveland Police", "Norfolk Constabulary"}),
        ("police OR constabulary -cleveland", {"Norfolk Constabulary"}),
        ('shared -"local authority"', set()),
        ('"causes of concern" -shared', {"Thematic reviews"}),
        ("title:cleveland", set()),
    ],
)
def test_a_query_means_what_people_mean(past: History, typed: str, found: set[str]) -> None:
    assert set(titles(past.search(typed))) == found


@pytest.mark.parametrize("word", ["authorities", "responsibility", "inspected", "children", "naïve", "café", "Norfolk"])
def test_every_beginning_of_a_word_finds_it(past: History, word: str) -> None:
    for length in range(1, len(word) + 1):
        found = past.search(f"{word[:length]}*", limit=100)
        said = [f"{hit.record.title} {getattr(hit.record, 'text', '')}".casefold() for hit in found.hits]
        assert any(word.casefold() in text for text in said), word[:length]


def test_the_beginning_of_the_last_of_several_words_finds_them(past: History) -> None:
    assert titles(past.search("café’s-naïv*")) == ["Cleveland Police"] * 3
    assert titles(past.search("promise -auth*", limit=1)) == ["Cleveland Police"]


def test_a_title_weighs_more_than_a_text(story: Story, history: History) -> None:
    said = report("said", title="A report", text="It is on custody, and on custody of children in custody.")
    titled = report("titled", title="Custody", text="It is on something else, at some length, and on children.")
    story.reads(page(said, titled), 0)
    assert titles(history.search("custody")) == ["Custody", "A report"]


def test_what_stood_at_a_time_is_found_as_it_stood(past: History) -> None:
    def at(number: float, typed: str = "promise") -> list[tuple[object, str]]:
        return [(hit.record, marked(hit.snippet)) for hit in past.search(typed, at=hour(number)).hits]

    assert [record for record, _ in at(7)] == [A]
    assert at(12) == [(EDITED, "The force broke its [promise] to children.")]
    assert at(35) == []
    assert at(-1) == []
    assert [record for record, _ in at(50)] == [A]
    (hit,) = past.search("promise", at=hour(12)).hits
    assert times(hit) == (None, hour(0), hour(20), hour(30))


@pytest.mark.parametrize(
    ("since", "until", "began"),
    [(1, None, [40]), (0, 39, [0]), (None, 39, [0]), (1, 39, []), (40, 40, [40]), (41, None, [])],
)
def test_a_period_has_what_was_first_seen_in_it(
    past: History, since: float | None, until: float | None, began: list[float]
) -> None:
    asked = (None if limit is None else hour(limit) for limit in (since, until))
    found = past.search("promise", since=next(asked), until=next(asked))
    assert [hit.sighting.first_seen for hit in found.hits] == [hour(number) for number in began]


def test_reports_and_sections_are_searched_apart(past: History) -> None:
    kinds = {hit.kind.value for hit in past.search("children OR reviews").hits}
    assert kinds == {"report", "section"}
    assert {hit.kind.value for hit in past.search("children OR reviews", within="reports").hits} == {"report"}
    assert {hit.kind.value for hit in past.search("children OR reviews", within="sections").hits} == {"section"}


def test_the_page_s_own_title_counts_as_a_section_and_is_found_once(past: History) -> None:
    (hit,) = past.search("abuse").hits
    assert (hit.kind, hit.record.title, hit.stands, hit.snippet) == (RecordKind.PAGE, "Child abuse", True, ())
    assert isinstance(hit.record, Page)
    assert times(hit) == (None, hour(0), hour(45), None)
    assert [hit.kind.value for hit in past.search("abuse", within="sections").hits] == ["page"]
    (introduction,) = past.search("protected").hits
    assert (introduction.record, marked(introduction.title)) == (INTRODUCTION, "Child abuse")


def test_watches_are_searched_together_or_one_by_one(database: Database, history: History) -> None:
    for name, one in (("one", A), ("two", B)):
        Story.of(database, name).reads(page(one), 0)
    assert {hit.watch for hit in history.search("the OR local").hits} == {"one", "two"}
    assert {hit.watch for hit in history.search("police OR local", watch="two").hits} == {"two"}
    with pytest.raises(UnknownWatch):
        history.search("police", watch="three")


def test_the_best_are_given_and_all_are_counted(story: Story, history: History) -> None:
    story.reads(page(*(report(f"r{number}", title=f"Force number {number}") for number in range(30))), 0)
    found = history.search("force")
    assert (len(found.hits), found.total, found.unread, found.fault) == (20, 30, 0, None)
    assert len(history.search("force", limit=100).hits) == 30


def test_a_passage_is_cut_out_of_a_long_text(story: Story, history: History) -> None:
    long = " ".join(f"word{number}" for number in range(400))
    story.reads(page(report("a", text=f"{long}\n\n• custody\n{long}"), report("b", title="Custody", text=long)), 0)
    titled, said = history.search("custody").hits
    passage = marked(said.snippet)
    assert "• [custody] word0" in passage
    assert (passage[0], passage[-1]) == ("…", "…")
    assert marked(titled.title) == "[Custody]"
    assert marked(titled.snippet).startswith("word0 word1")
    assert len(marked(titled.snippet).split()) <= 33


def test_marks_and_broken_characters_in_a_text_do_no_harm(story: Story, history: History) -> None:
    story.reads(page(report("a", text="A \x01custody\x02 suite\x00 and \ud800 half a character.")), 0)
    (hit,) = history.search("custody").hits
    assert marked(hit.snippet) == "A [custody] suite and ? half a character."


def test_it_goes_by_time_whatever_the_numbers_of_snapshots(past: History, database: Database) -> None:
    before = [(times(hit), hit.versions) for hit in past.search("promise").hits]
    renumber(database)
    assert [(times(hit), hit.versions) for hit in past.search("promise").hits] == before
    assert [hit.record for hit in past.search("promise", at=hour(12)).hits] == [EDITED]


@pytest.mark.parametrize("typed", ["", "-police", "!", '""', "*"])
def test_without_a_word_nothing_is_looked_for(past: History, typed: str) -> None:
    with pytest.raises(QueryError):
        past.search(typed)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """A page that says what is syntax elsewhere."""
    with Database.open(url_of(tmp_path_factory.mktemp("odd") / "monitor.db")) as database:
        strange = report("c", title='NEAR("a", b) AND NOT {x} : ^"', text="* - OR ' \" --")
        Story.of(database).reads(page(A, B, strange), 0)
        yield History(database)


@given(typed=st.text() | st.text(alphabet="ab\"“”*-^:(){}+OR AND NOT NEAR,\\'\x00;%_é–…1"))
def test_any_text_gives_results_or_is_refused_as_no_word(odd: History, typed: str) -> None:
    try:
        found = odd.search(typed)
    except QueryError:
        return
    assert found.total >= len(found.hits)
    assert found.fault is None


@pytest.mark.parametrize(
    "typed", ["a* " * 32, "x" * 1000, '"' + "police " * 100 + '"', "-a " * 31 + "police", "𞤀 é*"], ids=range(5)
)
def test_so_does_what_is_long_or_strange(odd: History, typed: str) -> None:
    assert odd.search(typed).fault is None
