"""Alerts: claimed once, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.alert import AlertKind, AlertState, ChangesFound, TroubleFound, TroubleOver
from storage.errors import UnknownAlert
from storage.history import History
from storage.outbox import LEASE, Outbox
from tests.domain.records import page, report
from tests.storage.pages import ADMIN, READER, URL, Story, hour, owed

ONE = page(report("a"), report("b"))
TWO = page(report("b", title="“Report b”"), report("c"), report("d"))


@pytest.fixture
def owing(story: Story, outbox: Outbox) -> Outbox:
    """An outbox of two alerts, due at hour 1: the reader's and the administrator's."""
    story.reads(ONE, 0)
    story.reads(TWO, 1, owed=owed(AlertKind.CHANGES, READER, ADMIN))
    return outbox


def test_a_letter_tells_the_loud_changes_in_page_order(owing: Outbox, history: History) -> None:
    letter = owing.letter(1)
    assert isinstance(letter.news, ChangesFound)
    assert letter.page_url == URL
    assert letter.news.page_title == TWO.title
    assert letter.news.changes == history.changes()
    assert [item.change.kind.value for item in letter.news.changes] == [
        "report-added",
        "report-added",
        "report-removed",
    ]


def test_a_letter_of_trouble_tells_since_when_even_after_it_is_over(story: Story, outbox: Outbox) -> None:
    story.reads(ONE, 0)
    story.fails(1)
    story.suspects(2, owed=owed(AlertKind.TROUBLE, ADMIN))
    story.sees_the_same(3)
    assert outbox.letter(1).news == TroubleFound("suspect", "a maintenance page", hour(1), hour(0))


def test_a_page_that_was_never_well_has_no_last_good_check(story: Story, outbox: Outbox) -> None:
    story.fails(1, owed(AlertKind.TROUBLE, ADMIN))
    assert outbox.letter(1).news == TroubleFound("failed", "no answer within 20 seconds", hour(1), None)


def test_a_letter_of_recovery_tells_when_the_trouble_began(story: Story, outbox: Outbox) -> None:
    story.fails(1, owed(AlertKind.TROUBLE, ADMIN))
    story.fails(2)
    story.reads(ONE, 3, owed=owed(AlertKind.RECOVERY, ADMIN))
    assert outbox.letter(2).news == TroubleOver(hour(1), hour(3))


def test_message_ids_are_unique_on_the_domain_and_stay(owing: Outbox) -> None:
    ids = [alert.message_id for alert in owing.alerts()]
    assert len(set(ids)) == 2
    assert all(one.startswith("<") and one.endswith("@monitor.example.org>") for one in ids)
    owing.claim(hour(1), hour(1), due_only=True)
    owing.deferred(1, hour(1), hour(2), "451 later")
    assert [alert.message_id for alert in owing.alerts()] == ids


def test_the_oldest_due_alert_is_claimed_and_only_once(owing: Outbox) -> None:
    now = hour(1)
    claimed = [owing.claim(now, now, due_only=True) for _ in range(3)]
    assert [letter and letter.alert.id for letter in claimed] == [1, 2, None]
    assert claimed[0] == owing.letter(1)


def test_a_claim_whose_process_died_runs_out(owing: Outbox) -> None:
    now = hour(1)
    assert owing.claim(now, now, due_only=True) is not None
    assert owing.claim(now, now, due_only=True) is not None
    almost = now + LEASE - timedelta(seconds=1)
    assert owing.claim(almost, almost, due_only=True) is None
    again = owing.claim(now + LEASE, now + LEASE, due_only=True)
    assert again is not None
    assert again.alert.id == 1


def test_an_alert_is_not_due_before_its_time_but_can_be_asked_for(owing: Outbox) -> None:
    early = hour(0.5)
    assert owing.claim(early, early, due_only=True) is None
    assert owing.claim(early, early, due_only=False) is not None


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
    assert (owing.alerts(AlertState.SENT)[0].attempts, owing.undelivered()) == (2, 1)
    owing.deferred(2, hour(3), None, "given up")
    assert owing.alerts(AlertState.FAILED)[0].last_error == "given up"


def test_a_late_loser_of_its_claim_does_not_unsend(owing: Outbox) -> None:
    owing.sent(1, hour(1))
    owing.deferred(1, hour(2), hour(3), "timed out")
    assert owing.letter(1).alert.state is AlertState.SENT


def test_a_retry_makes_the_undelivered_due_and_keeps_claims_that_hold(owing: Outbox) -> None:
    now = hour(2)
    owing.refused(1, hour(1), "550 no such user")
    assert owing.claim(now, now, due_only=True) is not None
    assert owing.retry(now) == 2
    claimed = [owing.claim(now, now, due_only=True) for _ in range(2)]
    assert [letter and letter.alert.id for letter in claimed] == [1, None]


def test_a_retry_of_one_touches_no_other_and_none_that_was_sent(owing: Outbox) -> None:
    owing.refused(1, hour(1), "550 no such user")
    owing.sent(2, hour(1))
    assert [owing.retry(hour(2), 2), owing.retry(hour(2), 99), owing.retry(hour(2), 1)] == [0, 0, 1]
    assert owing.undelivered() == 1


def test_an_unknown_alert_is_told(outbox: Outbox) -> None:
    with pytest.raises(UnknownAlert, match="7: no such alert"):
        outbox.letter(7)
