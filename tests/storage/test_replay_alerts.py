"""What a replay makes of alerts that are not sent yet: they tell the new changes, or are called off."""

from __future__ import annotations

import pytest

from domain.alert import AlertKind, AlertState, ChangesFound
from domain.change import ChangeKind
from domain.page import Page
from domain.recipient import EVERYTHING, Wants
from schedules.replay import Reader, replay
from storage.database import Database
from storage.outbox import Outbox
from storage.replay import Replays
from tests.domain.records import page, report
from tests.storage.pages import ADMIN, READER, Story, digests, hour, owed

IN_DIGEST = digests(5, 29)


def by_letter(body: bytes) -> Page:
    """A page with a report for each letter of the body."""
    return page(*map(report, body.decode().strip(".")))


def cut(body: bytes) -> Page:
    """The reading of an older reader, which takes the first letter for the whole, and dots for edits."""
    letters = body.decode()
    return page(report(letters[0], text=f"Text {letters.count('.')}."))


def told_before(database: Database, watch: str, *bodies: bytes, wants: Wants = EVERYTHING, at: float = 0) -> Story:
    """Checks by the older reader, the changes of which go into READER's digest."""
    story = Story.of(database, watch)
    alerts = owed(AlertKind.CHANGES, READER, wants=wants, slots=IN_DIGEST)
    for number, body in enumerate(bodies):
        story.reads(cut(body), at + number / 10, body=body, owed=alerts if number else ())
    return story


def replayed(database: Database, watch: str) -> None:
    reader = Reader(2, lambda body, _url, _type: by_letter(body))
    assert replay(watch, replays=Replays(database), reader=reader, apply=True, note=lambda _: None)


def titles(outbox: Outbox, number: int = 1) -> dict[str, list[str]]:
    news = outbox.letter(number).news
    assert isinstance(news, ChangesFound)
    return {told.watch: [recorded.change.title for recorded in told.changes] for told in news.pages}


def test_a_digest_tells_the_new_changes_of_all_its_checks(database: Database, outbox: Outbox) -> None:
    told_before(database, "one", b"a", b"ab.", b"abc..")
    before = outbox.letter(1).alert
    assert before.subject == "2 edits: Report a"
    replayed(database, "one")
    (digest,) = outbox.alerts()
    assert titles(outbox) == {"one": ["Report b", "Report c"]}
    assert digest.subject == "2 older reports newly listed: Report b"
    assert (digest.message_id, digest.due_at, digest.state) == (before.message_id, hour(5), AlertState.PENDING)


def test_a_digest_no_longer_names_a_watch_of_which_it_has_nothing_left_to_tell(
    database: Database, outbox: Outbox
) -> None:
    told_before(database, "one", b"a", b"a.")
    told_before(database, "two", b"a", b"ab.", at=1)
    assert outbox.letter(1).alert.watches == ("one", "two")
    replayed(database, "one")
    (digest,) = outbox.alerts()
    assert (digest.watches, digest.state) == (("two",), AlertState.PENDING)
    assert titles(outbox) == {"two": ["Report a"]}
    assert digest.subject == "HMICFRS page edited: Report a"


def test_a_digest_with_nothing_left_to_tell_is_called_off_until_something_comes(
    database: Database, outbox: Outbox
) -> None:
    story = told_before(database, "one", b"a", b"a.", b"a..")
    replayed(database, "one")
    (digest,) = outbox.alerts()
    assert (digest.state, digest.next_attempt_at) == (AlertState.CANCELLED, None)
    story.reads(by_letter(b"ab"), 2, body=b"ab", owed=owed(AlertKind.CHANGES, READER, slots=IN_DIGEST))
    (again,) = outbox.alerts()
    assert (again.id, again.due_at, again.state) == (digest.id, digest.due_at, AlertState.PENDING)
    assert titles(outbox) == {"one": ["Report b"]}


def test_a_digest_is_called_off_where_nothing_is_left_that_its_reader_wants(database: Database, outbox: Outbox) -> None:
    edits = Wants(kinds=(ChangeKind.REPORT_CHANGED,))
    told_before(database, "one", b"a", b"ab.", wants=edits)
    replayed(database, "one")
    assert outbox.letter(1).alert.state is AlertState.CANCELLED


@pytest.mark.parametrize("state", [AlertState.SENT, AlertState.CANCELLED])
def test_what_was_sent_or_called_off_keeps_its_subject(database: Database, outbox: Outbox, state: AlertState) -> None:
    told_before(database, "one", b"a", b"ab.")
    if state is AlertState.SENT:
        outbox.sent(1, hour(5))
    else:
        outbox.cancel([1], "called off by hand")
    before = outbox.alerts()
    replayed(database, "one")
    assert outbox.alerts() == before


def test_what_failed_is_called_off_too_where_nothing_is_left(database: Database, outbox: Outbox) -> None:
    told_before(database, "one", b"a", b"a.")
    outbox.refused(1, hour(5), "550 no such user")
    replayed(database, "one")
    (alert,) = outbox.alerts()
    assert alert.state is AlertState.CANCELLED
    assert (alert.last_error or "").startswith("nothing is left to tell: a newer reader")
    assert outbox.retry(hour(6)) == 0


def test_the_alerts_of_another_watch_and_notices_stay_as_they_are(database: Database, outbox: Outbox) -> None:
    told_before(database, "two", b"a", b"a.")
    story = told_before(database, "one", b"a", at=1)
    story.fails(2, owed(AlertKind.TROUBLE, ADMIN))
    before = outbox.alerts()
    replayed(database, "one")
    assert outbox.alerts() == before
