"""What became of a page since a time: what it comes to in the end, what came and went, and how often it was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from domain.page import Page, PublicationDate
from domain.since import Group, Looks, News, Stretch, headline
from storage.database import Database
from storage.errors import UnknownWatch
from storage.history import History
from tests.domain.records import page, report, section
from tests.storage.pages import ADDRESS, Story, hour
from tests.storage.renumbered import renumber

NOW = PublicationDate(2024, 2, 1)
A = report("a", title="Cleveland", published=NOW, recommendations=11)
B = report("b", title="Norfolk", published=NOW)
C = report("c", title="Kent", published=NOW)
OLD = report("old", title="Savile", published=PublicationDate(2013))
ONE = section("Reviews")


def edited(text: str) -> Page:
    return page(replace(A, text=text), B)


def asked(history: History, since: float, until: float | None = None) -> News:
    (news,) = history.since(hour(since), until=None if until is None else hour(until))
    return news


def told(news: News) -> list[tuple[str, str, int]]:
    return [(entry.group.value, entry.record.title, entry.edits) for entry in news.entries]


def test_what_is_new_edited_and_gone_is_counted(story: Story, history: History) -> None:
    story.reads(page(A, B, sections=(ONE,)), 0)
    story.sees_the_same(9)
    story.reads(page(C, OLD, replace(A, recommendations=12), sections=(replace(ONE, text="We review."),)), 20)
    news = asked(history, 10)
    assert told(news) == [
        ("new", "Kent", 0),
        ("older-newly-listed", "Savile", 0),
        ("edited", "Cleveland", 1),
        ("removed", "Norfolk", 0),
        ("text-edited", "Reviews", 1),
    ]
    assert headline(news.entries) == (
        "1 new report, 1 older report newly listed, 1 report edited, 1 report no longer listed, "
        "1 edit of the page’s text"
    )
    assert (news.title, news.begins_later, news.interludes) == ("Child abuse", False, ())
    new = news.of(Group.NEW)[0]
    assert (new.bounds.last_seen_before, new.bounds.first_seen_after) == (hour(9), hour(20))
    assert (new.from_snapshot, new.to_snapshot) == (1, 2)
    assert asked(history, 20).entries == ()


def test_edits_are_told_by_what_they_come_to(story: Story, history: History) -> None:
    for at, text in enumerate(("One.", "Two.", "Three.", "Four.")):
        story.reads(edited(text), at)
    (entry,) = asked(history, 1).entries
    (change,) = entry.changes
    assert entry.edits == 2
    assert change.change.text is not None
    assert (change.change.text.before, change.change.text.after) == ("Two.", "Four.")
    assert (change.bounds.last_seen_before, change.bounds.first_seen_after) == (hour(1), hour(3))
    assert (change.id, change.watch, change.from_snapshot, change.to_snapshot) == (None, ADDRESS, 2, 4)
    assert (change.change.places.before, change.change.places.after) == (0, 0)


def test_what_was_edited_and_is_again_as_it_was_is_told_as_such(story: Story, history: History) -> None:
    for at, text in enumerate(("One.", "Two.", "One.")):
        story.reads(edited(text), at)
    (entry,) = asked(history, 0).entries
    assert (entry.group, entry.changes, entry.edits) == (Group.EDITED, (), 2)
    assert (entry.bounds.last_seen_before, entry.bounds.first_seen_after) == (hour(0), hour(2))
    one, two = section("Reviews", text="One."), section("Reviews", text="Two.")
    for at, state in enumerate((one, two, one), 3):
        story.reads(page(sections=(state,)), at)
    (entry,) = asked(history, 3).entries
    assert (entry.group, entry.changes, entry.edits) == (Group.TEXT, (), 2)


def test_quiet_changes_count_for_nothing(story: Story, history: History) -> None:
    story.reads(page(A, B), 0)
    story.reads(page(B, A), 1)
    story.reads(page(B, replace(A, title="Cleveland –")), 2)
    assert asked(history, 0).entries == ()


def test_a_new_report_that_was_edited_since_says_so(story: Story, history: History) -> None:
    story.reads(page(A), 0)
    story.reads(page(A, B), 1)
    story.reads(page(A, replace(B, text="Otherwise.")), 2)
    assert told(asked(history, 0)) == [("new", "Norfolk", 1)]


def test_a_report_that_was_there_before_is_listed_again_and_not_new(story: Story, history: History) -> None:
    story.reads(page(A, B), 0)
    story.reads(page(A), 1)
    story.reads(page(A, B), 2)
    (entry,) = asked(history, 1).entries
    assert (entry.group, entry.changes[0].change.first_seen) == (Group.AGAIN, hour(0))
    assert entry.bounds.first_seen_after == hour(2)


def test_what_came_and_went_meanwhile_is_told_apart(story: Story, history: History) -> None:
    story.reads(page(A), 0)
    story.reads(page(A, B, sections=(ONE,)), 1)
    story.sees_the_same(2)
    story.reads(page(A), 3)
    story.sees_the_same(4)
    news = asked(history, 0)
    assert news.entries == ()
    report_gone, section_gone = news.interludes
    assert (report_gone.kind, report_gone.key, report_gone.title, report_gone.url) == (
        "report",
        B.key,
        "Norfolk",
        B.url,
    )
    assert (section_gone.kind, section_gone.title, section_gone.url) == ("section", "Reviews", None)
    came, went = report_gone.passages
    assert (came.came, came.bounds.last_seen_before, came.bounds.first_seen_after) == (True, hour(0), hour(1))
    assert (went.came, went.bounds.last_seen_before, went.bounds.first_seen_after) == (False, hour(2), hour(3))
    assert (went.from_snapshot, went.to_snapshot) == (2, 3)


def test_what_was_away_for_a_while_is_told_apart_and_held_against_what_it_was(story: Story, history: History) -> None:
    story.reads(page(A, B), 0)
    story.reads(page(A), 1)
    story.reads(page(A, B), 2)
    news = asked(history, 0)
    assert news.entries == ()
    assert [passage.came for passage in news.interludes[0].passages] == [False, True]
    story.reads(page(A), 3)
    story.reads(page(A, replace(B, text="Otherwise.")), 4)
    news = asked(history, 2)
    assert told(news) == [("edited", "Norfolk", 0)]
    assert len(news.interludes) == 1
    entry = news.entries[0]
    assert (entry.bounds.last_seen_before, entry.bounds.first_seen_after) == (hour(2), hour(4))


def test_a_report_whose_address_and_title_change_in_turn_is_edited_and_not_new(story: Story, history: History) -> None:
    moved = replace(A, key="moved", url="https://hmicfrs.justiceinspectorates.gov.uk/publications/moved/")
    story.reads(page(A, B), 0)
    story.reads(page(moved, B), 1)
    story.reads(page(replace(moved, title="Quite another", text="All other words."), B), 2)
    (entry,) = asked(history, 0).entries
    assert (entry.group, entry.edits) == (Group.EDITED, 2)
    assert set(entry.changes[0].change.fields) == {"title", "url"}


def test_a_page_that_is_retitled_is_told(story: Story, history: History) -> None:
    story.reads(page(A), 0)
    story.reads(page(A, title="Another title"), 1)
    assert told(asked(history, 0)) == [("text-edited", "Another title", 1)]


def test_a_time_before_all_history_is_told_from_its_beginning(story: Story, history: History) -> None:
    story.reads(page(A), 0)
    story.reads(page(A, B), 5)
    news = asked(history, -100, until=6)
    assert (news.begins_later, told(news)) == (True, [("new", "Norfolk", 0)])
    assert news.looks.longest == Stretch(hour(0), hour(5))


def test_a_page_never_seen_has_no_news(story: Story, history: History) -> None:
    story.fails(1)
    news = asked(history, 0, until=4)
    assert (news.before, news.after, news.entries) == (None, None, ())
    assert news.looks == Looks(1, 0, Stretch(hour(0), None), timedelta(hours=4) / 1000, None)


def test_each_watch_is_told_by_itself(database: Database, history: History) -> None:
    for name, first, second in (("one", page(A), page(A, B)), ("two", page(B), page(B))):
        story = Story.of(database, name)
        story.reads(first, 0)
        story.reads(second, 1)
    one, two = history.since(hour(0))
    assert (one.watch, told(one), two.watch, told(two)) == ("one", [("new", "Norfolk", 0)], "two", [])
    assert [news.watch for news in history.since(hour(0), watch="two")] == ["two"]
    with pytest.raises(UnknownWatch):
        history.since(hour(0), watch="three")


def test_it_goes_by_time_whatever_the_numbers_of_snapshots(story: Story, history: History, database: Database) -> None:
    for at, state in enumerate((page(A), page(A, B), page(A), page(A, B, C), edited("Two."))):
        story.reads(state, at)
    before = [asked(history, since) for since in (0, 1, 2, 3)]
    renumber(database)
    after = [asked(history, since) for since in (0, 1, 2, 3)]
    assert [told(news) for news in after] == [told(news) for news in before]
    assert [len(news.interludes) for news in after] == [len(news.interludes) for news in before] == [2, 2, 1, 0]


class TestLooks:
    """How often a page was looked at, and the longest time in which it was not seen."""

    @pytest.fixture
    def seen(self, story: Story, history: History) -> History:
        """Seen at 0, 1, 2, 5 and 6; failures and an answer that is not believed at 3, 4 and 7."""
        story.reads(page(A), 0)
        for at in range(1, 7):
            (story.fails if at in {3, 4} else story.sees_the_same)(at)
        story.suspects(7)
        return history

    @pytest.mark.parametrize(
        ("since", "until", "checks", "looks", "longest"),
        [
            (0, None, 8, 5, (2, 5)),
            (0, 8, 8, 5, (2, 5)),
            (0, 9.5, 8, 5, (6, None)),
            (3, 8, 5, 2, (3, 5)),
            (5, 7, 3, 2, (5, 6)),
            (6.5, 8, 1, 0, (6.5, None)),
            (7.5, 8, 0, 0, (7.5, None)),
        ],
    )
    def test_they_are_counted_and_the_longest_stretch_is_found(
        self, seen: History, since: float, until: float | None, checks: int, looks: int, longest: tuple[float, ...]
    ) -> None:
        found = asked(seen, since, until).looks
        assert (found.checks, found.seen, found.last) == (checks, looks, hour(6))
        begin, end = longest
        assert found.longest == Stretch(hour(begin), None if end is None else hour(end))

    def test_a_stretch_is_looked_for_down_to_a_thousandth_of_the_time(self, seen: History) -> None:
        found = asked(seen, 0, until=6).looks
        assert found.at_least == timedelta(hours=6) / 1000
        assert found.longest is not None

    def test_of_too_many_checks_it_is_not_told_how_many_saw_the_page(
        self, seen: History, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("storage.periods.MOST_COUNTED", 7)
        assert (asked(seen, 0).looks.checks, asked(seen, 0).looks.seen) == (8, None)

    @pytest.mark.parametrize("parts", [1, 3, 10, 1000])
    def test_the_stretch_found_is_the_longest_or_none_lasts_so_long(
        self, story: Story, history: History, monkeypatch: pytest.MonkeyPatch, parts: int
    ) -> None:
        monkeypatch.setattr("storage.periods._STEPS", parts)
        looks: list[datetime] = [hour(0)]
        story.reads(page(A), 0)
        for at in (1, 2.5, 2.6, 7, 7.1, 7.2, 11, 11.5, 20, 20.01, 21, 30.5, 31):
            story.sees_the_same(at)
            looks.append(hour(at))
        for since in range(32):
            times = [hour(since), *(look for look in looks if look > hour(since)), hour(32)]
            longest = max(later - earlier for earlier, later in pairwise(times))
            found = asked(history, since, 32).looks
            if found.longest is None:
                assert longest <= found.at_least
            else:
                assert (found.longest.end or hour(32)) - found.longest.begin == longest
