"""Who is owed an alert, of what, and when a failed try is repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.alert import Alert, AlertKind, AlertState, Backoff, Stuck, Undelivered, WatchLate
from domain.check import Accepted, Answer, Failed, Finding, Suspected, Trouble, Unchanged
from domain.compare import compare
from domain.owed import (
    MOST_STUCK,
    Audience,
    OwedNotice,
    owed_for_late,
    owed_for_stuck,
    owed_to_admins,
    owed_to_readers,
)
from domain.page import Page, PublicationDate
from domain.recipient import EVERYTHING, Cadence, Recipient, Role, Wants
from tests.domain.readers import MONDAYS, audience, subscriber
from tests.domain.records import page, report

NOW = datetime(2025, 1, 15, 9, tzinfo=UTC)
WATCH = "child-protection"
CLEVELAND = report(
    "cleveland",
    title="Cleveland Police: National child protection inspection",
    published=PublicationDate(2025, 1, 15),
)
KENT = report("kent", title="Kent Police", published=PublicationDate(2025, 1, 15))
OLD = report("old", published=PublicationDate(2015))
CHANGES = compare(page(OLD), page(CLEVELAND, KENT, OLD))
ADMIN = subscriber(9, role=Role.ADMIN)


class TestReaders:
    """Alerts of changes."""

    def test_a_reader_is_owed_one_alert_for_all_loud_changes(self) -> None:
        reader = subscriber(1)
        (owed,) = owed_to_readers(WATCH, CHANGES, audience(reader, ADMIN), NOW)
        assert owed.subject.startswith("2 new reports: Cleveland Police")
        assert (owed.kind, owed.recipient, owed.subscriber) == (AlertKind.CHANGES, reader.subscription.recipient, 1)
        assert (owed.wants, owed.cadence, owed.slots) == (EVERYTHING, Cadence.IMMEDIATELY, ())

    def test_quiet_changes_are_owed_to_nobody(self) -> None:
        changes = compare(page(OLD, CLEVELAND), page(CLEVELAND, OLD))
        assert changes
        assert owed_to_readers(WATCH, changes, audience(subscriber(1)), NOW) == ()

    def test_a_reader_is_owed_what_is_wanted_and_the_subject_names_that_alone(self) -> None:
        kent, essex = Wants(words=("Kent",)), Wants(words=("Essex",))
        readers = subscriber(1, wants=kent), subscriber(2, wants=essex), subscriber(3, wants=Wants(watches=("other",)))
        (owed,) = owed_to_readers(WATCH, CHANGES, audience(*readers), NOW)
        assert (owed.subscriber, owed.wants, owed.subject) == (1, kent, "New HMICFRS report: Kent Police")

    def test_who_is_paused_or_gone_is_owed_nothing(self) -> None:
        people = subscriber(1, paused=True), subscriber(2, left_at=NOW), subscriber(3)
        assert [owed.subscriber for owed in owed_to_readers(WATCH, CHANGES, audience(*people), NOW)] == [3]

    def test_the_cadence_decides_in_which_digests_it_may_go(self) -> None:
        people = (
            subscriber(1, cadence=Cadence.DAILY),
            subscriber(2, cadence=Cadence.WEEKLY),
            subscriber(3, cadence=Cadence.IMMEDIATELY),
        )
        daily, weekly, at_once = owed_to_readers(WATCH, CHANGES, audience(*people), NOW)
        assert daily.slots == MONDAYS.slots(Cadence.DAILY, NOW)
        assert weekly.slots == MONDAYS.slots(Cadence.WEEKLY, NOW)
        assert at_once.slots == ()
        assert [one.cadence for one in (daily, weekly, at_once)] == [
            Cadence.DAILY,
            Cadence.WEEKLY,
            Cadence.IMMEDIATELY,
        ]

    def test_old_reports_are_called_old_by_the_time_of_the_check(self) -> None:
        listed = compare(page(), page(OLD))
        (early,) = owed_to_readers(WATCH, listed, audience(subscriber(1)), NOW.replace(year=2016))
        (late,) = owed_to_readers(WATCH, listed, audience(subscriber(1)), NOW)
        assert early.subject == "New HMICFRS report: Report old"
        assert late.subject == "Older HMICFRS report newly listed: Report old"


BODY = Answer(200, ("https://example.org/",), (), b"x")
GOOD = Accepted(BODY, Page("https://example.org/", "Title"), 1, ())


def told_to_admins(
    finding: Finding, trouble: Trouble | None, last_told: datetime | None = None, after: int = 3
) -> list[AlertKind]:
    owed = owed_to_admins(WATCH, finding, trouble, last_told, audience(ADMIN, admin_after_failures=after), NOW)
    return [one.kind for one in owed]


class TestAdmins:
    """Notices of trouble with a page."""

    @pytest.mark.parametrize(
        ("finding", "trouble", "kind"),
        [
            (Failed("down"), None, None),
            (Failed("down"), Trouble(NOW, 1, told=False), None),
            (Failed("down"), Trouble(NOW, 2, told=False), AlertKind.TROUBLE),
            (Failed("down"), Trouble(NOW, 3, told=False), AlertKind.TROUBLE),
            (Failed("down"), Trouble(NOW, 3, told=True), None),
            (Suspected("odd", BODY), None, AlertKind.TROUBLE),
            (Suspected("odd", BODY), Trouble(NOW, 1, told=True), None),
            (Unchanged(None), Trouble(NOW, 3, told=True), AlertKind.RECOVERY),
            (GOOD, Trouble(NOW, 3, told=True), AlertKind.RECOVERY),
            (Unchanged(None), Trouble(NOW, 1, told=False), None),
            (Unchanged(None), None, None),
            (GOOD, None, None),
        ],
    )
    def test_they_hear_of_trouble_once_and_of_its_end(
        self, finding: Finding, trouble: Trouble | None, kind: AlertKind | None
    ) -> None:
        assert told_to_admins(finding, trouble) == ([kind] if kind else [])

    @pytest.mark.parametrize(
        ("after", "failures", "said"),
        [
            (1, 0, "could not be checked now"),
            (2, 1, "could not be checked 2 times in a row"),
            (5, 4, "could not be checked 5 times in a row"),
            (5, 7, "could not be checked 8 times in a row"),
        ],
    )
    def test_how_many_failures_are_news_is_a_setting(self, after: int, failures: int, said: str) -> None:
        trouble = Trouble(NOW, failures, told=False) if failures else None
        told = audience(ADMIN, admin_after_failures=after)
        (owed,) = owed_to_admins(WATCH, Failed("down"), trouble, None, told, NOW)
        assert owed.subject == f"hmicfrs-monitor: {WATCH} {said}"

    def test_three_are_news_where_nothing_is_set(self) -> None:
        told = Audience((ADMIN,), "example.org", MONDAYS)
        for failures, news in ((1, 0), (2, 1)):
            trouble = Trouble(NOW, failures, told=False)
            assert len(owed_to_admins(WATCH, Failed("down"), trouble, None, told, NOW)) == news

    def test_one_failure_less_is_no_news(self) -> None:
        assert told_to_admins(Failed("down"), Trouble(NOW, 3, told=False), after=5) == []

    @pytest.mark.parametrize("finding", [Failed("down"), Suspected("odd", BODY)])
    def test_trouble_that_comes_back_within_a_day_is_told_when_the_day_is_over(self, finding: Finding) -> None:
        trouble, yesterday = Trouble(NOW, 5, told=False), NOW - timedelta(days=1)
        assert told_to_admins(finding, trouble, yesterday + timedelta(seconds=1)) == []
        assert told_to_admins(finding, trouble, yesterday) == [AlertKind.TROUBLE]

    def test_the_end_of_what_was_told_is_told_however_soon(self) -> None:
        assert told_to_admins(Unchanged(None), Trouble(NOW, 3, told=True), NOW) == [AlertKind.RECOVERY]

    def test_each_administrator_is_told_and_no_reader(self) -> None:
        second = subscriber(8, role=Role.ADMIN, channel="maildir")
        people = subscriber(1), ADMIN, second, replace(ADMIN, id=7, paused=True), replace(ADMIN, id=6, left_at=NOW)
        owed = owed_to_admins(WATCH, Suspected("odd", BODY), None, None, audience(*people), NOW)
        assert [(one.recipient, one.subscriber) for one in owed] == [
            (ADMIN.subscription.recipient, 9),
            (second.subscription.recipient, 8),
        ]
        assert {one.subject for one in owed} == {f"hmicfrs-monitor: {WATCH} looks wrong and was not accepted"}
        assert {one.slots for one in owed} == {()}

    def test_a_recovery_says_so(self) -> None:
        (owed,) = owed_to_admins(WATCH, GOOD, Trouble(NOW, 3, told=True), NOW, audience(ADMIN), NOW)
        assert owed.subject == f"hmicfrs-monitor: {WATCH} is well again"


def alert(number: int, *, channel: str = "smtp", state: AlertState = AlertState.PENDING) -> Alert:
    return Alert(
        id=number,
        kind=AlertKind.CHANGES,
        recipient=Recipient("reader@example.org", channel),
        wants=EVERYTHING,
        cadence=Cadence.IMMEDIATELY,
        watches=(WATCH,),
        subject=f"subject {number}",
        message_id=f"<{number}@example.org>",
        created_at=NOW - timedelta(hours=3),
        due_at=NOW - timedelta(hours=2),
        state=state,
        attempts=4,
        next_attempt_at=NOW if state is AlertState.PENDING else None,
        last_error="451 later",
    )


SPARE = Recipient("administrator@localhost", "maildir")


def to(owed: tuple[OwedNotice, ...]) -> list[tuple[str, int | None]]:
    return [(f"{one.recipient.address} by {one.recipient.channel}", one.subscriber) for one in owed]


class TestStuck:
    """Notices of alerts that do not arrive."""

    def test_it_names_the_alerts_and_what_became_of_them(self) -> None:
        told = audience(subscriber(8, role=Role.ADMIN, channel="maildir"))
        (owed,) = owed_for_stuck([alert(1), alert(2, state=AlertState.FAILED)], told, SPARE)
        due = NOW - timedelta(hours=2)
        reader = Recipient("reader@example.org", "smtp")
        assert owed.notice == Undelivered(
            (
                Stuck(1, reader, "subject 1", False, 4, due, "451 later"),
                Stuck(2, reader, "subject 2", True, 4, due, "451 later"),
            ),
            2,
        )
        assert (owed.kind, owed.trouble, owed.watches) == (AlertKind.UNDELIVERED, "undelivered", ())
        assert owed.subject == "hmicfrs-monitor: 2 alerts do not arrive"

    def test_one_alert_is_told_in_the_singular(self) -> None:
        (owed, _) = owed_for_stuck([alert(1)], audience(ADMIN), SPARE)
        assert owed.subject == "hmicfrs-monitor: an alert does not arrive"

    def test_of_many_the_first_are_named_and_all_are_counted(self) -> None:
        stuck = [alert(number) for number in range(1, MOST_STUCK + 6)]
        (owed, _) = owed_for_stuck(stuck, audience(ADMIN), SPARE)
        assert isinstance(owed.notice, Undelivered)
        assert [one.alert for one in owed.notice.alerts] == list(range(1, MOST_STUCK + 1))
        assert owed.notice.count == MOST_STUCK + 5
        assert str(MOST_STUCK + 5) in owed.subject

    def test_the_spare_is_told_where_no_administrator_has_another_channel(self) -> None:
        two = ADMIN, subscriber(8, role=Role.ADMIN, channel="webhook")
        names = [("admin-9@example.org by smtp", 9), ("admin-8@example.org by webhook", 8)]
        spare = [("administrator@localhost by maildir", None)]
        assert to(owed_for_stuck([alert(1)], audience(*two), SPARE)) == names
        assert to(owed_for_stuck([alert(1), alert(2, channel="webhook")], audience(*two), SPARE)) == names + spare
        assert to(owed_for_stuck([alert(1, channel="chat")], audience(*two), SPARE)) == names

    def test_an_administrator_who_is_the_spare_is_told_once(self) -> None:
        same = subscriber(8, role=Role.ADMIN, address=SPARE.address, channel=SPARE.channel)
        owed = owed_for_stuck([alert(1, channel="maildir")], audience(same), SPARE)
        assert to(owed) == [("administrator@localhost by maildir", 8)]

    def test_nobody_is_told_where_nothing_is_stuck_or_nobody_is_the_administrator(self) -> None:
        paused = replace(ADMIN, paused=True)
        assert owed_for_stuck([], audience(ADMIN), SPARE) == ()
        assert owed_for_stuck([alert(1)], audience(subscriber(1), paused), SPARE) == ()

    def test_of_its_own_notices_nobody_is_told(self) -> None:
        notice = replace(alert(1), kind=AlertKind.UNDELIVERED)
        assert owed_for_stuck([notice], audience(ADMIN), SPARE) == ()
        (owed, _) = owed_for_stuck([notice, alert(2)], audience(ADMIN), SPARE)
        assert isinstance(owed.notice, Undelivered)
        assert ([one.alert for one in owed.notice.alerts], owed.notice.count) == ([2], 1)


def test_each_page_that_nobody_looks_at_is_told_to_each_administrator() -> None:
    late = [WatchLate(name, f"https://{name}.example/", NOW, None) for name in ("one", "two")]
    second = subscriber(8, role=Role.ADMIN, channel="maildir")
    owed = owed_for_late(late, audience(subscriber(1), ADMIN, second, replace(ADMIN, id=7, paused=True)))
    assert [(one.subscriber, one.notice, one.watches, one.trouble) for one in owed] == [
        (9, late[0], ("one",), "late one"),
        (8, late[0], ("one",), "late one"),
        (9, late[1], ("two",), "late two"),
        (8, late[1], ("two",), "late two"),
    ]
    assert {one.kind for one in owed} == {AlertKind.LATE}
    assert owed[0].subject == "hmicfrs-monitor: one was not looked at for too long"


def test_an_audience_without_anybody_is_owed_nothing() -> None:
    nobody = Audience((), "example.org", MONDAYS)
    assert owed_to_readers(WATCH, CHANGES, nobody, NOW) == ()
    assert owed_to_admins(WATCH, Suspected("odd", BODY), None, None, nobody, NOW) == ()
    assert owed_for_late([WatchLate("one", "https://one.example/", NOW, None)], nobody) == ()


class TestBackoff:
    """When a failed try is repeated."""

    def after(self, attempts: int, due: timedelta, backoff: Backoff | None = None) -> timedelta | None:
        tried = replace(alert(1), attempts=attempts, due_at=NOW - due, created_at=NOW - timedelta(days=30))
        again = (backoff or Backoff()).next_attempt(tried, NOW)
        return again - NOW if again else None

    def test_tries_back_off_to_six_hours_and_end_after_a_week(self) -> None:
        waits = [self.after(attempts, timedelta(hours=1)) for attempts in range(11)]
        assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
        assert waits[9:] == [timedelta(hours=6), timedelta(hours=6)]
        assert self.after(60, timedelta(days=6, hours=23)) == timedelta(hours=6)
        assert self.after(60, timedelta(days=7)) is None

    def test_the_times_are_settings(self) -> None:
        backoff = Backoff(timedelta(seconds=10), timedelta(seconds=35), timedelta(days=1))
        waits = [self.after(attempts, timedelta(hours=1), backoff) for attempts in range(4)]
        assert waits == [timedelta(seconds=seconds) for seconds in (10, 20, 35, 35)]
        assert self.after(1, timedelta(hours=23, minutes=59), backoff) is not None
        assert self.after(1, timedelta(days=1), backoff) is None

    def test_the_longest_wait_holds_after_any_number_of_tries(self) -> None:
        assert self.after(100_000, timedelta(hours=1)) == timedelta(hours=6)
