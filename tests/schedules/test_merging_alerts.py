"""An import alerts nobody, and no alert that is due is lost, told otherwise or told twice for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.alert import AlertState, ChangesFound
from domain.owed import Audience
from domain.recipient import EVERYTHING, Recipient, Subscription
from storage.history import History
from storage.outbox import Outbox
from storage.recipients import Recipients
from tests.schedules.past import NOBODY, Scene, at, capture, page

READER = Recipient("reader@example.org", "smtp")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene.of(tmp_path / "monitor.db")
    Recipients(scene.database).add(Subscription(READER), at(0))
    yield scene
    scene.database.close()


def everybody(scene: Scene) -> Audience:
    return replace(NOBODY, subscribers=Recipients(scene.database).subscribers())


def told(scene: Scene) -> list[str]:
    """What the one alert tells."""
    (alert,) = Outbox(scene.database).alerts()
    news = Outbox(scene.database).letter(alert.id).news
    assert isinstance(news, ChangesFound)
    return [recorded.change.title for page in news.pages for recorded in page.changes]


def test_nobody_is_told_of_what_is_imported_by_mail_or_feed(scene: Scene) -> None:
    scene.looks(10, page(1), everybody(scene))
    assert scene.brings(capture(0, page(1, without=[0])), capture(4, page(1, without=[1]))).placed == 2
    assert len(scene.history.changes()) > 0
    assert Outbox(scene.database).alerts() == ()
    assert History(scene.database).recent(EVERYTHING, 10) == ()


def test_the_first_check_after_captures_alone_alerts_nobody_and_the_next_one_does(scene: Scene) -> None:
    scene.brings(capture(0, page(1, without=[0])))
    assert scene.looks(5, page(1), everybody(scene)).queued == 0
    assert scene.looks(6, page(2), everybody(scene)).queued == 1


@pytest.mark.parametrize("tried", [False, True])
def test_what_an_unsent_alert_tells_stays_what_it_is(scene: Scene, tried: bool) -> None:
    scene.looks(0, page(1, without=[0]), everybody(scene))
    scene.looks(5, page(1, without=[0]), everybody(scene))
    assert scene.looks(8, page(1), everybody(scene)).queued == 1
    outbox = Outbox(scene.database)
    (alert,) = outbox.alerts()
    if tried:
        assert outbox.claim(at(8), at(8), due_only=True)
        outbox.deferred(alert.id, at(8), at(9), "no answer")
    before = outbox.letter(alert.id)
    merged = scene.brings(capture(3, page(1, without=[0, 1])), capture(7, page(1)))
    assert (merged.placed, merged.left) == ((0, 2) if tried else (1, 1))
    assert "an alert is not sent yet" in (merged.why_left or "")
    assert told(scene) == ["Metropolitan Police"]
    if tried:
        assert outbox.letter(alert.id) == before
    outbox.sent(alert.id, at(9))
    assert scene.merges().left == 0
    assert scene.faults() == []
    assert [one.state for one in outbox.alerts()] == [AlertState.SENT]


def test_a_report_that_captures_show_to_be_an_old_acquaintance_is_told_as_one(scene: Scene) -> None:
    scene.looks(10, page(1, without=[2]), everybody(scene))
    scene.brings(capture(0, page(1)), capture(5, page(1, without=[2])))
    assert scene.looks(11, page(1), everybody(scene)).queued == 1
    (alert,) = Outbox(scene.database).alerts()
    assert alert.subject == "HMICFRS report listed again: Kent Police"
    (added, *_) = scene.history.changes()
    assert added.change.first_seen == at(0)
