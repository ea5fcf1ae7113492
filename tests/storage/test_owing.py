"""Alerts put into the outbox: digests that grow and close, and notices that are not repeated."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from domain.alert import Alert, AlertKind, AlertState, ChangesFound, Undelivered
from domain.owed import OwedNotice
from domain.recipient import EVERYTHING, Cadence, Recipient, Wants
from storage.database import Database
from storage.outbox import Outbox
from tests.domain.records import page, report, section
from tests.storage.pages import ADDRESS, ADMIN, READER, Story, digests, hour, owed

A, B, C = (report(slug) for slug in "abc")
DAILY = owed(AlertKind.CHANGES, READER, slots=digests(5, 29))


@pytest.fixture
def begun(story: Story, outbox: Outbox) -> Outbox:
    """A digest for READER, due at hour 5, that tells of report A since hour 1."""
    story.reads(page(), 0)
    assert story.reads(page(A), 1, owed=DAILY).queued == 1
    return outbox


def by_number(outbox: Outbox) -> list[Alert]:
    return list(reversed(outbox.alerts()))


def told(outbox: Outbox, number: int) -> dict[str, list[str]]:
    """The titles of what an alert tells, by watch."""
    news = outbox.letter(number).news
    assert isinstance(news, ChangesFound)
    return {one.watch: [recorded.change.title for recorded in one.changes] for one in news.pages}


def test_an_alert_is_due_when_its_check_began(story: Story, outbox: Outbox) -> None:
    story.reads(page(), 0)
    wants = Wants(words=("report",))
    story.reads(page(A), 1, owed=owed(AlertKind.CHANGES, READER, wants=wants))
    (alert,) = outbox.alerts()
    assert alert == Alert(
        id=1,
        kind=AlertKind.CHANGES,
        recipient=READER,
        wants=wants,
        cadence=Cadence.IMMEDIATELY,
        watches=(ADDRESS,),
        subject="subject of changes",
        message_id=alert.message_id,
        created_at=hour(1),
        due_at=hour(1),
        state=AlertState.PENDING,
        attempts=0,
        next_attempt_at=hour(1),
        last_error=None,
    )


def test_a_message_id_has_the_alert_s_number_and_what_nobody_can_guess(story: Story, outbox: Outbox) -> None:
    story.reads(page(), 0)
    story.reads(page(A), 1, owed=owed(AlertKind.CHANGES, READER, ADMIN))
    story.reads(page(B), 2, owed=owed(AlertKind.CHANGES, READER, ADMIN))
    secrets = set()
    for alert in outbox.alerts():
        found = re.fullmatch(r"<(\d+)\.([0-9a-f]{16})@monitor\.example\.org>", alert.message_id)
        assert found is not None
        assert int(found[1]) == alert.id
        secrets.add(found[2])
    assert len(secrets) == 4


def test_a_recipient_may_be_told_of_changes_and_of_a_recovery_by_one_check(story: Story, outbox: Outbox) -> None:
    story.reads(page(), 0)
    both = owed(AlertKind.CHANGES, READER) + owed(AlertKind.RECOVERY, READER)
    assert story.reads(page(A), 1, owed=both).queued == 2
    assert [alert.kind for alert in by_number(outbox)] == [AlertKind.CHANGES, AlertKind.RECOVERY]


class TestDigests:
    """One message to a recipient for all that is found until it is due."""

    def test_a_digest_waits_for_its_time(self, begun: Outbox) -> None:
        (digest,) = begun.alerts()
        assert (digest.due_at, digest.next_attempt_at, digest.created_at) == (hour(5), hour(5), hour(1))
        assert digest.cadence is Cadence.DAILY

    def test_an_open_digest_takes_in_what_comes_and_its_subject_names_all(self, begun: Outbox, story: Story) -> None:
        before = begun.letter(1).alert
        assert story.reads(page(A, B), 2, owed=DAILY).queued == 1
        (digest,) = begun.alerts()
        assert told(begun, 1) == {ADDRESS: ["Report a", "Report b"]}
        assert digest.subject == "2 older reports newly listed: Report a"
        assert digest == replace(before, subject=digest.subject)

    def test_new_reports_stand_first_in_the_subject(self, story: Story, outbox: Outbox) -> None:
        story.reads(page(sections=(section("Reviews", text="One."),)), 0)
        story.reads(page(sections=(section("Reviews", text="Two."),)), 1, owed=DAILY)
        story.reads(page(A, sections=(section("Reviews", text="Two."),)), 2, owed=DAILY)
        assert outbox.letter(1).alert.subject == "1 older report newly listed and 1 edit: Report a"
        assert told(outbox, 1) == {ADDRESS: ["Reviews", "Report a"]}

    def test_one_digest_tells_of_several_watches(self, begun: Outbox, database: Database) -> None:
        other = Story.of(database, "another")
        other.reads(page(), 0)
        other.reads(page(C), 2, owed=DAILY)
        other.reads(page(C, B), 3, owed=DAILY)
        (digest,) = begun.alerts()
        assert digest.watches == (ADDRESS, "another")
        assert told(begun, 1) == {"another": ["Report c", "Report b"], ADDRESS: ["Report a"]}
        assert digest.subject == "3 older reports newly listed: Report a"

    def test_each_recipient_has_a_digest(self, begun: Outbox, story: Story) -> None:
        local = Recipient(READER.address, "maildir")
        story.reads(page(A, B), 2, owed=owed(AlertKind.CHANGES, ADMIN, READER, local, slots=digests(5, 29)))
        assert [alert.recipient for alert in by_number(begun)] == [READER, ADMIN, local]
        assert [told(begun, number)[ADDRESS] for number in (1, 2, 3)] == [
            ["Report a", "Report b"],
            ["Report b"],
            ["Report b"],
        ]

    @pytest.mark.parametrize(
        "close",
        [
            lambda outbox: outbox.deferred(1, hour(1.5), hour(5), "451 later"),
            lambda outbox: outbox.refused(1, hour(1.5), "550 no such user"),
            lambda outbox: outbox.sent(1, hour(1.5)),
            lambda outbox: outbox.claim(hour(5), hour(5), due_only=True),
        ],
        ids=["tried", "failed", "sent", "claimed"],
    )
    def test_what_was_begun_to_be_sent_takes_nothing_in_and_the_next_one_does(
        self, begun: Outbox, story: Story, close: Callable[[Outbox], object]
    ) -> None:
        close(begun)
        before = begun.letter(1).alert
        story.reads(page(A, B), 4, owed=DAILY)
        story.reads(page(A, B, C), 4.5, owed=DAILY)
        assert begun.letter(1).alert == before
        assert told(begun, 1) == {ADDRESS: ["Report a"]}
        first, second = by_number(begun)
        assert (first.due_at, second.due_at) == (hour(5), hour(29))
        assert told(begun, 2) == {ADDRESS: ["Report b", "Report c"]}

    def test_one_that_was_called_off_begins_anew_and_tells_nothing_of_what_it_would_have_told(
        self, begun: Outbox, story: Story
    ) -> None:
        begun.cancel([1], "called off")
        story.reads(page(A, B), 4, owed=DAILY)
        (again,) = by_number(begun)
        assert (again.state, again.due_at, again.last_error) == (AlertState.PENDING, hour(5), None)
        assert told(begun, 1) == {ADDRESS: ["Report b"]}
        assert "Report b" in again.subject

    def test_one_that_is_due_takes_nothing_in_though_nobody_has_begun_to_send_it(
        self, begun: Outbox, story: Story
    ) -> None:
        story.reads(page(A, B), 4.999, owed=DAILY)
        story.reads(page(A, B, C), 5, owed=DAILY)
        assert told(begun, 1) == {ADDRESS: ["Report a", "Report b"]}
        assert told(begun, 2) == {ADDRESS: ["Report c"]}
        assert by_number(begun)[1].due_at == hour(29)

    def test_nothing_is_lost_where_no_digest_is_open(self, begun: Outbox, story: Story) -> None:
        begun.sent(1, hour(1))
        story.reads(page(A, B), 2, owed=DAILY)
        begun.sent(2, hour(2))
        story.reads(page(A, B, C), 3, owed=DAILY)
        story.reads(page(B, C), 4, owed=DAILY)
        alerts = by_number(begun)
        assert [alert.state for alert in alerts] == [AlertState.SENT] * 2 + [AlertState.PENDING] * 2
        assert [alert.due_at for alert in alerts[2:]] == [hour(29)] * 2
        assert [told(begun, number) for number in (3, 4)] == [{ADDRESS: ["Report c"]}, {ADDRESS: ["Report a"]}]

    def test_who_is_told_at_once_gets_a_message_for_each_check(self, begun: Outbox, story: Story) -> None:
        for at, state in ((2, page(A, B)), (3, page(A, B, C))):
            story.reads(state, at, owed=owed(AlertKind.CHANGES, READER))
        assert [alert.due_at for alert in by_number(begun)] == [hour(5), hour(2), hour(3)]
        assert told(begun, 1) == {ADDRESS: ["Report a"]}

    def test_a_digest_tells_what_its_reader_wants_when_it_grows(self, story: Story, outbox: Outbox) -> None:
        first, second = Wants(words=("Report a",)), Wants(words=("Report b",))
        story.reads(page(), 0)
        story.reads(page(A), 1, owed=owed(AlertKind.CHANGES, READER, wants=first, slots=digests(5)))
        (weekly,) = owed(AlertKind.CHANGES, READER, wants=second, slots=digests(5))
        story.reads(page(A, B, C), 2, owed=[replace(weekly, cadence=Cadence.WEEKLY)])
        (digest,) = outbox.alerts()
        assert told(outbox, 1) == {ADDRESS: ["Report b"]}
        assert (digest.wants, digest.cadence) == (second, Cadence.WEEKLY)
        assert digest.subject == "Older HMICFRS report newly listed: Report b"

    def test_a_digest_whose_reader_wants_everything_again_tells_it(self, story: Story, outbox: Outbox) -> None:
        story.reads(page(), 0)
        some = owed(AlertKind.CHANGES, READER, wants=Wants(words=("Report a",)), slots=digests(5))
        story.reads(page(A, B), 1, owed=some)
        story.reads(page(A, B, C), 2, owed=owed(AlertKind.CHANGES, READER, slots=digests(5)))
        assert told(outbox, 1) == {ADDRESS: ["Report a", "Report b", "Report c"]}
        assert outbox.letter(1).alert.wants == EVERYTHING


def test_a_thousand_readers_are_owed_in_one_transaction(database: Database, story: Story, outbox: Outbox) -> None:
    readers = [Recipient(f"reader-{number}@example.org", "smtp") for number in range(1000)]
    half = owed(AlertKind.CHANGES, *readers[::2], slots=digests(5, 29))
    story.reads(page(), 0)
    story.reads(page(A), 1, owed=half)
    begun: list[str] = []
    event.listen(database._writing, "before_cursor_execute", lambda *given: begun.append(given[2]))
    others = owed(AlertKind.CHANGES, *readers[1::2])
    assert story.reads(page(A, B), 2, owed=half + others).queued == 1000
    assert begun.count("BEGIN IMMEDIATE") == 1
    alerts = outbox.alerts()
    assert {alert.recipient for alert in alerts} == set(readers)
    assert len({alert.message_id for alert in alerts}) == len(alerts) == 1000
    assert told(outbox, 500) == {ADDRESS: ["Report a", "Report b"]}
    assert told(outbox, 501) == {ADDRESS: ["Report b"]}


NOTHING = Undelivered((), 0)
DAY = timedelta(days=1)


def notice(recipient: Recipient = ADMIN, trouble: str = "undelivered") -> OwedNotice:
    return OwedNotice(AlertKind.UNDELIVERED, recipient, "subject", trouble, NOTHING)


class TestNotices:
    """Notices to administrators that no check makes due."""

    def notify(
        self, outbox: Outbox, *owed: OwedNotice, after: timedelta = timedelta(), told: tuple[int, ...] = ()
    ) -> int:
        return outbox.notify(owed, told, hour(1) + after, "monitor.example.org")

    def test_a_notice_is_an_alert_like_any_other(self, outbox: Outbox) -> None:
        assert self.notify(outbox, notice()) == 1
        (alert,) = outbox.alerts()
        assert (alert.id, alert.recipient, alert.subject, alert.watches) == (1, ADMIN, "subject", ())
        assert (alert.state, alert.due_at, alert.next_attempt_at) == (AlertState.PENDING, hour(1), hour(1))
        assert re.fullmatch(r"<1\.[0-9a-f]{16}@monitor\.example\.org>", alert.message_id)
        letter = outbox.claim(hour(1), hour(1), due_only=True)
        assert letter is not None
        assert letter.news == NOTHING

    def test_the_same_trouble_is_told_once_in_a_day(self, outbox: Outbox) -> None:
        instant = timedelta(microseconds=1)
        assert self.notify(outbox, notice()) == 1
        assert self.notify(outbox, notice()) == 0
        assert self.notify(outbox, notice(), after=DAY - instant) == 0
        assert self.notify(outbox, notice(), after=DAY) == 1
        assert self.notify(outbox, notice(), after=DAY + instant) == 0
        assert len(outbox.alerts()) == 2

    def test_whatever_became_of_the_notice(self, outbox: Outbox) -> None:
        self.notify(outbox, notice(), notice(READER))
        outbox.sent(1, hour(1))
        outbox.cancel([2], "called off")
        assert self.notify(outbox, notice(), notice(READER), after=timedelta(hours=1)) == 0

    def test_other_trouble_and_other_administrators_are_told_the_same_day(self, outbox: Outbox) -> None:
        late = notice(trouble="late one")
        assert self.notify(outbox, notice(), late) == 2
        local = Recipient(ADMIN.address, "maildir")
        assert self.notify(outbox, notice(), late, notice(READER), notice(local)) == 2
        assert [alert.recipient for alert in by_number(outbox)] == [ADMIN, ADMIN, READER, local]

    @pytest.mark.parametrize("other", ["late one", "late one.two", "late oneXtwo", "late one_two.", "late %"])
    def test_a_watch_is_not_taken_for_another_of_a_like_name(self, outbox: Outbox, other: str) -> None:
        assert self.notify(outbox, notice(trouble=other)) == 1
        assert self.notify(outbox, notice(trouble="late one_two")) == 1
        assert self.notify(outbox, notice(trouble="late one_two")) == 0

    def test_what_was_told_is_stuck_no_more_until_it_is_tried_again(self, begun: Outbox) -> None:
        begun.refused(1, hour(1), "550 no such user")
        assert [alert.id for alert in begun.stuck(hour(1))] == [1]
        assert self.notify(begun, notice(), told=(1,)) == 1
        assert begun.stuck(hour(99)) == ()
        begun.retry(hour(99), 1)
        begun.refused(1, hour(99), "550 no such user")
        assert [alert.id for alert in begun.stuck(hour(99))] == [1]

    def test_what_nobody_was_told_of_is_told_another_day(self, begun: Outbox) -> None:
        self.notify(begun, notice(), told=(7,))
        begun.refused(1, hour(1), "550 no such user")
        assert self.notify(begun, notice(), after=timedelta(hours=1), told=(1,)) == 0
        assert [alert.id for alert in begun.stuck(hour(2))] == [1]
        assert self.notify(begun, notice(), after=DAY, told=(1,)) == 1
        assert begun.stuck(hour(99)) == ()

    def test_nothing_owed_is_nothing_queued(self, begun: Outbox) -> None:
        before = begun.alerts()
        assert self.notify(begun, told=(1,)) == 0
        assert begun.alerts() == before

    def test_numbers_go_on_after_those_of_checks(self, begun: Outbox, story: Story) -> None:
        assert self.notify(begun, notice(), notice(READER)) == 2
        story.reads(page(A, B), 2, owed=owed(AlertKind.CHANGES, ADMIN))
        assert [alert.kind for alert in by_number(begun)] == [
            AlertKind.CHANGES,
            AlertKind.UNDELIVERED,
            AlertKind.UNDELIVERED,
            AlertKind.CHANGES,
        ]
