"""What the administrators are told that no check finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.alert import Alert, AlertKind, Undelivered, WatchLate
from domain.owed import Audience
from domain.recipient import Recipient, Role, Subscription
from domain.watch import Watch
from schedules.notices import notify
from storage.database import Database
from storage.outbox import Outbox
from storage.recipients import Recipients
from tests.domain.readers import MONDAYS
from tests.schedules.hearts import heart
from tests.schedules.lateness import late_in
from tests.schedules.outboxes import begin, tell
from tests.storage.pages import ADDRESS, ADMIN, READER, URL, Story, hour, url_of

HOURLY, DAILY = (Watch(ADDRESS, URL, schedule) for schedule in ("0 * * * *", "0 9 * * *"))
SPARE = Recipient("administrator@localhost", "maildir")


@dataclass
class Notices:
    """What is noticed in a database."""

    database: Database
    story: Story
    outbox: Outbox

    def at(self, number: float, *watches: Watch) -> int:
        return notify(
            watches,
            audience=Audience(Recipients(self.database).subscribers(), "monitor.example.org", MONDAYS),
            outbox=self.outbox,
            archive=self.story.archive,
            spare=SPARE,
            late=late_in(ZoneInfo("Europe/London")),
            heart=heart(self.database, watches, hour(number)),
            now=hour(number),
        )

    def queued(self, kind: AlertKind) -> list[Alert]:
        return [alert for alert in reversed(self.outbox.alerts()) if alert.kind is kind]


@pytest.fixture
def notices(tmp_path: Path) -> Iterator[Notices]:
    """One alert, due at hour 1, the last check; and an administrator by mail."""
    with Database.open(url_of(tmp_path / "monitor.db")) as database:
        Recipients(database).register([Subscription(ADMIN, Role.ADMIN)], hour(0), "smtp")
        story = begin(database)
        tell(story, 1, READER)
        yield Notices(database, story, Outbox(database))


def test_where_all_goes_well_nobody_is_told(notices: Notices) -> None:
    assert notices.at(1.5, HOURLY) == 0
    assert len(notices.outbox.alerts()) == 1


def test_what_does_not_arrive_is_told_once_and_to_the_spare_where_mail_fails(notices: Notices) -> None:
    notices.outbox.refused(1, hour(1), "550 no such user")
    assert notices.at(2) == 2
    first, spare = notices.queued(AlertKind.UNDELIVERED)
    assert (first.recipient, spare.recipient) == (ADMIN, SPARE)
    assert (first.due_at, first.message_id.endswith("@monitor.example.org>")) == (hour(2), True)
    news = notices.outbox.letter(first.id).news
    assert isinstance(news, Undelivered)
    assert [(one.alert, one.last_error) for one in news.alerts] == [(1, "550 no such user")]
    assert (notices.at(3), notices.at(99)) == (0, 0)


def test_what_was_told_as_waiting_is_told_again_when_it_is_given_up(notices: Notices) -> None:
    notices.outbox.deferred(1, hour(1), hour(50), "no connection")
    assert (notices.at(3), notices.at(40)) == (2, 0)
    notices.outbox.deferred(1, hour(50), None, "no connection")
    assert (notices.at(51), notices.at(90)) == (2, 0)


def test_what_is_stuck_within_a_day_of_that_is_told_the_day_after(notices: Notices) -> None:
    notices.outbox.refused(1, hour(1), "550 no such user")
    notices.at(2)
    tell(notices.story, 3, READER)
    notices.outbox.refused(4, hour(3), "550 no such user")
    assert notices.at(25.9) == 0
    assert notices.at(26) == 2
    news = notices.outbox.letter(5).news
    assert isinstance(news, Undelivered)
    assert [one.alert for one in news.alerts] == [4]


def test_a_notice_that_does_not_arrive_is_no_news_itself(notices: Notices) -> None:
    notices.outbox.refused(1, hour(1), "550 no such user")
    notices.at(2)
    for number in (2, 3):
        notices.outbox.refused(number, hour(2), "550 no such user")
    assert notices.at(99) == 0


def test_a_page_that_nobody_looks_at_is_told_once_a_day(notices: Notices) -> None:
    notices.outbox.sent(1, hour(1))
    notices.story.fails(2)
    assert notices.at(3.9, HOURLY) == 0
    assert notices.at(5, DAILY) == 0
    assert notices.at(5, HOURLY) == 1
    (late,) = notices.queued(AlertKind.LATE)
    assert (late.recipient, late.watches) == (ADMIN, (ADDRESS,))
    assert notices.outbox.letter(late.id).news == WatchLate(ADDRESS, URL, hour(2), hour(1))
    notices.outbox.sent(late.id, hour(5))
    assert notices.at(28.9, HOURLY) == 0
    assert notices.at(29, HOURLY) == 1


def test_a_page_that_was_never_looked_at_is_not_late(notices: Notices) -> None:
    notices.outbox.sent(1, hour(1))
    never = Story.of(notices.database, "never").watch
    assert notices.at(99, Watch(never, URL, "0 * * * *")) == 0


def test_without_an_administrator_nobody_is_told_and_nothing_counts_as_told(notices: Notices) -> None:
    people = Recipients(notices.database)
    notices.outbox.refused(1, hour(1), "550 no such user")
    people.pause(ADMIN.address)
    assert notices.at(5, HOURLY) == 0
    people.resume(ADMIN.address, hour(5))
    assert notices.at(5, HOURLY) == 3
