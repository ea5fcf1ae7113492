"""A record's life: which record is meant, what became of it, and between which looks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.page import Page, PublicationDate, RecordKind, Report
from domain.timeline import EventKind
from storage.database import Database
from storage.errors import SeveralRecords, UnknownRecord, UnknownWatch
from storage.history import History
from tests.domain.records import HOME, page, report, section
from tests.storage.pages import ADDRESS, Story, hour
from tests.storage.renumbered import renumber

A = report("a", title="Cleveland Police: an inspection", recommendations=11)
B, C = report("b", title="Norfolk Police"), report("c", title="Kent Police")
EDITED = replace(A, recommendations=12, text="We made a promise.")
QUIET = replace(EDITED, published=PublicationDate(2015, 7))
ONE, TWO = section("Reviews"), section("Reviews", "Older reviews", text="What was reviewed before, and by whom.")


@pytest.fixture
def past(story: Story, history: History) -> History:
    """A at 0; B before it at 10; A edited at 20 and loudly the same at 30; gone at 40; back at 50, in other words."""
    story.reads(page(A, sections=(ONE, TWO)), 0)
    story.sees_the_same(5)
    story.reads(page(B, A, sections=(ONE, TWO)), 10)
    story.fails(15)
    story.reads(page(B, EDITED, sections=(ONE, TWO)), 20)
    story.reads(page(B, QUIET, sections=(ONE, TWO)), 30)
    story.sees_the_same(35)
    story.reads(page(B, sections=(ONE, replace(TWO, path=("Reviews", "All"), title="All"))), 40)
    story.reads(page(B, replace(QUIET, recommendations=14), sections=(ONE, TWO)), 50)
    story.sees_the_same(55)
    return history


def told(history: History, asked: str = A.key, *, quiet: bool = False) -> list[tuple[object, ...]]:
    events = history.timeline(asked, quiet=quiet).events
    return [
        (one.kind.value, one.last_seen_before, one.first_seen_after, one.from_snapshot, one.to_snapshot)
        for one in events
    ]


def test_a_life_is_told_event_by_event_with_bounds_and_snapshots(past: History) -> None:
    assert told(past) == [
        ("first-seen", None, hour(0), None, 1),
        ("changed", hour(10), hour(20), 2, 3),
        ("removed", hour(35), hour(40), 4, 5),
        ("returned", hour(40), hour(50), 5, 6),
    ]
    assert told(past, "norfolk") == [("first-seen", hour(5), hour(10), 1, 2)]


def test_quiet_changes_are_told_when_asked_for(past: History) -> None:
    kinds = [kind for kind, *_ in told(past, quiet=True)]
    assert kinds == ["first-seen", "changed", "changed", "removed", "returned"]


def test_each_edit_has_old_and_new_of_every_field(past: History) -> None:
    first, edit, removal, back = past.timeline(A.key).events
    assert (first.change, first.record) == (None, A)
    assert edit.change is not None
    assert {name: (sides.before, sides.after) for name, sides in edit.change.change.fields.items()} == {
        "recommendations": (11, 12)
    }
    text = edit.change.change.text
    assert text is not None
    assert (text.before, text.after) == (A.text, EDITED.text)
    assert (edit.record, removal.record) == (EDITED, QUIET)
    assert back.change is not None
    assert back.change.change.first_seen == hour(0)


def test_a_report_that_came_back_is_held_against_what_it_was(past: History) -> None:
    (differs,) = past.timeline(A.key).events[-1].differs
    sides = differs.change.fields["recommendations"]
    assert (sides.before, sides.after) == (12, 14)
    assert (differs.bounds.last_seen_before, differs.bounds.first_seen_after) == (hour(35), hour(50))
    assert (differs.from_snapshot, differs.to_snapshot) == (4, 6)


def test_the_whole_life_has_bounds_of_its_own(past: History) -> None:
    life = past.timeline(A.key)
    assert (life.watch, life.kind, life.listed, life.versions) == (ADDRESS, RecordKind.REPORT, True, 4)
    assert life.record == replace(QUIET, recommendations=14)
    seen = life.sighting
    assert (seen.absent_until, seen.first_seen, seen.last_seen, seen.absent_from) == (None, hour(0), hour(55), None)


def test_a_record_that_is_gone_says_until_when(story: Story, history: History) -> None:
    story.reads(page(B), 0)
    story.reads(page(A, B), 1)
    story.sees_the_same(2)
    story.reads(page(B), 3)
    life = history.timeline(A.key)
    assert not life.listed
    seen = life.sighting
    assert (seen.absent_until, seen.first_seen, seen.last_seen, seen.absent_from) == (
        hour(0),
        hour(1),
        hour(2),
        hour(3),
    )


def test_a_move_is_told_with_its_sections(story: Story, history: History) -> None:
    story.reads(page(A, sections=(ONE,)), 0)
    story.reads(page(replace(A, section=("Reviews",)), sections=(ONE,)), 1)
    first, move = history.timeline(A.key).events
    assert (first.kind, move.kind) == (EventKind.FIRST_SEEN, EventKind.MOVED)
    assert move.change is not None
    assert move.change.change.fields["section"].after == ["Reviews"]


def test_a_section_has_a_life_too(past: History) -> None:
    for asked in ("older reviews", "OLDER", TWO.key, "All"):
        life = past.timeline(asked, section=True)
        kinds = [event.kind for event in life.events]
        assert kinds == [EventKind.FIRST_SEEN, EventKind.RENAMED, EventKind.RENAMED]
    assert past.timeline("reviews", section=True).record == ONE


@pytest.mark.parametrize(
    "asked",
    [
        f"{HOME}/publications/a/",
        "http://www.justiceinspectorates.gov.uk/hmic/publications/a/?utm_source=mail",
        "www.hmic.gov.uk/publications/a",
        A.key,
        "cleveland police: an inspection",
        "“Cleveland” police",
        "cleveland",
    ],
)
def test_a_report_is_found_by_key_address_and_title(past: History, asked: str) -> None:
    assert past.timeline(asked).record.key == A.key


def test_a_former_title_and_a_former_address_are_known(story: Story, history: History) -> None:
    old = replace(A, published=PublicationDate(2024, 2, 9))
    new = replace(old, key="new", url=f"{HOME}/publications/new/")
    story.reads(page(old, B), 0)
    story.reads(page(new, B), 1)
    story.reads(page(replace(new, title="Cleveland Police: inspected anew"), B), 2)
    for asked in (f"{HOME}/publications/a", "new", "an inspection", "anew"):
        assert history.timeline(asked).record.key == "new"


def test_a_present_title_goes_before_a_former_one(story: Story, history: History) -> None:
    story.reads(page(A, B), 0)
    story.reads(page(replace(A, title="Another title"), B, report("d", title="Cleveland, again")), 1)
    assert history.timeline("cleveland").record.key.endswith("/d/")


def test_several_reports_are_listed_by_their_keys(past: History) -> None:
    with pytest.raises(SeveralRecords) as error:
        past.timeline("police")
    first, *lines = str(error.value).splitlines()
    assert first == "'police': 2 reports are meant; name one by its key"
    assert lines == [
        f"  Cleveland Police: an inspection ({ADDRESS}: {A.key})",
        f"  Norfolk Police ({ADDRESS}: {B.key})",
    ]


def test_a_report_on_two_pages_needs_the_watch(database: Database, history: History) -> None:
    for name in ("one", "two"):
        Story.of(database, name).reads(page(A), 0)
    with pytest.raises(SeveralRecords, match="name one by its key, or say --watch"):
        history.timeline(A.key)
    assert history.timeline(A.key, watch="two").watch == "two"
    with pytest.raises(UnknownWatch):
        history.timeline(A.key, watch="three")


def test_a_long_list_is_cut(story: Story, history: History) -> None:
    story.reads(page(*(report(f"r{number}", title=f"Force number {number}") for number in range(25))), 0)
    with pytest.raises(SeveralRecords) as error:
        history.timeline("force")
    assert str(error.value).splitlines()[-1] == "  and 5 more"


@pytest.mark.parametrize(("asked", "near"), [("clevland polce", "Cleveland"), ("Norfork", "Norfolk")])
def test_near_ones_are_named_where_none_is_meant(past: History, asked: str, near: str) -> None:
    with pytest.raises(UnknownRecord) as error:
        past.timeline(asked)
    first, line, *_ = str(error.value).splitlines()
    assert first.endswith("no report has this key, address or part of a title; near it are")
    assert near in line


@pytest.mark.parametrize("asked", ["", " ", "!!!", "\x00", "zzzzzz", "\ud800", "x" * 100_000])
def test_what_is_like_nothing_finds_nothing(past: History, asked: str) -> None:
    with pytest.raises(UnknownRecord, match="no report has this key, address or part of a title"):
        past.timeline(asked)


def test_an_empty_database_has_no_record(history: History) -> None:
    with pytest.raises(UnknownRecord):
        history.timeline("cleveland")


def test_it_goes_by_time_whatever_the_numbers_of_snapshots(past: History, database: Database) -> None:
    before = [event[:3] for event in told(past, quiet=True)]
    renumber(database)
    assert [event[:3] for event in told(past, quiet=True)] == before
    assert told(past)[-1][3:] == (995, 994)


def test_every_change_of_a_record_is_an_event_of_one_record(past: History) -> None:
    records = [(False, A.key), (False, B.key), (True, ONE.key), (True, TWO.key)]
    events = [
        event for is_section, key in records for event in past.timeline(key, section=is_section, quiet=True).events
    ]
    numbers = [event.change.id for event in events if event.change]
    changes = past.changes(quiet=True)
    assert sorted(number or 0 for number in numbers) == sorted(change.id or 0 for change in changes)
    assert all(isinstance(change.change.record, (Report, Page)) or change.change.record.path for change in changes)
