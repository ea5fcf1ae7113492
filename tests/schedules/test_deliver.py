"""A round of delivery: what is tried, what becomes of it, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.alert import Alert, AlertState, Backoff, Letter
from domain.recipient import Recipient, Subscription, Wants
from notifier.errors import ChannelDown, Deferred, NotifierError, Refused
from schedules.deliver import Delivery, deliver
from storage.database import Database
from storage.outbox import LEASE, Outbox
from storage.recipients import Recipients
from tests.schedules.outboxes import Clock, begin, tell
from tests.storage.pages import Story, digests, hour, url_of

A, B, C = (Recipient(f"{name}@example.org", "smtp") for name in "abc")
LOCAL, HOOK = Recipient("a@example.org", "maildir"), Recipient("ops", "webhook")
MINUTE = timedelta(minutes=1)


@dataclass
class Post:
    """Takes letters, but for those of recipients with a fault."""

    faults: dict[Recipient, Exception] = field(default_factory=dict)
    tried: list[int] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def __call__(self, letter: Letter) -> None:
        self.tried.append(letter.alert.id)
        self.meanwhile()
        if fault := self.faults.get(letter.alert.recipient):
            raise fault


@dataclass
class Round:
    """An outbox, the way out of it, and the clock of both."""

    story: Story
    outbox: Outbox
    clock: Clock
    post: Post

    def __call__(self, *, due_only: bool = True, backoff: Backoff | None = None) -> Delivery:
        self.post.tried.clear()
        return deliver(self.outbox, self.post, clock=self.clock, backoff=backoff or Backoff(), due_only=due_only)

    def alert(self, number: int) -> Alert:
        return self.outbox.letter(number).alert


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(url_of(tmp_path / "monitor.db")) as opened:
        yield opened


@pytest.fixture
def a_round(database: Database) -> Round:
    """A round at hour 2, with no alert yet."""
    return Round(begin(database), Outbox(database), Clock(hour(2)), Post())


def numbers(alerts: tuple[Alert, ...]) -> list[int]:
    return [alert.id for alert in alerts]


def test_all_that_is_due_is_sent_the_oldest_first(a_round: Round) -> None:
    tell(a_round.story, 1, A, LOCAL)
    tell(a_round.story, 1.5, B)
    tell(a_round.story, 1.6, C, slots=digests(5))
    delivery = a_round()
    assert a_round.post.tried == [1, 2, 3]
    assert (numbers(delivery.sent), delivery.undelivered) == ([1, 2, 3], ())
    assert [a_round.alert(number).state for number in (1, 2, 3, 4)] == [AlertState.SENT] * 3 + [AlertState.PENDING]
    assert a_round() == Delivery((), ())
    assert a_round.post.tried == []


def test_a_channel_that_is_down_is_left_alone_and_the_others_go_on(a_round: Round) -> None:
    tell(a_round.story, 1, A, LOCAL, B, HOOK, C)
    a_round.post.faults[A] = ChannelDown("no connection")
    delivery = a_round()
    assert a_round.post.tried == [1, 2, 4]
    assert (numbers(delivery.sent), numbers(delivery.undelivered)) == ([2, 4], [5, 3, 1])
    first, untried = a_round.alert(1), a_round.alert(3)
    assert (first.attempts, first.last_error, first.next_attempt_at) == (1, "no connection", hour(2) + MINUTE)
    assert (untried.attempts, untried.last_error, untried.next_attempt_at) == (0, None, hour(1))


def test_several_channels_may_be_down(a_round: Round) -> None:
    tell(a_round.story, 1, A, LOCAL, HOOK, B)
    a_round.post.faults |= {A: ChannelDown("no connection"), HOOK: ChannelDown("no route")}
    assert numbers(a_round().sent) == [2]
    assert a_round.post.tried == [1, 2, 3]


def test_a_channel_that_was_down_is_asked_again_in_the_next_round(a_round: Round) -> None:
    tell(a_round.story, 1, A, B)
    a_round.post.faults[A] = ChannelDown("no connection")
    a_round()
    assert a_round.post.tried == [1]
    assert numbers(a_round().sent) == [2]  # the first is not due yet
    a_round.clock.forward(MINUTE)
    a_round.post.faults.clear()
    assert numbers(a_round().sent) == [1]


@pytest.mark.parametrize("fault", [Deferred("451 later"), NotifierError("something new")])
def test_one_message_that_is_not_taken_now_keeps_no_other_back(a_round: Round, fault: Exception) -> None:
    tell(a_round.story, 1, A, B)
    a_round.post.faults[A] = fault
    delivery = a_round()
    assert (numbers(delivery.sent), numbers(delivery.undelivered)) == ([2], [1])
    (left,) = delivery.undelivered
    assert left == a_round.alert(1)
    assert (left.state, left.attempts, left.next_attempt_at) == (AlertState.PENDING, 1, hour(2) + MINUTE)
    assert left.last_error == str(fault)


def test_what_is_refused_has_failed_and_is_told_as_undelivered_once(a_round: Round) -> None:
    tell(a_round.story, 1, A, B)
    a_round.post.faults[A] = Refused("550 no such user")
    delivery = a_round()
    assert (numbers(delivery.sent), numbers(delivery.undelivered)) == ([2], [1])
    (left,) = delivery.undelivered
    assert (left.state, left.attempts, left.last_error) == (AlertState.FAILED, 1, "550 no such user")
    assert a_round(due_only=False) == Delivery((), ())


def test_what_is_due_for_too_long_is_given_up(a_round: Round) -> None:
    tell(a_round.story, 1, A, B)
    a_round.post.faults |= {A: Deferred("451 later"), B: ChannelDown("no connection")}
    delivery = a_round(backoff=Backoff(give_up_after=timedelta(hours=1)))
    assert [(one.id, one.state, one.last_error) for one in delivery.undelivered] == [
        (2, AlertState.FAILED, "no connection"),
        (1, AlertState.FAILED, "451 later"),
    ]


def test_the_next_try_comes_by_the_backoff(a_round: Round) -> None:
    tell(a_round.story, 1, A)
    a_round.post.faults[A] = Deferred("451 later")
    backoff = Backoff(timedelta(seconds=10), timedelta(seconds=35))
    waits = []
    for _ in range(4):
        a_round(backoff=backoff)
        waits.append((a_round.alert(1).next_attempt_at or hour(0)) - a_round.clock.now)
        a_round.clock.now += waits[-1]
    assert waits == [timedelta(seconds=seconds) for seconds in (10, 20, 35, 35)]
    assert a_round.alert(1).attempts == 4


def test_only_when_asked_is_tried_what_is_not_due_again(a_round: Round) -> None:
    tell(a_round.story, 1, A)
    a_round.post.faults[A] = Deferred("451 later")
    a_round()
    a_round.clock.forward(MINUTE / 2)
    assert numbers(a_round().undelivered) == [1]
    assert a_round.post.tried == []
    a_round(due_only=False)
    assert a_round.post.tried == [1]


@pytest.mark.parametrize("by", [timedelta(), timedelta(hours=1), timedelta(hours=-1), timedelta(microseconds=-1)])
def test_each_is_tried_once_in_a_round_whatever_the_clock_does(a_round: Round, by: timedelta) -> None:
    tell(a_round.story, 1, A, B)
    a_round.post.faults |= {A: Deferred("451 later"), B: Deferred("451 later")}
    a_round.post.meanwhile = lambda: a_round.clock.forward(by) if len(a_round.post.tried) < 5 else pytest.fail("again")
    a_round(due_only=False)
    assert a_round.post.tried == [1, 2]


def test_an_alert_with_nothing_left_to_tell_is_called_off_and_not_sent(a_round: Round) -> None:
    tell(a_round.story, 1, A, wants=Wants(words=("zebra",)))
    tell(a_round.story, 1.5, B)
    delivery = a_round()
    assert a_round.post.tried == [2]
    assert (numbers(delivery.sent), delivery.undelivered) == ([2], ())
    alert = a_round.alert(1)
    assert (alert.state, alert.last_error, alert.attempts) == (AlertState.CANCELLED, "nothing is left to tell", 0)


def test_what_waits_for_somebody_who_is_paused_is_neither_sent_nor_undelivered(
    a_round: Round, database: Database
) -> None:
    people = Recipients(database)
    number = people.add(Subscription(A), hour(0)).id
    tell(a_round.story, 1, B)
    tell(a_round.story, 1.5, A, subscriber=number)
    people.pause(A.address)
    delivery = a_round()
    assert (numbers(delivery.sent), delivery.undelivered) == ([1], ())


def test_a_defect_ends_the_round_and_the_next_one_begins_with_the_others(a_round: Round) -> None:
    tell(a_round.story, 1, A, B, C)
    a_round.post.faults[A] = ZeroDivisionError("a defect")
    with pytest.raises(ZeroDivisionError):
        a_round()
    assert a_round.post.tried == [1]
    assert numbers(a_round().sent) == [2, 3]
    a_round.clock.forward(LEASE)
    tell(a_round.story, 1.5, B)
    with pytest.raises(ZeroDivisionError):
        a_round()
    assert a_round.post.tried == [4, 1]
    assert a_round.alert(1).state is AlertState.PENDING


class TestThen:
    """Two deliveries as one."""

    @pytest.fixture
    def alerts(self, a_round: Round) -> dict[int, Alert]:
        tell(a_round.story, 1, A, B, C, LOCAL, HOOK)
        return {alert.id: alert for alert in a_round.outbox.alerts()}

    def test_what_was_sent_by_either_was_sent(self, alerts: dict[int, Alert]) -> None:
        both = Delivery((alerts[1], alerts[2]), ()).then(Delivery((alerts[3],), ()))
        assert both == Delivery((alerts[1], alerts[2], alerts[3]), ())

    def test_what_the_later_one_sent_is_left_undelivered_by_none(self, alerts: dict[int, Alert]) -> None:
        both = Delivery((), (alerts[1], alerts[2])).then(Delivery((alerts[1],), (alerts[2], alerts[3])))
        assert both == Delivery((alerts[1],), (alerts[2], alerts[3]))

    def test_what_the_first_gave_up_is_left_undelivered_and_named_once(self, alerts: dict[int, Alert]) -> None:
        failed = replace(alerts[1], state=AlertState.FAILED, next_attempt_at=None)
        assert Delivery((), (failed, alerts[2])).then(Delivery((), ())).undelivered == (failed,)
        both = Delivery((), (failed,)).then(Delivery((), (alerts[2], failed)))
        assert sorted(numbers(both.undelivered)) == [1, 2]
