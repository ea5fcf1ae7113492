"""Histories read again: what a replay rewrites, what it leaves alone, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Table

from domain.alert import AlertState, ChangesFound
from domain.change import RecordedChange
from domain.check import Unchanged, Validators
from domain.page import Page
from domain.rebuild import rebuild
from domain.rereading import Rereading
from schedules.replay import Reader, ReplayRefused, replay, replay_if_needed
from scraper.errors import NotUnderstood
from storage.database import Database
from storage.history import History
from storage.outbox import Outbox
from storage.replay import Replays
from storage.tables import page_versions, report_versions, section_versions, snapshots
from storage.versions import Outline
from tests.domain.records import page, report, section
from tests.storage.pages import ADDRESS, START, URL, Story, answer, hour, url_of
from tests.storage.rereading import READER_2, REVISIONS, short_sighted, today, told
from tests.storage.workers import output_of, started


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Database]:
    """The history as it would be had today's reader read it from the start."""
    with Database.open(url_of(tmp_path / "control.db")) as database:
        told(database, today)
        yield database


def replayed(database: Database, reader: Reader = READER_2, *, apply: bool = True) -> list[Rereading]:
    notes: list[Rereading] = []
    replay(ADDRESS, replays=Replays(database), reader=reader, apply=apply, note=notes.append)
    return notes


def dump(database: Database) -> list[str]:
    """The whole database, as SQL."""
    with database.read() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        return list(driver.iterdump())


def without_numbers(changes: tuple[RecordedChange, ...]) -> list[RecordedChange]:
    return [replace(change, id=None) for change in changes]


def test_the_history_becomes_that_of_the_new_reader(database: Database, control: Database) -> None:
    told(database, short_sighted)
    replayed(database)
    mine, theirs = History(database), History(control)
    assert [snapshot.reader for snapshot in mine.snapshots()] == [2] * len(REVISIONS)
    assert [replace(snapshot, reader=1) for snapshot in mine.snapshots()] == list(theirs.snapshots())
    for number, body in enumerate(REVISIONS, start=1):
        assert repr(mine.page(number)) == repr(today(body))
    assert without_numbers(mine.changes(quiet=True)) == without_numbers(theirs.changes(quiet=True))
    for at in (None, hour(1), hour(3)):
        assert mine.reports(ADDRESS, at) == theirs.reports(ADDRESS, at)


def test_each_page_is_rebuilt_from_the_one_before_by_the_rewritten_changes(database: Database) -> None:
    told(database, short_sighted)
    replayed(database)
    history = History(database)
    for number in range(2, len(REVISIONS) + 1):
        changes = [recorded.change for recorded in history.changes_of_snapshot(number)]
        assert changes
        assert rebuild(history.page(number - 1), changes) == history.page(number)


@pytest.mark.parametrize("table", [page_versions, section_versions, report_versions])
def test_the_rewritten_intervals_have_neither_gaps_nor_overlaps(database: Database, table: Table) -> None:
    told(database, short_sighted)
    replayed(database)
    with database.read() as connection:
        outlines = {row["id"]: Outline.of(row["outline"]) for row in connection.execute(snapshots.select()).mappings()}
        versions = connection.execute(table.select()).mappings().all()
    for number, outline in outlines.items():
        held = [
            row
            for row in versions
            if row["first_snapshot"] <= number and (row["last_snapshot"] is None or row["last_snapshot"] >= number)
        ]
        stated = {
            page_versions: (outline.page,),
            section_versions: outline.sections,
            report_versions: outline.reports,
        }[table]
        assert sorted(row["id"] for row in held) == sorted(stated)
        assert len({row["lineage"] for row in held}) == len(held)


def test_the_reader_is_given_what_the_answer_said(database: Database) -> None:
    told(database, short_sighted, REVISIONS[0])
    given = []

    def read(*what: object) -> Page:
        given.append(what)
        return today(REVISIONS[0])

    replayed(database, Reader(2, read), apply=False)
    assert given == [(REVISIONS[0], URL, "text/html")]


def test_a_second_replay_finds_nothing_to_do(database: Database) -> None:
    told(database, short_sighted)
    assert all(note.due for note in replayed(database))
    before = dump(database)
    notes = replayed(database)
    assert not any(note.due or note.differs or note.added or note.removed for note in notes)
    assert dump(database) == before


def test_without_apply_it_only_tells(database: Database) -> None:
    told(database, short_sighted)
    before = dump(database)
    notes = replayed(database, apply=False)
    assert dump(database) == before
    assert [note.snapshot.id for note in notes] == [1, 2, 3, 4, 5]
    assert all(note.differs and note.records for note in notes)
    third = notes[2]
    (added,), (removed,) = third.added, third.removed
    assert (added.title, added.quiet) == ("Cleveland Police: National child protection inspection", False)
    assert removed.title == added.title[:30]
    assert (third.snapshot.reports, len(third.page.reports)) == (7, 8)


def test_a_reader_that_reads_alike_only_leaves_its_version(database: Database) -> None:
    told(database, today)
    before = History(database).changes(quiet=True)
    notes = replayed(database)
    assert all(note.due and not note.differs for note in notes)
    assert without_numbers(History(database).changes(quiet=True)) == without_numbers(before)
    assert {snapshot.reader for snapshot in History(database).snapshots()} == {2}


def test_a_date_that_is_only_written_otherwise_is_a_difference(database: Database) -> None:
    body, published = REVISIONS[1], today(REVISIONS[1]).reports[0].published
    assert published is not None

    def misspelt(body: bytes) -> Page:
        read = today(body)
        dated = replace(read.reports[0], published=replace(published, text="9 Feb"))
        return replace(read, reports=(dated, *read.reports[1:]))

    told(database, misspelt, body)
    (note,) = replayed(database)
    assert (note.differs, note.records) == (True, 1)
    assert repr(History(database).page(1)) == repr(today(body))


def test_alerts_stay_and_the_unsent_ones_tell_the_new_changes(database: Database, control: Database) -> None:
    told(database, short_sighted)
    outbox = Outbox(database)
    first = outbox.alerts()[-1]
    outbox.sent(first.id, hour(9))
    before = outbox.alerts()
    replayed(database)
    after = outbox.alerts()
    assert [replace(alert, subject="") for alert in after] == [replace(alert, subject="") for alert in before]
    assert after[-1].subject == first.subject
    theirs = {alert.created_at: alert.subject for alert in Outbox(control).alerts()}
    assert [alert.subject for alert in after[:-1]] == [theirs[alert.created_at] for alert in after[:-1]]
    news = outbox.letter(after[0].id).news
    assert isinstance(news, ChangesFound)
    (told_of,) = news.pages
    assert told_of.changes == tuple(c for c in History(database).changes_of_snapshot(5) if not c.change.quiet)


def test_an_alert_with_nothing_left_to_tell_is_called_off_and_kept(database: Database) -> None:
    def restless(body: bytes) -> Page:
        return replace(today(body), title=f"Reading of {len(body)} bytes")

    bodies = REVISIONS[1], REVISIONS[1] + b"<!-- later -->"
    told(database, restless, *bodies)
    outbox = Outbox(database)
    (alert,) = outbox.alerts(AlertState.PENDING)
    replayed(database)
    assert History(database).changes(quiet=True) == ()
    (called_off,) = outbox.alerts()
    reason = called_off.last_error or ""
    assert called_off == replace(alert, state=AlertState.CANCELLED, next_attempt_at=None, last_error=reason)
    assert reason.startswith("nothing is left to tell: a newer reader finds no such change")
    assert outbox.letter(alert.id).news == ChangesFound(())
    assert outbox.undelivered(hour(99)) == 0


def test_a_body_that_is_not_understood_refuses_the_watch_and_names_the_snapshot(database: Database) -> None:
    told(database, short_sighted)
    before = dump(database)
    notes: list[Rereading] = []
    with pytest.raises(ReplayRefused, match=r"child-protection: snapshot 3 .* nothing is rewritten: .*no title"):
        replay(ADDRESS, replays=Replays(database), reader=_blind_to(2), apply=True, note=notes.append)
    assert dump(database) == before
    assert [note.snapshot.id for note in notes] == [1, 2]


def test_a_fault_half_way_leaves_the_old_history(database: Database) -> None:
    told(database, short_sighted)
    before = dump(database)
    rereadings = replayed(database, apply=False)
    with pytest.raises(ValueError, match="every snapshot"):
        Replays(database).rewrite(ADDRESS, rereadings[:3])
    assert dump(database) == before


def test_another_watch_keeps_its_history(database: Database) -> None:
    told(database, short_sighted, *REVISIONS[1:3], watch="other")
    other = History(database).changes(watch="other", quiet=True), History(database).reports("other")
    told(database, short_sighted)
    replayed(database)
    assert (History(database).changes(watch="other", quiet=True), History(database).reports("other")) == other
    assert {snapshot.reader for snapshot in History(database).snapshots("other")} == {1}


def test_a_replay_that_is_killed_at_any_step_leaves_the_old_history(tmp_path: Path) -> None:
    with started("be_killed_while_replaying", tmp_path / "monitor.db") as killed:
        killings, readers, integrity = output_of(killed).split()
    assert int(killings) > 20
    assert (readers, integrity) == ("2", "ok")


class TestSights:
    """Checks that an older reader took for unchanged."""

    def unchanged(self, story: Story, at: float, body: bytes | None) -> None:
        story.finds(Unchanged(answer(body, etag=f'"{at}"') if body else None), at)

    def read(self, body: bytes, _url: str, _content_type: str | None) -> Page:
        """A page with a section for each line."""
        return page(report("a"), sections=tuple(section(line) for line in body.decode().split()))

    def old(self, database: Database) -> Story:
        """Read by one that overlooks sections: the second and third body differ in nothing that it sees."""
        story = Story.of(database)
        story.reads(page(report("a")), 0, body=b"One")
        self.unchanged(story, 1, None)
        self.unchanged(story, 2, b"One ")
        self.unchanged(story, 3, b"One Two")
        self.unchanged(story, 4, None)
        return story

    def test_what_was_overlooked_no_longer_confirms_and_is_fetched_again(self, database: Database) -> None:
        story = self.old(database)
        replayed(database, Reader(2, self.read))
        snapshot = story.archive.standing(ADDRESS).snapshot
        assert snapshot is not None
        assert (snapshot.confirmed_until, snapshot.validators) == (hour(2), Validators())
        assert [note.due for note in replayed(database, Reader(2, self.read))] == [False]
        assert [report.last_seen for report in History(database).reports(ADDRESS, hour(4))] == [hour(2)]

    def test_the_next_check_then_tells_it_with_true_bounds(self, database: Database) -> None:
        story = self.old(database)
        replayed(database, Reader(2, self.read))
        (change,) = story.reads(self.read(b"One Two", "", None), 5, body=b"One Two").changes
        assert (change.bounds.last_seen_before, change.bounds.first_seen_after) == (hour(2), hour(5))
        assert change.change.title == "Two"

    def test_a_later_reader_may_find_that_it_was_the_same_after_all(self, database: Database) -> None:
        story = self.old(database)
        replayed(database, Reader(2, self.read))
        replayed(database, Reader(3, lambda *_: page(report("a"))))
        snapshot = story.archive.standing(ADDRESS).snapshot
        assert snapshot is not None
        assert snapshot.confirmed_until == hour(4)


class TestBeforeACheck:
    """What a check asks for when the program is newer than the last snapshot."""

    def test_nothing_is_read_where_today_s_reader_read_the_last_snapshot(self, database: Database) -> None:
        told(database, today)
        latest = History(database).latest(ADDRESS)
        before = dump(database)
        never = Reader(1, _never)
        assert not replay_if_needed(latest, replays=Replays(database), reader=never)
        assert not replay_if_needed(None, replays=Replays(database), reader=never)
        assert dump(database) == before

    def test_an_older_reading_is_replaced(self, database: Database, control: Database) -> None:
        told(database, short_sighted)
        alerts = len(Outbox(database).alerts())
        assert replay_if_needed(History(database).latest(ADDRESS), replays=Replays(database), reader=READER_2)
        latest = History(database).latest(ADDRESS)
        assert latest is not None
        assert latest.reader == 2
        assert History(database).page(latest.id) == today(REVISIONS[-1])
        assert History(database).reports(ADDRESS) == History(control).reports(ADDRESS)
        assert len(Outbox(database).alerts()) == alerts
        assert not replay_if_needed(latest, replays=Replays(database), reader=READER_2)

    def test_what_is_not_understood_any_more_keeps_its_old_reading(self, database: Database) -> None:
        told(database, short_sighted)
        assert replay_if_needed(History(database).latest(ADDRESS), replays=Replays(database), reader=_blind_to(2))
        history = History(database)
        assert [snapshot.reader for snapshot in history.snapshots()] == [2, 2, 1, 2, 2]
        assert history.page(3) == short_sighted(REVISIONS[2])
        for number in range(2, len(REVISIONS) + 1):
            changes = [recorded.change for recorded in history.changes_of_snapshot(number)]
            assert rebuild(history.page(number - 1), changes) == history.page(number)


def _blind_to(revision: int) -> Reader:
    def read(body: bytes, url: str, content_type: str | None) -> Page:
        if body == REVISIONS[revision]:
            raise NotUnderstood(f"{url}: the page shows no title")
        return READER_2.read(body, url, content_type)

    return Reader(2, read)


def _never(*_given: object) -> Page:
    raise AssertionError(START)
