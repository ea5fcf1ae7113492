"""Alerts: claimed once, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.alert import AlertKind, AlertState
from domain.recipient import Recipient
from storage.outbox import LEASE, Outbox
from tests.domain.records import page, report
from tests.storage.pages import ADMIN, READER, Story, digests, hour, owed

ONE = page(report("a"), report("b"))
TWO = page(report("b", title="“Report b”"), report("c"), report("d"))


@pytest.fixture
def owing(story: Story, outbox: Outbox) -> Outbox:
    """An outbox of two alerts, due at hour 1: the reader's and the administrator's."""
    story.reads(ONE, 0)
    story.reads(TWO, 1, owed=owed(AlertKind.CHANGES, READER, ADMIN))
    return outbox


def claimed(outbox: Outbox, at: float, *, due_only: bool = True, without: tuple[str, ...] = ()) -> list[int]:
    """The numbers of all alerts that one run may deliver, in turn."""
    letters = iter(lambda: outbox.claim(hour(at), hour(at), due_only=due_only, without=without), None)
    return [letter.alert.id for letter in letters if letter is not None]


def test_message_ids_are_unique_on_the_domain_and_stay(owing: Outbox) -> None:
    ids = [alert.message_id for alert in owing.alerts()]
    assert len(set(ids)) == 2
    assert all(one.startswith("<") and one.endswith("@monitor.example.org>") for one in ids)
    owing.claim(hour(1), hour(1), due_only=True)
    owing.deferred(1, hour(1), hour(2), "451 later")
    assert [alert.message_id for alert in owing.alerts()] == ids


def test_the_oldest_due_alert_is_claimed_and_only_once(owing: Outbox) -> None:
    now = hour(1)
    letters = [owing.claim(now, now, due_only=True) for _ in range(3)]
    assert [letter and letter.alert.id for letter in letters] == [1, 2, None]
    assert letters[0] == owing.letter(1)


def test_a_claim_whose_process_died_runs_out(owing: Outbox) -> None:
    now = hour(1)
    assert owing.claim(now, now, due_only=True) is not None
    assert owing.claim(now, now, due_only=True) is not None
    almost = now + LEASE - timedelta(seconds=1)
    assert owing.claim(almost, almost, due_only=True) is None
    again = owing.claim(now + LEASE, now + LEASE, due_only=True)
    assert again is not None
    assert again.alert.id == 1


def test_nothing_is_sent_before_it_is_due_and_the_next_try_only_sooner_when_asked_for(owing: Outbox) -> None:
    early = hour(0.999)
    assert owing.claim(early, early, due_only=True) is None
    assert owing.claim(early, early, due_only=False) is None
    for number in (1, 2):
        owing.deferred(number, hour(1), hour(3), "451 later")
    assert owing.claim(hour(2), hour(2), due_only=True) is None
    letter = owing.claim(hour(2), hour(2), due_only=False)
    assert letter is not None
    assert letter.alert.id == 1


def test_what_is_due_first_is_sent_first_whenever_it_was_made(story: Story, outbox: Outbox) -> None:
    story.reads(page(), 0)
    story.reads(page(report("a")), 1, owed=owed(AlertKind.CHANGES, READER, slots=digests(5)))
    story.reads(page(report("b")), 2, owed=owed(AlertKind.CHANGES, ADMIN))
    story.reads(page(report("c")), 6, owed=owed(AlertKind.CHANGES, ADMIN))
    assert claimed(outbox, 6) == [2, 1, 3]


def test_a_digest_waits_for_its_time_even_when_asked_for(story: Story, outbox: Outbox) -> None:
    story.reads(page(), 0)
    story.reads(page(report("a")), 1, owed=owed(AlertKind.CHANGES, READER, slots=digests(5)))
    for due_only in (True, False):
        assert claimed(outbox, 4.999, due_only=due_only) == []
    assert (outbox.waiting(hour(4.999)), outbox.undelivered(hour(4.999)), outbox.retry(hour(4.999))) == ((), 0, 0)
    assert [alert.id for alert in outbox.waiting(hour(5))] == [1]
    assert (outbox.undelivered(hour(5)), outbox.retry(hour(5))) == (1, 1)
    assert claimed(outbox, 5) == [1]


def test_one_that_kills_its_process_does_not_keep_the_others_from_being_sent(owing: Outbox) -> None:
    now = hour(1)
    poison = owing.claim(now, now, due_only=True)  # and the process dies
    assert poison is not None
    assert poison.alert.id == 1
    later = now + LEASE
    first, second = (owing.claim(later, later, due_only=True) for _ in range(2))
    assert first is not None
    assert second is not None
    assert [first.alert.id, second.alert.id] == [2, 1]


def test_of_those_whose_claims_ran_out_the_one_tried_longest_ago_comes_first(owing: Outbox) -> None:
    for number, at in ((1, 1.0), (2, 1.1)):
        letter = owing.claim(hour(at), hour(at), due_only=True)
        assert letter is not None
        assert letter.alert.id == number
    assert claimed(owing, 2) == [1, 2]


def test_a_channel_may_be_left_out(story: Story, outbox: Outbox) -> None:
    story.reads(page(), 0)
    local, hook = Recipient("reader@example.org", "maildir"), Recipient("ops", "webhook")
    story.reads(page(report("a")), 1, owed=owed(AlertKind.CHANGES, READER, local, hook))
    assert claimed(outbox, 1, without=("smtp", "webhook")) == [2]
    assert claimed(outbox, 1, without=("maildir",)) == [1, 3]


def test_what_this_run_has_tried_is_left_for_the_next(owing: Outbox) -> None:
    begun = hour(1)
    for _ in range(2):
        letter = owing.claim(begun, begun, due_only=True)
        assert letter is not None
        owing.deferred(letter.alert.id, hour(1.1), hour(1.1), "451 later")
    assert owing.claim(hour(1.2), begun, due_only=True) is None
    assert owing.claim(hour(1.3), hour(1.3), due_only=True) is not None


def test_what_became_of_an_alert_is_kept(owing: Outbox) -> None:
    owing.deferred(1, hour(1), hour(2), "451 later")
    owing.refused(2, hour(1), "550 no such user")
    refused, deferred = owing.alerts()
    assert (deferred.state, deferred.attempts, deferred.next_attempt_at) == (AlertState.PENDING, 1, hour(2))
    assert deferred.last_error == "451 later"
    assert (refused.state, refused.attempts, refused.next_attempt_at) == (AlertState.FAILED, 1, None)
    owing.sent(1, hour(2))
    (sent,) = owing.alerts(AlertState.SENT)
    assert (sent.attempts, sent.next_attempt_at, sent.last_error) == (2, None, None)
    assert owing.undelivered(hour(2)) == 1


def test_what_is_given_up_has_failed(owing: Outbox) -> None:
    owing.deferred(1, hour(3), None, "given up")
    (failed,) = owing.alerts(AlertState.FAILED)
    assert (failed.id, failed.attempts, failed.next_attempt_at, failed.last_error) == (1, 1, None, "given up")


def test_what_is_no_longer_pending_can_only_be_sent(owing: Outbox) -> None:
    owing.refused(1, hour(1), "550 no such user")
    owing.cancel([2], "called off")
    before = owing.alerts()
    for number in (1, 2):
        owing.deferred(number, hour(2), hour(3), "451 later")
        owing.refused(number, hour(2), "550 never")
    assert owing.alerts() == before
    for number in (1, 2):
        owing.sent(number, hour(2))
    assert [(one.state, one.last_error) for one in owing.alerts()] == [(AlertState.SENT, None)] * 2


def test_a_late_loser_of_its_claim_does_not_unsend(owing: Outbox) -> None:
    owing.sent(1, hour(1))
    owing.deferred(1, hour(2), hour(3), "timed out")
    assert owing.letter(1).alert.state is AlertState.SENT


def test_a_retry_makes_the_undelivered_due_and_keeps_claims_that_hold(owing: Outbox) -> None:
    now = hour(2)
    owing.refused(1, hour(1), "550 no such user")
    assert owing.claim(now, now, due_only=True) is not None
    assert owing.retry(now) == 2
    assert claimed(owing, 2) == [1]


def test_a_retry_of_one_touches_no_other_and_none_that_was_sent(owing: Outbox) -> None:
    owing.refused(1, hour(1), "550 no such user")
    owing.sent(2, hour(1))
    assert [owing.retry(hour(2), 2), owing.retry(hour(2), 99), owing.retry(hour(2), 1)] == [0, 0, 1]
    assert owing.undelivered(hour(2)) == 1


def test_an_alert_that_was_given_up_may_be_tried_again_and_is_then_due_at_once(owing: Outbox) -> None:
    owing.refused(1, hour(1), "550 no such user")
    assert claimed(owing, 2) == [2]
    assert owing.retry(hour(3), 1) == 1
    assert owing.letter(1).alert.next_attempt_at == hour(3)
    assert claimed(owing, 3) == [1, 2]


def test_what_is_called_off_is_never_sent_nor_tried_again(owing: Outbox) -> None:
    owing.refused(2, hour(1), "550 no such user")
    assert owing.cancel([1, 2, 99], "called off by hand") == (1, 2)
    assert [(one.state, one.next_attempt_at, one.last_error) for one in owing.alerts()] == [
        (AlertState.CANCELLED, None, "called off by hand")
    ] * 2
    assert owing.retry(hour(2)) == 0
    assert claimed(owing, 2, due_only=False) == []
    assert (owing.undelivered(hour(2)), owing.waiting(hour(2))) == (0, ())
    assert owing.cancel([1, 2], "called off again") == ()
    assert {one.last_error for one in owing.alerts()} == {"called off by hand"}


def test_what_was_sent_cannot_be_called_off(owing: Outbox) -> None:
    owing.sent(1, hour(1))
    assert owing.cancel([1], "too late") == ()
    assert owing.letter(1).alert.state is AlertState.SENT


def test_what_is_called_off_while_it_is_sent_was_sent(owing: Outbox) -> None:
    assert owing.claim(hour(1), hour(1), due_only=True) is not None
    assert owing.cancel([1], "too late") == (1,)
    owing.sent(1, hour(1.1))
    alert = owing.letter(1).alert
    assert (alert.state, alert.last_error, alert.attempts) == (AlertState.SENT, None, 1)


def test_alerts_are_listed_newest_first_by_state_and_by_number(owing: Outbox) -> None:
    owing.sent(1, hour(1))
    assert [alert.id for alert in owing.alerts()] == [2, 1]
    assert [alert.id for alert in owing.alerts(AlertState.SENT)] == [1]
    assert [alert.id for alert in owing.numbered([1, 2, 99])] == [2, 1]
    assert owing.numbered([]) == ()
    assert [alert.id for alert in owing.waiting(hour(1))] == [2]
