"""What is not sent though it is due: to whom it may not go now, and what the administrator hears of what is stuck."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.alert import AlertKind, AlertState
from domain.recipient import Recipient, Role, Subscription
from storage.database import Database
from storage.outbox import LEASE, Outbox
from storage.recipients import Recipients
from tests.domain.records import page, report
from tests.storage.pages import ADMIN, READER, Story, hour, owed

OTHER = Recipient("other@example.org", "smtp")


@pytest.fixture
def owing(story: Story, outbox: Outbox, people: Recipients) -> Outbox:
    """Alerts 1 to READER, added by hand; 2 to OTHER, of the settings; 3 to who has no subscription; all due at 1."""
    people.register([Subscription(OTHER)], hour(0), "smtp")
    people.add(Subscription(READER), hour(0))
    number = {one.subscription.recipient: one.id for one in people.subscribers()}
    told = (
        *owed(AlertKind.CHANGES, READER, subscriber=number[READER]),
        *owed(AlertKind.CHANGES, OTHER, subscriber=number[OTHER]),
        *owed(AlertKind.CHANGES, ADMIN),
    )
    story.reads(page(), 0)
    story.reads(page(report("a")), 1, owed=told)
    return outbox


def claimed(outbox: Outbox, at: float = 1) -> list[int]:
    letters = iter(lambda: outbox.claim(hour(at), hour(at), due_only=False), None)
    return [letter.alert.id for letter in letters if letter is not None]


def numbers(alerts: tuple[object, ...]) -> list[int]:
    return [getattr(alert, "id", 0) for alert in alerts]


def test_everybody_who_is_here_is_sent_to(owing: Outbox) -> None:
    assert (numbers(owing.waiting(hour(1))), owing.undelivered(hour(1))) == ([3, 2, 1], 3)
    assert claimed(owing) == [1, 2, 3]


def test_nothing_is_sent_to_who_is_paused_until_the_pause_ends(owing: Outbox, people: Recipients) -> None:
    people.pause(READER.address)
    assert (numbers(owing.waiting(hour(1))), owing.undelivered(hour(1))) == ([3, 2], 2)
    assert claimed(owing) == [2, 3]
    people.resume(READER.address, hour(1))
    assert claimed(owing) == [1]


def test_what_failed_is_not_counted_while_its_recipient_is_paused(owing: Outbox, people: Recipients) -> None:
    owing.refused(1, hour(1), "550 no such user")
    assert owing.undelivered(hour(1)) == 3
    people.pause(READER.address)
    assert owing.undelivered(hour(1)) == 2
    assert owing.stuck(hour(1)) == ()


def test_nothing_is_sent_to_who_has_left_the_settings(owing: Outbox, people: Recipients) -> None:
    people.register([], hour(1), "smtp")
    assert (numbers(owing.waiting(hour(1))), owing.undelivered(hour(1))) == ([3, 1], 2)
    assert claimed(owing) == [1, 3]
    assert owing.letter(2).alert.state is AlertState.PENDING


def test_nothing_is_sent_to_who_was_removed(owing: Outbox, people: Recipients) -> None:
    people.remove(READER.address, hour(1))
    assert claimed(owing) == [2, 3]
    assert owing.letter(1).alert.state is AlertState.CANCELLED


ALLOWED = [
    ("reader@example.org", ("reader@example.org",), True),
    ("reader@example.org", ("READER@Example.ORG",), True),
    ("Reader@Example.org", ("reader@example.org",), True),
    ("reader@example.org", ("@example.org",), True),
    ("reader@example.org", ("@EXAMPLE.org",), True),
    ("reader@example.org", ("nobody@example.org", "@example.org"), True),
    ("reader@example.org", ("reader",), False),
    ("reader@example.org", ("example.org",), False),
    ("reader@example.org", ("@example",), False),
    ("reader@sub.example.org", ("@example.org",), False),
    ("reader@badexample.org", ("@example.org",), False),
    ("another.reader@example.org", ("reader@example.org",), False),
    ("reader@exampleXorg", ("@example_org",), False),
    ("reader@example.org", ("@%",), False),
    ("reader@example.org", ("%",), False),
    ("reader@example.org", (), False),
    ("Überblick", ("überblick",), True),
    ("Überblick", ("Überblick",), True),
    ("jörg@example.org", ("JÖRG@example.org",), True),
    ("ops", ("ops",), True),
    ("ops", ("@ops",), False),
]


@pytest.mark.parametrize(("address", "allow_only", "allowed"), ALLOWED)
def test_where_only_some_are_allowed_nobody_else_is_sent_to(
    database: Database, story: Story, address: str, allow_only: tuple[str, ...], allowed: bool
) -> None:
    recipient = Recipient(address, "smtp")
    story.reads(page(), 0)
    story.reads(page(report("a")), 1, owed=owed(AlertKind.CHANGES, recipient))
    kept = Outbox(database, allow_only)
    assert kept.allows(recipient) is allowed
    assert claimed(kept) == ([1] if allowed else [])
    # What is held back counts, so that it is not forgotten.
    assert (numbers(kept.waiting(hour(1))), kept.undelivered(hour(1))) == ([1], 1)


def test_without_a_list_everybody_is_allowed(outbox: Outbox) -> None:
    assert outbox.allows(READER)


class TestStuck:
    """What the administrator is to be told of."""

    def test_what_failed_is_stuck_at_once(self, owing: Outbox) -> None:
        owing.refused(2, hour(1), "550 no such user")
        assert numbers(owing.stuck(hour(1))) == [2]

    def test_what_waits_is_stuck_an_hour_after_it_was_due_whether_it_was_tried_or_not(self, owing: Outbox) -> None:
        owing.deferred(3, hour(1.5), hour(9), "451 later")
        owing.sent(2, hour(1.5))
        assert owing.stuck(hour(1.999)) == ()
        assert numbers(owing.stuck(hour(2))) == [1, 3]

    def test_what_is_on_its_way_is_not_stuck_unless_its_process_died(self, owing: Outbox) -> None:
        late = hour(2)
        assert owing.claim(late - timedelta(minutes=1), hour(1), due_only=True) is not None
        assert numbers(owing.stuck(late)) == [2, 3]
        assert numbers(owing.stuck(late - timedelta(minutes=1) + LEASE)) == [1, 2, 3]

    def test_what_is_held_back_on_purpose_is_not_stuck(self, owing: Outbox, database: Database) -> None:
        assert numbers(Outbox(database, ["nobody@example.org"]).stuck(hour(99))) == []
        assert numbers(owing.stuck(hour(99))) == [1, 2, 3]

    def test_what_arrived_or_was_called_off_is_not_stuck(self, owing: Outbox) -> None:
        for number in (1, 2, 3):
            owing.deferred(number, hour(1), hour(2), "451 later")
        owing.sent(1, hour(3))
        owing.cancel([2], "called off")
        assert numbers(owing.stuck(hour(3))) == [3]

    def test_what_waits_for_somebody_who_is_away_is_not_stuck(self, owing: Outbox, people: Recipients) -> None:
        for number in (1, 2):
            owing.deferred(number, hour(1), hour(2), "451 later")
        people.pause(READER.address)
        assert numbers(owing.stuck(hour(3))) == [2, 3]
        people.register([], hour(3), "smtp")
        assert numbers(owing.stuck(hour(3))) == [3]  # which has no subscription

    def test_an_administrator_s_alert_can_be_stuck_too(self, owing: Outbox, story: Story, people: Recipients) -> None:
        boss = Subscription(Recipient("boss@example.org", "smtp"), Role.ADMIN)
        people.register([Subscription(OTHER), boss], hour(1), "smtp")
        story.fails(2, owed(AlertKind.TROUBLE, boss.recipient, subscriber=3))
        owing.refused(4, hour(2), "550 no such user")
        assert numbers(owing.stuck(hour(1.9))) == [4]
