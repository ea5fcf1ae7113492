"""What the past answers: as-of, filters, order, sightings."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from domain.change import ChangeKind
from domain.check import Outcome
from domain.recipient import Wants
from storage.database import Database
from storage.errors import NotADatabase, UnknownSnapshot, UnknownWatch
from storage.history import History
from tests.domain.records import page, report, section
from tests.storage.pages import ADDRESS, URL, Story, hour

A, B, C = report("a"), report("b"), report("c")
EDITED = report("b", text="We made a promise.")


@pytest.fixture
def past(story: Story, history: History) -> History:
    """At 0 A and B; at 10 B and A, swapped; at 20 the edited B alone and a section; at 30 C before A and B."""
    story.reads(page(A, B), 0)
    story.sees_the_same(5)
    story.reads(page(B, A), 10)
    story.fails(15)
    story.reads(page(EDITED, sections=(section("Reviews"),)), 20)
    story.reads(page(C, A, EDITED, sections=(section("Reviews"),)), 30)
    story.sees_the_same(40)
    return history


@pytest.mark.parametrize(
    ("at", "reports"), [(0, (A, B)), (9.9, (A, B)), (10, (B, A)), (29, (EDITED,)), (99, (C, A, EDITED))]
)
def test_a_page_is_had_as_it_stood(past: History, at: float, reports: tuple[object, ...]) -> None:
    assert past.page(past.snapshot_at(ADDRESS, hour(at)).id).reports == reports


def test_a_time_in_another_zone_is_the_same_time(past: History) -> None:
    there = hour(10).astimezone(timezone(timedelta(hours=5)))
    assert past.snapshot_at(ADDRESS, there) == past.snapshot_at(ADDRESS, hour(10))


def test_a_time_before_the_first_snapshot_is_told_when_the_history_begins(past: History) -> None:
    with pytest.raises(UnknownSnapshot, match="its history begins at 2024-02-09 09:00:00 UTC"):
        past.snapshot_at(ADDRESS, hour(-1))


def test_a_watch_without_snapshots_says_so(story: Story, history: History) -> None:
    story.fails(0)
    with pytest.raises(UnknownSnapshot, match="it has none yet"):
        history.snapshot_at(ADDRESS, hour(1))
    assert history.latest(ADDRESS) is None
    assert history.reports(ADDRESS) == ()


def test_changes_come_newest_first_and_in_page_order_within_a_check(past: History) -> None:
    kinds = [(item.bounds.first_seen_after, item.change.kind.value) for item in past.changes(quiet=True)]
    assert kinds == [
        (hour(30), "report-added"),
        (hour(30), "report-added"),
        (hour(20), "report-changed"),
        (hour(20), "report-removed"),
        (hour(20), "section-added"),
        (hour(10), "report-moved"),
    ]


def test_changes_are_chosen_by_kind_time_check_and_number(past: History) -> None:
    assert {item.change.key for item in past.changes(kind=ChangeKind.REPORT_ADDED)} == {A.key, C.key}
    assert len(past.changes()) == 5
    assert len(past.changes(since=hour(20), until=hour(20))) == 3
    assert len(past.changes(limit=2)) == 2
    assert past.changes(since=hour(31)) == ()
    newest = past.checks(limit=2)[1]
    assert [item.to_snapshot for item in past.changes(from_check=newest.id)] == [4, 4]
    assert past.changes(watch=ADDRESS) == past.changes()


def test_snapshots_and_checks_come_newest_first(past: History) -> None:
    assert [one.captured_at for one in past.snapshots(ADDRESS)] == [hour(30), hour(20), hour(10), hour(0)]
    assert [(one.reports, one.sections) for one in past.snapshots()] == [(3, 1), (1, 1), (2, 0), (2, 0)]
    outcomes = [check.outcome for check in past.checks(ADDRESS)]
    assert outcomes == [check.outcome for check in past.checks()]
    assert outcomes[:4] == [Outcome.UNCHANGED, Outcome.CHANGED, Outcome.CHANGED, Outcome.FAILED]
    assert past.snapshot(1).confirmed_until == hour(5)
    assert past.latest(ADDRESS) == past.snapshots()[0]


def test_reports_are_listed_with_their_sightings_and_then_those_gone(past: History) -> None:
    now = [(one.report, one.first_seen, one.last_seen, one.listed) for one in past.reports(ADDRESS)]
    assert now == [
        (C, hour(30), hour(40), True),
        (A, hour(0), hour(40), True),
        (EDITED, hour(0), hour(40), True),
    ]
    then = [(one.report, one.first_seen, one.last_seen, one.listed) for one in past.reports(ADDRESS, hour(25))]
    assert then == [(EDITED, hour(0), hour(20), True), (A, hour(0), hour(10), False)]


def test_a_last_sighting_is_no_later_than_the_time_asked_about(past: History) -> None:
    assert {one.last_seen for one in past.reports(ADDRESS, hour(4))} == {hour(0)}
    assert {one.last_seen for one in past.reports(ADDRESS, hour(7))} == {hour(5)}


def test_those_gone_come_latest_first(story: Story, history: History) -> None:
    story.reads(page(A, B, C), 0)
    story.reads(page(A, C), 1)
    story.reads(page(C), 2)
    assert [(one.report, one.listed) for one in history.reports(ADDRESS)] == [(C, True), (A, False), (B, False)]


def test_every_watch_stands_for_itself(database: Database, history: History) -> None:
    one, two = Story.of(database, "one"), Story.of(database, "two")
    one.reads(page(A), 0)
    one.reads(page(A, B), 1)
    two.fails(3)
    first, second = history.standings()
    assert (first.watch, first.snapshot, first.trouble) == ("one", history.latest("one"), None)
    assert second.trouble is not None
    assert (second.snapshot, second.last_check) == (None, history.checks("two")[0])
    assert history.changes(watch="two") == ()
    assert history.snapshots("two") == ()


def test_an_unknown_watch_is_told_by_every_question(history: History) -> None:
    questions = (history.snapshots, history.checks, history.reports, history.latest)
    for question in questions:
        with pytest.raises(UnknownWatch, match="elsewhere: no such watch"):
            question("elsewhere")
    with pytest.raises(UnknownWatch, match="elsewhere"):
        history.changes(watch="elsewhere")


def test_the_bytes_are_had_as_they_came_and_damage_is_told(past: History, database: Database) -> None:
    assert past.body(1) == repr(page(A, B)).encode()
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE body SET sha256 = x'00' WHERE id = 1")
    with pytest.raises(NotADatabase, match="body 1 is not the one that was kept"):
        past.body(1)


def test_thousands_of_changes_are_read_at_once(story: Story, history: History) -> None:
    story.reads(page(), 0)
    many = page(*(report(f"r{number}", title=f"Force number {number}") for number in range(1200)))
    story.reads(many, 1)
    assert len(history.changes()) == 1200
    assert history.page(2) == many


class TestRecent:
    """The newest changes that a reader wants, page by page."""

    ALL = Wants()

    def told(self, history: History, wants: Wants = ALL, limit: int = 100) -> dict[str, list[tuple[str, datetime]]]:
        return {
            one.watch: [(item.change.title, item.bounds.first_seen_after) for item in one.changes]
            for one in history.recent(wants, limit)
        }

    @pytest.fixture
    def two(self, database: Database) -> tuple[Story, Story]:
        """ "b" lists B at 1 and both A and C at 3, swapped at 4; "a" lists A at 2 and renames itself at 5."""
        a, b = Story.of(database, "a"), Story.of(database, "b")
        a.reads(page(title="First"), 0)
        b.reads(page(title="Second"), 0)
        b.reads(page(B, title="Second"), 1)
        a.reads(page(A, title="First"), 2)
        b.reads(page(C, B, A, title="Second"), 3)
        b.reads(page(A, B, C, title="Second"), 4)
        a.reads(page(A, title="The first"), 5)
        return a, b

    @pytest.mark.usefixtures("two")
    def test_the_loud_changes_come_by_page_and_each_page_s_oldest_first(self, history: History) -> None:
        assert self.told(history) == {
            "a": [("Report a", hour(2)), ("The first", hour(5))],
            "b": [("Report b", hour(1)), ("Report c", hour(3)), ("Report a", hour(3))],
        }
        first, second = history.recent(self.ALL, 100)
        assert (first.title, first.url, second.title) == ("The first", URL, "Second")

    @pytest.mark.usefixtures("two")
    def test_a_limit_takes_the_newest(self, history: History) -> None:
        assert self.told(history, limit=1) == {"a": [("The first", hour(5))], "b": [("Report a", hour(3))]}
        two_each = self.told(history, limit=2)
        assert two_each["b"] == [("Report c", hour(3)), ("Report a", hour(3))]

    @pytest.mark.usefixtures("two")
    def test_it_counts_what_is_wanted_alone(self, history: History) -> None:
        assert self.told(history, Wants(watches=("b",), words=("Report b",))) == {"b": [("Report b", hour(1))]}
        older = Wants(kinds=(ChangeKind.REPORT_ADDED,), words=("Report b", "Report c"))
        assert self.told(history, older, limit=1) == {"b": [("Report c", hour(3))]}
        assert history.recent(Wants(words=("zebra",)), 100) == ()

    def test_a_page_was_last_seen_by_the_last_good_check_until_the_newest_change(
        self, history: History, two: tuple[Story, Story]
    ) -> None:
        one, other = two
        one.sees_the_same(6)
        other.fails(4.5)
        assert [told.last_good for told in history.recent(self.ALL, 100)] == [hour(5), hour(4)]

    def test_without_changes_there_is_nothing(self, story: Story, history: History) -> None:
        assert history.recent(self.ALL, 100) == ()
        story.reads(page(A), 0)
        assert history.recent(self.ALL, 100) == ()

    def test_of_a_long_history_only_the_newest_changes_are_looked_through(
        self, story: Story, history: History, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        story.reads(page(), 0)
        story.reads(page(A), 1)
        for number in range(2, 5):
            story.reads(page(report("a", text=f"Edit {number}.")), number)
        monkeypatch.setattr("storage.history.MOST_LOOKED_THROUGH", 3)
        added = Wants(kinds=(ChangeKind.REPORT_ADDED,))
        assert history.recent(added, 100) == ()
        assert [len(one.changes) for one in history.recent(self.ALL, 100)] == [3]
        monkeypatch.setattr("storage.history.MOST_LOOKED_THROUGH", 4)
        assert self.told(history, added) == {ADDRESS: [("Report a", hour(1))]}
