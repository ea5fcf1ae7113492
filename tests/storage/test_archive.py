"""What a check stores: each finding's rows, and pages that come back exactly."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from domain.alert import AlertKind
from domain.check import Accepted, Outcome, Trouble, Unchanged, Validators
from domain.compare import compare
from domain.page import Page, PublicationDate
from domain.rebuild import rebuild, reverse
from domain.watch import Watch
from storage.archive import Archive
from storage.database import Database
from storage.errors import UnknownSnapshot, UnknownWatch
from storage.history import History
from tests.domain.records import page, pages, report, section
from tests.storage.pages import ADDRESS, ADMIN, READER, Story, answer, hour, owed, url_of

FIRST = page(report("a"), report("b"), sections=(section("Reviews"),))
SECOND = page(report("b"), report("a", text="We made a promise."), report("c"), sections=(section("Reviews"),))


def exact(state: Page) -> str:
    """Tells apart what equality does not: the text of a date."""
    return repr(state)


@settings(max_examples=40, deadline=None)
@given(st.lists(pages, min_size=1, max_size=5))
def test_every_page_comes_back_exactly_and_its_changes_lead_to_it_and_back(states: list[Page]) -> None:
    with tempfile.TemporaryDirectory() as folder, Database.open(url_of(Path(folder) / "m.db")) as database:
        story, history = Story.of(database), History(database)
        stored = [story.reads(state, at) for at, state in enumerate(states)]
        ids = [one.check.snapshot or 0 for one in stored]
        assert [exact(history.page(number)) for number in ids] == [exact(state) for state in states]
        for before, after, one in zip(ids, ids[1:], stored[1:], strict=False):
            recorded = history.changes_of_snapshot(after)
            assert recorded == one.changes
            changes = tuple(item.change for item in recorded)
            assert exact(rebuild(history.page(before), changes)) == exact(history.page(after))
            assert exact(rebuild(history.page(after), reverse(changes))) == exact(history.page(before))


def test_the_first_state_is_a_baseline_and_a_later_one_has_changes_between_bounds(story: Story) -> None:
    first = story.reads(FIRST, 0)
    story.sees_the_same(1)
    later = story.reads(SECOND, 2)
    assert (first.check.outcome, first.changes) == (Outcome.BASELINE, ())
    assert later.check.outcome is Outcome.CHANGED
    assert tuple(item.change for item in later.changes) == compare(FIRST, SECOND)
    assert {(item.bounds.last_seen_before, item.bounds.first_seen_after) for item in later.changes} == {
        (hour(1), hour(2))
    }
    assert {(item.from_snapshot, item.to_snapshot) for item in later.changes} == {
        (first.check.snapshot, later.check.snapshot)
    }


def test_a_confirmed_state_gets_the_new_validators_and_keeps_the_new_bytes(story: Story, history: History) -> None:
    story.reads(FIRST, 0, body=b"one nonce")
    story.sees_the_same(1, answer(b"another nonce", etag='"new"'))
    told = story.sees_the_same(2)
    standing = story.archive.standing(ADDRESS)
    assert standing.snapshot is not None
    assert standing.snapshot.validators == Validators('"new"', None)
    assert standing.snapshot.confirmed_until == hour(2)
    assert standing.last_good == hour(2)
    assert (told.check.outcome, told.check.http_status) == (Outcome.UNCHANGED, 304)
    assert history.body(standing.snapshot.id) == b"one nonce"


def test_a_clock_that_went_back_takes_nothing_from_what_was_confirmed(story: Story) -> None:
    story.reads(FIRST, 5)
    story.sees_the_same(3)
    standing = story.archive.standing(ADDRESS)
    assert standing.snapshot is not None
    assert standing.snapshot.confirmed_until == hour(5)
    assert standing.last_good == hour(5)


def test_a_suspect_answer_and_a_failure_leave_the_base_and_its_validators_alone(story: Story) -> None:
    story.reads(FIRST, 0)
    before = story.archive.standing(ADDRESS).snapshot
    suspect, failed = story.suspects(1), story.fails(2)
    after = story.archive.standing(ADDRESS)
    assert after.snapshot == before
    assert after.last_check == failed.check
    assert after.last_good == hour(0)
    assert (suspect.check.outcome, suspect.check.reason) == (Outcome.SUSPECT, "a maintenance page")
    assert (suspect.check.http_status, suspect.check.snapshot) == (200, None)
    assert (failed.check.outcome, failed.check.http_status) == (Outcome.FAILED, None)


def test_trouble_counts_up_is_told_once_and_ends_with_a_good_check(story: Story) -> None:
    story.reads(FIRST, 0)
    story.fails(1)
    assert story.archive.standing(ADDRESS).trouble == Trouble(hour(1), 1, told=False)
    story.fails(2, owed(AlertKind.TROUBLE, ADMIN))
    story.suspects(3)
    assert story.archive.standing(ADDRESS).trouble == Trouble(hour(1), 3, told=True)
    story.sees_the_same(4)
    assert story.archive.standing(ADDRESS).trouble is None
    story.fails(5)
    assert story.archive.standing(ADDRESS).trouble == Trouble(hour(5), 1, told=False)


def test_when_trouble_was_told_last_is_kept_though_it_ends(story: Story) -> None:
    story.fails(1)
    assert story.archive.standing(ADDRESS).trouble_told_at is None
    story.fails(2, owed(AlertKind.TROUBLE, ADMIN))
    story.fails(3)
    story.reads(FIRST, 4)
    story.suspects(5, owed=owed(AlertKind.CHANGES, READER))
    assert story.archive.standing(ADDRESS).trouble_told_at == hour(2)
    story.suspects(6, owed=owed(AlertKind.TROUBLE, ADMIN))
    assert story.archive.standing(ADDRESS).trouble_told_at == hour(6)


def test_a_watch_that_failed_from_the_start_has_no_snapshot(story: Story) -> None:
    story.fails(0)
    standing = story.archive.standing(ADDRESS)
    assert (standing.snapshot, standing.last_good) == (None, None)


def test_alerts_are_stored_with_the_check_and_a_recipient_named_twice_is_told_once(story: Story) -> None:
    story.reads(FIRST, 0)
    stored = story.reads(SECOND, 1, owed=owed(AlertKind.CHANGES, READER, ADMIN, READER))
    assert stored.queued == 2


def test_an_error_in_the_middle_of_storing_leaves_nothing(story: Story, history: History) -> None:
    story.reads(FIRST, 0)
    changes = compare(page(report("x")), SECOND)
    with pytest.raises(ValueError, match="does not start from the last snapshot"):
        story.finds(Accepted(answer(b"other bytes"), SECOND, 1, changes), 1)
    assert len(history.checks()) == 1
    assert [snapshot.captured_at for snapshot in history.snapshots()] == [hour(0)]


@pytest.mark.parametrize("finding", [Unchanged(None), Accepted(answer(b""), SECOND, 1, compare(FIRST, SECOND))])
def test_nothing_can_be_unchanged_or_changed_before_the_first_snapshot(
    story: Story, finding: Unchanged | Accepted
) -> None:
    with pytest.raises(ValueError, match="there is no snapshot yet"):
        story.finds(finding, 0)


def test_the_text_of_a_date_is_a_state_of_its_own(story: Story, history: History) -> None:
    dated = replace(report("a"), published=PublicationDate(2024, 2, 9, "9 February 2024"))
    padded = replace(dated, published=PublicationDate(2024, 2, 9, "09 February 2024"))
    story.reads(page(dated), 0)
    second = story.reads(page(padded), 1)
    assert exact(history.page(second.check.snapshot or 0)) == exact(page(padded))


def test_hostile_text_comes_back_as_it_was(story: Story, history: History) -> None:
    hostile = "nul\x00 right-to-left\u202e '; DROP TABLE watch; -- 👮\U0010ffff\r\n\t%s :name ?1"
    state = page(report("a", title=hostile, text=hostile), sections=(section(hostile, text=hostile),), title=hostile)
    number = story.reads(state, 0).check.snapshot
    assert exact(history.page(number or 0)) == exact(state)


def test_registering_updates_an_address_and_keeps_watches_that_are_gone(database: Database) -> None:
    archive = Archive(database)
    archive.register([Watch("one", "https://a.example/", ""), Watch("two", "https://b.example/", "")])
    archive.register([Watch("two", "https://c.example/", ""), Watch("three", "https://d.example/", "")])
    assert History(database).watches() == ("one", "two", "three")
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT url FROM watch ORDER BY id").scalars().all()
    assert rows == ["https://a.example/", "https://c.example/", "https://d.example/"]


def test_registering_what_is_known_does_not_write(database: Database) -> None:
    archive, watch = Archive(database), Watch("one", "https://a.example/", "")
    archive.register([watch])
    statements: list[str] = []
    event.listen(database._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    archive.register([watch])
    assert statements == ["BEGIN", "SELECT watch.name, watch.url \nFROM watch"]


def test_unknown_names_and_numbers_are_told(story: Story) -> None:
    with pytest.raises(UnknownWatch, match="elsewhere: no such watch"):
        story.archive.standing("elsewhere")
    with pytest.raises(UnknownSnapshot, match="99: no such snapshot"):
        story.archive.page(99)
    with pytest.raises(UnknownWatch, match="elsewhere"):
        story.archive.store("elsewhere", hour(0), 1, Unchanged(None), (), "example.org")
