"""What a letter tells: of a check, of its trouble, of all the checks of a digest, as its reader asked for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alert import (
    AlertKind,
    ChangesFound,
    Heartbeat,
    Notice,
    PageChanges,
    Seen,
    Stuck,
    TroubleFound,
    TroubleOver,
    Undelivered,
    WatchLate,
    Week,
)
from domain.change import ChangeKind
from domain.owed import Owed, OwedNotice
from domain.recipient import EVERYTHING, Recipient, Subscription, Wants
from storage.database import Database
from storage.errors import UnknownAlert
from storage.history import History
from storage.notices import heartbeat_of, stored_notice, undelivered_of, watch_late_of
from storage.outbox import Outbox
from storage.recipients import Recipients
from tests.domain.records import page, report, section
from tests.storage.pages import ADDRESS, ADMIN, READER, URL, Story, digests, hour, owed

ONE = page(report("a"), report("b"))
TWO = page(report("b", title="“Report b”"), report("c"), report("d"))


def pages_of(outbox: Outbox, number: int) -> tuple[PageChanges, ...]:
    news = outbox.letter(number).news
    assert isinstance(news, ChangesFound)
    return news.pages


def titles(told: PageChanges) -> list[str]:
    return [recorded.change.title for recorded in told.changes]


@pytest.fixture
def owing(story: Story, outbox: Outbox) -> Outbox:
    """An outbox of two alerts, due at hour 1: the reader's and the administrator's."""
    story.reads(ONE, 0)
    story.reads(TWO, 1, owed=owed(AlertKind.CHANGES, READER, ADMIN))
    return outbox


def test_a_letter_tells_the_loud_changes_in_page_order(owing: Outbox, history: History) -> None:
    letter = owing.letter(1)
    assert isinstance(letter.news, ChangesFound)
    (told,) = letter.news.pages
    assert (told.watch, told.url, told.title, told.last_good) == (ADDRESS, URL, TWO.title, hour(1))
    assert told.changes == history.changes()
    assert [item.change.kind.value for item in told.changes] == [
        "report-added",
        "report-added",
        "report-removed",
    ]


def test_a_letter_of_trouble_tells_since_when_even_after_it_is_over(story: Story, outbox: Outbox) -> None:
    story.reads(ONE, 0)
    story.fails(1)
    story.suspects(2, owed=owed(AlertKind.TROUBLE, ADMIN))
    story.sees_the_same(3)
    assert outbox.letter(1).news == TroubleFound(ADDRESS, URL, "suspect", "a maintenance page", hour(1), hour(0))


def test_a_page_that_was_never_well_has_no_last_good_check(story: Story, outbox: Outbox) -> None:
    story.fails(1, owed(AlertKind.TROUBLE, ADMIN))
    assert outbox.letter(1).news == TroubleFound(ADDRESS, URL, "failed", "no answer within 20 seconds", hour(1), None)


def test_a_letter_of_recovery_tells_when_the_trouble_began(story: Story, outbox: Outbox) -> None:
    story.fails(1, owed(AlertKind.TROUBLE, ADMIN))
    story.fails(2)
    story.reads(ONE, 3, owed=owed(AlertKind.RECOVERY, ADMIN))
    assert outbox.letter(2).news == TroubleOver(ADDRESS, URL, hour(1), hour(3))


def test_an_unknown_alert_is_told(outbox: Outbox) -> None:
    with pytest.raises(UnknownAlert, match="7: no such alert"):
        outbox.letter(7)


class TestWants:
    """Letters to readers who asked for some of the changes."""

    def test_a_letter_tells_the_wanted_changes_alone(self, story: Story, outbox: Outbox) -> None:
        story.reads(ONE, 0)
        gone = Wants(kinds=(ChangeKind.REPORT_REMOVED,))
        story.reads(
            TWO,
            1,
            owed=(*owed(AlertKind.CHANGES, READER, wants=gone), *owed(AlertKind.CHANGES, ADMIN)),
        )
        assert [titles(told) for told in pages_of(outbox, 1)] == [["Report a"]]
        assert [titles(told) for told in pages_of(outbox, 2)] == [["Report c", "Report d", "Report a"]]
        assert outbox.letter(1).alert.wants == gone
        assert outbox.letter(2).alert.wants == EVERYTHING

    def test_a_letter_of_which_nothing_is_wanted_has_no_page(self, story: Story, outbox: Outbox) -> None:
        story.reads(ONE, 0)
        story.reads(TWO, 1, owed=owed(AlertKind.CHANGES, READER, wants=Wants(words=("zebra",))))
        assert outbox.letter(1).news == ChangesFound(())

    def test_every_list_comes_back_from_the_outbox(self, story: Story, outbox: Outbox) -> None:
        wants = Wants(("one", "two"), tuple(ChangeKind), (report("a").programme,), ("Môn", "Kent"), ("“harm’s way”",))
        story.reads(ONE, 0, owed=owed(AlertKind.CHANGES, READER, wants=wants))
        assert outbox.letter(1).alert.wants == wants


class TestDigests:
    """Letters of several checks and pages."""

    def told(self, database: Database) -> tuple[Story, Story]:
        """A digest due at hour 5: of "b" at hours 1 and 3, and of "a" at hour 2."""
        a, b = Story.of(database, "a"), Story.of(database, "b")
        a.reads(page(title="First"), 0)
        b.reads(page(title="Second"), 0)
        self.alerting = owed(AlertKind.CHANGES, READER, slots=digests(5))
        b.reads(page(report("z"), report("y"), title="Second"), 1, owed=self.alerting)
        a.reads(page(report("x"), title="The first"), 2, owed=self.alerting)
        b.reads(page(report("y"), report("z"), report("w"), title="The second"), 3, owed=self.alerting)
        return a, b

    def test_a_digest_tells_page_by_page_and_each_page_s_checks_in_turn(
        self, database: Database, outbox: Outbox, history: History
    ) -> None:
        self.told(database)
        first, second = pages_of(outbox, 1)
        assert [first.watch, second.watch] == ["a", "b"]
        assert [first.title, second.title] == ["The first", "The second"]
        assert titles(first) == ["Report x", "The first"]
        assert titles(second) == ["Report z", "Report y", "Report w", "The second"]
        assert sorted(one.id or 0 for one in second.changes) == sorted(
            one.id or 0 for one in history.changes(watch="b")
        )
        assert [recorded.bounds.first_seen_after for recorded in second.changes] == [hour(1)] * 2 + [hour(3)] * 2

    def test_a_page_was_last_seen_by_the_last_good_check_before_the_digest_was_due(
        self, database: Database, outbox: Outbox
    ) -> None:
        a, b = self.told(database)
        a.sees_the_same(4)
        a.fails(4.5)
        b.suspects(4)
        b.sees_the_same(5)
        assert [told.last_good for told in pages_of(outbox, 1)] == [hour(4), hour(5)]

    def test_a_digest_says_the_same_at_every_try_whatever_is_found_meanwhile(
        self, database: Database, outbox: Outbox
    ) -> None:
        a, b = self.told(database)
        first = outbox.claim(hour(5), hour(5), due_only=True)
        assert first is not None
        outbox.deferred(1, hour(5), hour(6), "451 later")
        a.sees_the_same(5.5)
        b.reads(page(report("y"), title="The third"), 5.5, owed=self.alerting)
        again = outbox.claim(hour(6), hour(6), due_only=True)
        assert again is not None
        assert (again.news, again.follows) == (first.news, first.follows)
        assert again.alert.message_id == first.alert.message_id
        assert again.alert.subject == first.alert.subject

    def test_a_page_first_seen_after_the_digest_was_due_was_last_seen_then(self, story: Story, outbox: Outbox) -> None:
        # A check that began just before may be stored just after.
        story.fails(0)
        story.reads(page(), 7)
        story.reads(page(report("a")), 7, owed=owed(AlertKind.CHANGES, READER, slots=digests(5)))
        assert [told.last_good for told in pages_of(outbox, 1)] == [hour(7)]


def test_a_letter_has_the_token_of_its_subscriber(story: Story, outbox: Outbox, people: Recipients) -> None:
    reader = people.add(Subscription(READER), hour(0))
    told = (*owed(AlertKind.CHANGES, READER, subscriber=reader.id), *owed(AlertKind.CHANGES, ADMIN))
    story.reads(ONE, 0, owed=told)
    assert [outbox.letter(number).token for number in (1, 2)] == [reader.token, None]


MOMENTS = st.datetimes(
    datetime.fromisoformat("1971-01-01"),
    datetime.fromisoformat("9000-01-01"),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)
STUCK = st.builds(
    Stuck,
    alert=st.integers(1, 2**40),
    recipient=st.builds(Recipient, st.text(), st.text()),
    subject=st.text(),
    failed=st.booleans(),
    attempts=st.integers(0, 1000),
    since=MOMENTS,
    last_error=st.none() | st.text(),
)
UNDELIVERED = st.builds(Undelivered, st.lists(STUCK, max_size=3).map(tuple), st.integers(0, 10_000))
LATE = st.builds(WatchLate, st.text(), st.text(), MOMENTS, st.none() | MOMENTS)


COUNTS = st.integers(0, 10_000)
WEEK = st.builds(Week, MOMENTS, MOMENTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
SEEN = st.lists(st.builds(Seen, st.text(), st.none() | MOMENTS, st.booleans(), COUNTS), max_size=3).map(tuple)
HEARTBEAT = st.builds(Heartbeat, WEEK, COUNTS, SEEN, COUNTS, COUNTS, COUNTS, st.text())
READ = {Undelivered: undelivered_of, WatchLate: watch_late_of, Heartbeat: heartbeat_of}


@given(UNDELIVERED | LATE | HEARTBEAT)
def test_notices_come_back_exactly_from_their_column(notice: Notice) -> None:
    column = json.loads(json.dumps(stored_notice(notice)))
    assert READ[type(notice)](column) == notice


@pytest.mark.parametrize(
    ("kind", "notice"),
    [
        (AlertKind.UNDELIVERED, Undelivered((Stuck(1, READER, "“Ynys Môn”", True, 3, hour(1), "550 No"),), 7)),
        (AlertKind.LATE, WatchLate(ADDRESS, URL, hour(1), None)),
        (AlertKind.LATE, WatchLate(ADDRESS, URL, hour(1), hour(0.5))),
    ],
)
def test_a_letter_of_a_notice_tells_it(outbox: Outbox, kind: AlertKind, notice: Notice) -> None:
    assert outbox.notify([OwedNotice(kind, ADMIN, "subject", "trouble", notice, (ADDRESS,))], (), hour(2), "m.org") == 1
    letter = outbox.letter(1)
    assert letter.news == notice
    assert (letter.alert.kind, letter.alert.watches, letter.alert.due_at) == (kind, (ADDRESS,), hour(2))
    assert (letter.follows, letter.token) == ((), None)


class TestFollows:
    """The first messages about the reports that a letter tells of."""

    A, B = report("a"), report("b")
    EDITED = report("a", text="Edited.")
    EDITED_TWICE = report("a", text="Edited twice.")

    def first(self, story: Story, alerts: tuple[Owed, ...]) -> None:
        """An empty page, and then report A on it."""
        story.reads(page(), 0)
        story.reads(page(self.A), 1, owed=alerts)

    def ids(self, outbox: Outbox) -> dict[int, str]:
        return {alert.id: alert.message_id for alert in outbox.alerts()}

    def test_an_edit_follows_the_first_message_about_its_report(self, story: Story, outbox: Outbox) -> None:
        told = owed(AlertKind.CHANGES, READER)
        self.first(story, told)
        story.reads(page(self.EDITED), 2, owed=told)
        story.reads(page(self.EDITED_TWICE), 3, owed=told)
        story.reads(page(), 4, owed=told)
        first = self.ids(outbox)[1]
        assert [outbox.letter(number).follows for number in (1, 2, 3, 4)] == [(), (first,), (first,), (first,)]

    def test_a_report_that_is_listed_again_follows_too(self, story: Story, outbox: Outbox) -> None:
        told = owed(AlertKind.CHANGES, READER)
        self.first(story, told)
        story.reads(page(), 2)
        story.reads(page(self.A), 3, owed=told)
        assert outbox.letter(2).follows == (self.ids(outbox)[1],)

    def test_a_report_under_a_new_address_is_still_the_same(self, story: Story, outbox: Outbox) -> None:
        told = owed(AlertKind.CHANGES, READER)
        self.first(story, told)
        changes = story.reads(page(report("elsewhere", title="Report a")), 2, owed=told).changes
        assert {recorded.change.kind for recorded in changes} == {ChangeKind.REPORT_CHANGED}
        assert outbox.letter(2).follows == (self.ids(outbox)[1],)

    def test_a_letter_about_several_reports_follows_the_first_message_about_each(
        self, story: Story, outbox: Outbox
    ) -> None:
        told = owed(AlertKind.CHANGES, READER)
        self.first(story, told)
        story.reads(page(self.A, self.B), 2, owed=told)
        story.reads(page(self.EDITED, report("b", text="Edited.")), 3, owed=told)
        ids = self.ids(outbox)
        assert outbox.letter(3).follows == (ids[1], ids[2])

    def test_a_letter_with_a_new_report_begins_a_thread_of_its_own(self, story: Story, outbox: Outbox) -> None:
        told = owed(AlertKind.CHANGES, READER)
        self.first(story, told)
        story.reads(page(self.EDITED, self.B), 2, owed=told)
        assert outbox.letter(2).follows == ()

    def test_a_new_report_that_the_reader_does_not_want_begins_none(self, story: Story, outbox: Outbox) -> None:
        self.first(story, owed(AlertKind.CHANGES, READER))
        edits = Wants(kinds=(ChangeKind.REPORT_CHANGED,))
        story.reads(page(self.EDITED, self.B), 2, owed=owed(AlertKind.CHANGES, READER, wants=edits))
        assert outbox.letter(2).follows == (self.ids(outbox)[1],)

    @pytest.mark.parametrize(
        "other",
        [Recipient("other@example.org", READER.channel), Recipient(READER.address, "maildir")],
    )
    def test_messages_to_others_or_by_other_ways_do_not_count(
        self, story: Story, outbox: Outbox, other: Recipient
    ) -> None:
        self.first(story, owed(AlertKind.CHANGES, other))
        story.reads(page(self.EDITED), 2, owed=owed(AlertKind.CHANGES, READER))
        assert outbox.letter(2).follows == ()

    def test_a_message_that_told_of_something_else_as_asked_for_does_not_count(
        self, story: Story, outbox: Outbox
    ) -> None:
        other = Wants(words=("Report b",))
        story.reads(page(), 0)
        story.reads(page(self.A, self.B), 1, owed=owed(AlertKind.CHANGES, READER, wants=other))
        everything = owed(AlertKind.CHANGES, READER)
        story.reads(page(self.EDITED, self.B), 2, owed=everything)
        story.reads(page(self.EDITED_TWICE, report("b", text="Edited.")), 3, owed=everything)
        ids = self.ids(outbox)
        assert outbox.letter(2).follows == ()
        assert outbox.letter(3).follows == (ids[1], ids[2])

    def test_a_quiet_change_was_not_told(self, story: Story, outbox: Outbox) -> None:
        story.reads(page(self.A), 0)
        moved = report("a", title="“Report a”")
        told = owed(AlertKind.CHANGES, READER)
        changes = story.reads(page(moved, self.B), 1, owed=told).changes
        assert {(one.change.title, one.change.quiet) for one in changes} == {("“Report a”", True), ("Report b", False)}
        story.reads(page(report("a", title="“Report a”", text="Edited."), self.B), 2, owed=told)
        assert outbox.letter(2).follows == ()

    def test_what_was_called_off_does_not_count_and_what_is_on_its_way_does(self, story: Story, outbox: Outbox) -> None:
        told = owed(AlertKind.CHANGES, READER)
        self.first(story, told)
        story.reads(page(self.EDITED), 2, owed=told)
        outbox.refused(2, hour(2), "550 no such user")
        story.reads(page(self.EDITED_TWICE), 3, owed=told)
        ids = self.ids(outbox)
        assert outbox.letter(3).follows == (ids[1],)
        outbox.cancel([1], "called off")
        assert outbox.letter(3).follows == (ids[2],)

    def test_a_notice_about_the_same_check_does_not_count(self, story: Story, outbox: Outbox) -> None:
        story.reads(page(), 0)
        story.fails(0.5)
        story.reads(page(self.A), 1, owed=owed(AlertKind.RECOVERY, READER))
        story.reads(page(self.EDITED), 2, owed=owed(AlertKind.CHANGES, READER))
        assert outbox.letter(2).follows == ()

    def test_sections_and_the_page_follow_nothing(self, story: Story, outbox: Outbox) -> None:
        told = owed(AlertKind.CHANGES, READER)
        story.reads(page(), 0)
        for at, text in enumerate(("One.", "Two."), 1):
            story.reads(page(sections=(section("Reviews", text=text),), title=text), at, owed=told)
        assert outbox.letter(2).follows == ()

    def test_a_digest_counts_as_the_message_that_it_is(self, story: Story, outbox: Outbox) -> None:
        in_digest = owed(AlertKind.CHANGES, READER, slots=digests(5))
        story.reads(page(), 0)
        story.reads(page(self.B), 1, owed=in_digest)
        story.reads(page(self.B, self.A), 2, owed=in_digest)
        story.reads(page(self.B, self.EDITED), 6, owed=owed(AlertKind.CHANGES, READER))
        assert outbox.letter(1).follows == ()
        assert outbox.letter(2).follows == (self.ids(outbox)[1],)
